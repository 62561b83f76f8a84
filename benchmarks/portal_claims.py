"""Claims that a portal sends, made in memory: each with one item that no other number has, heavy or light."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import sender
from verifier.casefile import Claim, Submission
from verifier.intake import parse_claim


def claim(kind: str, number: int, seed: int) -> tuple[Claim, list[Submission]]:
    """As the corridor takes it."""
    facts, entries = parse_claim(_facts(kind, number))
    data = KINDS[kind].make(number, seed)
    return facts, [Submission(name=entries[0].file or "", data=data, slot=entries[0].slot)]


def _facts(kind: str, number: int) -> dict[str, Any]:
    made = KINDS[kind]
    return {
        "id": f"load-{number}",
        "activity": made.activity,
        "partner": "Load",
        "window": {"start": "2026-05-01", "end": "2026-06-30"},
        "submitted_at": "2026-07-01T12:00:00+00:00",
        "items": [{"file": made.file, "slot": made.slot}],
    }


def form(kind: str, number: int, seed: int) -> bytes:
    """As it goes over the wire."""
    made = KINDS[kind]
    return sender.form(json.dumps(_facts(kind, number)).encode(), {made.file: made.make(number, seed)})


def _table(number: int, seed: int) -> bytes:
    """A campaign's export that no other number has."""
    draw = np.random.default_rng((seed, number))
    rows = (f"Campaign {number}-{row},{draw.integers(1000, 99999)},{draw.integers(10, 999)}" for row in range(10))
    return "\r\n".join(("Campaign,Recipients,Clicks", *rows, "")).encode()


def _picture(number: int, seed: int) -> bytes:
    """Boxes that no other number has."""
    draw = np.random.default_rng((seed, number))
    pixels = np.full((600, 800, 3), 225, np.uint8)
    for _ in range(120):
        left, top = draw.integers(0, 780), draw.integers(0, 580)
        pixels[top : top + draw.integers(8, 120), left : left + draw.integers(8, 120)] = draw.integers(0, 255, 3)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=88)
    return file.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a portal sends; `most_per_second` is beyond what any corridor does."""

    activity: str
    slot: str
    file: str
    make: Callable[[int, int], bytes]
    most_per_second: int


KINDS = {
    "picture": Kind(
        activity="in_store_display", slot="context_photo", file="photo.jpg", make=_picture, most_per_second=20
    ),
    "table": Kind(activity="email_campaign", slot="send_report", file="export.csv", make=_table, most_per_second=500),
}
