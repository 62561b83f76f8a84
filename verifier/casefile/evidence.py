"""Evidence: an item decoded. It lives in the guarded worker only and never leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from verifier.casefile.claim import Kind
from verifier.casefile.marks import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedWord:
    """A word of a text layer, in pixels of the rendered page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """One upright picture: `pixels` is (height, width, 3) uint8 RGB; `words` its text layer, if it has one."""

    index: int
    label: str  # "photo", "page 3", "attachment invoice.png", "picture image2.jpeg"
    pixels: NDArray[np.uint8]
    words: tuple[PrintedWord, ...] = ()

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of texts, row by row, as a CSV file or a worksheet holds it."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside a message: noted with its digest, decoded into pages where it is a picture or a PDF."""

    name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All that decoding gave: pages, sheets, text, and facts of the container (`facts`: plain texts by name)."""

    kind: Kind
    media_type: str
    raw: bytes
    pages: tuple[Page, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    trailing_bytes: int = 0  # after the format's end marker
    frames: int = 1  # of a GIF or a multi-page TIFF, read or not
    pages_left_out: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)  # of a message
