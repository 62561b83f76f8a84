"""Fingerprints without a report, and the report of one very verification: in memory and on disk alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from archived_reports import filed, item, report, trace

from verifier.archive.overlay import Overlay
from verifier.archive.protocol import Archive
from verifier.casefile import Claim, Kind

CLAIM = Claim(id="C-1", activity="display", submitted_at=datetime(2026, 5, 20, tzinfo=UTC))
ITEMS = (item("C-1", 1, 1), item("C-1", 1, 2))
TRACES = {each.id: [trace(0, each.id), trace(1, each.id)] for each in ITEMS}
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_what_is_remembered_has_sightings_and_an_audit_entry_and_no_report(archive: Archive) -> None:
    assert not archive.seen(CLAIM, ITEMS)
    assert archive.remember(CLAIM, ITEMS, TRACES, NOON)
    assert archive.seen(CLAIM, ITEMS)
    assert [(seen.sequence, seen.item) for seen in archive.sightings("default")] == [
        (1, "C-1/r1/1"),
        (2, "C-1/r1/1"),
        (3, "C-1/r1/2"),
        (4, "C-1/r1/2"),
    ]
    assert archive.report("default", "C-1") is None
    assert archive.verify_audit() == 1


def test_remembering_again_changes_nothing(archive: Archive) -> None:
    archive.remember(CLAIM, ITEMS, TRACES, NOON)
    assert not archive.remember(CLAIM, ITEMS, TRACES, NOON)
    assert (archive.watermark("default"), archive.verify_audit()) == (4, 1)


def test_a_refused_item_is_not_seen(archive: Archive) -> None:
    refused = item("C-1", 1, 2, Kind.REFUSED)
    archive.remember(CLAIM, (ITEMS[0], refused), TRACES, NOON)
    assert archive.watermark("default") == 2
    assert archive.seen(CLAIM, ITEMS[:1])
    assert not archive.seen(CLAIM, (ITEMS[0], refused))


def test_what_was_verified_is_seen_and_only_in_its_tenant_and_revision(archive: Archive) -> None:
    made = report("C-1")
    filed(archive, made)
    items = tuple(entry.item for entry in made.items)
    assert archive.seen(made.claim, items)
    assert not archive.seen(replace(made.claim, tenant="other"), items)
    assert not archive.seen(replace(made.claim, revision=2), items)
    assert not archive.remember(made.claim, items, {each.id: [trace(0, each.id)] for each in items}, NOON)


def test_a_report_is_found_by_what_it_rests_on_or_by_first_digits(archive: Archive) -> None:
    one, two = report("C-1", rulebook="aa11"), report("C-1", rulebook="bb22")
    filed(archive, one)
    filed(archive, two)
    assert archive.filed(one.claim, "C-1-1", "aa11", "pipe") == one
    assert archive.filed(one.claim, "C-1-1", "bb", "p") == two
    assert archive.filed(one.claim, "C-1-1", "a%", "pipe") is None
    assert archive.filed(one.claim, "other", "aa11", "pipe") is None
    assert archive.filed(replace(one.claim, revision=2), "C-1-1", "aa11", "pipe") is None


def test_an_overlay_reads_through_and_remembers_nothing(archive: Archive) -> None:
    over = Overlay(archive)
    made = report("C-2")
    filed(archive, made)
    assert over.filed(made.claim, made.digest, made.rulebook, made.pipeline) == made
    assert over.seen(made.claim, [entry.item for entry in made.items])
    assert not over.remember(CLAIM, ITEMS, TRACES, NOON)
    assert not archive.seen(CLAIM, ITEMS)
