"""The rows of a table on a page: the numbers and words in each. Cells of two lines (a count over its rate) are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from verifier.instruments import consistency, layout
from verifier.instruments.captions import Label
from verifier.instruments.columns import key_of
from verifier.instruments.layout import Cell, level
from verifier.instruments.numerals import Numeral

_CUT = 0.75  # of the row before's height: the last row of a table is cut off by its frame
_TWO_SIZES = 1.6  # times as far from row to row as from line to line of a cell
_FARTHEST_LINE = 1.6  # line heights from one line of a cell to the next
_SMALLER = 0.93  # of the first line's height: a second line in smaller print


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: the words next to its numbers, all words before them, its left edge, its numbers by column.

    `seconds` are numbers that stand beneath or behind a column's first; `cells` all its numbers.
    """

    name: str
    words: tuple[str, ...]
    left: float
    numbers: Mapping[int, Cell]  # column -> number
    seconds: Mapping[int, Cell] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()

    @property
    def height(self) -> float:
        """Of its tallest number: lone digits are boxed lower than others."""
        return max(cell.height for cell in self.numbers.values())


def find(columns: Mapping[Cell, int], cells: Sequence[Cell], header: Sequence[Label]) -> list[Row]:
    """The rows from top to bottom that hold a number under a figure's name."""
    rows = [_row(band, columns, cells) for band in _bands(columns, cells)]
    rows = [row for row in rows if any(header[column].meaning for column in row.numbers)]
    return rows[:-1] if len(rows) > 2 and rows[-1].height < _CUT * rows[-2].height else rows


def _row(band: Sequence[Sequence[Cell]], columns: Mapping[Cell, int], cells: Sequence[Cell]) -> Row:
    numbers: dict[int, Cell] = {}
    seconds: dict[int, Cell] = {}
    for line in band:
        begun = frozenset(numbers)
        for cell in line:
            column = columns[cell]
            if column in begun:
                seconds.setdefault(column, cell)
            elif column not in numbers:
                numbers[column] = cell  # the first: a share printed after the number is not the column's figure
            elif _fits(cell, column, columns) > _fits(numbers[column], column, columns) == 1:
                numbers[column] = cell
            else:
                seconds.setdefault(column, cell)
    group = tuple(cell for line in band for cell in line)
    words = _words(band[0], cells)
    left = min(cell.box.left for cell in [*words, *group])
    return Row(
        name=_name(words), words=tuple(cell.text for cell in words), left=left, numbers=numbers, seconds=seconds,
        cells=group,
    )  # fmt: skip


def _bands(columns: Mapping[Cell, int], cells: Sequence[Cell]) -> list[list[list[Cell]]]:
    """The lines of numbers, those of one row together: where cells of two lines alternate with gaps."""
    lines = layout.rows(columns)
    single = [[line] for line in lines]
    if len(lines) < 3:
        return single
    middles = [sum(cell.centre[1] for cell in line) / len(line) for line in lines]
    steps = [below - above for above, below in pairwise(middles)]
    near = min(_near(steps), _FARTHEST_LINE * max(cell.height for cell in lines[0]))
    bands = [single[0]]
    for line, step in zip(lines[1:], steps, strict=True):
        if step < near:
            bands[-1] = [*bands[-1], line]
        else:
            bands.append([line])
    return bands if 1 < len(bands) < len(lines) and _are_of_two_lines(bands, columns, cells) else single


def _near(steps: Sequence[float]) -> float:
    """The step below which lines are one row's, where steps are of two sizes; 0 where they are of one."""
    ordered = sorted(steps)
    ratio, wide = max(((below / max(above, 1.0), below) for above, below in pairwise(ordered)), default=(1.0, 0.0))
    return wide if ratio > _TWO_SIZES else 0.0


def _are_of_two_lines(
    bands: Sequence[Sequence[Sequence[Cell]]], columns: Mapping[Cell, int], cells: Sequence[Cell]
) -> bool:
    """True when under most numbers of some column stands another, of another kind, smaller or with words; never two."""
    told = 0
    for column in set(columns.values()):
        stacks = [[cell for line in band for cell in line if columns[cell] == column] for band in bands]
        stacks = [stack for stack in stacks if len(stack) > 1]
        if any(len(stack) > 2 or not _differ(stack[0], stack[1], cells) for stack in stacks):
            return False
        told = max(told, len(stacks))
    return 2 * told > len(bands)


def _differ(first: Cell, second: Cell, cells: Sequence[Cell]) -> bool:
    if first.numeral is None or second.numeral is None:
        return False
    smaller = second.height < _SMALLER * first.height
    return smaller or first.numeral.percent != second.numeral.percent or _speaks_for_itself(second, cells)


def _fits(cell: Cell, column: int, columns: Mapping[Cell, int]) -> int:
    """How many numbers of the column are in line with this one, by their left or their right edges."""
    return sum(
        min(abs(other.box.left - cell.box.left), abs(other.box.right - cell.box.right)) < 0.5 * cell.height
        for other, where in columns.items()
        if where == column
    )


def _words(group: Sequence[Cell], cells: Sequence[Cell]) -> list[Cell]:
    """The words left of the row's numbers, from left to right."""
    first = min(group, key=lambda cell: cell.box.left)
    words = (
        cell for cell in cells if not cell.numeral and level(first.box, cell.box) and cell.box.left < first.box.left
    )
    return sorted(words, key=lambda cell: cell.box.left)


def _name(words: Sequence[Cell]) -> str:
    """The last words, with what is written close before them."""
    name: list[Cell] = []
    for cell in reversed(words):
        if name and name[-1].box.left - cell.box.right > 2 * cell.height:
            break
        name.append(cell)
    return " ".join(cell.text for cell in reversed(name))


def shares(header: Sequence[Label], rows: Sequence[Row], cells: Sequence[Cell]) -> frozenset[int]:
    """The columns whose second numbers are the other form of the first (the rate of the count, the count of the rate).

    Where the rows print what the rate is of, it must come out in most; else it must stand beneath (what stands behind
    a count may be its share of the column), and without words of its own ("4,212 recipients").
    """
    return frozenset(
        column
        for column in {column for row in rows for column in row.seconds}
        if header[column].meaning and _are_shares(column, header, rows, cells)
    )


def _are_shares(column: int, header: Sequence[Label], rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    pairs = [(row.numbers[column], row.seconds[column], row) for row in rows if column in row.seconds]
    if any(_speaks_for_itself(second, cells) for _, second, _ in pairs):
        return False
    if not all(first.numeral and second.numeral and first.numeral.percent != second.numeral.percent
               for first, second, _ in pairs):  # fmt: skip
        return False
    checks = [check for *_, row in pairs for check in _checks(column, header, row)]
    if checks:
        return 2 * sum(checks) > len(checks)
    return all(not level(first.box, second.box) for first, second, _ in pairs)


def _speaks_for_itself(number: Cell, cells: Sequence[Cell]) -> bool:
    return any(not cell.numeral and cell.line == number.line for cell in cells)


def second_meaning(label: Label) -> Label:
    """The label of a column's second numbers: it no longer asks for a rate."""
    return replace(label, meaning=replace(label.meaning, rate=False)) if label.meaning else label


def _checks(column: int, header: Sequence[Label], row: Row) -> list[bool]:
    """Whether the rate among the column's two numbers is explained by what the row prints; nothing if it cannot be."""
    printed: dict[str, Numeral] = {}
    both = [(header[at], cell) for at, cell in row.numbers.items()]
    for label, cell in [*both, (second_meaning(header[column]), row.seconds[column])]:
        key = key_of(cell, label.meaning) if label.meaning else None
        if key and cell.numeral:
            printed.setdefault(key, cell.numeral)
    own = {key_of(row.numbers[column], meaning) for meaning in [header[column].meaning] if meaning}
    own |= {key_of(row.seconds[column], meaning) for meaning in [second_meaning(header[column]).meaning] if meaning}
    return [check.explanation is not None for check in consistency.rates(printed) if check.key in own]
