"""The embedded preview against the picture: an edit that forgets the preview leaves the original to be seen there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Evidence, Page
from verifier.instruments import container, exif

_LARGEST = 4_000_000  # pixels: some phones embed previews of a megapixel; a crafted header says 4 billion
_MOST_SCANS = 20  # progressive pictures have up to 12; thousands of scans of ten bytes would take a minute
_LONGEST = 160  # pixels; the size that EXIF asks for, so both pictures lose the same detail
_BAR = 16  # grey level; letterbox bars are black but for JPEG noise
_FLAT = 4.0  # standard deviation in grey levels under which a correlation is noise
_TURNS = {3: (2, False), 6: (3, False), 8: (1, False), 2: (0, True), 4: (2, True), 5: (3, True), 7: (1, True)}


def agreement(evidence: Evidence, page: Page) -> float | None:
    """The correlation (-1..1) of the preview with the page, both upright; None without a preview or on flat pictures.

    The best of eight comparisons counts: the preview turned as EXIF says and on by quarters, each with its letterbox
    bars and without. Honest programs turn the picture and leave the preview, or fill its corners.
    """
    fields = exif.read(evidence)
    width, height = container.walk(fields.thumbnail).size or (0, 0)
    if not 0 < width * height <= _LARGEST or fields.thumbnail.count(b"\xff\xda") > _MOST_SCANS:
        return None
    as_stored = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    preview = cv2.imdecode(np.frombuffer(fields.thumbnail, np.uint8), as_stored)
    if preview is None:
        return None
    preview = upright(preview.astype(np.uint8), fields.orientation)
    picture = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    if max(picture.shape) > 4 * _LONGEST:  # once, before eight comparisons
        scale = 4 * _LONGEST / max(picture.shape)
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    found = [
        value
        for quarters in range(4)
        for view in (np.rot90(preview, quarters), without_bars(np.rot90(preview, quarters)))
        if (value := _correlation(view, picture)) is not None
    ]
    return max(found, default=None)


def upright(picture: NDArray[np.uint8], orientation: int | None) -> NDArray[np.uint8]:
    """The picture turned as the EXIF orientation (1..8) says."""
    turns, mirrored = _TURNS.get(orientation or 1, (0, False))
    turned = np.rot90(picture, turns)
    return np.ascontiguousarray(np.fliplr(turned) if mirrored else turned)


def without_bars(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The (height, width) grey picture without the black bars that fill a 4:3 preview of a 3:2 or 16:9 picture."""
    bright = picture.max(axis=1) > 2 * _BAR, picture.max(axis=0) > 2 * _BAR
    if not (bright[0].any() and bright[1].any()):
        return picture
    rows, columns = (np.flatnonzero(axis) for axis in bright)
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _correlation(preview: NDArray[np.uint8], picture: NDArray[np.uint8]) -> float | None:
    scale = _LONGEST / max(preview.shape)
    size = max(8, round(preview.shape[1] * scale)), max(8, round(preview.shape[0] * scale))
    a, b = (
        cv2.GaussianBlur(
            cv2.resize(np.ascontiguousarray(view), size, interpolation=cv2.INTER_AREA), (0, 0), 1.0
        ).astype(np.float64)
        for view in (preview, picture)
    )
    if a.std() < _FLAT or b.std() < _FLAT:
        return None
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
