"""Reprinting: how alike the print is of words that only one of two pages has, beside that of words that stayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box
from verifier.comparison.facing import Place, Side, box_of

REPRINTED = 0.95  # likeness of print: figures that stayed lie above (5% below .93 at JPEG 70), changed ones below
FAINT = 0.5  # however faint a picture of the report is: two digits of one font are hardly less alike
CALIBRATING = 60  # words that were read alike, by which it is told how alike print is that stayed
ENOUGH_ALIKE = 5  # such words, fewer tell nothing

Scale = NDArray[np.floating[Any]]  # pixels of the preview to a pixel of the page, across and down
_Answers = tuple[float, ...]
Ask = Callable[[tuple[Box, ...], tuple[Box, ...], tuple[Box, ...]], tuple[_Answers, _Answers, _Answers]]
"""How alike the print of two previews is in boxes of the one and of the other, and pictures in boxes of the one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alikeness:
    """How alike the print is of the words that were left over, and how alike it is of words that stayed."""

    come: dict[int, float]  # of words of this page
    gone: dict[int, float]  # of words of the other
    pictures: tuple[tuple[Place, float], ...]
    stayed: tuple[float, ...]

    def limit(self, share: float, below: float = 0.0) -> float:
        """What that share of the words that stayed is less alike than, and some more: in a blur all are less alike."""
        if len(self.stayed) < ENOUGH_ALIKE:
            return REPRINTED - below
        return float(np.clip(np.quantile(self.stayed, share) - below, FAINT, REPRINTED))


def alikeness(
    a: Side,
    b: Side,
    scale_a: Scale,
    scale_b: Scale,
    pictures: Sequence[Box],
    ask: Ask,
) -> Alikeness:
    """Of the words and pictures of two pages, whose previews have so many pixels to one of theirs."""
    if not len(a.left) and not len(b.left) and not pictures:
        return Alikeness(come={}, gone={}, pictures=(), stayed=())
    known = [n for n in a.same if len(a.words[n]) > 1]
    known = known[:: max(1, len(known) // CALIBRATING)]
    in_preview_a = [box_of(a.places[n] * np.tile(scale_a, 2)) for n in (*known, *a.left)]
    in_preview_b = [box_of(b.places[n] * np.tile(scale_b, 2)) for n in b.left]
    alike_a, alike_b, alike_pictures = ask(tuple(in_preview_a), tuple(in_preview_b), tuple(pictures))
    on_page = [np.array([box.left, box.top, box.right, box.bottom]) / np.tile(scale_a, 2) for box in pictures]
    return Alikeness(
        come=dict(zip(a.left.tolist(), alike_a[len(known) :], strict=True)),
        gone=dict(zip(b.left.tolist(), alike_b, strict=True)),
        pictures=tuple(zip(on_page, alike_pictures, strict=True)),
        stayed=alike_a[: len(known)],
    )
