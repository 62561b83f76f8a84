"""`verifier index` from the outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from benchmarks.stored_pages import claim_of, fill
from verifier.archive.protocol import Link
from verifier.archive.sqlite import SqliteArchive
from verifier.cli import commands
from verifier.comparison.catalogue import Catalogue

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """An archive of sixty pages, some of them sealed."""
    archive = SqliteArchive(tmp_path / "archive.db")
    fill(archive, 60, seed=1)
    Catalogue(archive=archive).index("default", 50)
    archive.close()
    return f"sqlite:///{tmp_path}/archive.db"


def call(address: str, *words: str) -> Result:
    return CliRunner().invoke(commands, ["index", *words, "--archive", address])


def said(address: str, *words: str) -> str:
    answer = call(address, *words)
    assert answer.exit_code == 0, answer.output + repr(answer.exception)
    return answer.output


def test_check_finds_what_was_damaged_and_rebuild_mends_it(address: str, tmp_path: Path) -> None:
    assert said(address, "check") == "50 sightings in segments, 10 not yet, 0 faults\n"
    (segment,) = (tmp_path / "archive.index").glob("*/*.segment")
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    answer = call(address, "check")
    assert answer.exit_code == 4
    assert f"{segment.name} is damaged" in answer.output
    assert "1 faults" in answer.output
    assert said(address, "rebuild") == "60 sightings\n"
    assert said(address, "check") == "60 sightings in segments, 0 not yet, 0 faults\n"
    assert said(address, "merge") == "1 segments\n"


def test_a_list_goes_out_of_one_tenant_and_into_another(address: str, tmp_path: Path) -> None:
    plain, salted = said(address, "export"), said(address, "export", "--salt", "pepper")
    assert len(plain.splitlines()) == len(salted.splitlines()) == 61
    assert plain.splitlines()[1:] == sorted(plain.splitlines()[1:])
    assert not set(plain.splitlines()[1:]) & set(salted.splitlines()[1:])
    assert "past" not in plain.lower()
    file = tmp_path / "list.csv"
    file.write_text(plain)
    told = said(address, "import", str(file), "--name", "Zenith", "--tenant", "other")
    assert told.startswith("60 hashes in Zenith")
    assert "Zenith  60 hashes, plain" in said(address, "lists", "--tenant", "other")
    assert said(address, "lists") == ""
    file.write_text(salted)
    assert "salted" in str(call(address, "import", str(file), "--name", "Zenith").exception)
    said(address, "import", str(file), "--name", "Zenith", "--salt", "pepper")
    assert "Zenith is dropped" in said(address, "forget", "Zenith")
    assert "no list" in str(call(address, "forget", "Zenith").exception)


def test_artwork_is_added_from_a_file_listed_and_removed(address: str, tmp_path: Path) -> None:
    picture = tmp_path / "poster.png"
    Image.effect_noise((320, 240), 80).convert("RGB").save(picture)
    told = said(address, "artwork", "add", str(picture), "--program", "spring")
    digest = told.split()[0]
    assert f"{digest}  spring  poster.png" in said(address, "artwork", "list")
    assert said(address, "artwork", "list", "--program", "autumn") == ""
    assert "0 pictures" in str(call(address, "artwork", "remove", digest).exception)
    assert "counts again" in said(address, "artwork", "remove", digest, "--program", "spring")
    assert said(address, "artwork", "list") == ""
    (tmp_path / "nothing.bin").write_bytes(b"\0\1\2")
    assert "cannot be read" in str(call(address, "artwork", "add", str(tmp_path / "nothing.bin")).exception)


def test_an_erased_claim_is_said_to_be(address: str) -> None:
    assert said(address, "erase", "past-0").startswith("50 sightings of past-0")
    assert said(address, "erase", "past-0").startswith("0 sightings")
    assert call(address, "check").exit_code == 4
    assert len(said(address, "export").splitlines()) == 11
    said(address, "rebuild")
    assert call(address, "check").exit_code == 0


def test_reopened_reports_are_listed(address: str, tmp_path: Path) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    report, _ = claim_of("late", 1, NOW)
    link = Link(
        claim="past-0",
        revision=1,
        item="past-0/r1/3",
        earlier_claim="late",
        earlier_item="late/r1/1",
        likeness="copy",
        agreement=0.97,
        at=NOW + timedelta(hours=2),
    )
    archive.file(report, {}, [link])
    archive.close()
    told = said(address, "reopened")
    assert told == (
        "2026-07-01 02:00  past-0 r1: past-0/r1/3 is a twin (copy, 97%) of late/r1/1, which was submitted before it\n"
    )
    assert said(address, "reopened", "--claim", "past-50") == ""


def test_an_archive_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert "no archive" in str(call(f"sqlite:///{tmp_path}/none.db", "check").exception)
    assert not (tmp_path / "none.db").exists()
