"""Claims held in memory by the heads of their newest reports, so that a queue of thousands is ordered at once.

Reports are only ever added, so what is held is what was read before and whatever is new.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache

from verifier.archive.protocol import Archive, Head
from verifier.casefile import ClaimReport
from verifier.reporting.reasons import Group, reasons_of

_LEADING_KEPT = 5000  # sentences


class Shelf:
    """The newest head of every claim of an archive, by tenant. Safe for several threads."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._door = threading.Lock()
        self._last: dict[str, int] = {}
        self._heads: dict[str, dict[str, Head]] = {}
        self._leading: Callable[[str, str, int], str] = lru_cache(_LEADING_KEPT)(self._read_leading)

    def heads(self, tenant: str) -> tuple[Head, ...]:
        """The newest head of every claim: that of its highest revision, as it was filed last."""
        with self._door:
            held = self._heads.setdefault(tenant, {})
            for head in self._archive.heads(tenant, after=self._last.get(tenant, 0)):
                known = held.get(head.report.claim.id)
                if known is None or known.report.claim.revision <= head.report.claim.revision:
                    held[head.report.claim.id] = head
                self._last[tenant] = head.number
            return tuple(held.values())

    def leading(self, tenant: str, claim: str) -> str:
        """What a person should know first about a claim: the first of its reasons, those against it before others."""
        head = self._heads.get(tenant, {}).get(claim)
        return self._leading(tenant, claim, head.number) if head else ""

    def _read_leading(self, tenant: str, claim: str, _number: int) -> str:
        report = self._archive.report(tenant, claim)
        return _leading(report) if report else ""


def _leading(report: ClaimReport) -> str:
    told = [reason for reason in reasons_of(report) if reason.group is not Group.ASIDE]
    against = [reason for reason in told if reason.tone in ("gate", "against")]
    return (against or told)[0].hit.title if told else ""
