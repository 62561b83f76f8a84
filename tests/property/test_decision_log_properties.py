"""Whatever people decide and take back, in whatever order: what stands is what replaying the log line by line gives."""

from __future__ import annotations

import tempfile
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.archive.decisions import Decisions
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Decision, Outcome
from verifier.decisions import standing, undo
from verifier.errors import DecisionError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PEOPLE, ITEMS = ("anna", "bernd", "carla"), ("", "C-1/r1/1", "C-1/r1/2")
STEPS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ITEMS), st.sampled_from([*Outcome, None])), max_size=25
)


class Replay:
    """What stands, kept by hand: a pile of decisions on each item, from which taking back lifts one out."""

    def __init__(self) -> None:
        self.piles: dict[str, list[Decision]] = {}

    def play(self, line: Decision) -> None:
        pile = self.piles.setdefault(line.item, [])
        if line.undoes is None:
            pile.append(line)
        else:
            pile.remove(next(one for one in pile if one.sequence == line.undoes))

    @property
    def stands(self) -> dict[str, Decision]:
        return {item: pile[-1] for item, pile in self.piles.items() if pile}


def taken(log: tuple[Decision, ...], who: str, item: str, outcome: Outcome | None) -> Decision | None:
    """The next line: a decision, or for no outcome an undo, if there is anything to take back."""
    if outcome is not None:
        return Decision(claim="C-1", revision=1, item=item, outcome=outcome, report="f" * 64, by=who, at=NOON)
    with suppress(DecisionError):
        return undo(log, who, NOON)
    return None


@given(STEPS)
def test_what_stands_is_what_replaying_the_log_gives(steps) -> None:
    log: tuple[Decision, ...] = ()
    replay = Replay()
    for who, item, outcome in steps:
        line = taken(log, who, item, outcome)
        if line is not None:
            line = replace(line, sequence=len(log) + 1)
            log = (*log, line)
            replay.play(line)
        now = standing(log)
        assert {**now.items, **({"": now.claim} if now.claim else {})} == replay.stands
        assert now.newest == len(log)
        assert now.history == log


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_an_archive_gives_back_the_log_that_it_was_told_and_its_trail_holds(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        told: tuple[Decision, ...] = ()
        with closing(Decisions(path)) as log:
            for who, item, outcome in steps:
                line = taken(told, who, item, outcome)
                if line is not None:
                    told = (*told, log.record("acme", line, after=standing(told).newest))
        with closing(Decisions(path)) as log, closing(SqliteArchive(path)) as archive:
            assert log.of_claim("acme", "C-1") == told
            assert archive.verify_audit() == len(told)
