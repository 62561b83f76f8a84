"""The pace of a run, as an operator reads it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from verifier.batch import Tally
from verifier.cli import pace


def test_rate_and_rest_are_told_beside_what_is_done() -> None:
    tally = Tally(total=10_000, done=1_200, before=1_000, fresh=197, rejected=3)
    assert pace.line(tally, 10.0) == "1,200 of 10,000 claims  10.0/s  about 0:14:40 left  3 rejected"


def test_nothing_done_now_has_no_rate() -> None:
    rate = pace.Rate()
    assert [rate.of(0, now=now) for now in (1.0, 5.0, 9.0)] == [0.0, 0.0, 0.0]
    assert pace.line(Tally(total=4, done=2, before=2), 0.0) == "2 of 4 claims"


def test_the_start_of_the_workers_is_no_slowness() -> None:
    rate = pace.Rate()
    assert rate.of(1, now=40.0) == 0.0
    assert rate.of(101, now=50.0) == 10.0


def test_a_rate_is_that_of_late() -> None:
    rate = pace.Rate()
    for second in range(1, 101):
        rate.of(100 * second, now=float(second))
    assert [rate.of(10_000 + second, now=100.0 + second) for second in range(1, 101)][-1] == 1.0


def test_elsewhere_than_on_a_terminal_a_line_comes_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 5.5, 6.0, 11.0])
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    with pace.Pace(Console(file=out, width=100)) as told:
        for done in range(1, 5):
            told.tell(Tally(total=4, done=done, fresh=done))
    assert [text.split("  ")[0] for text in out.getvalue().splitlines()] == ["2 of 4 claims", "4 of 4 claims"]


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    with pace.Pace(Console(file=out, force_terminal=True, width=100)) as told:
        told.tell(Tally(total=4, done=3, fresh=3))
    assert "3 of 4 claims" in out.getvalue()
