"""The end of a pool, in order or at once, leaves no process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from pool_tasks import a_context, double, is_alive, limits, process_of, sleep, touch_and_report, wait_until

from verifier.errors import WorkerError
from verifier.workers import Pool


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
        "import pool_tasks as t\n"
        "from verifier.workers import Pool\n"
        "pool = Pool(t.a_context, workers=1, limits=t.limits(wall=60.0))\n"
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
