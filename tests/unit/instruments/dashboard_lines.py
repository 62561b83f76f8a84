"""Lines as a reader gives them, for tests of what stands where on a report."""

from __future__ import annotations

from verifier.casefile import Box
from verifier.instruments.text import Line, Word


def line(text: str, left: float, top: float, height: float = 20.0) -> Line:
    """A line of a dashboard: half as wide a letter as it is tall."""
    words, x = [], left
    for word in text.split():
        words.append(Word(text=word, box=Box(left=x, top=top, right=x + 0.5 * height * len(word), bottom=top + height)))
        x += 0.5 * height * (len(word) + 1)
    box = Box(left=left, top=top, right=words[-1].box.right, bottom=top + height)
    return Line(text=text, box=box, confidence=0.99, words=tuple(words))
