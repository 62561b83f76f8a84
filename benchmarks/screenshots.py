"""Figures read from report screenshots, against their labels: `python -m benchmarks.screenshots --data DIR`.

DIR holds `labels.jsonl` and the pictures it names (see the data's README); rendered ones come from `python -m
fixtures.render` and are a figure of their own, never mixed with real ones. Beside our reading stand, on a sample, what
users would write today: pytesseract and RapidOCR small as they come, with the number nearest to each label. `auto` is
what is told with at least the confidence that the rules ask for; `coverage` is how many of the labelled figures that
is. A table's cell is right only in the right row.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.record import parser, progress, record, share
from benchmarks.screenshot_readers import run
from benchmarks.screenshot_scores import Hits, Reading, Score, metrics_of
from verifier.instruments import vocabulary

SURE = 0.85  # the `confidence_at_least` of the rules that weigh figures
_CURVE = (0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    """Measure and tell."""
    options = parser(__doc__ or "")
    options.add_argument("--peers", type=int, default=24, help="pictures that the peers read, too (0: none)")
    options.add_argument("--name", default="screenshots", help="of the result of record: another one for rendered data")
    chosen = options.parse_args()
    labels = read_labels(chosen.data / "labels.jsonl")
    if chosen.limit and chosen.limit < len(labels):
        labels = sorted(Random(chosen.seed).sample(labels, chosen.limit), key=lambda label: str(label["file"]))
    readings, peak = _read("ours", labels, chosen.data)
    whole = figures(labels, readings) | {"rss_mb": peak, "pictures": len(labels)}
    whole["peers"] = _peers(labels, readings, chosen.data, Random(chosen.seed), chosen.peers)
    if chosen.record:
        record(chosen.name, whole, chosen.data.name)
    print(json.dumps(brief(whole), sort_keys=True))


def read_labels(file: Path) -> list[dict[str, Any]]:
    """The labels of a folder; lines that are no label (no file) are passed over."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [label for label in lines if isinstance(label, dict) and label.get("file")]


def _read(name: str, labels: Sequence[Mapping[str, Any]], folder: Path) -> tuple[list[Reading | None], int]:
    found = list(progress(run(name, [folder / str(label["file"]) for label in labels]), name))
    return [reading for reading, _ in found], max((peak for _, peak in found), default=0)


def figures(labels: Sequence[Mapping[str, Any]], readings: Sequence[Reading | None]) -> dict[str, Any]:
    """All figures of our reader, k of n with bounds: over all pictures, by platform, and by tag."""
    pairs = [(label, reading) for label, reading in zip(labels, readings, strict=True) if reading is not None]
    groups: dict[str, dict[str, Score]] = {"platform": defaultdict(Score), "tag": defaultdict(Score)}
    total, curve = Score(), {least: Score() for least in _CURVE}
    for label, reading in pairs:
        total.add(label, reading, SURE)
        for least, score in curve.items():
            score.add(label, reading, least)
        if label.get("kind") != "negative":
            groups["platform"][str(label.get("platform"))].add(label, reading, SURE)
        for tag in label.get("tags") or ():
            groups["tag"][str(tag).partition(":")[0]].add(label, reading, SURE)
    unknown = Counter(key for label in labels for key in metrics_of(label) if key not in vocabulary.figure_keys())
    cpu = [reading.cpu for _, reading in pairs]
    return {
        **told(total), "unreadable": len(labels) - len(pairs),
        "failures": {str(label["file"]): reading.failure for label, reading in pairs if reading.failure},
        "keys_not_known": dict(unknown), "sure": SURE,
        "per_platform": {name: _short(score) for name, score in sorted(groups["platform"].items())},
        "per_tag": {name: _short(score) for name, score in sorted(groups["tag"].items())},
        "auto_by_confidence": {str(least): _hits(score.auto) for least, score in curve.items()},
        "cpu_s": {"median": _median(cpu), "mean": round(statistics.fmean(cpu), 3) if cpu else None},
    }  # fmt: skip


def told(score: Score) -> dict[str, Any]:
    """A reader's counts as shares with bounds."""
    return {
        "value_recall": share(score.values_read, score.values),
        "headline_value_recall": share(score.headline_values_read, score.headline_values),
        "headline": _hits(score.headline),
        "rows": _hits(score.rows),
        "auto": {
            "precision": share(score.auto.right, score.auto.told),
            "coverage": share(score.auto.right, score.auto.labelled),
        },
        "negatives_false": share(score.negatives_false, score.negatives),
        "figures_on_negatives": score.figures_on_negatives,
        "wrong_channel": share(score.channels_wrong, score.channels),
        "no_channel": share(score.channels - score.channels_told, score.channels),
        "contradictions_told": share(score.contradicting_told, score.contradicting),
        "honest_accused": {name: share(score.accused[name], n) for name, n in sorted(score.checked.items())},
    }


def _hits(hits: Hits) -> dict[str, Any]:
    f1 = hits.f1
    return {
        "precision": share(hits.right, hits.told),
        "recall": share(hits.right, hits.labelled),
        "f1": None if f1 is None else round(f1, 4),
    }


def _short(score: Score) -> dict[str, Any]:
    """Of one platform or tag: pictures, and k of n without bounds."""
    both = {"headline": score.headline, "rows": score.rows}
    return {"pictures": score.pictures} | {
        name: {"right": hits.right, "told": hits.told, "labelled": hits.labelled, "f1": _hits(hits)["f1"]}
        for name, hits in both.items()
    }


def _peers(
    labels: Sequence[Mapping[str, Any]], ours: Sequence[Reading | None], folder: Path, random: Random, size: int
) -> dict[str, Any]:  # fmt: skip
    """Ours and the plain readers on one sample of the pictures that can be read."""
    there = [place for place, reading in enumerate(ours) if reading is not None]
    places = sorted(random.sample(there, min(size, len(there))))
    sample = [labels[place] for place in places]
    peers: dict[str, Any] = {"pictures": len(sample)}
    if not sample:
        return peers
    peers["ours"] = _peer(sample, [ours[place] for place in places], 0)
    for name in ("pytesseract", "rapidocr_small"):
        peers[name] = _peer(sample, *_read(name, sample, folder))
    return peers


def _peer(sample: Sequence[Mapping[str, Any]], readings: Sequence[Reading | None], peak: int) -> dict[str, Any]:
    score = Score()
    for label, reading in zip(sample, readings, strict=True):
        if reading is not None:
            score.add(label, reading, SURE)
    cpu = [reading.cpu for reading in readings if reading is not None]
    memory = {"rss_mb": peak} if peak else {}
    return {name: told(score)[name] for name in ("value_recall", "headline", "negatives_false")} | {
        "cpu_s_median": _median(cpu), **memory
    }  # fmt: skip


def brief(whole: Mapping[str, Any]) -> dict[str, Any]:
    """The last line: shares alone."""

    def hits(of: Mapping[str, Any]) -> dict[str, Any]:
        return {"p": of["precision"]["share"], "r": of["recall"]["share"], "f1": of["f1"]}

    peers = {
        name: peer if name == "pictures" else {
            "value_recall": peer["value_recall"]["share"], "headline": hits(peer["headline"]),
            "cpu_s_median": peer["cpu_s_median"],
        }
        for name, peer in whole["peers"].items()
    }  # fmt: skip
    return {
        "value_recall": whole["value_recall"]["share"],
        "headline": hits(whole["headline"]),
        "rows": hits(whole["rows"]),
        "auto": {name: one["share"] for name, one in whole["auto"].items()},
        "negatives_false": whole["negatives_false"]["k"],
        "negatives": whole["negatives_false"]["n"],
        "wrong_channel": whole["wrong_channel"]["k"],
        "per_platform": {name: one["headline"]["f1"] for name, one in whole["per_platform"].items()},
        "cpu_s_median": whole["cpu_s"]["median"],
        "rss_mb": whole["rss_mb"],
        "peers": peers,
    }


def _median(times: Sequence[float]) -> float | None:
    return round(statistics.median(times), 3) if times else None


if __name__ == "__main__":
    main()
