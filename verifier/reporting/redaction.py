"""Redaction: a report without personal data, to be passed on. What was decided, and why, stays.

Left out are positions, serial numbers, identifiers of files, names of people, e-mail addresses, free texts that a file
carries, and pictures (faces). What is left out is also looked for by its value, wherever else a finding or a title
repeats it. The claim's own facts (partner, venue, file names) stay: whoever gets the report knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from verifier import codec
from verifier.casefile import ClaimReport, Finding, Inspection, ItemReport, Lookalike, Mark, Place, Table

LEFT_OUT = "[left out]"
PERSONAL = frozenset({"properties.people", "properties.serials", "properties.identifiers"})  # nothing of them stays
_FREE_TEXT = frozenset(
    {"properties.iptc", "properties.texts", "properties.document", "properties.parts"}
)  # their tables may say anything
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+")
_DECIMAL = re.compile(r"-?\d{1,3}\.(\d{3,})")  # degrees to about 100 m, or finer
_SHORTEST = 4  # letters and digits: initials and numbers below would be found in every other word


def redact(report: ClaimReport) -> ClaimReport:
    """The report without personal data."""
    inspections = [*report.inspections, *(one for entry in report.items for one in entry.inspections)]
    findings = [finding for inspection in inspections for finding in inspection.findings]
    words = _words(findings)
    degrees = tuple(_degrees(findings))
    cut = replace(
        report,
        items=tuple(_item(entry) for entry in report.items),
        inspections=tuple(map(_inspection, report.inspections)),
    )
    data = codec.to_data(cut)
    for holder in (data, *data["items"]):
        for part in ("inspections", "hits"):
            holder[part] = _scrubbed(holder[part], words, degrees)
    return codec.from_data(ClaimReport, data)


def _item(entry: ItemReport) -> ItemReport:
    return replace(
        entry,
        pages=tuple(replace(page, preview="") for page in entry.pages),
        inspections=tuple(map(_inspection, entry.inspections)),
    )


def _inspection(inspection: Inspection) -> Inspection:
    return replace(inspection, findings=tuple(map(_finding, inspection.findings)))


def _finding(finding: Finding) -> Finding:
    if finding.code in PERSONAL and finding.value is not None:
        return replace(finding, value=LEFT_OUT, marks=(), note="personal data")
    if finding.code in _FREE_TEXT:
        return replace(finding, marks=())
    return replace(finding, marks=tuple(_marks(finding.marks)))


def _marks(marks: Iterable[Mark]) -> Iterator[Mark]:
    for mark in marks:
        if isinstance(mark, Lookalike):
            yield replace(mark, other_preview="")
        elif not isinstance(mark, Place):
            yield mark


def _words(findings: Iterable[Finding]) -> re.Pattern[str] | None:
    """Whatever a personal finding says, as whole words, in either case, with hyphens or without."""
    said: set[str] = set()
    for finding in findings:
        if finding.code in PERSONAL:
            said.update(finding.value if isinstance(finding.value, tuple) else ())
            said.update(row[-1] for mark in finding.marks if isinstance(mark, Table) for row in mark.rows if row)
    bare = {text.replace("-", "").strip() for text in said}
    long = sorted((text for text in bare if sum(map(str.isalnum, text)) >= _SHORTEST), key=len, reverse=True)
    spelt = ("-?".join(map(re.escape, text)) for text in long)
    return re.compile("|".join(rf"(?<!\w){text}(?!\w)" for text in spelt), re.IGNORECASE) if long else None


def _degrees(findings: Iterable[Finding]) -> Iterator[float]:
    for finding in findings:
        for mark in finding.marks:
            if isinstance(mark, Place):
                yield from (mark.latitude, mark.longitude)


def _scrubbed(data: Any, words: re.Pattern[str] | None, degrees: tuple[float, ...]) -> Any:
    """The same data with every text looked through."""
    if isinstance(data, list):
        return [_scrubbed(part, words, degrees) for part in data]
    if isinstance(data, dict):
        return {name: _scrubbed(part, words, degrees) for name, part in data.items()}
    return _without(data, words, degrees) if isinstance(data, str) else data


def _without(text: str, words: re.Pattern[str] | None, degrees: tuple[float, ...]) -> str:
    def told(match: re.Match[str]) -> str:
        stated, digits = abs(float(match[0])), len(match[1])
        near = any(abs(stated - abs(degree)) <= 10.0**-digits for degree in degrees)
        return LEFT_OUT if near else match[0]

    text = _DECIMAL.sub(told, _ADDRESS.sub(LEFT_OUT, text))
    return words.sub(LEFT_OUT, text) if words else text
