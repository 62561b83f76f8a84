"""The worker's place in the machine: it steps back, runs one thread and reaches no network."""

from __future__ import annotations

import os
import signal
import socket

import pytest
from pool_tasks import Context, a_context, condition, environment, limits, open_socket, process_of

from verifier.workers import Pool


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


def test_a_supervisors_sigterm_to_every_process_costs_no_task(pool: Pool[Context]) -> None:
    process = pool.run(process_of)
    os.kill(process, signal.SIGTERM)
    assert process in {pool.run(process_of) for _ in range(20)}
