"""`verifier serve --demo`: a person reads the terminal, signs in and looks at a claim."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
from review_room import golden
from served import Served

from verifier.archive.sqlite import SqliteArchive


def sign_in(served: Served) -> httpx.Response:
    """As the terminal says."""
    address = re.search(r"review: (\S+)", served.log)[1]
    name, password = re.search(r"sign in as: (\S+) +password: (\S+)", served.log).groups()
    with httpx.Client() as browser:
        browser.post(f"{address}sign-in", data={"name": name, "password": password})
        return browser.get(f"{address}claim", params={"id": "C-1042"})


def test_the_demo_is_reviewed_with_what_the_terminal_says_and_with_another_password_next_time(tmp_path: Path) -> None:
    database = tmp_path / "archive" / "archive.db"
    archive = SqliteArchive(database)
    archive.file(golden(archive), {})
    archive.close()
    passwords = []
    for _ in range(2):
        with Served(database, "--demo", str(tmp_path)) as served:
            page = sign_in(served)
            assert page.status_code == 200
            assert "its twin: C-0877" in page.text
            moved = httpx.get(f"{served.address}/review")
            assert moved.headers["location"] == "/review/"
            passwords.append(re.search(r"password: (\S+)", served.log)[1])
            assert served.stop() == 0
    assert len(set(passwords)) == 2


def test_a_folder_without_a_demo_and_two_archives_are_told(tmp_path: Path) -> None:
    def told(*arguments: str) -> str:
        command = [sys.executable, "-m", "verifier", "serve", "--demo", str(tmp_path), *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 2
        return done.stderr

    assert f"verifier demo --out {tmp_path}" in told()
    assert "say --archive or --demo" in told("--archive", "sqlite:///x.db")
    assert list(tmp_path.iterdir()) == []
