"""Which decisions of a log stand: those that were not taken back, the newest on each item and on the claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from verifier.casefile import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on the claim and, by their ids, on its items; `history` is the whole log, the oldest line first."""

    claim: Decision | None
    items: Mapping[str, Decision]
    history: tuple[Decision, ...]

    @property
    def newest(self) -> int:
        """The number of the log's last line, 0 where there is none: `after` of the next decision."""
        return self.history[-1].sequence if self.history else 0


def standing(decisions: Iterable[Decision]) -> Standing:
    """What stands after these lines of one claim, or of one revision of it, in any order.

    Where a decision is taken back, the one before it on the same item stands again, whoever took it.
    """
    history = tuple(sorted(decisions, key=lambda line: line.sequence))
    stands = {line.item: line for line in in_force(history)}
    claim = stands.pop("", None)
    return Standing(claim=claim, items=stands, history=history)


def in_force(history: Iterable[Decision]) -> tuple[Decision, ...]:
    """The lines that decide something and were not taken back, in their order."""
    history = tuple(history)
    taken_back = {line.undoes for line in history}
    return tuple(line for line in history if line.undoes is None and line.sequence not in taken_back)
