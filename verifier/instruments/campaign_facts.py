"""What a report says of its campaign in words: name, subject, sender, audience, day of sending; and its script."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.casefile import Box
from verifier.instruments import dates, vocabulary
from verifier.instruments.layout import level
from verifier.instruments.phrasebook import phrasebook, plain
from verifier.instruments.text import Line

_RIGHT, _BELOW = 12.0, 1.6  # line heights from a name to what it names
_LONGEST = 160  # letters of a subject; more is a text that begins with such a word
_LEAST_LETTERS, _MOST = 20, 0.5  # letters of one script that make a page foreign, and their share of all
_KNOWN = "LATIN"
_ALONE = frozenset({"subject", "sent_on"})  # one word tells these; "List" or "From" may be a menu's or a filter's


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact as printed: `name` is name, subject, sender, audience or sent_on."""

    name: str
    text: str
    label: str
    box: Box | None = None  # None in a sheet


def on_page(lines: Sequence[Line]) -> tuple[Fact, ...]:
    """The facts among a page's lines, the first of each name: after a colon, right of the name, or just beneath it."""
    found: dict[str, Fact] = {}
    for line in lines:
        name, label, rest = _begun(line.text)
        if not name:
            continue
        value = line if rest else _named(line, lines) if name in _ALONE or " " in plain(label) else None
        if value is not None and _fits(name, text := rest or value.text):
            found.setdefault(name, Fact(name=name, text=text, label=label, box=value.box))
    return tuple(found.values())


def in_rows(rows: Iterable[Sequence[str]]) -> tuple[Fact, ...]:
    """The facts of a sheet: a name in one cell, what it names in the next."""
    found: dict[str, Fact] = {}
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        name, label, rest = _begun(cells[0]) if cells else ("", "", "")
        text = rest or (cells[1] if len(cells) == 2 else "")  # more cells are a table's
        if name and text and _fits(name, text):
            found.setdefault(name, Fact(name=name, text=text, label=label))
    return tuple(found.values())


def script(texts: Iterable[str]) -> str | None:
    """The script of most of a page, if it is none that the phrasebook's languages use: "Cyrillic"."""
    letters = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for text in texts for letter in text if letter.isalpha()
    )
    foreign = {name: count for name, count in letters.items() if name and name != _KNOWN}
    if not foreign:
        return None
    most = max(foreign, key=lambda name: (foreign[name], name))
    enough = foreign[most] >= _LEAST_LETTERS and foreign[most] > _MOST * letters.total()
    return {"CJK": "Chinese"}.get(most, most.capitalize()) if enough else None


def _begun(text: str) -> tuple[str, str, str]:
    """The fact that a line names, the words that name it, and what follows in the line."""
    label, colon, rest = text.partition(":")
    if (name := phrasebook().facts.get(plain(label))) is not None:
        return name, label.strip(), rest.strip() if colon else ""
    said = plain(text)
    for phrase in phrasebook().sent_on:
        if said.startswith(f"{phrase} ") and dates.find(text):
            return "sent_on", phrase, dates.find(text)[0].text
    return "", "", ""


def _named(name: Line, lines: Sequence[Line]) -> Line | None:
    height = name.box.bottom - name.box.top
    right = [
        line for line in lines if level(name.box, line.box) and 0 < line.box.left - name.box.right < _RIGHT * height
    ]
    below = [
        line
        for line in lines
        if abs(line.box.left - name.box.left) < height and 0 < line.box.top - name.box.top < _BELOW * height
    ]
    near = min(right, key=lambda line: line.box.left, default=None) or min(
        (line for line in below if line is not name), key=lambda line: line.box.top, default=None
    )
    return near if near is not None and not _begun(near.text)[0] else None


def _fits(name: str, text: str) -> bool:
    if name == "sent_on":
        return bool(dates.find(text))
    spoken = len(text) <= _LONGEST and any(letter.isalpha() for letter in text)
    return spoken and not dates.find(text) and vocabulary.understand(text) is None
