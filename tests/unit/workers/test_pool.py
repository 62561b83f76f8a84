"""The pool loses no neighbour's task, whatever a task does to its process."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from verifier.errors import (
    DamagedItem,
    ModelError,
    WorkerCrash,
    WorkerError,
    WorkerOutOfMemory,
    WorkerTimeout,
)
from verifier.workers import Limits, Pool

MEMORY = 200_000_000


@dataclass(frozen=True)
class Context:
    """What a worker builds once: a word, and the process that it was built in."""

    word: str
    built_in: int


def a_context(word: str = "hello") -> Context:
    return Context(word, os.getpid())


def limits(**other: float) -> Limits:
    return Limits(**({"memory": MEMORY, "wall": 20.0, "cpu": 10.0} | other))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool[Context]]:
    with Pool(a_context, workers=2, limits=limits()) as pool:
        yield pool


# --- tasks: importable functions, as a pool asks for them ---


def word_of(context: Context) -> str:
    return context.word


def birthplace(context: Context) -> tuple[int, int]:
    return context.built_in, os.getpid()


def process_of(context: Context) -> int:
    return os.getpid()


def double(context: Context, number: int) -> int:
    return 2 * number


def double_or_die(context: Context, number: int, deadly: bool) -> int:
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def sleep(context: Context, seconds: float) -> str:
    time.sleep(seconds)
    return "woke"


def burn(context: Context) -> None:
    while True:
        pass


def hoard(context: Context, megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def die_of(context: Context, number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def leave(context: Context, status: int) -> None:
    os._exit(status)


def throw(context: Context, error: BaseException) -> None:
    raise error


class StubbornError(Exception):
    """Cannot be rebuilt from its arguments, as many libraries' errors cannot."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def throw_stubborn(context: Context) -> None:
    raise StubbornError(7, "seven")


def return_an_open_file(context: Context) -> Any:
    return Path("/proc/self/status").open()


def open_socket(context: Context, family: int) -> str:
    with socket.socket(family):
        return "open"


def environment(context: Context) -> dict[str, str]:
    return dict(os.environ)


def start_sleeper(context: Context) -> int:
    return subprocess.Popen(["sleep", "60"]).pid


def hang_with_child(context: Context, note: str) -> None:
    Path(note).write_text(str(subprocess.Popen(["sleep", "60"]).pid))
    time.sleep(60)


def condition(context: Context) -> tuple[int, int, str]:
    with Path("/dev/stdin").open() as stdin:
        return os.nice(0), int(Path("/proc/self/oom_score_adj").read_text()), stdin.read()


def touch_and_report(context: Context, note: str) -> None:
    Path(note).write_text("began")


def dying_context() -> Context:
    os.kill(os.getpid(), signal.SIGSEGV)
    return a_context()


def hanging_context() -> Context:
    time.sleep(60)
    return a_context()


def slow_context() -> Context:
    time.sleep(2.5)
    return a_context()


def failing_context() -> Context:
    raise ModelError("the model is missing", "install it")


def is_alive(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


# --- the ordinary day ---


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


# --- deaths ---


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


def burn_for(context: Context, seconds: float) -> None:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass


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


# --- starting ---


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


# --- errors ---


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


# --- the worker's place in the machine ---


def test_workers_run_single_threaded_with_ordered_sets(pool: Pool[Context]) -> None:
    seen = pool.run(environment)
    assert (seen["OMP_NUM_THREADS"], seen["OPENBLAS_NUM_THREADS"], seen["PYTHONHASHSEED"]) == ("1", "1", "0")


def test_workers_step_back_and_read_nothing(pool: Pool[Context]) -> None:
    niceness, oom_score, stdin = pool.run(condition)
    assert niceness >= min(19, os.nice(0) + 5)
    assert oom_score == 600
    assert stdin == ""


def test_a_worker_opens_no_network_socket_but_may_talk_on_the_machine(pool: Pool[Context]) -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        with pytest.raises(PermissionError, match="network"):
            pool.run(open_socket, family)
    assert pool.run(open_socket, socket.AF_UNIX) == "open"


def test_a_pool_that_is_not_offline_may_open_sockets() -> None:
    with Pool(a_context, workers=1, limits=limits(), offline=False) as pool:
        assert pool.run(open_socket, socket.AF_INET) == "open"


def test_a_worker_that_keeps_too_much_memory_after_a_task_is_replaced(pool: Pool[Context]) -> None:
    with Pool(a_context, workers=1, limits=limits()) as pool:
        first = pool.run(process_of)
        assert pool.run(process_of) == first
        pool.run(keep, 170)
        assert pool.run(process_of) != first


_kept: list[bytearray] = []


def keep(context: Context, megabytes: int) -> None:
    _kept.append(bytearray(megabytes * 1_000_000))


# --- closing ---


def test_closing_waits_for_what_was_submitted_and_leaves_no_process() -> None:
    pool = Pool(a_context, workers=2, limits=limits())
    process = pool.run(process_of)
    futures = [pool.submit(double, number) for number in range(20)]
    pool.close()
    pool.close()
    assert [future.result() for future in futures] == [2 * number for number in range(20)]
    assert not Path(f"/proc/{process}").exists()
    with pytest.raises(WorkerError, match="closed"):
        pool.submit(double, 1)


def test_closing_now_kills_what_runs_and_cancels_what_waits(tmp_path: Path) -> None:
    note = tmp_path / "note"
    pool = Pool(a_context, workers=1, limits=limits())
    pool.run(touch_and_report, str(note))
    process = pool.run(process_of)
    running, waiting = pool.submit(sleep, 60), pool.submit(double, 1)
    assert wait_until(running.running)
    began = time.monotonic()
    pool.close(now=True)
    assert time.monotonic() - began < 5
    with pytest.raises(WorkerError, match="closed"):
        running.result()
    with pytest.raises(CancelledError):
        waiting.result()
    assert not Path(f"/proc/{process}").exists()


def test_leaving_the_block_by_an_error_does_not_wait_for_a_hanging_task() -> None:
    began = time.monotonic()
    with suppress(KeyboardInterrupt), Pool(a_context, workers=1, limits=limits(wall=60)) as pool:
        hanging = pool.submit(sleep, 60)
        raise KeyboardInterrupt
    assert hanging.done()
    assert time.monotonic() - began < 10


def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; sys.path[:] = sys.argv[1:]\n"
        "import test_pool as t\n"
        "pool = t.Pool(t.a_context, workers=1, limits=t.limits(wall=60.0))\n"
        "print(pool.run(t.process_of), flush=True)\n"
        "pool.run(t.sleep, 60)\n"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), *sys.path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_alive(worker)
        parent.kill()
    assert wait_until(lambda: not is_alive(worker))


def test_functions_of_a_module_that_was_started_with_m_are_found(tmp_path: Path) -> None:
    (tmp_path / "started.py").write_text(
        "from verifier.workers import Limits, Pool\n"
        "def context(): return 20\n"
        "def add(context, n): return context + n\n"
        "if __name__ == '__main__':\n"
        "    with Pool(context, workers=1, limits=Limits(memory=10**9, wall=20, cpu=20)) as pool:\n"
        "        print(pool.run(add, 3))\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    run = partial(subprocess.run, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path})
    assert run([sys.executable, "-m", "started"]).stdout == "23\n"
    assert "move it into a module" in run([sys.executable, str(tmp_path / "started.py")]).stderr
