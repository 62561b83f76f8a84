"""Brand names among the words read: whole words, spelt nearly so, and never part of a longer word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from verifier.casefile import Box
from verifier.instruments.text import Line

LEAST = 0.8  # similarity: one letter in five misread; P .95 / R .42 on 270 photos of 27 brands
_EXACT_UP_TO = 4  # letters: one misread letter makes "Ford" of "word"
_ODD = re.compile(r"[^0-9a-z\u00c0-\uffff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRead:
    """A name found among the words: as it is printed, where, and how alike (0..1, times the reader's confidence)."""

    name: str
    text: str
    box: Box
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Neighbouring words of one line, joined."""

    line: int
    first: int
    last: int
    joined: str
    text: str
    box: Box
    confidence: float


def find(names: Sequence[str], forbidden: Sequence[str], lines: Sequence[Line]) -> tuple[NameRead, ...]:
    """The places where one of `names` is read, the most alike first; words of a `forbidden` phrase do not count."""
    spans = [span for number, line in enumerate(lines) for span in _spans(number, line, _longest(names, forbidden))]
    barred = [span for span in spans if any(_alike(phrase, span.joined) >= LEAST for phrase in map(_plain, forbidden))]
    reads = []
    for span in spans:
        alike, name = max(((_alike(_plain(name), span.joined), name) for name in names), default=(0.0, ""))
        if alike < LEAST:
            continue
        if any(_crosses(span, other) and _closest(forbidden, other) >= alike for other in barred):
            continue
        reads.append((alike * span.confidence, span, name))
    reads.sort(key=lambda read: (-read[0], read[1].line, read[1].first, -read[1].last))
    kept: list[tuple[float, _Span, str]] = []
    for read in reads:
        if not any(_crosses(read[1], other[1]) for other in kept):
            kept.append(read)
    return tuple(NameRead(name=name, text=span.text, box=span.box, similarity=alike) for alike, span, name in kept)


def letters(name: str) -> int:
    """How many letters and digits of a name can be read; 0 where it cannot be looked for."""
    return len(_plain(name))


def _alike(wanted: str, read: str) -> float:
    """Normalised Levenshtein similarity; short names must be read exactly, and a longer word is another word."""
    if not wanted or not read or (wanted in read and wanted != read):
        return 0.0
    if len(wanted) <= _EXACT_UP_TO:
        return float(wanted == read)
    return float(Levenshtein.normalized_similarity(wanted, read, score_cutoff=LEAST))


def _closest(phrases: Iterable[str], span: _Span) -> float:
    return max((_alike(_plain(phrase), span.joined) for phrase in phrases), default=0.0)


def _plain(text: str) -> str:
    """Small letters and digits without accents: "Café-Nord" and "cafe nord" agree."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return _ODD.sub("", "".join(letter for letter in parted if not unicodedata.combining(letter)))


def _longest(names: Sequence[str], forbidden: Sequence[str]) -> int:
    """Words in the longest phrase, and one more for a reader that parts a word in two."""
    return 1 + max((len(phrase.split()) for phrase in (*names, *forbidden)), default=0)


def _spans(number: int, line: Line, longest: int) -> Iterable[_Span]:
    words = [(word.text, word.box) for word in line.words] or [(text, line.box) for text in line.text.split()]
    for first in range(len(words)):
        for last in range(first, min(len(words), first + longest)):
            texts, boxes = zip(*words[first : last + 1], strict=True)
            yield _Span(
                line=number,
                first=first,
                last=last,
                joined="".join(map(_plain, texts)),
                text=" ".join(texts),
                box=_around(boxes),
                confidence=line.confidence,
            )


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def _crosses(a: _Span, b: _Span) -> bool:
    return a.line == b.line and a.first <= b.last and b.first <= a.last
