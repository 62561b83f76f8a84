"""The scorecard of brand presence: it weighs what speaks for a brand into one probability. A few numbers in JSON.

It knows no brand: it sees only how many points of the best logo, sample and pack agree, how alike the best name
reads, and how much some place looks like the logo or a sample, each as a strength 0..1 with a weight >= 0, so more
evidence never makes a brand less likely. Probabilities are for even odds: what a claim leads one to expect is the
rules' business.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import ModelError
from verifier.instruments.brands import Sighting
from verifier.instruments.cards import read_card

EVIDENCE = ("logo", "sample", "pack", "name", "logo_look", "sample_look")
_FEWEST, _PLENTY = 4, 24  # agreeing points that say nothing (chance gives 4), and beyond which more say nothing more
_LEAST_ALIKE = 0.7  # a name less alike than that says nothing
LOOK_ALONE = (
    7.0  # deviations: of 400 photos 19 brands are told by no more than such a look, and are there; from 6: 31 of 36
)
_LOOKS_FROM, _LOOKS_TO = 2.0, 9.0  # deviations above other logos: one place in ten reaches 2 by chance, none 9
# Kinds of evidence by how well their outline covers a labelled mark, and from which strength (of 139 right claims 132
# are hit at IoU .3 so, 103 by what counts most): a name is often read beside the mark, on other goods or signs.
_SHOWN = (("pack", 8.0), ("sample_look", 4.0), ("logo_look", 4.0), ("sample", 8.0), ("logo", 8.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """`weights` by kind of evidence and `bias`, in natural log-odds; `present` and `possible` are probabilities."""

    bias: float
    weights: Mapping[str, float]
    present: float
    possible: float

    def probability(self, sightings: Iterable[Sighting]) -> float:
        """That the brand is there, at even odds."""
        felt = strengths(sightings)
        return 1.0 / (1.0 + math.exp(-self.bias - sum(self.weights.get(kind, 0.0) * felt[kind] for kind in EVIDENCE)))

    def is_there(self, sightings: Iterable[Sighting]) -> bool:
        """Whether so much speaks for the brand that it is told. A look that nothing bears out is a hint only."""
        seen = tuple(sightings)
        return self.probability(seen) >= self.present and borne_out(seen)

    def foremost(self, sightings: Iterable[Sighting]) -> Sighting | None:
        """The sighting that shows best where the mark is, else the one that counts most; None where none counts."""
        counted = [
            one for one in sightings if one.role in EVIDENCE and self.weights.get(one.role, 0.0) * _strength(one) > 0
        ]
        for role, least in _SHOWN:
            shown = [one for one in counted if one.role == role and one.strength >= least]
            if shown:
                return max(shown, key=lambda one: one.strength)
        return max(counted, key=lambda one: self.weights[one.role] * _strength(one), default=None)


def borne_out(sightings: Iterable[Sighting]) -> bool:
    """Whether a name was read, points of a picture agree, or a look is strong enough to stand alone."""
    return any(
        not one.role.endswith("_look") or one.strength >= LOOK_ALONE for one in sightings if one.role in EVIDENCE
    )


def strengths(sightings: Iterable[Sighting]) -> Mapping[str, float]:
    """The best of each kind of evidence as a strength 0..1; 0.0 where there is none."""
    felt = dict.fromkeys(EVIDENCE, 0.0)
    for sighting in sightings:
        if sighting.role in felt:
            felt[sighting.role] = max(felt[sighting.role], _strength(sighting))
    return felt


def load_scorecard(folder: Path) -> Scorecard:
    """The scorecard of `models/<name>/`. Raises ModelError when it is missing, misspelt, or not the one of its card."""
    read_card(folder / "card.yaml").check()
    path = folder / "scorecard.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        card = Scorecard(
            bias=float(data["bias"]),
            weights={kind: float(_weights(data)[kind]) for kind in EVIDENCE},
            present=float(data["present"]),
            possible=float(data["possible"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a scorecard: {error!r}", "make it again with fit.py beside it") from None
    if min(card.weights.values()) < 0 or not 0 < card.possible <= card.present < 1:
        raise ModelError(f"{path}: weights below 0 or thresholds out of order", "make it again with fit.py beside it")
    return card


def _weights(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """One that was made without an embedding gives looks no weight."""
    weights: Mapping[str, Any] = dict.fromkeys(("logo_look", "sample_look"), 0.0) | data["weights"]
    return weights


def _strength(sighting: Sighting) -> float:
    if sighting.role == "name":
        return min(1.0, max(0.0, (sighting.strength - _LEAST_ALIKE) / (1.0 - _LEAST_ALIKE)))
    if sighting.role.endswith("_look"):
        return min(1.0, max(0.0, (sighting.strength - _LOOKS_FROM) / (_LOOKS_TO - _LOOKS_FROM)))
    counted = min(max(sighting.strength, _FEWEST), _PLENTY)
    return math.log(counted / _FEWEST) / math.log(_PLENTY / _FEWEST)
