"""Files of one making find each other across claims, and what is missing accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from making import BODY, LUEBECK, MUNICH, NOON, claim, found, item, keep, origin, trace

from verifier.archive.memory import MemoryArchive
from verifier.casefile import Identity, Kind, Origin, Place, Status, Table, Timeline
from verifier.identity import CODES, relate

EXPOSURE = Identity(kind="image", value="77C6274BD589AD50395891E84A8B673B")
ROLL = Identity(kind="roll", value="Fenwald Kestra 7 IMG_", number=1234)


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive()


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("image", "same_image"),
        ("exposure", "same_exposure"),
        ("document", "same_document"),
        ("instance", "same_document"),
    ],
)
def test_an_earlier_item_of_the_same_making_is_named(archive: MemoryArchive, kind: str, measure: str) -> None:
    shared = replace(EXPOSURE, kind=kind)
    keep(archive, claim("C-1"), origin(shared))
    told = found(archive, claim("C-2", day=2), origin(shared))[measure]
    assert told.value == 1
    assert told.note == "C-1/r1/1 of partner of C-1, 2026-06-01"
    (table,) = told.marks
    assert isinstance(table, Table)
    assert table.rows == ((kind, "C-1/r1/1", "partner of C-1", "2026-06-01"),)


def test_only_what_was_submitted_before_counts_whatever_was_filed_first(archive: MemoryArchive) -> None:
    keep(archive, claim("C-9", day=9), origin(EXPOSURE))
    assert found(archive, claim("C-2", day=2), origin(EXPOSURE))["same_image"].value == 0


def test_revisions_of_the_same_claim_do_not_accuse_each_other(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(EXPOSURE))
    assert found(archive, replace(claim("C-1", day=3), revision=2), origin(EXPOSURE))["same_image"].value == 0


def test_what_came_after_the_watermark_is_not_seen(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(EXPOSURE))
    one = item("C-2")
    inspections = relate(archive, claim("C-2", day=2), [one], {one.id: [trace(origin(EXPOSURE))]}, 0)
    assert {f.code: f.value for f in inspections[one.id].findings}["identity.same_image"] == 0


@pytest.mark.parametrize(("within", "count"), [("vendor", 2), ("program", 1), ("partner", 1), ("", 2)])
def test_only_the_asked_circle_is_searched(archive: MemoryArchive, within: str, count: int) -> None:
    keep(archive, replace(claim("C-1", "A"), program="spring"), origin(EXPOSURE))
    keep(archive, replace(claim("C-2", "B"), program="autumn"), origin(EXPOSURE))
    mine, one = replace(claim("C-3", "B", day=2), program="spring"), item("C-3")
    inspections = relate(
        archive, mine, [one], {one.id: [trace(origin(EXPOSURE))]}, archive.watermark("default"), within
    )
    assert {f.code: f.value for f in inspections[one.id].findings}["identity.same_image"] == count


@pytest.mark.parametrize("said", [None, Origin()])
def test_a_file_that_says_nothing_is_absent_in_every_measure(archive: MemoryArchive, said: Origin | None) -> None:
    told = found(archive, claim("C-1"), said)
    assert {finding.code for finding in told.values()} == CODES
    assert told.pop("same_file").status is Status.NOT_APPLICABLE
    assert {finding.status for finding in told.values()} == {Status.ABSENT}


def test_a_document_is_asked_for_its_ids_and_not_for_a_journey(archive: MemoryArchive) -> None:
    asked = {
        name
        for name, status in _statuses(archive, Kind.DOCUMENT, Origin()).items()
        if status is not Status.NOT_APPLICABLE
    }
    assert asked == {"identity.same_document", "identity.same_file"}


def test_a_pdf_that_was_another_claims_is_named(archive: MemoryArchive) -> None:
    said = origin(replace(EXPOSURE, kind="file"))
    keep(archive, claim("C-1"), said)
    one = replace(item("C-2"), kind=Kind.DOCUMENT)
    inspections = relate(archive, claim("C-2", day=2), [one], {one.id: [trace(said)]}, archive.watermark("default"))
    assert {f.code: f.value for f in inspections[one.id].findings}["identity.same_file"] == 1


def test_other_kinds_are_not_asked(archive: MemoryArchive) -> None:
    assert set(_statuses(archive, Kind.MESSAGE, None).values()) == {Status.NOT_APPLICABLE}


def _statuses(archive: MemoryArchive, kind: Kind, said: Origin | None) -> dict[str, Status]:
    one = replace(item("C-1"), kind=kind)
    inspections = relate(archive, claim("C-1"), [one], {one.id: [trace(said)]}, 0)
    return {finding.code: finding.status for finding in inspections[one.id].findings}


def test_one_camera_in_two_towns_within_the_hour_travels_too_fast(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(BODY, place=LUEBECK))
    later = NOON + timedelta(minutes=30)
    told = found(archive, claim("C-2", day=2), origin(BODY, at=later, place=MUNICH))["travel_kmh"]
    assert told.value == pytest.approx(2 * 640, rel=0.02)
    place, times = told.marks
    assert isinstance(place, Place)
    assert (place.name, place.relation) == ("C-1/r1/1", "the same camera was at")
    assert isinstance(times, Timeline)


def test_the_same_journey_in_a_day_is_slow(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(BODY, place=LUEBECK))
    told = found(archive, claim("C-2", day=2), origin(BODY, at=NOON + timedelta(hours=20), place=MUNICH))["travel_kmh"]
    assert 20 < float(str(told.value)) < 40


def test_a_clock_that_may_be_hours_off_has_hours_to_travel(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(BODY, place=LUEBECK))
    vague = replace(origin(BODY, place=MUNICH), latest=(NOON + timedelta(hours=26)).isoformat())
    assert float(str(found(archive, claim("C-2", day=2), vague)["travel_kmh"].value)) < 30


def test_a_stale_position_nearby_and_the_receivers_errors_are_no_journey(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(BODY, place=LUEBECK))
    near = origin(BODY, place=(LUEBECK[0] + 0.15, LUEBECK[1]))
    assert found(archive, claim("C-2", day=2), near)["travel_kmh"].value == 0.0
    vague = replace(origin(BODY, place=MUNICH), error=700_000.0)
    assert found(archive, claim("C-2", day=2), vague)["travel_kmh"].value == 0.0


def test_items_of_one_claim_are_held_against_each_other_too(archive: MemoryArchive) -> None:
    told = found(archive, claim("C-1"), origin(BODY, place=LUEBECK), origin(BODY, place=MUNICH))["travel_kmh"]
    assert float(str(told.value)) > 10_000
    assert "C-1/r1/1" in told.note


def test_numbers_beside_another_partners_of_the_same_day_are_told(archive: MemoryArchive) -> None:
    keep(archive, claim("C-1"), origin(ROLL))
    told = found(archive, claim("C-2", day=2), origin(replace(ROLL, number=1236), at=NOON + timedelta(hours=3)))
    assert told["neighbouring_numbers"].value == 1
    assert told["neighbouring_numbers"].note == "1234 in C-1/r1/1 of partner of C-1, 2026-06-01"


@pytest.mark.parametrize(
    ("earlier", "partner", "later"),
    [
        (origin(ROLL), "partner of C-1", origin(replace(ROLL, number=1235))),
        (origin(ROLL), "", origin(replace(ROLL, number=1245))),
        (origin(ROLL), "", origin(replace(ROLL, number=1235), at=NOON + timedelta(days=3))),
        (origin(ROLL), "", origin(replace(ROLL, number=1235, value="Fenwald Tarn X2 IMG_"))),
        (origin(ROLL, BODY), "", origin(replace(ROLL, number=1235), replace(BODY, value="another"))),
    ],
    ids=["same partner", "far numbers", "days apart", "other model", "other body"],
)
def test_numbers_that_meet_by_chance_are_not_told(
    archive: MemoryArchive, earlier: Origin, partner: str, later: Origin
) -> None:
    keep(archive, claim("C-1"), earlier)
    assert found(archive, claim("C-2", partner, day=2), later)["neighbouring_numbers"].value == 0
