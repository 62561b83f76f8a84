"""What the claim itself says, measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from verifier.casefile import Activity, Claim, Finding, Gauge, Item, Kind, Slot, Status, Table, Timeline, Venue, Window
from verifier.programs import CODES, measure

PHOTO = Slot(id="photo", title="A photo", kinds=frozenset({Kind.IMAGE}), ask="Send a photo.", minimum=2)
FILM = Slot(id="film", title="A film", kinds=frozenset({Kind.VIDEO, Kind.LINK}), ask="Send a film.", minimum=0)
WALK = Activity(
    id="walk",
    title="A walk",
    slots=(PHOTO, FILM),
    requirements=(),
    required=frozenset(),
    deadline_days=30,
    grace_days=5,
)
CLAIM = Claim(
    id="C-1",
    activity="walk",
    window=Window(start=date(2026, 5, 1), end=date(2026, 5, 10)),
    submitted_at=datetime(2026, 5, 20, 12, tzinfo=UTC),
)


def item(name: str, kind: Kind = Kind.IMAGE, slot: str | None = "photo", assumed: bool = False) -> Item:
    return Item(id=name, name=name, kind=kind, media_type="", digest="", size=1, slot=slot, slot_assumed=assumed)


def measured(code: str, claim: Claim = CLAIM, items: tuple[Item, ...] = ()) -> Finding:
    findings = [finding for finding in measure(claim, WALK, items, {}).findings if finding.code == code]
    assert len(findings) == 1
    return findings[0]


def filed(when: datetime, **more: object) -> Claim:
    return replace(CLAIM, submitted_at=when, **more)  # type: ignore[arg-type]


def test_every_finding_has_a_declared_code_and_every_code_a_finding() -> None:
    assert {finding.code for finding in measure(CLAIM, WALK, (), {}).findings} == CODES


def test_a_slot_is_short_until_enough_fitting_items_fill_it() -> None:
    one = measured("claim.missing_slots", items=(item("a.jpg"),))
    assert (one.value, one.note) == (1, "A photo")
    assert measured("claim.missing_asks", items=(item("a.jpg"),)).value == ("Send a photo.",)
    both = (item("a.jpg"), item("b.jpg"))
    assert measured("claim.missing_slots", items=both).value == 0
    assert measured("claim.missing_asks", items=both).status is Status.NOT_APPLICABLE
    assert measured("claim.filled_slots", items=both).value == ("photo",)


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.DOCUMENT])
def test_an_item_that_cannot_be_read_or_is_of_another_kind_fills_no_slot(kind: Kind) -> None:
    finding = measured("claim.missing_slots", items=(item("a.jpg"), item("b", kind)))
    assert finding.value == 1
    table = finding.marks[0]
    assert isinstance(table, Table)
    assert table.rows == (("A photo", "2", "1"), ("A film", "0", "0"))
    assert table.highlighted == (0,)


def test_refused_unread_linked_and_assumed_items_are_counted_and_named() -> None:
    items = (
        item("a.jpg", Kind.REFUSED),
        item("b.mp4", Kind.VIDEO, "film"),
        item("c.pptx", Kind.SLIDES, None),
        item("https://example.org/film", Kind.LINK, "film", assumed=True),
    )
    found = {finding.code: (finding.value, finding.note) for finding in measure(CLAIM, WALK, items, {}).findings}
    assert found["claim.refused_items"] == (1, "a.jpg")
    assert found["claim.unread_items"] == (2, "b.mp4, c.pptx")
    assert found["claim.link_items"] == (1, "https://example.org/film")
    assert found["claim.assumed_slots"] == (1, "https://example.org/film")


@pytest.mark.parametrize(
    ("day", "late", "note"),
    [
        (datetime(2026, 5, 10, tzinfo=UTC), -35, ""),
        (datetime(2026, 6, 9, 23, 59, tzinfo=UTC), -5, ""),
        (datetime(2026, 6, 10, tzinfo=UTC), -4, "1 days into the grace of 5"),
        (datetime(2026, 6, 14, tzinfo=UTC), 0, "5 days into the grace of 5"),
        (datetime(2026, 6, 15, tzinfo=UTC), 1, ""),
    ],
)
def test_days_count_from_the_last_day_of_grace(day: datetime, late: int, note: str) -> None:
    finding = measured("claim.days_after_deadline", filed(day))
    assert (finding.value, finding.note) == (late, note)
    timeline = finding.marks[0]
    assert isinstance(timeline, Timeline)
    assert [(span.label, span.start, span.end) for span in timeline.spans[:2]] == [
        ("activity window", "2026-05-01", "2026-05-10"),
        ("time to file", "2026-05-10", "2026-06-14"),
    ]


def test_the_day_of_filing_is_the_venues_day() -> None:
    moment = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)
    assert measured("claim.days_after_deadline", filed(moment)).value == 0
    helsinki = Venue(name="shop", timezone="Europe/Helsinki")
    assert measured("claim.days_after_deadline", filed(moment, venue=helsinki)).value == 1
    nowhere = Venue(name="shop", timezone="Mars/Olympus")
    assert measured("claim.days_after_deadline", filed(moment, venue=nowhere)).value == 0


def test_a_claim_filed_before_the_last_day_is_early() -> None:
    assert measured("claim.window_open", filed(datetime(2026, 5, 9, tzinfo=UTC))).value is True
    assert measured("claim.window_open", filed(datetime(2026, 5, 10, tzinfo=UTC))).value is False


def test_approval_on_the_first_day_is_in_time() -> None:
    assert measured("claim.approved_before_start", replace(CLAIM, approved_at=date(2026, 5, 1))).value is True
    assert measured("claim.approved_before_start", replace(CLAIM, approved_at=date(2026, 5, 2))).value is False


def test_the_amount_is_held_against_what_was_approved() -> None:
    claim = replace(CLAIM, claimed_amount=Decimal("120.10"), approved_amount=Decimal("120.05"), currency="EUR")
    finding = measured("claim.amount_over_approved", claim)
    assert finding.value == pytest.approx(0.05)
    assert finding.note == "120.10 EUR claimed, 120.05 EUR approved"
    gauge = finding.marks[0]
    assert isinstance(gauge, Gauge)
    assert (gauge.value, gauge.limit, gauge.unit) == (120.10, 120.05, "EUR")
    equal = replace(claim, approved_amount=Decimal("120.1"))
    assert measured("claim.amount_over_approved", equal).value == 0


@pytest.mark.parametrize(
    ("code", "claim", "note"),
    [
        ("claim.days_after_deadline", replace(CLAIM, window=None), "the claim states no activity window"),
        ("claim.days_after_deadline", replace(CLAIM, submitted_at=None), "the claim states no time of submission"),
        (
            "claim.window_open",
            replace(CLAIM, window=None, submitted_at=None),
            "the claim states no activity window and no time of submission",
        ),
        ("claim.approved_before_start", CLAIM, "the claim states no day of approval"),
        ("claim.approved_before_start", replace(CLAIM, window=None), "the claim states no activity window"),
        (
            "claim.amount_over_approved",
            replace(CLAIM, claimed_amount=Decimal(1)),
            "the claim states no approved amount",
        ),
        (
            "claim.amount_over_approved",
            replace(CLAIM, approved_amount=Decimal(1)),
            "the claim states no claimed amount",
        ),
    ],
)
def test_what_nobody_stated_stays_undetermined_and_says_what_is_missing(code: str, claim: Claim, note: str) -> None:
    finding = measured(code, claim)
    assert (finding.status, finding.note) == (Status.UNDETERMINED, note)


def test_amounts_do_not_apply_where_none_is_stated() -> None:
    assert measured("claim.amount_over_approved").status is Status.NOT_APPLICABLE
