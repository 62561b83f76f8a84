"""The plain stack that a user would write today: Pillow, exifread, imagehash and pytesseract, all as they come."""

from __future__ import annotations

import io
import resource
from dataclasses import dataclass

import exifread
import imagehash
import numpy as np
import pypdfium2
import pytesseract
from PIL import Image

from verifier.instruments import second_reader

_DPI = 150  # of PDF pages: what verifier renders at, so that both read the same pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainStack:
    """Keeps the perceptual hashes of everything seen before in a list."""

    stored: list[imagehash.ImageHash]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the plain stack says of a file. `engine_peak` is the most memory of any Tesseract run so far, bytes."""

    tags: int
    nearest: int
    characters: int
    engine_peak: int


def build(stored: int, seed: int) -> PlainStack:
    """A stack that has seen `stored` pictures (random hashes: distances cost the same). Finds Tesseract's program."""
    if not second_reader.available():
        raise SystemExit("the plain stack needs Tesseract: see `verifier doctor`")
    bits = np.random.default_rng(seed).random((stored, 8, 8)) < 0.5
    return PlainStack(stored=[imagehash.ImageHash(each) for each in bits])


def look(stack: PlainStack, data: bytes) -> Seen:
    """Metadata, the nearest of all stored hashes, and the text of one file."""
    if data.startswith(b"%PDF"):
        tags = 0
        picture = pypdfium2.PdfDocument(data)[0].render(scale=_DPI / 72).to_pil()
    else:
        tags = len(exifread.process_file(io.BytesIO(data), details=False))
        picture = Image.open(io.BytesIO(data))
    hashed = imagehash.phash(picture)
    nearest = min((hashed - other for other in stack.stored), default=64)
    text = pytesseract.image_to_string(picture.convert("RGB"))
    engine = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Seen(tags=tags, nearest=int(nearest), characters=len(text.split()), engine_peak=engine)
