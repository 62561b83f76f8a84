"""Twins: two pages laid side by side, and what one is to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from verifier.archive.protocol import Archive, Sighting
from verifier.casefile import Box, Trace
from verifier.comparison import cells, facing, fields, growth, photos, weight, wording
from verifier.comparison.cells import Cells
from verifier.comparison.changes import Change
from verifier.comparison.fields import Fields
from verifier.comparison.wording import Saying, Wording
from verifier.errors import ArchiveError, WorkerError
from verifier.instruments import fingerprint, geometry, printing, rewording
from verifier.instruments.alignment import Alignment, align_pages

SAME_SCENE = 0.5  # agreement: pictures of the same packs reach .47, second takes of a shelf .3 to 1; only a hint
ALIKE = 90  # bits of PDQ's 256: whole copies stay below 60, unrelated photos mostly above 100
SAME_DRAWING = 0.97  # agreement from which unread drawings without any changed spot are one; templates reached .962

MOST_MISSING = 0.25  # share of a table's rows that an edit removes; who filters an export removes more
MOSTLY = 0.75  # share of a table's figures that stay when one is changed; of other campaigns' under one tenth do
INSET = 0.5  # share of a picture: what shows less of it than that is set into it
SOME_SHARED = 2  # telling figures from which pages with other words are laid on each other: a part may be the same

Run = Callable[..., Any]
"""Runs a task of the guarded worker with its arguments and returns its answer."""


class Likeness(StrEnum):
    """What a page is to an earlier one, the plainest first."""

    EXACT = "exact"  # the same bytes
    COPY = "copy"  # the same exposure or the same report, however treated
    ALTERED = "altered"  # the same report with other figures
    UPDATED = "updated"  # the same campaign, read out again some days later
    RECAPTURED = "recaptured"  # the same exposure from another side: a photo of the photo
    SAME_SCENE = "same_scene"  # another take of the same place and things
    UNKNOWN = "unknown"  # could be a copy, and cannot be told
    NONE = "none"


_DIFFERING = (Likeness.ALTERED, Likeness.UPDATED, Likeness.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A page and an earlier one. `alignment` is None where bytes or pixels are equal, or where it failed (`note`).

    `agreement` is the share (0..1) of the pattern that agrees; of the words, where `wording` decided. `least` is
    what it takes to count as a copy, above 1 where nothing would do. `changes` are the figures in which an altered
    report differs; of a copy, those that were read otherwise and may be the same.
    """

    page: int
    width: int
    height: int
    other: Sighting
    likeness: Likeness
    least: float = photos.COPY
    box: Box | None = None  # of the panel on its page; width and height are the panel's then
    agreement: float = 0.0
    alignment: Alignment | None = None
    wording: Wording | None = None
    changes: tuple[Change, ...] = ()
    note: str = ""

    @property
    def is_table(self) -> bool:
        """Whether the earlier one has no pixels to be drawn."""
        return self.other.trace is not None and self.other.trace.sheet is not None


def equal(trace: Trace | None, other: Sighting, likeness: Likeness) -> Twin:
    """A twin whose bytes or pixels are the same; an item without pages has no trace."""
    return replace(_twin(trace, other), likeness=likeness, agreement=1.0)


def examine(trace: Trace, other: Sighting, archive: Archive, run: Run, lies: tuple[float, ...] = ()) -> Twin:
    """Lay a page beside an earlier one, whose trace must be there with its words.

    `lies`: how it is thought to lie there, a homography between points in shares of both pictures' sides.
    """
    there = other.trace
    assert there is not None  # noqa: S101 - only pages are listed
    twin = _twin(trace, other)
    if trace.sheet is not None or there.sheet is not None:
        return _of_sheets(twin, trace, there)
    said = wording.compare(trace.words, there.words)
    told = said.saying in (Saying.SAME, Saying.ALTERED)
    try:
        blobs = [archive.blob(digest) for digest in (trace.preview, trace.features, there.preview, there.features)]
        unlike = said.saying is Saying.OTHER and said.shared < SOME_SHARED  # these need nearly equal pixels
        least = SAME_DRAWING if unlike else 0.0
        whole, guess = told or _alike(trace, there), lies or facing.guess(trace, there)
        alignment = run(align_pages, *blobs, whole, least, guess, said.saying is not Saying.UNKNOWN)
        found = Fields()
        if alignment.drawn:
            found = fields.compare(
                trace,
                there,
                alignment,
                partial(run, printing.likenesses, blobs[0], blobs[2], alignment.homography),
                partial(run, rewording.read, blobs[0], blobs[2]),
            )
    except (ArchiveError, WorkerError) as error:
        return replace(twin, note=f"could not be laid beside {other.item}: {error.message}")
    part = bool(trace.panel or there.panel)
    likeness, note = judge(alignment, said, found, part=part)
    likely = likeness in _DIFFERING or (found.weight >= weight.ENOUGH and not found.other)
    if likely and found.changes and growth.reported_again(trace, found):
        likeness, note = Likeness.UPDATED, ""
    agreement, least = (alignment.agreement, photos.COPY) if alignment.drawn else photos.measured(alignment, part=part)
    by_words = alignment.drawn and (told or found.enough)
    return replace(
        twin,
        likeness=likeness,
        agreement=max(said.likeness, found.share) if by_words else agreement,
        least=least,
        alignment=alignment,
        wording=said if by_words else None,
        changes=_changes(said, found) if likeness in _DIFFERING else found.changes if likeness is Likeness.COPY else (),
        note=note,
    )


def _of_sheets(twin: Twin, here: Trace, there: Trace) -> Twin:
    """Two tables, cell by cell; a table and a page are not compared."""
    if here.sheet is None or there.sheet is None:
        return replace(twin, likeness=Likeness.NONE)
    found = cells.compare(here, there)
    likeness, note = judge_cells(found)
    if growth.rows_again(here, found):
        likeness, note = Likeness.UPDATED, ""
    told = likeness in (Likeness.ALTERED, Likeness.UPDATED, Likeness.UNKNOWN)
    return replace(twin, likeness=likeness, agreement=found.share, changes=found.changes if told else (), note=note)


def judge_cells(found: Cells) -> tuple[Likeness, str]:
    """Tables are told by their figures. What has rows of its own is a later export of a list that grew."""
    if found.added or not found.rows:
        return Likeness.NONE, ""
    if not found.enough:
        few = found.share >= MOSTLY and found.weight >= found.against
        note = "the same but for what is named here; too few figures tell an edit from another export"
        return (Likeness.UNKNOWN, note) if few else (Likeness.NONE, "")
    if found.missing > MOST_MISSING * found.rows:
        return Likeness.UNKNOWN, "a part of that export's rows, which whoever filters an export also gets"
    return (Likeness.ALTERED if found.changes else Likeness.COPY), ""


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
    """Whether the whole pictures look alike, upright or mirrored, or one like the other's negative."""
    there = fingerprint.bits(other.pdq)[None]
    off = [int(fingerprint.distances(fingerprint.bits(turn), there)[0]) for turn in fingerprint.turned(one.pdq)[:2]]
    return any(min(bits, 256 - bits) <= ALIKE for bits in off)


def _changes(said: Wording, found: Fields) -> tuple[Change, ...]:
    """The fields that differ, told by their places if they can be."""
    if found.compared:
        return found.changes
    return tuple(Change(label="", old=old, new=new) for old, new in said.changes)


def judge(alignment: Alignment, said: Wording, found: Fields, *, part: bool = False) -> tuple[Likeness, str]:
    """Photos are told by their pixels; screenshots and documents by what they say, since templates look alike.

    `part`: a panel of a picture is compared.
    """
    if alignment.drawn and said.saying is Saying.UNKNOWN and _is_inset(alignment):
        return _judge_inset(alignment)
    if alignment.drawn:
        return _judge_drawing(alignment, said, found)
    agreement, least = photos.measured(alignment, part=part)
    if agreement >= least:
        return (Likeness.RECAPTURED if alignment.tilt > photos.TILTED else Likeness.COPY), ""
    return (Likeness.SAME_SCENE, "") if alignment.agreement >= SAME_SCENE else (Likeness.NONE, "")


def _is_inset(alignment: Alignment) -> bool:
    """Whether what both pictures show is a small part of one of them."""
    shares = (
        geometry.area(outline) / (size[0] * size[1])
        for outline, size in ((alignment.here, alignment.size_a), (alignment.there, alignment.size_b))
        if outline
    )
    return min(shares, default=1.0) < INSET


def _judge_inset(alignment: Alignment) -> tuple[Likeness, str]:
    """A drawing without words, set into another picture: a logo of a mail stands on the sign of a shop, too."""
    if alignment.agreement < SAME_DRAWING:
        return Likeness.NONE, ""
    return Likeness.UNKNOWN, "a drawing without words, set into another picture"


def _judge_drawing(alignment: Alignment, said: Wording, found: Fields) -> tuple[Likeness, str]:
    nearly = alignment.agreement >= SAME_DRAWING
    told = said.saying in (Saying.SAME, Saying.ALTERED)
    if found.mostly_other:
        return Likeness.NONE, ""
    if found.compared and not found.other:
        if found.changes and found.enough:
            return (Likeness.ALTERED if any(change.sure for change in found.changes) else Likeness.COPY), ""
        if not found.changes and (found.enough or told or nearly):
            return Likeness.COPY, ""
        if found.changes and (nearly or told):
            return (
                Likeness.UNKNOWN,
                "the same but for what is named here; too few figures tell an edit from another report",
            )
    elif said.saying is Saying.SAME or (nearly and not alignment.changed):
        return Likeness.COPY, ""
    elif said.saying is Saying.ALTERED and not found.other:
        return Likeness.ALTERED, ""
    if found.other or (said.saying is Saying.OTHER and not nearly) or alignment.agreement < photos.COPY:
        return Likeness.NONE, ""
    if said.saying is Saying.OTHER:
        return Likeness.UNKNOWN, "the same layout nearly everywhere, and yet the words that were read differ"
    return Likeness.UNKNOWN, "the same layout, but too few words were read to tell a copy from another report"
