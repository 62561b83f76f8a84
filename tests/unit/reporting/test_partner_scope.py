from __future__ import annotations

from dataclasses import replace

import pytest

from verifier import codec
from verifier.casefile import Axis, Bearing
from verifier.reporting.scopes import Standing, for_partner


def test_the_partner_sees_requirements_and_what_to_fix(report):
    told = {one.title: one for one in for_partner(report).requirements}
    assert told["The brand is shown"].standing is Standing.MET
    assert told["Done in the activity window"].standing is Standing.NOT_MET
    assert told["Done in the activity window"].seen == ("Taken 3 days before the activity window",)
    assert told["Not handed in before"].asks == ("Send a photo that was taken for this claim.",)


@pytest.mark.parametrize("secret", ["C-0877", "b2b2", "mirrored", "0.83", "14.2", "score", "probability", "prior"])
def test_nothing_of_another_partner_and_no_weight_leaves_the_house(report, secret):
    whole, extract = codec.to_json(report), codec.to_json(for_partner(report))
    assert secret in whole
    assert secret not in extract


def test_a_finding_about_a_twin_stays_inside_whatever_axis_its_rule_speaks_to(report):
    moved = replace(report.hits[0], axis=Axis.COMPLIANCE, title="Same as claim C-0877")
    extract = for_partner(replace(report, hits=(moved,)))
    assert "C-0877" not in codec.to_json(extract)
    assert extract.requirements[0].asks == (moved.ask,)


def test_whether_authenticity_was_doubted_or_confirmed_cannot_be_told(report):
    doubted = replace(report.hits[0], ask="")
    confirmed = replace(doubted, bearing=Bearing.SUPPORTS, weight=3.0)
    assert for_partner(replace(report, hits=(doubted,))) == for_partner(replace(report, hits=(confirmed,)))


def test_a_refused_item_tells_the_partner_what_to_send(report):
    problems = [item.problem for item in for_partner(report).items]
    assert problems[2].remedy == "send the file again"
