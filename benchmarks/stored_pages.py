"""An archive with a past: pages that nobody ever saw, filed so that comparing costs what it costs in use."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import numpy as np

from verifier.archive.protocol import Archive
from verifier.casefile import Assessment, Claim, ClaimReport, Item, ItemReport, Kind, Route, Trace
from verifier.casefile.report import SCHEMA
from verifier.instruments import traces
from verifier.instruments.features import Features

_PER_CLAIM = 50
_POINTS = 500  # local features of a page, as many as are kept of a photo
_BEFORE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def fill(archive: Archive, pages: int, seed: int) -> None:
    """File `pages` pages with random hashes and features, fifty to a claim."""
    rng = np.random.default_rng(seed)
    for start in range(0, pages, _PER_CLAIM):
        report, items = claim_of(f"past-{start}", min(_PER_CLAIM, pages - start), _BEFORE, first=start)
        archive.file(report, {item.id: [_trace(archive, rng)] for item in items})


def claim_of(id_: str, pages: int, moment: datetime, first: int = 0) -> tuple[ClaimReport, list[Item]]:
    """The report of a claim of so many pictures, and its items, numbered from `first`."""
    claim = Claim(id=id_, activity="in_store_display", partner="Past", submitted_at=moment)
    items = [_item(claim, number) for number in range(first, first + pages)]
    return _report(claim, items), items


def _item(claim: Claim, number: int) -> Item:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return Item(
        id=f"{claim.id}/r1/{number}",
        name=f"{number}.jpg",
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        digest=digest,
        size=1,
    )


def _trace(archive: Archive, rng: np.random.Generator) -> Trace:
    points = rng.uniform(0, 480, (_POINTS, 2)).astype(np.float32)
    strength = rng.gamma(0.5, 1.0, (_POINTS, 128))
    descriptors = np.clip(np.sqrt(strength / strength.sum(axis=1, keepdims=True)) * 255, 0, 255).astype(np.uint8)
    blob = traces.pack(Features(points=points, descriptors=descriptors), 640, 480)
    return Trace(
        page=0,
        width=4000,
        height=3000,
        pixel_digest=rng.bytes(32).hex(),
        pdq=rng.bytes(32).hex(),
        pdq_quality=100,
        phash=rng.bytes(8).hex(),
        dhash=rng.bytes(8).hex(),
        features=archive.put_blob(blob),
    )


def _report(claim: Claim, items: list[Item]) -> ClaimReport:
    blank = Assessment(
        probability=0.5,
        low=0.5,
        high=0.5,
        score=50,
        prior=0.0,
        points=(),
        route=Route.QUICK_LOOK,
        reasons=(),
        axes={},
        basis="expert",
    )
    return ClaimReport(
        schema=SCHEMA,
        claim=claim,
        digest=hashlib.sha256(claim.id.encode()).hexdigest(),
        items=tuple(ItemReport(item=item, pages=(), inspections=(), hits=(), assessment=blank) for item in items),
        inspections=(),
        hits=(),
        assessment=blank,
        requirements={},
        rulebook="",
        pipeline="",
        models={},
        watermark=0,
        made_at=_BEFORE,
    )
