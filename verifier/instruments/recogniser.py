"""The neural engines behind the text instrument: PP-OCRv6's small detector and recogniser, and its tiny recogniser.

RapidOCR runs them offline. Each line is a call of its own, so that it reads the same whatever stands beside it; two
threads share the lines of a page, each with one core, so that the same bytes read the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray

from verifier.settings import MODELS

_SHORT_SIDE, _ENLARGED_AREA = 736, 0.7e6  # small pictures are enlarged for the detector, to its default at most
_LARGEST_AREA = 1.3e6  # pixels shown to the detector: a dashboard of 1440x900 whole
_NARROWEST = 48  # pixels that a short word is padded to; the default of 320 doubles the time and finds nothing more
_ANY_SIZE = 100_000
_THREADS = 2
_SMALL = Path(rapidocr.__file__).parent / "models"
_TINY = MODELS / "ppocr_v6_tiny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """One line: its text, how sure the recogniser is of it (0..1) and of its least sure letter, and the words.

    `words` are (text, left, right), in shares of the line's width.
    """

    text: str
    confidence: float
    least: float
    words: tuple[tuple[str, float, float], ...]


def detect(tile: NDArray[Any]) -> NDArray[np.float32]:
    """The corners of each line, (n, 4, 2) in pixels of the tile, found at the scale that the detector works best at."""
    height, width = tile.shape[:2]
    enlarged = min(_SHORT_SIDE / min(height, width), (_ENLARGED_AREA / (height * width)) ** 0.5)
    scale = enlarged if enlarged > 1.0 else min(1.0, (_LARGEST_AREA / (height * width)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    seen = tile if size == (width, height) else cv2.resize(tile, size, interpolation=smooth)
    with _memory_error():
        detected = _small()(seen, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(detected, "boxes", None)
    found = np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32).reshape(-1, 4, 2)
    return found * np.array([width / size[0], height / size[1]], np.float32)


def recognise(tile: NDArray[Any], corners: NDArray[np.float32], *, quick: bool = False) -> list[Recognised]:
    """What stands in each quadrilateral (n, 4, 2) of a BGR tile; `quick`: by the tiny model, in a fifth of the time."""
    if not len(corners):
        return []
    engine = _tiny() if quick else _small()
    crops = engine.crop_text_regions(tile, corners)
    order = sorted(range(len(crops)), key=lambda index: -crops[index].shape[1] / crops[index].shape[0])
    shares = [order[start::_THREADS] for start in range(min(_THREADS, len(order)))]
    with _memory_error(), ThreadPoolExecutor(_THREADS) as threads:
        read = list(threads.map(lambda share: _recognised(engine, [crops[index] for index in share]), shares))
    placed = {
        index: line for share, lines in zip(shares, read, strict=True) for index, line in zip(share, lines, strict=True)
    }
    return [placed[index] for index in range(len(crops))]


def _recognised(engine: Any, crops: Sequence[NDArray[Any]]) -> list[Recognised]:
    found = engine.recognize_txt(list(crops))
    return [
        Recognised(
            text=text.strip(), confidence=float(score), least=min(words.confs, default=0.0), words=tuple(_words(words))
        )
        for text, score, words in zip(found.txts, found.scores, found.word_results, strict=True)
    ]


def _words(info: Any) -> Iterator[tuple[str, float, float]]:
    """Words and where they stand, from the recogniser's columns, which divide the line evenly."""
    width = max(info.line_txt_len, 1.0)
    for characters, columns in zip(info.words, info.word_cols, strict=True):
        step = (columns[-1] - columns[0]) / max(1, len(columns) - 1) or 2.0  # columns a letter
        left = max(0.0, (columns[0] + 0.5 - step / 2) / width)
        right = min(1.0, (columns[-1] + 0.5 + step / 2) / width)
        yield "".join(characters), min(left, right), max(left, right)


@contextmanager
def _memory_error() -> Iterator[None]:
    """ONNX Runtime tells of exhausted memory by an error of its own; the worker's limit must be told as what it is."""
    try:
        yield
    except Exception as error:
        if "bad_alloc" in str(error):
            raise MemoryError(str(error)) from error
        raise


@cache
def _small() -> Any:
    return _engine({"Rec.model_path": str(_SMALL / "PP-OCRv6_rec_small.onnx")})


@cache
def _tiny() -> Any:
    return _engine(
        {"Rec.model_path": str(_TINY / "recognition.onnx"), "Rec.rec_keys_path": str(_TINY / "characters.txt")}
    )


def _engine(recogniser: dict[str, str]) -> Any:
    """RapidOCR, built once a process: one thread a call, so that the same bytes read the same."""
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
            "Det.model_path": str(_SMALL / "PP-OCRv6_det_small.onnx"),
            "Rec.rec_img_shape": [3, 48, _NARROWEST],
            "Rec.rec_batch_num": 1,  # a line reads the same whatever stands beside it, and no padding is computed
            **recogniser,
        }
    )
