"""What every archive promises, in memory and on disk."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from archived_reports import filed, item, item_report, report, trace

from verifier.archive.opening import open_archive
from verifier.archive.protocol import Archive
from verifier.errors import ArchiveError


def test_an_empty_archive_has_nothing(archive: Archive) -> None:
    assert archive.watermark("default") == 0
    assert list(archive.sightings("default")) == []
    assert archive.report("default", "C-1") is None
    assert list(archive.reports("default")) == []
    assert archive.verify_audit() == 0


def test_a_blob_comes_back_and_putting_it_twice_changes_nothing(archive: Archive) -> None:
    digest = archive.put_blob(b"picture")
    assert digest == hashlib.sha256(b"picture").hexdigest()
    assert archive.put_blob(b"picture") == digest
    assert archive.blob(digest) == b"picture"
    assert archive.blob(archive.put_blob(b"")) == b""


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "zz"])
def test_a_blob_that_is_not_there_is_an_archive_error(archive: Archive, digest: str) -> None:
    with pytest.raises(ArchiveError):
        archive.blob(digest)


def test_a_filed_report_comes_back_equal(archive: Archive) -> None:
    made = report()
    assert filed(archive, made)
    assert archive.report("default", "C-1") == made
    assert archive.report("default", "C-1", 1) == made
    assert archive.report("default", "C-1", 2) is None
    assert archive.report("other", "C-1") is None


def test_claims_on_which_there_is_a_report_are_told_at_once(archive: Archive) -> None:
    for name in ("C-1", "C-2"):
        filed(archive, report(name))
    assert archive.reported("default", ["C-2", "C-9", "C-1"]) == {"C-1", "C-2"}
    assert archive.reported("other", ["C-1"]) == frozenset()
    assert archive.reported("default", []) == frozenset()


def test_sightings_are_numbered_in_the_order_of_pages_and_items(archive: Archive) -> None:
    filed(archive, report("C-1"), pages=2)
    filed(archive, report("C-2"), pages=1)
    seen = list(archive.sightings("default"))
    assert [s.sequence for s in seen] == [1, 2, 3, 4, 5, 6] == list(range(1, archive.watermark("default") + 1))
    assert [(s.item, s.trace.page if s.trace else None) for s in seen[:3]] == [
        ("C-1/r1/1", 0),
        ("C-1/r1/1", 1),
        ("C-1/r1/2", 0),
    ]
    assert seen[0].trace == trace(0, "C-1/r1/1")
    assert seen[0].partner == "Kontor Süd"
    assert seen[0].submitted_at == datetime(2026, 5, 20, 12, 30, tzinfo=UTC)


def test_sightings_can_be_read_from_and_up_to_a_watermark(archive: Archive) -> None:
    filed(archive, report("C-1"), pages=3)
    assert [s.sequence for s in archive.sightings("default", after=2, upto=4)] == [3, 4]
    assert list(archive.sightings("default", after=6)) == []
    assert len(list(archive.sightings("default", upto=99))) == 6
    assert list(archive.sightings("default", upto=0)) == []


def test_an_item_without_pages_leaves_one_sighting_of_its_digest(archive: Archive) -> None:
    archive.file(report(items=1), {})
    (seen,) = archive.sightings("default")
    assert seen.trace is None
    assert seen.digest == item("C-1", 1, 1).digest


def test_a_refused_item_leaves_no_sighting(archive: Archive) -> None:
    filed(archive, report(items=1, refused=1))
    assert [s.item for s in archive.sightings("default")] == ["C-1/r1/1"]


def test_the_same_verification_is_filed_once(archive: Archive) -> None:
    assert filed(archive, report())
    assert not filed(archive, replace(report(), made_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert archive.watermark("default") == 2
    assert archive.verify_audit() == 1
    assert archive.report("default", "C-1") == report()


def test_other_rules_make_another_report_and_no_second_sighting(archive: Archive) -> None:
    filed(archive, report(rulebook="old"))
    assert filed(archive, report(rulebook="new"))
    newest = archive.report("default", "C-1")
    assert newest is not None
    assert newest.rulebook == "new"
    assert archive.watermark("default") == 2
    assert archive.verify_audit() == 2


def test_an_exchanged_file_under_the_same_revision_is_a_sighting_of_its_own(archive: Archive) -> None:
    made = report(items=1)
    filed(archive, made)
    other = replace(made.items[0].item, digest="f" * 64)
    filed(archive, replace(made, digest="changed", items=(item_report(other),)))
    assert [s.digest for s in archive.sightings("default")] == [made.items[0].item.digest, "f" * 64]


def test_the_highest_revision_is_the_newest_report_even_when_filed_first(archive: Archive) -> None:
    filed(archive, report(revision=2))
    filed(archive, report(revision=1))
    newest = archive.report("default", "C-1")
    first = archive.report("default", "C-1", 1)
    assert newest is not None
    assert first is not None
    assert (newest.claim.revision, first.claim.revision) == (2, 1)


def test_tenants_do_not_see_each_other(archive: Archive) -> None:
    filed(archive, report(tenant="north"))
    filed(archive, report(tenant="south", items=1))
    assert (archive.watermark("north"), archive.watermark("south"), archive.watermark("default")) == (2, 1, 0)
    assert {s.tenant for s in archive.sightings("south")} == {"south"}
    assert [r.claim.tenant for r in archive.reports("north")] == ["north"]


def test_reports_are_the_newest_of_every_claim_in_the_order_of_ids(archive: Archive) -> None:
    for claim, revision in (("C-2", 1), ("C-10", 1), ("C-2", 2)):
        filed(archive, report(claim, revision))
    assert [(r.claim.id, r.claim.revision) for r in archive.reports("default")] == [("C-10", 1), ("C-2", 2)]


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "sqlite:///folder/", "postgresql://x/y", "archive.db"])
def test_an_address_that_is_not_understood_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(ArchiveError) as refused:
        open_archive(url)
    assert "sqlite:///" in refused.value.remedy


def test_heads_are_reports_without_their_bulk_in_the_order_of_filing(archive: Archive) -> None:
    filed(archive, report("C-2"))
    filed(archive, report("C-1"))
    first, second = archive.heads("default")
    assert [head.report.claim.id for head in (first, second)] == ["C-2", "C-1"]
    assert first.number < second.number
    assert first.report == replace(report("C-2"), items=(), inspections=(), hits=())
    assert first.items == tuple(entry.item.name for entry in report("C-2").items)
    assert list(archive.heads("default", after=first.number)) == [second]
    assert list(archive.heads("other")) == []


def test_the_last_entry_of_the_trail_changes_with_every_filing(archive: Archive) -> None:
    empty = archive.last_entry()
    archive.file(report("C-1"), {})
    once = archive.last_entry()
    archive.file(report("C-2"), {})
    assert len({empty, once, archive.last_entry()}) == 3
