"""What the pages rest on: reports, people and their decisions, always those of one tenant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from verifier.archive.decisions import Decisions
from verifier.archive.protocol import Archive
from verifier.archive.users import Users
from verifier.casefile import ClaimReport, Decision
from verifier.decisions import Waiting, order, standing
from verifier.errors import VerifierError


class NotHere(VerifierError):  # noqa: N818 - named for what it says, as the error tree is
    """There is no such thing for this tenant; whether another tenant has it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An open archive, its people and their decisions. Every method blocks."""

    archive: Archive
    users: Users
    decisions: Decisions
    clock: Callable[[], datetime]

    def claims(self, tenant: str) -> tuple[Waiting, ...]:
        """Every claim by its newest report, with what stands on it, in the order of claim ids."""
        logs: dict[str, list[Decision]] = {}
        for decision in self.decisions.of_tenant(tenant):
            logs.setdefault(decision.claim, []).append(decision)
        events: dict[str, list[datetime]] = {}
        for link in self.archive.links(tenant):
            events.setdefault(link.claim, []).append(link.at)
        return tuple(
            Waiting(
                report=report,
                standing=standing(logs.get(report.claim.id, ())),
                events=tuple(events.get(report.claim.id, ())),
            )
            for report in self.archive.reports(tenant)
        )

    def queue(self, tenant: str, undecided: str = "") -> tuple[Waiting, ...]:
        """The claims that nobody has decided, in the order in which to look at them.

        The claim `undecided` is among them where it would be if nobody had decided on it.
        """
        claims = (
            replace(one, standing=standing(())) if one.report.claim.id == undecided else one
            for one in self.claims(tenant)
        )
        return order(claims, self.clock())

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport:
        """The newest report on a claim (on that revision of it). Raises NotHere."""
        report = self.archive.report(tenant, claim, revision)
        if report is None:
            raise NotHere("there is no such claim here", "go back to the queue")
        return report

    def history(self, tenant: str, claim: str) -> tuple[Decision, ...]:
        """All lines on a claim, on all its revisions, the oldest first."""
        return self.decisions.of_claim(tenant, claim)
