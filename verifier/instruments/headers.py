"""Headers of tables: rows of labels that hold no numbers, of one table each, without the menu beside it."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.instruments import cut_labels, layout, vocabulary
from verifier.instruments.captions import Label
from verifier.instruments.columns import COLUMN_REACH
from verifier.instruments.layout import Cell

_LEAST_FIGURES = 2  # of a header, from which a heading cut off may name one, too
_LEVEL = 0.35  # of the lower's height: how far a list's number may stand off its label's middle
_LIST_REACH = 12.0  # line heights right of a list's last label in which its number stands
_MENU_ROWS = 8.0  # line heights below a header in which a column's first number stands


def find(labels: Sequence[Label], cells: Sequence[Cell]) -> list[list[Label]]:
    """Rows of labels, free of numbers, of which at least one names a figure."""
    of = {label.cell: _completed(label) for label in labels}
    language = cut_labels.language(label.cell.text for label in labels if label.meaning)
    rows = [_in_language([of[cell] for cell in row], language) for row in layout.rows(of)]
    headers = [part for row in rows for part in _side_by_side(row)]
    return [
        header for header in headers if any(label.meaning for label in header) and not _holds_numbers(header, cells)
    ]


def _side_by_side(header: Sequence[Label]) -> list[list[Label]]:
    """The headers of tables that stand beside each other: the second begins with a word that names no figure and was
    there before ("Rank", "Name"), and repeats a figure."""
    for index, label in enumerate(header[1:], 1):
        before, after = header[:index], header[index:]
        named = {one.meaning for one in before if one.meaning} & {one.meaning for one in after if one.meaning}
        begun = {one.cell.text for one in before if not one.meaning}
        if named and not label.meaning and label.cell.text in begun:
            return [list(before), *_side_by_side(after)]
    return [list(header)]


def _completed(label: Label) -> Label:
    """A label cut off by its column's edge, by what it begins to say."""
    if label.meaning is None:
        return Label(cell=label.cell, meaning=vocabulary.understand_cut(label.cell.text))
    return label


def _in_language(header: Sequence[Label], language: str | None) -> list[Label]:
    """The headings, those cut off completed in the page's language; among figures alone."""
    if language is None or sum(label.meaning is not None for label in header) < _LEAST_FIGURES:
        return list(header)
    return [
        label if label.meaning else Label(cell=label.cell, meaning=cut_labels.understand(label.cell.text, language))
        for label in header
    ]


def _holds_numbers(header: Sequence[Label], cells: Sequence[Cell]) -> bool:
    """True for the row of a list: numbers stand between or right of its labels."""
    known = [label.cell for label in header if label.meaning]
    left, right = known[0].box.left, known[-1].box.right + _LIST_REACH * known[-1].height
    middle = known[0].centre[1]
    return any(
        cell.numeral
        and left < cell.box.left < right
        and abs(cell.centre[1] - middle) < _LEVEL * min(cell.height, known[0].height)
        for cell in cells
    )


def without_neighbours(header: Sequence[Label], cells: Sequence[Cell]) -> list[Label]:
    """The header without the labels left of it that have no number up to the next label: a menu beside the table."""
    bottom, height = max(label.cell.box.bottom for label in header), header[0].cell.height
    reach = bottom + _MENU_ROWS * height
    numbers = [cell for cell in cells if cell.numeral and bottom < cell.centre[1] < reach]
    kept = list(header)
    while len(kept) > 1:
        left, right = kept[0].cell.box.left, kept[1].cell.box.left
        if any(left - COLUMN_REACH * cell.height < cell.centre[0] < right for cell in numbers):
            break
        kept.pop(0)
    return kept
