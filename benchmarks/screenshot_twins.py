"""Report screenshots: is the same report with one figure changed found, and are two honest reports left alone?

Each labelled report is submitted and compared with those before it: two reports of one platform are honest, and so is
the same template with all its figures repainted, as another campaign's report would show it. Then one figure of a
report is repainted in its own style, the picture recompressed, and submitted by another partner: a hit is an altered
report that names its source, with the figure before and after; `named` also says which field it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import record
from benchmarks.repainting import Edit, Figure, figures, recompressed, repaint
from benchmarks.submitting import COPIES, Answer, Office, readings_of
from verifier.casefile import Table
from verifier.instruments import text

EDITS = 2  # of each report
CAMPAIGN_SHARE = 0.8  # of a template's figures that must be repainted to make it another campaign's report
ACCUSES = (*COPIES, "duplicates.altered_figures")


@dataclass
class _Tally:
    pairs: int = 0
    false: list[str] = field(default_factory=list)
    campaigns: int = 0
    edits: int = 0
    found: int = 0
    valued: int = 0
    named: int = 0
    missed: list[str] = field(default_factory=list)


def measure(folder: Path, limit: int | None, seed: int) -> Mapping[str, Any]:
    """All figures of this part."""
    office, tally, random = Office(), _Tally(), Random(seed)
    reports = [entry for entry in _labels(folder) if entry["kind"] == "positive"]
    if limit and limit < len(reports):
        reports = random.sample(reports, limit)
    platforms: dict[str, str] = {}
    for entry in record.progress(reports, "reports"):
        name = entry["file"]
        with Image.open(folder / name) as opened:
            picture = opened.convert("RGB")
        readings = readings_of(picture)
        answer = office.submit(name, "Partner A", picture, keep=True, readings=readings)
        tally.pairs += sum(platform == entry["platform"] for platform in platforms.values())
        tally.false += [f"{name} = {other}" for other in sorted(_accused(answer))]
        lines = readings.take(text.read, readings.evidence.pages[0])
        _attack(office, tally, name, np.asarray(picture), lines, Random(f"{seed}/{name}"))
        platforms[name] = entry["platform"]
    return {
        "reports": len(reports),
        "same_template_pairs": tally.pairs + tally.campaigns,
        "honest_accused": record.share(len(tally.false), tally.pairs + tally.campaigns),
        "accused": tally.false,
        "edited": tally.edits,
        "recall": record.share(tally.found, tally.edits),
        "value_named": record.share(tally.valued, tally.edits),
        "field_named": record.share(tally.named, tally.edits),
        "missed": tally.missed,
    }


def _attack(office: Office, tally: _Tally, name: str, pixels: Any, lines: Sequence[text.Line], random: Random) -> None:
    small, telling = figures(lines, 1), figures(lines, 3)
    campaign = _other_campaign(pixels, small, random)
    if campaign is not None:
        answer = office.submit(
            f"{name} other campaign", "Partner B", campaign, keep=False, readings=readings_of(campaign)
        )
        tally.campaigns += 1
        tally.false += [f"{name} as another campaign = {other}" for other in sorted(_accused(answer) & {name})]
    random.shuffle(telling)
    done = 0
    for figure in telling:
        made = repaint(pixels, figure, small, random)
        if made is None or done == EDITS:
            continue
        done += 1
        edited = Image.fromarray(recompressed(made[0], 85))
        answer = office.submit(f"{name} {figure.text}", "Partner B", edited, keep=False, readings=readings_of(edited))
        _count(tally, name, made[1], answer)


def _count(tally: _Tally, name: str, edit: Edit, answer: Answer) -> None:
    tally.edits += 1
    found = name in answer.claims_of("duplicates.altered_figures")
    rows = [
        row for row in _rows(answer) if (_digits(row[-2]), _digits(row[-1])) == (_digits(edit.old), _digits(edit.new))
    ]
    tally.found += found
    tally.valued += found and bool(rows)
    tally.named += found and any(row[0] for row in rows)
    if not (found and rows):
        told = [(entry.code.partition(".")[2], entry.value) for entry in answer.inspection.findings if entry.value]
        tally.missed.append(f"{name}: {edit.old} -> {edit.new}: {told} {_rows(answer)[:4]}")


def _other_campaign(pixels: Any, printed: Sequence[Figure], random: Random) -> Image.Image | None:
    """The report with nearly all its figures repainted; None where most cannot be."""
    changed, count = pixels, 0
    for figure in printed:
        made = repaint(changed, figure, printed, random)
        if made is not None:
            changed, count = made[0], count + 1
    return Image.fromarray(recompressed(changed, 85)) if printed and count >= CAMPAIGN_SHARE * len(printed) else None


def _accused(answer: Answer) -> frozenset[str]:
    return answer.claims_of(*ACCUSES)


def _rows(answer: Answer) -> list[tuple[str, ...]]:
    found = [entry for entry in answer.inspection.findings if entry.code == "duplicates.altered_figures"]
    return [row for entry in found for mark in entry.marks if isinstance(mark, Table) for row in mark.rows]


def _digits(word: str) -> str:
    return "".join(sign for sign in word if sign.isdigit())


def _labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
