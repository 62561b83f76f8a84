"""The pool loses no neighbour's task, whatever a task does to its process."""

from __future__ import annotations

import os
import random
import signal
from functools import partial
from pathlib import Path

import pytest
from pool_tasks import (
    Context,
    a_context,
    burn,
    burn_for,
    context_of_first,
    die_of,
    double,
    double_or_die,
    hang_with_child,
    hoard,
    is_alive,
    keep,
    leave,
    limits,
    process_of,
    sleep,
    slow_context,
    wait_until,
)

from verifier.errors import ModelError, WorkerCrash, WorkerOutOfMemory, WorkerTimeout
from verifier.workers import Pool, keeper


def test_when_tasks_kill_their_processes_all_other_results_arrive() -> None:
    dice = random.Random(5)  # noqa: S311
    deadly = [dice.random() < 0.05 for _ in range(240)]
    assert 8 < sum(deadly) < 20
    with Pool(a_context, workers=2, limits=limits()) as pool:
        futures = [pool.submit(double_or_die, number, dies) for number, dies in enumerate(deadly)]
        for number, (future, dies) in enumerate(zip(futures, deadly, strict=True)):
            if dies:
                with pytest.raises(WorkerCrash, match="SIGKILL"):
                    future.result()
            else:
                assert future.result() == 2 * number


def test_a_hanging_task_is_killed_and_its_neighbours_are_not() -> None:
    with Pool(a_context, workers=2, limits=limits(wall=2.0)) as pool:
        hanging = pool.submit(sleep, 60)
        neighbours = [pool.submit(double, number) for number in range(100)]
        assert [future.result() for future in neighbours] == [2 * number for number in range(100)]
        with pytest.raises(WorkerTimeout, match="2 s"):
            hanging.result()
        assert pool.run(double, 4) == 8


def test_what_a_killed_task_had_started_dies_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Pool(a_context, workers=1, limits=limits(wall=1.0)) as pool:
        with pytest.raises(WorkerTimeout):
            pool.run(hang_with_child, str(note))
        assert wait_until(lambda: not is_alive(int(note.read_text())))


def test_a_hoarding_task_is_out_of_memory_and_the_next_one_is_not(pool: Pool[Context]) -> None:
    with pytest.raises(WorkerOutOfMemory):
        pool.run(hoard, 300)
    assert pool.run(hoard, 100) == 100_000_000


def test_a_task_that_burns_cpu_is_killed_by_its_cpu_limit_long_before_its_wall_limit() -> None:
    with Pool(a_context, workers=1, limits=limits(cpu=0.5, wall=60.0)) as pool:
        with pytest.raises(WorkerTimeout, match="CPU"):
            pool.run(burn)
        assert pool.run(double, 3) == 6


def test_the_cpu_limit_is_counted_anew_for_every_task() -> None:
    with Pool(a_context, workers=1, limits=limits(cpu=1.0)) as pool:
        processes = set()
        for _ in range(4):
            pool.run(burn_for, 0.35)  # the kernel samples what counts against the limit: leave it room to err
            processes.add(pool.run(process_of))
        assert len(processes) == 1


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM])
def test_a_crash_names_its_signal(pool: Pool[Context], number: signal.Signals) -> None:
    with pytest.raises(WorkerCrash, match=number.name):
        pool.run(die_of, number)


def test_a_process_that_leaves_is_a_crash_with_its_exit_status(pool: Pool[Context]) -> None:
    with pytest.raises(WorkerCrash, match="status 7"):
        pool.run(leave, 7)


def test_a_process_that_dies_between_two_tasks_costs_neither_of_them() -> None:
    with Pool(a_context, workers=1, limits=limits()) as pool:
        process = pool.run(process_of)
        os.kill(process, signal.SIGKILL)
        assert wait_until(lambda: not is_alive(process))
        assert pool.run(double, 8) == 16


def test_a_worker_that_has_done_its_share_is_relieved_without_any_task_waiting(monkeypatch) -> None:
    monkeypatch.setattr(keeper, "_RECYCLE_AFTER", 3)
    with Pool(slow_context, workers=1, limits=limits()) as pool:
        first = [pool.run(process_of) for _ in range(6)]
        assert len(set(first)) == 1, "its successor is not ready yet"
        assert wait_until(lambda: pool.run(process_of) != first[0])
        assert not is_alive(first[0])


def test_a_successor_that_cannot_start_costs_no_answer(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(keeper, "_RECYCLE_AFTER", 1)
    with Pool(partial(context_of_first, str(tmp_path / "note")), workers=1, limits=limits()) as pool:
        first = pool.run(process_of)
        while is_alive(first):
            assert pool.run(process_of) == first
        with pytest.raises(ModelError, match="install it"):
            pool.run(process_of)


def test_a_worker_that_keeps_too_much_memory_after_a_task_is_replaced(pool: Pool[Context]) -> None:
    with Pool(a_context, workers=1, limits=limits()) as pool:
        first = pool.run(process_of)
        assert pool.run(process_of) == first
        pool.run(keep, 170)
        assert pool.run(process_of) != first
