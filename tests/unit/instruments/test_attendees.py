"""Registration lists are read by their headings; one person is one person, however often listed."""

from __future__ import annotations

from verifier.casefile import Box, Sheet
from verifier.instruments import attendees
from verifier.instruments.text import Line

HEADING = ("Name", "Company", "Email", "Attended")


def sheet(*rows: tuple[str, ...]) -> Sheet:
    return Sheet(name="list", rows=rows)


def test_people_are_read_below_the_heading_wherever_it_stands() -> None:
    found = attendees.read(sheet(("Webinar report",), (), HEADING, ("Ada", "Lux", "ada@lux.example", "yes")))
    assert found is not None
    assert found.columns == ("name", "company", "email", "attended")
    assert [(person.email, person.attended) for person in found.people] == [("ada@lux.example", True)]


def test_capitals_and_tags_do_not_make_another_person() -> None:
    found = attendees.read(sheet(HEADING, ("Ada", "", "ada@lux.example", ""), ("ADA", "", "Ada+2@LUX.example", "")))
    assert found is not None
    assert len({person.identity for person in found.people}) == 1


def test_a_line_about_the_list_is_no_person() -> None:
    found = attendees.read(sheet(HEADING, ("Ada", "", "ada@lux.example", ""), ("Total: 1", "", "", "")))
    assert found is not None
    assert len(found.people) == 1


def test_a_list_without_headings_is_told_by_its_addresses() -> None:
    found = attendees.read(sheet(("1", "ada@lux.example"), ("2", "bo@lux.example")))
    assert found is not None
    assert [person.email for person in found.people] == ["ada@lux.example", "bo@lux.example"]


def test_minutes_tell_who_attended_where_no_column_says_so() -> None:
    found = attendees.read(sheet(("Name", "E-Mail", "Minuten"), ("A", "a@b.example", "48"), ("C", "c@b.example", "0")))
    assert found is not None
    assert [person.attended for person in found.people] == [True, False]


def test_a_sheet_that_names_nobody_is_no_list() -> None:
    assert attendees.read(sheet(("Campaign", "Sent"), ("May", "100"))) is None


def test_three_running_numbers_are_a_sequence_and_two_are_not() -> None:
    def people(*addresses: str) -> tuple[attendees.Person, ...]:
        found = attendees.read(sheet(HEADING, *(("x", "", address, "") for address in addresses)))
        assert found is not None
        return found.people

    numbered = ("guest7@a.example", "guest8@a.example", "guest9@a.example")
    assert attendees.sequential(people(*numbered, "ada1@b.example")) == frozenset(numbered)
    assert attendees.sequential(people("guest7@a.example", "guest9@a.example", "guest8@b.example")) == frozenset()


def test_a_table_on_a_page_goes_on_under_the_heading_of_the_page_before() -> None:
    def line(text: str, left: float, top: float) -> Line:
        return Line(text=text, box=Box(left=left, top=top, right=left + 90, bottom=top + 20), confidence=1.0)

    first = [line("Name", 10, 10), line("Email", 200, 10), line("Ada", 10, 40), line("ada@lux.example", 200, 40)]
    second = [line("Bo", 10, 10), line("bo@lux.example", 200, 10)]
    shown = attendees.sheet_of(first, "page 1")
    assert shown is not None
    continued = attendees.sheet_of(second, "page 2", shown[1])
    assert continued is not None
    assert [attendees.read(one[0]).people[0].name for one in (shown, continued)] == ["Ada", "Bo"]  # type: ignore[union-attr]
    assert attendees.sheet_of(second, "page 2") is None
