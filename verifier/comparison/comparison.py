"""Comparison walks a claim's items past the claim's other items and past what was submitted earlier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from threading import Lock
from typing import Any

from verifier.archive.protocol import Archive, Sighting, sighting_of
from verifier.casefile import Claim, Finding, Inspection, Item, Kind, Trace
from verifier.comparison import statement, twins
from verifier.comparison.index import Allowed, Index, Query
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin
from verifier.comparison.votes import NO_WORDS, visual_words
from verifier.errors import ArchiveError
from verifier.instruments import features as local_features
from verifier.instruments import traces as kept
from verifier.instruments.features import Features

MOST_PAIRS = 36  # of one item that are laid side by side (about 60 ms each); what is likelier comes first
HANDS = 4  # pairs that wait for a worker at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What an item is looked at beside: sightings of its bytes, of a page's pixels, and pairs to be examined."""

    exact: tuple[Sighting, ...]
    same_pixels: tuple[tuple[Trace, Sighting], ...]
    pairs: tuple[tuple[Trace, Sighting], ...]


VERSION = "1"  # changes with the answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Compares within the claim's tenant. `run(function, *arguments)` has a task done in a guarded worker.

    The blobs that the traces name must be in the archive already. The same claim and the same archive up to the
    watermark give the same answer, whatever was filed since.
    """

    archive: Archive
    run: Callable[..., Any]
    name: str = "duplicates"
    version: str = VERSION
    _indices: dict[str, Index] = field(default_factory=dict, repr=False)
    _door: Lock = field(default_factory=Lock, repr=False)

    def compare(
        self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]], watermark: int
    ) -> tuple[Mapping[str, Inspection], Inspection]:
        """What each item that could be read is to earlier ones, and what the claim's items are to each other."""
        siblings = Index()
        compared: dict[str, Compared] = {}
        for item in items:
            if item.kind is Kind.REFUSED:
                continue
            own = tuple(traces.get(item.id, ()))
            seen = [sighting_of(claim, item, trace) for trace in own or (None,)]
            compared[item.id] = self._compare_item(claim, item, own, siblings, watermark)
            for sighting in seen:
                siblings.add(sighting, self._features(sighting.trace))
        inspections = {
            item.id: self._inspection(statement.of_item(claim, item, tuple(traces.get(item.id, ())), compared[item.id]))
            for item in items
            if item.id in compared
        }
        return inspections, self._inspection(statement.of_claim(compared))

    def _inspection(self, findings: Iterable[Finding]) -> Inspection:
        return Inspection(inspector=self.name, version=self.version, findings=tuple(findings))

    def _compare_item(
        self, claim: Claim, item: Item, traces: Sequence[Trace], siblings: Index, watermark: int
    ) -> Compared:
        queries = [self._query(trace) for trace in traces]
        with self._door:
            archived = self._synchronised(claim.tenant, watermark)
            allowed = archived.earlier(claim.id, claim.submitted_at, item.id, watermark)
            outside = _listed(archived, item, queries, allowed)
            devices = [archived.seen[n] for t in traces for n in archived.with_device(t.device, allowed)]
            count = len({archived.seen[n].item for n in allowed.nonzero()[0]})
        inside = _listed(siblings, item, queries, siblings.all())
        return Compared(
            among=count,
            earlier=tuple(self._examined(outside, traces, self._from_archive)),
            siblings=tuple(self._examined(inside, traces, lambda sighting: sighting)),
            devices=tuple(devices),
        )

    def _synchronised(self, tenant: str, watermark: int) -> Index:
        """The tenant's index, brought up to the watermark at least. Sequences count from 1 without a gap."""
        index = self._indices.setdefault(tenant, Index(lean=True))
        for sighting in self.archive.sightings(tenant, after=len(index.seen), upto=watermark):
            index.add(sighting, self._features(sighting.trace))
        return index

    def _examined(
        self, listed: _Listed, traces: Sequence[Trace], whole: Callable[[Sighting], Sighting]
    ) -> Iterator[Twin]:
        first = traces[0] if traces else None
        yield from (twins.equal(first, sighting, Likeness.EXACT) for sighting in listed.exact)
        yield from (twins.equal(trace, sighting, Likeness.COPY) for trace, sighting in listed.same_pixels)

        def examine(pair: tuple[Trace, Sighting]) -> Twin:
            return twins.examine(pair[0], whole(pair[1]), self.archive, self.run)

        with ThreadPoolExecutor(HANDS) as hands:
            yield from hands.map(examine, listed.pairs)

    def _from_archive(self, sighting: Sighting) -> Sighting:
        """The sighting with the words of its trace, which the index does not hold."""
        (found,) = self.archive.sightings(sighting.tenant, after=sighting.sequence - 1, upto=sighting.sequence)
        return found

    def _query(self, trace: Trace) -> Query:
        found = self._features(trace)
        if found is None:
            return Query(trace=trace, words=NO_WORDS, mirrored=NO_WORDS)
        mirrored = local_features.mirrored(found, trace.width)
        return Query(trace=trace, words=visual_words(found), mirrored=visual_words(mirrored))

    def _features(self, trace: Trace | None) -> Features | None:
        """The features of a page; None where there are none or the archive lost them: one lost blob stops nobody."""
        if trace is None or not trace.features:
            return None
        try:
            return kept.unpack(self.archive.blob(trace.features), trace.width)
        except ArchiveError:
            return None


def _listed(index: Index, item: Item, queries: Sequence[Query], allowed: Allowed) -> _Listed:
    """Whoever is known to be equal need not be examined; the pages take turns, so that none is left out."""
    exact = [index.seen[n] for n in index.with_digest(item.digest, allowed)]
    same = [(q.trace, index.seen[n]) for q in queries for n in index.with_pixels(q.trace.pixel_digest, allowed)]
    known = {sighting.item for sighting in exact} | {sighting.item for _, sighting in same}
    found = [
        [(q.trace, index.seen[n]) for n in index.shortlist(q, allowed) if index.seen[n].item not in known]
        for q in queries
    ]
    turns = [pair for turn in zip_longest(*found) for pair in turn if pair is not None]
    firsts = {sighting.item: sighting for sighting in reversed(exact)}
    return _Listed(
        exact=tuple(firsts[name] for name in dict.fromkeys(sighting.item for sighting in exact)),
        same_pixels=tuple((trace, other) for trace, other in same if other.item not in firsts),
        pairs=tuple(turns[:MOST_PAIRS]),
    )
