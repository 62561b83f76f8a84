"""Faces: where people look at the camera, by CenterFace (Xu et al., arXiv 1911.03599; MIT). It knows nobody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, Page
from verifier.instruments import network, shrinking
from verifier.settings import MODELS

FOLDER = MODELS / "faces"
LIKELY = 0.5
"""The network's score from which a face is counted (benchmarks/scenes.py)."""

HIDDEN = 0.3
"""The score from which a face is made unrecognisable: one too many hidden is better than one too few."""

_SIDE = 640  # pixels, longest side: a face of a fortieth of the photo has 16, the smallest it finds
_STEP = 32  # sides must be multiples of it
_CELL = 4  # pixels of the input to one of the output
_SAME = 0.3  # overlap (intersection over union) from which two boxes are one face
_BLOCKS = 6  # a hidden face is that many blocks wide: nobody is told by 36 colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A box in pixels of the page, and the network's score (HIDDEN to 1)."""

    box: Box
    score: float


def find(page: Page, folder: Path = FOLDER) -> tuple[Face, ...]:
    """The faces of a page, the surest first."""
    small = shrinking.within(page.pixels, _SIDE)
    height, width = (-(-side // _STEP) * _STEP for side in small.shape[:2])
    seen = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    outputs = network.load(folder / "centerface.onnx").run(
        ("537", "538", "539"), **{"input.1": seen.transpose(2, 0, 1)[None]}
    )
    boxes, scores = _boxes(*(np.asarray(output[0], np.float64) for output in outputs))
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), HIDDEN, _SAME) if len(boxes) else ()
    across, down = page.width / width, page.height / height
    return tuple(
        Face(box=_on_page(boxes[n], (across, down), page), score=round(float(scores[n]), 4))
        for n in np.asarray(kept, int).ravel()
    )


def _on_page(box: NDArray[np.float64], scale: tuple[float, float], page: Page) -> Box:
    left, top, wide, tall = box
    return Box(
        left=round(max(0.0, left * scale[0]), 1),
        top=round(max(0.0, top * scale[1]), 1),
        right=round(min((left + wide) * scale[0], float(page.width)), 1),
        bottom=round(min((top + tall) * scale[1], float(page.height)), 1),
    )


def _boxes(
    likely: NDArray[np.float64], sizes: NDArray[np.float64], offsets: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 4) left, top, width, height in pixels of the input, and (n,) scores."""
    rows, columns = np.nonzero(likely[0] >= HIDDEN)
    tall, wide = (np.exp(size[rows, columns]) * _CELL for size in sizes)
    down, across = (offset[rows, columns] for offset in offsets)
    left = (columns + across + 0.5) * _CELL - wide / 2
    top = (rows + down + 0.5) * _CELL - tall / 2
    return np.stack([left, top, wide, tall], axis=1), likely[0, rows, columns]


def hide(pixels: NDArray[np.uint8], boxes: tuple[Box, ...], scale: float) -> NDArray[np.uint8]:
    """A copy of the RGB picture in which each face is a few blocks; `scale` is its pixels per pixel of the page."""
    hidden = pixels.copy()
    height, width = hidden.shape[:2]
    for box in boxes:
        left, top = max(0, int(box.left * scale)), max(0, int(box.top * scale))
        right, bottom = min(width, int(box.right * scale) + 1), min(height, int(box.bottom * scale) + 1)
        part = hidden[top:bottom, left:right]
        if part.size:
            coarse = cv2.resize(part, (_BLOCKS, _BLOCKS), interpolation=cv2.INTER_AREA)
            hidden[top:bottom, left:right] = cv2.resize(coarse, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return hidden
