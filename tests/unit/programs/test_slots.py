"""Which item fills which slot, and what is asked of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from verifier.casefile import Activity, BrandKit, Claim, Item, Kind, Slot, Venue, Window
from verifier.errors import ClaimError
from verifier.programs import assign_slots, brief_of


def slot(name: str, *kinds: Kind, minimum: int = 1, questions: frozenset[str] = frozenset()) -> Slot:
    return Slot(id=name, title=name, kinds=frozenset(kinds), ask="", minimum=minimum, questions=questions)


TALK = Activity(
    id="talk",
    title="A talk",
    slots=(
        slot("invitation", Kind.IMAGE, Kind.DOCUMENT),
        slot("list", Kind.TABLE, Kind.IMAGE, questions=frozenset({"registrations"})),
        slot("photos", Kind.IMAGE, minimum=0, questions=frozenset({"display"})),
        slot("recording", Kind.LINK),
    ),
    requirements=(),
    required=frozenset(),
    deadline_days=30,
)
CLAIM = Claim(
    id="C-1",
    activity="talk",
    window=Window(start=date(2026, 5, 1), end=date(2026, 5, 10)),
    submitted_at=datetime(2026, 5, 20, tzinfo=UTC),
    venue=Venue(name="hall"),
    stated={"registrations": "40"},
)
KITS = {
    "ours": BrandKit(id="ours", names=("Ours",)),
    "rival": BrandKit(id="rival", names=("Rival",), competitor=True),
}


def item(kind: Kind, slot: str | None = None, name: str = "x") -> Item:
    return Item(id=name, name=name, kind=kind, media_type="", digest="", size=1, slot=slot)


def slots_of(*items: Item) -> list[tuple[str | None, bool]]:
    return [(one.slot, one.slot_assumed) for one in assign_slots(TALK, items)]


def test_a_stated_slot_is_kept_even_where_the_kind_does_not_fit() -> None:
    assert slots_of(item(Kind.TABLE, "invitation")) == [("invitation", False)]


def test_items_without_a_slot_fill_what_is_still_short_and_are_marked() -> None:
    assert slots_of(item(Kind.LINK), item(Kind.IMAGE), item(Kind.IMAGE), item(Kind.IMAGE)) == [
        ("recording", True),
        ("invitation", True),
        ("list", True),
        ("invitation", True),
    ]


def test_what_only_one_slot_accepts_goes_there_first_whatever_the_order() -> None:
    assert slots_of(item(Kind.IMAGE), item(Kind.DOCUMENT)) == [("list", True), ("invitation", True)]


def test_stated_slots_are_counted_before_any_is_assumed() -> None:
    assert slots_of(item(Kind.IMAGE), item(Kind.IMAGE, "invitation")) == [("list", True), ("invitation", False)]


def test_what_no_slot_accepts_stays_without() -> None:
    assert slots_of(item(Kind.AUDIO), item(Kind.REFUSED)) == [(None, False), (None, False)]


def test_assigning_twice_changes_nothing() -> None:
    once = assign_slots(TALK, [item(Kind.IMAGE), item(Kind.DOCUMENT)])
    assert assign_slots(TALK, once) == once


def test_a_misspelt_slot_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ClaimError, match=r"x: talk has no slot called 'lists': use one of: invitation, list,"):
        assign_slots(TALK, [item(Kind.IMAGE, "lists")])


def test_the_slot_puts_the_questions() -> None:
    brief = brief_of(CLAIM, TALK, item(Kind.IMAGE, "list"), {})
    assert brief.questions == {"registrations"}
    assert (brief.window, brief.submitted_at, brief.venue, brief.stated) == (
        CLAIM.window,
        CLAIM.submitted_at,
        CLAIM.venue,
        CLAIM.stated,
    )


def test_an_item_without_a_slot_is_asked_what_slots_of_its_kind_ask() -> None:
    assert brief_of(CLAIM, TALK, item(Kind.IMAGE), {}).questions == {"registrations", "display"}
    assert brief_of(CLAIM, TALK, item(Kind.TABLE), {}).questions == {"registrations"}
    assert brief_of(CLAIM, TALK, item(Kind.AUDIO), {}).questions == frozenset()


def test_the_claims_brand_comes_with_its_rivals() -> None:
    claim = Claim(id="C-1", activity="talk", brand="ours")
    kits = brief_of(claim, TALK, item(Kind.IMAGE, "photos"), KITS).brand_kits
    assert [(kit.id, kit.competitor) for kit in kits] == [("ours", False), ("rival", True)]


def test_a_claim_without_a_brand_is_searched_for_every_brand() -> None:
    assert [kit.id for kit in brief_of(CLAIM, TALK, item(Kind.IMAGE, "photos"), KITS).brand_kits] == ["ours", "rival"]


def test_kits_stay_at_home_where_nothing_is_asked_or_none_are_known() -> None:
    claim = Claim(id="C-1", activity="talk", brand="ours")
    assert brief_of(claim, TALK, item(Kind.IMAGE, "invitation"), KITS).brand_kits == ()
    assert brief_of(claim, TALK, item(Kind.IMAGE, "photos"), {}).brand_kits == ()


def test_a_brand_without_a_kit_is_said() -> None:
    claim = Claim(id="C-1", activity="talk", brand="hours")
    with pytest.raises(ClaimError, match="'hours'"):
        brief_of(claim, TALK, item(Kind.IMAGE, "photos"), KITS)
