"""A registration list is counted by people, held against the claim, and nobody's address is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Sheet, Status, Table
from verifier.inspectors.registrations import Registrations, masked
from verifier.instruments.readings import Readings

HEADING = ("Name", "Email", "Attended")
Inspect = Callable[..., dict[str, Finding]]


def people(count: int, attended: int) -> list[tuple[str, str, str]]:
    return [
        (f"P{at}", f"person{'abcdefghijklmnopqrstuvwxyz'[at]}@lux.example", "yes" if at < attended else "no")
        for at in range(count)
    ]


@pytest.fixture
def inspect() -> Inspect:
    def run(*rows: tuple[str, ...], stated: Mapping[str, str] | None = None) -> dict[str, Finding]:
        brief = Brief(activity="webinar", questions=frozenset({"registrations"}), stated=stated or {})
        item = Item(id="c/r1/1", name="list.csv", kind=Kind.TABLE, media_type="text/csv", digest="", size=1)
        evidence = Evidence(kind=Kind.TABLE, media_type="text/csv", raw=b"", sheets=(Sheet(name="list", rows=rows),))
        inspector = Registrations()
        assert inspector.applies(item, brief)
        findings = list(inspector.inspect(item, brief, Readings(evidence)))
        assert {finding.code for finding in findings} == inspector.codes
        return {finding.code.removeprefix("registrations."): finding for finding in findings}

    return run


def test_a_list_that_fits_the_claim_differs_by_nothing(inspect: Inspect) -> None:
    found = inspect(HEADING, *people(12, 9), stated={"registrants": "12", "attendees": "9"})
    values = ("rows", "distinct", "duplicates", "attended", "stated_difference", "attendance_difference")
    assert [found[code].value for code in values] == [12, 12, 0, 9, 0, 0]


def test_repeated_people_are_counted_once_and_shown_masked(inspect: Inspect) -> None:
    first, second, *rest = people(10, 5)
    found = inspect(HEADING, first, second, *rest, ("P0", first[1].upper(), "yes"), stated={"registrants": "11"})
    assert (found["rows"].value, found["distinct"].value, found["duplicates"].value) == (11, 10, 1)
    assert found["stated_difference"].value == 1
    (table,) = found["duplicates"].marks
    assert isinstance(table, Table)
    assert table.rows == (("p…@lux.example", "1, 11"),)


def test_fewer_people_stated_than_listed_is_negative(inspect: Inspect) -> None:
    found = inspect(HEADING, *people(12, 9), stated={"registrants": "10"})
    assert found["stated_difference"].value == -2


def test_attendance_that_no_column_tells_is_absent_and_the_difference_open(inspect: Inspect) -> None:
    rows = [(name, email) for name, email, _ in people(5, 0)]
    found = inspect(HEADING[:2], *rows, stated={"attendees": "5"})
    assert found["attended"].status is Status.ABSENT
    assert found["attendance_difference"].status is Status.UNDETERMINED
    assert found["stated_difference"].status is Status.NOT_APPLICABLE


def test_throw_away_and_numbered_addresses_are_counted_and_masked(inspect: Inspect) -> None:
    rows = [("A", f"guest{at}@lux.example", "yes") for at in range(3)] + [("B", "bo@mailinator.com", "yes")]
    found = inspect(HEADING, *rows)
    assert found["suspicious_addresses"].value == 4
    printed = str(found["suspicious_addresses"].marks)
    assert "guest1@" not in printed
    assert "b…@mailinator.com" in printed


def test_what_is_no_list_leaves_everything_open_with_what_to_send(inspect: Inspect) -> None:
    found = inspect(("Campaign", "Sent"), ("May", "100"))
    assert {finding.status for finding in found.values()} == {Status.UNDETERMINED}
    assert "CSV" in found["rows"].note


def test_an_address_is_masked_to_its_first_letter() -> None:
    assert masked("ada.lovelace@lux.example") == "a…@lux.example"
    assert masked("") == ""


def test_a_report_without_a_list_gives_its_figures_and_how_they_differ_from_the_claim(inspect: Inspect) -> None:
    report = (("Registrants", "Attendees", "Show-up rate"), ("240", "96", "40.0%"))
    found = inspect(*report, stated={"registrants": "260", "attendees": "96"})
    assert [found[code].value for code in ("reported", "reported_attended")] == [240, 96]
    assert [found[code].value for code in ("stated_difference", "attendance_difference")] == [20, 0]
    assert found["rows"].status is Status.UNDETERMINED
