"""Rewording: fields of two pages that are said to differ, read once more from their previews, both in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box
from verifier.errors import ArchiveError
from verifier.instruments import recogniser, traces

SURE = 0.8  # the recogniser's confidence, below which nothing was read
MARGIN = 0.1  # of a box's height around it


def read(
    _context: object, preview_a: bytes, preview_b: bytes, boxes_a: tuple[Box, ...], boxes_b: tuple[Box, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands in boxes of two previews (JPEG, their pixels), normalised like words; "" where nothing sure does.

    A task for the guarded worker, whose context is not used. Raises ArchiveError when a preview cannot be read.
    """
    return _read(preview_a, boxes_a), _read(preview_b, boxes_b)


def _read(preview: bytes, boxes: Sequence[Box]) -> tuple[str, ...]:
    picture = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_COLOR) if preview else None
    if picture is None:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup")
    corners = [_corners(box, picture) for box in boxes]
    read_ = recogniser.recognise(picture, np.array([found for found in corners if found is not None], np.float32))
    texts = iter(" ".join(traces.normalised([line.text])) if line.confidence >= SURE else "" for line in read_)
    return tuple("" if found is None else next(texts) for found in corners)


def _corners(box: Box, picture: NDArray[Any]) -> list[tuple[float, float]] | None:
    """The box with its margin, as far as the picture goes; None where nothing is left of it."""
    margin = MARGIN * (box.bottom - box.top)
    left, top = max(0.0, box.left - margin), max(0.0, box.top - margin)
    right, bottom = min(picture.shape[1], box.right + margin), min(picture.shape[0], box.bottom + margin)
    if right - left < 3 or bottom - top < 3:
        return None
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
