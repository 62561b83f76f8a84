"""The sample claims through the whole corridor: what is true of each is what the report says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from verifier import codec
from verifier.assembly import assemble, declared_codes
from verifier.casefile import ClaimReport, Hit, Kind, Route, Truth
from verifier.cli.demo import Case, read_cases
from verifier.rulebook import load_rulebook
from verifier.settings import Settings
from verifier.verify import Verifier

SETTINGS = replace(Settings(), archive="memory:", brands=Settings().fixtures / "brands")
CASES = {case.name: case for case in read_cases(SETTINGS.fixtures)}
RULEBOOK = load_rulebook(SETTINGS.rules, declared_codes(SETTINGS))
EXAMPLES = [
    pytest.param(rule.id, kind, name, id=f"{rule.id} {kind} {name}")
    for rule in RULEBOOK.rules
    for kind in ("speaks", "silent")
    for name in rule.examples.get(kind, ())
]


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with assemble(SETTINGS) as verifier:
        yield verifier


@pytest.fixture(scope="module")
def reports(verifier: Verifier) -> Mapping[str, ClaimReport]:
    return {case.name: verifier.verify(case.claim, case.submissions) for case in CASES.values()}


def hits_at(report: ClaimReport, item: str) -> tuple[Hit, ...]:
    """The hits of the n-th item ("2"), or of the claim itself ("")."""
    return report.items[int(item) - 1].hits if item else report.hits


@pytest.mark.parametrize(("rule", "kind", "reference"), EXAMPLES)
def test_each_rule_speaks_and_stays_silent_where_its_examples_say(reports, rule, kind, reference):
    case, _, item = reference.partition("#")
    spoken = {hit.rule for hit in hits_at(reports[case], item) if hit.truth is Truth.HOLDS}
    assert (rule in spoken) == (kind == "speaks")


@pytest.mark.parametrize("name", CASES)
def test_the_route_is_what_the_case_says(reports, name):
    truth = CASES[name].truth
    assert reports[name].assessment.route.value in truth["routes"], reports[name].assessment.reasons


@pytest.mark.parametrize("name", CASES)
def test_points_and_prior_add_up_to_the_score(reports, name):
    for assessment in (reports[name].assessment, *(entry.assessment for entry in reports[name].items)):
        total = assessment.prior + sum(point.decibans for point in assessment.points)
        assert assessment.probability == pytest.approx(1 / (1 + 10 ** (-total / 10)))
        assert assessment.score == round(100 * assessment.probability)
        assert assessment.low <= assessment.probability <= assessment.high


@pytest.mark.parametrize("name", CASES)
def test_a_report_survives_json_unchanged(reports, name):
    assert codec.from_json(ClaimReport, codec.to_json(reports[name])) == reports[name]


@pytest.mark.parametrize("name", CASES)
def test_every_because_points_to_a_finding_that_is_there(reports, name):
    for entry in reports[name].items:
        count: dict[str, int] = {}
        for finding in (finding for inspection in entry.inspections for finding in inspection.findings):
            count[finding.code] = count.get(finding.code, 0) + 1
        for reference in (reference for hit in entry.hits for reference in hit.because):
            code, _, number = reference.partition("#")
            assert int(number) < count.get(code, 0), reference


def test_the_same_claim_twice_gives_the_same_report(verifier, reports):
    for name in ("email/honest", "display/honest"):
        with assemble(SETTINGS) as fresh:
            again = fresh.verify(CASES[name].claim, CASES[name].submissions)
        first = reports[name]
        same = replace(again, made_at=first.made_at, watermark=first.watermark)
        if first.watermark == 0:
            assert codec.to_json(same) == codec.to_json(first)
        assert [entry.pages for entry in again.items] == [entry.pages for entry in first.items]


def test_a_recycled_photo_names_its_twin_and_draws_it(reports):
    report = reports["display/recycled"]
    original = reports["display/honest"].claim.id
    twins = [
        mark
        for entry in report.items
        for inspection in entry.inspections
        for finding in inspection.findings
        for mark in finding.marks
        if mark.kind == "lookalike" and mark.other_claim == original
    ]
    assert twins
    assert any(mark.here and mark.there for mark in twins)
    assert report.assessment.route is Route.FULL_REVIEW


def test_no_honest_claim_is_told_to_resemble_another(reports):
    for name in ("email/honest", "email/honest_dark", "email/honest_german", "display/honest", "webinar/honest"):
        for entry in reports[name].items:
            assert not [
                hit
                for hit in entry.hits
                if hit.requirement == "original" and hit.weight < 0 and hit.truth is Truth.HOLDS
            ]


def test_nothing_was_refused_in_the_sample_claims(reports):
    for name, report in reports.items():
        assert not [entry.item.name for entry in report.items if entry.item.kind is Kind.REFUSED], name


def test_no_report_says_fraud(reports):
    for report in reports.values():
        assert "fraud" not in codec.to_json(report).lower()


def test_every_case_comes_after_those_it_needs():
    seen: set[str] = set()
    for case in read_cases(SETTINGS.fixtures):
        assert isinstance(case, Case)
        assert seen.issuperset(case.before)
        seen.add(case.name)
