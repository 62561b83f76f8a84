"""How often a brand is found that is there, and claimed that is not; beside the plain way to look for it.

    python -m benchmarks.display --data DIR [--negatives DIR] [--evidence FILE] [--limit N] [--record]

DIR is labelled as `benchmarks/brand_evidence.py` says. A claim is a (photo, kit) pair at or above the scorecard's
`present`. `held_out` rests on scorecards fitted without the brand (its kit and its photos), at the thresholds of the
shipped one; those two numbers and the points from which one kind of evidence counts alone were chosen on these same
photos. `shipped` is the scorecard as it lies in models/. --negatives names a folder in which photos with `brands: []`
show none of the kits. The plain peer is what tutorials do: OpenCV SIFT with the ratio test and RANSAC on the kit's
first picture (10 inliers), or the name as a substring of what pytesseract reads.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image
from sklearn.metrics import average_precision_score

from benchmarks.brand_evidence import Row, costs, gather, photos, pixels_of
from benchmarks.record import parser, progress, share, tell
from models.brand_presence.fit import held_out, probability, usable
from verifier.casefile import BrandKit
from verifier.instruments import second_reader
from verifier.instruments.brands import CLEAR
from verifier.instruments.names import LEAST
from verifier.instruments.scorecard import load_scorecard
from verifier.programs.brands import load_kits

TIMED = 25  # photos
PEER_INLIERS = 10  # MIN_MATCH_COUNT of OpenCV's own tutorial
Probabilities = NDArray[np.float64]


def presence(rows: Sequence[Row], probabilities: Probabilities, limit: float) -> dict[str, Any]:
    """Precision, recall and average precision over pairs; per photo, is the likeliest kit one that is there?"""
    there = np.array([row.there for row in rows])
    claimed = probabilities >= limit
    likeliest: dict[str, tuple[float, Row]] = {}
    for row, value in zip(rows, probabilities, strict=True):
        if row.file not in likeliest or value > likeliest[row.file][0]:
            likeliest[row.file] = (float(value), row)
    branded = {row.file for row in rows if row.there}
    return {
        "precision": share(int(there[claimed].sum()), int(claimed.sum())),
        "recall": share(int(there[claimed].sum()), int(there.sum())),
        "average_precision": round(float(average_precision_score(there, probabilities)), 4),
        "top_1": share(sum(likeliest[file][1].there for file in branded), len(branded)),
        "false_per_pair": share(int((claimed & ~there).sum()), int((~there).sum())),
    }


def by_evidence(rows: Sequence[Row]) -> dict[str, Any]:
    """What each kind of evidence does alone, among kits that have it."""
    figures = {}
    for kind, least in (*((role, float(CLEAR[role])) for role in ("logo", "sample", "pack")), ("name", LEAST)):
        kits = {row.kit for row in rows if getattr(row, kind) > 0}
        mine = [row for row in rows if row.kit in kits]
        hits = [row for row in mine if getattr(row, kind) >= least]
        right = sum(row.there for row in hits)
        figures[kind] = {
            "from": least,
            "precision": share(right, len(hits)),
            "recall": share(right, sum(row.there for row in mine)),
        }
    return figures


def unbranded(
    rows: Sequence[Row], probabilities: Probabilities, limit: float, branded: Set[str] = frozenset()
) -> dict[str, Any]:
    """Photos that show none of the kits, and how many of them were said to show one; `branded` ones do show one."""
    branded = branded | {row.file for row in rows if row.there}
    worst: dict[str, float] = {}
    for row, value in zip(rows, probabilities, strict=True):
        if row.file not in branded:
            worst[row.file] = max(worst.get(row.file, 0.0), float(value))
    kits = len({row.kit for row in rows})
    return {"photos_with_a_claim": share(sum(value >= limit for value in worst.values()), len(worst)), "kits": kits}


def peer(data: Path, limit: int | None, seed: int, skip: set[tuple[str, str]]) -> dict[str, Any]:
    """The plain way, on the same pairs."""
    if not second_reader.available():
        return {"left_out": "no tesseract"}
    kits = load_kits(data / "kits")
    references = {name: _plain_reference(kit) for name, kit in kits.items()}
    right = claimed = there = 0
    seconds = []
    for label in progress(photos(data, limit, seed), "plain peer"):
        pixels = pixels_of(data / label["file"])
        started = time.process_time()
        matched = _plain_matches(pixels, references)
        seconds.append((time.process_time() - started) * 1000)
        words = pytesseract.image_to_string(pixels).casefold()  # its own process: not in the milliseconds
        for name, kit in kits.items():
            if (label["file"], name) in skip:
                continue
            found = matched[name] >= PEER_INLIERS or any(known.casefold() in words for known in kit.names)
            claimed += found
            there += name in label["brands"]
            right += found and name in label["brands"]
    return {
        "precision": share(right, claimed),
        "recall": share(right, there),
        "sift_ms_all_kits": round(float(np.median(seconds)), 1),
    }


def _plain_reference(kit: BrandKit) -> Any:
    order = sorted(kit.pictures, key=lambda picture: picture.role != "logo")
    pixels = np.asarray(Image.open(io.BytesIO(order[0].data)).convert("L"))
    return cv2.SIFT_create().detectAndCompute(pixels, None)  # type: ignore[attr-defined]


def _plain_matches(pixels: NDArray[np.uint8], references: Mapping[str, Any]) -> Mapping[str, int]:
    points, descriptors = cv2.SIFT_create().detectAndCompute(  # type: ignore[attr-defined]
        cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), None
    )
    counts = dict.fromkeys(references, 0)
    for name, (known, described) in references.items():
        if described is None or descriptors is None or len(described) < 2 or len(descriptors) < 2:
            continue
        pairs = cv2.BFMatcher().knnMatch(described, descriptors, k=2)
        good = [first for first, second in pairs if first.distance < 0.75 * second.distance]
        if len(good) >= 4:
            source = np.array([known[one.queryIdx].pt for one in good], np.float32)
            target = np.array([points[one.trainIdx].pt for one in good], np.float32)
            cv2.setRNGSeed(0)
            _, agreeing = cv2.findHomography(source, target, cv2.RANSAC, 5.0)
            counts[name] = 0 if agreeing is None else int(agreeing.sum())
    return counts


def main() -> None:
    """Measure, print and perhaps record."""
    options = parser(__doc__ or "")
    options.add_argument("--negatives", type=Path, default=None, help="photos of which `brands: []` show none")
    options.add_argument("--evidence", type=Path, default=None, help="keep what was seen here, or use what was kept")
    options.add_argument("--model", type=Path, default=Path(__file__).parents[1] / "models" / "brand_presence")
    given = options.parse_args()
    cv2.setNumThreads(1)
    card = load_scorecard(given.model)
    gathered = gather(given.data, given.limit, given.seed, given.evidence)
    rows = usable(gathered)
    branded = {row.file for row in gathered if row.there}
    unseen = held_out(rows)
    shipped = np.array([probability(card, row) for row in rows])
    figures: dict[str, Any] = {
        "photos": len({row.file for row in rows}),
        "kits": len({row.kit for row in rows}),
        "pairs_left_out": len(gathered) - len(rows),
        "held_out": presence(rows, unseen, card.present)
        | {"unbranded": unbranded(rows, unseen, card.present, branded)},
        "shipped": presence(rows, shipped, card.present)
        | {"unbranded": unbranded(rows, shipped, card.present, branded)},
        "alone": by_evidence(rows),
        "cpu_ms": costs(given.data, TIMED, given.seed),
    }
    if given.negatives is not None:
        figures["negatives"] = _negatives(given.negatives, given.data / "kits", given.limit, given.seed, card)
    skip = {(row.file, row.kit) for row in gathered if row.self_cut}
    figures["plain_peer"] = peer(given.data, given.limit, given.seed, skip)
    tell("display", figures, data=given.data.resolve().name, write=given.record)


def _negatives(folder: Path, kits: Path, limit: int | None, seed: int, card: Any) -> dict[str, Any]:
    rows = gather(folder, limit or 100, seed, kits=kits, unbranded=True)
    return unbranded(rows, np.array([probability(card, row) for row in rows]), card.present)


if __name__ == "__main__":
    main()
