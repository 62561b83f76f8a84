"""How often quality calls a real picture illegible, and how often the same picture spoilt.

    python -m benchmarks.quality --data DIR [--sets SUBFOLDER ...] [--limit N]

DIR (or each of its subfolders named) is any folder of pictures that people could judge by. Each is measured as it is
(false alarms: the fewer the better) and spoilt in stated ways (the more are caught the better). The spoilt ones are
drawn, not taken: real bad photos are noisier and shaken along curves.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.record import parser, progress, share, tell
from verifier.casefile import Page
from verifier.inspectors.quality import faults
from verifier.instruments import clarity

Pixels = NDArray[np.uint8]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def _blurred(share_of_side: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: cv2.GaussianBlur(pixels, (0, 0), share_of_side * max(pixels.shape)).astype(np.uint8)


def _shaken(share_of_side: float, degrees: float) -> Callable[[Pixels], Pixels]:
    def shake(pixels: Pixels) -> Pixels:
        size = max(3, int(share_of_side * max(pixels.shape))) | 1
        kernel, middle = np.zeros((size, size), np.float32), size // 2
        east, south = np.cos(np.radians(degrees)) * middle, np.sin(np.radians(degrees)) * middle
        ends = [(round(middle + sign * east), round(middle + sign * south)) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0)
        return cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE).astype(np.uint8)

    return shake


def _shrunk(longest: int) -> Callable[[Pixels], Pixels]:
    def shrink(pixels: Pixels) -> Pixels:
        scale = min(1.0, longest / max(pixels.shape))
        return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)

    return shrink


def _noisy(pixels: Pixels, deviation: float) -> Pixels:
    noise = np.random.default_rng(0).normal(0, deviation, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


SPOILT: Mapping[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda pixels: pixels,
    "blurred by 0.3% of the long side": _blurred(0.003),
    "blurred by 0.6%": _blurred(0.006),
    "blurred by 1.2%": _blurred(0.012),
    "shaken by 2%, level": _shaken(0.02, 0),
    "shaken by 4%, level": _shaken(0.04, 0),
    "shaken by 4%, aslant": _shaken(0.04, 35),
    "blurred by 0.8%, noisy": lambda pixels: _noisy(_blurred(0.008)(pixels), 8.0),
    "a seventh of the light": lambda pixels: (pixels * 0.15).astype(np.uint8),
    "washed out": lambda pixels: (235 + pixels * 0.07).astype(np.uint8),
    "shrunk to 160 pixels": _shrunk(160),
}


def main() -> None:
    """Measure, print, and record where asked to."""
    options = parser(__doc__ or "")
    options.add_argument("--sets", nargs="*", default=["."], help="subfolders of DIR; --limit counts for each")
    given = options.parse_args()
    cv2.setNumThreads(1)
    figures = {name: _figures(given.data / name, given.limit, given.seed) for name in given.sets}
    tell("quality", figures, data=given.data.resolve().name, write=given.record)


def _figures(folder: Path, limit: int | None, seed: int) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if limit and limit < len(files):
        files = sorted(random.Random(seed).sample(files, limit))
    illegible: Counter[str] = Counter()
    why: Counter[str] = Counter()
    looked = 0
    for path in progress(files, folder.name):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            continue
        looked += 1
        for name, spoil in SPOILT.items():
            page = Page(index=0, label="picture", pixels=spoil(picture.astype(np.uint8)))
            wrong = faults(page, clarity.measure(page))
            illegible[name] += bool(wrong)
            if name == "as it is":
                why.update(fault.split(" (")[0].split(":")[0] for fault in wrong)
    return {
        "called illegible": {name: share(illegible[name], looked) for name in SPOILT},
        "why, as it is": dict(sorted(why.items())),
    }


if __name__ == "__main__":
    main()
