"""What is left of a claim once its sightings are erased."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archived_reports import report, trace

from verifier.archive.protocol import Archive
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Box, Figure, Identity, Origin, Trace

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAMED = "lindqvist@example.org"
BODY = Identity(kind="body", value="Fenwald 77-4711")


def telling() -> tuple[Trace, ...]:
    """The traces of a page and of a table, both of which name somebody."""
    page = replace(
        trace(),
        words=(NAMED, "12,400"),
        places=((0, 0, 9, 9), (0, 10, 9, 19)),
        figures=(Figure(text="12,400", box=Box(left=0, top=10, right=9, bottom=19), label=NAMED),),
        device=BODY.value,
        origin=Origin(identities=(BODY,)),
    )
    cells = ((0, 0, 1, 1), (1, 0, 2, 1))
    return page, replace(trace(1, "b"), words=(NAMED, "77"), places=cells, sheet=f"list of {NAMED}", preview="")


def file(archive: Archive, claim: str) -> None:
    made = report(claim)
    archive.file(made, {made.items[0].item.id: telling()})


def test_nothing_that_was_read_of_an_erased_claim_is_kept(archive: Archive) -> None:
    file(archive, "C-1")
    file(archive, "C-2")
    before, others = archive.sightings_of("default", "C-1"), archive.sightings_of("default", "C-2")
    assert archive.erase("default", "C-1", NOW) == len(before)
    after = archive.sightings_of("default", "C-1")
    traces = [one.trace for one in after if one.trace is not None]
    assert [one.place for one in traces] == [one.trace.place for one in before if one.trace is not None]
    for one in traces:
        assert (one.words, one.places, one.figures, one.device, one.origin) == ((), (), (), "", None)
        assert (one.pdq, one.phash, one.dhash, one.preview, one.features) == ("", "", "", "", "")
        assert one.sheet in (None, "")
    assert [replace(one, trace=None) for one in after] == [replace(one, trace=None) for one in before]
    assert archive.sightings_of("default", "C-2") == others
    assert archive.report("default", "C-1") is not None
    assert archive.verify_audit() == 3


def test_the_bytes_of_what_was_read_leave_the_file(tmp_path: Path) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    file(archive, "C-1")
    files = [tmp_path / "archive.db", tmp_path / "archive.db-wal"]
    assert any(NAMED.encode() in one.read_bytes() for one in files)
    archive.erase("default", "C-1", NOW)
    assert not any(NAMED.encode() in one.read_bytes() for one in files)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        assert raw.execute("SELECT count(*) FROM identities").fetchone() == (0,)
    archive.close()


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("UPDATE sightings SET trace = '{}' WHERE claim = 'C-1'", True),
        ("UPDATE sightings SET trace = '{}' WHERE claim = 'C-2'", False),  # it is not erased
        ("UPDATE sightings SET partner = 'someone else' WHERE claim = 'C-1'", False),
        ("UPDATE sightings SET submitted_at = NULL WHERE claim = 'C-1'", False),
        ("DELETE FROM sightings WHERE claim = 'C-1'", False),
    ],
)
def test_of_an_erased_sighting_only_the_trace_may_change(tmp_path: Path, statement: str, allowed: bool) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    file(archive, "C-1")
    file(archive, "C-2")
    archive.erase("default", "C-1", NOW)
    archive.close()
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        if allowed:
            assert raw.execute(statement).rowcount > 0
        else:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


def test_a_claim_that_an_older_version_erased_is_blanked_when_it_is_erased_once_more(tmp_path: Path) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    file(archive, "C-1")
    number = len(archive.sightings_of("default", "C-1"))
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        rows = [("default", sequence + 1, NOW.isoformat()) for sequence in range(number)]
        raw.executemany("INSERT INTO tombstones (tenant, sequence, at) VALUES (?, ?, ?)", rows)
        raw.commit()
    assert archive.erase("default", "C-1", NOW) == 0
    assert not any(one.trace and one.trace.words for one in archive.sightings_of("default", "C-1"))
    archive.close()
