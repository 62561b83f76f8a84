"""The sample claims through the whole corridor: what is true of each is what the report says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from verifier import codec
from verifier.assembly import assemble, declared_codes
from verifier.casefile import ClaimReport, Kind, Route, Truth
from verifier.cli.demo import Case, read_cases
from verifier.rulebook import examples_of, load_rulebook
from verifier.settings import Settings
from verifier.verify import Verifier

SETTINGS = replace(Settings(), archive="memory:", brands=Settings().fixtures / "brands")
CASES = {case.name: case for case in read_cases(SETTINGS.fixtures)}
RULEBOOK = load_rulebook(SETTINGS.rules, declared_codes(SETTINGS))
EXAMPLES = [
    pytest.param(example, id=f"{example.rule.id} {'speaks' if example.speaks else 'silent'} {example.reference}")
    for example in examples_of(RULEBOOK)
]


# What a careful person would do with each claim: glance at it, look closely, or ask the partner for something.
ROUTES = {
    "display/ai_marker": Route.FULL_REVIEW,
    "display/competitor": Route.QUICK_LOOK,
    "display/elsewhere": Route.FULL_REVIEW,
    "display/handled": Route.FULL_REVIEW,
    "display/honest": Route.QUICK_LOOK,
    "display/illegible": Route.NEEDS_INPUT,
    "display/one_making": Route.FULL_REVIEW,
    "display/outside_window": Route.FULL_REVIEW,
    "display/recycled": Route.FULL_REVIEW,
    "display/retouched": Route.FULL_REVIEW,
    "display/screenshot": Route.QUICK_LOOK,
    "display/second_take": Route.QUICK_LOOK,
    "email/edited": Route.FULL_REVIEW,
    "email/export_csv": Route.QUICK_LOOK,
    "email/export_edited": Route.FULL_REVIEW,
    "email/export_later": Route.QUICK_LOOK,
    "email/export_next": Route.QUICK_LOOK,
    "email/filed_again": Route.FULL_REVIEW,
    "email/honest": Route.QUICK_LOOK,
    "email/honest_dark": Route.QUICK_LOOK,
    "email/honest_german": Route.QUICK_LOOK,
    "email/honest_table": Route.QUICK_LOOK,
    "email/late": Route.FULL_REVIEW,
    "email/missing_slot": Route.NEEDS_INPUT,
    "email/wrong_reports": Route.FULL_REVIEW,
    "webinar/hasty": Route.FULL_REVIEW,
    "webinar/honest": Route.QUICK_LOOK,
    "webinar/padded": Route.FULL_REVIEW,
}


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with assemble(SETTINGS) as verifier:
        yield verifier


@pytest.fixture(scope="module")
def reports(verifier: Verifier) -> Mapping[str, ClaimReport]:
    return {case.name: verifier.verify(case.claim, case.submissions) for case in CASES.values()}


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_rule_speaks_and_stays_silent_where_its_examples_say(reports, example):
    report = reports[example.case]
    hits = report.hits if example.item is None else report.items[example.item - 1].hits
    assert (example.rule.id in {hit.rule for hit in hits if hit.truth is Truth.HOLDS}) == example.speaks


@pytest.mark.parametrize("name", CASES)
def test_the_route_is_what_a_careful_person_would_do(reports, name):
    assert reports[name].assessment.route is ROUTES[name], reports[name].assessment.reasons


UNREAD = {"email/honest_dark": {"open_rate"}}  # the number in the middle of a ring, far from its label


def is_printed(case) -> bool:
    return "figures" in case.truth and not case.submissions[0].name.endswith(".csv")


@pytest.mark.parametrize("name", [name for name in CASES if is_printed(CASES[name])])
def test_the_figures_of_a_report_are_read_as_they_are_printed(reports, name):
    printed = {
        finding.code.removeprefix("campaign_metrics."): mark.text
        for inspection in reports[name].items[0].inspections
        for finding in inspection.findings
        for mark in finding.marks
        if mark.kind == "quote"
    }
    truth = CASES[name].truth["figures"]
    assert {key: text for key, text in printed.items() if key in truth} == {
        key: text for key, text in truth.items() if key not in UNREAD.get(name, ())
    }


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("display/")])
def test_the_brand_is_found_and_no_competitor_that_is_not_there(reports, name):
    found = {
        finding.code: finding.value
        for entry in reports[name].items
        for inspection in entry.inspections
        for finding in inspection.findings
        if finding.code in {"display.brand_present", "display.competitors"} and finding.value
    }
    truth = CASES[name].truth
    if truth.get("legible", True):
        assert found.get("display.brand_present") is True
    assert bool(found.get("display.competitors")) == ("competitor" in truth)


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


@pytest.mark.parametrize("name", ["email/export_csv", "display/honest", "email/honest"])
def test_the_same_claim_against_the_same_archive_gives_the_same_report(name):
    made = []
    for _ in range(2):
        with assemble(SETTINGS) as fresh:
            made.append(fresh.verify(CASES[name].claim, CASES[name].submissions))
    first, again = made
    assert codec.to_json(replace(again, made_at=first.made_at)) == codec.to_json(first)


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


def test_only_what_is_known_to_be_broken_was_refused(reports):
    for name, report in reports.items():
        refused = [entry.item.name for entry in report.items if entry.item.kind is Kind.REFUSED]
        assert refused == CASES[name].truth.get("refused", []), name


def test_no_report_says_fraud(reports):
    for report in reports.values():
        assert "fraud" not in codec.to_json(report).lower()


def test_every_case_comes_after_those_it_needs():
    seen: set[str] = set()
    for case in read_cases(SETTINGS.fixtures):
        assert isinstance(case, Case)
        assert seen.issuperset(case.before)
        seen.add(case.name)


def test_lists_of_others_are_not_asked_for_where_none_was_imported(reports):
    for name, report in reports.items():
        told = [hit.rule for entry in report.items for hit in entry.hits if hit.truth is Truth.CANNOT_TELL]
        assert "duplicates.shared-list" not in told, name
