"""From items to the claim: which hits count, and the strictest route."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verifier.casefile import (
    Activity,
    Assessment,
    Axis,
    Bearing,
    Hit,
    Item,
    Kind,
    Policy,
    Problem,
    Requirement,
    Route,
    Slot,
    Truth,
)
from verifier.scoring import Scoring

REQUIREMENTS = {
    "complete": Requirement(id="complete", title="All is there", axis=Axis.COMPLETENESS, across="worst"),
    "legible": Requirement(id="legible", title="It can be read", axis=Axis.COMPLETENESS, across="best"),
    "brand": Requirement(id="brand", title="The brand is there", axis=Axis.COMPLIANCE, across="best"),
    "new": Requirement(id="new", title="It is new", axis=Axis.AUTHENTICITY, across="worst"),
}
IMAGES = frozenset({Kind.IMAGE})
ACTIVITY = Activity(
    id="walk",
    title="A walk",
    slots=(
        Slot(id="photo", title="A photo", kinds=IMAGES, ask="Send a photo", required=frozenset({"legible"})),
        Slot(id="extra", title="More", kinds=IMAGES, ask="Send more", minimum=0),
    ),
    requirements=tuple(REQUIREMENTS),
    required=frozenset({"brand"}),
    deadline_days=30,
)
POLICY = Policy(prior=6.0, group_caps={"twins": 8.0}, default_cap=10.0, quick_look=0.75, fast_track=0.98)
SCORING = Scoring(policy=POLICY, requirements=REQUIREMENTS)
SHARP = "legible", 1.0


def hit(requirement: str, weight: float, truth: Truth = Truth.HOLDS, **more: object) -> Hit:
    bearing = Bearing.SUPPORTS if weight > 0 else Bearing.CONTRADICTS if weight < 0 else Bearing.INFORMS
    return Hit(
        rule=f"eye.{requirement}{weight:+g}",
        requirement=requirement,
        axis=REQUIREMENTS[requirement].axis,
        bearing=bearing,
        truth=truth,
        title=f"{requirement} {weight:+g}",
        because=(),
        weight=weight,
        **more,  # type: ignore[arg-type]
    )


OPEN = Truth.CANNOT_TELL


def judge(
    *bundles: Sequence[Hit], claim: Sequence[Hit] = (), slots: Sequence[str] = (), legible: bool = True
) -> tuple[tuple[Hit, ...], Assessment]:
    """Each bundle is one photo's hits; all of them legible unless said otherwise."""
    items = []
    for number, hits in enumerate(bundles):
        slot = slots[number] if slots else "photo"
        own = (*hits, hit("legible", 1)) if legible else tuple(hits)
        item = Item(
            id=f"C/r1/{number + 1}",
            name=f"{number + 1}.jpg",
            kind=Kind.IMAGE,
            media_type="",
            digest="",
            size=1,
            slot=slot,
        )
        items.append((item, own, SCORING.assess_item(ACTIVITY, item, own)))
    return SCORING.assess_claim(ACTIVITY, claim, items)


def counting(requirement: str, hits: Sequence[Hit]) -> list[tuple[float, str]]:
    return [(one.weight, one.item) for one in hits if one.requirement == requirement]


def test_of_best_evidence_the_item_that_supports_most_counts() -> None:
    hits, assessment = judge([hit("brand", 2)], [hit("brand", 5)], [hit("brand", -9)])
    assert counting("brand", hits) == [(5, "C/r1/2")]
    assert [(one.rule, one.item) for one in assessment.points] == [
        ("eye.brand+5", "C/r1/2"),
        ("eye.legible+1", "C/r1/1"),
    ]


def test_where_none_supports_the_strongest_contradiction_counts() -> None:
    assert counting("brand", judge([hit("brand", -2)], [hit("brand", -5)])[0]) == [(-5, "C/r1/2")]


def test_of_the_worst_evidence_one_bad_item_outweighs_all_good_ones() -> None:
    hits, assessment = judge([hit("new", 2), hit("brand", 3)], [hit("new", -20), hit("brand", 3)])
    assert counting("new", hits) == [(-20, "C/r1/2")]
    assert assessment.route is Route.FULL_REVIEW


def test_where_nothing_contradicts_an_open_item_does_not_take_support_away() -> None:
    assert counting("new", judge([hit("new", 2)], [hit("new", -9, OPEN)])[0]) == [(2, "C/r1/1")]


def test_a_gate_counts_before_a_larger_sum() -> None:
    hits, assessment = judge([hit("new", -5, gate=True), hit("brand", 30)], [hit("new", -6)])
    assert counting("new", hits) == [(-5, "C/r1/1")]
    assert assessment.route is Route.FULL_REVIEW
    assert assessment.reasons[0] == "New -5: a hard requirement."


def test_equal_items_are_told_apart_by_their_order() -> None:
    assert counting("brand", judge([hit("brand", 5)], [hit("brand", 5)])[0]) == [(5, "C/r1/1")]


def test_a_settled_item_comes_before_an_open_one() -> None:
    hits, _ = judge([hit("brand", 4, OPEN)], [hit("brand", 4), hit("brand", -4)])
    assert {one.item for one in hits if one.requirement == "brand"} == {"C/r1/2"}


def test_the_claims_own_hits_come_first_and_name_no_item() -> None:
    hits, assessment = judge([hit("brand", 5)], claim=[hit("complete", 1)])
    assert (hits[0].requirement, hits[0].item) == ("complete", "")
    assert sum(one.decibans for one in assessment.points) == pytest.approx(7.0)


def test_one_group_is_capped_over_the_whole_claim() -> None:
    _, assessment = judge([hit("brand", -6, group="twins")], [hit("new", -6, group="twins")])
    shares = [one.decibans for one in assessment.points if one.decibans < 0]
    assert shares == [pytest.approx(-4.0), pytest.approx(-4.0)]


def test_more_evidence_never_becomes_a_mean() -> None:
    _, few = judge([hit("brand", 5)])
    _, many = judge([hit("brand", 5)], [hit("brand", 1)], [hit("brand", 1)])
    assert many.probability == few.probability


def test_bounds_look_at_every_item_and_not_only_at_those_that_count() -> None:
    _, assessment = judge([hit("new", 2), hit("brand", 3)], [hit("new", -20, OPEN)])
    _, worst = judge([hit("new", 2), hit("brand", 3)], [hit("new", -20)])
    assert assessment.low == pytest.approx(worst.probability)
    assert assessment.probability > 0.9


def test_a_required_requirement_is_settled_by_one_of_several_items() -> None:
    assert judge([hit("brand", 4)], [hit("brand", 4, OPEN)])[1].route is Route.QUICK_LOOK


def test_a_required_requirement_that_no_item_shows_needs_input() -> None:
    _, assessment = judge([hit("brand", 4, OPEN, ask="Come closer.")], [hit("new", 1)])
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("The brand is there: brand +4. Come closer.",)


def test_where_the_worst_counts_one_open_item_keeps_a_required_requirement_open() -> None:
    strict = Scoring(policy=POLICY, requirements=REQUIREMENTS)
    activity = Activity(
        id="walk", title="", slots=(), requirements=("new",), required=frozenset({"new"}), deadline_days=1
    )
    items = [Item(id=f"C/r1/{n}", name=f"{n}.jpg", kind=Kind.IMAGE, media_type="", digest="", size=1) for n in (1, 2)]
    bundles = [[hit("new", 2)], [hit("new", -9, OPEN)]]
    judged = [(item, own, strict.assess_item(activity, item, own)) for item, own in zip(items, bundles, strict=True)]
    assert strict.assess_claim(activity, (), judged[:1])[1].route is Route.QUICK_LOOK
    assert strict.assess_claim(activity, (), judged)[1].route is Route.NEEDS_INPUT
    assert strict.assess_claim(activity, (), ())[1].route is Route.NEEDS_INPUT


def test_what_is_missing_is_asked_for() -> None:
    missing = hit("complete", -9, ask="Send a close-up.")
    _, assessment = judge([hit("brand", 5)], claim=[missing])
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("Complete -9. Send a close-up.",)


def test_an_illegible_photo_is_asked_for_again_only_while_its_slot_is_short() -> None:
    blurred, clear = [hit("legible", -5, ask="Send it sharper.")], [hit("brand", 5), hit("legible", 1)]
    _, short = judge(blurred, claim=[hit("brand", 5)], legible=False)
    assert short.route is Route.NEEDS_INPUT
    assert "1.jpg: Legible -5. Send it sharper." in short.reasons
    _, enough = judge(blurred, clear, legible=False)
    assert enough.route is Route.QUICK_LOOK


def test_an_item_that_must_be_looked_at_takes_its_claim_along_if_its_slot_is_required() -> None:
    doubted = [hit("new", -5)]
    _, required = judge(doubted, [hit("brand", 9)])
    assert required.probability > POLICY.quick_look
    assert required.route is Route.FULL_REVIEW
    assert required.reasons[0].startswith("1.jpg: New -5: a probability of 61%")
    _, optional = judge(doubted, [hit("brand", 9)], slots=["extra", "photo"])
    assert optional.route is Route.QUICK_LOOK


def test_items_with_one_reason_are_named_together() -> None:
    _, assessment = judge([hit("new", -5)], [hit("new", -5)], claim=[hit("brand", 9)])
    assert assessment.reasons == ("1.jpg, 2.jpg: New -5: a probability of 61%, under the limit of 75%.",)


def test_an_item_is_excused_for_what_another_item_shows() -> None:
    assert judge([hit("brand", -9)])[1].route is Route.FULL_REVIEW
    assert judge([hit("brand", -9)], [hit("brand", 5)])[1].route is Route.QUICK_LOOK
    _, still = judge([hit("brand", -9), hit("new", -9)], [hit("brand", 5)])
    assert still.reasons == (
        "New -9: a probability of 67%, under the limit of 75%.",
        "1.jpg: New -9: a probability of 39%, under the limit of 75%.",
    )


def test_an_item_is_not_excused_for_what_its_own_slot_requires() -> None:
    _, assessment = judge(
        [hit("legible", -9)], [hit("brand", 5), hit("legible", 1)], legible=False, slots=["photo", "extra"]
    )
    assert assessment.route is Route.NEEDS_INPUT
    assert "1.jpg: Legible -9." in assessment.reasons


def test_a_gate_on_an_optional_item_still_takes_its_claim_along() -> None:
    _, assessment = judge([hit("new", -1, gate=True)], [hit("brand", 30)], slots=["extra", "photo"])
    assert assessment.route is Route.FULL_REVIEW


def test_a_refused_item_leaves_the_others_judged() -> None:
    problem = Problem(code="EmptyItem", message="no bytes", remedy="Send it again.")
    refused = Item(
        id="C/r1/2", name="2.jpg", kind=Kind.REFUSED, media_type="", digest="", size=0, slot="extra", problem=problem
    )
    photo = Item(id="C/r1/1", name="1.jpg", kind=Kind.IMAGE, media_type="", digest="", size=1, slot="photo")
    own = (hit("brand", 5), hit("legible", 1))
    items = [
        (photo, own, SCORING.assess_item(ACTIVITY, photo, own)),
        (refused, (), SCORING.assess_item(ACTIVITY, refused, ())),
    ]
    assert SCORING.assess_claim(ACTIVITY, (), items)[1].route is Route.QUICK_LOOK
