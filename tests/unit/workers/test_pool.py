"""The pool: tasks go in, answers and errors come out."""

from __future__ import annotations

import os
import time
from functools import partial

import pytest
from pool_tasks import (
    Context,
    a_context,
    birthplace,
    double,
    dying_context,
    failing_context,
    hanging_context,
    limits,
    process_of,
    return_an_open_file,
    sleep,
    slow_context,
    throw,
    throw_stubborn,
    word_of,
)

from verifier.errors import DamagedItem, ModelError, WorkerCrash, WorkerError
from verifier.workers import Pool


def test_a_task_gets_the_context_that_its_process_built_once(pool: Pool[Context]) -> None:
    assert pool.run(word_of) == "hello"
    built_in, asked_in = zip(*(pool.run(birthplace) for _ in range(20)), strict=True)
    assert built_in == asked_in


def test_a_context_may_be_a_partial() -> None:
    with Pool(partial(a_context, "good day"), workers=1, limits=limits()) as pool:
        assert pool.run(word_of) == "good day"


def test_tasks_run_in_other_processes_and_side_by_side(pool: Pool[Context]) -> None:
    pool.run(double, 1), pool.run(double, 2)
    futures = [pool.submit(sleep, 0.4) for _ in range(2)]
    began = time.monotonic()
    assert [future.result() for future in futures] == ["woke", "woke"]
    assert time.monotonic() - began < 5
    assert pool.run(process_of) != os.getpid()


def test_waiting_counts_the_tasks_that_no_process_has_taken() -> None:
    with Pool(a_context, workers=1, limits=limits()) as pool:
        futures = [pool.submit(sleep, 0.2) for _ in range(4)]
        assert pool.waiting >= 2
        [future.result() for future in futures]
        assert pool.waiting == 0


def test_a_cold_start_is_not_charged_to_the_task() -> None:
    with Pool(slow_context, workers=1, limits=limits(wall=2.0)) as pool:
        assert pool.run(double, 2) == 4


def test_a_context_that_crashes_fails_every_task_and_the_pool_still_closes() -> None:
    with Pool(dying_context, workers=2, limits=limits()) as pool:
        for future in [pool.submit(double, number) for number in range(3)]:
            with pytest.raises(WorkerCrash, match="SIGSEGV"):
                future.result()


def test_a_context_that_hangs_is_a_worker_error() -> None:
    with (
        Pool(hanging_context, workers=1, limits=limits(start_up=0.5)) as pool,
        pytest.raises(WorkerError, match=r"0\.5 s"),
    ):
        pool.run(double, 2)


def test_a_context_that_fails_says_why_in_its_own_error() -> None:
    with Pool(failing_context, workers=1, limits=limits()) as pool, pytest.raises(ModelError, match="install it"):
        pool.run(double, 2)


def test_a_context_that_cannot_be_imported_is_refused_at_once() -> None:
    with pytest.raises(WorkerError, match="importable"):
        Pool(lambda: None, workers=1, limits=limits())


def test_errors_come_back_as_they_are(pool: Pool[Context]) -> None:
    with pytest.raises(DamagedItem) as caught:
        pool.run(throw, DamagedItem("a.jpg breaks off", "send it again"))
    assert (caught.value.message, caught.value.remedy) == ("a.jpg breaks off", "send it again")
    with pytest.raises(KeyError, match="missing") as other:
        pool.run(throw, KeyError("missing"))
    assert "in throw" in other.value.__notes__[0]


def test_an_error_that_cannot_cross_the_pipe_is_named(pool: Pool[Context]) -> None:
    with pytest.raises(WorkerError, match="StubbornError: seven"):
        pool.run(throw_stubborn)
    with pytest.raises(WorkerError, match="SystemExit: 3"):
        pool.run(throw, SystemExit(3))


def test_an_answer_or_a_task_that_cannot_be_pickled_is_a_task_error_and_not_a_death(pool: Pool[Context]) -> None:
    process = {pool.run(process_of) for _ in range(20)}
    with pytest.raises(TypeError, match="pickle"):
        pool.run(return_an_open_file)
    with pytest.raises(WorkerError, match="importable"):
        pool.run(lambda _: 1)
    assert pool.run(process_of) in process
