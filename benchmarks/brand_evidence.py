"""What speaks for each brand kit on each labelled photo: the rows that brand presence is measured and fitted on.

A folder holds `labels.jsonl` (`file`, `source`, `brands`: a list, [] for none of the kits, null for not labelled) and
`kits/<brand>/kit.json`. Rows are gathered with whole kits; `at_level` tells what a poorer
kit would have given. They can be kept in a file and used again, since reading takes a second or two per photo.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.record import progress
from verifier.casefile import BrandKit, Page, Picture
from verifier.instruments import brands, text
from verifier.instruments.brands import Sighting
from verifier.instruments.looks import Looks, Seen
from verifier.instruments.scorecard import EVIDENCE, kit_kind
from verifier.programs.brands import load_kits

STEPS = ("keypoints", "pictures_all_kits", "read_upright", "read_sideways", "places", "looks_all_kits")
_FLAT, _SAMPLES = ("name", "sideways", "logo", "logo_look"), ("sample", "sample_look")
LEVELS = {  # kinds of evidence that a kit can give
    "name": _FLAT[:2], "logo": _FLAT, "one_sample": _FLAT + _SAMPLES, "two_samples": _FLAT + _SAMPLES,
    "three_samples": _FLAT + _SAMPLES, "full": (*_FLAT, *_SAMPLES, "pack"),
}  # fmt: skip
_DRAWN = {"one_sample": 1, "two_samples": 2, "three_samples": 3}
_CUT_OUT = 0.9  # correlation from which a kit's sample is a cut-out of the very photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One photo and one kit: the best strength of each kind of evidence.

    `name` is read upright, `sideways` with the page turned; `self_cut`: one of the kit's samples is cut from the photo.
    `overlaps`: the best sighting of each kind against the labelled boxes of the brand (intersection over union), where
    there are any. `roles`: of the kit's pictures, sorted. `samples`: agreeing points and look of each sample.
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
    logo_look: float = 0.0
    sample_look: float = 0.0
    overlaps: Mapping[str, float] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    samples: tuple[tuple[float, float], ...] = ()

    @property
    def kind(self) -> str:
        """The kind of kit."""
        return kit_kind(self.roles)


def at_level(row: Row, level: str) -> Row:
    """The row as a kit of that level (`LEVELS`) would have given it."""
    dropped: dict[str, Any] = {kind: 0.0 for kind in LEVELS["full"] if kind not in LEVELS[level]}
    poorer = replace(row, roles=tuple(role for role in row.roles if role in LEVELS[level]), **dropped)
    if "sample" not in poorer.roles:
        return replace(poorer, samples=())
    return _drawn(poorer, _DRAWN[level]) if level in _DRAWN else poorer


def _drawn(row: Row, count: int) -> Row:
    """The row with no more than `count` of the kit's samples, others for each photo."""
    held = len(row.samples)
    if held <= count:
        return row
    first = zlib.crc32(f"{row.file} {row.kit}".encode())
    drawn = tuple(row.samples[(first + n) % held] for n in range(count))
    points, look = (max(one[n] for one in drawn) for n in (0, 1))
    lost = {kind for kind, now in (("sample", points), ("sample_look", look)) if now < getattr(row, kind)}
    return replace(
        row, sample=points, sample_look=look, samples=drawn,
        roles=tuple(sorted([role for role in row.roles if role != "sample"] + ["sample"] * count)),
        overlaps={kind: overlap for kind, overlap in row.overlaps.items() if kind not in lost},
    )  # fmt: skip


def gather(
    data: Path,
    limit: int | None,
    seed: int,
    kept: Path | None = None,
    *,
    kits: Path | None = None,
    unbranded: bool = False,
    looks: Looks | None = None,
) -> list[Row]:
    """The rows of a folder, or of a sample of `limit` photos; from the file `kept` when it is there, else into it.

    `kits` stands in for the folder's own; `unbranded` takes photos with `brands: []` only; without `looks` no likeness
    is told.
    """
    if kept is not None and kept.is_file():
        return [
            Row(**row | {"roles": tuple(row["roles"]), "samples": tuple(tuple(one) for one in row["samples"])})
            for row in json.loads(kept.read_text(encoding="utf-8"))
        ]
    cv2.setNumThreads(1)
    known = load_kits(kits or data / "kits")
    rows: list[Row] = []
    for label in progress(photos(data, limit, seed, unbranded), "photos"):
        rows += _look(pixels_of(data / label["file"]), label, known, looks)
    if kept is not None:
        kept.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    return rows


def costs(data: Path, sample: int, seed: int, looks: Looks, kits: Path | None = None) -> dict[str, float]:
    """Median CPU milliseconds per photo and step, on a sample."""
    known = load_kits(kits or data / "kits")
    taken: dict[str, list[float]] = {}
    for label in progress(photos(data, sample, seed), "timed photos"):
        page = Page(index=0, label="photo", pixels=pixels_of(data / label["file"]))
        clock = [time.process_time()]
        view = brands.view(page)
        clock.append(time.process_time())
        for kit in known.values():
            brands.pictures_seen(view, kit)
        clock.append(time.process_time())
        lines = text.read(page)
        clock.append(time.process_time())
        brands.sideways(page)
        clock.append(time.process_time())
        places = looks.photo(page, [line.box for line in lines])
        clock.append(time.process_time())
        for kit in known.values():
            looks.seen(places, kit)
        clock.append(time.process_time())
        for step, (before, after) in zip(STEPS, pairwise(clock), strict=True):
            taken.setdefault(step, []).append((after - before) * 1000)
    medians = {step: round(median(times), 1) for step, times in taken.items()}
    return medians | {"pictures_per_kit": round(medians["pictures_all_kits"] / len(known), 2)}


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


def _look(
    pixels: NDArray[np.uint8], label: Mapping[str, Any], kits: Mapping[str, BrandKit], looks: Looks | None
) -> list[Row]:
    page = Page(index=0, label="photo", pixels=pixels)
    view, upright, turned = brands.view(page), text.read(page), brands.sideways(page)
    places = looks.photo(page, [line.box for line in upright]) if looks is not None else None
    rows = []
    for name, kit in kits.items():
        best: dict[str, Sighting] = {}
        looked = looks.seen(places, kit) if looks is not None and places is not None else ()
        pictured = brands.pictures_seen(view, kit)
        for sighting in (*pictured, *brands.names_seen(upright, kit), *looked):
            if sighting.role not in best or sighting.strength > best[sighting.role].strength:
                best[sighting.role] = sighting
        there = name in label["brands"]
        boxes = [mark["box"] for mark in label.get("logo_boxes") or [] if mark["brand"] == name]
        rows.append(
            Row(
                file=str(label["file"]),
                source=str(label["source"]),
                kit=name,
                there=there,
                self_cut=there and cut_from(pixels, kit),
                sideways=max((one.strength for one in brands.names_seen(turned, kit)), default=0.0),
                roles=tuple(sorted(picture.role for picture in kit.pictures)),
                samples=tuple(
                    (_points(pictured, one), 0.0 if looks is None or places is None else _look_of(looks, places, one))
                    for one in kit.pictures
                    if one.role == "sample"
                ),
                overlaps={kind: _overlap(best[kind], boxes) for kind in EVIDENCE if kind in best and boxes},
                **{kind: best[kind].strength if kind in best else 0.0 for kind in EVIDENCE},
            )
        )
    return rows


def _points(pictured: Iterable[Sighting], picture: Picture) -> float:
    return max((one.strength for one in pictured if one.source == picture.name), default=0.0)


def _look_of(looks: Looks, places: Seen, picture: Picture) -> float:
    alone = BrandKit(id="", names=(), pictures=(picture,))
    return max((one.strength for one in looks.seen(places, alone)), default=0.0)


def _overlap(sighting: Sighting, boxes: Sequence[Sequence[float]]) -> float:
    """Intersection over union of the sighting's upright box with the nearest of `boxes`."""
    xs, ys = zip(*sighting.outline, strict=True)
    best = 0.0
    for left, top, right, bottom in boxes:
        across = max(0.0, min(max(xs), right) - max(min(xs), left))
        down = max(0.0, min(max(ys), bottom) - max(min(ys), top))
        areas = (max(xs) - min(xs)) * (max(ys) - min(ys)) + (right - left) * (bottom - top)
        best = max(best, across * down / max(areas - across * down, 1e-9))
    return round(best, 4)


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
