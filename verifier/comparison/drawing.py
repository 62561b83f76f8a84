"""Drawing: a twin as marks: both pages on each other, and the fields that differ as a table and as boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from verifier.casefile import Box, Lookalike, Mark, Outline, Region, Table
from verifier.comparison.changes import Change
from verifier.comparison.twins import Likeness, Twin

MOST_TWINS = 3  # drawn for one finding, the nearest first

_Scale = tuple[float, float]  # across, down


def fields(twin: Twin) -> Iterator[Mark]:
    """The fields that differ, as a table and boxed on this page, where there is one."""
    yield Table(
        header=("field", f"in {twin.other.item}", "here"),
        rows=tuple((_name(change), change.old, change.new) for change in twin.changes),
        caption=f"Fields that differ, while {twin.agreement:.0%} of the rest are the same",
    )
    for change in twin.changes:
        if change.here is not None and not twin.is_table:
            yield Region(page=twin.page, box=change.here, label="differs")


def _name(change: Change) -> str:
    return change.label if change.sure else f"{change.label} (read unsurely)".lstrip()


def drawn(twins: Sequence[Twin]) -> tuple[Mark, ...]:
    """The nearest twins, each on this page; an item without pages and tables has none to draw."""
    return tuple(_lookalike(twin) for twin in twins[:MOST_TWINS] if twin.other.trace is not None)


def _lookalike(twin: Twin) -> Lookalike:
    """Drawn in pixels of both pages (of the twin's panel, if that is the twin); equal pictures lie on each other."""
    there = twin.other.trace
    assert there is not None  # noqa: S101 - the caller's filter
    found = twin.alignment
    homography: tuple[float, ...] = ()
    here_outline: Outline = ()
    there_outline: Outline = ()
    if found is None and not twin.is_table:
        here_outline, there_outline = _frame(twin.width, twin.height), _frame(there.width, there.height)
        stretch = (there.width / max(1, twin.width), there.height / max(1, twin.height))
        homography = (stretch[0], 0.0, 0.0, 0.0, stretch[1], 0.0, 0.0, 0.0, 1.0)
    elif found is not None and found.homography:
        here = (twin.width / found.size_a[0], twin.height / found.size_a[1])
        away = (there.width / found.size_b[0], there.height / found.size_b[1])
        homography = _rescaled(found.homography, here, away)
        here_outline, there_outline = _scaled(found.here, here), _scaled(found.there, away)
    return Lookalike(
        page=twin.page,
        other_item=twin.other.item,
        other_claim=twin.other.claim,
        other_page=there.page,
        other_preview=there.preview,
        metric=_metric(twin),
        distance=round(1 - twin.agreement, 4),
        limit=0.0 if twin.likeness is Likeness.EXACT else round(max(0.0, 1 - twin.least), 4),
        homography=_from_page(homography, twin.box),
        here=_shifted(here_outline, twin.box),
        there=there_outline,
        here_differs=tuple(change.here for change in twin.changes if change.here and not twin.is_table),
        there_differs=tuple(change.there for change in twin.changes if change.there and not twin.is_table),
        other_width=0 if twin.is_table else there.width,
        other_height=0 if twin.is_table else there.height,
    )


def _from_page(homography: tuple[float, ...], panel: Box | None) -> tuple[float, ...]:
    """What maps a panel's pixels, for pixels of the page that it is on."""
    if panel is None or not homography:
        return homography
    matrix = np.reshape(homography, (3, 3)) @ np.array([[1, 0, -panel.left], [0, 1, -panel.top], [0, 0, 1]])
    return tuple(float(value) for value in (matrix / matrix[2, 2]).ravel())


def _frame(width: int, height: int) -> Outline:
    return ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))


def _shifted(outline: Outline, box: Box | None) -> Outline:
    return tuple((round(x + box.left, 1), round(y + box.top, 1)) for x, y in outline) if box else outline


def _metric(twin: Twin) -> str:
    if twin.likeness is Likeness.EXACT:
        return "bytes"
    return "words that differ, share" if twin.wording else "pattern that differs, share"


def _rescaled(homography: tuple[float, ...], here: _Scale, there: _Scale) -> tuple[float, ...]:
    """From preview pixels to page pixels: scale(there) x H x scale(here)^-1."""
    columns, rows = (here[0], here[1], 1.0), (there[0], there[1], 1.0)
    return tuple(value * rows[n // 3] / columns[n % 3] for n, value in enumerate(homography))


def _scaled(outline: Outline, factor: _Scale) -> Outline:
    return tuple((round(x * factor[0], 1), round(y * factor[1], 1)) for x, y in outline)
