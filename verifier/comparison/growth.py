"""Growth: is a report with other figures the same campaign, read out again some days later?

What was sent stays sent, and people go on opening and clicking: all of these counts are larger then. Who edits a report
raises some of them. It cannot be proved either way; what it looks like is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from verifier.casefile import Trace
from verifier.comparison import cells, weight
from verifier.comparison.cells import Cells
from verifier.comparison.changes import Change
from verifier.comparison.fields import Fields
from verifier.comparison.wording import digits
from verifier.instruments import dates, numerals, vocabulary

_LETTERS = re.compile(r"[^\W\d_]+$")  # of the next word, read along with a figure

GROWING = frozenset({"opens", "unique_openers", "clicks", "unique_clickers"})
FOLLOWING = frozenset({"unsubscribes", "spam", "ctr", "unique_ctr", "ctor", "forwards", "impressions"})  # may grow too
LEAST_GROWN = 2  # counts that must have grown, of opens and of clicks
LEAST_UNMOVED = (
    2.0  # weight of a count that has stayed: a day or a page's number is called opens, too, if they are near
)
MOST_GROWTH = 3.0  # times; most of what a mail is ever opened, it is opened in its first days


def reported_again(here: Trace, found: Fields) -> bool:
    """Whether all changes are what more days bring: every count of opens and clicks grew, and nothing else is new."""
    changed = [part for change in found.changes if digits(change.old) or digits(change.new) for part in _parts(change)]
    told = [_figure(change.label.partition("/")[0]) for change in changed]
    kinds = {figure for figure, change in zip(told, changed, strict=True) if figure in GROWING and not _is_rate(change)}
    texts = [change.old + change.new for change in found.changes if change.sure]
    words = [text for text in texts if text and not digits(text)]
    return (
        not words
        and len(kinds) >= LEAST_GROWN
        and all(figure is None or figure in GROWING | FOLLOWING for figure in told)
        and all(_grew(change) for change in changed if not _is_rate(change))
        and not _unmoved(here, changed)
    )


def rows_again(here: Trace, found: Cells) -> bool:
    """The same of two tables, in the rows that changed; the day of an export, in a row of its own, may change, too."""
    rows = Counter(change.here.top for change in found.changes if change.here)
    changed = tuple(c for c in found.changes if not (c.here and rows[c.here.top] == 1 and dates.find(c.new)))
    in_rows = replace(here, figures=tuple(figure for figure in here.figures if figure.box.top in rows))
    same = not found.missing and not found.added and found.weight >= cells.ENOUGH
    return same and reported_again(in_rows, Fields(changes=changed))


def _parts(change: Change) -> list[Change]:
    """Each figure by itself, where several were read as one field: a count and its rate."""
    old, new = change.old.split(), change.new.split()
    if len(old) != len(new) or not all(map(digits, (*old, *new))):
        return [change]
    return [replace(change, old=before, new=after) for before, after in zip(old, new, strict=True)]


def _figure(label: str) -> str | None:
    """The figure that a label, or the end of one (after a row's name), means."""
    words = label.split()
    meanings = (vocabulary.understand(" ".join(words[start:])) for start in range(len(words)))
    return next((meaning.figure for meaning in meanings if meaning is not None), None)


def _is_rate(change: Change) -> bool:
    return "%" in change.old + change.new


def _grew(change: Change) -> bool:
    old, new = (numerals.parse(_LETTERS.sub("", text)) for text in (change.old, change.new))
    return old is not None and new is not None and old.value <= new.value <= MOST_GROWTH * max(old.value, 1.0)


def _unmoved(here: Trace, changed: Sequence[Change]) -> bool:
    """Whether a count of opens or clicks has stayed, among those that have labels."""
    moved = {change.new for change in changed}
    places = [(figure.box.left, figure.box.top, figure.box.right, figure.box.bottom) for figure in here.figures]
    steps = weight.ticks([figure.text for figure in here.figures], places)
    return any(
        weight.of(figure.text) >= LEAST_UNMOVED and "%" not in figure.text and figure.text not in moved
        for n, figure in enumerate(here.figures)
        if n not in steps and figure.label and _figure(figure.label) in GROWING
    )
