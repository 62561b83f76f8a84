"""What a person decided about a claim or one of its items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """What was decided. ASK sends it back to the partner, with what to send as the reason."""

    ACCEPT = "accept"
    REJECT = "reject"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One line of the append-only log of decisions.

    `item` is an item's id, "" for the whole claim; `amount` stands only on a claim's accept, and may be a part of what
    is claimed. `report` names the report that was decided from (`decisions.report_name`). `sequence` is given by the
    archive. Where `undoes` is set, the line decides nothing: it repeats what it takes back, whose number that is.
    """

    claim: str
    revision: int
    outcome: Outcome
    report: str
    by: str  # a user's name, or "key <id> (<name>)"
    at: datetime
    item: str = ""
    reason: str = ""
    amount: Decimal | None = None
    sequence: int = 0
    undoes: int | None = None
