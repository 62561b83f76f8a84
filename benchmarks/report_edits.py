"""Report edits: what somebody does to a report with a paint program, where the page's own words allow it.

Each edit takes the pixels, the lines that were read on them and a random source, and gives the forged page with what
was changed on it; None where the page has no place for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.repainting import Edit, Pixels, figures, repaint
from fixtures.make.drawing import font
from verifier.casefile import Box
from verifier.instruments.text import Line, Word

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "October", "December")
_SHORT = ("Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})([/.-])(\d{1,4})")
_NAMES = ("Harbour lights 2026", "Tarnwick garden week", "Kestrel autumn news", "Oakfen dealer letter")
_SENDERS = ("Fenwald Trading", "Brigstowe and Sons", "Lindmoor Electric", "Ostrava Retail Group")
_FACES = ("aileron", "vera", "vera-bold")
_CONTRAST = 60  # grey levels between print and ground, from which a page can be written on


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A forged page. Of a removed row, `edits` are its figures, with nothing after them; of a logo, a place alone."""

    pixels: Pixels
    edits: tuple[Edit, ...]


Forge = Callable[[Pixels, Sequence[Line], Random], Forgery | None]


def suite() -> Mapping[str, Forge]:
    """All edits by name."""
    return {
        "one digit": _one_digit,
        "other figure": _other_figure,
        "longer figure": _longer_figure,
        "count and rate": _count_and_rate,
        "date": _date,
        "campaign name": lambda pixels, lines, random: _renamed(pixels, _headings(lines), _NAMES, random),
        "sender": lambda pixels, lines, random: _renamed(pixels, _plain(lines), _SENDERS, random),
        "logo": _logo,
        "row removed": _row_removed,
    }


def _one_digit(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    """A digit of the page's own over another."""
    wanted = figures(lines, 3)
    for figure in random.sample(wanted, len(wanted)):
        made = repaint(pixels, figure, figures(lines, 1), random)
        if made is not None:
            return Forgery(pixels=made[0], edits=(made[1],))
    return None


def _other_figure(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    return _first(pixels, _figures(lines, 2), _redrawn, random)


def _longer_figure(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    counts = [word for word in _figures(lines, 2) if "%" not in word.text]
    return _first(pixels, counts, lambda old, random: str(random.randint(1, 9)) + _redrawn(old, random), random)


def _count_and_rate(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    """A count raised by the factor by which a rate is raised, too."""
    counts = [word for word in _figures(lines, 3) if re.fullmatch(r"\d{1,3}(,\d{3})*|\d+", word.text)]
    rates = [word for word in _figures(lines, 2) if re.fullmatch(r"\d{1,2}[.,]\d+%", word.text)]
    factor = random.uniform(1.15, 1.6)
    made = _first(pixels, counts, lambda old, _: _grown(old, factor), random)
    more = _first(made.pixels, rates, lambda old, _: _grown(old, factor), random) if made else None
    return Forgery(pixels=more.pixels, edits=(*made.edits, *more.edits)) if made and more else None


def _grown(text: str, factor: float) -> str:
    """The figure times the factor, written as it was."""
    if "%" in text:
        sign = "," if "," in text else "."
        places = len(text.partition(sign)[2]) - 1
        return f"{min(99.0, float(text[:-1].replace(',', '.')) * factor):.{places}f}%".replace(".", sign)
    value = round(int(text.replace(",", "")) * factor)
    return f"{value:,}" if "," in text else str(value)


def _date(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    """Another month by name, or another day in a date of figures."""
    words = [word for line in lines for word in line.words if any(map(str.isdigit, line.text))]
    dated = [word for word in words if word.text in (*_MONTHS, *_SHORT) or _DATE.fullmatch(word.text)]
    return _first(pixels, dated, _other_date, random)


def _other_date(old: str, random: Random) -> str:
    match = _DATE.fullmatch(old)
    if match:
        first, sign, second, other, last = match.groups()
        day = str(random.choice([n for n in range(10, 28) if n != int(second)]))
        return f"{first}{sign}{day}{other}{last}"
    return random.choice([name for name in (_SHORT if old in _SHORT else _MONTHS) if name != old])


def _renamed(pixels: Pixels, lines: Sequence[Line], names: Sequence[str], random: Random) -> Forgery | None:
    whole = [Word(text=line.text, box=line.box) for line in lines]
    return _first(pixels, whole, lambda _, random: random.choice(names), random)


def _headings(lines: Sequence[Line]) -> list[Line]:
    """The five largest lines of words."""
    return sorted(_plain(lines), key=lambda line: line.box.top - line.box.bottom)[:5]


def _plain(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if sum(map(str.isalpha, line.text)) >= 8 and not any(map(str.isdigit, line.text))]


def _logo(pixels: Pixels, _lines: Sequence[Line], random: Random) -> Forgery | None:
    """Another mark over the upper left corner, where platforms put theirs."""
    tall, wide = pixels.shape[:2]
    side = max(28, round(0.07 * min(tall, wide)))
    left, top = random.randint(4, side), random.randint(4, side)
    mark = Image.new("RGB", (2 * side, side), tuple(random.randrange(40, 220) for _ in range(3)))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((side * 0.2, side * 0.2, side * 0.8, side * 0.8), fill=(250, 250, 250))
    pen.text((side, side * 0.7), random.choice("KQZW"), font=font("vera-bold", side * 0.6), fill="#fafafa", anchor="ls")
    changed = pixels.copy()
    part = changed[top : top + side, left : left + 2 * side]
    part[:] = np.asarray(mark)[: part.shape[0], : part.shape[1]]
    box = Box(left=left, top=top, right=left + 2 * side, bottom=top + side)
    return Forgery(pixels=changed, edits=(Edit(old="", new="", box=box),))


def _row_removed(pixels: Pixels, lines: Sequence[Line], random: Random) -> Forgery | None:
    """A table's row cut out, and all that stands below moved up."""
    rows = list(_rows(lines))
    random.shuffle(rows)
    for top, below, words in rows:
        high, gone = round(top), round(below - top)
        changed = np.concatenate((pixels[:high], pixels[high + gone :], np.repeat(pixels[-1:], gone, axis=0)))
        box = Box(left=0, top=top, right=pixels.shape[1], bottom=below)
        return Forgery(pixels=changed, edits=tuple(Edit(old=word, new="", box=box) for word in words))
    return None


def _rows(lines: Sequence[Line]) -> Iterator[tuple[float, float, list[str]]]:
    """Rows of three figures and more that others follow as closely: upper edge, the next one's, and figures."""
    levels: list[list[Word]] = []
    for word in sorted((word for line in lines for word in line.words), key=lambda word: word.box.top):
        if levels and word.box.top < (levels[-1][0].box.top + levels[-1][0].box.bottom) / 2:
            levels[-1].append(word)
        else:
            levels.append([word])
    for own, following in pairwise(levels):
        told, others = ([word.text for word in level if _digits(word.text)] for level in (own, following))
        tall, pitch = own[0].box.bottom - own[0].box.top, following[0].box.top - own[0].box.top
        if len(told) >= 3 and len(others) >= 3 and 1.1 * tall < pitch < 5 * tall and any(len(t) > 2 for t in told):
            yield own[0].box.top - 0.1 * tall, following[0].box.top - 0.1 * tall, told


def _first(
    pixels: Pixels, words: Sequence[Word], change: Callable[[str, Random], str], random: Random
) -> Forgery | None:
    """The first of the words, in any order, that can be written over."""
    for word in random.sample(words, len(words)):
        new = change(word.text, random)
        changed = retyped(pixels, word, new) if new != word.text else None
        if changed is not None:
            return Forgery(pixels=changed, edits=(Edit(old=word.text, new=new, box=word.box),))
    return None


def retyped(pixels: Pixels, word: Word, new: str) -> Pixels | None:
    """The word covered and another written in its colours and size; None where neighbours leave no room."""
    found = _print(pixels, word.box)
    if found is None:
        return None
    ink, ground, colour = found
    old = {face: _box_of(word.text, face, 100.0) for face in _FACES}
    tall, wide = ink.bottom - ink.top, ink.right - ink.left
    face = min(
        _FACES, key=lambda name: abs(wide / tall - (old[name][2] - old[name][0]) / (old[name][3] - old[name][1]))
    )
    size = 100.0 * tall / (old[face][3] - old[face][1])
    base = ink.bottom - old[face][3] * size / 100
    left, top, right, bottom = _box_of(new, face, size)
    room = (ink.left - 2, base + top - 2, ink.left + right - left + 3, base + bottom + 2)
    if room[2] >= pixels.shape[1] or room[1] < 0 or room[3] >= pixels.shape[0]:
        return None
    beyond = pixels[int(room[1]) : int(room[3]) + 1, int(ink.right) + 3 : int(room[2]) + 4].reshape(-1, 3)
    if len(beyond) and np.abs(beyond.astype(int) - ground).max() > _CONTRAST / 2:
        return None
    changed = pixels.copy()
    changed[max(0, int(ink.top) - 2) : int(ink.bottom) + 2, max(0, int(ink.left) - 2) : int(ink.right) + 2] = ground
    picture = Image.fromarray(changed)
    pen = ImageDraw.Draw(picture)
    pen.text((ink.left - left, base), new, font=font(face, size), fill=tuple(map(int, colour)), anchor="ls")
    return np.asarray(picture)


def _print(pixels: Pixels, box: Box) -> tuple[Box, Pixels, Pixels] | None:
    """Where the print of a word stands to the pixel, the ground's colour and its own; None on an uneven ground."""
    left, top = max(0, int(box.left) - 1), max(0, int(box.top))
    patch = pixels[top : int(box.bottom) + 1, left : int(box.right) + 2]
    if min(patch.shape[:2]) < 6:
        return None
    ground = np.median(patch.reshape(-1, 3), axis=0)
    far = np.abs(patch - ground).max(axis=2)
    rows, columns = np.flatnonzero((far > _CONTRAST).any(axis=1)), np.flatnonzero((far > _CONTRAST).any(axis=0))
    if len(rows) < 5 or not len(columns) or np.count_nonzero(far < _CONTRAST / 3) < 0.4 * far.size:
        return None
    ink = Box(left=left + columns[0], top=top + rows[0], right=left + columns[-1] + 1, bottom=top + rows[-1] + 1)
    return ink, ground, patch[far >= np.quantile(far, 0.95)].mean(axis=0)


def _box_of(text: str, face: str, size: float) -> tuple[float, float, float, float]:
    return font(face, size).getbbox(text, anchor="ls")


def _redrawn(text: str, random: Random) -> str:
    """As many digits, other ones, the first no 0."""
    while True:
        new = "".join(str(random.randint(1, 9)) if sign.isdigit() else sign for sign in text)
        if _digits(new) != _digits(text):
            return new


def _figures(lines: Sequence[Line], digits: int) -> list[Word]:
    return [Word(text=figure.text, box=figure.box) for figure in figures(lines, digits)]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
