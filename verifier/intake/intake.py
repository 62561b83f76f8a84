"""Intake: what was handed in becomes items. One that cannot be used is refused with its reason; the others go on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.casefile import Claim, Item, Kind, Problem, Submission
from verifier.errors import ClaimError, ItemError, TooLarge
from verifier.intake.names import check_link, inert_link, inert_name
from verifier.intake.sniff import Content, sniff

_REFUSED = Content(Kind.REFUSED, "application/octet-stream")
_LINK = Content(Kind.LINK, "text/uri-list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in at most `max_items` of at most `max_bytes` each."""

    max_bytes: int
    max_items: int

    def receive(self, claim: Claim, submissions: Sequence[Submission]) -> tuple[Item, ...]:
        """One item per submission, in order: ids "<claim>/r<revision>/<n>" from 1, kind and media type by content.

        A bad file or link becomes an item of Kind.REFUSED with its Problem. Raises ClaimError on none or too many.
        """
        if not submissions:
            raise ClaimError(f"claim {claim.id} has no items", "add at least one file or link")
        if len(submissions) > self.max_items:
            raise ClaimError(
                f"claim {claim.id} has {len(submissions)} items; at most {self.max_items} are taken",
                "send the ones that prove the activity",
            )
        return tuple(
            self._take(submission, f"{claim.id}/r{claim.revision}/{number}", f"item-{number}")
            for number, submission in enumerate(submissions, start=1)
        )

    def _take(self, submission: Submission, id_: str, nameless: str) -> Item:
        link = submission.link
        name = inert_name(submission.name, nameless) if link is None else inert_link(link)
        data = submission.data if link is None else link.encode("utf-8", "replace")
        content, problem = _REFUSED, submission.problem
        if problem is None:
            try:
                content = self._content(name, data, link)
            except ItemError as error:
                problem = problem_of(error)
        return Item(
            id=id_,
            name=name,
            kind=content.kind,
            media_type=content.media_type,
            digest="" if submission.problem else hashlib.sha256(data).hexdigest(),
            size=len(data),
            slot=submission.slot,
            link=link,
            problem=problem,
        )

    def _content(self, name: str, data: bytes, link: str | None) -> Content:
        if link is not None:
            check_link(link)
            return _LINK
        if len(data) > self.max_bytes:
            raise TooLarge(
                f"{name} has {len(data) / 1e6:.1f} MB; at most {self.max_bytes / 1e6:.1f} are taken",
                "send it at a smaller size, or only the pages that matter",
            )
        return sniff(name, data)


def problem_of(error: ItemError) -> Problem:
    """The error as a value that travels with the item."""
    return Problem(code=type(error).__name__, message=error.message, remedy=error.remedy)
