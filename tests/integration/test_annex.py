"""The annex: claims are worked off in a process of its own, which may die and does not outlive who started it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from served import Served

from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.casefile import Claim, JobState, Submission, Window
from verifier.jobs import Annex, Desk
from verifier.settings import Settings

pytestmark = pytest.mark.slow
CSV = b"Campaign,Recipients,Delivered\r\nSpring,3940,3879\r\n"
FILES = [Submission(name="export.csv", data=CSV, slot="send_report")]


def claim(name: str) -> Claim:
    return Claim(
        id=name,
        activity="email_campaign",
        partner="Nordwind",
        window=Window(start=date(2026, 5, 12), end=date(2026, 5, 26)),
        submitted_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Whatever thread of it started them."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def has_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(archive=f"sqlite:///{tmp_path / 'archive.db'}", workers=1)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def annex(settings: Settings, told: list[str]) -> Iterator[Annex]:
    made = Annex(settings, told.append)
    made.start(2, run="")
    yield made
    made.stop()
    assert not made.alive


def test_claims_are_worked_off_there_and_by_its_successor_when_it_died(annex, settings, told, tmp_path):
    with closing(Queue(tmp_path / "archive.db")) as queue, assemble(settings) as verifier:
        desk = Desk(verifier, queue)
        for name in ("C-1", "C-2"):
            job = desk.submit(claim(name), FILES)
            annex.wake()
            eventually(lambda job=job: told[-1:] == [job.id])
            assert queue.job("default", job.id).state is JobState.COMPLETED
            assert verifier.archive.report("default", name) is not None
            annex._process.kill()
            eventually(lambda: not annex.alive)
            eventually(lambda: annex.alive)


def test_it_ends_when_the_service_that_started_it_was_killed(tmp_path):
    with Served(tmp_path / "archive.db") as served:
        started = children(served.process.pid)
        assert started
        served.process.kill()
        served.process.wait()
        eventually(lambda: all(map(has_gone, started)))


def test_a_supervisors_sigterm_to_all_of_them_ends_them_in_order(tmp_path):
    with Served(tmp_path / "archive.db") as served:
        started = children(served.process.pid)
        for pid in started:
            os.kill(pid, signal.SIGTERM)
        assert served.stop() == 0
        assert "another is started" not in served.log
        eventually(lambda: all(map(has_gone, started)))
