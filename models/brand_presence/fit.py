"""Fit the scorecard of brand presence, and say how well it does on brands that it has not seen.

    python -m models.brand_presence.fit --data DIR [--evidence FILE] [--embedding CARD]

For each kind of kit (by the best that it holds: samples, packs, a logo, no more than a name) a logistic regression
over the steps of the kinds of evidence, none with a weight below 0, its bias shifted from the base rate of the pairs to
even odds. Kits also count as the poorer ones that they hold: with one, two or three samples, drawn for each photo, with
name and flat logo, with the name alone. Figures and the two
thresholds come from folds that leave one brand out each (both its photos and its kit). Nothing of a brand enters the
weights but how strongly its evidence speaks. Another
embedding (`--embedding`, its card.yaml) needs other weights: they are written into `fusion` beside its card, and
`verifier models use CARD` then puts both in use.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import average_precision_score

from benchmarks.brand_evidence import LEVELS, Row, at_level, gather
from models.brand_presence import embedding
from verifier.instruments.brands import Sighting
from verifier.instruments.scorecard import EVIDENCE, KITS, STEPS, Scorecard, Weights, borne_out, strengths

HERE = Path(__file__).parent
PRECISION_PRESENT = 0.98  # of held-out (photo, kit) pairs at or above `present`; a person sees the outline and the name
PRECISION_UNNAMED = 0.97  # of those without a name read: of 89 one is a likeness, one a brand that no label names
_SLACK = 10.0  # how little the ridge holds the weights back; 2 did as well on brands left out
PRECISION_POSSIBLE = 0.33  # of those from `possible` on that are not told: one hint in three is worth a closer look


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row at one level: the kind of kit, the kinds of evidence seen, and how far each got on each of its steps."""

    row: Row
    kind: str
    seen: frozenset[str]
    felt: tuple[float, ...]


def sightings(row: Row) -> list[Sighting]:
    """What was seen of a kit; the page is turned only when no name was read upright."""
    counted = {kind: getattr(row, kind) for kind in EVIDENCE} | {"name": row.name or row.sideways}
    return [Sighting(role=kind, source="", outline=(), strength=n) for kind, n in counted.items() if n > 0]


def fit(rows: Sequence[Row], present: float = 0.9, possible: float = 0.5) -> Scorecard:
    """The scorecard of these rows, and of what their poorer kits give: few samples, flat logos, the name alone."""
    return _fit(list(examples(rows)), present, possible)


def examples(rows: Iterable[Row]) -> Iterator[Example]:
    """Each row at every level that its kit reaches."""
    for row in rows:
        for one in {poorer.roles: poorer for level in LEVELS for poorer in [at_level(row, level)]}.values():
            felt = strengths(sightings(one))
            yield Example(row=one, kind=one.kind, seen=frozenset(seen_of(one)), felt=sum(felt.values(), ()))


def _fit(given: Sequence[Example], present: float = 0.9, possible: float = 0.5) -> Scorecard:
    of_kind: dict[str, list[Example]] = {}
    for one in given:
        of_kind.setdefault(one.kind, []).append(one)
    fitted = {kind: _weights(mine) for kind, mine in of_kind.items()}
    held = {kind: {role for one in mine for role in one.seen} for kind, mine in of_kind.items()}
    kinds = {kind: _completed(kind, fitted, held) for kind in KITS}
    return Scorecard(kinds=kinds, present=present, possible=possible)


def seen_of(row: Row) -> set[str]:
    """The kinds of evidence that were seen at all."""
    return {one.role for one in sightings(row)}


def _weights(given: Sequence[Example]) -> Weights:
    """Logistic regression with weights >= 0 and a mild ridge, for even odds (L-BFGS-B: Byrd et al., 1995)."""
    features = np.array([one.felt for one in given])
    there = np.array([float(one.row.there) for one in given])

    def loss(now: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        said = features @ now[1:] + now[0]
        off = 1 / (1 + np.exp(-said)) - there
        ridge = np.concatenate([[0.0], now[1:] / _SLACK])
        value = np.sum(np.logaddexp(0, said) - there * said) + float(now[1:] @ ridge[1:]) / 2
        return float(value), np.concatenate([[off.sum()], features.T @ off]) + ridge

    start = np.concatenate([[log_odds(float(there.mean()))], np.ones(features.shape[1])])
    bounds = [(None, None)] + [(0.0, None)] * features.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    steps = iter([round(float(weight), 3) for weight in found.x[1:]])
    weights = {kind: tuple(next(steps) for _ in STEPS[kind][1:]) for kind in EVIDENCE}
    return Weights(bias=round(float(found.x[0]) - log_odds(float(there.mean())), 3), weights=weights)


def _completed(kind: str, fitted: Mapping[str, Weights], held: Mapping[str, set[str]]) -> Weights:
    """The weights of that kind of kit; for evidence that none of them held, those of kits that live by it."""
    order = [one for one in (kind, *KITS[KITS.index(kind) :], *reversed(KITS)) if one in fitted]
    mine = fitted[order[0]]
    weights = {}
    for evidence in EVIDENCE:
        own = evidence.removesuffix("_look")
        lenders = [one for one in (order[0], f"{own}s", own, *order) if one in fitted and evidence in held[one]]
        weights[evidence] = fitted[lenders[0]].weights[evidence] if lenders else tuple(0.0 for _ in STEPS[evidence][1:])
    return Weights(bias=mine.bias, weights=weights)


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
    return held_out_at(rows, (level,))[level]


def held_out_at(rows: Sequence[Row], levels: Iterable[str]) -> Mapping[str, NDArray[np.float64]]:
    """The same at several levels."""
    found = {level: np.zeros(len(rows)) for level in levels}
    known = list(examples(rows))
    for kit in sorted({row.kit for row in rows}):
        shown = {row.file for row in rows if row.kit == kit and row.there}
        card = _fit([one for one in known if one.row.kit != kit and one.row.file not in shown])
        for number, row in enumerate(rows):
            for level in found if row.kit == kit else ():
                found[level][number] = probability(card, at_level(row, level))
    return found


def probability(card: Scorecard, row: Row) -> float:
    """What a scorecard says of one row."""
    return card.probability(sightings(row), row.kind)


def threshold(probabilities: NDArray[np.float64], there: NDArray[np.bool_], precision: float) -> float:
    """The lowest probability from which at least `precision` of the rows are right: midway to the next lower one."""
    below = 0.0
    for limit in sorted({float(p) for p in probabilities}):
        if there[probabilities >= limit].mean() >= precision:
            return float(np.ceil((below + limit) / 2 * 1000) / 1000)
        below = limit
    raise ValueError(f"no threshold reaches precision {precision}")


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
    unnamed = np.array(["name" not in seen_of(row) for row in rows])
    told = np.array([borne_out(sightings(row)) for row in rows])
    quiet = told & unnamed
    present = max(
        threshold(unseen[told], there[told], PRECISION_PRESENT),
        threshold(unseen[quiet], there[quiet], PRECISION_UNNAMED),
    )
    claimed = (unseen >= present) & told
    card = fit(rows, present, min(present, threshold(unseen[~claimed], there[~claimed], PRECISION_POSSIBLE)))
    written = asdict(card)
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
