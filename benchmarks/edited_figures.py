"""Can a repainted figure be told by its letters alone? `python -m benchmarks.edited_figures --data DIR --rendered DIR`.

It measures signals that `verifier` leaves out. Within one picture, the same digit in the same size and colours should
be printed alike wherever it stands: its ink and its spread do not change when it is shifted by part of a pixel. Of each
figure it tells how far its digits are from their nearest twins in other figures (`letters`), how unlike its neighbours'
its digits' height is (`size`), how uneven its own digits stand (`baseline`), and how much smoother or rougher the
ground around it is than around others (`ground`). A picture is as suspicious as its most suspicious figure; the
threshold is what 2% of honest pictures exceed. DIR of `--data` holds real screenshots (edits are painted into them by
`repainting`), that of `--rendered` has `honest/` and `edited/` as `python -m fixtures.render` makes them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import repainting
from benchmarks.record import parser, progress, share, tell
from benchmarks.repainting import Figure
from verifier.casefile import Box, Page
from verifier.instruments import text

Pixels = NDArray[np.uint8]
Scored = tuple[Mapping[str, float], str]  # a picture's scores, and how it was edited
SIGNALS = ("letters", "size", "baseline", "ground")
_HONEST = 0.98  # of honest pictures must stay below the threshold
_LEAST_HEIGHT = 6  # pixels of a digit
_INK = 0.35  # of the way from the ground to the print: part of a letter
_ALIKE = 0.12  # of height: digits that might be of one size
_COLOURS = 60  # grey levels between two inks or grounds that might be one


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A digit's print: its sign, edges in pixels, ink (sum of coverage), and central second moments."""

    sign: str
    top: float
    bottom: float
    shape: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A figure taken apart: its digits, its colours, and how rough the ground around it is."""

    glyphs: tuple[Glyph, ...]
    height: float
    colours: NDArray[np.float64]
    roughness: float


def main() -> None:
    """Measure and tell."""
    options = parser(__doc__ or "")
    options.add_argument("--rendered", type=Path, required=True, help="a folder with honest/ and edited/")
    chosen = options.parse_args()
    real = _real(chosen.data, chosen.limit, Random(chosen.seed))
    rendered = _rendered(chosen.rendered, chosen.limit)
    whole = {name: _told(*sides) for name, sides in (("real", real), ("rendered", rendered))}
    tell("edited_figures", whole, data=chosen.data.name, write=chosen.record)


def _real(folder: Path, limit: int | None, random: Random) -> tuple[list[Scored], list[Scored]]:
    """Scores of the real pictures as they are, and with one digit of one figure repainted, one edit a picture."""
    honest, edited = [], []
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines() if line]
    for label in progress(labels[:limit], "real"):
        pixels = np.asarray(Image.open(folder / label["file"]).convert("RGB"))
        found = repainting.figures(text.read(Page(index=0, label="", pixels=pixels)), 1)
        honest.append((scores(pixels, found), "honest"))
        targets = [one for one in found if sum(sign.isdigit() for sign in one.text) > 1]
        random.shuffle(targets)
        changed = next(filter(None, (repainting.repaint(pixels, one, found, random) for one in targets)), None)
        if changed is not None:
            after, edit = changed
            there = [Figure(text=edit.new, box=one.box) if one.box == edit.box else one for one in found]
            edited.append((scores(after, there), "pasted"))
    return honest, edited


def _rendered(folder: Path, limit: int | None) -> tuple[list[Scored], list[Scored]]:
    """Scores of rendered pictures; their figures are taken from the labels, so reading costs nothing here."""
    sides = []
    for name in ("honest", "edited"):
        lines = (folder / name / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        scored = []
        for label in progress([json.loads(line) for line in lines][:limit], name):
            if not label.get("boxes"):
                continue
            pixels = np.asarray(Image.open(folder / name / label["file"]).convert("RGB"))
            found = [Figure(text=one["text"], box=_box(one["box"])) for one in label["boxes"]]
            scored.append((scores(pixels, found), label["edit"]["way"] if "edit" in label else "honest"))
        sides.append(scored)
    return sides[0], sides[1]


def _box(sides: Sequence[float]) -> Box:
    left, top, right, bottom = map(float, sides)
    return Box(left=left, top=top, right=right, bottom=bottom)


def _told(honest: Sequence[Scored], edited: Sequence[Scored]) -> dict[str, Any]:
    """For each signal, how many edits exceed what 2% of the honest pictures exceed."""
    told: dict[str, Any] = {}
    for signal in SIGNALS:
        threshold = float(np.quantile([one[signal] for one, _ in honest], _HONEST, method="higher"))
        ways: dict[str, list[bool]] = defaultdict(list)
        for one, way in edited:
            for name in (way, "all"):
                ways[name].append(one[signal] > threshold)
        alarms = sum(one[signal] > threshold for one, _ in honest)
        told[signal] = {
            "threshold": round(threshold, 4), "honest_alarms": share(alarms, len(honest)),
            "found": {way: share(sum(hits), len(hits)) for way, hits in sorted(ways.items())},
        }  # fmt: skip
    return told


def scores(pixels: Pixels, found: Sequence[Figure]) -> Mapping[str, float]:
    """The picture's score by signal: that of its most suspicious figure, 0 where nothing can be compared."""
    prints = [one for one in (taken_apart(pixels, figure) for figure in found) if one is not None]
    worst = dict.fromkeys(SIGNALS, 0.0)
    for one in prints:
        others = [other for other in prints if other is not one and _one_style(one, other)]
        for signal, value in _scores(one, others):
            worst[signal] = max(worst[signal], value)
    return worst


def _scores(one: Print, others: Sequence[Print]) -> Iterator[tuple[str, float]]:
    bottoms = [glyph.bottom for glyph in one.glyphs]
    yield "baseline", float(max(bottoms) - min(bottoms)) / one.height
    apart = [
        min(float(np.abs(np.subtract(glyph.shape, twin.shape)).max()) for twin in twins)
        for glyph in one.glyphs
        if (twins := [twin for other in others for twin in other.glyphs if twin.sign == glyph.sign])
    ]
    if apart:
        yield "letters", max(apart)
    if len(others) > 1:
        yield "size", min(abs(other.height / one.height - 1) for other in others)
        usual = float(np.median([other.roughness for other in others]))
        yield "ground", abs(float(np.log2((one.roughness + 0.5) / (usual + 0.5))))


def _one_style(one: Print, other: Print) -> bool:
    alike = abs(one.height / other.height - 1) <= _ALIKE
    return alike and bool(np.abs(one.colours - other.colours).max() <= _COLOURS)


def taken_apart(pixels: Pixels, figure: Figure) -> Print | None:
    """The figure's digits; None where its print does not fall into them."""
    cut = repainting.cut_up(pixels, figure)
    if not cut or min(box.bottom - box.top for _, box in cut) < _LEAST_HEIGHT:
        return None
    colours = repainting.ink(pixels, figure.box)
    ground, ink = colours[:3], colours[3:]
    way = (ink - ground) / max(1.0, float(((ink - ground) ** 2).sum()))
    glyphs = [_glyph(sign, _covered(pixels, box, ground, way), box) for sign, box in cut]
    height = float(np.median([glyph.bottom - glyph.top for glyph in glyphs]))
    strip = pixels[
        max(0, int(figure.box.top) - 3) : int(figure.box.top) + 1, int(figure.box.left) : int(figure.box.right)
    ]
    roughness = float(np.abs(strip.astype(float) - ground).mean()) if strip.size else 0.0
    return Print(glyphs=tuple(glyphs), height=height, colours=colours, roughness=roughness)


def _covered(pixels: Pixels, box: Box, ground: NDArray[Any], way: NDArray[Any]) -> NDArray[np.float64]:
    """How much of each pixel around a digit the print covers, 0..1."""
    top, left = max(0, int(box.top) - 2), max(0, int(box.left) - 1)
    patch = pixels[top : int(box.bottom) + 2, left : int(box.right) + 1].astype(np.float64)
    return np.asarray(np.clip((patch - ground) @ way, 0.0, 1.0), np.float64)


def _glyph(sign: str, covered: NDArray[np.float64], box: Box) -> Glyph:
    """Edges to part of a pixel: the outermost row counts by how much of the next one's ink it has."""
    rows, columns = covered.sum(axis=1), covered.sum(axis=0)
    mass = max(1e-6, float(rows.sum()))
    deep, wide = (_spread(profile, mass) for profile in (rows, columns))
    strong = np.flatnonzero(covered.max(axis=1) >= _INK)
    first, last = (int(strong[0]), int(strong[-1])) if strong.size else (0, len(rows) - 1)
    top = box.top - 2 + first - (rows[first - 1] / max(rows[first], 1e-6) if first else 0.0)
    bottom = box.top - 1 + last + (rows[last + 1] / max(rows[last], 1e-6) if last + 1 < len(rows) else 0.0)
    tall = max(1.0, box.bottom - box.top)
    return Glyph(sign=sign, top=top, bottom=bottom, shape=(mass / tall**2 * 4, deep / tall * 4, wide / tall * 4))


def _spread(profile: NDArray[np.float64], mass: float) -> float:
    """The standard deviation of ink along a profile."""
    places = np.arange(len(profile))
    middle = float((profile * places).sum()) / mass
    return float(np.sqrt((profile * (places - middle) ** 2).sum() / mass))


if __name__ == "__main__":
    main()
