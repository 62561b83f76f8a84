"""The sheet of other logos, from which any embedding gets its cohort: two synthetic views of each of 480 marks.

    python -m models.logo_embedding.sheet --icons DIR --logos DIR --fonts DIR --photos DIR --never FILE

The options are those of train.py, and so are the marks: icons under CC0 and invented wordmarks, none of a kept-out
brand. The same folders give the same sheet. About one minute of one core.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SHEET = Path(__file__).parent / "sheet.jpg"
MARKS, VIEWS, SIDE, ACROSS = 480, 2, 96, 40  # pictures of 96 pixels: places on photos are hardly larger
_SEED, _EVERY, _WORDS, _GROUNDS = 20261122, 8, 200, 120
_STRENGTH = 0.7  # of what happens to a mark, as for the cohort of our own embedding
_QUALITY = 80


def pictures(sheet: Path = SHEET) -> list[Picture]:
    """(96, 96, 3) each; the views of one mark follow each other. Raises OSError where there is no such sheet."""
    whole = cv2.imdecode(np.frombuffer(sheet.read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB)
    if whole is None:
        raise OSError(f"{sheet} is no picture")
    rows = whole.shape[0] // SIDE
    tiles = np.asarray(whole, np.uint8).reshape(rows, SIDE, ACROSS, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)
    return list(tiles)


def make(given: argparse.Namespace) -> Picture:
    """The sheet, (rows, columns, 3)."""
    from models.logo_embedding import composites, marks  # resvg, which is needed to make a sheet only

    random, never = np.random.default_rng(_SEED), marks.kept_out(given.never)
    known = [
        *marks.simple_icons(given.icons, never, _EVERY),
        *marks.coloured_icons(given.logos, never, _EVERY),
        *marks.wordmarks(given.fonts, _WORDS, never, random),
    ]
    lines = [json.loads(line) for line in (given.photos / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    plain = [line["file"] for line in lines if line["brands"] == []]
    grounds = [_small(given.photos / file) for file in plain[:: max(1, len(plain) // _GROUNDS)]]
    views = [
        composites.view(known[number], grounds[int(random.integers(len(grounds)))], SIDE, random, _STRENGTH)
        for number in random.choice(len(known), MARKS, replace=False)
        for _ in range(VIEWS)
    ]
    tiles = np.stack(views).reshape(-1, ACROSS, SIDE, SIDE, 3).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(-1, ACROSS * SIDE, 3))


def _small(file: Path) -> Picture:
    picture = cv2.imread(str(file), cv2.IMREAD_REDUCED_COLOR_2)
    if picture is None:
        raise SystemExit(f"{file} cannot be read")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def main() -> None:
    """Make the sheet and write it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("icons", "logos", "fonts", "photos", "never"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--out", type=Path, default=SHEET)
    given = options.parse_args()
    cv2.setNumThreads(1)
    whole = cv2.cvtColor(make(given), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(given.out), whole, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


if __name__ == "__main__":
    main()
