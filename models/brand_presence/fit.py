"""Fit the scorecard of brand presence, and say how well it does on brands that it has not seen.

    python -m models.brand_presence.fit --data DIR [--evidence FILE] [--embedding CARD]

A logistic regression over the strengths of the kinds of evidence (logo, sample, pack, name, looks), none with a weight
below 0, its bias shifted from the base rate of the pairs to even odds. It is fitted on all brands, each with its whole
kit and with name and flat logo only; its figures and its two thresholds come from folds that leave one brand out each
(both its photos and its kit). Nothing of a brand enters the weights but how strongly its evidence speaks. Another
embedding (`--embedding`, its card.yaml) needs other weights: they are written into `fusion` beside its card, and
`verifier models use CARD` then puts both in use.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from benchmarks.brand_evidence import Row, at_level, gather
from models.brand_presence import embedding
from verifier.instruments.brands import Sighting
from verifier.instruments.scorecard import EVIDENCE, Scorecard, borne_out, strengths

HERE = Path(__file__).parent
PRECISION_PRESENT = 0.95  # of held-out (photo, kit) pairs at or above `present`; a person sees the outline and the name
PRECISION_UNNAMED = 0.99  # of those without a name read: print on large photos gives chance more than these small ones
PRECISION_POSSIBLE = 0.33  # of those from `possible` on that are not told: one hint in three is worth a closer look


def felt(row: Row) -> Mapping[str, float]:
    """The strengths of one row, as the inspector feels them."""
    return strengths(sightings(row))


def sightings(row: Row) -> list[Sighting]:
    """What was seen of a kit; the page is turned only when no name was read upright."""
    counted = {kind: getattr(row, kind) for kind in EVIDENCE} | {"name": row.name or row.sideways}
    return [Sighting(role=kind, source="", outline=(), strength=n) for kind, n in counted.items() if n > 0]


def fit(rows: Sequence[Row], present: float = 0.9, possible: float = 0.5) -> Scorecard:
    """The scorecard of these rows and of what their flat logos and names alone give.

    A kind of evidence that they never hold, or that would speak against the brand, keeps the weight 0.
    """
    features, there = _matrix([*rows, *(at_level(row, "logo") for row in rows)])
    used = features.any(axis=0)
    while True:
        model = LogisticRegression(C=10.0, max_iter=1000).fit(features[:, used], there)
        if (model.coef_[0] >= 0).all():
            break
        used[np.flatnonzero(used)[model.coef_[0] < 0]] = False
    weights = dict.fromkeys(EVIDENCE, 0.0)
    for number, weight in zip(np.flatnonzero(used), model.coef_[0], strict=True):
        weights[EVIDENCE[number]] = round(float(weight), 3)
    bias = round(float(model.intercept_[0]) - log_odds(float(there.mean())), 3)
    return Scorecard(bias=bias, weights=weights, present=present, possible=possible)


def log_odds(share: float) -> float:
    """Natural log-odds of a share strictly between 0 and 1."""
    return float(np.log(share / (1 - share)))


def at_base_rate(probabilities: NDArray[np.float64], base: float) -> NDArray[np.float64]:
    """Probabilities for even odds as they are where a share `base` of the pairs is there."""
    odds = probabilities / np.maximum(1 - probabilities, 1e-12) * base / (1 - base)
    return np.asarray(odds / (1 + odds), np.float64)


def held_out(rows: Sequence[Row], level: str = "full") -> NDArray[np.float64]:
    """The probability of each row, from a scorecard fitted without the row's brand: neither its kit nor its photos.

    `level` tells how much of the kits is then used (`benchmarks.brand_evidence.LEVELS`).
    """
    probabilities = np.zeros(len(rows))
    for kit in sorted({row.kit for row in rows}):
        shown = {row.file for row in rows if row.kit == kit and row.there}
        card = fit([row for row in rows if row.kit != kit and row.file not in shown])
        for number, row in enumerate(rows):
            if row.kit == kit:
                probabilities[number] = probability(card, at_level(row, level))
    return probabilities


def probability(card: Scorecard, row: Row) -> float:
    """What a scorecard says of one row."""
    return float(1 / (1 + np.exp(-card.bias - sum(card.weights.get(kind, 0.0) * x for kind, x in felt(row).items()))))


def threshold(probabilities: NDArray[np.float64], there: NDArray[np.bool_], precision: float) -> float:
    """The lowest probability from which at least `precision` of the rows are right, rounded up."""
    for limit in sorted({float(p) for p in probabilities}):
        if there[probabilities >= limit].mean() >= precision:
            return float(np.ceil(limit * 1000) / 1000)
    raise ValueError(f"no threshold reaches precision {precision}")


def _matrix(rows: Sequence[Row]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    features = np.array([[felt(row)[kind] for kind in EVIDENCE] for row in rows])
    return features, np.array([row.there for row in rows])


def usable(rows: Iterable[Row]) -> list[Row]:
    """Rows that a figure may rest on: none whose sample was cut from the photo itself."""
    return [row for row in rows if not row.self_cut]


def main() -> None:
    """Fit, report and write scorecard.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--evidence", type=Path, default=None, help="keep the rows here, or use those kept before")
    options.add_argument("--embedding", type=Path, default=embedding.OURS / "card.yaml")
    given = options.parse_args()
    rows = usable(gather(given.data, None, 0, given.evidence, looks=embedding.looks_of(given.embedding)))
    there = np.array([row.there for row in rows])
    unseen = held_out(rows)
    unnamed = np.array([felt(row)["name"] == 0 for row in rows])
    told = np.array([borne_out(sightings(row)) for row in rows])
    quiet = told & unnamed
    present = max(
        threshold(unseen[told], there[told], PRECISION_PRESENT),
        threshold(unseen[quiet], there[quiet], PRECISION_UNNAMED),
    )
    claimed = (unseen >= present) & told
    card = fit(rows, present, min(present, threshold(unseen[~claimed], there[~claimed], PRECISION_POSSIBLE)))
    written = {
        "bias": card.bias,
        "weights": dict(card.weights),
        "present": card.present,
        "possible": card.possible,
    }
    figures = {
        "rows": len(rows), "positive": int(there.sum()), "ap_held_out": float(average_precision_score(there, unseen)),
        "claimed": int(claimed.sum()), "right": int(there[claimed].sum()),
    }  # fmt: skip
    if embedding.is_ours(given.embedding):
        (HERE / "scorecard.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    else:
        embedding.keep(
            given.embedding, written, f"Leave one brand out: {json.dumps(figures)}", given.data.resolve().name
        )
    print(json.dumps({**figures, **written}))


if __name__ == "__main__":
    main()
