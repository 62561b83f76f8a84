"""What stands: the newest line on each item that was not taken back."""

from __future__ import annotations

from decided_reports import line

from verifier.casefile import Outcome
from verifier.decisions import standing


def test_nothing_stands_in_an_empty_log() -> None:
    stands = standing(())
    assert (stands.claim, dict(stands.items), stands.history, stands.newest) == (None, {}, (), 0)


def test_the_newest_line_wins_on_the_claim_and_on_each_item() -> None:
    first, second = line(1), line(2, Outcome.REJECT)
    left, right = line(3, item="C-1/r1/1"), line(4, Outcome.ASK, item="C-1/r1/2")
    stands = standing((right, second, left, first))
    assert stands.claim == second
    assert stands.items == {"C-1/r1/1": left, "C-1/r1/2": right}
    assert stands.history == (first, second, left, right)
    assert stands.newest == 4


def test_what_is_taken_back_gives_way_to_what_stood_before_it_whoever_decided_that() -> None:
    first, second = line(1, by="bernd"), line(2, Outcome.REJECT)
    stands = standing((first, second, line(3, Outcome.REJECT, undoes=2)))
    assert stands.claim == first
    assert stands.newest == 3
    assert standing((first, line(2, undoes=1, by="bernd"))).claim is None
