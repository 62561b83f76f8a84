"""Rereading: changes as they stand after both places were read once more, in one way.

The first reading of a page overlooks print and takes one letter for another; what is then read as the same on both
pages has not changed, and what was overlooked on one of them is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from verifier.casefile import Box
from verifier.comparison import facing, wording
from verifier.comparison.changes import Change
from verifier.comparison.facing import Places

MOST = 12  # changes: more are hardly an edit, and each costs two readings of 10 ms
BESIDE = 0.25  # and where something was read, whose box may be half a letter short
WIDER = 0.4  # of a box's height, on either side of where something is missing: another figure may be longer

Read = Callable[[tuple[Box, ...], tuple[Box, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
"""What stands in boxes of this page and in boxes of the other, in their pixels; "" where nothing sure does."""

Known = tuple[Places, Places]
"""Where words stand that both pages have, on this page and on the other."""


def reread(
    changes: Sequence[Change], doubts: Sequence[Change], read: Read, known: Known, clear: Callable[[Change], bool]
) -> tuple[Change, ...]:
    """The changes that stay, what was overlooked filled in; and of the doubts those that are borne out.

    What is borne out in `clear` print is sure.
    """
    worded = [change for change in changes if change.here and change.there and (change.old or change.new)]
    if len(worded) > MOST:
        return tuple(changes)
    wanted = [*worded, *doubts[: MOST - len(worded)]]
    if not wanted:
        return tuple(changes)
    here = tuple(_box(change.here, bool(change.new)) for change in wanted if change.here)
    there = tuple(_box(change.there, bool(change.old)) for change in wanted if change.there)
    told = list(zip(*read(here, there), strict=True))
    second = dict(zip(map(id, worded), told, strict=False))
    stay = [
        filled for change in changes if (filled := _reread(change, *second.get(id(change), ("", "")), known, clear))
    ]
    borne = [
        replace(change, new=change.new or new, old=change.old or old, sure=change.sure or clear(change))
        for change, (new, old) in zip(wanted[len(worded) :], told[len(worded) :], strict=True)
        if _borne_out(change, new, old) and _as_long(new, old) and not _moved(change, known)
    ]
    return (*stay, *borne)


def _reread(change: Change, new: str, old: str, known: Known, clear: Callable[[Change], bool]) -> Change | None:
    """The change as it is read now; None where it is none."""
    same, borne_out = bool(new) and new == old, _borne_out(change, new, old)
    if (same and (_misread(change) or not change.sure)) or (_grazed(change) and not borne_out):
        return None
    if _moved(change, known):
        return change
    sure = change.sure or (borne_out and clear(change))
    return replace(change, new=change.new or new, old=change.old or old, sure=sure)


def _grazed(change: Change) -> bool:
    """Whether one figure is the other and some digits more at an end: what stands close by is read along with it."""
    short, long = sorted((wording.digits(change.old), wording.digits(change.new)), key=len)
    figures = wording.is_figure(change.old) and wording.is_figure(change.new)
    return figures and len(short) < len(long) and (long.startswith(short) or long.endswith(short))


def _borne_out(change: Change, new: str, old: str) -> bool:
    """Whether both readings agree that there are two figures."""
    if not (wording.is_figure(new) and wording.is_figure(old)) or wording.digits(new) == wording.digits(old):
        return False
    pairs = ((change.new, new), (change.old, old))
    return all(not first or wording.digits(first) == wording.digits(second) for first, second in pairs)


def _as_long(new: str, old: str) -> bool:
    return len(wording.digits(new)) == len(wording.digits(old))


def _moved(change: Change, known: Known) -> bool:
    """Whether words stand where it is missing that the other page has elsewhere: below a removed row all has moved."""
    sides = ((change.here, change.new, known[0]), (change.there, change.old, known[1]))
    return any(
        box is not None and not text and facing.meets(np.array(facing.place_of(box)), places)
        for box, text, places in sides
    )


def _misread(change: Change) -> bool:
    """Whether it may be one print, read in two ways: two figures of as many digits were each read with care."""
    digits = [len(wording.digits(text)) for text in (change.old, change.new)]
    figures = wording.is_figure(change.old) and wording.is_figure(change.new)
    return not figures or digits[0] != digits[1]


def _box(box: Box, read: bool) -> Box:
    more = (BESIDE if read else WIDER) * (box.bottom - box.top)
    return replace(box, left=box.left - more, right=box.right + more)
