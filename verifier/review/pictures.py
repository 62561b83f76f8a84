"""Pictures of a report: those that it names, to those who may see it, and nothing else from the archive."""

from __future__ import annotations

from urllib.parse import urlencode

from verifier.casefile import ClaimReport, Lookalike
from verifier.errors import ArchiveError
from verifier.reporting.html import picture_type
from verifier.review.room import NotHere, Room


def named_by(report: ClaimReport) -> frozenset[str]:
    """Digests of the previews that a report shows: its own pages, and the twins that it points to."""
    inspections = [*report.inspections, *(one for entry in report.items for one in entry.inspections)]
    marks = (mark for inspection in inspections for finding in inspection.findings for mark in finding.marks)
    twins = {mark.other_preview for mark in marks if isinstance(mark, Lookalike)}
    return frozenset((twins | {page.preview for entry in report.items for page in entry.pages}) - {""})


def picture_address(root: str, report: ClaimReport, digest: str) -> str:
    """Where a picture of a report is."""
    claim = report.claim
    return f"{root}/picture/{digest}?{urlencode({'id': claim.id, 'revision': claim.revision})}"


def picture(room: Room, report: ClaimReport, digest: str) -> tuple[bytes, str]:
    """The bytes and the media type of a picture that the report names. Raises NotHere."""
    if digest not in named_by(report):
        raise NotHere("this report shows no such picture", "open the claim again")
    try:
        data = room.archive.blob(digest)
    except ArchiveError as error:
        raise NotHere("this picture is not in the archive any more", "restore it from a backup") from error
    kind = picture_type(data)
    if kind is None:
        raise NotHere("this is no picture that a browser shows", "open the original file")
    return data, kind
