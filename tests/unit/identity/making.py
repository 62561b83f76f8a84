"""Items that say something of their making, archived for the tests of identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from verifier.archive.memory import MemoryArchive
from verifier.casefile import Claim, Finding, Identity, Item, Kind, Origin, Trace
from verifier.identity import relate

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
BODY = Identity(kind="device", value="Fenwald Kestra 7 #FK7-30291844")
LUEBECK, MUNICH = (53.8669, 10.6848), (48.1372, 11.5755)


def claim(name: str, partner: str = "", day: int = 1) -> Claim:
    submitted = datetime(2026, 6, day, tzinfo=UTC)
    return Claim(id=name, activity="in_store_display", partner=partner or f"partner of {name}", submitted_at=submitted)


def item(name: str, number: int = 1) -> Item:
    return Item(
        id=f"{name}/r1/{number}",
        name="a.jpg",
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        digest=f"{name}{number}",
        size=1,
    )


def origin(*identities: Identity, at: datetime = NOON, place: tuple[float, float] | None = None) -> Origin:
    said = Origin(identities=identities, earliest=at.isoformat(), latest=at.isoformat())
    return replace(said, latitude=place[0], longitude=place[1]) if place else said


def trace(said: Origin | None) -> Trace:
    return Trace(
        page=0, width=4, height=3, pixel_digest="", pdq="0" * 64, pdq_quality=0, phash="", dhash="", origin=said
    )


def keep(archive: MemoryArchive, of: Claim, *said: Origin) -> None:
    handed = [item(of.id, number) for number, _ in enumerate(said, 1)]
    traces = {one.id: [trace(origin)] for one, origin in zip(handed, said, strict=True)}
    assert archive.remember(of, handed, traces, NOON + timedelta(days=100))


def found(archive: MemoryArchive, of: Claim, *said: Origin | None) -> dict[str, Finding]:
    """The findings about the last of the claim's items, by measure."""
    handed = [item(of.id, number) for number, _ in enumerate(said, 1)]
    traces = {one.id: [trace(origin)] for one, origin in zip(handed, said, strict=True)}
    inspections = relate(archive, of, handed, traces, archive.watermark(of.tenant))
    return {finding.code.removeprefix("identity."): finding for finding in inspections[handed[-1].id].findings}
