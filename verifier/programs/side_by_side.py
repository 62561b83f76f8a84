"""A claim's reports side by side: a screenshot and the export of one campaign should print the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from verifier.casefile import Finding, Inspection, Item, Quote, Status, Table
from verifier.instruments import numerals, vocabulary
from verifier.instruments.numerals import Numeral

AGREE, DIFFER = "claim.reports_agree", "claim.reports_differ"
_FIGURE, _ROWS = "campaign_metrics.", "campaign_metrics.figures"
_LEAST_SURE = 0.7  # confidence from which a reading is held against another
_LEAST_COMMON = 2  # figures; one in common says nothing
_MOST_ROWS = 200  # of an export that are tried

Figures = Mapping[str, Numeral]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two items, and which of the figures that both print agree."""

    names: tuple[str, str]
    texts: Mapping[str, tuple[str, str]]
    differing: tuple[str, ...]

    @property
    def agreeing(self) -> int:
        return len(self.texts) - len(self.differing)


def side_by_side(items: Sequence[Item], found: Mapping[str, Sequence[Inspection]]) -> tuple[Finding, Finding]:
    """How many figures two items print alike, and how many not, summed over all pairs; `found` is by item id.

    A table of several campaigns is held against the other by the row that agrees best. Both are NOT_APPLICABLE where
    no two items print two figures in common.
    """
    told = [(item.name, _of_item(found.get(item.id, ()))) for item in items]
    pairs = [pair for (a, mine), (b, theirs) in combinations(told, 2) if (pair := _best(a, mine, b, theirs))]
    if not pairs:
        return _nothing(AGREE), _nothing(DIFFER)
    marks = tuple(_table(pair) for pair in pairs)
    notes = "; ".join(note for pair in pairs for note in _notes(pair))
    return (
        Finding(code=AGREE, value=sum(pair.agreeing for pair in pairs), marks=marks),
        Finding(code=DIFFER, value=sum(len(pair.differing) for pair in pairs), marks=marks, note=notes),
    )


def _nothing(code: str) -> Finding:
    return Finding(code=code, status=Status.NOT_APPLICABLE, note="no two items print figures in common")


def _best(a: str, mine: Sequence[Figures], b: str, theirs: Sequence[Figures]) -> _Pair | None:
    """The reading of one item and that of the other that agree most."""
    pairs = [_pair(a, one, b, other) for one, other in product(mine, theirs)]
    fit = [pair for pair in pairs if len(pair.texts) >= _LEAST_COMMON]
    return max(fit, key=lambda pair: (pair.agreeing, -len(pair.differing)), default=None)


def _pair(a: str, mine: Figures, b: str, theirs: Figures) -> _Pair:
    common = sorted(mine.keys() & theirs.keys())
    return _Pair(
        names=(a, b),
        texts={key: (mine[key].text, theirs[key].text) for key in common},
        differing=tuple(key for key in common if not mine[key].agrees(theirs[key])),
    )


def _of_item(inspections: Sequence[Inspection]) -> list[Figures]:
    """What an item prints: its headline, and each row of its tables."""
    findings = [one for inspection in inspections for one in inspection.findings if one.status is Status.MEASURED]
    headline = dict(_headline(findings))
    tables = [mark for one in findings if one.code == _ROWS for mark in one.marks if isinstance(mark, Table)]
    rows = [_row(table.header, row) for table in tables for row in table.rows][:_MOST_ROWS]
    return [figures for figures in (headline, *rows) if figures]


def _headline(findings: Sequence[Finding]) -> Iterator[tuple[str, Numeral]]:
    keys = vocabulary.figure_keys()
    for one in findings:
        key = one.code.removeprefix(_FIGURE)
        if key in keys and (one.confidence is None or one.confidence >= _LEAST_SURE):
            numeral = numerals.parse(_printed(one))
            if numeral is not None:
                yield key, numeral


def _printed(finding: Finding) -> str:
    """The figure as a page prints it; of a file, whose cells have no place, as its value would be printed."""
    quoted = next((mark.text for mark in finding.marks if isinstance(mark, Quote)), None)
    if quoted is not None:
        return quoted
    value = finding.value
    return f"{100 * value:g}%" if isinstance(value, float) and value < 1 else str(value)


def _row(header: Sequence[str], row: Sequence[str]) -> Figures:
    cells = zip(header[1:], row[1:], strict=True)
    return {key: numeral for key, cell in cells if cell and (numeral := numerals.parse(cell)) is not None}


def _table(pair: _Pair) -> Table:
    rows = tuple((key.replace("_", " "), *texts) for key, texts in pair.texts.items())
    highlighted = tuple(place for place, key in enumerate(pair.texts) if key in pair.differing)
    return Table(header=("figure", *pair.names), rows=rows, highlighted=highlighted)


def _notes(pair: _Pair) -> Iterator[str]:
    for key in pair.differing:
        (one, other), (a, b) = pair.texts[key], pair.names
        yield f"{key.replace('_', ' ')} {one} on {a}, {other} on {b}"
