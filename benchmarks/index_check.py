"""The whole duplicate check of a 12-megapixel photo: decoded, traced, looked up among many, laid on those listed."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.samples import samples
from verifier.archive.memory import MemoryArchive
from verifier.archive.protocol import Sighting, sighting_of
from verifier.casefile import Claim, Item, Kind, Submission, Trace
from verifier.comparison import twins
from verifier.comparison.catalogue import Catalogue
from verifier.comparison.comparison import MOST_PAIRS
from verifier.comparison.index import Index, Query
from verifier.decode import Decoder
from verifier.instruments import traces
from verifier.instruments.readings import Readings
from verifier.settings import Settings

PHOTOS = 6  # of the fixtures, enlarged


@dataclass
class _Clock:
    """CPU seconds since it was last asked, by what they were spent on."""

    spent: dict[str, float]
    last: float

    def lap(self, name: str) -> None:
        now = time.process_time()
        self.spent[name] = self.spent.get(name, 0.0) + now - self.last
        self.last = now


def check(index: Index, pictures: int, drawn: Sequence[Query]) -> dict[str, Any]:
    """The median CPU milliseconds of a photo's check, and of its parts.

    The index holds made-up pictures, so each page is looked up by one of the `drawn` queries; and whoever is listed is
    stood in for by another of the photos, so that as many pairs are laid on each other.
    """
    archive = MemoryArchive()
    photos = samples(None, PHOTOS, 0)["photo"]
    claim = Claim(id="Y", activity="in_store_display", partner="P", submitted_at=datetime(2026, 1, 1, tzinfo=UTC))
    others = [
        sighting_of(claim, _item(photo), trace) for photo in photos for trace in _traced(_decoded(photo), archive)
    ]
    supply = itertools.cycle(drawn)
    rows = [_checked(photo, index, pictures, archive, others, supply) for photo in photos[1:]]
    parts = {name: round(1000 * statistics.median(row[name] for row, _ in rows), 1) for name in rows[0][0]}
    total = statistics.median(sum(row.values()) for row, _ in rows)
    return {
        "cpu_ms": round(1000 * total, 1),
        "parts_ms": parts,
        "pairs": statistics.median(pairs for _, pairs in rows),
        "photos": len(rows),
        "archived": pictures,
    }


def _checked(
    photo: Submission,
    index: Index,
    pictures: int,
    archive: MemoryArchive,
    others: Sequence[Sighting],
    drawn: Iterator[Query],
) -> tuple[dict[str, float], int]:
    """CPU seconds of each part, and how many pairs were laid on each other."""
    clock = _Clock({}, time.process_time())
    readings = _decoded(photo)
    clock.lap("decode")
    own = _traced(readings, archive)
    clock.lap("trace")
    for trace in own:
        Catalogue(archive=archive).query(trace)
    listed = list(_listed(index, pictures, list(zip(own, drawn, strict=False))))[:MOST_PAIRS]
    clock.lap("look_up")
    strangers = [other for other in others if other.item != photo.name]
    for trace, stranger in zip(listed, itertools.cycle(strangers)):
        twins.examine(trace, stranger, archive, lambda task, *arguments: task(None, *arguments))
    clock.lap("pairs")
    return clock.spent, len(listed)


def _listed(index: Index, pictures: int, queries: Sequence[tuple[Trace, Query]]) -> Iterator[Trace]:
    """Each page as often as the index lists somebody for it."""
    allowed = index.earlier("Z", datetime(2100, 1, 1, tzinfo=UTC), "Z/r1/1", pictures)
    for trace, query in queries:
        yield from [trace] * len(index.shortlist(query, allowed, index.near(query.trace, allowed)))


def _item(photo: Submission) -> Item:
    return Item(id=photo.name, name=photo.name, kind=Kind.IMAGE, media_type="image/jpeg", digest="", size=1)


def _decoded(photo: Submission) -> Readings:
    bounds = Settings()
    decode = Decoder(max_pixels=bounds.max_pixels, max_pages=bounds.max_pages, max_rows=bounds.max_rows)
    return Readings(decode(_item(photo), photo.data))


def _traced(readings: Readings, archive: MemoryArchive) -> Sequence[Trace]:
    kept = traces.keep(readings)
    for blob in kept.blobs.values():
        archive.put_blob(blob)
    return kept.traces
