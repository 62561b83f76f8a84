"""Report screenshots: is an edited twin found with the field named, and are two honest reports left alone?

All labelled reports are submitted, and rendered ones of four templates: two reports of one template are honest, and so
is a template with all its figures repainted, as another campaign's report would show it. Then each report is edited in
several ways (`report_edits`), carried over some lossy way and submitted by another partner: it is found when its
source is shown beside it, told as altered or, where too few figures tell, asked about; the field is named when the
figures or words before and after are told with a label. Honest pairs are false by the same measure, told or
asked. Reports that are honestly filed again (`report_captures`, one way each), and such as were read out some days
later, are told apart from these.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from benchmarks import export_twins, record, report_captures, report_edits, report_pairs
from benchmarks.mountings import Picture
from benchmarks.repainting import Edit, Figure, figures, recompressed, repaint
from benchmarks.submitting import ACCUSES, AGAIN, ALTERED, Answer, Office, readings_of
from benchmarks.tallying import Tally
from verifier.casefile import Box, Lookalike
from verifier.instruments import text

RENDERED = 30  # reports of each template: 435 pairs each
LATER = 3  # of so many rendered reports one is read out again, too
WAYS = 1  # that a report is filed again in, drawn from all
CAMPAIGN_SHARE = 0.8  # of a template's figures that must be repainted to make it another campaign's report
_ALIKE = 80.0  # of 100: texts that are the same but for how they were read
_SAME_PLACE = 0.5  # of an edited place that must be boxed


def measure(folder: Path, limit: int | None, seed: int) -> Mapping[str, Any]:
    """All figures of this part."""
    office, tally, random = Office(), Tally(), Random(seed)
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
        "field_named": tally.share("named"),
        "field_boxed": tally.share("shown"),
        "found_by_edit": tally.shares("found "),
        "field_named_by_edit": tally.shares("named "),
        "told": tally.share("told"),
        "honest_false": tally.share("honest"),
        "honest_accused": tally.share("accused"),
        "filed_again_found": tally.share("again"),
        "filed_again_found_by_way": tally.shares("again "),
        "filed_again_called_altered": tally.share("slandered"),
        "updates_called_reported_again": tally.share("update"),
        "updates_accused": tally.share("update accused"),
        "exports": export_twins.measure(random),
        "missed": tally.missed,
    }


def _archive(
    office: Office, tally: Tally, reports: Sequence[Mapping[str, Any]], pictures: Mapping[str, Picture]
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


def _rendered(office: Office, tally: Tally, number: int, random: Random) -> None:
    earlier: dict[str, set[str]] = defaultdict(set)
    for n, report in enumerate(record.progress(list(report_pairs.rendered(number, random)), "rendered")):
        readings = readings_of(report.picture)
        answer = office.submit(report.name, "Partner A", report.picture, keep=True, readings=readings)
        _honest(tally, report.name, answer, earlier[report.template], set(office.traces) - {report.name})
        earlier[report.template].add(report.name)
        if n % LATER:
            continue
        later = report.later
        answer = office.submit(f"{report.name} later", "Partner A", later, keep=False, readings=readings_of(later))
        tally.count("update", report.name in answer.claims_of(AGAIN))
        accused = report.name in answer.claims_of(*ACCUSES)
        tally.count("update accused", accused)
        if accused or report.name not in answer.claims_of(AGAIN):
            tally.missed.append(f"{report.name} later: {answer.told()}")


def _honest(tally: Tally, name: str, answer: Answer, pairs: set[str], others: set[str]) -> None:
    """Count the pairs of one template; whoever else is shown counts as one more pair."""
    accused = answer.claims_of(*ACCUSES, AGAIN) & others
    shown = accused | (answer.asked & others)
    for other in sorted(pairs | shown):
        tally.count("honest", other in shown)
        tally.count("accused", other in accused)
        if other in shown:
            tally.missed.append(f"{name} is honest, and shown beside {other}: {answer.told()}")


def _campaign(
    office: Office, tally: Tally, name: str, picture: Picture, lines: Sequence[text.Line], random: Random
) -> None:
    other = _other_campaign(np.asarray(picture), figures(lines, 1), random)
    if other is not None:
        answer = office.submit(f"{name} other", "Partner B", other, keep=False, readings=readings_of(other))
        _honest(tally, f"another campaign on {name}", answer, {name}, {name})


def _edits(office: Office, tally: Tally, name: str, picture: Picture, lines: Sequence[text.Line], seed: int) -> None:
    ways = report_captures.transports()
    for kind, forge in report_edits.suite().items():
        random = Random(f"{seed}/{name}/{kind}")
        forged = forge(np.asarray(picture), lines, random)
        if forged is None:
            continue
        way = random.choice(sorted(set(ways) - (set() if _inside(forged, picture) else {"cropped"})))
        edited = ways[way](Image.fromarray(forged.pixels), random)
        answer = office.submit(f"{name} {kind}", "Partner B", edited, keep=False, readings=readings_of(edited))
        told = name in answer.claims_of(*ACCUSES, AGAIN)
        found = told or name in answer.asked
        named = found and all(_named(answer, edit, kind) for edit in _to_name(forged, kind))
        tally.count("told", told)
        tally.count("shown", found and all(_boxed(answer, edit) for edit in _to_name(forged, kind)))
        for what, hit in (("found", found), ("named", named)):
            tally.count(what, hit)
            tally.count(f"{what} {kind}", hit)
        if not named:
            changed = [(edit.old, edit.new) for edit in forged.edits][:4]
            tally.missed.append(f"{name}, {kind}, {way}: {changed}: {answer.told()} {answer.rows()[:5]}")


def _to_name(forged: report_edits.Forgery, kind: str) -> Sequence[Edit]:
    """All that was changed; of a removed row, its most telling figure."""
    if kind != "row removed":
        return forged.edits
    return [max(forged.edits, key=lambda edit: sum(map(str.isdigit, edit.old)))]


def _inside(forged: report_edits.Forgery, picture: Picture) -> bool:
    """Whether all that was changed lies so far from the edges that nothing of it is cropped."""
    wide, tall = picture.width * report_captures.CUT, picture.height * report_captures.CUT
    boxes = [edit.box for edit in forged.edits]
    return all(
        min(box.left, picture.width - box.right) > wide and min(box.top, picture.height - box.bottom) > tall
        for box in boxes
    )


def _named(answer: Answer, edit: Edit, kind: str) -> bool:
    """Whether a field with a label is told as it was and as it is; of a logo, whether its place is boxed."""
    if kind == "logo":
        return _boxed(answer, edit)
    return any(row[0] and _says(row[-2], edit.old) and _says(row[-1], edit.new) for row in answer.rows())


def _boxed(answer: Answer, edit: Edit) -> bool:
    """Whether the place is boxed in the source's picture, whatever was read there; of a removed row, a part of it."""
    marks = [mark for entry in answer.differing() for mark in entry.marks if isinstance(mark, Lookalike)]
    boxes = [box for mark in marks for box in mark.there_differs]
    return any(_is_over(box, edit.box) or (not edit.new and _is_over(edit.box, box)) for box in boxes)


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


def _again(office: Office, tally: Tally, name: str, picture: Picture, filler: Picture, seed: int) -> None:
    ways = report_captures.recaptures(filler)
    for way in Random(f"{seed}/{name}/ways").sample(sorted(ways), WAYS):
        capture = ways[way]
        taken = capture(picture, Random(f"{seed}/{name}/{way}"))
        answer = office.submit(f"{name} {way}", "Partner B", taken, keep=False, readings=readings_of(taken))
        found = name in answer.claims_of(*ACCUSES)
        altered = name in answer.claims_of(ALTERED)
        tally.count("again", found)
        tally.count(f"again {way}", found)
        tally.count("slandered", altered)
        if altered or not found:
            tally.missed.append(f"{name} filed again, {way}: {answer.told()} {answer.rows()[:5]}")


def _other_campaign(pixels: Any, printed: Sequence[Figure], random: Random) -> Picture | None:
    """The report with nearly all its figures repainted; None where most cannot be."""
    changed, count = pixels, 0
    for figure in printed:
        made = repaint(changed, figure, printed, random)
        if made is not None:
            changed, count = made[0], count + 1
    return Image.fromarray(recompressed(changed, 85)) if printed and count >= CAMPAIGN_SHARE * len(printed) else None


def _digits(word: str) -> str:
    return "".join(sign for sign in word if sign.isdigit())


def _opened(file: Path) -> Picture:
    with Image.open(file) as opened:
        return opened.convert("RGB")


def _labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
