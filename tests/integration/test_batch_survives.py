"""`kill -9` in mid-run: the same command ends as if nothing had happened, and does nothing twice."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import ClaimReport

CLAIMS = 120
KILLS = 4
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def write_manifest(folder: Path) -> Path:
    path = folder / "manifest.jsonl"
    with path.open("w") as file:
        for number in range(CLAIMS):
            (folder / f"{number}.csv").write_text(f"Campaign,Sent\nC{number},{number}\n")
            facts = {
                "id": f"C-{number}",
                "activity": "email_campaign",
                "partner": "Holsten",
                "window": None,
                "submitted_at": (NOON + timedelta(minutes=number)).isoformat(),
                "items": [{"file": f"{number}.csv", "slot": "send_report"}],
            }
            file.write(json.dumps(facts) + "\n")
    return path


def start(manifest: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(Path(__file__).with_name("killed_batch.py"))]
    return subprocess.Popen([*command, str(manifest), str(folder / "archive.db"), str(folder / "log")])


def filed(folder: Path) -> list[str]:
    """The claims that have a report, as often as they have one."""
    path = folder / "archive.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        try:
            return [claim for (claim,) in connection.execute("SELECT claim FROM reports ORDER BY id")]
        except sqlite3.OperationalError:  # not migrated yet
            return []


def inspected(folder: Path) -> list[tuple[int, str]]:
    """Who inspected which claim."""
    lines = (folder / "log").read_text().splitlines() if (folder / "log").exists() else []
    return [(int(pid), item.partition("/")[0]) for pid, item in map(str.split, lines)]


def reports(folder: Path) -> list[ClaimReport]:
    with closing(SqliteArchive(folder / "archive.db")) as archive:
        assert archive.verify_audit() == CLAIMS
        return [replace(report, made_at=NOON) for report in archive.reports("default")]


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_gives_every_claim_one_report(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    torn, whole = tmp_path / "torn", tmp_path / "whole"
    torn.mkdir()
    whole.mkdir()
    draw = np.random.default_rng(7)
    killed = 0
    for kill in range(KILLS):
        before = filed(torn)
        child = start(manifest, torn)
        enough = len(before) + int(draw.integers(2, CLAIMS // KILLS - 4))
        while child.poll() is None and len(filed(torn)) < enough:
            time.sleep(0.005)
        time.sleep(float(draw.uniform(0, 0.03)))
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        again = {claim for pid, claim in inspected(torn) if pid == child.pid}
        assert not again & set(before), f"kill {kill}: what was filed was verified again"
    assert killed == KILLS
    assert len(filed(torn)) < CLAIMS
    for folder in (torn, whole):
        assert start(manifest, folder).wait() == 0
    assert filed(torn) == filed(whole) == [f"C-{number}" for number in range(CLAIMS)]
    assert reports(torn) == reports(whole)
    with closing(Queue(torn / "archive.db")) as ledger:
        assert list(ledger.runs().values()) == [CLAIMS]
