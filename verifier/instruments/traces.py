"""Traces: what is kept of an item's pages so that reports can show them and later claims be compared with them."""

from __future__ import annotations

import hashlib
import io
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verifier.casefile import Box, Figure, Page, PageView, PrintedWord, Trace
from verifier.errors import ArchiveError
from verifier.instruments import exif, faces, features, figures, fingerprint, panels, sheet_traces, shrinking, text
from verifier.instruments.features import Features
from verifier.instruments.fingerprint import Fingerprint
from verifier.instruments.readings import Readings
from verifier.instruments.text import Line, Word

PREVIEW_SIDE = 1600  # pixels: text of a full-HD dashboard stays readable, a photo takes 0.2-0.5 MB
PREVIEW_QUALITY = 85
FEATURES_SIDE = 448  # pixels: at 640, SIFT costs twice as much, and of 264 attacked photos found one more
FEATURES_LIMIT = 500  # points: 66 KB a page
MOST_PANELS = 24  # of an item: two crowded collages
LABEL_REACH = 40.0  # heights of a figure's print: how far off its label may be, as a column's header is
FIGURES_LIMIT = 400  # of a page: a table of forty rows and ten columns
WORDS_LIMIT = 3000  # words of a page: a dense A4 page has about 700

AHEAD_PIXELS = 4_000_000  # of a page that is looked at beside the reading of its words: a photo needs the memory itself

_HEADER = struct.Struct("<4sHHHH")  # magic, version, points, width and height of the picture they were measured on
_MAGIC, _VERSION = b"VFEA", 1
_STEPS = 64  # steps in a pixel: coordinates are kept as uint16

_Place = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Traces and views of the pages, in page order, a page's panels after it, and traces of the tables last.

    `blobs` are by their SHA-256 (hex).
    """

    traces: tuple[Trace, ...] = ()
    pages: tuple[PageView, ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the pixels of a page alone tell: its trace without words, the picture it is shown as, and its panels."""

    trace: Trace
    small: NDArray[np.uint8]
    panels: tuple[Box, ...]
    blobs: Mapping[str, bytes]


def begin(readings: Readings) -> None:
    """Look at the pixels of screenshots and pages while inspectors read: engines that read leave a core idle."""
    for page in readings.evidence.pages:
        if page.width * page.height <= AHEAD_PIXELS:
            readings.ahead(_look, page)


def keep(readings: Readings, *, faceless: bool = False) -> Kept:
    """What is kept of every page, and of every photo set into it; `faceless` hides the faces in what is shown of them.

    Words are kept where an inspector has read them, or the page carries a text layer.
    """
    blobs: dict[str, bytes] = {}
    found: list[Trace] = []
    views: list[PageView] = []
    device = exif.device_identity(readings.take(exif.read, readings.evidence))
    for page in readings.evidence.pages:
        seen = readings.take(_look, page)
        blobs |= seen.blobs
        words, places = _words(page, readings)
        shown = _faceless(page, seen.small, readings) if faceless else seen.small
        whole = replace(
            _shown_as(shown, seen.trace, seen.small, blobs),
            words=words,
            places=places,
            figures=_figures(page, readings),
            device=device,
        )
        found.append(whole)
        views.append(
            PageView(index=page.index, label=page.label, width=page.width, height=page.height, preview=whole.preview)
        )
        room = MOST_PANELS - sum(trace.panel > 0 for trace in found)
        for number, box in enumerate(seen.panels[:room], 1):
            part = _cut(page, seen.small, box)
            own = _trace(fingerprint.take(part), part, part.pixels, blobs)
            own = _shown_as(_cut(page, shown, box).pixels, own, part.pixels, blobs)
            place = _on_page(box, page, seen.small)
            wide, tall = round(place.right - place.left), round(place.bottom - place.top)
            found.append(replace(own, panel=number, box=place, width=wide, height=tall))
    found += sheet_traces.of(readings.evidence.sheets, first=len(views))
    return Kept(traces=tuple(found), pages=tuple(views), blobs=blobs)


def _faceless(page: Page, small: NDArray[np.uint8], readings: Readings) -> NDArray[np.uint8]:
    found = readings.take(faces.find, page, faces.FOLDER)
    return faces.hide(small, tuple(face.box for face in found), small.shape[1] / page.width)


def _shown_as(shown: NDArray[np.uint8], trace: Trace, small: NDArray[np.uint8], blobs: dict[str, bytes]) -> Trace:
    """The trace with another preview, if that is another picture; the first one is not kept."""
    if np.array_equal(shown, small):
        return trace
    blobs.pop(trace.preview, None)
    return replace(trace, preview=_put(blobs, _encoded(shown)))


def _look(page: Page) -> _Seen:
    blobs: dict[str, bytes] = {}
    size = shrinking.fitting(page.width, page.height, PREVIEW_SIDE)
    begun = shrinking.begun(page.pixels, size, fingerprint.hashed_size(page))
    small = shrinking.to_size(begun, size)
    trace = _trace(fingerprint.take(page, begun), page, small, blobs)
    return _Seen(trace=trace, small=small, panels=tuple(panels.find(small)), blobs=blobs)


def pack(found: Features, width: int, height: int) -> bytes:
    """Features measured on a picture of that size as a blob: header, uint16 points, uint8 descriptors."""
    points = np.clip(np.rint(found.points * _STEPS), 0, 65535).astype("<u2")
    head = _HEADER.pack(_MAGIC, _VERSION, len(found), width, height)
    return head + points.tobytes() + found.descriptors.tobytes()


def unpack(blob: bytes, width: int) -> Features:
    """A blob's features, points scaled to a picture `width` pixels wide. Raises ArchiveError on any other blob."""
    if len(blob) < _HEADER.size:
        raise ArchiveError("a blob of local features breaks off", "restore the archive from a backup")
    magic, version, count, measured, _ = _HEADER.unpack_from(blob)
    if (magic, version) != (_MAGIC, _VERSION) or not measured or len(blob) != _HEADER.size + count * (4 + 128):
        raise ArchiveError(
            f"a blob of local features is not of version {_VERSION}", "verify the item again with this version"
        )
    points = np.frombuffer(blob, "<u2", count * 2, _HEADER.size).reshape(-1, 2)
    descriptors = np.frombuffer(blob, np.uint8, count * 128, _HEADER.size + count * 4).reshape(-1, 128)
    scale = width / measured / _STEPS
    return Features(points=points.astype(np.float32) * np.float32(scale), descriptors=descriptors)


def normalised(texts: Iterable[str]) -> tuple[str, ...]:
    """Words and figures as they are compared: compatibility forms folded, lower case, no punctuation at the ends."""
    words = (_bare(word) for text in texts for word in unicodedata.normalize("NFKC", text).casefold().split())
    return tuple(word for word in words if word)[:WORDS_LIMIT]


def _bare(word: str) -> str:
    return word.strip(".,:;!?\"'()[]{}<>|*•·–—_-…")


def _trace(prints: Fingerprint, page: Page, small: NDArray[np.uint8], blobs: dict[str, bytes]) -> Trace:
    return Trace(
        page=page.index,
        width=page.width,
        height=page.height,
        pixel_digest=prints.pixel_digest,
        pdq=prints.pdq,
        pdq_quality=prints.pdq_quality,
        phash=prints.phash,
        dhash=prints.dhash,
        preview=_put(blobs, _encoded(small)),
        features=_put(blobs, _features(small)),
    )


def _cut(page: Page, small: NDArray[np.uint8], box: Box) -> Page:
    rows, columns = slice(int(box.top), int(box.bottom)), slice(int(box.left), int(box.right))
    return Page(index=page.index, label=page.label, pixels=np.ascontiguousarray(small[rows, columns]))


def _on_page(box: Box, page: Page, small: NDArray[np.uint8]) -> Box:
    across, down = page.width / small.shape[1], page.height / small.shape[0]
    return Box(left=box.left * across, top=box.top * down, right=box.right * across, bottom=box.bottom * down)


def _words(page: Page, readings: Readings) -> tuple[tuple[str, ...], tuple[_Place, ...]]:
    """The text layer's words, or those that some inspector had read, with their places.

    No page is read for its trace alone.
    """
    printed: Iterable[PrintedWord | Word | Line] = page.words or [
        word for line in readings.peek(text.read, page) or () for word in line.words or (line,)
    ]
    found = [(bare, _rounded(word.box)) for word in printed for bare in normalised([word.text])][:WORDS_LIMIT]
    return tuple(bare for bare, _ in found), tuple(place for _, place in found)


def _rounded(box: Box) -> _Place:
    return round(box.left), round(box.top), round(box.right), round(box.bottom)


def _figures(page: Page, readings: Readings) -> tuple[Figure, ...]:
    """Figures with their places and, where the page was read, their labels."""
    lines = readings.peek(text.read, page) or ()
    printed = page.words or [word for line in lines for word in line.words]
    told = readings.peek(figures.of_lines, lines)
    if told is not None:
        told = readings.peek(figures.of_page, page, lines, told) or told
    elif lines:
        told = figures.of_lines(lines)
    labelled = [each for each in (*told.headline, *told.rows) if each.value_box] if told else []
    found = []
    for word in printed:
        bare = "".join(normalised([word.text]))
        if any(sign.isdigit() for sign in bare):
            x, y = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
            names = (f"{each.name} {each.label}".strip() for each in labelled if _holds(each.value_box, x, y))
            found.append(Figure(text=bare, box=word.box, label=next(names, "") or _beside(word.box, lines)))
    return tuple(found[:FIGURES_LIMIT])


def _beside(box: Box, lines: Sequence[Line]) -> str:
    """The nearest words without a figure to the left in the same line, or else above or below."""
    tall = box.bottom - box.top
    best, label = LABEL_REACH * tall, ""
    for line in lines:
        level = min(line.box.bottom, box.bottom) - max(line.box.top, box.top) > 0.5 * tall
        above = min(line.box.right, box.right) - max(line.box.left, box.left) > 0
        gap = box.left - line.box.right if level else max(box.top - line.box.bottom, line.box.top - box.bottom)
        if (level or above) and -tall < gap < best and not any(sign.isdigit() for sign in line.text):
            best, label = gap, line.text
    return label


def _holds(box: Box | None, x: float, y: float) -> bool:
    return box is not None and box.left <= x <= box.right and box.top <= y <= box.bottom


def _features(pixels: NDArray[np.uint8]) -> bytes:
    grey = np.asarray(cv2.cvtColor(shrinking.within(pixels, FEATURES_SIDE), cv2.COLOR_RGB2GRAY), np.uint8)
    return pack(features.detect(grey, FEATURES_LIMIT), grey.shape[1], grey.shape[0])


def _encoded(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=PREVIEW_QUALITY, optimize=False)
    return out.getvalue()


def _put(blobs: dict[str, bytes], data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return digest
