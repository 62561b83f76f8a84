"""Readers of report screenshots, each in a process of its own: ours, plain pytesseract, plain RapidOCR small."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
import rapidocr
from numpy.typing import NDArray
from PIL import Image

from benchmarks.nearest_label import Text, figures
from benchmarks.screenshot_scores import Reading, Told
from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Page, Quote, Status, Table
from verifier.inspectors.campaign_metrics import CampaignMetrics
from verifier.instruments import second_reader, text, vocabulary
from verifier.instruments.readings import Readings

Pixels = NDArray[np.uint8]
_CHECKS = ("contradictions", "tensions", "unexplained_rates", "second_reading")
_MODELS = Path(rapidocr.__file__).parent / "models"


def ours(pixels: Pixels) -> Reading:
    """Through the inspector's door, as a claim's screenshot goes: what it tells, and the lines that it read."""
    page = Page(index=0, label="screenshot", pixels=pixels)
    item = Item(id="b/r1/1", name="screenshot", kind=Kind.IMAGE, media_type="image/png", digest="", size=0)
    brief = Brief(activity="email_campaign", questions=frozenset({"campaign_metrics"}))
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,))
    with Readings(evidence) as readings:
        found = {
            finding.code.partition(".")[2]: finding for finding in CampaignMetrics().inspect(item, brief, readings)
        }
        lines = tuple(line.text for line in readings.take(text.read, page))
    channel = found["channel"]
    return Reading(
        lines=lines, headline=tuple(_told(found)), rows=tuple(_rows(found["figures"])),
        channel=None if channel.value is None else str(channel.value),
        checks={name: _number(found[name]) for name in _CHECKS if found[name].status is Status.MEASURED},
    )  # fmt: skip


def _told(found: dict[str, Finding]) -> Iterator[Told]:
    for key in sorted(vocabulary.figure_keys() & found.keys()):
        for mark in found[key].marks:
            if isinstance(mark, Quote) and found[key].status is Status.MEASURED:
                yield Told(key=key, text=mark.text, confidence=found[key].confidence or 0.0)


def _rows(finding: Finding) -> Iterator[dict[str, str]]:
    for mark in finding.marks:
        if isinstance(mark, Table):
            for row in mark.rows:
                yield {key: cell for key, cell in zip(mark.header[1:], row[1:], strict=True) if cell}


def _number(finding: Finding) -> int:
    return finding.value if isinstance(finding.value, int) else 0


def plain_tesseract(pixels: Pixels) -> Reading:
    """pytesseract as it comes: the words of a line that stand close are one text."""
    data = pytesseract.image_to_data(Image.fromarray(pixels), output_type=pytesseract.Output.DICT)
    texts: list[Text] = []
    before: tuple[int, ...] = ()
    for index, word in enumerate(data["text"]):
        if not word.strip():
            continue
        place = tuple(data[name][index] for name in ("block_num", "par_num", "line_num"))
        left, top = data["left"][index], data["top"][index]
        right, bottom = left + data["width"][index], top + data["height"][index]
        last = texts[-1] if texts and place == before else None
        if last and left - last.right < 0.8 * (bottom - top):
            last = texts.pop()
            whole = f"{last.text} {word}"
            texts.append(
                Text(text=whole, left=last.left, top=min(top, last.top), right=right, bottom=max(bottom, last.bottom))
            )
        else:
            texts.append(Text(text=word, left=left, top=top, right=right, bottom=bottom))
        before = place
    return _by_nearest(texts)


def plain_rapidocr(pixels: Pixels) -> Reading:
    """RapidOCR with its small models and nothing else set but one thread."""
    answer = _rapidocr()(np.ascontiguousarray(pixels[..., ::-1]))
    if answer.boxes is None:
        return Reading(lines=(), headline=())
    corners = np.asarray(answer.boxes, float)
    return _by_nearest(
        [
            Text(text=words, left=box[:, 0].min(), top=box[:, 1].min(), right=box[:, 0].max(), bottom=box[:, 1].max())
            for words, box in zip(answer.txts, corners, strict=True)
        ]
    )


@cache
def _rapidocr() -> Any:
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _by_nearest(texts: Sequence[Text]) -> Reading:
    told = tuple(Told(key=key, text=value) for key, value in sorted(figures(texts).items()))
    return Reading(lines=tuple(one.text for one in texts), headline=told)


READERS: dict[str, Callable[[Pixels], Reading]] = {
    "ours": ours, "pytesseract": plain_tesseract, "rapidocr_small": plain_rapidocr,
}  # fmt: skip


def run(name: str, files: Sequence[Path]) -> Iterator[tuple[Reading | None, int]]:
    """What a reader makes of each file, and its process's peak memory so far in MB.

    None where a file is no picture. CPU includes the engines that a reader starts.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_warm, initargs=(name,)) as pool:
        yield from pool.map(partial(read, name), files)


def _warm(name: str) -> None:
    """Engines are built before anything is measured. Also finds Tesseract's program."""
    second_reader.available()
    READERS[name](np.full((64, 64, 3), 255, np.uint8))


def read(name: str, file: Path) -> tuple[Reading | None, int]:
    """What a reader makes of one file (None: it is no picture), and this process's peak memory in MB."""
    try:
        pixels = np.asarray(Image.open(file).convert("RGB"))
    except Exception:  # noqa: BLE001 - Pillow raises whatever it likes on a broken file
        return None, _peak()
    started = _cpu()
    try:
        reading = READERS[name](pixels)
    except Exception as error:  # noqa: BLE001 - counted, and nothing is told of this picture
        reading = Reading(lines=(), headline=(), failure=f"{type(error).__name__}: {error}"[:200])
    return replace(reading, cpu=_cpu() - started), _peak()


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
