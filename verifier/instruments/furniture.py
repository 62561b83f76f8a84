"""What a page shows besides figures: axis ticks, days, page numbers, changes, tooltips of one day, and menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from verifier.casefile import Box
from verifier.instruments import vocabulary
from verifier.instruments.layout import MONTH, Cell, aligned, level

_LEAST_TICKS = 4  # numbers in line that rise evenly; three do so by chance (1, 2, 3)
_LEAST_LONELY = 3  # when nothing else stands in their rows
_LONELY = 12.0  # line heights without words or numbers beside a tick
_TICK_ERROR = 0.15  # of a step: labels stand within a few pixels of their tick
_PAGER_GAP = 4.0  # line heights between the numbers of a choice of pages
_TIP_GAP = 2.5  # line heights from one line of a tooltip to the next
_TIP_LINES = 3  # that may stand under its day
_LEAST_MENU = 4  # names beneath each other
_MENU_PITCH = 4.0  # line heights between them, at most
_LISTED = 0.6  # of a list's names have a number
_CARD_GAP = 1.5  # line heights between a card's name and number


def without(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells without the numbers that are no figures."""
    months = [cell for cell in cells if MONTH.fullmatch(cell.text)]
    ticks = axis_ticks(cells)
    left_out = ticks | _days(months, [cell for cell in cells if cell.numeral])
    left_out |= _beside_words(cells, vocabulary.says_pages, after=True)
    left_out |= _beside_words(cells, vocabulary.says_change, after=False) | _tooltips(cells, charted=bool(ticks))
    return tuple(cell for cell in cells if cell not in left_out)


def menus(cells: Sequence[Cell]) -> frozenset[Cell]:
    """The names of menus: words beneath each other at one left edge, most of which have no number."""
    names = sorted((cell for cell in cells if not cell.numeral), key=lambda cell: (cell.box.left, cell.box.top))
    numbers = [cell for cell in cells if cell.numeral]
    found: set[Cell] = set()
    for chain in _chains(names):
        if len(chain) >= _LEAST_MENU and not _is_list(chain, names, numbers):
            listed = _listed(chain, names, numbers)
            found.update(name for name in chain if name not in listed and not _is_card(name, numbers))
    return frozenset(found)


def _chains(names: Sequence[Cell]) -> Iterable[list[Cell]]:
    """Words beneath each other at one left edge, with nothing between them."""
    left = list(names)
    while left:
        chain = [left.pop(0)]
        while (following := _next(chain[-1], left, names)) is not None:
            chain.append(following)
            left.remove(following)
        yield chain


def _next(cell: Cell, left: Sequence[Cell], names: Sequence[Cell]) -> Cell | None:
    beneath = [
        other
        for other in left
        if abs(other.box.left - cell.box.left) < 0.6 * cell.height
        and 0.6 * cell.height < other.centre[1] - cell.centre[1] < _MENU_PITCH * cell.height
        and 0.7 < other.height / cell.height < 1.4
    ]
    following = min(beneath, key=lambda other: other.centre[1], default=None)
    return following if following is not None and not _parted(cell, following, names) else None


def _parted(above: Cell, below: Cell, names: Sequence[Cell]) -> bool:
    """True when other words stand between two names: a page's title, and no menu."""
    return any(
        above.centre[1] < other.centre[1] < below.centre[1]
        and above.box.bottom < other.box.bottom
        and other.box.top < below.box.top
        and other.box.left < above.box.right
        and above.box.left < other.box.right
        for other in names
        if other is not above and other is not below
    )


def _is_list(chain: Sequence[Cell], names: Sequence[Cell], numbers: Sequence[Cell]) -> bool:
    """True when most names have a number right of them, and no other words before it."""
    return sum(_number(cell, names, numbers) is not None for cell in chain) >= _LISTED * len(chain)


def _listed(chain: Sequence[Cell], names: Sequence[Cell], numbers: Sequence[Cell]) -> set[Cell]:
    """The names of a list within the chain: the number of the next name above or beneath is in one column with theirs.

    The list may go on with names that are not of the chain, set in a little.
    """
    found: set[Cell] = set()
    for cell in chain:
        number = _number(cell, names, numbers)
        if number is None:
            continue
        near = (
            _number(other, names, numbers)
            for other in names
            if abs(other.box.left - cell.box.left) < cell.height
            and 0.6 * cell.height < abs(other.centre[1] - cell.centre[1]) < _MENU_PITCH * cell.height
        )
        if any(other is not None and aligned(number.box, other.box, cell.height) for other in near):
            found.add(cell)
    return found


def _number(cell: Cell, names: Sequence[Cell], numbers: Sequence[Cell]) -> Cell | None:
    """The first number right of a name, if no words stand before it."""
    edge = cell.box.right - cell.height
    right = [one for one in numbers if level(cell.box, one.box) and one.box.left > edge]
    first = min(right, key=lambda one: one.box.left, default=None)
    words = (one for one in names if one is not cell and level(cell.box, one.box) and one.box.left > edge)
    return None if first is None or any(one.box.left < first.box.left for one in words) else first


def _is_card(name: Cell, numbers: Sequence[Cell]) -> bool:
    """True for a name with a number just above or beneath it."""
    return any(
        one.box.left < name.box.right + name.height
        and one.box.right > name.box.left
        and max(one.box.top - name.box.bottom, name.box.top - one.box.bottom) < _CARD_GAP * name.height
        for one in numbers
    )


def _beside_words(cells: Sequence[Cell], says: Callable[[str], bool], *, after: bool) -> set[Cell]:
    """The numbers close after such words, or close before them, one next to the other: "items per page", "vs. May"."""
    numbers = sorted((cell for cell in cells if cell.numeral), key=lambda cell: cell.box.left, reverse=not after)
    found: set[Cell] = set()
    for words in cells:
        if words.numeral or not says(words.text):
            continue
        edge = words
        for cell in numbers:
            gap = cell.box.left - edge.box.right if after else edge.box.left - cell.box.right
            if level(words.box, cell.box) and -words.height < gap < (_PAGER_GAP if after else 1.0) * words.height:
                found.add(cell)
                edge = cell
    return found


def _tooltips(cells: Sequence[Cell], *, charted: bool) -> set[Cell]:
    """The numbers of a day and those close beneath it, at its left edge: a tooltip. A date is one only over a chart."""
    printed: dict[int, list[Cell]] = {}
    for cell in cells:
        printed.setdefault(cell.line, []).append(cell)
    lines = [sorted(line, key=lambda cell: cell.box.left) for line in printed.values()]
    lines.sort(key=lambda line: line[0].box.top)
    found: set[Cell] = set()
    for index, line in enumerate(lines):
        text = " ".join(cell.text for cell in line)
        if not vocabulary.numbers_day(text) and not (charted and vocabulary.says_day(text)):
            continue
        edge, tip = line[0], [line]
        for other in lines[index + 1 :]:
            at_edge = abs(other[0].box.left - edge.box.left) < edge.height
            if at_edge and 0 < other[0].centre[1] - tip[-1][0].centre[1] < _TIP_GAP * edge.height:
                tip.append(other)
        if len(tip) > 1:
            found |= {cell for line in tip[: _TIP_LINES + 1] for cell in line if cell.numeral}
    return found


def _days(months: Sequence[Cell], values: Sequence[Cell]) -> set[Cell]:
    """Numbers beside or just above the name of a month: days."""
    return {
        value
        for value in values
        for month in months
        if value.text.isdigit() and int(value.text) <= 31 and _adjacent(month.box, value.box, value.height)
    }


def _adjacent(a: Box, b: Box, height: float) -> bool:
    across = max(a.left - b.right, b.left - a.right)
    along = max(a.top - b.bottom, b.top - a.bottom)
    return across < height and along < 0.5 * height


def axis_ticks(cells: Sequence[Cell]) -> set[Cell]:
    """Numbers that rise evenly with their place along a column or a row: the scale of a chart."""
    values = [cell for cell in cells if cell.numeral]
    ticks: set[Cell] = set()
    for along, across in ((1, 0), (0, 1)):
        for group in _in_line(values, across):
            least = (
                _LEAST_LONELY if along == 1 and not any(_has_company(tick, cells) for tick in group) else _LEAST_TICKS
            )
            if len(group) >= least and _rises_evenly(group, along):
                ticks.update(group)
    return ticks


def _has_company(tick: Cell, cells: Sequence[Cell]) -> bool:
    """True when words stand close before the number, or other numbers beside it: then it is a table's or a list's."""
    for cell in cells:
        if cell is not tick and level(tick.box, cell.box):
            gap = max(tick.box.left - cell.box.right, cell.box.left - tick.box.right) / tick.height
            if gap < _LONELY and (cell.numeral or cell.box.left < tick.box.left):
                return True
    return False


def _in_line(values: Sequence[Cell], across: int) -> Iterable[list[Cell]]:
    """Groups of numbers whose right edges (columns) or middles (rows) are in line."""

    def place(cell: Cell) -> float:
        return cell.box.right if across == 0 else cell.centre[1]

    ordered = sorted(values, key=lambda cell: (place(cell), cell.centre[1 - across]))
    group: list[Cell] = []
    for cell in ordered:
        if group and place(cell) - place(group[-1]) > 0.35 * cell.height:
            yield group
            group = []
        group.append(cell)
    yield group


def _rises_evenly(group: Sequence[Cell], along: int) -> bool:
    if len({cell.numeral.percent for cell in group if cell.numeral}) > 1:
        return False
    heights = [cell.height for cell in group]
    if max(heights) > 1.4 * min(heights):
        return False
    places = np.array([cell.centre[along] for cell in group])
    values = np.array([float(cell.numeral.value) for cell in group if cell.numeral])
    if np.ptp(values) == 0 or np.ptp(places) == 0:
        return False
    residual = values - np.polyval(np.polyfit(places, values, 1), places)
    return bool(np.abs(residual).max() < _TICK_ERROR * np.ptp(values) / (len(group) - 1))
