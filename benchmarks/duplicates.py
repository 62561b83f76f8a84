"""How many recycled photos are found, and how many different photos are called copies.

    python -m benchmarks.duplicates --data DIR [--attacks FILE.py] [--sources N] [--limit N] [--seed N] [--record]

DIR holds `labels.jsonl` with one `file` a line. A sample of its pictures is submitted, each as a claim of its own, and
compared with those before it: every copy that is named there is a false pair. Then some of them are attacked and
submitted by another partner: a hit is a copy that names its source. `verifier` counts equal bytes and copies,
`with_recaptured` also the same moment from another side, which a rule weighs far less. Beside them stand the two usual
hashes at their usual limits: imagehash pHash (64 bits, 8) and PDQ (256 bits, 31, both of quality 50), each against the
source alone for recall and over all pairs of the archive for false pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

from benchmarks import record
from benchmarks.attacks import ATTACKS, Attack, Pixels
from verifier.archive.memory import MemoryArchive
from verifier.casefile import (
    Assessment,
    Claim,
    ClaimReport,
    Evidence,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Lookalike,
    Page,
    Route,
    Trace,
)
from verifier.comparison import Comparison
from verifier.instruments import fingerprint, traces
from verifier.instruments.readings import Readings

PHASH_LIMIT, PDQ_LIMIT = 8, 31
SIDE = 1600  # pixels: larger pictures are made smaller first, as in a preview; it keeps a run within minutes
OURS = {
    "verifier": ("duplicates.exact", "duplicates.copy"),
    "with_recaptured": ("duplicates.exact", "duplicates.copy", "duplicates.recaptured"),
}
Named = Mapping[str, tuple[str, ...]]
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Office:
    """An archive, and the comparison over it, run in this process."""

    archive: MemoryArchive = field(default_factory=MemoryArchive)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.comparison = Comparison(archive=self.archive, run=lambda task, *blobs: task(None, *blobs))
        self.hashes: list[Trace] = []

    def submit(self, name: str, partner: str, pixels: Pixels, *, keep: bool) -> tuple[Trace, Named]:
        """The picture's trace, and the claims whose pictures it was called like; filed if it is to be kept."""
        day = timedelta(days=len(self.hashes))
        claim = Claim(id=name, activity="in_store_display", partner=partner, submitted_at=START + day)
        digest = hashlib.sha256(pixels.tobytes()).hexdigest()
        item = Item(id=f"{name}/r1/1", name=name, kind=Kind.IMAGE, media_type="image/png", digest=digest, size=1)
        page = Page(index=0, label="photo", pixels=pixels)
        kept = traces.keep(Readings(Evidence(kind=Kind.IMAGE, media_type="image/png", raw=b"", pages=(page,))))
        for blob in kept.blobs.values():
            self.archive.put_blob(blob)
        started = time.perf_counter()
        found, _ = self.comparison.compare(claim, [item], {item.id: kept.traces}, self.archive.watermark("default"))
        self.seconds.append(time.perf_counter() - started)
        if keep:
            self.archive.file(_report(claim, item), {item.id: kept.traces})
            self.hashes.append(kept.traces[0])
        return kept.traces[0], {who: _named(found[item.id], codes) for who, codes in OURS.items()}


def _named(inspection: Inspection, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The claims that findings of those codes name as twins."""
    marks = [mark for found in inspection.findings if found.code in codes and found.value for mark in found.marks]
    return tuple(mark.other_claim for mark in marks if isinstance(mark, Lookalike))


def _report(claim: Claim, item: Item) -> ClaimReport:
    """A report that only says what was submitted: judging is not measured here."""
    nothing = Assessment(
        probability=0.5, low=0.5, high=0.5, score=50, prior=0.0, points=(), route=Route.QUICK_LOOK,
        reasons=(), axes={}, basis="expert",
    )  # fmt: skip
    return ClaimReport(
        schema="verifier.report/1", claim=claim, digest=item.digest, inspections=(), hits=(), assessment=nothing,
        items=(ItemReport(item=item, pages=(), inspections=(), hits=(), assessment=nothing),), requirements={},
        rulebook="", pipeline="", models={}, watermark=0, made_at=START,
    )  # fmt: skip


def _phash_near(one: Trace, other: Trace) -> bool:
    return (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= PHASH_LIMIT


def _pdq_near(one: Trace, other: Trace) -> bool:
    trusted = min(one.pdq_quality, other.pdq_quality) >= fingerprint.PDQ_TRUSTED
    return trusted and (int(one.pdq, 16) ^ int(other.pdq, 16)).bit_count() <= PDQ_LIMIT


BASELINES: Mapping[str, Callable[[Trace, Trace], bool]] = {"phash_8": _phash_near, "pdq_31": _pdq_near}


def measure(files: list[Path], sources: int, attacks: Mapping[str, Attack], seed: int) -> dict[str, Any]:
    """All figures of one run."""
    office = Office()
    false_pairs: dict[str, int] = dict.fromkeys(OURS, 0)
    by_name = {file.stem: file for file in files}
    for file in record.progress(files, "submitted"):
        _, named = office.submit(file.stem, "Partner A", load(file), keep=True)
        for who, others in named.items():
            false_pairs[who] += len(others)
            for other in others:
                print(f"{who}: {file.name} is called like {by_name[other].name}", file=sys.stderr)
    pairs = len(files) * (len(files) - 1) // 2
    stored = dict(zip(by_name, office.hashes, strict=True))

    hits = {name: dict.fromkeys(attacks, 0) for name in (*OURS, *BASELINES)}
    wrong = 0
    chosen = Random(seed).sample(sorted(by_name), min(sources, len(by_name)))
    for source, name in record.progress([(s, a) for s in chosen for a in attacks], "attacked"):
        pixels = attacks[name](load(by_name[source]), Random(f"{seed}/{source}/{name}"))
        trace, named = office.submit(f"attack-{source}-{name}", "Partner B", np.ascontiguousarray(pixels), keep=False)
        wrong += bool(set(named["verifier"]) - {source})
        for who, others in named.items():
            hits[who][name] += source in others
        for baseline, near in BASELINES.items():
            hits[baseline][name] += near(trace, stored[source])
    return {
        "archive": len(files),
        "sources": len(chosen),
        "recall": {who: record.share(sum(found.values()), len(chosen) * len(attacks)) for who, found in hits.items()},
        "recall_by_attack": {
            name: {who: record.share(found[name], len(chosen)) for who, found in hits.items()} for name in attacks
        },
        "false_pairs": {who: record.share(count, pairs) for who, count in false_pairs.items()}
        | {who: record.share(_near_pairs(office.hashes, near), pairs) for who, near in BASELINES.items()},
        "attacked_with_a_wrong_twin": record.share(wrong, len(chosen) * len(attacks)),
        "seconds_per_comparison": {
            "median": round(statistics.median(office.seconds), 3),
            "p95": round(sorted(office.seconds)[int(0.95 * len(office.seconds))], 3),
        },
    }


def _near_pairs(hashes: list[Trace], near: Callable[[Trace, Trace], bool]) -> int:
    return sum(near(one, other) for n, one in enumerate(hashes) for other in hashes[:n])


def load(file: Path) -> Pixels:
    """Upright RGB pixels, the longer side at most `SIDE`."""
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA").convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    return np.array(upright)


def files_of(data: Path) -> Iterator[Path]:
    """The pictures that the labels name, in their order."""
    for line in (data / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        path = data / json.loads(line)["file"]
        if path.is_file():
            yield path


def attacks_of(file: Path | None) -> Mapping[str, Attack]:
    """The suite of another file, or the one here."""
    if file is None:
        return ATTACKS
    spec = importlib.util.spec_from_file_location("attacks_given", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite: Mapping[str, Attack] = module.ATTACKS
    return suite


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = record.parser(__doc__ or "")
    parser.add_argument("--attacks", type=Path, default=None, help="a Python file with a dictionary ATTACKS")
    parser.add_argument("--sources", type=int, default=30, help="how many pictures are attacked")
    return parser.parse_args()


def main() -> None:
    """Measure and tell."""
    cv2.setNumThreads(1)
    asked = options()
    files = sorted(files_of(asked.data))
    if asked.limit and asked.limit < len(files):
        files = Random(asked.seed).sample(files, asked.limit)
    figures = measure(files, asked.sources, attacks_of(asked.attacks), asked.seed)
    figures |= {"seed": asked.seed, "attacks": "built in" if asked.attacks is None else asked.attacks.name}
    record.tell(f"duplicates_{asked.data.name}", figures, data=asked.data.name, write=asked.record)


if __name__ == "__main__":
    main()
