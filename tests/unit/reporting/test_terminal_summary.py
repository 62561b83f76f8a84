from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from verifier.casefile import Route, Status, Truth
from verifier.reporting import terminal


@pytest.fixture
def printed():
    def render(report) -> str:
        console = Console(width=120, no_color=True, color_system=None, legacy_windows=False)
        with console.capture() as capture:
            console.print(terminal.summary(report))
        return capture.get()

    return render


def test_the_summary_tells_score_route_readings_reasons_and_asks(report, printed):
    text = printed(report)
    assert "C-1042 r2   score 4   full review   1% to 24% once all can be told; expert weights" in text
    assert "Sent 12,140 (claim 12,400)" in text
    assert "Nordlicht logo" in text
    assert "hard requirement: Taken 3 days before the activity window [item 1]" in text
    assert "−13.7" in text
    assert "the file carries no content credentials" in text
    assert "Send a photo that was taken for this claim. (item 1)" in text
    assert "missing: floor plan" in text


def test_a_refused_item_says_why_and_what_to_do(report, printed):
    text = " ".join(printed(report).split())
    assert "not read: the JPEG breaks off after 40 kB; send the file again" in text


def test_what_cannot_be_told_is_said_once_with_its_cause(report, printed):
    unsure = next(hit for hit in report.items[0].hits if hit.truth is Truth.CANNOT_TELL)
    titled = replace(unsure, title="Cannot tell: the file carries no content credentials")
    twice = replace(report.items[0], hits=(titled, replace(titled, rule="another.rule")))
    text = printed(replace(report, items=(twice, *report.items[1:])))
    assert text.count("the file carries no content credentials") == 1


def test_foreign_text_neither_colours_nor_steers_the_terminal(report, printed):
    entry = report.items[0]
    named = replace(entry, item=replace(entry.item, name="[red]x[/red]\x1b[2J\u202ey.jpg"))
    text = printed(replace(report, items=(named, *report.items[1:])))
    assert "[red]x[/red]⟨U+001B⟩[2J⟨U+202E⟩y.jpg" in " ".join(text.split()).replace(" ", "")
    assert "\x1b" not in text
    assert "\x1b" not in terminal.one_line(replace(report, claim=replace(report.claim, id="\x1b[2J")))


def test_one_line_names_the_two_strongest_reasons(report):
    line = terminal.one_line(report)
    assert line.startswith("C-1042 r2")
    assert "in store display" in line
    assert "4  full review" in line
    assert line.endswith("−4.8 Taken 3 days before the activity window; −14.2 Seen before, mirrored")


def test_a_claim_to_which_nothing_speaks_still_makes_a_line(report):
    assert terminal.one_line(replace(report, hits=(), items=())).endswith("nothing spoke")


def test_what_could_not_be_told_is_not_listed_as_read(report, printed):
    entry = report.items[0]
    unsure = tuple(
        replace(
            inspection,
            findings=tuple(replace(one, status=Status.UNDETERMINED) for one in inspection.findings),
        )
        for inspection in entry.inspections
    )
    changed = replace(report, items=(replace(entry, inspections=unsure), *report.items[1:]))
    assert "Nordlicht logo" not in printed(changed)


@pytest.mark.parametrize(("route", "asked"), [(Route.NEEDS_INPUT, True), (Route.QUICK_LOOK, False)])
def test_what_only_informs_is_also_seen_and_asks_where_the_item_needs_more(report, printed, route, asked):
    dashboard = report.items[1]
    rows = next(hit for hit in report.hits if hit.rule == "claim.rows")
    cut = replace(
        rows, rule="campaign.cut-off", title="The capture ends in a table", item=dashboard.item.id, ask="Send all."
    )
    waiting = replace(dashboard, assessment=replace(dashboard.assessment, route=route))
    items = (report.items[0], waiting, *report.items[2:])
    text = " ".join(printed(replace(report, hits=(*report.hits, cut), items=items)).split())
    assert "also seen The capture ends in a table [item 2] Two rows were listed" in text
    assert ("Send all. (item 2)" in text) is asked
