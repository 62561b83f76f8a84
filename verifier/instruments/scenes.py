"""Scenes: what kind of place or thing a photo shows, told by what ImageNet's 1,000 outputs know; or "cannot tell".

EfficientNet-Lite0 looks at five views. Its outputs are added up in groups (`models/scene/groups.yaml`: grocery store,
confectionery ... speak for a shelf), artwork and screens have the measures of `drawn` besides, and a scorecard of few
numbers, the same weights for every scene, makes probabilities of them. A photographed scene has nothing of its own but
a bias, so that nothing of one source of photos is learnt by heart; what is artwork and what is a screen is told by a
contrast that was learnt from rendered pictures alone. Where the scene is not told, what it has in common with its
likeliest rivals may be: `SETTINGS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from verifier.casefile import Page
from verifier.errors import ModelError
from verifier.instruments import drawn, network, shrinking
from verifier.instruments.cards import read_card

SIDE = 224  # pixels of a view, as the network was trained
OTHER = "other"
FLAT = ("artwork", "screen")  # the scenes for which flat colours speak
_WORKING_SIDE = 1024  # pixels from which views are cut: the smallest takes two fifths of a side
_VIEWS = ((0.0, 0.0, 1.0, 1.0), (0.2, 0.2, 0.8, 0.8), (0.3, 0.3, 0.7, 0.7))  # whole, and what the photo is aimed at
_FLOOR = 0.03  # of a group's share, before its logarithm: less than that of the outputs is noise
SETTINGS: Mapping[str, tuple[str, ...]] = {  # told together where the scene alone is not; displays pass for goods
    "goods": ("shelf", "product_closeup"),
    "drawn": FLAT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Natural log-odds: a bias by scene, a weight by view (surroundings, middle, centre), for FLAT those of `drawn`.

    `contrast` tells a screen from artwork: a bias, weights of the measures of `drawn`, weights of how much more each
    view looks like a screen. A scene is told from the probability `tell` on, a setting from its own in `settings` on.
    """

    biases: Mapping[str, float]
    views: tuple[float, ...]
    flat: Mapping[str, tuple[float, ...]]
    contrast: tuple[float, ...]
    tell: float
    settings: Mapping[str, float]

    def probabilities(self, shares: NDArray[np.float64], flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, scenes) of (n, views, scenes) log shares and (n, 7) measures; scenes in the order of `biases`."""
        odds = np.tensordot(shares, np.array(self.views), axes=(1, 0)) + np.array(list(self.biases.values()))
        for scene, weights in self.flat.items():
            odds[:, list(self.biases).index(scene)] += flat @ np.array(weights)
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        found = odds / odds.sum(axis=1, keepdims=True)
        artwork, screen = (list(self.biases).index(scene) for scene in FLAT)
        given = contrasted(shares[:, :, screen] - shares[:, :, artwork], flat)
        is_screen = 1 / (1 + np.exp(-self.contrast[0] - given @ np.array(self.contrast[1:])))
        either = found[:, artwork] + found[:, screen]
        found[:, artwork], found[:, screen] = either * (1 - is_screen), either * is_screen
        return np.asarray(found)


def contrasted(more: NDArray[np.float64], flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 7 + views): what tells a screen from artwork; `more` is how much more each view looks like a screen."""
    return np.concatenate([flat, more], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The likeliest scene, how likely, and whether that is enough to tell it; `ranking` has all, likeliest first.

    `setting` is one of SETTINGS, "" where none is likely enough; `in_setting` is how likely the likeliest of them is.
    """

    scene: str
    probability: float
    sure: bool
    ranking: tuple[tuple[str, float], ...]
    setting: str
    in_setting: float


def tell(page: Page, folder: Path) -> Told:
    """What the page shows, by the model in that folder."""
    card = scorecard(folder)
    found = card.probabilities(log_shares(page, folder)[None], drawn.measure(page)[None])[0]
    ranking = sorted(zip(card.biases, found.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    scene, likely = ranking[0]
    setting, together = likeliest_setting(found, list(card.biases))
    return Told(
        scene=scene,
        probability=likely,
        sure=likely >= card.tell,
        ranking=tuple(ranking),
        setting=setting if together >= card.settings[setting] else "",
        in_setting=together,
    )


def likeliest_setting(found: NDArray[np.float64], names: Sequence[str]) -> tuple[str, float]:
    """The likeliest of SETTINGS and its probability, from the probabilities (scenes,) in the order of `names`."""
    sums = {key: float(sum(found[names.index(scene)] for scene in scenes)) for key, scenes in SETTINGS.items()}
    return max(sums.items(), key=lambda pair: (pair[1], pair[0]))


def log_shares(page: Page, folder: Path) -> NDArray[np.float64]:
    """(3, scenes): the logarithm of each scene's share of the outputs: surroundings, middle, centre."""
    small = shrinking.within(page.pixels, _WORKING_SIDE)
    views = np.stack([_seen(small, view) for view in (*_VIEWS, *_ends(small))])
    (logits,) = network.load(folder / "lite0.onnx").run(("logits",), picture=views)
    odds = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    outputs = odds / odds.sum(axis=1, keepdims=True)
    surroundings = outputs[[0, 3, 4]].mean(axis=0)
    members = groups(folder)
    shares = [[view[list(numbers)].sum() for numbers in members.values()] for view in (surroundings, *outputs[1:3])]
    return np.asarray(np.log(np.array(shares) + _FLOOR))


def _ends(small: NDArray[np.uint8]) -> Sequence[tuple[float, float, float, float]]:
    """The first and the last square along the longer side, as shares of the sides."""
    height, width = small.shape[:2]
    across, down = min(1.0, height / width), min(1.0, width / height)
    return ((0.0, 0.0, across, down), (1 - across, 1 - down, 1.0, 1.0))


def _seen(small: NDArray[np.uint8], view: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """(3, 224, 224) as the network takes it."""
    height, width = small.shape[:2]
    left, right = round(view[0] * width), max(round(view[2] * width), round(view[0] * width) + 1)
    top, bottom = round(view[1] * height), max(round(view[3] * height), round(view[1] * height) + 1)
    part = cv2.resize(small[top:bottom, left:right], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray((part.transpose(2, 0, 1).astype(np.float32) - 127) / 128, np.float32)


@cache
def groups(folder: Path) -> Mapping[str, tuple[int, ...]]:
    """Scene -> its outputs of the network, `other` last with all that are in no group. Raises ModelError."""
    try:
        given = yaml.safe_load((folder / "groups.yaml").read_text(encoding="utf-8"))
        found = {str(scene): tuple(sorted(members)) for scene, members in given.items()}
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise ModelError(f"{folder}/groups.yaml is not what it must be: {error}", "restore the file") from None
    taken = {number for members in found.values() for number in members}
    return {**found, OTHER: tuple(number for number in range(1000) if number not in taken)}


@cache
def scorecard(folder: Path) -> Scorecard:
    """The scorecard of the folder, whose card must describe it. Raises ModelError when it is not what it must be."""
    read_card(folder / "card.yaml").check()
    try:
        data = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
        return Scorecard(
            biases={scene: float(data["biases"][scene]) for scene in groups(folder)},
            views=tuple(map(float, data["views"])),
            flat={scene: tuple(map(float, data["flat"][scene])) for scene in FLAT},
            contrast=tuple(map(float, data["contrast"])),
            tell=float(data["tell"]),
            settings={setting: float(data["settings"][setting]) for setting in SETTINGS},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder}/scorecard.json is not what it must be: {error}", "train it again") from None
