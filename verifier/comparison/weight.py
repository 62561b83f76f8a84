"""Weight: how much it says that two pages have a figure in common.

A figure of many digits is hardly equal by chance; zeros, years and round figures are, and the ticks of two charts' axes
always are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from verifier.comparison import wording
from verifier.comparison.wording import digits

ONE_DIGIT = 0.25  # a digit that is not 0; ranks and numbers of pages are such
ENOUGH = 3.0  # two figures of three digits less a chance: from there, figures in common are one report's
LEAST_TICKS = 4  # equal steps, from which a row or a column of figures is an axis or a list's numbering
_BIN = 8.0  # pixels in which figures stand in one row or column


def of(word: str) -> float:
    """Digits that would have to be equal by chance, less one; years, times of day and words weigh nothing."""
    if wording.is_date_part(word) or not wording.is_figure(word):
        return 0.0
    telling = len(digits(word).strip("0"))
    return 0.0 if not telling else ONE_DIGIT if telling == 1 else telling - 1.0


def ticks(words: Sequence[str], places: Sequence[Sequence[float]]) -> frozenset[int]:
    """Which words are steps of an arithmetic progression that stands in a row or in a column."""
    lines: dict[tuple[str, int], list[tuple[float, int, int]]] = defaultdict(list)
    for n, (word, (left, top, right, bottom)) in enumerate(zip(words, places, strict=True)):
        if word.replace(",", "").isdigit() and len(digits(word)) < 7:
            x, y = (left + right) / 2, (top + bottom) / 2
            value = int(digits(word))
            for kind, at, along in (("row", y, x), ("column", right, y), ("column", left, y)):
                lines[kind, round(at / _BIN)].append((along, value, n))
    found: set[int] = set()
    for line in lines.values():
        found.update(_steps([(value, n) for _, value, n in sorted(set(line))]))
    return frozenset(found)


def _steps(values: Sequence[tuple[int, int]]) -> set[int]:
    """Of values in order, those within a long enough run of equal steps."""
    found: set[int] = set()
    start = 0
    for end in range(2, len(values) + 1):
        step = values[start + 1][0] - values[start][0]
        if end == len(values) or values[end][0] - values[end - 1][0] != step or not step:
            if end - start >= LEAST_TICKS and step:
                found.update(n for _, n in values[start:end])
            start = end - 1
    return found
