"""A report that is passed on holds nobody's position, serial number, name or face, and still says what was decided."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from benchmarks.carriers import OWNER, SERIAL, samples
from verifier import codec
from verifier.casefile import Brief, ClaimReport, Evidence, Finding, Inspection, Item, Kind, Table
from verifier.cli.redact import redact as command
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.instruments.readings import Readings
from verifier.reporting.redaction import LEFT_OUT, PERSONAL, redact
from verifier.reporting.scopes import for_partner

SECRETS = (SERIAL, OWNER, "53.866", "10.684", "xmp.did:4a1c", "ida@nordlicht.example")


@pytest.fixture
def telling(report: ClaimReport) -> ClaimReport:
    """The report of a photo whose findings and titles name owner, camera and position."""
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=samples()["jpeg with OLYMPUS note"])
    item = Item(id="C-1042/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="", size=1)
    found = tuple(
        Inspection(
            inspector=one.name, version="1", findings=tuple(one.inspect(item, Brief(activity="x"), Readings(evidence)))
        )
        for one in (Metadata(), Properties())
    )
    repeating = Finding(
        code="identity.same_camera", value=1, note=f"Kestra 7 #{SERIAL} of ida@nordlicht.example at 53.8669, 10.685",
        marks=(Table(header=("Camera",), rows=((f"Fenwald {SERIAL}",),)),),
    )  # fmt: skip
    entry = report.items[0]
    others = Inspection(inspector="identity", version="1", findings=(repeating,))
    told = replace(entry, inspections=(*entry.inspections, *found, others))
    hit = replace(report.hits[1], title=f"By {OWNER.upper()} with #{SERIAL} at 53.8669")
    return replace(report, items=(told, *report.items[1:]), hits=(*report.hits, hit))


def test_no_personal_datum_is_left(telling: ClaimReport) -> None:
    whole, passed_on = codec.to_json(telling).casefold(), codec.to_json(redact(telling)).casefold()
    for secret in SECRETS:
        assert secret.casefold() in whole
        assert secret.casefold() not in passed_on


def test_what_was_decided_and_why_stays(telling: ClaimReport) -> None:
    passed_on = redact(telling)
    assert passed_on.assessment == telling.assessment
    assert [hit.because for hit in passed_on.hits] == [hit.because for hit in telling.hits]
    assert passed_on.claim == telling.claim
    codes = [[finding.code for one in entry.inspections for finding in one.findings] for entry in passed_on.items]
    assert codes == [[finding.code for one in entry.inspections for finding in one.findings] for entry in telling.items]


def test_personal_findings_say_that_they_were_left_out(telling: ClaimReport) -> None:
    found = {f.code: f for one in redact(telling).items[0].inspections for f in one.findings}
    assert {found[code].value for code in PERSONAL} == {LEFT_OUT}
    assert not any(found[code].marks for code in PERSONAL)


def test_no_picture_can_be_fetched_by_it(report: ClaimReport) -> None:
    passed_on = redact(report)
    assert {page.preview for entry in passed_on.items for page in entry.pages} == {""}
    assert '"other_preview":""' in codec.to_json(passed_on)
    assert "b2b2" not in codec.to_json(passed_on)


def test_a_report_without_personal_data_loses_its_pictures_and_places_alone(report: ClaimReport) -> None:
    assert redact(redact(report)) == redact(report)
    assert redact(report).hits == report.hits


def test_the_partner_is_shown_none_of_it(telling: ClaimReport) -> None:
    told = codec.to_json(for_partner(telling)).casefold()
    assert f"by {LEFT_OUT} with #{LEFT_OUT} at {LEFT_OUT}" in told
    assert not [secret for secret in SECRETS if secret.casefold() in told]


def test_the_command_writes_the_report_to_pass_on(telling: ClaimReport, tmp_path) -> None:
    file = tmp_path / "report.json"
    file.write_text(codec.to_json(telling))
    done = CliRunner().invoke(command, [str(file)])
    assert done.exit_code == 0
    assert codec.from_data(ClaimReport, json.loads(done.output)) == redact(telling)


def test_what_is_no_report_is_refused_with_a_remedy(tmp_path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = CliRunner().invoke(command, [str(tmp_path / "x.json")])
    assert "no report" in str(done.exception)
