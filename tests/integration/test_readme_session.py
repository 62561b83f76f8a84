"""The README's session for portal developers, executed as it stands there against a live service."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from served import Served

ROOT = Path(__file__).parents[2]


def session() -> str:
    """The ```bash block under the heading."""
    _, found, section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## For a portal developer\n")
    assert found, "the README has no section for portal developers"
    block = re.search(r"```bash\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert block, "the section has no session"
    return block[1]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="a fresh machine has no curl")
def test_the_session_runs_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    with Served(tmp_path / "archive.db") as served:
        assert served.first_key
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", session()],
            cwd=tmp_path,
            env={**os.environ, "URL": served.address, "KEY": served.first_key},
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    answers = list(documents(done.stdout))
    preflight, sent, fetched, report, decided, second = answers
    assert preflight["report"]["schema"] == report["schema"] == "verifier.partner/1"
    assert sent == fetched
    assert sent["state"] == "completed", sent
    assert (decided["outcome"], decided["sequence"]) == ("ask", 1)
    assert (second["claim"], second["revision"], second["state"]) == (sent["claim"], 2, "completed"), second
    page = (tmp_path / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "NL-2026-0515" in page


def documents(text: str):
    """The JSON documents that stand one after the other in a text."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:]
