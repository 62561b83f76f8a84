"""Comparison walks a claim's items past the claim's other items and past what was submitted earlier."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import zip_longest
from threading import Lock
from typing import Any

from verifier.archive.index.folder import MemoryShelf
from verifier.archive.protocol import Archive, Link, Sighting, sighting_of
from verifier.casefile import Claim, Finding, Inspection, Item, Kind, Trace, Venue
from verifier.comparison import references, statement, takes, together, twins, whole
from verifier.comparison.catalogue import Catalogue
from verifier.comparison.index import Allowed, Index, Query
from verifier.comparison.references import Held, References
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin

MOST_PAIRS = 36  # of one item that are laid side by side (about 60 ms each); what is likelier comes first
MOST_EQUAL = 200  # sightings of the same bytes, pixels or camera that are looked up, the earliest; all are one story
COMMON = 100  # partners that handed in one picture: it is artwork which somebody gave them, and proves nothing
HANDS = 4  # pairs that wait for a worker at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What an item is looked at beside: sightings of its bytes, of a page's pixels, and pairs to be examined."""

    exact: tuple[Sighting, ...]
    same_pixels: tuple[tuple[Trace, Sighting], ...]
    pairs: tuple[tuple[Trace, Sighting], ...]


VERSION = "6"  # changes with the answers
_LINKED = {
    "exact": Likeness.EXACT,
    "copy": Likeness.COPY,
    "altered_figures": Likeness.ALTERED,
    "recaptured": Likeness.RECAPTURED,
}


class Scope(StrEnum):
    """With whose earlier claims an item is compared: always of its tenant, which is the vendor, and no wider."""

    PARTNER = "partner"
    PROGRAM = "program"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Compares within the claim's tenant. `run(function, *arguments)` has a task done in a guarded worker.

    The blobs that the traces name must be in the archive already. The same claim and the same archive up to the
    watermark give the same answer, whatever was filed since.
    """

    archive: Archive
    run: Callable[..., Any]
    scope: Scope = Scope.VENDOR
    name: str = "duplicates"
    version: str = VERSION
    catalogue: Catalogue = field(init=False, repr=False)
    references: References = field(init=False, repr=False)
    _door: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "catalogue", Catalogue(archive=self.archive))
        object.__setattr__(self, "references", References(archive=self.archive))

    def compare(
        self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]], watermark: int
    ) -> tuple[Mapping[str, Inspection], Inspection]:
        """What each item that could be read is to earlier ones, and what the claim's items are to each other."""
        self.references.renew()
        siblings = _Siblings(self.catalogue)
        erased = self.archive.erased(claim.tenant)
        compared: dict[str, Compared] = {}
        inspections: dict[str, Inspection] = {}
        for item in items:
            if item.kind is Kind.REFUSED:
                continue
            own = tuple(traces.get(item.id, ()))
            compared[item.id], held = self._compare_item(claim, item, own, siblings, watermark, erased)
            stated = statement.of_item(claim, item, own, compared[item.id])
            elsewhere = together.other_store(claim, compared[item.id].earlier, self._venue)
            inspections[item.id] = self._inspection((*stated, elsewhere, *references.findings(held, own)))
            siblings.add(sighting_of(claim, item, trace) for trace in own or (None,))
        return inspections, self._inspection((*statement.of_claim(compared), together.shared_view(items, compared)))

    def late(
        self, claim: Claim, items: Sequence[Item], traces: Mapping[str, Sequence[Trace]], watermark: int, at: datetime
    ) -> tuple[Link, ...]:
        """Twins that were submitted after this claim and reported on before it: those reports could not know of it."""
        erased = self.archive.erased(claim.tenant)
        filed = {seen.digest: seen.sequence for seen in reversed(self.archive.sightings_of(claim.tenant, claim.id))}
        links: list[Link] = []
        for item in items:
            if item.kind is Kind.REFUSED:
                continue
            own = tuple(traces.get(item.id, ()))
            upto = min(watermark, filed.get(item.digest, watermark + 1) - 1)
            with self._door:
                index = self.catalogue.index(claim.tenant, watermark)
                after = index.later(claim.id, claim.submitted_at, item.id, upto, self._within(claim))
                allowed = _living(after, erased)
                if not allowed.any():
                    continue
                listed = self._looked_up(claim, item, own, index, allowed)[-1]
            for others in _by_item(self._examined(listed, own)):
                link = _link(claim, item, own, others, at)
                links += [link] if link else []
        reported = self.archive.reported(claim.tenant, {link.claim for link in links}) if links else ()
        return tuple(link for link in links if link.claim in reported)

    def _venue(self, other: Sighting) -> Venue | None:
        """The store for which an earlier item was filed, where that is known."""
        report = self.archive.report(other.tenant, other.claim, other.revision)
        return report.claim.venue if report else None

    def _inspection(self, findings: Iterable[Finding]) -> Inspection:
        return Inspection(inspector=self.name, version=self.version, findings=tuple(findings))

    def _compare_item(
        self,
        claim: Claim,
        item: Item,
        traces: Sequence[Trace],
        siblings: _Siblings,
        watermark: int,
        erased: Collection[int],
    ) -> tuple[Compared, Held]:
        with self._door:
            index = self.catalogue.index(claim.tenant, watermark)
            before = index.earlier(claim.id, claim.submitted_at, item.id, watermark, self._within(claim))
            allowed = _living(before, erased)
            held, queries, outside = self._looked_up(claim, item, traces, index, allowed)
            devices = {n for trace in traces for n in index.holding("device", trace.device, allowed)[:MOST_EQUAL]}
            inside = siblings.listed(item, queries)
            among = index.items(allowed)
        compared = Compared(
            among=among,
            earlier=tuple(self._examined(outside, traces)),
            siblings=tuple(self._examined(inside, traces)) if queries or not traces else (),
            devices=tuple(self.catalogue.sightings(claim.tenant, sorted(devices))),
        )
        return compared, held

    def _within(self, claim: Claim) -> tuple[str, str]:
        whose = {Scope.PARTNER: claim.partner, Scope.PROGRAM: claim.program}
        return (self.scope.value, whose[self.scope]) if self.scope in whose else ("", "")

    def _looked_up(
        self, claim: Claim, item: Item, traces: Sequence[Trace], index: Index, allowed: Allowed
    ) -> tuple[Held, list[Query], _Listed]:
        """What is known of the item's pages, what the others are looked up by, and what that gives."""
        near = [index.near(trace, allowed) for trace in traces]
        held = self._held(claim, item, traces, index, allowed, near)
        left = [position for position in range(len(traces)) if position not in held.artwork]
        queries = [self.catalogue.query(traces[position]) for position in left]
        if traces and not queries:  # all of it is artwork
            return held, queries, _Listed(exact=(), same_pixels=(), pairs=())
        seen = partial(self.catalogue.sightings, claim.tenant)
        return held, queries, _listed(index, seen, item, queries, allowed, [near[position] for position in left])

    def _held(
        self,
        claim: Claim,
        item: Item,
        traces: Sequence[Trace],
        index: Index,
        allowed: Allowed,
        near: Sequence[Sequence[int]],
    ) -> Held:
        """What is known of the item's pages; what very many partners handed in is artwork, too."""
        held = self.references.hold(claim.tenant, claim.program, item, traces)
        same = index.holding("digest", item.digest, allowed)
        common = dict(held.artwork)
        for position, trace in enumerate(traces):
            alike = {*same, *index.holding("pixels", trace.pixel_digest, allowed), *near[position]}
            if len(alike) >= COMMON and (partners := index.partners(sorted(alike))) >= COMMON:
                common.setdefault(position, f"handed in by {partners} partners")
        return replace(held, artwork=references.with_panels(traces, common))

    def _examined(self, listed: _Listed, traces: Sequence[Trace]) -> Iterator[Twin]:
        first = traces[0] if traces else None
        yield from (twins.equal(first, sighting, Likeness.EXACT) for sighting in listed.exact)
        yield from (twins.equal(trace, sighting, Likeness.COPY) for trace, sighting in listed.same_pixels)

        def examine(pair: tuple[Trace, Sighting], lies: tuple[float, ...] = ()) -> Twin:
            return twins.examine(*pair, self.archive, self.run, lies)

        with ThreadPoolExecutor(HANDS) as hands:
            found = list(hands.map(examine, listed.pairs))
            found += [examine(pair, lies) for pair, lies in whole.pages(found, traces)]
            yield from takes.told_apart(found)


def _living(allowed: Allowed, erased: Collection[int]) -> Allowed:
    """Without the sightings that were erased, by their sequences."""
    allowed[[sequence - 1 for sequence in erased if sequence <= len(allowed)]] = False
    return allowed


def _by_item(found: Iterable[Twin]) -> list[list[Twin]]:
    others: dict[str, list[Twin]] = {}
    for twin in found:
        others.setdefault(twin.other.item, []).append(twin)
    return list(others.values())


def _link(claim: Claim, item: Item, traces: Sequence[Trace], found: Sequence[Twin], at: datetime) -> Link | None:
    """A link to the item that those twins are of, if a statement on them would speak of a copy."""
    compared = Compared(among=1, earlier=tuple(found))
    stated = {entry.code: entry for entry in statement.of_item(claim, item, traces, compared)}
    for name, likeness in _LINKED.items():
        value = stated[f"duplicates.{name}"].value
        if isinstance(value, int | float) and value > 0:
            other = found[0].other
            return Link(
                claim=other.claim,
                revision=other.revision,
                item=other.item,
                earlier_claim=claim.id,
                earlier_item=item.id,
                likeness=likeness.value,
                agreement=max(twin.agreement for twin in found if twin.likeness is likeness),
                at=at,
            )
    return None


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

    def listed(self, item: Item, queries: Sequence[Query]) -> _Listed:
        """Those that the item is looked at beside."""
        every = self.index.all()
        near = [self.index.near(query.trace, every) for query in queries]
        return _listed(self.index, self._seen, item, queries, every, near)

    def _seen(self, numbers: Sequence[int]) -> list[Sighting]:
        return [self._sightings[number] for number in numbers]


def _listed(
    index: Index,
    seen: Callable[[Sequence[int]], list[Sighting]],
    item: Item,
    queries: Sequence[Query],
    allowed: Allowed,
    near: Sequence[Sequence[int]],
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
        [(query.trace, other) for other in seen(index.shortlist(query, allowed, by_hash)) if other.item not in known]
        for query, by_hash in zip(queries, near, strict=True)
    ]
    turns = [pair for turn in zip_longest(*found) for pair in turn if pair is not None]
    firsts = {sighting.item: sighting for sighting in reversed(exact)}
    return _Listed(
        exact=tuple(firsts[name] for name in dict.fromkeys(sighting.item for sighting in exact)),
        same_pixels=tuple((trace, other) for trace, other in same if other.item not in firsts),
        pairs=tuple(turns[:MOST_PAIRS]),
    )
