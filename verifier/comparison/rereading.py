"""Rereading: changes as they stand after both places were read once more, in one way.

The first reading of a page overlooks print and takes one letter for another; what is then read as the same on both
pages has not changed, and what was overlooked on one of them is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from verifier.casefile import Box
from verifier.comparison import facing, wording
from verifier.comparison.changes import Change
from verifier.comparison.facing import Places

MOST = 12  # changes: more are hardly an edit, and each costs two readings of 10 ms
WIDER = 0.4  # of a box's height, on either side of where something is missing: another figure may be longer

Read = Callable[[tuple[Box, ...], tuple[Box, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
"""What stands in boxes of this page and in boxes of the other, in their pixels; "" where nothing sure does."""

Known = tuple[Places, Places]
"""Where words stand that both pages have, on this page and on the other."""


def reread(changes: Sequence[Change], read: Read, known: Known) -> tuple[Change, ...]:
    """The changes that stay, what was overlooked filled in."""
    worded = [change for change in changes if change.here and change.there and (change.old or change.new)]
    if not worded or len(worded) > MOST:
        return tuple(changes)
    here = tuple(_box(change.here, bool(change.new)) for change in worded if change.here)
    there = tuple(_box(change.there, bool(change.old)) for change in worded if change.there)
    told = dict(zip(map(id, worded), zip(*read(here, there), strict=True), strict=True))
    return tuple(_reread(changes, told, known))


def _reread(changes: Sequence[Change], told: Mapping[int, tuple[str, str]], known: Known) -> Iterator[Change]:
    for change in changes:
        new, old = told.get(id(change), ("", ""))
        if new and new == old and _misread(change):
            continue
        filled = replace(change, new=change.new or new, old=change.old or old)
        moved = any(
            box and not text and _written_on(box, places)
            for box, text, places in ((change.here, change.new, known[0]), (change.there, change.old, known[1]))
        )
        yield change if moved else filled


def _misread(change: Change) -> bool:
    """Whether it may be one print, read in two ways: two figures of as many digits were each read with care."""
    digits = [len(wording.digits(text)) for text in (change.old, change.new)]
    figures = wording.is_figure(change.old) and wording.is_figure(change.new)
    return not figures or digits[0] != digits[1]


def _written_on(box: Box, places: Places) -> bool:
    """Whether words stand there that the other page has elsewhere: below a removed row all has moved."""
    return facing.meets(np.array([box.left, box.top, box.right, box.bottom]), places)


def _box(box: Box, read: bool) -> Box:
    more = 0.0 if read else WIDER * (box.bottom - box.top)
    return replace(box, left=box.left - more, right=box.right + more)
