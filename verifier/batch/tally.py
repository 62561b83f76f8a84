"""The tally of a run: what became of its claims, counted as they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from verifier.batch.lines import Reject
from verifier.batch.run import Outcome, Remembered
from verifier.casefile import Route


@dataclass(slots=True, kw_only=True)
class Tally:
    """`done` claims of `total`: `fresh` ones were worked on now, those `before` earlier; `rejected` counts what
    could not be.

    `belated` counts claims that were handed in before one that stands further up: that one was not compared with them.
    """

    total: int
    done: int = 0
    fresh: int = 0
    before: int = 0
    rejected: int = 0
    belated: int = 0
    routes: Counter[Route] = field(default_factory=Counter)
    _latest: dict[str, datetime] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.done += 1
        if isinstance(outcome, Reject):
            self.rejected += 1
            return
        self.fresh += outcome.fresh
        self.before += not outcome.fresh
        if isinstance(outcome, Remembered):
            self.rejected += len(outcome.refused)
            return
        self.routes[outcome.report.assessment.route] += 1
        claim = outcome.report.claim
        if claim.submitted_at is not None:
            latest = self._latest.get(claim.tenant, claim.submitted_at)
            self.belated += claim.submitted_at < latest
            self._latest[claim.tenant] = max(latest, claim.submitted_at)
