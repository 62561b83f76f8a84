"""Twins: two pages laid side by side, and what one is to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from verifier.archive.protocol import Archive, Sighting
from verifier.casefile import Box, Trace
from verifier.comparison import placing, wording
from verifier.comparison.placing import Change, Placed
from verifier.comparison.wording import Saying, Wording
from verifier.errors import ArchiveError, WorkerError
from verifier.instruments import fingerprint
from verifier.instruments.alignment import Alignment, align_pages

# Frozen on 8 photos x 66 attacks, 28 photos seen from the side (half 0, seeds 1 and 5) and 1.4 million honest pairs
COPY = 0.75  # agreement of an untilted copy that is a part of its original or holds it: watermarks reach .76, takes .67
NEARLY = 0.85  # the same where a seam of pixels is left over on both, as where turned or softened: takes reach .75
HELD, SEAM = 0.001, 0.006  # how far apart these two may be
TILTED = 0.01  # of an alignment: copies that were cut, turned or scaled stay below
RECAPTURED = 0.9  # agreement, where tilted: photos of a screen or print reach .92, later takes of a shelf .88
HELD_TILTED = 0.003
CLOSE = 0.95  # close agreement, where further apart: parts of copies reach .96, frames of a burst .94
TURNING = 0.7  # apart by tilt, from which a camera that was turned between two takes explains both: frames reach .86
MOST_APART = 0.15  # even where exact
SAME_SCENE = 0.5  # agreement: pictures of the same packs reach .47, second takes of a shelf .3 to 1; only a hint
ALIKE = 90  # bits of PDQ's 256: whole copies stay below 60, unrelated photos mostly above 100
SAME_DRAWING = 0.97  # agreement from which unread drawings without any changed spot are one; templates reached .962

Run = Callable[..., Alignment]
"""Runs `align_pages` with its arguments in a guarded worker and returns its answer."""


class Likeness(StrEnum):
    """What a page is to an earlier one, the plainest first."""

    EXACT = "exact"  # the same bytes
    COPY = "copy"  # the same exposure or the same report, however treated
    ALTERED = "altered"  # the same report with other figures
    RECAPTURED = "recaptured"  # the same exposure from another side: a photo of the photo
    SAME_SCENE = "same_scene"  # another take of the same place and things
    UNKNOWN = "unknown"  # could be a copy, and cannot be told
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A page and an earlier one. `alignment` is None where bytes or pixels are equal, or where it failed (`note`).

    `agreement` is the share (0..1) of the pattern that agrees; of the words, where `wording` decided. `least` is
    what it takes to count as a copy, above 1 where nothing would do. `changes` are the figures in which an altered
    report differs.
    """

    page: int
    width: int
    height: int
    other: Sighting
    likeness: Likeness
    least: float = COPY
    box: Box | None = None  # of the panel on its page; width and height are the panel's then
    agreement: float = 0.0
    alignment: Alignment | None = None
    wording: Wording | None = None
    changes: tuple[Change, ...] = ()
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
    spots = placing.spots(trace) if there.figures else ()
    try:
        blobs = [archive.blob(digest) for digest in (trace.preview, trace.features, there.preview, there.features)]
        least = SAME_DRAWING if said.saying is Saying.OTHER else 0.0  # words that differ need nearly equal pixels
        alignment = run(align_pages, *blobs, told or _alike(trace, there), spots, least)
    except (ArchiveError, WorkerError) as error:
        return replace(twin, note=f"could not be laid beside {other.item}: {error.message}")
    placed = placing.compare(trace, there, alignment)
    part = bool(trace.panel or there.panel)
    likeness, note = judge(alignment, said, placed, part=part)
    agreement, least = (alignment.agreement, COPY) if alignment.drawn else measured(alignment, part=part)
    by_words = alignment.drawn and told
    return replace(
        twin,
        likeness=likeness,
        agreement=said.likeness if by_words else agreement,
        least=least,
        alignment=alignment,
        wording=said if by_words else None,
        changes=_changes(said, placed) if likeness is Likeness.ALTERED else (),
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


def _changes(said: Wording, placed: Placed) -> tuple[Change, ...]:
    """The figures that differ, told by their places if they can be."""
    return placed.changes or tuple(Change(label="", old=old, new=new) for old, new in said.changes)


def judge(alignment: Alignment, said: Wording, placed: Placed, *, part: bool = False) -> tuple[Likeness, str]:
    """Photos are told by their pixels; screenshots and documents by what they say, since templates look alike.

    A copy is a part of its original, or holds it, whatever else was done to it; of two takes, each shows something that
    the other does not, and what both show moves with the camera. `part`: a panel of a picture is compared, whose cut
    may have removed what would tell.
    """
    if alignment.drawn:
        return _judge_drawing(alignment, said, placed)
    agreement, least = measured(alignment, part=part)
    if agreement >= least:
        return (Likeness.RECAPTURED if alignment.tilt > TILTED else Likeness.COPY), ""
    return (Likeness.SAME_SCENE, "") if alignment.agreement >= SAME_SCENE else (Likeness.NONE, "")


def measured(alignment: Alignment, *, part: bool = False) -> tuple[float, float]:
    """The agreement of a photo that is laid so, and that from which it counts as a copy; above 1: never."""
    apart, tilted = alignment.apart, alignment.tilt > TILTED
    if part:
        return alignment.close, 2.0 if tilted or apart > MOST_APART else CLOSE
    if apart <= (HELD_TILTED if tilted else SEAM):
        return alignment.agreement, RECAPTURED if tilted else NEARLY if apart > HELD else COPY
    turned = tilted and apart > TURNING * alignment.tilt
    return alignment.close, 2.0 if turned or apart > MOST_APART else CLOSE


def _judge_drawing(alignment: Alignment, said: Wording, placed: Placed) -> tuple[Likeness, str]:
    nearly = alignment.agreement >= SAME_DRAWING
    if (
        placed.changes
        and placed.same >= len(placed.changes)
        and (nearly or said.saying in (Saying.SAME, Saying.ALTERED))
    ):
        return Likeness.ALTERED, ""
    if said.saying is Saying.SAME or (nearly and not alignment.changed):  # misread figures would differ in pixels, too
        return Likeness.COPY, ""
    if said.saying is Saying.ALTERED:
        return Likeness.ALTERED, ""
    if (said.saying is Saying.OTHER and not nearly) or alignment.agreement < COPY:
        return Likeness.NONE, ""
    if said.saying is Saying.OTHER:
        return Likeness.UNKNOWN, "the same layout nearly everywhere, and yet the words that were read differ"
    return Likeness.UNKNOWN, "the same layout, but too few words were read to tell a copy from another report"
