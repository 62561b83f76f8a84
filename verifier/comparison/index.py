"""The index: pages seen so far, held in memory, and the short list of those that a new page should be laid beside.

It finds loosely and promises nothing: what it lists is then looked at pair by pair. It is rebuilt from the archive when
a process first compares, and then kept up to date. Measured on a busy core with 10,000 pages: 1.5 ms and 7 KB a page,
95 ms a look-up. Past some 100,000 pages it wants a place on disk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.archive.protocol import Sighting
from verifier.casefile import Trace
from verifier.comparison.votes import Votes, visual_words
from verifier.comparison.wording import telling
from verifier.instruments import fingerprint
from verifier.instruments.features import Features

PDQ_REACH = 90  # bits of 256: whole copies stay below 60, unrelated photos mostly above 100; the rest is looked at
LEAST_VOTES = 8  # shared visual words; unrelated pictures share a handful
LEAST_FIGURES = 3  # shared telling figures
EACH = 4  # listed by each of the three ways of finding

Allowed = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a page is looked up by. `mirrored` are the visual words of its mirror image."""

    trace: Trace
    words: NDArray[np.uint32]
    mirrored: NDArray[np.uint32]


class Index:
    """Sightings, numbered 0, 1, 2 ... in the order in which they were added. A `lean` one forgets the traces' words."""

    def __init__(self, *, lean: bool = False) -> None:
        self.seen: list[Sighting] = []
        self._lean = lean
        self._digests: dict[str, list[int]] = defaultdict(list)
        self._pixels: dict[str, list[int]] = defaultdict(list)
        self._devices: dict[str, list[int]] = defaultdict(list)
        self._figures: dict[str, list[int]] = defaultdict(list)
        self._claims: dict[str, int] = {}
        self._claim = _Column(np.int64)
        self._moment = _Column(np.float64)  # seconds; NaN where nobody submitted it
        self._hash = _Column(np.uint64, 4)
        self._trusted = _Column(np.bool_)
        self._votes = Votes()

    def add(self, sighting: Sighting, features: Features | None) -> None:
        """Take in one sighting; `features` of its page, None where there are none."""
        number, trace = len(self.seen), sighting.trace
        self._digests[sighting.digest].append(number)
        self._claim.append(self._claims.setdefault(sighting.claim, len(self._claims)))
        self._moment.append(sighting.submitted_at.timestamp() if sighting.submitted_at else float("nan"))
        self._hash.append(fingerprint.bits(trace.pdq) if trace else np.zeros(4, np.uint64))
        self._trusted.append(trace is not None and trace.pdq_quality >= fingerprint.PDQ_TRUSTED)
        if trace is not None:
            self._pixels[trace.pixel_digest].append(number)
            if trace.device:
                self._devices[trace.device].append(number)
            for figure in set(telling(trace.words)):
                self._figures[figure].append(number)
            if features is not None:
                self._votes.add(number, visual_words(features))
        if self._lean and trace is not None:
            sighting = replace(sighting, trace=replace(trace, words=()))
        self.seen.append(sighting)

    def earlier(self, claim: str, submitted_at: datetime | None, item: str, upto: int) -> Allowed:
        """Which of the first `upto` sightings an item of that claim is compared with: those submitted before it.

        Never the claim's own. A tie of times is broken by the item's id. A sighting that nobody submitted (a file
        looked at without a claim) is no submission, unless this one is none either.
        """
        allowed: Allowed = self._claim.upto(upto) != self._claims.get(claim, -1)
        if submitted_at is None:
            return allowed
        moments, now = self._moment.upto(upto), submitted_at.timestamp()
        allowed &= moments <= now
        for number in np.flatnonzero(allowed & (moments == now)):
            allowed[number] = self.seen[number].item < item
        return allowed

    def all(self) -> Allowed:
        """Every sighting."""
        return np.ones(len(self.seen), bool)

    def with_digest(self, digest: str, allowed: Allowed) -> list[int]:
        """Sightings of the very same bytes."""
        return _among(self._digests.get(digest, ()), allowed)

    def with_pixels(self, pixel_digest: str, allowed: Allowed) -> list[int]:
        """Sightings of the very same pixels."""
        return _among(self._pixels.get(pixel_digest, ()), allowed)

    def with_device(self, device: str, allowed: Allowed) -> list[int]:
        """Sightings of pictures that the same camera body took."""
        return _among(self._devices.get(device, ()), allowed) if device else []

    def shortlist(self, query: Query, allowed: Allowed) -> list[int]:
        """The sightings that may show the same as this page, the most likely first."""
        ways = (self._by_hash(query, allowed), self._by_votes(query, allowed), self._by_figures(query, allowed))
        turns = [way[rank] for rank in range(EACH) for way in ways if rank < len(way)]
        return list(dict.fromkeys(turns))

    def _by_hash(self, query: Query, allowed: Allowed) -> list[int]:
        usable = np.flatnonzero(allowed & self._trusted.upto(len(allowed)))
        if query.trace.pdq_quality < fingerprint.PDQ_TRUSTED or not len(usable):
            return []
        hashes = self._hash.upto(len(allowed))[usable]
        turned = [fingerprint.distances(fingerprint.bits(turn), hashes) for turn in fingerprint.turned(query.trace.pdq)]
        distance = np.min(turned, axis=0)
        near = np.flatnonzero(distance <= PDQ_REACH)
        return [int(usable[n]) for n in near[np.argsort(distance[near], kind="stable")][:EACH]]

    def _by_votes(self, query: Query, allowed: Allowed) -> list[int]:
        best: dict[int, float] = {}
        for words in (query.words, query.mirrored):
            score, shared = self._votes.count(words, len(allowed))
            for number in np.flatnonzero(allowed & (shared >= LEAST_VOTES)):
                best[int(number)] = max(best.get(int(number), 0.0), float(score[number]))
        return sorted(best, key=lambda number: (-best[number], number))[:EACH]

    def _by_figures(self, query: Query, allowed: Allowed) -> list[int]:
        shared: dict[int, int] = defaultdict(int)
        weight: dict[int, float] = defaultdict(float)
        for figure in sorted(set(telling(query.trace.words))):
            holders = _among(self._figures.get(figure, ()), allowed)
            for number in holders:
                shared[number] += 1
                weight[number] += 1 / len(holders)
        enough = [number for number, count in shared.items() if count >= LEAST_FIGURES]
        return sorted(enough, key=lambda number: (-round(weight[number], 6), number))[:EACH]


def _among(numbers: Sequence[int], allowed: Allowed) -> list[int]:
    return [number for number in numbers if number < len(allowed) and allowed[number]]


class _Column:
    """A numpy array that grows by doubling: (n,) or (n, width)."""

    def __init__(self, kind: Any, width: int | None = None) -> None:
        self._values: NDArray[Any] = np.zeros((64,) if width is None else (64, width), kind)
        self._length = 0

    def append(self, value: Any) -> None:
        if self._length == len(self._values):
            self._values = np.concatenate((self._values, np.zeros_like(self._values)))
        self._values[self._length] = value
        self._length += 1

    def upto(self, length: int) -> NDArray[Any]:
        return self._values[: min(length, self._length)]
