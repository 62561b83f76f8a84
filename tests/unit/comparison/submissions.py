"""Claims of made-up pictures, compared and filed as the corridor does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.archive.memory import MemoryArchive
from verifier.archive.protocol import Archive, Link
from verifier.casefile import (
    Assessment,
    Claim,
    ClaimReport,
    Evidence,
    Finding,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Page,
    Route,
    Trace,
)
from verifier.comparison import Comparison
from verifier.instruments import traces
from verifier.instruments.readings import Readings
from verifier.instruments.traces import Kept

Pixels = NDArray[np.uint8]
Place = tuple[int, int, int, int]
START = datetime(2026, 5, 1, tzinfo=UTC)


@cache
def photo(seed: int) -> Pixels:
    """A picture with texture everywhere, 480 x 360, another one for each seed."""
    random = np.random.default_rng(seed)
    ground = cv2.resize(
        random.integers(60, 200, (15, 20, 3), dtype=np.uint8), (480, 360), interpolation=cv2.INTER_CUBIC
    )
    for _ in range(60):
        left, top = random.integers(0, 440), random.integers(0, 320)
        label = cv2.resize(random.integers(0, 256, (6, 6, 3), dtype=np.uint8), (40, 36))
        ground[top : top + 36, left : left + 40] = label[: 360 - top, : 480 - left]
    return np.asarray(np.clip(ground + random.normal(0, 4, ground.shape), 0, 255), np.uint8)


def jpeg(pixels: Pixels, quality: int = 60) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


@dataclass(frozen=True, kw_only=True)
class File:
    """Something handed in: the pixels of its pages, the words on them and their places, and the camera."""

    pages: tuple[Pixels, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    places: tuple[tuple[Place, ...], ...] = ()
    kind: Kind = Kind.IMAGE
    device: str = ""
    data: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(b"".join(page.tobytes() for page in self.pages) + self.data).hexdigest()


def of(pixels: Pixels, *words: str, device: str = "", data: bytes = b"") -> File:
    return File(pages=(pixels,), words=(words,), device=device, data=data)


@dataclass
class Office:
    """An archive and a comparison over it; claims are filed one after the other, a day apart."""

    archive: Archive = field(default_factory=MemoryArchive)
    run: Callable[..., Any] = lambda task, *arguments: task(None, *arguments)

    def __post_init__(self) -> None:
        self.comparison = Comparison(archive=self.archive, run=self.run)

    def compare(
        self, claim: Claim, files: Sequence[File], watermark: int | None = None
    ) -> tuple[Mapping[str, Inspection], Inspection]:
        items, kept = self.take_in(claim, files)
        upto = self.archive.watermark(claim.tenant) if watermark is None else watermark
        return self.comparison.compare(claim, items, kept, upto)

    def file(self, claim: Claim, *files: File, links: Sequence[Link] = ()) -> None:
        items, kept = self.take_in(claim, files)
        self.archive.file(report_on(claim, items), kept, links)

    def take_in(self, claim: Claim, files: Sequence[File]) -> tuple[tuple[Item, ...], dict[str, tuple[Trace, ...]]]:
        items = tuple(_item(claim, number, file) for number, file in enumerate(files, 1))
        found: dict[str, tuple[Trace, ...]] = {}
        for item, file in zip(items, files, strict=True):
            kept = _kept(file)
            for blob in kept.blobs.values():
                self.archive.put_blob(blob)
            words, places = ((*known, *[()] * len(kept.traces)) for known in (file.words, file.places))
            found[item.id] = tuple(
                replace(trace, words=words[n], places=places[n], device=file.device)
                for n, trace in enumerate(kept.traces)
            )
        return items, found


def claim(id_: str, partner: str = "Kontor Nord", day: int | None = 0, **facts: Any) -> Claim:
    """A claim submitted on that day; None: never submitted."""
    moment = None if day is None else START + timedelta(days=day)
    return Claim(id=id_, activity="in_store_display", partner=partner, submitted_at=moment, **facts)


def finding(found: tuple[Mapping[str, Inspection], Inspection], measure: str, number: int = 1) -> Finding:
    """The one finding of that measure on the numbered item; 0 is the claim itself."""
    inspection = found[1] if number == 0 else list(found[0].values())[number - 1]
    (one,) = [entry for entry in inspection.findings if entry.code == f"duplicates.{measure}"]
    return one


def _item(claim_: Claim, number: int, file: File) -> Item:
    return Item(
        id=f"{claim_.id}/r{claim_.revision}/{number}",
        name=f"{number}.png",
        kind=file.kind,
        media_type="image/png",
        digest=file.digest,
        size=1,
    )


_memory: dict[tuple[bytes, ...], Kept] = {}


def _kept(file: File) -> Kept:
    """Traces cost a tenth of a second: each picture is traced once for all tests."""
    key = tuple(hashlib.sha256(page.tobytes() + repr(page.shape).encode()).digest() for page in file.pages)
    if key not in _memory:
        pages = tuple(Page(index=n, label="", pixels=np.ascontiguousarray(page)) for n, page in enumerate(file.pages))
        _memory[key] = traces.keep(Readings(Evidence(kind=file.kind, media_type="image/png", raw=b"", pages=pages)))
    return _memory[key]


def report_on(claim_: Claim, items: Sequence[Item]) -> ClaimReport:
    nothing = Assessment(
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
        schema="verifier.report/1",
        claim=claim_,
        digest=claim_.id,
        items=tuple(ItemReport(item=item, pages=(), inspections=(), hits=(), assessment=nothing) for item in items),
        inspections=(),
        hits=(),
        assessment=nothing,
        requirements={},
        rulebook="",
        pipeline="",
        models={},
        watermark=0,
        made_at=START,
    )
