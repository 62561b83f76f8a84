"""Report screenshots: is an edited twin found with the field named, and are two honest reports left alone?

All labelled reports are submitted, and rendered ones of four templates: two reports of one template are honest, and so
is a template with all its figures repainted, as another campaign's report would show it. Then each report is edited in
several ways (`report_edits`), carried over some lossy way and submitted by another partner: it is found when its source
is named as a copy or an altered report, and the field is named when the figures or words before and after are told
with a label. Reports that are honestly filed again (`report_captures`), and such as were read out some days later, are
told apart from these.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from benchmarks import record, report_captures, report_edits, report_pairs
from benchmarks.mountings import Picture
from benchmarks.repainting import Edit, Figure, figures, recompressed, repaint
from benchmarks.submitting import COPIES, Answer, Office, readings_of
from verifier.casefile import Box, Lookalike, Table
from verifier.instruments import text

RENDERED = 30  # reports of each template: 435 pairs each
CAMPAIGN_SHARE = 0.8  # of a template's figures that must be repainted to make it another campaign's report
ALTERED, AGAIN = "duplicates.altered_figures", "duplicates.reported_again"
ACCUSES = (*COPIES, ALTERED)
_ALIKE = 80.0  # of 100: texts that are the same but for how they were read
_SAME_PLACE = 0.5  # of an edited place that must be boxed


@dataclass
class _Tally:
    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    missed: list[str] = field(default_factory=list)

    def count(self, name: str, hit: bool) -> None:
        self.counts[name][0] += hit
        self.counts[name][1] += 1

    def share(self, name: str) -> dict[str, Any]:
        return record.share(*self.counts[name])

    def shares(self, prefix: str) -> dict[str, Any]:
        """All counts whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): self.share(name) for name in sorted(self.counts) if name.startswith(prefix)}


def measure(folder: Path, limit: int | None, seed: int) -> Mapping[str, Any]:
    """All figures of this part."""
    office, tally, random = Office(), _Tally(), Random(seed)
    reports = _labels(folder)
    if limit and limit < len(reports):
        reports = random.sample(reports, limit)
    pictures = {entry["file"]: _opened(folder / entry["file"]) for entry in reports}
    read = _archive(office, tally, reports, pictures)
    _rendered(office, tally, RENDERED if limit is None else max(2, limit // 4), random)
    filler = next(report_pairs.rendered(1, random)).later  # nobody handed that in
    edited = [entry["file"] for entry in reports if entry["kind"] == "positive"]  # others are no reports
    for name in record.progress(edited, "edited"):
        _campaign(office, tally, name, pictures[name], read[name], Random(f"{seed}/{name}"))
        _edits(office, tally, name, pictures[name], read[name], seed)
        _again(office, tally, name, pictures[name], filler, seed)
    return {
        "screenshots": len(reports),
        "reports": len(edited),
        "found": tally.share("found"),
        "found_or_asked": tally.share("twin shown"),
        "field_named": tally.share("named"),
        "found_by_edit": tally.shares("found "),
        "field_named_by_edit": tally.shares("named "),
        "honest_pairs": tally.share("honest"),
        "honest_unsure": tally.share("unsure"),
        "filed_again_found": tally.share("again"),
        "filed_again_found_by_way": tally.shares("again "),
        "filed_again_called_altered": tally.share("slandered"),
        "updates_called_reported_again": tally.share("update"),
        "updates_accused": tally.share("update accused"),
        "missed": tally.missed,
    }


def _archive(
    office: Office, tally: _Tally, reports: Sequence[Mapping[str, Any]], pictures: Mapping[str, Picture]
) -> dict[str, Sequence[text.Line]]:
    """Submit the reports; every pair of one platform is honest, but for those that the labels call the same report."""
    read: dict[str, Sequence[text.Line]] = {}
    platforms: dict[str, str] = {}
    for entry in record.progress(reports, "reports"):
        name, platform = entry["file"], str(entry.get("platform"))
        same = {tag.partition(":")[2] for tag in entry.get("tags", ()) if tag.startswith("near_dup:")}
        readings = readings_of(pictures[name])
        read[name] = readings.take(text.read, readings.evidence.pages[0])
        answer = office.submit(name, "Partner A", pictures[name], keep=True, readings=readings)
        others = {other for other in platforms if Path(other).stem not in same}
        _honest(tally, name, answer, {other for other in others if platforms[other] == platform}, others)
        platforms[name] = platform
    return read


def _rendered(office: Office, tally: _Tally, number: int, random: Random) -> None:
    earlier: dict[str, set[str]] = defaultdict(set)
    for report in record.progress(list(report_pairs.rendered(number, random)), "rendered"):
        readings = readings_of(report.picture)
        answer = office.submit(report.name, "Partner A", report.picture, keep=True, readings=readings)
        _honest(tally, report.name, answer, earlier[report.template], set(office.traces) - {report.name})
        earlier[report.template].add(report.name)
        later = report.later
        answer = office.submit(f"{report.name} later", "Partner A", later, keep=False, readings=readings_of(later))
        tally.count("update", report.name in answer.claims_of(AGAIN))
        accused = report.name in answer.claims_of(*ACCUSES)
        tally.count("update accused", accused)
        if accused or report.name not in answer.claims_of(AGAIN):
            tally.missed.append(f"{report.name} later: {_told(answer)}")


def _honest(tally: _Tally, name: str, answer: Answer, pairs: set[str], others: set[str]) -> None:
    """Count the pairs of one template; whoever else is accused counts as one more pair."""
    accused = answer.claims_of(*ACCUSES, AGAIN) & others
    for other in sorted(pairs | accused):
        tally.count("honest", other in accused)
        if other in accused:
            tally.missed.append(f"{name} is honest, and called like {other}: {_told(answer)}")
    copied = [entry for entry in answer.inspection.findings if entry.code == "duplicates.copy"]
    tally.count("unsure", any(entry.value is None and "NOT" not in entry.status.name for entry in copied))


def _campaign(
    office: Office, tally: _Tally, name: str, picture: Picture, lines: Sequence[text.Line], random: Random
) -> None:
    other = _other_campaign(np.asarray(picture), figures(lines, 1), random)
    if other is not None:
        answer = office.submit(f"{name} other", "Partner B", other, keep=False, readings=readings_of(other))
        _honest(tally, f"another campaign on {name}", answer, {name}, {name})


def _edits(office: Office, tally: _Tally, name: str, picture: Picture, lines: Sequence[text.Line], seed: int) -> None:
    ways = report_captures.transports()
    for kind, forge in report_edits.suite().items():
        random = Random(f"{seed}/{name}/{kind}")
        forged = forge(np.asarray(picture), lines, random)
        if forged is None:
            continue
        way = random.choice(sorted(ways))
        edited = ways[way](Image.fromarray(forged.pixels), random)
        answer = office.submit(f"{name} {kind}", "Partner B", edited, keep=False, readings=readings_of(edited))
        found = name in answer.claims_of(*ACCUSES, AGAIN)
        named = found and all(_named(answer, edit, kind) for edit in _to_name(forged, kind))
        tally.count("twin shown", found or name in _asked(answer))
        for what, hit in (("found", found), ("named", named)):
            tally.count(what, hit)
            tally.count(f"{what} {kind}", hit)
        if not named:
            changed = [(edit.old, edit.new) for edit in forged.edits][:4]
            tally.missed.append(f"{name}, {kind}, {way}: {changed}: {_told(answer)} {_rows(answer)[:5]}")


def _to_name(forged: report_edits.Forgery, kind: str) -> Sequence[Edit]:
    """All that was changed; of a removed row, its most telling figure."""
    if kind != "row removed":
        return forged.edits
    return [max(forged.edits, key=lambda edit: sum(map(str.isdigit, edit.old)))]


def _named(answer: Answer, edit: Edit, kind: str) -> bool:
    if kind == "logo":
        return any(_is_over(box, edit.box) for box in _boxed(answer)) and any(row[0] for row in _rows(answer))
    return any(row[0] and _says(row[-2], edit.old) and _says(row[-1], edit.new) for row in _rows(answer))


def _says(told: str, wanted: str) -> bool:
    """Whether what was told is the figure, or holds it, or the words nearly."""
    if not wanted or not told:
        return wanted == told
    if any(map(str.isdigit, wanted)):
        return _digits(wanted) in [_digits(word) for word in told.split()]
    return fuzz.partial_ratio(wanted.casefold(), told.casefold()) >= _ALIKE


def _is_over(box: Box, wanted: Box) -> bool:
    """Whether a box covers the wanted one mostly."""
    wide = min(box.right, wanted.right) - max(box.left, wanted.left)
    tall = min(box.bottom, wanted.bottom) - max(box.top, wanted.top)
    area = (wanted.right - wanted.left) * (wanted.bottom - wanted.top)
    return wide > 0 and tall > 0 and wide * tall >= _SAME_PLACE * area


def _again(office: Office, tally: _Tally, name: str, picture: Picture, filler: Picture, seed: int) -> None:
    for way, capture in report_captures.recaptures(filler).items():
        taken = capture(picture, Random(f"{seed}/{name}/{way}"))
        answer = office.submit(f"{name} {way}", "Partner B", taken, keep=False, readings=readings_of(taken))
        found = name in answer.claims_of(*ACCUSES)
        altered = name in answer.claims_of(ALTERED)
        tally.count("again", found)
        tally.count(f"again {way}", found)
        tally.count("slandered", altered)
        if altered or not found:
            tally.missed.append(f"{name} filed again, {way}: {_told(answer)} {_rows(answer)[:5]}")


def _other_campaign(pixels: Any, printed: Sequence[Figure], random: Random) -> Picture | None:
    """The report with nearly all its figures repainted; None where most cannot be."""
    changed, count = pixels, 0
    for figure in printed:
        made = repaint(changed, figure, printed, random)
        if made is not None:
            changed, count = made[0], count + 1
    return Image.fromarray(recompressed(changed, 85)) if printed and count >= CAMPAIGN_SHARE * len(printed) else None


def _told(answer: Answer) -> list[tuple[str, Any, str]]:
    return [
        (entry.code.partition(".")[2], entry.value, entry.note)
        for entry in answer.inspection.findings
        if (entry.value or (entry.code == "duplicates.copy" and entry.note)) and not entry.code.endswith("compared")
    ]


def _asked(answer: Answer) -> set[str]:
    """The claims whose reports this one may be, although too few figures tell."""
    copied = [entry for entry in answer.inspection.findings if entry.code == "duplicates.copy" and entry.value is None]
    return {mark.other_claim for entry in copied for mark in entry.marks if isinstance(mark, Lookalike)}


def _rows(answer: Answer) -> list[tuple[str, ...]]:
    return [row for entry in _differing(answer) for mark in entry.marks if isinstance(mark, Table) for row in mark.rows]


def _boxed(answer: Answer) -> list[Box]:
    """The fields that differ, as boxed in the source's picture."""
    marks = [mark for entry in _differing(answer) for mark in entry.marks if isinstance(mark, Lookalike)]
    return [box for mark in marks for box in mark.there_differs]


def _differing(answer: Answer) -> list[Any]:
    return [entry for entry in answer.inspection.findings if entry.code in (ALTERED, AGAIN)]


def _digits(word: str) -> str:
    return "".join(sign for sign in word if sign.isdigit())


def _opened(file: Path) -> Picture:
    with Image.open(file) as opened:
        return opened.convert("RGB")


def _labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
