"""The index of one tenant's sightings, and the short list of those that a new page should be laid beside.

It finds loosely and promises nothing: what it lists is then looked at pair by pair. The archive is the truth; what is
sealed in segments is mapped from there, the rest is read from the archive when a process first compares. An answer
depends on the sightings up to the watermark alone, and not on how they happen to be cut into chunks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from verifier.archive.index import chunk as chunks
from verifier.archive.index.chunk import Chunk, Entry, key
from verifier.archive.index.folder import Shelf
from verifier.archive.protocol import Sighting
from verifier.casefile import Trace
from verifier.comparison import votes
from verifier.comparison.votes import NO_SPREAD, Spread, Words
from verifier.comparison.wording import telling
from verifier.instruments import fingerprint

PDQ_REACH = 31  # bits of 256, PDQ's own limit: of 440 attacked photos, votes alone found all that 32 to 90 bits added
LEAST_VOTES = 8  # shared visual words; unrelated pictures share a handful
LEAST_FIGURES = 3  # shared telling figures
EACH = 4  # listed by each of the three ways of finding
CLOSE_VOTES = 24  # the most votes, of which those with the most for their number of words are listed
FEWEST_WORDS = 20  # that a picture counts as having
SEALED_FROM = 8  # fresh sightings: reading one anew costs 1.5 ms, which every new process pays for each
_STEP = 1 << 13  # sightings read before they are sealed, so that a first run over a large archive keeps what it did

Allowed = NDArray[np.bool_]
Read = Callable[[int, int], Iterable[Entry]]
"""The entries of sightings number `first` to `last`, the last one excluded, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a page is looked up by. `mirrored` are the visual words of its mirror image; spreads say where words are."""

    trace: Trace
    words: Words
    mirrored: Words
    spread: Spread = field(default_factory=lambda: NO_SPREAD)
    mirrored_spread: Spread = field(default_factory=lambda: NO_SPREAD)


def entry_of(sighting: Sighting, words: Words) -> Entry:
    """What the index keeps of a sighting whose page has these visual words."""
    trace = sighting.trace
    trusted = trace is not None and trace.pdq_quality >= fingerprint.PDQ_TRUSTED
    return Entry(
        item=sighting.item,
        claim=sighting.claim,
        partner=sighting.partner,
        program=sighting.program,
        moment=sighting.submitted_at.timestamp() if sighting.submitted_at else float("nan"),
        digest=sighting.digest,
        leading=trace is None or trace.place == 0,
        pixels=trace.pixel_digest if trace else "",
        device=trace.device if trace else "",
        hash=fingerprint.bits(trace.pdq) if trace and trusted else None,
        words=words,
        figures=_figures(trace) if trace else (),
    )


class Index:
    """Sightings numbered 0, 1, 2 ...: those in the shelf's chunks, and behind them a tail that is in memory only."""

    def __init__(self, shelf: Shelf, read: Read) -> None:
        self._shelf = shelf
        self._read = read
        self._sealed: list[Chunk] = []
        self._tail_first = 0
        self._tail: list[Entry] = []
        self._fresh: Chunk | None = None

    def add(self, entry: Entry) -> None:
        """Take in the next sighting."""
        self._tail.append(entry)
        self._fresh = None

    def synchronise(self, upto: int) -> None:
        """Hold at least the first `upto` sightings; seal what has become many."""
        self._take_in(self._shelf.chunks())
        while (known := self._tail_first + len(self._tail)) < upto:
            self._tail.extend(self._read(known, min(known + _STEP, upto)))
            self._fresh = None
            if len(self._tail) >= SEALED_FROM:
                self._seal()

    def _take_in(self, held: Sequence[Chunk]) -> None:
        """The shelf's chunks; where one was set aside, what it held is read and sealed again."""
        whole: list[Chunk] = []
        for chunk in held:
            whole.extend(self._mended(whole[-1].end if whole else 0, chunk.first))
            whole.append(chunk)
        self._sealed = whole
        end = whole[-1].end if whole else 0
        if end != self._tail_first:  # less is there where the last segment was set aside: that much is read again
            self._tail = self._tail[end - self._tail_first :] if end > self._tail_first else []
            self._tail_first = end
            self._fresh = None

    def _mended(self, first: int, last: int) -> Iterator[Chunk]:
        for start in range(first, last, _STEP):
            chunk = chunks.of(start, list(self._read(start, min(start + _STEP, last))))
            with self._shelf.lease() as mine:
                if mine:
                    self._shelf.seal(chunk)
            yield chunk

    def _seal(self) -> None:
        with self._shelf.lease() as mine:
            if not mine:
                return
            self._take_in(self._shelf.chunks())  # another process may have been here
            if self._tail:
                self._shelf.seal(self._last())
                self._take_in(self._shelf.chunks())

    def _last(self) -> Chunk:
        if self._fresh is None:
            self._fresh = chunks.of(self._tail_first, self._tail)
        return self._fresh

    def _chunks(self, upto: int) -> Iterator[Chunk]:
        every = (*self._sealed, self._last()) if self._tail else self._sealed
        yield from (chunk for chunk in every if chunk.first < upto)

    def earlier(
        self, claim: str, submitted_at: datetime | None, item: str, upto: int, within: tuple[str, str] = ("", "")
    ) -> Allowed:
        """Which of the first `upto` sightings an item of that claim is compared with: those submitted before it.

        Never the claim's own. A tie of times is broken by the item's id. A sighting that nobody submitted (a file
        looked at without a claim) is no submission, unless this one is none either. `within` names a column
        ("partner" or "program") and whose sightings alone count.
        """
        return self._masked(
            upto, lambda chunk: _not_of(claim, chunk, upto, within) & _before(chunk, submitted_at, item, upto)
        )

    def later(
        self, claim: str, submitted_at: datetime | None, item: str, upto: int, within: tuple[str, str] = ("", "")
    ) -> Allowed:
        """Which of the first `upto` sightings were submitted after that item, although they are here already."""
        if submitted_at is None:
            return np.zeros(upto, bool)
        return self._masked(
            upto, lambda chunk: _not_of(claim, chunk, upto, within) & _after(chunk, submitted_at, item, upto)
        )

    def all(self) -> Allowed:
        """Every sighting."""
        return np.ones(self._tail_first + len(self._tail), bool)

    def items(self, allowed: Allowed) -> int:
        """How many items those sightings are pages of."""
        return int(np.count_nonzero(allowed & self._masked(len(allowed), lambda c: c.column("leading", len(allowed)))))

    def holding(self, column: str, text: str, allowed: Allowed) -> list[int]:
        """Sightings with the same `digest`, `pixels` or `device` (texts of equal keys: two in 10**19 are by chance)."""
        if not text:
            return []
        wanted = np.uint64(key(text))
        return _numbers(
            self._masked(len(allowed), lambda chunk: chunk.column(column, len(allowed)) == wanted) & allowed
        )

    def partners(self, numbers: Sequence[int]) -> int:
        """How many partners filed those sightings."""
        chosen = np.zeros(max(numbers, default=-1) + 1, bool)
        chosen[list(numbers)] = True
        found = [
            chunk.column("partner", len(chosen))[chosen[chunk.first : chunk.end]] for chunk in self._chunks(len(chosen))
        ]
        return len(np.unique(np.concatenate([np.zeros(0, np.uint64), *found])))

    def shortlist(self, query: Query, allowed: Allowed, near: Sequence[int]) -> list[int]:
        """The sightings that may show the same as this page, the most likely first; `near` is what its hash gave."""
        ways = (near[:EACH], self._by_votes(query, allowed), self._by_figures(query, allowed))
        turns = [way[rank] for rank in range(EACH) for way in ways if rank < len(way)]
        return list(dict.fromkeys(turns))

    def near(self, trace: Trace, allowed: Allowed) -> list[int]:
        """All sightings within `PDQ_REACH` of the page, turned, mirrored or a negative as may be, the nearest first."""
        if trace.pdq_quality < fingerprint.PDQ_TRUSTED:
            return []
        turns = np.array([fingerprint.bits(turn) for turn in fingerprint.looks(trace.pdq)])
        nearest: dict[int, int] = {}
        for chunk in self._chunks(len(allowed)):
            numbers, distances = chunk.within(turns, PDQ_REACH)
            kept = np.flatnonzero(numbers < len(allowed))
            kept = kept[allowed[numbers[kept]]]
            nearest |= zip(numbers[kept].tolist(), distances[kept].tolist(), strict=True)
        return sorted(nearest, key=lambda number: (nearest[number], number))

    def _by_votes(self, query: Query, allowed: Allowed) -> list[int]:
        """The first by votes of the whole page, and then those with the most votes in one of its windows.

        Of those with the most votes it is the ones with the most for the root of their words, as a vector's length
        counts. Else pictures of little texture are outvoted by chance: of 242 attacked photos 219 are listed and not
        212.
        """
        lists = [(chunk.first, chunk.end, chunk.words) for chunk in self._chunks(len(allowed))]
        whole: dict[int, float] = {}
        within: dict[int, float] = {}
        for words, spread in ((query.words, query.spread), (query.mirrored, query.mirrored_spread)):
            tally = votes.tally(lists, words, allowed)
            self._weigh(tally.best(LEAST_VOTES, CLOSE_VOTES), whole)
            self._weigh(tally.best_within(spread, LEAST_VOTES, CLOSE_VOTES), within)
        best, closer = (sorted(found, key=lambda number: (-found[number], number)) for found in (whole, within))
        return list(dict.fromkeys((*best[:1], *closer[: EACH - 1], *best)))[:EACH]

    def _weigh(self, voted: Iterable[votes.Vote], best: dict[int, float]) -> None:
        for score, number in voted:
            share = score / max(FEWEST_WORDS, self._words_of(number)) ** 0.5
            best[number] = max(best.get(number, 0.0), share)

    def _words_of(self, number: int) -> int:
        chunk = next(chunk for chunk in self._chunks(number + 1) if number < chunk.end)
        return int(chunk.arrays["held"][number - chunk.first])

    def _by_figures(self, query: Query, allowed: Allowed) -> list[int]:
        figures = chunks.keys(_figures(query.trace))
        lists = [(chunk.first, chunk.end, chunk.figures) for chunk in self._chunks(len(allowed))]
        which, numbers = votes.holders(lists, figures, len(allowed))
        kept = allowed[numbers]
        which, numbers = which[kept], numbers[kept]
        rare = 1 / np.maximum(np.bincount(which, minlength=len(figures)), 1)
        shared, weight = defaultdict[int, int](int), defaultdict[int, float](float)
        for figure, number in zip(which.tolist(), numbers.tolist(), strict=True):
            shared[number] += 1
            weight[number] += float(rare[figure])
        enough = [number for number, count in shared.items() if count >= LEAST_FIGURES]
        return sorted(enough, key=lambda number: (-round(weight[number], 6), number))[:EACH]

    def _masked(self, upto: int, of_chunk: Callable[[Chunk], Allowed]) -> Allowed:
        """One mask for all chunks, of `upto` sightings."""
        return np.concatenate([np.zeros(0, bool), *map(of_chunk, self._chunks(upto))])


def _figures(trace: Trace) -> tuple[str, ...]:
    """What a page or a table is found by: telling figures; of a table those of two digits and more with labels, too."""
    labelled = (f"{figure.label}={figure.text}" for figure in trace.figures if sum(map(str.isdigit, figure.text)) > 1)
    return tuple(sorted({*telling(trace.words), *(labelled if trace.sheet is not None else ())}))


def _not_of(claim: str, chunk: Chunk, upto: int, within: tuple[str, str]) -> Allowed:
    mask: Allowed = chunk.column("claim", upto) != np.uint64(key(claim))
    column, whose = within
    return mask & (chunk.column(column, upto) == np.uint64(key(whose))) if column else mask


def _before(chunk: Chunk, submitted_at: datetime | None, item: str, upto: int) -> Allowed:
    moments = chunk.column("moment", upto)
    if submitted_at is None:
        return np.ones(len(moments), bool)
    before: Allowed = moments < submitted_at.timestamp()
    tied = np.flatnonzero(moments == submitted_at.timestamp())
    before[tied] = chunk.column("item", upto)[tied] < item.encode()
    return before


def _after(chunk: Chunk, submitted_at: datetime, item: str, upto: int) -> Allowed:
    moments = chunk.column("moment", upto)
    after: Allowed = moments > submitted_at.timestamp()
    tied = np.flatnonzero(moments == submitted_at.timestamp())
    after[tied] = chunk.column("item", upto)[tied] > item.encode()
    return after


def _numbers(mask: Allowed) -> list[int]:
    found: list[int] = np.flatnonzero(mask).tolist()
    return found
