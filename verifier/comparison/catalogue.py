"""The catalogue: one index for each tenant, kept up with the archive, from which it is made and can be made again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from verifier.archive.index import chunk as chunks
from verifier.archive.index.chunk import Chunk, Entry
from verifier.archive.index.folder import MemoryShelf, SegmentFolder
from verifier.archive.protocol import Archive, Sighting
from verifier.casefile import Trace
from verifier.comparison.index import Index, Query, entry_of
from verifier.comparison.votes import NO_WORDS, Words, placed_words, visual_words
from verifier.errors import ArchiveError
from verifier.instruments import features as local_features
from verifier.instruments import traces as kept
from verifier.instruments.features import Features

VOCABULARY = "words-1"  # changes with `visual_words` and with `telling`: what was sealed by another is made anew
MERGED_ON_DEMAND = 1 << 20  # sightings in a segment: merging takes twice its 2 GB of memory
_STEP = 1 << 13  # sightings read at a time
_REMEMBERED = 512  # pages whose words are kept, since what was just looked up is filed and indexed next

_BLANK = Entry(item="", claim="", partner="", program="", moment=float("nan"), digest="", leading=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Indices by tenant. Not safe for several threads at once: whoever asks holds a lock meanwhile."""

    archive: Archive
    _indices: dict[str, Index] = field(default_factory=dict, repr=False)
    _words: OrderedDict[str, Words] = field(default_factory=OrderedDict, repr=False)

    def index(self, tenant: str, watermark: int) -> Index:
        """The tenant's index, brought up to the watermark at least."""
        if tenant not in self._indices:
            shelf = self.folder(tenant) or MemoryShelf()
            self._indices[tenant] = Index(shelf, partial(self.entries, tenant))
        self._indices[tenant].synchronise(watermark)
        return self._indices[tenant]

    def folder(self, tenant: str) -> SegmentFolder | None:
        """Where the tenant's segments are; None in an archive that is not kept."""
        root = self.archive.index_root
        return SegmentFolder(root, tenant, VOCABULARY, partial(self._anchor, tenant)) if root else None

    def check(self, tenant: str) -> tuple[int, list[str]]:
        """How many sightings are in sound segments, and what is wrong with the others; reads everything."""
        folder = self.folder(tenant)
        covered, faults = 0, []
        for name, fault, chunk in folder.examined() if folder else ():
            differs = not fault and chunk is not None and not self._as_archived(tenant, chunk)
            faults += [fault] if fault else [f"{name} does not hold what the archive does"] if differs else []
            covered += chunk.count if chunk is not None and not differs else 0
        return covered, faults

    def rebuild(self, tenant: str) -> int:
        """Make the tenant's segments anew beside those that are there, then put them in their place."""
        folder = self.folder(tenant)
        if folder is None:
            return 0
        folder.path.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.path) as place:
            made = SegmentFolder(Path(place), tenant, VOCABULARY, partial(self._anchor, tenant))
            Index(made, partial(self.entries, tenant)).synchronise(self.archive.watermark(tenant))
            made.merge(MERGED_ON_DEMAND)
            with folder.lease() as mine:
                if not mine:
                    raise ArchiveError("another process is writing the index", "try it again")
                folder.replace(made)
        return sum(chunk.count for chunk in folder.chunks())

    def merge(self, tenant: str) -> int:
        """Merge the tenant's segments as far as they may be; how many are left."""
        folder = self.folder(tenant)
        if folder is None:
            return 0
        with folder.lease() as mine:
            if not mine:
                raise ArchiveError("another process is writing the index", "try it again")
            folder.merge(MERGED_ON_DEMAND)
        return len(folder.chunks())

    def _as_archived(self, tenant: str, chunk: Chunk) -> bool:
        starts = range(chunk.first, chunk.end, _STEP)
        parts = [chunks.of(start, list(self.entries(tenant, start, min(start + _STEP, chunk.end)))) for start in starts]
        return chunks.merge(parts).equals(chunk)

    def entries(self, tenant: str, first: int, last: int) -> Iterator[Entry]:
        """The entries of sightings number `first` to `last`, the last excluded; blank where they were erased."""
        erased = self.archive.erased(tenant)
        for sighting in self.archive.sightings(tenant, after=first, upto=last):
            yield _BLANK if sighting.sequence in erased else self.entry(sighting)

    def entry(self, sighting: Sighting) -> Entry:
        """What the index keeps of a sighting."""
        return entry_of(sighting, self._visual_words(sighting.trace))

    def query(self, trace: Trace) -> Query:
        """What a page is looked up by."""
        found = self._features(trace)
        if found is None:
            return Query(trace=trace, words=NO_WORDS, mirrored=NO_WORDS)
        words, spread = placed_words(found)
        self._remember(trace.features, words)
        mirrored, mirrored_spread = placed_words(local_features.mirrored(found, trace.width))
        return Query(trace=trace, words=words, mirrored=mirrored, spread=spread, mirrored_spread=mirrored_spread)

    def sightings(self, tenant: str, numbers: Sequence[int]) -> list[Sighting]:
        """The sightings of those numbers, in that order."""
        return self.archive.sightings_at(tenant, [number + 1 for number in numbers])

    def _visual_words(self, trace: Trace | None) -> Words:
        if trace is None or not trace.features:
            return NO_WORDS
        if trace.features not in self._words:
            found = self._features(trace)
            self._remember(trace.features, NO_WORDS if found is None else visual_words(found))
        return self._words[trace.features]

    def _remember(self, blob: str, words: Words) -> None:
        self._words[blob] = words
        if len(self._words) > _REMEMBERED:
            self._words.popitem(last=False)

    def _features(self, trace: Trace) -> Features | None:
        """The features of a page; None where there are none or the archive lost them: one lost blob stops nobody."""
        if not trace.features:
            return None
        try:
            return kept.unpack(self.archive.blob(trace.features), trace.width)
        except ArchiveError:
            return None

    def _anchor(self, tenant: str, sequences: Sequence[int]) -> list[str]:
        found = {seen.sequence: seen for seen in self.archive.sightings_at(tenant, sequences)}
        return [_told(found[sequence]) if sequence in found else "" for sequence in sequences]


def _told(sighting: Sighting) -> str:
    page, pixels = (sighting.trace.place, sighting.trace.pixel_digest) if sighting.trace else (-1, "")
    return f"{sighting.item} {sighting.digest} {page} {pixels}"
