"""Comparison walks a claim's items past the claim's other items and past what was submitted earlier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from threading import Lock
from typing import Any

from verifier.archive.index.folder import MemoryShelf
from verifier.archive.protocol import Archive, Sighting, sighting_of
from verifier.casefile import Claim, Finding, Inspection, Item, Kind, Trace
from verifier.comparison import statement, twins
from verifier.comparison.catalogue import Catalogue
from verifier.comparison.index import Allowed, Index, Query
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin

MOST_PAIRS = 36  # of one item that are laid side by side (about 60 ms each); what is likelier comes first
MOST_EQUAL = 200  # sightings of the same bytes, pixels or camera that are looked up, the earliest; all are one story
HANDS = 4  # pairs that wait for a worker at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What an item is looked at beside: sightings of its bytes, of a page's pixels, and pairs to be examined."""

    exact: tuple[Sighting, ...]
    same_pixels: tuple[tuple[Trace, Sighting], ...]
    pairs: tuple[tuple[Trace, Sighting], ...]


VERSION = "2"  # changes with the answers


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
    catalogue: Catalogue = field(init=False, repr=False)
    _door: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "catalogue", Catalogue(archive=self.archive))

    def compare(
        self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]], watermark: int
    ) -> tuple[Mapping[str, Inspection], Inspection]:
        """What each item that could be read is to earlier ones, and what the claim's items are to each other."""
        siblings = _Siblings(self.catalogue)
        compared: dict[str, Compared] = {}
        for item in items:
            if item.kind is Kind.REFUSED:
                continue
            own = tuple(traces.get(item.id, ()))
            compared[item.id] = self._compare_item(claim, item, own, siblings, watermark)
            siblings.add(sighting_of(claim, item, trace) for trace in own or (None,))
        inspections = {
            item.id: self._inspection(statement.of_item(claim, item, tuple(traces.get(item.id, ())), compared[item.id]))
            for item in items
            if item.id in compared
        }
        return inspections, self._inspection(statement.of_claim(compared))

    def _inspection(self, findings: Iterable[Finding]) -> Inspection:
        return Inspection(inspector=self.name, version=self.version, findings=tuple(findings))

    def _compare_item(
        self, claim: Claim, item: Item, traces: Sequence[Trace], siblings: _Siblings, watermark: int
    ) -> Compared:
        with self._door:
            queries = [self.catalogue.query(trace) for trace in traces]
            archived = self.catalogue.index(claim.tenant, watermark)
            allowed = archived.earlier(claim.id, claim.submitted_at, item.id, watermark)
            allowed[[number - 1 for number in self.archive.erased(claim.tenant) if number <= watermark]] = False

            def seen(numbers: Sequence[int]) -> list[Sighting]:
                return self.catalogue.sightings(claim.tenant, numbers)

            outside = _listed(archived, seen, item, queries, allowed)
            devices = {n for trace in traces for n in archived.holding("device", trace.device, allowed)[:MOST_EQUAL]}
            inside = _listed(siblings.index, siblings.seen, item, queries, siblings.index.all())
        return Compared(
            among=archived.items(allowed),
            earlier=tuple(self._examined(outside, traces)),
            siblings=tuple(self._examined(inside, traces)),
            devices=tuple(seen(sorted(devices))),
        )

    def _examined(self, listed: _Listed, traces: Sequence[Trace]) -> Iterator[Twin]:
        first = traces[0] if traces else None
        yield from (twins.equal(first, sighting, Likeness.EXACT) for sighting in listed.exact)
        yield from (twins.equal(trace, sighting, Likeness.COPY) for trace, sighting in listed.same_pixels)

        def examine(pair: tuple[Trace, Sighting]) -> Twin:
            return twins.examine(*pair, self.archive, self.run)

        with ThreadPoolExecutor(HANDS) as hands:
            yield from hands.map(examine, listed.pairs)


class _Siblings:
    """The claim's own items, as far as they were walked past."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._sightings: list[Sighting] = []
        self.index = Index(MemoryShelf(), lambda _first, _last: ())

    def add(self, sightings: Iterable[Sighting]) -> None:
        for sighting in sightings:
            self._sightings.append(sighting)
            self.index.add(self._catalogue.entry(sighting))

    def seen(self, numbers: Sequence[int]) -> list[Sighting]:
        return [self._sightings[number] for number in numbers]


def _listed(
    index: Index,
    seen: Callable[[Sequence[int]], list[Sighting]],
    item: Item,
    queries: Sequence[Query],
    allowed: Allowed,
) -> _Listed:
    """Whoever is known to be equal need not be examined; the pages take turns, so that none is left out."""
    exact = seen(index.holding("digest", item.digest, allowed)[:MOST_EQUAL])
    same = [
        (query.trace, other)
        for query in queries
        for other in seen(index.holding("pixels", query.trace.pixel_digest, allowed)[:MOST_EQUAL])
    ]
    known = {sighting.item for sighting in exact} | {sighting.item for _, sighting in same}
    found = [
        [(query.trace, other) for other in seen(index.shortlist(query, allowed)) if other.item not in known]
        for query in queries
    ]
    turns = [pair for turn in zip_longest(*found) for pair in turn if pair is not None]
    firsts = {sighting.item: sighting for sighting in reversed(exact)}
    return _Listed(
        exact=tuple(firsts[name] for name in dict.fromkeys(sighting.item for sighting in exact)),
        same_pixels=tuple((trace, other) for trace, other in same if other.item not in firsts),
        pairs=tuple(turns[:MOST_PAIRS]),
    )
