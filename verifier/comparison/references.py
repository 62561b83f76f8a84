"""What a page is held against beside earlier claims: known artwork, which never counts, and others' lists of hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from verifier.archive.protocol import Archive
from verifier.archive.references import Artwork
from verifier.casefile import Finding, Item, Status, Trace
from verifier.comparison.hash_list import HashList, opened
from verifier.comparison.index import PDQ_REACH
from verifier.instruments import fingerprint

CODES = frozenset(
    (
        "duplicates.artwork",  # int: pages that are known artwork, or that very many partners hand in: no twins
        "duplicates.shared_list",  # int: lists of other tenants that hold a page; ABSENT where there are none
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was found about one item. `artwork` is by the position of a trace: why it does not count."""

    lists: int  # how many there are to look in
    artwork: Mapping[int, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of the archive's artwork and lists while their digest was this one."""

    digest: str
    artwork: dict[tuple[str, str], Sequence[Artwork]] = field(default_factory=dict)
    lists: dict[str, Mapping[str, HashList]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class References:
    """The archive's artwork and lists, read when they are first asked for, and again when any of them has changed."""

    archive: Archive
    _read: _Read = field(default_factory=lambda: _Read(digest=""), repr=False)

    @property
    def digest(self) -> str:
        """Of all artwork and lists that pages are held against: what changes with any of them."""
        return self._read.digest

    def renew(self) -> None:
        """Forget what was read if any artwork or list was changed since."""
        digest = self.archive.references.digest()
        if digest != self._read.digest:
            self._read = _Read(digest=digest)

    def hold(self, tenant: str, program: str, item: Item, traces: Sequence[Trace]) -> Held:
        """Which pages are artwork of that program, and which lists hold one."""
        read = self._read
        if (tenant, program) not in read.artwork:
            read.artwork[tenant, program] = self.archive.references.artwork(tenant, program)
        names = [_name(read.artwork[tenant, program], item, trace) for trace in traces]
        artwork = with_panels(traces, {position: f"artwork {name}" for position, name in enumerate(names) if name})
        lists = self._of(tenant, read)
        own = [
            trace
            for position, trace in enumerate(traces)
            if position not in artwork and trace.pdq_quality >= fingerprint.PDQ_TRUSTED
        ]
        found = {
            name: [near for trace in own if (near := held.nearest(trace.pdq)) is not None]
            for name, held in lists.items()
        }
        return Held(
            lists=len(lists),
            artwork=artwork,
            shared=tuple(_told(name, min(near), lists[name]) for name, near in found.items() if near),
        )

    def _of(self, tenant: str, read: _Read) -> Mapping[str, HashList]:
        if tenant not in read.lists:
            lists = self.archive.references.lists(tenant)
            read.lists[tenant] = {shared.name: opened(self.archive, shared) for shared in lists}
        return read.lists[tenant]


def _name(known: Sequence[Artwork], item: Item, trace: Trace) -> str:
    for artwork in known:
        if artwork.digest == item.digest or any(_same(trace, other) for other in artwork.traces):
            return artwork.name
    return ""


def with_panels(traces: Sequence[Trace], artwork: Mapping[int, str]) -> dict[int, str]:
    """Of a page that is artwork as a whole, the photos that are set into it are so, too."""
    pages = {traces[position].page: why for position, why in artwork.items() if not traces[position].panel}
    inside = {position: pages[trace.page] for position, trace in enumerate(traces) if trace.page in pages}
    return inside | dict(artwork)


def findings(held: Held, traces: Sequence[Trace]) -> Iterator[Finding]:
    """What there is to say of the item with those traces."""
    if not traces:
        for code in sorted(CODES):
            yield Finding(code=code, status=Status.NOT_APPLICABLE, note="it has no pages")
        return
    yield Finding(
        code="duplicates.artwork",
        value=len({traces[position].page for position in held.artwork}),
        note="; ".join(sorted(set(held.artwork.values()))),
    )
    if held.lists:
        yield Finding(code="duplicates.shared_list", value=len(held.shared), note="; ".join(held.shared))
    else:
        note = "no list of others was imported"
        yield Finding(code="duplicates.shared_list", status=Status.NOT_APPLICABLE, note=note)


def _same(trace: Trace, other: Trace) -> bool:
    """The whole page, turned or mirrored as may be; a photo that shows a poster among other things is none."""
    if trace.pixel_digest == other.pixel_digest:
        return True
    if min(trace.pdq_quality, other.pdq_quality) < fingerprint.PDQ_TRUSTED:
        return False
    turns = np.array([fingerprint.bits(turn) for turn in fingerprint.turned(trace.pdq)])
    return bool(fingerprint.distances(fingerprint.bits(other.pdq), turns).min() <= PDQ_REACH)


def _told(name: str, distance: int, held: HashList) -> str:
    return f"{name} (equal hash)" if held.salt else f"{name} (PDQ distance {distance}, limit {PDQ_REACH})"
