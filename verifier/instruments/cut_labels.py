"""Headings that their columns cut off, completed in the language of the page ("Afgel" among Dutch ones: delivered).

Two letters begin a word in every language: only headings of a table are completed so, in the one language that the
page's labels are in, and only where every name that begins alike means the same figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from verifier.instruments.phrasebook import phrasebook, plain, words
from verifier.instruments.vocabulary import Meaning

_LEAST = 4  # letters of a name begun
_STRENGTH = 0.7


def language(labels: Iterable[str]) -> str | None:
    """The language in which more of the labels name figures than in any other; None where two are level."""
    known = phrasebook()
    said: Counter[str] = Counter()
    for label in labels:
        rest = " ".join(word for word in words(label) if word not in known.unique and word not in known.fillers)
        said.update(name for name, spoken in known.spoken.items() if rest in spoken)
    ordered = said.most_common(2)
    if not ordered or (len(ordered) > 1 and ordered[0][1] == ordered[1][1]):
        return None
    return ordered[0][0]


def understand(label: str, language: str) -> Meaning | None:
    """The figure that the label has begun to name in this language, or None."""
    known, text = phrasebook(), plain(label)
    if len(text) < _LEAST or text in known.fillers:
        return None
    fitting = [phrase for phrase in known.spoken[language] if phrase.startswith(text)]
    if len({known.names[phrase].figure for phrase in fitting}) != 1:
        return None
    rate = all(phrase.endswith(known.rate_endings) for phrase in fitting)
    return Meaning(figure=known.names[fitting[0]].figure, unique=False, rate=rate, strength=_STRENGTH)
