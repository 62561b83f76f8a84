"""Whatever was seen of a brand: neither few samples or packs in its kit nor more that they show make it less likely."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from verifier.instruments.brands import Sighting
from verifier.instruments.scorecard import EVIDENCE, KITS, STEPS, Scorecard, Weights, kit_kind, load_scorecard
from verifier.settings import MODELS

_POINTS, _DEVIATIONS = st.integers(4, 60).map(float), st.floats(2, 14)
_STRENGTHS = {
    "logo": _POINTS, "sample": _POINTS, "pack": _POINTS, "name": st.floats(0.6, 1.0),
    "logo_look": _DEVIATIONS, "sample_look": _DEVIATIONS,
}  # fmt: skip
_SEEN = st.fixed_dictionaries({}, optional=_STRENGTHS)
_SAMPLES = st.lists(st.tuples(st.just(0.0) | _POINTS, st.just(0.0) | _DEVIATIONS), min_size=1, max_size=4)
_CARDS = st.none() | st.integers(0, 2**32)


@cache
def _card(seed: int | None) -> Scorecard:
    """The shipped one, or any other."""
    if seed is None:
        return load_scorecard(MODELS / "brand_presence")
    drawn = random.Random(seed)  # noqa: S311 - any weights will do
    kinds = {
        kit: Weights(
            bias=drawn.uniform(-5, 0),
            weights={kind: tuple(drawn.uniform(0, 5) for _ in STEPS[kind][1:]) for kind in EVIDENCE},
        )
        for kit in KITS
    }
    return Scorecard(kinds=kinds, present=0.976, possible=0.7)


def _sightings(seen: dict[str, float]) -> list[Sighting]:
    return [
        Sighting(role=role, source="", outline=(), strength=strength) for role, strength in seen.items() if strength
    ]


def _with_samples(flat: dict[str, float], samples: list[tuple[float, float]]) -> tuple[list[Sighting], str]:
    """What a kit of a name, a logo and these samples shows, and its kind."""
    best = {kind: max((one[n] for one in samples), default=0.0) for n, kind in enumerate(("sample", "sample_look"))}
    return _sightings(flat | best), kit_kind(["logo", *["sample"] * len(samples)])


@given(flat=_SEEN, samples=_SAMPLES, seed=_CARDS)
def test_one_or_two_samples_never_do_worse_than_none_nor_two_than_one(
    flat: dict[str, float], samples: list[tuple[float, float]], seed: int | None
) -> None:
    card = _card(seed)
    flat = {kind: strength for kind, strength in flat.items() if kind in ("logo", "logo_look", "name")}
    grown = [_with_samples(flat, samples[:count]) for count in range(min(len(samples), 2) + 1)]
    probabilities = [card.probability(seen, kind) for seen, kind in grown]
    assert probabilities == sorted(probabilities)
    told = [card.is_there(seen, kind) for seen, kind in grown]
    assert told == sorted(told)


@given(flat=_SEEN, samples=_SAMPLES, more=_SAMPLES, seed=_CARDS)
def test_with_three_samples_a_further_one_never_does_worse(
    flat: dict[str, float], samples: list[tuple[float, float]], more: list[tuple[float, float]], seed: int | None
) -> None:
    card = _card(seed)
    fewer, kind = _with_samples(flat, [*samples, (0.0, 0.0), (0.0, 0.0)])
    with_more, same = _with_samples(flat, [*samples, (0.0, 0.0), (0.0, 0.0), *more])
    assert kind == same == "samples"
    assert card.probability(with_more, same) >= card.probability(fewer, kind)


@given(flat=_SEEN, points=st.just(0.0) | _POINTS, seed=_CARDS)
def test_packs_never_do_worse_than_none(flat: dict[str, float], points: float, seed: int | None) -> None:
    card = _card(seed)
    flat = {kind: strength for kind, strength in flat.items() if kind in ("logo", "logo_look", "name")}
    beside = _sightings(flat | {"pack": points})
    assert card.probability(beside, "pack") >= card.probability(_sightings(flat), "logo")


@given(seen=_SEEN, kit=st.sampled_from(KITS), role=st.sampled_from(EVIDENCE), seed=_CARDS)
def test_stronger_evidence_never_does_worse(seen: dict[str, float], kit: str, role: str, seed: int | None) -> None:
    card = _card(seed)
    stronger = seen | {role: max(seen.get(role, 0.0), 0.9 if role == "name" else 9.0)}
    assert card.probability(_sightings(stronger), kit) >= card.probability(_sightings(seen), kit)
