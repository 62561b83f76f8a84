"""Stored pictures: previews of pages as the archive keeps them (JPEG), decoded to be laid on each other."""

from __future__ import annotations

import io
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from verifier.errors import ArchiveError
from verifier.instruments import shrinking
from verifier.instruments.overlay import Grey, Size


def decoded(preview: bytes, way: int = cv2.IMREAD_COLOR_RGB) -> NDArray[np.uint8]:
    """The pixels, RGB or as OpenCV is told. Raises ArchiveError where there are none."""
    found = cv2.imdecode(np.frombuffer(preview, np.uint8), way) if preview else None
    if found is None:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup")
    return np.asarray(found, np.uint8)


@lru_cache(maxsize=2)
def grey_of(preview: bytes, size: Size, side: int) -> Grey:
    """A preview in grey, its longer side at most `side`. One page is laid on several others, one after the other."""
    reduced = cv2.IMREAD_REDUCED_GRAYSCALE_2 if max(size) >= 2 * side else cv2.IMREAD_GRAYSCALE
    grey = shrinking.within(decoded(preview, reduced), side)
    grey.flags.writeable = False
    return grey


def size_of(preview: bytes) -> Size:
    """What a preview's header says. Raises ArchiveError where it is none."""
    try:
        with Image.open(io.BytesIO(preview)) as opened:
            return opened.size
    except (UnidentifiedImageError, OSError) as error:
        raise ArchiveError("a preview cannot be decoded", "restore the archive from a backup") from error
