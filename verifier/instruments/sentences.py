"""Figures in running text: "4,042 people opened it, an open rate of 41.2%"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.casefile import Box
from verifier.instruments import numerals, vocabulary
from verifier.instruments.kinds import kind_of
from verifier.instruments.layout import level
from verifier.instruments.numerals import Convention, Numeral
from verifier.instruments.pairing import Reading
from verifier.instruments.text import Line

_LEAST_WORDS = 5  # of a line of running text
_LONGEST = 6  # words of a name in it: "people clicked a link"
_CLAUSE = re.compile(r"[.,;:!?()]\s|[.;:!?]$|\s[–—-]\s")
_SURE, _LEAST_SURE = 0.75, 0.85  # what such a reading weighs; strength of a name that may begin or end anywhere
_COMPANY = 2  # figures in cards or tables, beside which a text is believed: people talk of sending and opening, too
_ENOUGH = 4  # of a text alone, counts and rates: articles tell averages, and examples of three ("if you sent 1,000")


def find(lines: Sequence[Line], told: Sequence[Reading], taken: Sequence[Box], *, named: bool) -> tuple[Reading, ...]:
    """The figures that sentences tell, but for numbers that are `told` or `taken` elsewhere.

    Where little else is told, a text is a report only if its words name a channel (`named`), and by several figures.
    """
    known = numerals.convention(line.text for line in lines)
    used = [*taken, *(one.value_box for one in told if one.value_box is not None)]
    found = [one for line in lines if len(line.text.split()) >= _LEAST_WORDS for one in _in(line, known)]
    found = [one for one in found if one.value_box and not any(_overlap(one.value_box, box) for box in used)]
    beside = len({one.key for one in told if not one.weak}) >= _COMPANY
    kinds = {one.numeral.percent for one in found}
    alone = named and len(kinds) > 1 and len({one.key for one in found}) >= _ENOUGH
    return tuple(found) if beside or alone else ()


def _in(line: Line, known: Convention | None) -> Iterator[Reading]:
    numbers = numerals.find(line.text, known)
    edges = [0, *(edge for one in numbers for edge in (one.start, one.end)), len(line.text)]
    for place, one in enumerate(numbers):
        before = _CLAUSE.split(line.text[edges[2 * place] : one.start])[-1].split()
        after = _CLAUSE.split(line.text[one.end : edges[2 * place + 3]])[0].split()
        endings = [" ".join(before[-count:]) for count in range(min(_LONGEST, len(before)), 0, -1)]
        beginnings = [" ".join(after[:count]) for count in range(min(_LONGEST, len(after)), 0, -1)]
        for words in (*beginnings, *endings):
            reading = _reading(words, one.numeral, line, one.start, one.end)
            if reading is not None:
                yield reading
                break


def _reading(words: str, numeral: Numeral, line: Line, start: int, end: int) -> Reading | None:
    meaning = vocabulary.understand(words)
    if meaning is None or meaning.weak or meaning.strength < _LEAST_SURE:
        return None
    kind = kind_of(numeral, meaning)
    key = meaning.key(kind[0]) if kind else None
    if key is None or (meaning.rate and not numeral.percent):
        return None
    return Reading(
        key=key, figure=meaning.figure, numeral=numeral, value_box=_part(line, start, end), label=words,
        label_box=line.box, confidence=_SURE * line.confidence, place="card",
    )  # fmt: skip


def _part(line: Line, start: int, end: int) -> Box:
    letter = (line.box.right - line.box.left) / len(line.text)
    return replace(line.box, left=line.box.left + start * letter, right=line.box.left + end * letter)


def _overlap(a: Box, b: Box) -> bool:
    return level(a, b) and a.left < b.right and b.left < a.right
