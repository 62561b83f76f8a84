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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """CPU seconds on one photo: its keypoints, all kits' pictures (with how many kits), both readings."""

    view: float
    pictures: float
    kits: int
    upright: float
    sideways: float


Gathered = tuple[list[Row], list[Seconds]]


def gather(data: Path, limit: int | None, seed: int, kept: Path | None = None, kits: Path | None = None) -> Gathered:
    """The rows of a folder, or of a sample of `limit` photos; from the file `kept` when it is there, else into it."""
    if kept is not None and kept.is_file():
        stored = json.loads(kept.read_text(encoding="utf-8"))
        return [Row(**row) for row in stored["rows"]], [Seconds(**cost) for cost in stored["seconds"]]
    cv2.setNumThreads(1)
    known = load_kits(kits or data / "kits")
    rows: list[Row] = []
    seconds: list[Seconds] = []
    for label in progress(photos(data, limit, seed), "photos"):
        pixels = np.asarray(Image.open(data / label["file"]).convert("RGB"))
        found, cost = _look(pixels, label, known)
        rows += found
        seconds.append(cost)
    if kept is not None:
        kept.write_text(
            json.dumps({"rows": [asdict(row) for row in rows], "seconds": [asdict(cost) for cost in seconds]}),
            encoding="utf-8",
        )
    return rows, seconds


def photos(data: Path, limit: int | None, seed: int) -> Sequence[Mapping[str, Any]]:
    """The labelled lines whose brands are known, or a sample of them, in the file's order."""
    lines = [json.loads(line) for line in (data / "labels.jsonl").read_text(encoding="utf-8").splitlines() if line]
    known = [line for line in lines if line.get("brands") is not None]
    if limit is not None and limit < len(known):
        chosen = sorted(random.Random(seed).sample(range(len(known)), limit))
        known = [known[n] for n in chosen]
    return known


def _look(
    pixels: NDArray[np.uint8], label: Mapping[str, Any], kits: Mapping[str, BrandKit]
) -> tuple[list[Row], Seconds]:
    page = Page(index=0, label="photo", pixels=pixels)
    clock = [time.process_time()]
    view = brands.view(page)
    clock.append(time.process_time())
    seen = {name: brands.pictures_seen(view, kit) for name, kit in kits.items()}
    clock.append(time.process_time())
    upright = text.read(page)
    clock.append(time.process_time())
    turned = brands.sideways(page)
    clock.append(time.process_time())
    there = label["brands"]
    rows = []
    for name, kit in kits.items():
        best = dict.fromkeys(EVIDENCE, 0.0)
        for sighting in (*seen[name], *brands.names_seen(upright, kit)):
            best[sighting.role] = max(best.get(sighting.role, 0.0), sighting.strength)
        rows.append(
            Row(
                file=str(label["file"]),
                source=str(label["source"]),
                kit=name,
                there=name in there,
                self_cut=name in there and _cut_from(pixels, kit),
                logo=best["logo"],
                sample=best["sample"],
                pack=best["pack"],
                name=best["name"],
                sideways=max((one.strength for one in brands.names_seen(turned, kit)), default=0.0),
            )
        )
    steps = [after - before for before, after in pairwise(clock)]
    return rows, Seconds(view=steps[0], pictures=steps[1], kits=len(kits), upright=steps[2], sideways=steps[3])


def _cut_from(pixels: NDArray[np.uint8], kit: BrandKit) -> bool:
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
