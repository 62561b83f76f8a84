"""How often a brand is found that is there, and claimed that is not; beside the plain ways to look for it.

    python -m benchmarks.display --data DIR [--kits DIR] [--kit-level LEVEL] [--embedding CARD]
        [--negatives DIR] [--scenes DIR] [--evidence FILE] [--limit N] [--record]

DIR is labelled as `benchmarks/brand_evidence.py` says. A claim is a (photo, kit) pair at or above the scorecard's
`present`. The figures above rest on the scorecard as it lies in models/, which is fitted on no more than a few numbers
of other brands' pairs; `held_out` refits it on these pairs without the brand (its kit and its photos), for the set that
it was fitted on. --negatives names a folder in which photos with `brands: []` show none of the kits. `ece` is over
predictions above .2 at the base rate of the pairs; `ece_by_chance` is what predictions without any error would show at
this number of pairs. Peers, on the same pairs: OpenCV SIFT with the ratio test and
RANSAC on the kit's first picture (10 inliers), the name as a substring of what pytesseract reads, the name read and
spelt nearly so, and the looks alone.
"""

from __future__ import annotations

import io
import json
import random
import resource
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image
from sklearn.metrics import average_precision_score, precision_recall_curve

from benchmarks.brand_evidence import LEVELS, STEPS, Row, at_level, costs, gather, photos, pixels_of
from benchmarks.record import parser, progress, share, tell
from models.brand_presence import embedding
from models.brand_presence.fit import at_base_rate, held_out_at, probability, sightings, usable
from verifier.assembly import inspectors
from verifier.casefile import BrandKit, Brief, Evidence, Item, Kind, Page, Status
from verifier.instruments import second_reader
from verifier.instruments.brands import CLEAR, Sighting
from verifier.instruments.names import LEAST
from verifier.instruments.readings import Readings
from verifier.instruments.scorecard import Scorecard, borne_out, foremost, load_scorecard
from verifier.programs.brands import load_kits
from verifier.settings import MODELS, Settings

TIMED = 25  # photos
CALIBRATED_ABOVE = 0.2
DRAWS = 200  # of chance alone
HIT = 0.3  # intersection over union
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


def recall_at(rows: Sequence[Row], probabilities: Probabilities, precision: float) -> float:
    """The largest share of those that are there that some threshold finds at this precision; ties fall together."""
    there = np.array([row.there for row in rows])
    reached, recalled, _ = precision_recall_curve(there, probabilities)
    return round(float(recalled[reached >= precision].max(initial=0.0)), 4)


def calibration_error(rows: Sequence[Row], probabilities: Probabilities) -> float | None:
    """Expected calibration error over predictions above .2 at the pairs' base rate, in ten bins of equal width."""
    there = np.array([row.there for row in rows])
    said = at_base_rate(probabilities, float(there.mean()))
    return _rounded(_gap(said, there))


def calibration_by_chance(rows: Sequence[Row], probabilities: Probabilities) -> float | None:
    """The mean calibration error where every prediction is right by construction: what is there is drawn from them."""
    said = at_base_rate(probabilities, float(np.mean([row.there for row in rows])))
    drawing = np.random.default_rng(0)
    gaps = [_gap(said, drawing.random(len(said)) < said) for _ in range(DRAWS)]
    return _rounded(None if gaps[0] is None else float(np.mean([gap or 0.0 for gap in gaps])))


def _gap(said: Probabilities, there: NDArray[np.bool_]) -> float | None:
    bins = np.minimum((said * 10).astype(int), 9)
    counted = said > CALIBRATED_ABOVE
    gaps = [abs(said[one].sum() - there[one].sum()) for n in range(10) if (one := counted & (bins == n)).any()]
    return float(sum(gaps) / counted.sum()) if gaps else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def box_hits(rows: Sequence[Row], probabilities: Probabilities, card: Scorecard) -> dict[str, Any]:
    """Of right claims on photos with labelled boxes: what shows best where the mark is lies on one at IoU `HIT`."""
    hits = []
    for row, value in zip(rows, probabilities, strict=True):
        if not (row.there and row.overlaps and value >= card.present):
            continue
        seen = [Sighting(role=kind, source="", outline=(), strength=getattr(row, kind)) for kind in row.overlaps]
        best = foremost(one for one in seen if one.strength > 0)
        hits.append(best is not None and row.overlaps[best.role] >= HIT)
    return share(sum(hits), len(hits))


def packs(rows: Sequence[Row], probabilities: Probabilities, limit: float) -> dict[str, Any]:
    """Precision and recall among kits that hold packs."""
    kits = {row.kit for row in rows if row.pack > 0}
    mine = np.array([row.kit in kits for row in rows])
    there = np.array([row.there for row in rows])
    claimed = (probabilities >= limit) & mine
    right = int((claimed & there).sum())
    return {"p": share(right, int(claimed.sum())), "r": share(right, int((mine & there).sum()))}


def peer(data: Path, kits: Path, limit: int | None, seed: int, skip: set[tuple[str, str]]) -> dict[str, Any]:
    """The plain way, on the same pairs."""
    known = load_kits(kits)
    references = {name: _plain_reference(kit) for name, kit in known.items() if kit.pictures}
    readable = second_reader.available()
    counts, said, there, seconds = [], [], [], []
    for label in progress(photos(data, limit, seed), "plain peer"):
        pixels = pixels_of(data / label["file"])
        started = time.process_time()
        matched = _plain_matches(pixels, references)
        seconds.append((time.process_time() - started) * 1000)
        words = pytesseract.image_to_string(pixels).casefold() if readable else ""  # its own process: not timed
        for name, kit in known.items():
            if (label["file"], name) not in skip:
                counts.append(matched.get(name, 0))
                said.append(any(one.casefold() in words for one in kit.names))
                there.append(name in label["brands"])
    found = (np.array(counts) >= PEER_INLIERS) | np.array(said)
    right = int((found & np.array(there)).sum())
    return {
        "precision": share(right, int(found.sum())),
        "recall": share(right, sum(there)),
        "sift_ransac_ap": round(float(average_precision_score(there, counts)), 4),
        "sift_ms_all_kits": round(float(np.median(seconds)), 1),
        "tesseract": readable,
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


def scenes(folder: Path, limit: int | None, seed: int) -> dict[str, Any]:
    """How often the scene that is told is the labelled one, and how often one is told."""
    inspector = next(one for one in inspectors(Settings.from_environment()) if one.name == "scene")
    item = Item(id="c/r1/1", name="photo", kind=Kind.IMAGE, media_type="image/jpeg", digest="", size=0)
    brief = Brief(activity="in_store_display", questions=frozenset({"display"}))
    lines = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines() if line]
    chosen = random.Random(seed).sample(lines, limit) if limit is not None and limit < len(lines) else lines
    told = right = 0
    for label in progress(chosen, "scenes"):
        page = Page(index=0, label="photo", pixels=pixels_of(folder / label["file"]))
        evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=(page,))
        with Readings(evidence) as readings:
            found = {finding.code: finding for finding in inspector.inspect(item, brief, readings)}
        if found["scene.kind"].status is Status.MEASURED:
            told += 1
            right += found["scene.kind"].value == label["scene"]
    return {"right": share(right, told), "told": share(told, len(chosen))}


def figures_of(rows: Sequence[Row], probabilities: Probabilities, card: Scorecard) -> dict[str, Any]:
    """The headline figures of one set of probabilities."""
    borne = np.array([borne_out(sightings(row)) for row in rows])
    claims = np.where(borne, probabilities, np.minimum(probabilities, np.nextafter(card.present, 0)))
    told = presence(rows, claims, card.present)
    return {
        "ap": round(float(average_precision_score([row.there for row in rows], probabilities)), 4),
        "recall_at_p95": recall_at(rows, probabilities, 0.95),
        "recall_at_p98": recall_at(rows, probabilities, 0.98),
        "top1": told["top_1"]["share"],
        "ece": calibration_error(rows, probabilities),
        "ece_by_chance": calibration_by_chance(rows, probabilities),
        "box_hit": box_hits(rows, claims, card),
        "packs": packs(rows, claims, card.present),
        "claims": {key: told[key] for key in ("precision", "recall", "false_per_pair")},
    }


def _alone(rows: Sequence[Row], *kinds: str) -> float:
    """Average precision of one kind of evidence, or of the better of several."""
    best = [max(getattr(row, kind) for kind in kinds) for row in rows]
    return round(float(average_precision_score([row.there for row in rows], best)), 4)


def main() -> None:
    """Measure, print and perhaps record."""
    options = parser(__doc__ or "")
    options.add_argument("--kits", type=Path, default=None, help="a folder of kits in place of DIR/kits")
    options.add_argument("--kit-level", choices=tuple(LEVELS), default="full", help="use no more of each kit than this")
    options.add_argument("--embedding", type=Path, default=MODELS / "logo_embedding" / "card.yaml")
    options.add_argument("--negatives", type=Path, default=None, help="photos of which `brands: []` show none")
    options.add_argument("--scenes", type=Path, default=None, help="labelled scenes, in the format of data/scenes")
    options.add_argument("--evidence", type=Path, default=None, help="keep what was seen here, or use what was kept")
    options.add_argument("--model", type=Path, default=None, help="a folder with a scorecard; else the embedding's")
    given = options.parse_args()
    cv2.setNumThreads(1)
    kits = given.kits or given.data / "kits"
    card = load_scorecard(given.model or embedding.weights_of(given.embedding))
    looks = embedding.looks_of(given.embedding)
    gathered = gather(given.data, given.limit, given.seed, given.evidence, kits=kits, looks=looks)
    whole = usable(gathered)
    rows = [at_level(row, given.kit_level) for row in whole]
    shipped = np.array([probability(card, row) for row in rows])
    spent = costs(given.data, TIMED, given.seed, looks, kits)
    figures = figures_of(rows, shipped, card) | {
        "kit_level": given.kit_level,
        "photos": len({row.file for row in rows}),
        "kits": len({row.kit for row in rows}),
        "pairs_left_out": len(gathered) - len(rows),
        "held_out": {level: figures_of(whole, said, card) for level, said in held_out_at(whole, LEVELS).items()},
        "alone": by_evidence(rows),
        "cpu_ms": spent,
        "cpu_ms_per_photo": round(sum(spent[step] for step in STEPS if step != "read_sideways"), 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "scenes": None if given.scenes is None else scenes(given.scenes, given.limit, given.seed),
    }
    figures["scene_accuracy"] = figures["scenes"] and figures["scenes"]["right"]["share"]
    none = [row for row in rows if row.file in {one["file"] for one in photos(given.data, None, 0, unbranded=True)}]
    if given.negatives is not None:
        more = gather(given.negatives, given.limit, given.seed, kits=kits, unbranded=True, looks=looks)
        none += [at_level(row, given.kit_level) for row in more]
    false = share(sum(card.is_there(sightings(row), row.kind) for row in none), len(none))
    figures["unbranded_pairs"] = false
    figures["false_per_10k"] = None if not none else round(10_000 * false["share"], 3)
    skip = {(row.file, row.kit) for row in gathered if row.self_cut}
    figures["peers"] = {
        "plain": peer(given.data, kits, given.limit, given.seed, skip),
        "ocr_fuzzy_name_ap": _alone(whole, "name", "sideways"),
        "looks_ap": _alone(whole, "logo_look", "sample_look"),
    }
    tell("display", figures, data=given.data.resolve().name, write=given.record)


if __name__ == "__main__":
    main()
