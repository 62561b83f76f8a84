"""How well a brand will be found by its kit, from what was measured on brands that nobody trained on.

Each figure is of the brands that had such a kit, so two of them differ by their brands as well as by their kits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from verifier.casefile import BrandKit, Page, Picture
from verifier.errors import ModelError
from verifier.instruments import brands, names, text
from verifier.programs.kept_kits import read_sent

_READING_SIDE = 640  # pixels: a word mark is read at that size as on a photo
_WORDMARK = 0.6  # of a logo's width that its name takes; an emblem beside a word takes more than the rest
_AROUND = 40  # pixels of ground around a logo that is read
_LEAST_SIDE = 48  # pixels; smaller pictures hold no more than a few keypoints of their own


class Level(StrEnum):
    """What a kit has to know its brand by; the names of the figures in `recall.json`."""

    NAME = "name"
    WORDMARK = "wordmark"
    FIGURE = "figure"
    SAMPLE = "sample"
    SAMPLES = "samples"
    PACKS = "packs"


_TOLD = {
    Level.NAME: "the name only",
    Level.WORDMARK: "the name and a flat word mark",
    Level.FIGURE: "the name and a flat figurative logo",
    Level.SAMPLE: "one sample photo beside name and logo",
    Level.SAMPLES: "two sample photos or more beside name and logo",
    Level.PACKS: "catalogue pictures of the packaging",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Of `n` photos that show such a brand, on `k` it was found; `low` and `high` bound the share at 95%."""

    k: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.k / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCheck:
    """A picture of the kit: its size and how many keypoints it gives; `remedy` is "" where it is usable."""

    name: str
    role: str
    variant: str
    width: int
    height: int
    points: int
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """`level` is what the brand is best known by; `expect` says what that gives, `advice` what to add.

    `recall` is None where nobody measured it with the weights in use.
    """

    level: Level
    recall: Recall | None
    expect: str
    advice: tuple[str, ...]
    pictures: tuple[PictureCheck, ...]


def load_recall(weights: Path) -> Mapping[Level, Recall]:
    """The figures beside the scorecard in use; none where it was not measured. Raises ModelError."""
    path = weights / "recall.json"
    if not path.is_file():
        return {}
    try:
        levels = json.loads(path.read_text(encoding="utf-8"))["levels"]
        return {level: Recall(**{name: levels[level][name] for name in ("k", "n", "low", "high")}) for level in Level}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: no figures: {error!r}", "make it with `python -m benchmarks.kit_recall`") from None


def rate(kit: BrandKit, recall: Mapping[Level, Recall]) -> Strength:
    """How strong a kit is. Raises InputError when a picture cannot be decoded."""
    checks = tuple(_check(picture) for picture in kit.pictures)
    level = level_of(kit, [check.name for check in checks if not check.remedy])
    figure = recall.get(level)
    expect = f"{_TOLD[level]}: how often that finds it was not measured with the embedding in use"
    if figure is not None:
        expect = (
            f"{_TOLD[level]}: expect to find it on {figure.share:.0%} of the photos that show it "
            f"({figure.k} of {figure.n}, {figure.low:.0%}-{figure.high:.0%})"
        )
    return Strength(
        level=level, recall=figure, expect=expect, advice=tuple(_advice(kit, level, recall)), pictures=checks
    )


def receive(
    context: object, id_: str, kit_file: str, data: bytes, files: Mapping[str, bytes], weights: Path
) -> tuple[BrandKit, Strength]:
    """A kit that somebody sent, and its strength; for a guarded worker. Raises KitError, ModelError.

    `weights` is the folder of the scorecard in use.
    """
    kit = read_sent(context, id_, kit_file, data, files)
    return kit, rate(kit, load_recall(weights))


def level_of(kit: BrandKit, usable: Sequence[str] | None = None) -> Level:
    """What the brand is best known by; of the pictures, only the `usable` ones count where they are named."""
    counted = [one for one in kit.pictures if usable is None or one.name in usable]
    by_role = {role: [one for one in counted if one.role == role] for role in ("pack", "sample", "logo")}
    if by_role["pack"]:
        return Level.PACKS
    if by_role["sample"]:
        return Level.SAMPLES if len(by_role["sample"]) > 1 else Level.SAMPLE
    if not by_role["logo"]:
        return Level.NAME
    return Level.WORDMARK if all(is_wordmark(logo, kit.names) for logo in by_role["logo"]) else Level.FIGURE


def is_wordmark(logo: Picture, known: Sequence[str]) -> bool:
    """Whether the logo is hardly more than its name, as far as that can be read in it."""
    pixels = brands.trimmed(brands.pixels_of(logo))
    shrink = min(1.0, _READING_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    ground = tuple(int(value) for value in small[0, 0])
    framed = cv2.copyMakeBorder(small, _AROUND, _AROUND, _AROUND, _AROUND, cv2.BORDER_CONSTANT, value=ground)
    read = names.find(known, (), text.read(Page(index=0, label=logo.name, pixels=np.asarray(framed, np.uint8))))
    return any(found.box.right - found.box.left >= _WORDMARK * small.shape[1] for found in read)


def _check(picture: Picture) -> PictureCheck:
    height, width = brands.pixels_of(picture).shape[:2]
    points = brands.points_on(picture)
    remedy = ""
    if min(width, height) < _LEAST_SIDE:
        remedy = f"too small: send it with at least {_LEAST_SIDE} pixels on its shorter side"
    elif points < brands.CLEAR[picture.role]:
        remedy = "too plain to be recognised by its shape: the name has to be read, or send a photo of it in use"
    return PictureCheck(
        name=picture.name, role=picture.role, variant=picture.variant, width=width, height=height, points=points,
        remedy=remedy,
    )  # fmt: skip


def _advice(kit: BrandKit, level: Level, recall: Mapping[Level, Recall]) -> Iterator[str]:
    """What would help most first; nothing is promised beyond what was measured."""
    now, more, packs = (recall.get(one) for one in (level, Level.SAMPLES, Level.PACKS))
    if not kit.names:
        yield "add the name as it is written on the material: names that can be read are found without any picture"
    if level is Level.NAME:
        yield "add the logo as SVG or PNG: it is found where the name cannot be read"
    few = level in (Level.NAME, Level.WORDMARK, Level.FIGURE, Level.SAMPLE)
    if few and (now is None or more is None or more.share > now.share):
        yield f"add two crops of real photos that show the logo (samples){_gave(more)}"
    if level is not Level.PACKS:
        yield f"where packaging is shown, add a catalogue picture of each pack{_gave(packs)}"
    if not kit.colours:
        yield "add the colours of the logo: then a recoloured one is told"


def _gave(recall: Recall | None) -> str:
    return "" if recall is None else f": that gave {recall.share:.0%}"
