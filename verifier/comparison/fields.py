"""Fields: which words and figures of a report stand in another report, too, and which of them differ.

Words alone say that something is gone and something else has come; only their places say which became which, and the
pixels there whether it was merely misread. So words are first told off by text and place, then by text and column (a
row that was cut out moves all that stands below it); of those that are left over, the pixels decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from verifier.casefile import Box, Trace
from verifier.comparison import labelling, rereading, weight, wording
from verifier.comparison.changes import Change
from verifier.comparison.facing import Matrix, Place, Side, sides, through
from verifier.comparison.labelling import Labels, Phrase
from verifier.instruments.alignment import Alignment

REPRINTED = 0.95  # likeness of print: figures that stayed lie above (5% below .93 at JPEG 70), changed ones below
FAINT = 0.5  # however faint a picture of the report is: two digits of one font are hardly less alike
CALIBRATING = 60  # words that were read alike, by which it is told how alike print is that stayed
ENOUGH_ALIKE = 5  # such words, fewer tell nothing
FIGURES_LIMIT = (0.1, 0.0)  # print that was read as two figures: less alike than this share of what stayed, by so much
WORDS_LIMIT = (0.1, 0.08)  # the same of words, which are misread more often
ALONE_LIMIT = (0.1, 0.2)  # and of what one page has only: readers overlook print, and see it in frames and icons
LETTERS, FIGURE_DIGITS = 3, 2  # that such words and figures have at least
MOST_LEFT = 200  # words on one page only, beyond which nobody edited: it is another report
MOST_AGAINST = 4.0  # times the weight in common that may differ: an update changes most of what a report says
TOGETHER = 0.3  # overlap (intersection over the smaller box) from which two phrases stand in one place
MISREAD = 80.0  # of 100: likeness of two texts that are one, read twice
REDRAWN = 0.5  # likeness of a picture as a whole, below which it is another
EXPLAINED, WRITTEN_ON = 0.6, 0.2  # shares of its area that words may cover, changed ones and others
PICTURE = 16.0  # pixels of a preview, of both sides: smaller changes without words are pointers and edges

Scale = NDArray[np.floating[Any]]  # pixels of the preview to a pixel of the page, across and down
_Answers = tuple[float, ...]
Ask = Callable[[tuple[Box, ...], tuple[Box, ...], tuple[Box, ...]], tuple[_Answers, _Answers, _Answers]]
"""How alike the print of two previews is in boxes of the one and of the other, and pictures in boxes of the one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What two pages have in common, and what differs.

    `weight` is that of the figures in common, `against` that of those that only one page has where both overlap (of the
    page that has fewer), `share` the share (0..1) of words in common there. `other`: so much differs that nobody edited
    one into the other. Not `compared`: the words have no places, or the pages could not be laid on each other.
    """

    compared: bool = False
    weight: float = 0.0
    against: float = 0.0
    share: float = 0.0
    changes: tuple[Change, ...] = ()
    other: bool = False

    @property
    def enough(self) -> bool:
        """Whether the figures in common are those of one report."""
        return self.weight >= weight.ENOUGH and self.weight >= self.against


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
        share=2 * len(shared) / max(1, 2 * len(shared) + len(a.left) + len(b.left)),
    )
    if len(a.left) + len(b.left) > MOST_LEFT or told.against > MOST_AGAINST * told.weight + weight.ENOUGH:
        return replace(told, other=True)
    pictures = [box for box in alignment.changed if min(box.right - box.left, box.bottom - box.top) >= PICTURE]
    found = _differing(a, b, _alikeness(a, b, scale_here, scale_there, pictures, ask), matrix)
    if read is not None and found:
        again = partial(_read, read, scale_here, scale_there)
        found = rereading.reread(found, again, (a.places[a.known()], b.places[b.known()]))
    return replace(told, changes=found)


def _read(
    read: rereading.Read, scale_here: Scale, scale_there: Scale, here: tuple[Box, ...], there: tuple[Box, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """By boxes in pixels of the pages."""
    return read(
        *(
            tuple(_box(np.array([box.left, box.top, box.right, box.bottom]) * np.tile(scale, 2)) for box in boxes)
            for boxes, scale in ((here, scale_here), (there, scale_there))
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alikeness:
    """How alike the print is of the words that were left over, and how alike it is of words that stayed."""

    come: dict[int, float]  # of words of this page
    gone: dict[int, float]  # of words of the other
    pictures: tuple[tuple[Place, float], ...]
    stayed: tuple[float, ...]

    def limit(self, share: float, below: float) -> float:
        """What that share of the words that stayed is less alike than, and some more: in a blur all are less alike."""
        if len(self.stayed) < ENOUGH_ALIKE:
            return REPRINTED - below
        return float(np.clip(np.quantile(self.stayed, share) - below, FAINT, REPRINTED))


def _alikeness(
    a: Side,
    b: Side,
    scale_a: NDArray[np.floating[Any]],
    scale_b: NDArray[np.floating[Any]],
    pictures: Sequence[Box],
    ask: Ask,
) -> _Alikeness:
    if not len(a.left) and not len(b.left) and not pictures:
        return _Alikeness(come={}, gone={}, pictures=(), stayed=())
    known = [n for n in a.same if len(a.words[n]) > 1]
    known = known[:: max(1, len(known) // CALIBRATING)]
    in_preview_a = [_box(a.places[n] * np.tile(scale_a, 2)) for n in (*known, *a.left)]
    in_preview_b = [_box(b.places[n] * np.tile(scale_b, 2)) for n in b.left]
    alike_a, alike_b, alike_pictures = ask(tuple(in_preview_a), tuple(in_preview_b), tuple(pictures))
    on_page = [np.array([box.left, box.top, box.right, box.bottom]) / np.tile(scale_a, 2) for box in pictures]
    return _Alikeness(
        come=dict(zip(a.left.tolist(), alike_a[len(known) :], strict=True)),
        gone=dict(zip(b.left.tolist(), alike_b, strict=True)),
        pictures=tuple(zip(on_page, alike_pictures, strict=True)),
        stayed=alike_a[: len(known)],
    )


def _differing(a: Side, b: Side, alike: _Alikeness, matrix: NDArray[np.floating[Any]]) -> tuple[Change, ...]:
    """What has come beside what is gone from there; what was merely read in two ways is left out."""
    likely = alike.limit(*FIGURES_LIMIT)
    new = labelling.phrases(a.words, a.places, [n for n, value in alike.come.items() if value < likely])
    old = labelling.phrases(b.words, b.places, [n for n, value in alike.gone.items() if value < likely])
    cut = labelling.phrases(b.words, b.places, b.beyond)  # an edge hides a part of these
    partner = _partners(new, [*old, *cut], matrix)
    told: list[tuple[Phrase | None, Phrase | None]] = []
    for n, phrase in enumerate(new):
        before = [*old, *cut][partner[n]] if n in partner else None
        of_old = before.words if before else ()
        least = min([alike.come[k] for k in phrase.words] + [alike.gone.get(k, 1.0) for k in of_old])
        if _tells(phrase, before, alike, least):
            told.append((phrase, before))
    for m, phrase in enumerate(old):
        if m not in partner.values() and _tells(phrase, None, alike, min(alike.gone[k] for k in phrase.words)):
            told.append((None, phrase))
    labels = (Labels.of(a.trace), Labels.of(b.trace)) if told else None  # which takes its time
    found = [_change(labels, new_one, old_one, matrix) for new_one, old_one in told] if labels else []
    every = [*found, *_pictures(a, alike, found, matrix)]
    return tuple(sorted(every, key=lambda change: (change.here.top, change.here.left) if change.here else (0.0, 0.0)))


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


def _tells(one: Phrase, other: Phrase | None, alike: _Alikeness, least: float) -> bool:
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
    a: Side, alike: _Alikeness, found: Sequence[Change], matrix: NDArray[np.floating[Any]]
) -> Iterator[Change]:
    """Changed places that no changed words explain, and on which no words stand as before."""
    words = [a.places[n] for n in a.same]
    told = [np.array([c.here.left, c.here.top, c.here.right, c.here.bottom]) for c in found if c.here]
    for place, likeness in alike.pictures:
        if likeness < REDRAWN and _covered(place, told) < EXPLAINED and _covered(place, words) < WRITTEN_ON:
            where = labelling.whereabouts(_box(place), a.trace.width, a.trace.height)
            beside = _box(through(matrix, place[None])[0])
            yield Change(label=f"picture {where}", old="", new="", here=_box(place), there=beside)


def _covered(place: Place, others: Sequence[Place]) -> float:
    """The share (0..1) of a place that others cover."""
    return sum(_shared(place, other) for other in others) / max(_area(place), 1.0)


def _change(labels: tuple[Labels, Labels], new: Phrase | None, old: Phrase | None, matrix: Matrix) -> Change:
    """With its label, from either page. What is missing is boxed where it would stand."""
    names = [side.at(phrase.place) for side, phrase in zip(labels, (new, old), strict=True) if phrase]
    page = labels[0].trace
    here = np.array(new.place) if new else through(np.linalg.inv(matrix), np.array([old.place if old else ()]))[0]
    there = np.array(old.place) if old else through(matrix, here[None])[0]
    return Change(
        label=next(filter(None, names), "") or labelling.whereabouts(_box(here), page.width, page.height),
        old=old.text if old else "",
        new=new.text if new else "",
        here=_box(here),
        there=_box(there),
    )


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


def _box(place: NDArray[np.floating[Any]]) -> Box:
    return Box(left=float(place[0]), top=float(place[1]), right=float(place[2]), bottom=float(place[3]))
