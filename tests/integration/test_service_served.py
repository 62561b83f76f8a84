"""`verifier serve` and `verifier keys` over the real corridor: first start, a claim, a polite end, a second start."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from served import Served

from verifier.archive.queue import Queue
from verifier.casefile import JobState
from verifier.client import Client, ServiceError
from verifier.settings import FIXTURES

CASE = FIXTURES / "email/export_csv"
FACTS = json.loads(json.dumps(yaml.safe_load((CASE / "case.yaml").read_text())["claim"], default=str))
FILES = {"campaign-export.csv": (CASE / "campaign-export.csv").read_bytes()}


def keys(archive: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "verifier", "keys", *arguments, "--archive", f"sqlite:///{archive}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_a_service_is_started_used_stopped_and_started_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with Served(archive, VERIFIER_BRANDS=str(FIXTURES / "brands")) as served:
        first = served.first_key
        assert first
        with Client(served.address, first) as client:
            sent = client.submit(FACTS, FILES, wait=60)
            assert sent.state == "completed"
            report = client.report(sent.id, "reviewer")
            inspectors = {inspection["inspector"] for inspection in report["items"][0]["inspections"]}
            assert {"campaign_metrics", "duplicates"} <= inspectors
            late = client.submit({**FACTS, "id": "NL-late"}, FILES)
            assert late.state in {"queued", "processing"}
        assert served.stop() == 0

    with closing(Queue(archive)) as queue:
        job = queue.job("default", late.id)
        assert job is not None
        assert job.state is not JobState.PROCESSING, "a polite end leaves nothing half done"

    portal = keys(archive, "create", "portal", "--scope", "submit", "--scope", "read").strip()
    with Served(archive, VERIFIER_BRANDS=str(FIXTURES / "brands")) as served:
        assert served.first_key is None, "only the first start prints a key"
        with Client(served.address, portal) as client:
            assert client.fetch(sent.id) == sent
            assert client.wait_for(late.id, 60).has_ended
            with pytest.raises(ServiceError, match="may not review"):
                client.report(sent.id, "reviewer")
            listed = keys(archive, "list").splitlines()
            assert [line.split()[2] for line in listed] == ["brands,read,review,submit", "read,submit"]
            keys(archive, "revoke", portal.split("_")[1])
            with pytest.raises(ServiceError, match="no key in use"):
                client.fetch(sent.id)
