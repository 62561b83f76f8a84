"""The index as the comparison uses it: sealed beside the archive, read again by whoever comes next."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from submissions import Office, claim, finding, jpeg, of, photo

from verifier.archive.index import chunk as chunks
from verifier.archive.sqlite import SqliteArchive
from verifier.comparison import Comparison, Scope
from verifier.comparison.catalogue import VOCABULARY, Catalogue
from verifier.comparison.index import SEALED_FROM
from verifier.errors import ArchiveError

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PHOTOS = 6  # different ones


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Eleven claims with two photos each, in an archive on disk: some sealed, some fresh."""
    office = Office(archive=SqliteArchive(tmp_path / "archive.db"))
    for number in range(11):
        partner = f"Kontor {number % 3}"
        pixels = photo(1 + number % PHOTOS)
        office.file(
            claim(f"C-{number:02}", partner, day=number, program=f"p{number % 2}"), of(pixels), of(jpeg(pixels))
        )
        office.comparison.catalogue.index("default", office.archive.watermark("default"))
    return office


def answer(office: Office, comparison: Comparison | None = None, **facts: str) -> tuple[object, ...]:
    """What is said of a late copy of the third photo, and of one of the sixth."""
    office.comparison = comparison or office.comparison
    found = office.compare(claim("Z", "Kontor Z", day=40, **facts), [of(jpeg(photo(3), 70)), of(jpeg(photo(6), 70))])
    return tuple(
        (finding(found, measure, n).value, finding(found, measure, n).note)
        for n in (1, 2)
        for measure in ("compared", "exact", "copy", "other_partner")
    )


def again(office: Office) -> Comparison:
    """A comparison that starts from what is on disk."""
    return Comparison(archive=office.archive, run=office.run)


def segments(office: Office) -> list[Path]:
    folder = Catalogue(archive=office.archive).folder("default")
    assert folder is not None
    return sorted(folder.path.glob("*.segment"))


def test_a_new_process_answers_as_the_old_one_and_reads_hardly_any_blob(office: Office, monkeypatch) -> None:
    before = answer(office)
    assert segments(office)
    fresh = again(office)
    read: list[str] = []
    blob = SqliteArchive.blob
    monkeypatch.setattr(SqliteArchive, "blob", lambda self, digest: read.append(digest) or blob(self, digest))
    fresh.catalogue.index("default", office.archive.watermark("default"))
    assert len(read) < SEALED_FROM
    assert answer(office, fresh) == before


def test_how_the_index_is_cut_does_not_change_an_answer(office: Office, tmp_path: Path) -> None:
    before = answer(office)
    Catalogue(archive=office.archive).rebuild("default")
    assert len(segments(office)) == 1
    assert answer(office, again(office)) == before
    segments(office)[0].unlink()
    assert answer(office, again(office)) == before


def test_a_damaged_segment_is_named_and_what_it_held_is_read_again(office: Office, caplog) -> None:
    before = answer(office)
    damaged = segments(office)[0]
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    covered, faults = Catalogue(archive=office.archive).check("default")
    assert [damaged.name in fault for fault in faults] == [True]
    with caplog.at_level(logging.WARNING):
        assert answer(office, again(office)) == before
    assert damaged.name in caplog.text
    assert damaged.with_name(damaged.name + ".bad").exists()
    now, none = Catalogue(archive=office.archive).check("default")
    assert none == []
    assert now >= covered


def test_an_index_that_vanishes_under_a_running_process_is_made_again(office: Office) -> None:
    before = answer(office)
    for path in segments(office):
        path.unlink()
    assert answer(office) == before
    assert Catalogue(archive=office.archive).check("default")[1] == []


def test_a_sound_segment_with_other_contents_is_found_by_the_check(office: Office) -> None:
    catalogue = Catalogue(archive=office.archive)
    folder = catalogue.folder("default")
    assert folder is not None
    (first, *_) = folder.chunks()
    entries = [*catalogue.entries("default", first.first, first.end)]
    with folder.lease():
        folder.seal(chunks.of(first.first, [entries[-1], *entries[1:]]))
    _, (fault,) = Catalogue(archive=office.archive).check("default")
    assert "does not hold what the archive does" in fault
    Catalogue(archive=office.archive).rebuild("default")
    assert Catalogue(archive=office.archive).check("default") == (office.archive.watermark("default"), [])


def test_words_of_another_version_are_made_anew(office: Office, monkeypatch) -> None:
    before = answer(office)
    monkeypatch.setattr("verifier.comparison.catalogue.VOCABULARY", VOCABULARY + "x")
    assert answer(office, again(office)) == before
    assert Catalogue(archive=office.archive).check("default")[1] == []


def test_merging_and_rebuilding_wait_for_nobody(office: Office) -> None:
    catalogue = Catalogue(archive=office.archive)
    folder = catalogue.folder("default")
    assert folder is not None
    with folder.lease():
        with pytest.raises(ArchiveError, match="another process"):
            catalogue.merge("default")
        with pytest.raises(ArchiveError, match="another process"):
            catalogue.rebuild("default")
    assert catalogue.merge("default") == 1


def test_nothing_is_compared_with_an_erased_claim(office: Office) -> None:
    office.file(claim("E", "Kontor E", day=30), of(photo(9)))
    shown = [of(jpeg(photo(9), 70))]
    assert finding(office.compare(claim("Z", day=40), shown), "copy").value != 0.0
    assert office.archive.erase("default", "E", NOW) == 1
    assert office.archive.erase("default", "E", NOW) == 0
    found = office.compare(claim("Z", day=40), shown)
    assert finding(found, "copy").value == 0.0
    assert finding(found, "compared").value == 22
    Catalogue(archive=office.archive).rebuild("default")
    office.comparison = again(office)
    assert finding(office.compare(claim("Z", day=40), shown), "copy").value == 0.0


@pytest.mark.parametrize(("scope", "compared"), [(Scope.PARTNER, 8), (Scope.PROGRAM, 12), (Scope.VENDOR, 22)])
def test_a_scope_narrows_what_an_item_is_compared_with(office: Office, scope: Scope, compared: int) -> None:
    office.comparison = Comparison(archive=office.archive, run=office.run, scope=scope)
    found = office.compare(claim("Z", "Kontor 0", day=40, program="p0"), [of(photo(8))])
    assert finding(found, "compared").value == compared


def test_a_picture_that_very_many_partners_hand_in_is_artwork(monkeypatch) -> None:
    monkeypatch.setattr("verifier.comparison.comparison.COMMON", 5)
    office = Office()
    for number in range(6):
        office.file(claim(f"C-{number}", f"Kontor {number % 5}", day=number), of(jpeg(photo(1), 60 + number)))
        found = office.compare(claim("Z", "Kontor Z", day=40), [of(photo(1))])
        assert finding(found, "artwork").value == (1 if number >= 4 else 0)
        assert (finding(found, "copy").value == 0.0) is (number >= 4)
    assert "5 partners" in finding(found, "artwork").note


def test_the_moment_decides_and_ids_where_moments_are_equal(office: Office) -> None:
    every = list(office.archive.sightings("default"))
    index = office.comparison.catalogue.index("default", len(every))
    moment = next(seen.submitted_at for seen in every if seen.claim == "C-04")
    assert moment is not None

    def items(allowed: NDArray[np.bool_]) -> set[str]:
        return {every[number].item for number in allowed.nonzero()[0]}

    names = sorted({seen.item for seen in every})
    own = names.index("C-04/r1/2")
    assert items(index.earlier("Z", moment, "C-04/r1/2", len(every))) == set(names[:own])
    assert items(index.later("Z", moment, "C-04/r1/2", len(every))) == set(names[own + 1 :])
    assert items(index.earlier("C-03", moment, "C-04/r1/2", len(every))) == {n for n in names[:own] if "C-03" not in n}
    assert items(index.later("Z", moment - timedelta(days=99), "", len(every))) == set(names)
    assert items(index.later("Z", None, "", len(every))) == set()
