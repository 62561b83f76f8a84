"""How many recycled pictures are found, and how many honest ones are accused.

    python -m benchmarks.duplicates --data DIR [--also DIR] [--attacks FILE.py] [--screenshots DIR] [--seed N]
                                    [--without KEY=VALUE] [--limit N] [--sources N] [--half 0|1] [--no-peers] [--record]

DIR holds pictures, or a `labels.jsonl` with one `file` a line. Its pictures (and those of `--also`, or a sample of
`--limit`) are submitted, each as a claim of its own, and compared with those before it: every copy that is named there
is a false pair. Then some of them are attacked and submitted by another partner: a hit is a copy that names its source.
`--without` leaves out what a label marks so: `scene=artwork` (one logo is shown by many), or a `source` that made
copies itself. `--half` draws sources from one half of the pictures: what was tuned on one is measured on the other.
FILE.py defines `attacks() -> {name: callable(PIL.Image, random.Random) -> PIL.Image}` instead of the built-in suite.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
from PIL import Image, ImageOps

from benchmarks import attacks, record, screenshot_twins
from benchmarks.attacks import Attack
from benchmarks.duplicate_peers import Peer, peers
from benchmarks.mountings import Picture
from benchmarks.submitting import Office, average_precision

SIDE = 1600  # pixels: larger pictures are made smaller first, as in a preview; it keeps a run within minutes
FILLERS = 24  # pictures kept out of the archive: they share collages and backgrounds with the copies
KINDS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is submitted, what of it is attacked, and how."""

    files: Mapping[str, Path]
    sources: Sequence[str]
    suite: Mapping[str, Attack]
    seed: int


def measure(plan: Plan, with_peers: bool) -> dict[str, Any]:
    """All figures of one run."""
    office, (others, missing) = Office(), (peers() if with_peers else ([], {}))
    false, scored = _archive(plan, office, others)
    pairs = len(plan.files) * (len(plan.files) - 1) // 2
    hints = len(scored)  # honest pairs that were laid on each other and agree in part: mostly second takes
    worst = max((score for score, _ in scored), default=-1.0)  # of the honest pairs

    hits, strict = dict.fromkeys(plan.suite, 0), dict.fromkeys(plan.suite, 0)
    wrong, cpu = 0, []
    for source in record.progress(plan.sources, "attacked"):
        original = load(plan.files[source])
        for name, attack in plan.suite.items():
            picture = attack(original, Random(f"{plan.seed}/{source}/{name}")).convert("RGB")
            answer = office.submit(f"{source} {name}", "Partner B", picture, keep=False)
            hits[name] += source in answer.copies
            strict[name] += answer.margins.get(source, -1.0) > max(worst, -0.99)
            wrong += bool(answer.copies - {source})
            cpu.append(answer.cpu)
            scored += [(margin, other == source) for other, margin in answer.margins.items()]
            for peer in others:
                peer.meet(source, name, picture)
    trials = len(plan.sources) * len(plan.suite)
    return {
        "archive": len(plan.files),
        "sources": len(plan.sources),
        "attacks": len(plan.suite),
        "recall": round(sum(hits.values()) / trials, 6),
        "recall_share": record.share(sum(hits.values()), trials),
        "recall_at_zero_fp": round(sum(strict.values()) / trials, 6),
        "false_pairs": len(false),
        "pairs": pairs,
        "false_share": record.share(len(false), pairs),
        "named_false": false,
        "second_takes_told_from_copies": record.share(hints - len(false), hints),
        "micro_ap": round(average_precision(scored, trials), 6),
        "per_attack": {name: round(count / len(plan.sources), 4) for name, count in hits.items()},
        "attacked_with_a_wrong_twin": record.share(wrong, trials),
        "cpu_ms_per_item": round(1000 * statistics.median(cpu), 1),
        "peers": {peer.name: peer.told(plan.seed) for peer in others} | missing,
    }


def _archive(plan: Plan, office: Office, others: Sequence[Peer]) -> tuple[list[str], list[tuple[float, bool]]]:
    """Submit all pictures; the false pairs by name, and the margins of all honest pairs that were looked at."""
    false, scored = [], []
    for name, file in record.progress(plan.files.items(), "submitted"):
        picture = load(file)
        answer = office.submit(name, "Partner A", picture, keep=True)
        for other in sorted(answer.copies):
            false.append(f"{name} = {other}")
            print(f"false pair: {name} is called a copy of {other} ({answer.margins[other]:+})", file=sys.stderr)
        scored += [(margin, False) for margin in answer.margins.values()]
        for peer in others:
            peer.keep(name, picture)
    return false, scored


def planned(asked: argparse.Namespace) -> Plan:
    """The pictures by their names, a few of them held back for collages."""
    random = Random(asked.seed)
    without = [tuple(entry.split("=", 1)) for entry in asked.without]
    found = {
        f"{folder.name}/{file.relative_to(folder)}": file
        for folder in asked.folders
        for file in files_of(folder, without)
    }
    names = sorted(found)
    fillers = [] if asked.attacks else random.sample(names, min(FILLERS, len(names) // 4))
    kept = [name for name in names if name not in set(fillers)]
    if asked.limit and asked.limit < len(kept):
        kept = random.sample(kept, asked.limit)
    half = [name for name in kept if asked.half is None or half_of(name) == asked.half]
    suite = _given(asked.attacks) if asked.attacks else attacks.suite([load(found[name]) for name in fillers])
    return Plan(
        files={name: found[name] for name in kept},
        sources=random.sample(half, min(asked.sources, len(half))),
        suite=suite,
        seed=asked.seed,
    )


def half_of(name: str) -> int:
    """Which half of the pictures one belongs to, by its name alone."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def load(file: Path) -> Picture:
    """The upright RGB picture, its longer side at most `SIDE`."""
    with Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA").convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    return upright


def files_of(folder: Path, without: Sequence[tuple[str, ...]] = ()) -> Iterator[Path]:
    """The pictures that the labels name, each once and in order; without labels, all pictures of the folder."""
    labels = folder / "labels.jsonl"
    if not labels.is_file():
        yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)
        return
    lines = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
    named = sorted({line["file"] for line in lines if not any(str(line.get(key)) == value for key, value in without)})
    yield from (folder / name for name in named if (folder / name).is_file())


def _given(file: Path) -> Mapping[str, Attack]:
    """The suite of another file."""
    spec = importlib.util.spec_from_file_location("attacks_given", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite: Mapping[str, Attack] = module.attacks()
    return suite


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = record.parser(__doc__ or "")
    parser.add_argument("--also", type=Path, action="append", default=[], help="another folder for the archive")
    parser.add_argument("--without", action="append", default=[], metavar="KEY=VALUE", help="labels to leave out")
    parser.add_argument("--attacks", type=Path, default=None, help="a Python file with a function attacks()")
    parser.add_argument("--screenshots", type=Path, default=None, help="a folder of labelled report screenshots")
    parser.add_argument("--sources", type=int, default=30, help="how many pictures are attacked")
    parser.add_argument("--half", type=int, choices=(0, 1), default=None, help="draw sources from one half only")
    parser.add_argument("--no-peers", action="store_true", help="leave the other ways of comparing out")
    asked = parser.parse_args()
    asked.folders = [asked.data, *asked.also]
    return asked


def main() -> None:
    """Measure and tell."""
    cv2.setNumThreads(1)
    asked = options()
    figures = measure(planned(asked), with_peers=not asked.no_peers)
    figures |= {"seed": asked.seed, "half": asked.half, "suite": asked.attacks.name if asked.attacks else "built in"}
    if asked.screenshots:
        figures["screenshots"] = screenshot_twins.measure(asked.screenshots, asked.limit, asked.seed)
    data = " + ".join(folder.name for folder in asked.folders)
    record.tell(f"duplicates_{asked.data.name}", figures, data=data, write=asked.record)


if __name__ == "__main__":
    main()
