"""The scorecard of brand presence: it weighs what speaks for a brand into one probability. A few numbers in JSON.

It knows no brand: it sees only how many points of the best logo, sample and pack agree, how alike the best name
reads, and how much some place looks like the logo or a sample, each as steps of 0..1 with a weight >= 0, so more
evidence never makes a brand less likely. What is not seen says more the more a kit holds to look for, so the weights
go by the best kind of picture of the kit. Packs, and one or two samples, never make less likely what was likely without
them; where more samples show nothing, a name that is read becomes a hint. Probabilities are for even odds: what a claim
leads one to expect is the rules' business.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from verifier.errors import ModelError
from verifier.instruments.brands import CLEAR, Sighting
from verifier.instruments.cards import read_card

KITS = ("samples", "sample", "pack", "logo", "name")  # kinds of kits, by the best that they hold to look for
_MANY = 3  # samples from which it says much that none of them is seen
_BESIDE = {"sample": ("sample", "sample_look"), "pack": ("pack",)}  # what kits hold beside their logos and names
_POINTS = (3.5, 6.0, 10.0, 24.0)  # agreeing points: chance gives 4; beyond 24, more say nothing more
_DEVIATIONS = (2.0, 4.0, 6.0, 9.0)  # above other logos: one place in ten reaches 2 by chance, none 9
STEPS = {  # strengths between which a kind of evidence says evenly more
    "logo": _POINTS, "sample": _POINTS, "pack": _POINTS, "name": (0.6, 0.8, 1.0),
    "logo_look": _DEVIATIONS, "sample_look": _DEVIATIONS,
}  # fmt: skip
EVIDENCE = tuple(STEPS)
HINT_AT_MOST = 0.975  # of what nothing bears out: it is not told; lower limits drew apart what was said and what is
# Kinds of evidence by how well their outline covers a labelled mark, and from which strength (of 139 right claims 132
# are hit at IoU .3 so, 103 by what counts most): a name is often read beside the mark, on other goods or signs.
_SHOWN = (
    ("pack", 8.0), ("sample_look", 4.0), ("logo_look", 4.0), ("sample", 8.0), ("logo", 8.0), ("name", 0.0),
    *((role, 0.0) for role in ("sample_look", "logo_look", "pack", "sample", "logo")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of one kind of kit: `bias`, and `weights` by kind of evidence, one for each step; in natural log-odds."""

    bias: float
    weights: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """`kinds` by kind of kit (`KITS`); `present` and `possible` are probabilities."""

    kinds: Mapping[str, Weights]
    present: float
    possible: float

    def probability(self, sightings: Iterable[Sighting], kit: str) -> float:
        """That the brand is there, at even odds, from what was seen of a kit of that kind."""
        seen = tuple(sightings)
        probability = 1.0 / (1.0 + math.exp(-self._log_odds(seen, kit)))
        return probability if borne_out(seen) else min(probability, HINT_AT_MOST)

    def is_there(self, sightings: Iterable[Sighting], kit: str) -> bool:
        """Whether so much speaks for the brand that it is told. What nothing bears out is a hint only."""
        seen = tuple(sightings)
        return self.probability(seen, kit) >= self.present and borne_out(seen)

    def _log_odds(self, seen: Sequence[Sighting], kit: str) -> float:
        """Of a kit with few samples or with packs never less than of the same kit without them."""
        mine, felt = self.kinds[kit], strengths(seen)
        own = mine.bias + sum(
            weight * x for kind in EVIDENCE for weight, x in zip(mine.weights[kind], felt[kind], strict=True)
        )
        if kit not in _BESIDE:
            return own
        return max(own, self._log_odds([one for one in seen if one.role not in _BESIDE[kit]], "logo"))


def kit_kind(roles: Iterable[str]) -> str:
    """The kind of a kit, one of `KITS`, from the roles of its pictures, each named as often as it occurs."""
    held = tuple(roles)
    if held.count("sample") >= _MANY:
        return "samples"
    return next((kind for kind in KITS if kind in held), "name")


def foremost(sightings: Iterable[Sighting]) -> Sighting | None:
    """The sighting that shows best where the mark is; None where no evidence of the brand was seen."""
    seen = tuple(sightings)
    for role, least in _SHOWN:
        shown = [one for one in seen if one.role == role and one.strength >= least]
        if shown:
            return max(shown, key=lambda one: one.strength)
    return None


def borne_out(sightings: Iterable[Sighting]) -> bool:
    """Whether a name was read, a picture or a look is clear by itself, or points of a picture and a look agree."""
    seen = [one for one in sightings if one.role in EVIDENCE]
    looks = {one.role.endswith("_look") for one in seen}
    return len(looks) > 1 or any(one.role == "name" or one.strength >= CLEAR[one.role] for one in seen)


def strengths(sightings: Iterable[Sighting]) -> Mapping[str, tuple[float, ...]]:
    """How far the best of each kind of evidence gets on each of its steps, 0..1; zeros where there is none."""
    best = dict.fromkeys(EVIDENCE, 0.0)
    for sighting in sightings:
        if sighting.role in best:
            best[sighting.role] = max(best[sighting.role], sighting.strength)
    return {kind: _steps(kind, strength) for kind, strength in best.items()}


def load_scorecard(folder: Path) -> Scorecard:
    """The scorecard of `models/<name>/`. Raises ModelError when it is missing, misspelt, or not the one of its card."""
    read_card(folder / "card.yaml").check()
    path = folder / "scorecard.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        card = Scorecard(
            kinds={kit: _weights(data["kinds"][kit]) for kit in KITS},
            present=float(data["present"]),
            possible=float(data["possible"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a scorecard: {error!r}", "make it again with fit.py beside it") from None
    least = min(weight for mine in card.kinds.values() for steps in mine.weights.values() for weight in steps)
    if least < 0 or not 0 < card.possible <= card.present < 1:
        raise ModelError(f"{path}: weights below 0 or thresholds out of order", "make it again with fit.py beside it")
    return card


def _weights(data: Mapping[str, Any]) -> Weights:
    """Raises ValueError where a kind of evidence has not one weight a step."""
    weights = {kind: tuple(float(weight) for weight in data["weights"][kind]) for kind in EVIDENCE}
    if any(len(steps) != len(STEPS[kind]) - 1 for kind, steps in weights.items()):
        raise ValueError("one weight a step")
    return Weights(bias=float(data["bias"]), weights=weights)


def _steps(kind: str, strength: float) -> tuple[float, ...]:
    edges = STEPS[kind]
    if edges is _POINTS:  # twice the points say as much more, wherever one starts
        strength, edges = math.log(max(strength, edges[0])), tuple(math.log(edge) for edge in edges)
    return tuple(min(1.0, max(0.0, (strength - low) / (high - low))) for low, high in pairwise(edges))
