"""The waterfall: prior and points, one step a rule, down to the log-odds; what is shown adds up exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from verifier.reporting.tags import tag

_THINNEST = 8.0  # thousandths of the scale: a step of nothing is still a line
_CURVE = 30.0  # decibans to either side: 0.1% to 99.9%


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, in decibans: the running sum before and after it. `tenths` is what is written beside it."""

    start: float
    end: float
    tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """The prior, one step for each of the points (in their order), and the sum, which are the log-odds."""

    prior: Step
    steps: tuple[Step, ...]
    total: Step
    low: float
    high: float

    def bar(self, step: Step) -> Markup:
        """The step as a bar on the common scale; zero is a thin line."""
        reach = (self.high - self.low) or 1.0
        start, end = (1000 * (edge - self.low) / reach for edge in (step.start, step.end))
        zero = 1000 * (0.0 - self.low) / reach
        reached = end if abs(end - start) > _THINNEST else start + math.copysign(_THINNEST, end - start)
        kind = "against" if step.end < step.start else "for"
        return tag(
            "svg",
            tag("line", x1=zero, x2=zero, y1=0.0, y2=20.0, class_="zero"),
            tag("line", x1=start, x2=start, y1=0.0, y2=10.0, class_="step"),
            tag("line", x1=end, x2=end, y1=10.0, y2=20.0, class_="step"),
            tag("line", x1=start, x2=reached, y1=10.0, y2=10.0, class_=kind),
            viewBox="0 0 1000 20",
            preserveAspectRatio="none",
            class_="bar",
            aria_hidden="true",
        )


def waterfall(prior: float, points: Sequence[float]) -> Waterfall:
    """Steps in the order of `points` (decibans)."""
    parts, total = shown((prior, *points))
    edges = [0.0]
    for value in (prior, *points):
        edges.append(edges[-1] + value)
    steps = [Step(start=a, end=b, tenths=n) for a, b, n in zip(edges, edges[1:], parts, strict=False)]
    return Waterfall(
        prior=steps[0],
        steps=tuple(steps[1:]),
        total=Step(start=0.0, end=edges[-1], tenths=total),
        low=min(edges),
        high=max(edges),
    )


def shown(values: Sequence[float]) -> tuple[list[int], int]:
    """Values in tenths, and their sum in tenths, rounded so that the tenths add up to the sum exactly.

    The method of largest remainders: each is rounded down or up (so off by less than 0.1), the up-roundings going to
    the largest fractions, the first of equals first.
    """
    scaled = [10 * value for value in values]
    total = round(math.fsum(scaled))
    floors = [math.floor(value + 1e-9) for value in scaled]  # 10 x 0.3 is a hair above 3, 10 x 0.7 a hair below 7
    missing = total - sum(floors)
    by_fraction = sorted(range(len(scaled)), key=lambda n: (floors[n] - scaled[n], n))
    for n in by_fraction[: max(0, missing)]:
        floors[n] += 1
    return floors, total


def curve(decibans: float, probability: float) -> Markup:
    """How log-odds become a probability: the logistic curve, the sum on it, and the reported probability."""
    x, y = _spot(decibans, 1 / (1 + 10 ** (-_clamped(decibans) / 10)))
    _, reported = _spot(decibans, probability)
    steps = [_CURVE * n / 20 for n in range(-20, 21)]
    line = " ".join("{:.1f},{:.1f}".format(*_spot(step, 1 / (1 + 10 ** (-step / 10)))) for step in steps)
    return tag(
        "svg",
        tag("line", x1=0.0, x2=200.0, y1=44.0, y2=44.0, class_="zero"),
        tag("line", x1=100.0, x2=100.0, y1=2.0, y2=44.0, class_="zero"),
        tag("polyline", points=line, class_="curve"),
        tag("line", x1=x, x2=x, y1=44.0, y2=reported, class_="step"),
        tag("circle", cx=x, cy=y, r=2.5, class_="way"),
        tag("circle", cx=x, cy=reported, r=4.0, class_="dot"),
        viewBox="0 0 200 46",
        class_="logistic",
        role="img",
        aria_label="log-odds turned into a probability",
    )


def _clamped(decibans: float) -> float:
    return max(-_CURVE, min(_CURVE, decibans))


def _spot(decibans: float, probability: float) -> tuple[float, float]:
    return 100 + 100 * _clamped(decibans) / _CURVE, 44 - 40 * probability
