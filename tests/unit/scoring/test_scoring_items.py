"""One item's hits become points, a probability, axes and a route."""

from __future__ import annotations

from dataclasses import replace

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
    "legible": Requirement(id="legible", title="It can be read", axis=Axis.COMPLETENESS, across="best"),
    "brand": Requirement(id="brand", title="The brand is there", axis=Axis.COMPLIANCE, across="best"),
    "sums": Requirement(id="sums", title="The sums agree", axis=Axis.CONSISTENCY, across="worst"),
    "new": Requirement(id="new", title="It is new", axis=Axis.AUTHENTICITY, across="worst"),
}
ACTIVITY = Activity(
    id="walk",
    title="A walk",
    slots=(
        Slot(
            id="photo",
            title="A photo",
            kinds=frozenset({Kind.IMAGE}),
            ask="Send a photo",
            required=frozenset({"brand"}),
        ),
        Slot(id="extra", title="More", kinds=frozenset({Kind.IMAGE}), ask="Send more", minimum=0),
    ),
    requirements=tuple(REQUIREMENTS),
    required=frozenset({"brand"}),
    deadline_days=30,
)
POLICY = Policy(prior=6.0, group_caps={"twins": 8.0}, default_cap=10.0, quick_look=0.75, fast_track=0.98)
SCORING = Scoring(policy=POLICY, requirements=REQUIREMENTS)


def item(slot: str | None = "photo", problem: Problem | None = None) -> Item:
    kind = Kind.REFUSED if problem else Kind.IMAGE
    return Item(id="C/r1/1", name="a.jpg", kind=kind, media_type="", digest="0", size=1, slot=slot, problem=problem)


def hit(requirement: str, weight: float, truth: Truth = Truth.HOLDS, rule: str = "", **more: object) -> Hit:
    bearing = Bearing.SUPPORTS if weight > 0 else Bearing.CONTRADICTS if weight < 0 else Bearing.INFORMS
    return Hit(
        rule=rule or f"eye.{requirement}{weight:+g}",
        requirement=requirement,
        axis=REQUIREMENTS[requirement].axis,
        bearing=bearing,
        truth=truth,
        title=f"{requirement} {weight:+g}",
        because=(),
        weight=weight,
        **more,  # type: ignore[arg-type]
    )


def assess(*hits: Hit, slot: str | None = "photo") -> Assessment:
    return SCORING.assess_item(ACTIVITY, item(slot), hits)


def test_points_and_prior_are_the_log_odds() -> None:
    assessment = assess(hit("brand", 4), hit("new", -1.5))
    assert [(one.rule, one.decibans) for one in assessment.points] == [("eye.brand+4", 4.0), ("eye.new-1.5", -1.5)]
    odds = 10 ** ((6.0 + 4.0 - 1.5) / 10)
    assert assessment.probability == pytest.approx(odds / (1 + odds))
    assert assessment.score == 88
    assert assessment.prior == 6.0


def test_nothing_found_leaves_the_prior() -> None:
    assessment = assess(slot="extra")
    assert assessment.probability == pytest.approx(0.799, abs=1e-3)
    assert assessment.points == ()
    assert set(assessment.axes.values()) == {None}


def test_a_group_beyond_its_cap_shrinks_in_proportion() -> None:
    assessment = assess(hit("new", -12, group="twins"), hit("new", -4, group="twins"), hit("brand", 2))
    assert {one.rule: one.decibans for one in assessment.points} == {
        "eye.new-12": pytest.approx(-6.0),
        "eye.new-4": pytest.approx(-2.0),
        "eye.brand+2": 2.0,
    }


def test_a_group_that_the_policy_does_not_name_has_the_default_cap() -> None:
    assessment = assess(hit("new", -30, group="strangers"))
    assert assessment.points[0].decibans == pytest.approx(-10.0)


def test_all_support_together_has_a_cap_and_what_contradicts_keeps_its_weight() -> None:
    scoring = Scoring(policy=replace(POLICY, support_cap=6.0), requirements=REQUIREMENTS)
    hits = (hit("brand", 9), hit("sums", 3), hit("new", -7))
    points = scoring.assess_item(ACTIVITY, item(), hits).points
    assert {one.rule: one.decibans for one in points} == {
        "eye.brand+9": pytest.approx(4.5),
        "eye.sums+3": pytest.approx(1.5),
        "eye.new-7": -7.0,
    }


def test_what_cannot_be_told_moves_the_bounds_and_not_the_probability() -> None:
    settled = assess(hit("brand", 4))
    opened = assess(hit("brand", 4), hit("new", -10, Truth.CANNOT_TELL), hit("sums", 3, Truth.CANNOT_TELL))
    assert opened.probability == settled.probability == settled.low == settled.high
    assert opened.low == pytest.approx(assess(hit("brand", 4), hit("new", -10)).probability)
    assert opened.high == pytest.approx(assess(hit("brand", 4), hit("sums", 3)).probability)


def test_an_axis_scores_as_if_it_stood_alone_and_is_silent_where_nothing_spoke() -> None:
    axes = assess(hit("brand", 4), hit("new", -6), hit("sums", 0), hit("legible", 2, Truth.CANNOT_TELL)).axes
    assert axes == {
        Axis.COMPLETENESS: None,
        Axis.COMPLIANCE: 91,
        Axis.CONSISTENCY: None,
        Axis.AUTHENTICITY: 50,
    }


def test_the_basis_is_expert_and_even_the_best_item_gets_a_glance() -> None:
    assessment = assess(hit("brand", 40))
    assert assessment.basis == "expert"
    assert assessment.score == 100
    assert assessment.route is Route.QUICK_LOOK
    assert assessment.reasons == (
        "Nothing required is open, and the probability of more than 99% is not under the limit of 75%. "
        "A person still looks, since the score is not calibrated.",
    )


def test_a_gate_goes_to_full_review_whatever_the_sum() -> None:
    assessment = assess(hit("brand", 40), hit("new", -1, gate=True))
    assert assessment.route is Route.FULL_REVIEW
    assert assessment.reasons == ("New -1: a hard requirement.",)


def test_a_gate_that_also_sinks_the_sum_is_said_once() -> None:
    assessment = assess(hit("brand", 1), hit("new", -25, gate=True))
    assert assessment.reasons == ("New -25: a hard requirement.",)
    both = assess(hit("brand", 1), hit("new", -25, gate=True), hit("sums", -3))
    assert both.reasons[1].startswith("Sums -3: a probability of")


def test_a_gate_on_completeness_is_not_also_asked_for() -> None:
    assessment = assess(hit("brand", 4), hit("legible", -1, gate=True, ask="Send it sharper."))
    assert assessment.reasons == ("Legible -1: a hard requirement.",)


def test_a_gate_that_cannot_be_told_does_not_shut() -> None:
    assert assess(hit("brand", 4), hit("new", -9, Truth.CANNOT_TELL, gate=True)).route is Route.QUICK_LOOK


def test_doubt_goes_to_full_review_and_names_the_strongest_reasons() -> None:
    assessment = assess(hit("brand", 1), hit("new", -8), hit("sums", -2), hit("sums", -1, rule="eye.more"))
    assert assessment.route is Route.FULL_REVIEW
    assert assessment.reasons == ("New -8; sums -2: a probability of 28%, under the limit of 75%.",)


def test_what_is_illegible_is_asked_for_and_not_held_against_it() -> None:
    assessment = assess(hit("brand", 1), hit("legible", -9, ask="Send a sharper photo."))
    assert assessment.probability < POLICY.quick_look
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("Legible -9. Send a sharper photo.",)


def test_doubt_is_stricter_than_lack_and_both_are_said() -> None:
    assessment = assess(hit("brand", 1), hit("legible", -9), hit("new", -9))
    assert assessment.route is Route.FULL_REVIEW
    assert [reason.split(":")[0] for reason in assessment.reasons] == ["New -9", "Legible -9."]


def test_a_required_requirement_on_which_nothing_spoke_needs_input() -> None:
    assessment = assess(hit("sums", 3))
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("The brand is there: nothing that was sent shows it. Send a photo.",)


def test_a_required_requirement_that_cannot_be_told_needs_input_with_the_rules_own_ask() -> None:
    open_hit = hit("brand", 4, Truth.CANNOT_TELL, ask="Come closer")
    assessment = assess(open_hit, hit("brand", -3, Truth.CANNOT_TELL, ask="Come closer"))
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("The brand is there: brand +4; brand -3. Come closer.",)


def test_a_required_requirement_is_settled_by_support_and_by_contradiction() -> None:
    assert assess(hit("brand", 4), hit("brand", -2, Truth.CANNOT_TELL)).route is Route.QUICK_LOOK
    assert assess(hit("brand", -1)).route is Route.QUICK_LOOK
    assert assess(hit("brand", -9)).route is Route.FULL_REVIEW


def test_what_only_informs_settles_nothing() -> None:
    assert assess(hit("brand", 0)).route is Route.NEEDS_INPUT


def test_only_the_items_own_slot_requires_of_it() -> None:
    assert assess(hit("sums", 1), slot="extra").route is Route.QUICK_LOOK
    assert assess(hit("sums", 1), slot=None).route is Route.QUICK_LOOK


def test_a_refused_item_needs_input_and_says_what_to_send() -> None:
    problem = Problem(code="DamagedItem", message="the file breaks off", remedy="send it again")
    assessment = SCORING.assess_item(ACTIVITY, item(problem=problem), ())
    assert assessment.route is Route.NEEDS_INPUT
    assert assessment.reasons == ("a.jpg could not be read: the file breaks off. Send it again.",)


def test_no_sum_is_too_large_to_be_a_probability() -> None:
    sure = [hit("brand", 40, rule=f"eye.{number}") for number in range(200)]
    against = [hit("new", -40, rule=f"eye.{number}") for number in range(200)]
    assert assess(*sure).probability == 1.0
    assert assess(*against).probability == 0.0
