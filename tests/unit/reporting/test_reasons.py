from __future__ import annotations

from dataclasses import replace

from verifier.casefile import Finding, Inspection
from verifier.reporting.reasons import Group, findings_of, reasons_of, waterfall_of


def test_references_count_the_findings_of_a_code_over_all_inspections():
    first = Inspection(
        inspector="a", version="1", findings=(Finding(code="x.y", value=1), Finding(code="x.z", value=2))
    )
    second = Inspection(inspector="b", version="1", findings=(Finding(code="x.y", value=3),))
    found = findings_of((first, second))
    assert {key: finding.value for key, finding in found.items()} == {"x.y#0": 1, "x.z#0": 2, "x.y#1": 3}


def test_failed_gates_come_first_then_the_weightiest(report):
    told = [reason for reason in reasons_of(report) if reason.group is Group.COUNTED]
    assert [reason.decibans for reason in told] == [-4.8, -14.2, 6.1, -3.3, 2.05, 0.45]
    assert [reason.number for reason in told] == [1, 2, 3, 4, 5, 6]
    assert told[0].tone == "gate"


def test_points_are_those_after_the_cap_and_say_so(report):
    by_rule = {reason.hit.rule: reason for reason in reasons_of(report)}
    assert by_rule["campaign_metrics.figures-differ"].decibans == -3.3
    assert by_rule["campaign_metrics.figures-differ"].capped
    assert not by_rule["duplicates.derived"].capped


def test_a_claims_reason_rests_on_the_findings_of_the_item_that_it_came_from(report):
    by_rule = {reason.hit.rule: reason for reason in reasons_of(report)}
    assert by_rule["duplicates.derived"].because["duplicates.nearest#0"].value == 0.83
    assert by_rule["claim.rows"].owner == ""
    assert by_rule["claim.rows"].because["claim.overview#0"].value == 2


def test_a_reference_to_nothing_is_left_out(report):
    lost = replace(report.hits[0], because=("duplicates.nearest#7",))
    (reason,) = (r for r in reasons_of(replace(report, hits=(lost,))) if r.hit is lost)
    assert reason.because == {}


def test_an_items_own_hits_that_the_claim_does_not_count_are_asides(report):
    (aside,) = (reason for reason in reasons_of(report) if reason.group is Group.ASIDE)
    assert aside.hit.rule == "quality.small"
    assert aside.decibans == -1.0
    assert aside.number == 9


def test_asides_do_not_enter_the_claims_waterfall(report):
    fall = waterfall_of(report, reasons_of(report))
    assert len(fall.steps) == 6
    assert fall.total.tenths == -137


def test_rules_that_cannot_tell_the_same_for_one_cause_are_one_reason_that_says_what_to_ask(report):
    (unknown,) = (reason.hit for reason in reasons_of(report) if reason.group is Group.UNKNOWN)
    silent = replace(unknown, rule="a.first", ask="")
    asking = replace(unknown, rule="b.second", ask="Send the export.")
    other = replace(unknown, rule="c.third", title="Cannot tell: something else")
    told = [r.hit for r in reasons_of(replace(report, hits=(silent, asking, other))) if r.group is Group.UNKNOWN]
    assert told == [asking, other]
