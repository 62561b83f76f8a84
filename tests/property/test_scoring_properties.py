"""What must hold of every score, whatever the hits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.casefile import Activity, Assessment, Axis, Bearing, Hit, Item, Kind, Policy, Requirement, Truth
from verifier.scoring import Scoring

REQUIREMENTS = {
    name: Requirement(id=name, title=name, axis=axis, across=across)
    for name, axis, across in (
        ("legible", Axis.COMPLETENESS, "best"),
        ("brand", Axis.COMPLIANCE, "best"),
        ("sums", Axis.CONSISTENCY, "worst"),
        ("new", Axis.AUTHENTICITY, "worst"),
    )
}
GROUPS = {"legible": "sight", "brand": "logo", "sums": "figures", "new": "twins"}  # one requirement a group
POLICY = Policy(
    prior=3.0,
    group_caps={"sight": 5.0, "logo": 9.0, "figures": 12.0},
    default_cap=7.0,
    support_cap=11.0,
    quick_look=0.7,
    fast_track=0.9,
)
ACTIVITY = Activity(
    id="walk", title="", slots=(), requirements=tuple(REQUIREMENTS), required=frozenset({"brand"}), deadline_days=1
)
SCORING = Scoring(policy=POLICY, requirements=REQUIREMENTS)
TINY = 1e-9

steady = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@st.composite
def hits(draw: st.DrawFn, sign: int = 0, told: bool = False) -> Hit:
    """Any hit; with a sign, one that bears that way; `told`: one that holds."""
    requirement = draw(st.sampled_from(sorted(REQUIREMENTS)))
    weight = draw(st.floats(0.01, 30)) * (sign or draw(st.sampled_from([-1, 1, 0])))
    bearing = Bearing.SUPPORTS if weight > 0 else Bearing.CONTRADICTS if weight < 0 else Bearing.INFORMS
    return Hit(
        rule=f"eye.{draw(st.integers(0, 10_000))}",
        requirement=requirement,
        axis=REQUIREMENTS[requirement].axis,
        bearing=bearing,
        truth=Truth.HOLDS if told else draw(st.sampled_from([Truth.HOLDS, Truth.CANNOT_TELL])),
        title=requirement,
        because=(),
        weight=weight,
        group=draw(st.sampled_from(["", GROUPS[requirement]])),
    )


BUNDLES = st.lists(hits(), max_size=8, unique_by=lambda hit: hit.rule)
CLAIMS = st.lists(BUNDLES, max_size=4)


def item(number: int = 1) -> Item:
    return Item(id=f"C/r1/{number}", name="a.jpg", kind=Kind.IMAGE, media_type="", digest="", size=1)


def of_item(bundle: Sequence[Hit]) -> Assessment:
    return SCORING.assess_item(ACTIVITY, item(), bundle)


def of_claim(own: Sequence[Hit], bundles: Sequence[Sequence[Hit]]) -> tuple[tuple[Hit, ...], Assessment]:
    items = [(item(number), tuple(bundle), of_item(bundle)) for number, bundle in enumerate(bundles, start=1)]
    return SCORING.assess_claim(ACTIVITY, own, items)


def log_odds(assessment: Assessment) -> float:
    return math.fsum([assessment.prior, *(one.decibans for one in assessment.points)])


@steady
@given(BUNDLES)
def test_prior_and_points_add_up_to_the_log_odds(bundle: list[Hit]) -> None:
    assessment = of_item(bundle)
    assert assessment.probability == pytest.approx(1 / (1 + 10 ** (-log_odds(assessment) / 10)), abs=1e-12)
    assert assessment.score == round(100 * assessment.probability)


@steady
@given(BUNDLES)
def test_no_group_exceeds_its_cap_and_no_support_its_own(bundle: list[Hit]) -> None:
    points = {one.rule: one.decibans for one in of_item(bundle).points}
    groups: dict[str, list[Hit]] = {}
    for hit in bundle:
        if hit.rule in points:
            groups.setdefault(hit.group or hit.rule, []).append(hit)
    nets = []
    for group, members in groups.items():
        raw = math.fsum(hit.weight for hit in members)
        cap = POLICY.group_caps.get(group, POLICY.default_cap) if members[0].group else math.inf
        nets.append(max(-cap, min(cap, raw)))
        if raw < 0:
            assert math.fsum(points[hit.rule] for hit in members) == pytest.approx(nets[-1], abs=1e-6)
    support = min(11.0, math.fsum(net for net in nets if net > 0))
    expected = support + math.fsum(net for net in nets if net < 0)
    assert math.fsum(points.values()) == pytest.approx(expected, abs=1e-6)


@steady
@given(BUNDLES, hits(sign=1, told=True))
def test_support_never_lowers_an_item(bundle: list[Hit], more: Hit) -> None:
    assert log_odds(of_item([*bundle, more])) >= log_odds(of_item(bundle)) - TINY


@steady
@given(BUNDLES, hits(sign=-1, told=True))
def test_contradiction_never_raises_an_item(bundle: list[Hit], more: Hit) -> None:
    assert log_odds(of_item([*bundle, more])) <= log_odds(of_item(bundle)) + TINY


@steady
@given(BUNDLES, CLAIMS, hits(sign=1, told=True), st.integers(0, 4))
def test_support_never_lowers_a_claim(own: list[Hit], claim: list[list[Hit]], more: Hit, place: int) -> None:
    longer = [*claim, *([] for _ in range(place + 1 - len(claim)))]
    longer[place] = [*longer[place], more]
    assert log_odds(of_claim(own, longer)[1]) >= log_odds(of_claim(own, claim)[1]) - TINY


@steady
@given(BUNDLES, CLAIMS, hits(sign=-1, told=True), st.integers(0, 4))
def test_contradiction_never_raises_a_claim(own: list[Hit], claim: list[list[Hit]], more: Hit, place: int) -> None:
    longer = [*claim, *([] for _ in range(place + 1 - len(claim)))]
    longer[place] = [*longer[place], more]
    assert log_odds(of_claim(own, longer)[1]) <= log_odds(of_claim(own, claim)[1]) + TINY


@steady
@given(BUNDLES, st.randoms(use_true_random=False))
def test_the_order_of_hits_does_not_matter(bundle: list[Hit], random: object) -> None:
    shuffled = list(bundle)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before, after = of_item(bundle), of_item(shuffled)
    assert (before.probability, before.low, before.high, before.route, before.axes) == (
        after.probability,
        after.low,
        after.high,
        after.route,
        after.axes,
    )
    assert before.points == after.points


@steady
@given(BUNDLES, CLAIMS)
def test_the_bounds_enclose_the_probability(own: list[Hit], claim: list[list[Hit]]) -> None:
    for assessment in (of_item(own), of_claim(own, claim)[1]):
        assert 0 <= assessment.low <= assessment.probability <= assessment.high <= 1


@steady
@given(BUNDLES, CLAIMS)
def test_of_each_requirement_one_item_at_most_counts(own: list[Hit], claim: list[list[Hit]]) -> None:
    counted, assessment = of_claim(own, claim)
    for requirement in REQUIREMENTS:
        assert len({hit.item for hit in counted if hit.requirement == requirement and hit.item}) <= 1
    assert {(one.rule, one.item) for one in assessment.points} <= {(hit.rule, hit.item) for hit in counted}
