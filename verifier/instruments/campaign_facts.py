"""What a report says of its campaign in words: name, subject, sender, audience, day of sending; and its script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from verifier.casefile import Box
from verifier.instruments import dates, vocabulary
from verifier.instruments.dates import PrintedDate
from verifier.instruments.layout import level
from verifier.instruments.phrasebook import phrasebook, plain
from verifier.instruments.text import Line

_RIGHT, _BELOW = 12.0, 1.6  # line heights from a name to what it names
_LONGEST = 160  # letters of a subject; more is a text that begins with such a word
_LEAST_LETTERS, _MOST = 20, 0.5  # letters of one script that make a page foreign, and their share of all
_KNOWN = "LATIN"
_KANA = ("HIRAGANA", "KATAKANA")
_LEAST_KANA = 0.1  # of the foreign letters: Japanese is written with Chinese signs, too, and Chinese without these
_TITLE_ABOVE = 1.0  # title heights from its foot down to where the day of sending is told
_TITLE_LETTERS = 4  # at least
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_ALONE = frozenset({"subject", "sent_on"})  # one word tells these; "List" or "From" may be a menu's or a filter's


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact as printed: `name` is name, subject, sender, audience or sent_on. A heading has no label."""

    name: str
    text: str
    label: str
    box: Box | None = None  # None in a sheet


def on_page(lines: Sequence[Line]) -> tuple[Fact, ...]:
    """The facts among a page's lines, the first of each name: after a colon, right of the name, or just beneath it."""
    found: dict[str, Fact] = {}
    begun: dict[str, Line] = {}
    for line in lines:
        name, label, rest = _begun(line.text)
        if not name:
            continue
        value = line if rest else _named(line, lines) if name in _ALONE or " " in plain(label) else None
        if value is not None and _fits(name, text := rest or value.text):
            found.setdefault(name, Fact(name=name, text=text, label=label, box=value.box))
            begun.setdefault(name, line)
    if "name" not in found and "sent_on" in begun and (title := _title_over(begun["sent_on"], lines)) is not None:
        found["name"] = Fact(name="name", text=title.text, label="", box=title.box)
    return tuple(found.values())


def printed_dates(lines: Sequence[Line]) -> tuple[PrintedDate, ...]:
    """All dates among a page's lines, those broken into two lines among them ("May 12," over "2026")."""
    found = [date for line in lines for date in dates.find(line.text)]
    for year in (line for line in lines if _YEAR.match(line.text)):
        height = year.box.bottom - year.box.top
        for above in lines:
            beside = min(above.box.right, year.box.right) > max(above.box.left, year.box.left)
            if beside and -height < year.box.top - above.box.bottom < height and not dates.find(above.text):
                found += dates.find(f"{above.text} {year.text}")
    return tuple(found)


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
    """The script of most of a page, if it is none that the phrasebook's languages use: "Cyrillic", "Japanese"."""
    letters = Counter(_script_of(letter) for text in texts for letter in text if letter.isalpha())
    foreign = letters.total() - letters[_KNOWN] - letters[""]
    if foreign < _LEAST_LETTERS or foreign <= _MOST * letters.total():
        return None
    if sum(letters[name] for name in _KANA) >= _LEAST_KANA * foreign:
        return "Japanese"
    most = max((name for name in letters if name not in {_KNOWN, ""}), key=lambda name: (letters[name], name))
    return {"CJK": "Chinese"}.get(most, most.capitalize())


def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _begun(text: str) -> tuple[str, str, str]:
    """The fact that a line names, the words that name it, and what follows in the line."""
    label, colon, rest = text.partition(":")
    if (name := phrasebook().facts.get(plain(label))) is not None:
        return name, label.strip(), rest.strip() if colon else ""
    said = plain(dates.spaced(text))
    for phrase in _sending():
        if said.startswith(f"{phrase} ") and dates.find(text):
            return "sent_on", phrase, dates.find(text)[0].text
    return "", "", ""


@cache
def _sending() -> tuple[str, ...]:
    """Phrases that the day of sending may follow."""
    return (*phrasebook().sent_on, *(phrase for phrase, name in phrasebook().facts.items() if name == "sent_on"))


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


def _title_over(sent: Line, lines: Sequence[Line]) -> Line | None:
    """The heading right above where the day of sending is told: a campaign's page begins with its name."""
    for line in lines:
        height = line.box.bottom - line.box.top
        above = abs(sent.box.top - line.box.bottom) < _TITLE_ABOVE * height and line.box.top < sent.box.top
        aligned = abs(line.box.left - sent.box.left) < height / 2
        spoken = len(line.text) >= _TITLE_LETTERS and not _begun(line.text)[0] and _fits("name", line.text)
        if above and aligned and spoken and height >= sent.box.bottom - sent.box.top:
            return line
    return None


def _fits(name: str, text: str) -> bool:
    if name == "sent_on":
        return bool(dates.find(text))
    spoken = len(text) <= _LONGEST and any(letter.isalpha() for letter in text)
    return spoken and not dates.find(text) and vocabulary.understand(text) is None
