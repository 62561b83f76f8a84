"""Which channel a report is of: by the words of its titles, by words and figures that belong to one channel alone.

A wrong channel is worse than none, so the best must lead clearly; menus, which name every channel, are left out by
whoever asks. Measured: benchmarks/screenshots.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.instruments import vocabulary
from verifier.instruments.phrasebook import phrasebook

_TITLE = 3.0  # words that name the report of a channel
_MOST_HINTS = 4
_FIGURE = 1.0  # a figure, or several together, that one channel's reports alone print
_PLATFORM = 1.0  # the name of a platform that serves one channel
_LEAST = {"email": 1.0}  # of evidence; reports are most often of mailings
_LEAST_OTHER = 2.0
_LEAD = 1.0  # over the next; even evidence tells nothing
_UNTOLD = "other"  # channels that are known to be none of those that are told


def of_page(texts: Sequence[str], figures: Iterable[str], platform: str | None) -> str | None:
    """The channel of a page with these lines, these figures (names of the phrasebook) and this platform, or None."""
    weights = {
        name: _TITLE * titles + min(_MOST_HINTS, hints) for name, (titles, hints) in vocabulary.channel(texts).items()
    }
    printed = frozenset(figures)
    tell = [phrasebook().figures[figure].get("tells") for figure in sorted(printed)]
    tell += sorted({channel for together, channel in phrasebook().together if together <= printed})
    for name in [channel for channel in tell if channel]:
        weights[name] = weights.get(name, 0.0) + _FIGURE
    served = phrasebook().serves.get(platform or "")
    if served:
        weights[served] = weights.get(served, 0.0) + _PLATFORM
    best, *others = sorted(weights, key=lambda name: (-weights[name], name))
    clear = weights[best] - weights[others[0]] >= _LEAD
    enough = weights[best] >= _LEAST.get(best, _LEAST_OTHER)
    return best if clear and enough and best != _UNTOLD else None
