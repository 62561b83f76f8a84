"""What throughput is measured on: 12-megapixel photos, dashboards, and PDF pages with and without a text layer."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from verifier.casefile import Submission

_FIXTURES = Path(__file__).parents[1] / "fixtures"
_PHOTOS = ("honest", "outside_window", "competitor")  # cases of two photos each
_DASHBOARDS = (
    "late/report-june",
    "honest/report",
    "honest_dark/mailtide",
    "honest_german/auswertung",
    "honest_table/sendaro-report",
)
_MEGAPIXELS = 12e6
_GRAIN = 5.0  # grey levels: an enlarged picture is smoother than a sensor's, and would decode too fast
_A4 = (595, 842)  # points


def samples(data: Path | None, number: int, seed: int) -> Mapping[str, Sequence[Submission]]:
    """`number` + 1 files of each kind at most, the first for warming up; from `data`, or from the fixtures."""
    photos, boards = _from_data(data, number + 1, seed) if data else _from_fixtures(number + 1)
    return {
        "photo": [_submission(f"{k}.jpg", _twelve_megapixels(p, k), "context_photo") for k, p in enumerate(photos)],
        "dashboard": [_submission(p.name, p.read_bytes(), "send_report") for p in boards],
        "pdf_scan": [_submission(f"scan{k}.pdf", _scan(p), "send_report") for k, p in enumerate(boards)],
        "pdf_text": [_submission(f"text{k}.pdf", _printed(k), "send_report") for k in range(len(boards))],
    }


def _from_fixtures(number: int) -> tuple[list[Path], list[Path]]:
    photos = [photo for case in _PHOTOS for photo in sorted((_FIXTURES / "display" / case).glob("*.jpg"))]
    boards = [_FIXTURES / "email" / f"{name}.png" for name in _DASHBOARDS]
    return photos[:number], boards[:number]


def _from_data(data: Path, number: int, seed: int) -> tuple[list[Path], list[Path]]:
    """A draw of the display photos, and of the dashboards whose size is near 1440 x 900."""
    draw = random.Random(seed)
    photos = [data / "display" / each["file"] for each in _lines(data / "display/labels.jsonl")]
    reports = [each for each in _lines(data / "screenshots/labels.jsonl") if each["kind"] == "positive"]
    boards = [data / "screenshots" / each["file"] for each in reports]
    near = [board for board in boards if 0.5 < _pixels(board) / (1440 * 900) < 2]
    return draw.sample(sorted(photos), min(number, len(photos))), draw.sample(sorted(near), min(number, len(near)))


def _lines(labels: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]


def _pixels(picture: Path) -> int:
    with Image.open(picture) as opened:
        return opened.width * opened.height


def _submission(name: str, data: bytes, slot: str) -> Submission:
    return Submission(name=name, data=data, slot=slot)


def _twelve_megapixels(path: Path, seed: int) -> bytes:
    """The photo at 12 megapixels with grain, its EXIF block kept: about the bytes that a phone writes."""
    with Image.open(path) as opened:
        block = opened.info.get("exif", b"")
        pixels = np.asarray(opened.convert("RGB"))
    height, width = pixels.shape[:2]
    factor = (_MEGAPIXELS / (height * width)) ** 0.5
    large = cv2.resize(pixels, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(seed).standard_normal(large.shape, dtype=np.float32) * _GRAIN
    out = io.BytesIO()
    picture = Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8))
    picture.save(out, "JPEG", quality=90, exif=block)
    return out.getvalue()


def _scan(path: Path) -> bytes:
    """The picture on an A4 page, without a text layer."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    out = io.BytesIO()
    page = Canvas(out, pagesize=_A4, invariant=1)
    wide = _A4[0] - 60
    high = wide * picture.height / picture.width
    page.drawImage(ImageReader(picture), 30, _A4[1] - 60 - high, wide, high)
    page.save()
    return out.getvalue()


def _printed(seed: int) -> bytes:
    """A report of one page with a text layer; the figures differ, so that no two are twins."""
    draw = random.Random(seed)
    sent = draw.randrange(4000, 20000)
    delivered = round(sent * 0.98)
    opens, clicks = round(delivered * draw.uniform(0.2, 0.4)), round(delivered * draw.uniform(0.02, 0.05))
    lines = [f"Sent: {sent:,}", f"Delivered: {delivered:,}", f"Unique opens: {opens:,}", f"Unique clicks: {clicks:,}"]
    lines += [f"Segment {k}: {draw.randrange(100, 999)} people, sent on {draw.randrange(1, 28)} May" for k in range(30)]
    out = io.BytesIO()
    page = Canvas(out, pagesize=_A4, invariant=1)
    page.drawString(50, 790, f"Campaign report {seed}")
    for k, line in enumerate(lines):
        page.drawString(50, 760 - 20 * k, line)
    page.save()
    return out.getvalue()
