"""PDF documents: each page rendered, with its text layer as words in rendered pixels."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from verifier.casefile import Box, Page, PrintedWord
from verifier.errors import ProtectedItem

_DPI = 150  # the small print of a 10-point invoice has an x-height of 10 pixels: enough for OCR where no text layer is
_LONGEST_SIDE = 3000  # pixels: posters and plans are scaled down to it
_POINTS_PER_INCH = 72
_FINER = 16  # PDFium maps to whole pixels: asked for a page 16 times as large it tells sixteenths
_MOST_CHARACTERS = 100_000  # of one page; the densest genuine reports hold some 10,000
_HYPHEN = "\x02"  # how PDFium reports a hyphen at a line's end


def read_document(name: str, data: bytes, *, max_pages: int) -> tuple[tuple[Page, ...], int]:
    """The first `max_pages` pages at 150 dpi, 3,000 pixels at most on the longest side; and how many pages were left.

    Words are cut at white space, and have the union of their characters' boxes. Raises ProtectedItem where a password
    is asked for, pypdfium2's errors where the file is broken.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise ProtectedItem(
                f"{name} asks for a password", "save it without a password and send it again"
            ) from error
        raise
    try:
        document.init_forms()
        count = len(document)
        of = f" of {count}" if count > max_pages else ""  # so that whoever reads the report sees what was left
        pages = tuple(_read_page(document, index, f"page {index + 1}{of}") for index in range(min(count, max_pages)))
    finally:
        document.close()
    return pages, max(0, count - max_pages)


def _read_page(document: pdfium.PdfDocument, index: int, label: str) -> Page:
    page = document[index]
    scale = min(_DPI / _POINTS_PER_INCH, _LONGEST_SIDE / max(page.get_size()))
    bitmap = page.render(scale=scale, rev_byteorder=True)
    pixels: NDArray[np.uint8] = np.array(bitmap.to_numpy(), np.uint8)
    bitmap.close()
    return Page(index=index, label=label, pixels=pixels, words=_words(page, pixels.shape))


def _words(page: pdfium.PdfPage, shape: tuple[int, ...]) -> tuple[PrintedWord, ...]:
    layer = page.get_textpage()
    words: list[PrintedWord] = []
    letters: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    for letter, box in (*_characters(page, layer, shape), (" ", None)):
        if box is not None:
            letters.append(letter)
            boxes.append(box)
        elif letters:
            words.extend(_word(letters, boxes, shape))
            letters, boxes = [], []
    layer.close()
    return tuple(words)


def _word(
    letters: list[str], boxes: list[tuple[float, float, float, float]], shape: tuple[int, ...]
) -> Iterator[PrintedWord]:
    """One word, its box cut to the page; none where it lies outside of it."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    box = Box(
        left=max(0.0, min(lefts)),
        top=max(0.0, min(tops)),
        right=min(float(shape[1]), max(rights)),
        bottom=min(float(shape[0]), max(bottoms)),
    )
    if box.left < box.right and box.top < box.bottom:
        text = "".join(letters).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield PrintedWord(text=text, box=box)


def _characters(
    page: pdfium.PdfPage, layer: pdfium.PdfTextPage, shape: tuple[int, ...]
) -> Iterator[tuple[str, tuple[float, float, float, float] | None]]:
    """Each printable character with left, top, right, bottom in pixels; None as box of what separates words."""
    edges = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
    for position in range(min(layer.count_chars(), _MOST_CHARACTERS)):
        code = pdfium_c.FPDFText_GetUnicode(layer, position)
        letter = "-" if chr(code) == _HYPHEN else chr(code)
        surrogate = 0xD800 <= code <= 0xDFFF
        found = (letter.isprintable() or surrogate) and not letter.isspace()
        if found and pdfium_c.FPDFText_GetCharBox(layer, position, *edges):
            left, right, bottom, top = (edge.value for edge in edges)
            corners = (_pixel(page, shape, left, top), _pixel(page, shape, right, bottom))
            (x0, x1), (y0, y1) = (sorted(axis) for axis in zip(*corners, strict=True))
            yield letter, (x0, y0, x1, y1)
        else:
            yield " ", None


def _pixel(page: pdfium.PdfPage, shape: tuple[int, ...], x: float, y: float) -> tuple[float, float]:
    """A point of the page in rendered pixels; PDFium knows the page's box and rotation."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, shape[1] * _FINER, shape[0] * _FINER, 0, x, y, across, down)
    return across.value / _FINER, down.value / _FINER
