"""An older claim that comes late: the newer report is reopened, and not rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from submissions import File, Office, claim, jpeg, of, photo, report_on

from verifier.archive.memory import MemoryArchive
from verifier.archive.protocol import Link
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Claim, Kind
from verifier.errors import Overtaken

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """A claim of the fifth day is on file."""
    office = Office(archive=MemoryArchive() if request.param == "memory" else SqliteArchive(tmp_path / "archive.db"))
    office.file(claim("C-5", "Kontor Süd", day=5), of(photo(1)), of(photo(2)))
    return office


def late(office: Office, facts: Claim, *files: File) -> tuple[Link, ...]:
    """What comes to light when that claim arrives."""
    items, kept = office.take_in(facts, files)
    return office.comparison.late(facts, items, kept, office.archive.watermark(facts.tenant), NOW)


def test_an_older_claim_that_comes_late_links_to_the_newer_copy(office: Office) -> None:
    (link,) = late(office, claim("C-1", day=1), of(photo(3)), of(jpeg(photo(2), 60)))
    assert (link.claim, link.item, link.earlier_claim, link.earlier_item) == ("C-5", "C-5/r1/2", "C-1", "C-1/r1/2")
    assert link.likeness == "copy"
    assert link.agreement > 0.9
    assert link.at == NOW


def test_a_claim_that_comes_in_its_turn_links_to_nothing(office: Office) -> None:
    assert late(office, claim("C-9", day=9), of(jpeg(photo(2), 60))) == ()


def test_a_claim_that_the_newer_one_was_compared_with_does_not_reopen_it(office: Office) -> None:
    office.file(claim("C-1", day=1), of(photo(4)))
    office.file(claim("C-7", day=7), of(photo(4)))
    assert late(office, claim("C-1", day=1), of(photo(4))) == ()


def test_links_are_kept_once_with_the_report_that_raised_them(office: Office) -> None:
    facts, shown = claim("C-1", day=1), of(photo(1))
    links = late(office, facts, shown)
    assert [link.likeness for link in links] == ["exact"]
    office.file(facts, shown, links=links)
    assert tuple(office.archive.links("default")) == links
    assert tuple(office.archive.links("default", "C-5")) == links
    assert tuple(office.archive.links("default", "C-1")) == ()
    assert tuple(office.archive.links("other")) == ()
    before = office.archive.verify_audit()
    office.file(claim("C-1", day=1, revision=2), shown, links=links)
    assert tuple(office.archive.links("default")) == links
    assert office.archive.verify_audit() == before + 1


def test_an_item_without_pages_links_by_its_bytes() -> None:
    office = Office()
    table = File(kind=Kind.TABLE, data=b"name,company\n")
    office.file(claim("C-5", day=5), table)
    (link,) = late(office, claim("C-1", day=1), table)
    assert link.likeness == "exact"


def test_a_report_that_others_overtook_is_not_filed_as_current(office: Office) -> None:
    items, kept = office.take_in(claim("C-9", day=9), [of(photo(3))])
    stale = report_on(claim("C-9", day=9), items)  # compared with nothing
    with pytest.raises(Overtaken):
        office.archive.file(stale, kept, current=True)
    assert office.archive.report("default", "C-9") is None
    fresh = replace(stale, watermark=office.archive.watermark("default"))
    assert office.archive.file(fresh, kept, current=True)
    assert not office.archive.file(fresh, kept, current=True)  # it is there already


def test_a_claim_that_is_only_remembered_has_no_report_to_reopen_and_reopens_others(office: Office) -> None:
    items, kept = office.take_in(claim("C-7", day=7), [of(photo(4))])
    office.archive.remember(claim("C-7", day=7), items, kept, NOW)
    assert late(office, claim("C-1", day=1), of(photo(4))) == ()
    links = late(office, claim("C-1", day=1), of(photo(2)))
    items, kept = office.take_in(claim("C-1", day=1), [of(photo(2))])
    assert office.archive.remember(claim("C-1", day=1), items, kept, NOW, links)
    assert [link.claim for link in office.archive.links("default")] == ["C-5"]
    office.archive.verify_audit()
