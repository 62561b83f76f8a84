"""What speaks for each brand kit on each labelled photo: the rows that brand presence is measured and fitted on.

A folder holds `labels.jsonl` (`file`, `source`, `brands`: a list, [] for none of the kits, null for not labelled) and
`kits/<brand>/kit.json`. Rows can be kept in a file and used again, since reading takes a second or two per photo.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.record import progress
from verifier.casefile import BrandKit, Page
from verifier.instruments import brands, text
from verifier.instruments.scorecard import EVIDENCE
from verifier.programs.brands import load_kits

STEPS = ("keypoints", "pictures_all_kits", "read_upright", "read_sideways")
_CUT_OUT = 0.9  # correlation from which a kit's sample is a cut-out of the very photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One photo and one kit: the best strength of each kind of evidence.

    `name` is read upright, `sideways` with the page turned; `self_cut`: one of the kit's samples is cut from the photo.
    """

    file: str
    source: str
    kit: str
    there: bool
    self_cut: bool
    logo: float
    sample: float
    pack: float
    name: float
    sideways: float


def gather(
    data: Path,
    limit: int | None,
    seed: int,
    kept: Path | None = None,
    *,
    kits: Path | None = None,
    unbranded: bool = False,
) -> list[Row]:
    """The rows of a folder, or of a sample of `limit` photos; from the file `kept` when it is there, else into it.

    `kits` stands in for the folder's own; `unbranded` takes photos with `brands: []` only.
    """
    if kept is not None and kept.is_file():
        return [Row(**row) for row in json.loads(kept.read_text(encoding="utf-8"))]
    cv2.setNumThreads(1)
    known = load_kits(kits or data / "kits")
    rows: list[Row] = []
    for label in progress(photos(data, limit, seed, unbranded), "photos"):
        rows += _look(pixels_of(data / label["file"]), label, known)
    if kept is not None:
        kept.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    return rows


def costs(data: Path, sample: int, seed: int) -> dict[str, float]:
    """Median CPU milliseconds per photo and step, on a sample."""
    kits = load_kits(data / "kits")
    taken: dict[str, list[float]] = {}
    for label in progress(photos(data, sample, seed), "timed photos"):
        page = Page(index=0, label="photo", pixels=pixels_of(data / label["file"]))
        clock = [time.process_time()]
        view = brands.view(page)
        clock.append(time.process_time())
        for kit in kits.values():
            brands.pictures_seen(view, kit)
        clock.append(time.process_time())
        text.read(page)
        clock.append(time.process_time())
        brands.sideways(page)
        clock.append(time.process_time())
        for step, (before, after) in zip(STEPS, pairwise(clock), strict=True):
            taken.setdefault(step, []).append((after - before) * 1000)
    medians = {step: round(median(times), 1) for step, times in taken.items()}
    return medians | {"pictures_per_kit": round(medians["pictures_all_kits"] / len(kits), 2)}


def photos(data: Path, limit: int | None, seed: int, unbranded: bool = False) -> Sequence[Mapping[str, Any]]:
    """The labelled lines whose brands are known (to be none), or a sample of them, in the file's order."""
    lines = [json.loads(line) for line in (data / "labels.jsonl").read_text(encoding="utf-8").splitlines() if line]
    known = [line for line in lines if line.get("brands") == [] or (line.get("brands") and not unbranded)]
    if limit is not None and limit < len(known):
        chosen = sorted(random.Random(seed).sample(range(len(known)), limit))
        known = [known[n] for n in chosen]
    return known


def pixels_of(file: Path) -> NDArray[np.uint8]:
    """(height, width, 3) RGB."""
    return np.asarray(Image.open(file).convert("RGB"))


def _look(pixels: NDArray[np.uint8], label: Mapping[str, Any], kits: Mapping[str, BrandKit]) -> list[Row]:
    page = Page(index=0, label="photo", pixels=pixels)
    view, upright, turned = brands.view(page), text.read(page), brands.sideways(page)
    rows = []
    for name, kit in kits.items():
        best = dict.fromkeys(EVIDENCE, 0.0)
        for sighting in (*brands.pictures_seen(view, kit), *brands.names_seen(upright, kit)):
            best[sighting.role] = max(best.get(sighting.role, 0.0), sighting.strength)
        there = name in label["brands"]
        rows.append(
            Row(
                file=str(label["file"]),
                source=str(label["source"]),
                kit=name,
                there=there,
                self_cut=there and cut_from(pixels, kit),
                sideways=max((one.strength for one in brands.names_seen(turned, kit)), default=0.0),
                **{kind: best[kind] for kind in EVIDENCE},
            )
        )
    return rows


def cut_from(pixels: NDArray[np.uint8], kit: BrandKit) -> bool:
    """Is one of the kit's samples a cut-out of this photo? Finding it again would be no feat."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    for picture in kit.pictures:
        sample = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture.role != "sample" or sample is None:
            continue
        fits = all(part <= whole for part, whole in zip(sample.shape, grey.shape, strict=True))
        if fits and float(cv2.matchTemplate(grey, sample, cv2.TM_CCOEFF_NORMED).max()) > _CUT_OUT:
            return True
    return False
