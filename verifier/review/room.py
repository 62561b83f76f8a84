"""What the pages rest on: reports, people and their decisions, always those of one tenant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from verifier.archive.decisions import Decisions
from verifier.archive.protocol import Archive
from verifier.archive.users import Users
from verifier.casefile import Claim, ClaimReport, Decision
from verifier.decisions import Waiting, order, standing
from verifier.errors import VerifierError
from verifier.review.shelf import Shelf


class NotHere(VerifierError):  # noqa: N818 - named for what it says, as the error tree is
    """There is no such thing for this tenant; whether another tenant has it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim of the queue, by the head of its newest report (no items, no hits), and its items' names."""

    waiting: Waiting
    items: tuple[str, ...]

    @property
    def claim(self) -> Claim:
        """The claim's facts."""
        return self.waiting.report.claim


class Room:
    """An open archive, its people and their decisions. Every method blocks."""

    def __init__(self, *, archive: Archive, users: Users, decisions: Decisions, clock: Callable[[], datetime]) -> None:
        self.archive, self.users, self.decisions, self.clock = archive, users, decisions, clock
        self._shelf = Shelf(archive)

    def claims(self, tenant: str) -> tuple[Entry, ...]:
        """Every claim, with what stands on it."""
        logs: dict[str, list[Decision]] = {}
        for decision in self.decisions.of_tenant(tenant):
            logs.setdefault(decision.claim, []).append(decision)
        late: dict[str, list[datetime]] = {}
        for link in self.archive.links(tenant):
            late.setdefault(link.claim, []).append(link.at)
        return tuple(
            Entry(
                waiting=Waiting(
                    report=head.report,
                    standing=standing(logs.get(head.report.claim.id, ())),
                    events=tuple(late.get(head.report.claim.id, ())),
                ),
                items=head.items,
            )
            for head in self._shelf.heads(tenant)
        )

    def queue(self, tenant: str, undecided: str = "") -> tuple[Entry, ...]:
        """The claims that nobody has decided, in the order in which to look at them.

        The claim `undecided` is among them where it would be if nobody had decided on it.
        """
        entries = {entry.claim.id: entry for entry in self.claims(tenant)}
        claims = (
            replace(entry.waiting, standing=standing(())) if id_ == undecided else entry.waiting
            for id_, entry in entries.items()
        )
        return tuple(replace(entries[one.report.claim.id], waiting=one) for one in order(claims, self.clock()))

    def leading(self, tenant: str, claim: str) -> str:
        """What a person should know first about a claim."""
        return self._shelf.leading(tenant, claim)

    def report(self, tenant: str, claim: str, revision: int | None = None) -> ClaimReport:
        """The newest report on a claim (on that revision of it). Raises NotHere."""
        report = self.archive.report(tenant, claim, revision)
        if report is None:
            raise NotHere("there is no such claim here", "go back to the queue")
        return report

    def history(self, tenant: str, claim: str) -> tuple[Decision, ...]:
        """All lines on a claim, on all its revisions, the oldest first."""
        return self.decisions.of_claim(tenant, claim)
