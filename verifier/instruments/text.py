"""The reader of record: the lines of text on a page, from its text layer or by RapidOCR (PP-OCRv6 small, offline).

Measured on 19 real report screenshots (158 labelled values; CPU seconds a picture, one thread): RapidOCR's defaults
find 155 in 3.6 s; with words padded to 48 pixels instead of 320, 155 in 2.1 s; with the detector shown at most 1.3
million pixels, small pictures enlarged to at most 0.7 million, and one line a call, 155 in 1.45 s, and 0.8 GB at the
peak instead of 1.1. Small pictures never enlarged: 151; all shrunk to 960 pixels: 148.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray

from verifier.casefile import Box, Page, PrintedWord

_LONGEST_SIDE = 2000  # pixels: dashboards and brand names stay legible, and the crops stay small
_TALL = 2.5  # height over width from which a page is a scrolled capture, read in tiles
_TILE_WIDTH, _TILE_HEIGHT, _OVERLAP = 1600, 1400, 120  # pixels; the overlap holds the tallest line twice over
_MOST_TILES = 12  # about a minute of one core; `unread_share` says what was left out
_LEAST_SCORE = 0.5  # RapidOCR's own default: below it the recogniser's words are noise
_SAME_LINE = 0.5  # overlap (intersection over the smaller box) from which two tiles saw one line
_SHORT_SIDE, _ENLARGED_AREA = 736, 0.7e6  # small pictures are enlarged for the detector, to its default at most
_LARGEST_AREA = 1.3e6  # pixels shown to the detector: a dashboard of 1440x900 whole
_NARROWEST = 48  # pixels that a short word is padded to; the default of 320 doubles the time and finds nothing more
_ANY_SIZE = 100_000
_EDGE = 48  # grey levels of the Laplacian: strokes of letters and figures, not the grain of a photo
_MODELS = Path(rapidocr.__file__).parent / "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a line; its box is as wide as the recogniser's columns tell (about half a letter exact)."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Text standing in one line, in pixels of the page. `confidence` is the reader's, 0..1 (1 in a text layer)."""

    text: str
    box: Box
    confidence: float
    words: tuple[Word, ...] = ()


def read(page: Page) -> tuple[Line, ...]:
    """The lines of `page`, top to bottom, left to right. Never touches the network.

    A text layer is believed; where most of what is drawn lies outside of it (a screenshot printed to PDF), the page
    is read as a picture, too.
    """
    lines = list(_from_layer(page.words))
    if not page.words or _mostly_drawn(page):
        for top, bottom, scale in _tiles(page):
            tile = cv2.cvtColor(page.pixels[top:bottom], cv2.COLOR_RGB2BGR)
            if scale < 1.0:
                size = (max(1, round(tile.shape[1] * scale)), max(1, round(tile.shape[0] * scale)))
                tile = cv2.resize(tile, size, interpolation=cv2.INTER_AREA)
            with _memory_error():
                lines += [line for line in _recognise(tile, top, scale) if not _seen(line, lines)]
    return tuple(sorted(lines, key=lambda line: (line.box.top, line.box.left)))


@contextmanager
def _memory_error() -> Iterator[None]:
    """ONNX Runtime tells of exhausted memory by an error of its own; the worker's limit must be told as what it is."""
    try:
        yield
    except Exception as error:
        if "bad_alloc" in str(error):
            raise MemoryError(str(error)) from error
        raise


def _mostly_drawn(page: Page) -> bool:
    """True when more of the page's edges lie outside the words of its text layer than inside."""
    grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_16S)) > _EDGE
    inside = np.zeros(edges.shape, bool)
    for word in page.words:
        box = word.box
        inside[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1] = True
    return int((edges & ~inside).sum()) > int((edges & inside).sum())


def unread_share(page: Page) -> float:
    """The share of the page's height, 0..1, that `read` leaves out because the capture is too tall."""
    if page.words and not _mostly_drawn(page):
        return 0.0
    return max(0.0, 1.0 - max(bottom for _, bottom, _ in _tiles(page)) / page.height)


def _tiles(page: Page) -> list[tuple[int, int, float]]:
    """Top, bottom (page pixels) and scale of each tile."""
    if page.height <= _TALL * page.width or max(page.height, page.width) <= _LONGEST_SIDE:
        return [(0, page.height, min(1.0, _LONGEST_SIDE / max(page.height, page.width)))]
    scale = min(1.0, _TILE_WIDTH / page.width)
    height, overlap = round(_TILE_HEIGHT / scale), round(_OVERLAP / scale)
    tops = range(0, max(1, page.height - overlap), height - overlap)
    return [(top, min(page.height, top + height), scale) for top in tops][:_MOST_TILES]


def _recognise(tile: NDArray[Any], offset: int, scale: float) -> list[Line]:
    engine = _engine()
    quadrilaterals = _detect(tile)
    if not len(quadrilaterals):
        return []
    recognised = engine.recognize_txt(engine.crop_text_regions(tile, quadrilaterals))
    lines = []
    for corners, text, score, words in zip(
        quadrilaterals, recognised.txts, recognised.scores, recognised.word_results, strict=True
    ):
        if text.strip() and score >= _LEAST_SCORE:
            (left, top), (right, bottom) = corners.min(axis=0) / scale, corners.max(axis=0) / scale
            box = Box(left=float(left), top=float(top) + offset, right=float(right), bottom=float(bottom) + offset)
            lines.append(Line(text=text.strip(), box=box, confidence=float(score), words=_words(words, box)))
    return lines


def _detect(tile: NDArray[Any]) -> NDArray[np.float32]:
    """The corners of each line, (n, 4, 2) in pixels of the tile, found at the scale that the detector works best at."""
    height, width = tile.shape[:2]
    enlarged = min(_SHORT_SIDE / min(height, width), (_ENLARGED_AREA / (height * width)) ** 0.5)
    scale = enlarged if enlarged > 1.0 else min(1.0, (_LARGEST_AREA / (height * width)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    seen = tile if size == (width, height) else cv2.resize(tile, size, interpolation=smooth)
    detected = _engine()(seen, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(detected, "boxes", None)
    found = np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32).reshape(-1, 4, 2)
    return found * np.array([width / size[0], height / size[1]], np.float32)


def _words(info: Any, box: Box) -> tuple[Word, ...]:
    """Word boxes from the recogniser's columns, which divide the line evenly."""
    words = []
    for characters, columns in zip(info.words, info.word_cols, strict=True):
        column = (box.right - box.left) / max(info.line_txt_len, 1.0)
        step = (columns[-1] - columns[0]) / max(1, len(columns) - 1) or 2.0  # columns a letter
        left = max(box.left, box.left + (columns[0] + 0.5 - step / 2) * column)
        right = min(box.right, box.left + (columns[-1] + 0.5 + step / 2) * column)
        words.append(
            Word(
                text="".join(characters),
                box=Box(left=min(left, right), top=box.top, right=max(left, right), bottom=box.bottom),
            )
        )
    return tuple(words)


def _seen(line: Line, others: list[Line]) -> bool:
    return any(_overlap(line.box, other.box) > _SAME_LINE for other in others)


def _overlap(a: Box, b: Box) -> float:
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((a.right - a.left) * (a.bottom - a.top), (b.right - b.left) * (b.bottom - b.top))
    return float(width * height / smaller)


def _from_layer(words: tuple[PrintedWord, ...]) -> tuple[Line, ...]:
    """Words of a text layer joined to lines: same height, and no wider apart than a letter is tall."""
    lines: list[list[PrintedWord]] = []
    for word in sorted(words, key=lambda word: (round(word.box.bottom), word.box.left)):
        for line in reversed(lines[-40:]):
            if _continues(line[-1].box, word.box):
                line.append(word)
                break
        else:
            lines.append([word])
    return tuple(
        Line(
            text=" ".join(word.text for word in line),
            box=Box(
                left=min(word.box.left for word in line),
                top=min(word.box.top for word in line),
                right=max(word.box.right for word in line),
                bottom=max(word.box.bottom for word in line),
            ),
            confidence=1.0,
            words=tuple(Word(text=word.text, box=word.box) for word in line),
        )
        for line in sorted(lines, key=lambda line: (line[0].box.top, line[0].box.left))
    )


def _continues(before: Box, after: Box) -> bool:
    height = max(before.bottom - before.top, after.bottom - after.top)
    apart = after.left - before.right
    level = abs((before.top + before.bottom) - (after.top + after.bottom)) / 2
    return level < 0.5 * height and -0.5 * height < apart < 0.8 * height


@cache
def _engine() -> Any:
    """RapidOCR, built once a process on the models of its wheel: one thread, so that the same bytes read the same."""
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.return_word_box": True,
            "Global.max_side_len": _ANY_SIZE,  # this module bounds the sizes itself
            "Det.limit_type": "max",
            "Det.limit_side_len": _ANY_SIZE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
            "Rec.rec_img_shape": [3, 48, _NARROWEST],
            "Rec.rec_batch_num": 1,  # a line reads the same whatever stands beside it, and no padding is computed
        }
    )
