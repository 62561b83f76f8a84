"""Contradicting figures are always told, and alone they bring a person to look: nothing more."""

from __future__ import annotations

import pytest

from verifier.casefile import Box, Finding, Inspection, Item, Kind, Quote, Route, Truth
from verifier.rulebook import Rulebook, load_rulebook
from verifier.scoring import Scoring
from verifier.settings import Settings

ITEM = Item(
    id="C/r1/1", name="report.png", kind=Kind.IMAGE, media_type="image/png", digest="0", size=1, slot="send_report"
)
RELATION = "delivered <= sent fails: delivered 1,300, sent 1,200"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(Settings().rules)


def _found(confidence: float) -> Inspection:
    mark = Quote(page=0, box=Box(left=0, top=0, right=9, bottom=9), text="1,300", label="Delivered")
    findings = (
        Finding(code="campaign_metrics.contradictions", value=1, confidence=confidence, marks=(mark,), note=RELATION),
        Finding(code="campaign_metrics.figures", value=6),
        Finding(code="campaign_metrics.sent", value=1200, confidence=0.9),
    )
    return Inspection(inspector="campaign_metrics", version="t", findings=findings)


def test_no_route_rejects() -> None:
    assert list(Route)[-1] is Route.FULL_REVIEW


def test_a_contradiction_is_told_with_its_figures_and_closes_no_gate(book: Rulebook) -> None:
    rule = next(rule for rule in book.rules if rule.id == "campaign_metrics.contradiction")
    assert not rule.gate
    activity = book.activity("email_campaign")
    hits = {hit.rule: hit for hit in book.judge_item(activity, ITEM, (_found(0.9),))}
    told = hits["campaign_metrics.contradiction"]
    assert told.truth is Truth.HOLDS
    assert RELATION in told.title
    assert told.ask
    scoring = Scoring(policy=book.policy, requirements=book.requirements)
    assessment = scoring.assess_item(activity, ITEM, tuple(hits.values()))
    assert assessment.probability > 0.1
    assert not any("hard requirement" in reason for reason in assessment.reasons)


def test_a_contradiction_of_figures_read_with_doubt_is_told_as_open_and_weighs_nothing(book: Rulebook) -> None:
    hits = {hit.rule: hit for hit in book.judge_item(book.activity("email_campaign"), ITEM, (_found(0.4),))}
    told = hits["campaign_metrics.contradiction"]
    assert told.truth is Truth.CANNOT_TELL
    assert [reference.partition("#")[0] for reference in told.because] == ["campaign_metrics.contradictions"]
    scoring = Scoring(policy=book.policy, requirements=book.requirements)
    points = scoring.assess_item(book.activity("email_campaign"), ITEM, tuple(hits.values())).points
    assert "campaign_metrics.contradiction" not in {one.rule for one in points if one.decibans}
