"""Twins: two pages laid side by side, and what one is to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from verifier.archive.protocol import Archive, Sighting
from verifier.casefile import Box, Trace
from verifier.comparison import wording
from verifier.comparison.wording import Saying, Wording
from verifier.errors import ArchiveError, WorkerError
from verifier.instruments import fingerprint
from verifier.instruments.alignment import Alignment, align_pages

COPY = 0.75  # agreement. Frozen on 40 photos x 20 attacks (795 of 800 above) and 600 similar pairs (photos below .67)
TILTED = 0.03  # of an alignment: copies that were cut, turned or scaled stay below .02, noise included
RECAPTURED = 0.98  # agreement: copies seen from the side reach .993, frames of one burst .997, later takes .969
SAME_SCENE = 0.5  # agreement: pictures of the same packs reach .47, second takes of a shelf .3 to .67; only a hint
ALIKE = 90  # bits of PDQ's 256: whole copies stay below 60, unrelated photos mostly above 100
SAME_DRAWING = 0.97  # agreement from which unread drawings without any changed spot are one; templates reached .962

Run = Callable[..., Alignment]
"""Runs `align_pages` with its arguments in a guarded worker and returns its answer."""


class Likeness(StrEnum):
    """What a page is to an earlier one, the plainest first."""

    EXACT = "exact"  # the same bytes
    COPY = "copy"  # the same exposure or the same report, however treated
    ALTERED = "altered"  # the same report with other figures
    RECAPTURED = "recaptured"  # the same moment from another side: a photo of the photo, or the next frame
    SAME_SCENE = "same_scene"  # another take of the same place and things
    UNKNOWN = "unknown"  # could be a copy, and cannot be told
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A page and an earlier one. `alignment` is None where bytes or pixels are equal, or where it failed (`note`).

    `agreement` is the share (0..1) of the pattern that agrees; of the words, where `wording` decided.
    """

    page: int
    width: int
    height: int
    other: Sighting
    likeness: Likeness
    box: Box | None = None  # of the panel on its page; width and height are the panel's then
    agreement: float = 0.0
    alignment: Alignment | None = None
    wording: Wording | None = None
    note: str = ""


def equal(trace: Trace | None, other: Sighting, likeness: Likeness) -> Twin:
    """A twin whose bytes or pixels are the same; an item without pages has no trace."""
    return replace(_twin(trace, other), likeness=likeness, agreement=1.0)


def examine(trace: Trace, other: Sighting, archive: Archive, run: Run) -> Twin:
    """Lay a page beside an earlier one, whose trace must be there with its words."""
    there = other.trace
    assert there is not None  # noqa: S101 - only pages are listed
    twin = _twin(trace, other)
    said = wording.compare(trace.words, there.words)
    told = said.saying in (Saying.SAME, Saying.ALTERED)
    try:
        blobs = [archive.blob(digest) for digest in (trace.preview, trace.features, there.preview, there.features)]
        alignment = run(align_pages, *blobs, told or _alike(trace, there))
    except (ArchiveError, WorkerError) as error:
        return replace(twin, note=f"could not be laid beside {other.item}: {error.message}")
    likeness, note = judge(alignment, said)
    by_words = alignment.drawn and told
    return replace(
        twin,
        likeness=likeness,
        agreement=said.likeness if by_words else alignment.agreement,
        alignment=alignment,
        wording=wording.named(said, trace.fields, there.fields) if by_words else None,
        note=note,
    )


def _twin(trace: Trace | None, other: Sighting) -> Twin:
    if trace is None:
        return Twin(page=0, width=0, height=0, other=other, likeness=Likeness.UNKNOWN)
    return Twin(
        page=trace.page,
        width=trace.width,
        height=trace.height,
        other=other,
        box=trace.box,
        likeness=Likeness.UNKNOWN,
    )


def _alike(one: Trace, other: Trace) -> bool:
    """Whether the whole pictures look alike, upright or mirrored."""
    here, mirror = fingerprint.turned(one.pdq)[:2]
    there = fingerprint.bits(other.pdq)[None]
    return any(int(fingerprint.distances(fingerprint.bits(turn), there)[0]) <= ALIKE for turn in (here, mirror))


def judge(alignment: Alignment, said: Wording) -> tuple[Likeness, str]:
    """Photos are told by their pixels; screenshots and documents by what they say, since templates look alike.

    Who copies a file hardly ever bends it, so a photo that is seen from another side is no copy: it was photographed
    from a screen or a print, or it is the next frame of a turning camera, and no pixel tells which.
    """
    if alignment.drawn:
        return _judge_drawing(alignment, said)
    if alignment.agreement >= needed(alignment):
        return (Likeness.RECAPTURED if alignment.tilt > TILTED else Likeness.COPY), ""
    return (Likeness.SAME_SCENE, "") if alignment.agreement >= SAME_SCENE else (Likeness.NONE, "")


def needed(alignment: Alignment | None) -> float:
    """The agreement from which a photo that is laid so counts as a copy, or as recaptured."""
    return RECAPTURED if alignment is not None and alignment.tilt > TILTED else COPY


def _judge_drawing(alignment: Alignment, said: Wording) -> tuple[Likeness, str]:
    nearly = alignment.agreement >= SAME_DRAWING
    if said.saying is Saying.SAME or (nearly and not alignment.changed):  # misread figures would differ in pixels, too
        return Likeness.COPY, ""
    if said.saying is Saying.ALTERED:
        return Likeness.ALTERED, ""
    if (said.saying is Saying.OTHER and not nearly) or alignment.agreement < COPY:
        return Likeness.NONE, ""
    if said.saying is Saying.OTHER:
        return Likeness.UNKNOWN, "the same layout nearly everywhere, and yet the words that were read differ"
    return Likeness.UNKNOWN, "the same layout, but too few words were read to tell a copy from another report"
