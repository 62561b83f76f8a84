"""Fields: which words and figures of a report stand in another report, too, and which of them differ.

Words alone say that something is gone and something else has come; only their places say which became which, and the
pixels there whether it was merely misread. So words are first told off by text and place, then by text and column (a
row that was cut out moves all that stands below it); of those that are left over, the pixels decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from verifier.casefile import Box, Trace
from verifier.comparison import labelling, rereading, sureness, weight, wording
from verifier.comparison.changes import Change
from verifier.comparison.facing import Matrix, Place, Side, box_of, place_of, sides, through
from verifier.comparison.labelling import Labels, Phrase
from verifier.comparison.reprinting import FAINT, Alikeness, Ask, Scale, alikeness
from verifier.instruments.alignment import Alignment

LEGIBLE = 16.0  # pixels of a preview: lower boxes of words (print of 8) are read wrongly time and again
DOUBTED = (0.5, 0.0)  # print that is looked at again, where figures were read in two ways
FIGURES_LIMIT = (0.1, 0.0)  # print that was read as two figures: less alike than this share of what stayed, by so much
WORDS_LIMIT = (0.1, 0.08)  # the same of words, which are misread more often
ALONE_LIMIT = (0.1, 0.2)  # and of what one page has only: readers overlook print, and see it in frames and icons
LETTERS, FIGURE_DIGITS = 3, 2  # that such words and figures have at least
MOST_LEFT = 200  # words on one page only, beyond which nobody edited: it is another report
MOST_AGAINST = 4.0  # times the weight in common that may differ: an update changes most of what a report says
MANY = 5  # figures: an edit changes a count, its rate, and what follows from both
TOGETHER = 0.3  # overlap (intersection over the smaller box) from which two phrases stand in one place
MISREAD = 80.0  # of 100: likeness of two texts that are one, read twice
REDRAWN = 0.5  # likeness of a picture as a whole, below which it is another
REDRAWN_ROUND = 0.7  # and where words on it have changed
EXPLAINED, WRITTEN_ON = 0.7, 0.2  # shares of its area that words may cover, changed ones and others
PICTURE = 16.0  # pixels of a preview, of both sides: smaller changes without words are pointers and edges


_Pair = tuple[Phrase | None, Phrase | None]  # on this page, on the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What two pages have in common, and what differs.

    `weight` is that of the figures in common, `against` that of those that only one page has where both overlap (of the
    page that has fewer), `share` the share (0..1) of words in common there, `kept` the number of figures in common.
    `other`: so much differs that nobody edited one into the other. Not `compared`: the words have no places, or the
    pages could not be laid on each other.
    """

    compared: bool = False
    weight: float = 0.0
    against: float = 0.0
    share: float = 0.0
    kept: int = 0
    changes: tuple[Change, ...] = ()
    other: bool = False

    @property
    def enough(self) -> bool:
        """Whether the figures in common are those of one report."""
        return self.weight >= weight.ENOUGH and self.weight >= self.against

    @property
    def mostly_other(self) -> bool:
        """Whether so many figures changed, and more than stayed, that it is another report of the same layout."""
        changed = sum(wording.is_figure(change.old) or wording.is_figure(change.new) for change in self.changes)
        return changed >= MANY and changed > self.kept


def compare(here: Trace, there: Trace, alignment: Alignment, ask: Ask, read: rereading.Read | None = None) -> Fields:
    """The fields of two pages that are aligned so. Nothing is told of pages whose words have no places.

    `read` reads places of both pages once more, in pixels of the previews.
    """
    if not alignment.homography or not here.places or not there.places:
        return Fields()
    scale_here, scale_there = _scale(here, alignment.size_a), _scale(there, alignment.size_b)
    matrix = np.diag([*1 / scale_there, 1]) @ np.reshape(alignment.homography, (3, 3)) @ np.diag([*scale_here, 1])
    a, b = sides(here, there, matrix)
    shared = set(range(len(a.words))) - set(a.left.tolist()) - set(a.beyond) - weight.ticks(a.words, here.places)
    told = Fields(
        compared=True,
        weight=sum(weight.of(a.words[n]) for n in shared),
        against=min(sum(weight.of(side.words[n]) for n in side.left) for side in (a, b)),
        kept=sum(wording.is_figure(a.words[n]) and not wording.is_date_part(a.words[n]) for n in shared),
        share=2 * len(shared) / max(1, 2 * len(shared) + len(a.left) + len(b.left)),
    )
    if len(a.left) + len(b.left) > MOST_LEFT or told.against > MOST_AGAINST * told.weight + weight.ENOUGH:
        return replace(told, other=True)
    pictures = [box for box in alignment.changed if min(box.right - box.left, box.bottom - box.top) >= PICTURE]
    alike = alikeness(a, b, scale_here, scale_there, pictures, ask)
    pairs = _differing(a, b, alike, matrix)
    change = partial(_change, sides=(a, b), alike=alike, matrix=matrix)
    found = tuple(change(pair) for pair in pairs)
    if read is not None:
        doubts = tuple(change(pair) for pair in _doubtful(a, b, alike, pairs, matrix, (scale_here[1], scale_there[1])))
        again = partial(_read, read, scale_here, scale_there)
        clear = partial(_is_clear, sides=(a, b), matrix=matrix, scales=(scale_here[1], scale_there[1]))
        found = rereading.reread(found, doubts, again, (a.places[a.known()], b.places[b.known()]), clear)
    return replace(told, changes=(*_labelled(found, a, b), *_pictures(a, alike, found, matrix)))


def _read(
    read: rereading.Read, scale_here: Scale, scale_there: Scale, here: tuple[Box, ...], there: tuple[Box, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """By boxes in pixels of the pages."""
    return read(
        *(
            tuple(box_of(np.array(place_of(box)) * np.tile(scale, 2)) for box in boxes)
            for boxes, scale in ((here, scale_here), (there, scale_there))
        )
    )


def _differing(a: Side, b: Side, alike: Alikeness, matrix: Matrix) -> list[_Pair]:
    """What has come beside what is gone from there; what was merely read in two ways is left out."""
    likely = alike.limit(*FIGURES_LIMIT)
    new = labelling.phrases(a.words, a.places, [n for n, value in alike.come.items() if value < likely])
    old = labelling.phrases(b.words, b.places, [n for n, value in alike.gone.items() if value < likely])
    cut = labelling.phrases(b.words, b.places, b.beyond)  # an edge hides a part of these
    partner = _partners(new, [*old, *cut], matrix)
    told: list[_Pair] = []
    for n, phrase in enumerate(new):
        before = [*old, *cut][partner[n]] if n in partner else None
        if _tells(phrase, before, alike, _least((phrase, before), alike)):
            told.append((phrase, before))
    for m, phrase in enumerate(old):
        if m not in partner.values() and _tells(phrase, None, alike, _least((None, phrase), alike)):
            told.append((None, phrase))
    return told


def _doubtful(
    a: Side, b: Side, alike: Alikeness, told: Sequence[_Pair], matrix: Matrix, scales: tuple[float, float]
) -> list[_Pair]:
    """Figures that were read in two ways or on one page only, and whose print is nearly alike: a blur hides an edit."""
    half, likely = alike.limit(*DOUBTED), alike.limit(*FIGURES_LIMIT)
    new = _figures(a, alike.come, {n for one, _ in told if one for n in one.words}, half, scales[0])
    old = _figures(b, alike.gone, {n for _, one in told if one for n in one.words}, half, scales[1])
    partner = _partners(new, old, matrix)
    pairs: list[tuple[float, _Pair]] = [
        (alike.come[new[n].words[0]], (new[n], old[m])) for n, m in partner.items()
        if wording.digits(new[n].text) != wording.digits(old[m].text)
    ]  # fmt: skip
    pairs += [(alike.come[one.words[0]], (one, None)) for n, one in enumerate(new) if n not in partner]
    pairs += [(alike.gone[one.words[0]], (None, one)) for m, one in enumerate(old) if m not in partner.values()]
    kept = [(value, pair) for value, pair in pairs if value < likely or all(pair)]
    return [pair for _, pair in sorted(kept, key=lambda entry: entry[0])]


def _figures(side: Side, alike: Mapping[int, float], told: Collection[int], limit: float, scale: float) -> list[Phrase]:
    """Figures that are not told yet, less alike than the limit, and large enough in the preview to be read."""
    tall = scale * (side.places[:, 3] - side.places[:, 1])
    return [
        phrase
        for n, value in alike.items()
        if value < limit and n not in told and tall[n] >= LEGIBLE and wording.is_figure(side.words[n])
        if len(wording.digits(side.words[n])) >= FIGURE_DIGITS
        for phrase in labelling.phrases(side.words, side.places, [n])
    ]


def _partners(new: Sequence[Phrase], old: Sequence[Phrase], matrix: NDArray[np.floating[Any]]) -> dict[int, int]:
    """Which of the old stood where the new stand, each once: figures for figures first, then what covers most."""
    moved = [through(matrix, np.array([phrase.place]))[0] for phrase in new]
    likely = [
        (
            wording.is_figure(new[n].text) != wording.is_figure(old[m].text),
            -_common(moved[n], np.array(old[m].place)),
            n,
            m,
        )
        for n in range(len(new))
        for m in range(len(old))
        if _overlap(moved[n], np.array(old[m].place)) >= TOGETHER
    ]
    partner: dict[int, int] = {}
    for _, _, n, m in sorted(likely):
        if n not in partner and m not in partner.values():
            partner[n] = m
    return partner


def _tells(one: Phrase, other: Phrase | None, alike: Alikeness, least: float) -> bool:
    """Whether it is a change, and not one thing read in two ways, or nothing read as something."""
    if other is None:
        letters = sum(map(str.isalnum, one.text))
        return letters >= (FIGURE_DIGITS if wording.is_figure(one.text) else LETTERS) and least < alike.limit(
            *ALONE_LIMIT
        )
    if wording.is_figure(one.text) and wording.is_figure(other.text):
        return wording.digits(one.text) != wording.digits(other.text)
    differ = any(map(str.isalnum, one.text + other.text)) and not _is_misread(one.text, other.text)
    return differ and least < alike.limit(*WORDS_LIMIT)


def _pictures(
    a: Side, alike: Alikeness, found: Sequence[Change], matrix: NDArray[np.floating[Any]]
) -> Iterator[Change]:
    """Changed places that no changed words explain, and on which no words stand as before."""
    words = [a.places[n] for n in a.same]
    told = [np.array(place_of(change.here)) for change in found if change.here]
    for place, likeness in alike.pictures:
        limit = REDRAWN_ROUND if any(_overlap(place, other) >= TOGETHER for other in told) else REDRAWN
        if likeness < limit and _covered(place, told) < EXPLAINED and _covered(place, words) < WRITTEN_ON:
            where = labelling.whereabouts(box_of(place), a.trace.width, a.trace.height)
            beside = box_of(through(matrix, place[None])[0])
            sure = likeness < REDRAWN
            yield Change(label=f"picture {where}", old="", new="", here=box_of(place), there=beside, sure=sure)


def _covered(place: Place, others: Sequence[Place]) -> float:
    """The share (0..1) of a place that others cover."""
    return sum(_shared(place, other) for other in others) / max(_area(place), 1.0)


def _change(pair: _Pair, sides: tuple[Side, Side], alike: Alikeness, matrix: Matrix) -> Change:
    """Without its label. What is missing is boxed where it would stand, and no pale print that was overlooked."""
    new, old = pair
    here = np.array(new.place) if new else through(np.linalg.inv(matrix), np.array([old.place if old else ()]))[0]
    there = np.array(old.place) if old else through(matrix, here[None])[0]
    likeness = _least(pair, alike)
    return Change(
        label="",
        old=old.text if old else "",
        new=new.text if new else "",
        here=box_of(here),
        there=box_of(there),
        sure=sureness.is_one_place(here, there, matrix, sides)
        and (likeness < FAINT or (all(pair) and sureness.is_unlike(likeness, alike.stayed))),
    )


def _is_clear(change: Change, sides: tuple[Side, Side], matrix: Matrix, scales: tuple[float, float]) -> bool:
    """Whether both places are large enough in the previews to be read without an error."""
    if change.here is None or change.there is None:
        return False
    here, there = np.array(place_of(change.here)), np.array(place_of(change.there))
    tall = min(scale * (place[3] - place[1]) for scale, place in zip(scales, (here, there), strict=True))
    return bool(tall >= sureness.CLEAR) and sureness.is_one_place(here, there, matrix, sides)


def _least(pair: _Pair, alike: Alikeness) -> float:
    """How alike the print is of the least alike word of both; what an edge hides counts for nothing."""
    words = zip(pair, (alike.come, alike.gone), strict=True)
    return min((values.get(n, 1.0) for phrase, values in words if phrase for n in phrase.words), default=1.0)


def _labelled(found: Sequence[Change], a: Side, b: Side) -> list[Change]:
    """From top to bottom, each with its label from the page that shows it, or else with where it is."""
    labels = (Labels.of(a.trace), Labels.of(b.trace)) if found else ()  # which takes its time
    told = []
    for change in found:
        texts, boxes = (change.new, change.old), (change.here, change.there)
        names = [side.at(place_of(box)) for side, text, box in zip(labels, texts, boxes, strict=True) if text and box]
        where = labelling.whereabouts(change.here, a.trace.width, a.trace.height) if change.here else ""
        told.append(replace(change, label=next(filter(None, names), "") or where))
    return sorted(told, key=lambda change: (change.here.top, change.here.left) if change.here else (0.0, 0.0))


def _is_misread(old: str, new: str) -> bool:
    if wording.digits(old) or wording.digits(new):
        return old == new
    return fuzz.ratio(old, new) >= MISREAD


def _scale(trace: Trace, size: tuple[int, int]) -> NDArray[np.floating[Any]]:
    """Pixels of the preview to a pixel of the page, across and down."""
    return np.array([size[0] / trace.width, size[1] / trace.height])


def _overlap(one: Place, other: Place) -> float:
    """Intersection over the smaller one."""
    return _shared(one, other) / max(1.0, min(_area(one), _area(other)))


def _common(one: Place, other: Place) -> float:
    """Intersection over union."""
    shared = _shared(one, other)
    return shared / max(1.0, _area(one) + _area(other) - shared)


def _shared(one: Place, other: Place) -> float:
    wide, tall = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return float(wide * tall) if wide > 0 and tall > 0 else 0.0


def _area(place: Place) -> float:
    return float((place[2] - place[0]) * (place[3] - place[1]))
