"""How often a scene is told, and rightly, on sources that the scorecard has not seen; and how honest photos fare.

    python -m benchmarks.scenes --data DIR [--also DIR ...] [--screens DIR] [--photos DIR] [--limit N] [--record]

DIR is labelled as `models/scene/train.py` says. `held_out`: for each source in turn the scorecard comes from the other
sources alone (and rendered pictures). `shipped` is the scorecard as it lies in models/, which has seen the photos
of the project's own data, but none of another folder's. A scene with photos of fewer than two sources is "not shown".
`moire` counts photos of all folders that pass for photographed screens, and how many simulated ones do: by a beat over
the picture (benchmarks/mountings.py, where the limit comes from) and by striped picture elements sampled anew. The last
line is JSON. About five minutes of one core for the project's own data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.mountings import off_a_screen
from benchmarks.record import parser, progress, share, tell
from models.scene import train
from models.scene.train import HERE, RENDERED, Photo
from verifier.casefile import Page
from verifier.instruments import moire, scenes
from verifier.instruments.scenes import Scorecard

DRAWN = 0.9  # rules/scene/artwork-as-photo.yaml
SIMULATED, SCREEN_PIXELS = 40, (420, 700)  # pictures, and how many picture elements the simulated screens are wide
Pixels = NDArray[np.uint8]


def measure(folder: Path, also: Sequence[Path] = (), screens: Path | None = None) -> dict[str, Any]:
    """Accuracy and coverage on those folders, `held_out` and `shipped`, each in all, by scene and drawn or not."""
    photos = [photo for each in (folder, *also) for photo in progress(list(train.measured(each)), each.name)]
    photos += [*train.rendered(), *(train.screens(screens) if screens else ())]
    names = list(scenes.groups(HERE))
    card = scenes.scorecard(HERE)
    shipped = card.probabilities(np.stack([p.shares for p in photos]), np.stack([p.flat for p in photos]))
    return {
        "held_out": _figures(photos, train.held_out(photos, names), card, names),
        "shipped": _figures(photos, shipped, card, names),
    }


def _figures(photos: Sequence[Photo], found: NDArray[Any], card: Scorecard, names: Sequence[str]) -> dict[str, Any]:
    real = np.array([photo.source != RENDERED for photo in photos])
    truth = np.array([photo.scene for photo in photos])
    said = np.array(names)[found.argmax(axis=1)]
    told, right = real & (found.max(axis=1) >= card.tell), said == truth
    drawn = found[:, [names.index(scene) for scene in scenes.FLAT]].sum(axis=1) >= DRAWN
    flat = np.isin(truth, scenes.FLAT)
    return {
        "photos": int(real.sum()),
        "sources": len({photo.source for photo in photos} - {RENDERED}),
        "accuracy": share(int((told & right).sum()), int(told.sum())),
        "coverage": share(int(told.sum()), int(real.sum())),
        "forced": share(int((real & right).sum()), int(real.sum())),
        "settings": _settings(truth[real], found[real], card, names),
        "by_scene": {name: _of_scene(name, photos, real & (truth == name), told, said) for name in sorted(set(truth))},
        "photos_taken_for_drawn": share(int((drawn & real & ~flat).sum()), int((real & ~flat).sum())),
        "drawn_found": share(int((drawn & real & flat).sum()), int((real & flat).sum())),
    }


def _settings(truth: NDArray[Any], found: NDArray[Any], card: Scorecard, names: Sequence[str]) -> dict[str, Any]:
    """By setting: of those told as it, the right ones; of its own, those told rightly. A display is goods."""
    likeliest = [scenes.likeliest_setting(one, names) for one in found]
    said = np.array([setting if likely >= card.settings[setting] else "" for setting, likely in likeliest])
    figures = {}
    for setting, members in scenes.SETTINGS.items():
        own = np.isin(truth, [*members, *(["display"] if setting == "goods" else [])])
        hits, told = int((own & (said == setting)).sum()), int((said == setting).sum())
        figures[setting] = {"told": share(hits, told), "found": share(hits, int(own.sum()))}
    return figures


def _of_scene(
    name: str, photos: Sequence[Photo], own: NDArray[np.bool_], told: NDArray[np.bool_], said: NDArray[Any]
) -> Any:
    """Of those told as the scene, the right ones; of its own, those told rightly."""
    sources = {photo.source for photo, there in zip(photos, own, strict=True) if there}
    if len(sources) < 2:
        return f"not shown: {int(own.sum())} photos of {len(sources)} source"
    claimed = told & (said == name)
    hits = int((claimed & own).sum())
    return {"told": share(hits, int(claimed.sum())), "found": share(hits, int(own.sum())), "sources": len(sources)}


def photographed_screens(files: Sequence[Path], seed: int) -> dict[str, Any]:
    """Honest pictures and simulated photos of screens at or above the limit."""
    random, generator = Random(seed), np.random.default_rng(seed)
    strengths = [moire.strength(_page(_read(file))) for file in progress(files, "moire")]
    seen = [strength for strength in strengths if strength is not None]
    drawn = [_read(file) for file in random.sample(sorted(files), min(SIMULATED, len(files)))]

    def caught(simulate: Callable[[Pixels], Pixels]) -> dict[str, Any]:
        return share(sum((moire.strength(_page(simulate(one))) or 0) >= moire.RECAPTURED for one in drawn), len(drawn))

    return {
        "honest": share(sum(strength >= moire.RECAPTURED for strength in seen), len(seen)),
        "beat": caught(lambda picture: np.asarray(off_a_screen(Image.fromarray(_wide(picture)), random))),
        "picture_elements": caught(lambda picture: picture_elements(picture, generator)),
    }


def picture_elements(picture: Pixels, random: np.random.Generator) -> Pixels:
    """The picture on a screen of red, green and blue stripes, photographed slantwise at about its own resolution."""
    scale, step = int(random.integers(*SCREEN_PIXELS)) / picture.shape[1], 6
    shown = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    stripes = np.full((step, step, 3), 0.05, np.float32)
    for channel in range(3):
        stripes[:-1, 2 * channel : 2 * channel + 2, channel] = 3.2  # the dark row and two dark stripes take their share
    lit = np.repeat(np.repeat(shown, step, 0), step, 1) * np.tile(stripes, (*shown.shape[:2], 1))
    wide = int(random.uniform(1.1, 2.6) * shown.shape[1])
    tall = wide * shown.shape[0] // shown.shape[1]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    inwards = np.where(corners == 0, 1, -1) * random.uniform(-0.03, 0.06, (4, 2))
    places = ((corners + inwards) * (wide, tall)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners * np.array(lit.shape[1::-1], np.float32), places)
    soft = cv2.GaussianBlur(lit, (0, 0), step * shown.shape[1] / wide * random.uniform(0.25, 0.5))
    taken = cv2.warpPerspective(soft, turn, (wide, tall), borderValue=(14, 14, 16))
    noisy = np.clip(taken + random.normal(0, random.uniform(1.5, 4), taken.shape), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(75, 95))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def cpu_ms(files: Iterable[Path]) -> float:
    """CPU milliseconds of telling the scene of a 12 MP picture, the median."""
    times = []
    for file in files:
        large = _page(np.asarray(cv2.resize(_read(file), (4000, 3000)), np.uint8))
        started = time.process_time()
        scenes.tell(large, HERE)
        times.append(1000 * (time.process_time() - started))
    return round(float(np.median(times)), 1)


def _read(file: Path) -> Pixels:
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise SystemExit(f"{file} cannot be read")
    return np.asarray(picture, np.uint8)


def _wide(picture: Pixels) -> Pixels:
    scale = max(1.0, 1000 / picture.shape[1])  # a screen is photographed at more than a thumbnail's size
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _page(pixels: Pixels) -> Page:
    return Page(index=0, label="photo", pixels=np.ascontiguousarray(pixels))


def _pictures(folder: Path, limit: int | None, seed: int) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return Random(seed).sample(files, min(limit or len(files), len(files)))


def main() -> None:
    """Measure, print and perhaps record."""
    options = parser(__doc__ or "")
    options.add_argument("--also", type=Path, nargs="*", default=[])
    options.add_argument("--screens", type=Path, default=None, help="screenshots, by platform")
    options.add_argument("--photos", type=Path, default=None, help="honest photos beside those of --data and --also")
    given = options.parse_args()
    cv2.setNumThreads(1)
    figures = measure(given.data, given.also, given.screens)
    folders = [given.data, *given.also, *([given.photos] if given.photos else [])]
    labelled = {"photos", "images"}  # kits and other reference pictures lie beside them
    places = [place for folder in folders for place in folder.iterdir() if place.name in labelled]
    files = [file for place in places for file in _pictures(place, given.limit, given.seed)]
    figures["moire"] = photographed_screens(files, given.seed)
    figures["cpu_ms_12mp"] = cpu_ms(files[:9])
    tell("scenes", figures, data=given.data.resolve().name, write=given.record)


if __name__ == "__main__":
    main()
