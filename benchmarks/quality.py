"""How often quality calls a real picture illegible, and how often the same picture spoilt.

    python -m benchmarks.quality --data DIR [--limit N]

DIR is any folder of pictures that people could judge by. Each is measured as it is (false alarms: the fewer the
better) and spoilt in stated ways (the more are caught the better). The spoilt ones are drawn, not taken: real bad
photos are noisier and shaken along curves.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

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


SPOILT: Mapping[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda pixels: pixels,
    "blurred by 0.3% of the long side": _blurred(0.003),
    "blurred by 0.6%": _blurred(0.006),
    "blurred by 1.2%": _blurred(0.012),
    "shaken by 2%, level": _shaken(0.02, 0),
    "shaken by 4%, level": _shaken(0.04, 0),
    "shaken by 4%, aslant": _shaken(0.04, 35),
    "a seventh of the light": lambda pixels: (pixels * 0.15).astype(np.uint8),
    "washed out": lambda pixels: (235 + pixels * 0.07).astype(np.uint8),
    "shrunk to 160 pixels": _shrunk(160),
}


def main() -> None:
    """Measure, print, and record where asked to."""
    options = parser(__doc__ or "").parse_args()
    files = sorted(path for path in Path(options.data).rglob("*") if path.suffix.lower() in SUFFIXES)
    if options.limit and options.limit < len(files):
        files = sorted(random.Random(options.seed).sample(files, options.limit))
    cv2.setNumThreads(1)
    illegible: Counter[str] = Counter()
    looked = 0
    for path in progress(files, "pictures"):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            continue
        looked += 1
        for name, spoil in SPOILT.items():
            page = Page(index=0, label="picture", pixels=spoil(picture.astype(np.uint8)))
            illegible[name] += bool(faults(page, clarity.measure(page)))
    figures = {f"called illegible: {name}": share(illegible[name], looked) for name in SPOILT}
    tell("quality", figures, data=Path(options.data).name, write=options.record)


if __name__ == "__main__":
    main()
