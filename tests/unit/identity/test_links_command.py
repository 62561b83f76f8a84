"""`verifier links` prints what hangs together, names what is not there, and lets no file name act on a terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from making import BODY, NOON, claim, item, origin, trace

from verifier.archive.opening import open_archive
from verifier.cli.links import links
from verifier.errors import ArchiveError, MissingItem


@pytest.fixture
def address(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/archive.db"
    archive = open_archive(address)
    for name, partner in (("C-1", "Lysgården AB"), ("C-2", "\x1b[31mred")):
        one = item(name)
        archive.remember(claim(name, partner), [one], {one.id: [trace(origin(BODY))]}, NOON + timedelta(days=99))
    archive.close()
    return address


def run(*arguments: str) -> Result:
    return CliRunner().invoke(links, arguments)


def test_who_shares_a_camera_is_printed(address: str) -> None:
    lines = run("C-1/r1/1", "--archive", address).output.splitlines()
    assert lines[0] == "C-1/r1/1  Lysgården AB, 2026-06-01"
    assert lines[1] == "  device: Fenwald Kestra 7 #FK7-30291844"
    assert lines[2].strip() == lines[0]
    assert lines[3].startswith("    C-2/r1/1  ⟨U+001B⟩[31mred")


def test_the_graph_as_json_is_complete(address: str) -> None:
    graph = json.loads(run("C-1/r1/1", "--archive", address, "--json").output)
    assert [node["item"] for node in graph["nodes"]] == ["C-1/r1/1", "C-2/r1/1"]
    assert graph["ties"][0]["items"] == ["C-1/r1/1", "C-2/r1/1"]


def test_no_steps_no_neighbours(address: str) -> None:
    assert "C-2" not in run("C-1/r1/1", "--archive", address, "--steps", "0").output


def test_an_item_or_archive_that_is_not_there_is_said(address: str, tmp_path: Path) -> None:
    assert isinstance(run("C-9/r1/1", "--archive", address).exception, MissingItem)
    assert isinstance(run("C-1/r1/1", "--archive", f"sqlite:///{tmp_path}/none.db").exception, ArchiveError)
    assert not (tmp_path / "none.db").exists()
