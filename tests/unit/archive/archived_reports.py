"""Reports and traces made up for the tests of archives."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

from verifier.archive.protocol import Archive
from verifier.casefile import (
    Assessment,
    Axis,
    Claim,
    ClaimReport,
    Finding,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Lookalike,
    PageView,
    Problem,
    Route,
    Trace,
    Venue,
    Window,
)
from verifier.casefile.report import SCHEMA


def trace(page: int = 0, name: str = "a") -> Trace:
    return Trace(
        page=page,
        width=40,
        height=30,
        pixel_digest=hashlib.sha256(name.encode()).hexdigest(),
        pdq="0f" * 32,
        pdq_quality=90,
        phash="00ff00ff00ff00ff",
        dhash="ff00ff00ff00ff00",
        preview="ab" * 32,
        words=("sent", "12,400"),
    )


def assessment() -> Assessment:
    return Assessment(
        probability=0.5,
        low=0.25,
        high=0.75,
        score=50,
        prior=0.0,
        points=(),
        route=Route.QUICK_LOOK,
        reasons=("nothing spoke",),
        axes={Axis.COMPLETENESS: 80, Axis.COMPLIANCE: None},
        basis="expert",
    )


def item(claim: str, revision: int, number: int, kind: Kind = Kind.IMAGE) -> Item:
    refused = Problem(code="EmptyItem", message="empty", remedy="send it") if kind is Kind.REFUSED else None
    return Item(
        id=f"{claim}/r{revision}/{number}",
        name=f"{number}.png",
        kind=kind,
        media_type="image/png",
        digest=hashlib.sha256(f"{claim}{number}".encode()).hexdigest(),
        size=9,
        problem=refused,
    )


def item_report(submitted: Item) -> ItemReport:
    mark = Lookalike(
        page=0,
        other_item="x/r1/1",
        other_claim="x",
        other_page=0,
        other_preview="",
        metric="pdq",
        distance=3.5,
        limit=9.0,
        homography=(1.0, 0.0),
        here=((0.0, 0.0), (1.0, 1.0)),
    )
    found = Finding(code="duplicates.copy", value=0.5, confidence=0.9, marks=(mark,), note="é")
    return ItemReport(
        item=submitted,
        pages=(PageView(index=0, label="photo", width=40, height=30, preview="ab" * 32),),
        inspections=(Inspection(inspector="duplicates", version="1", findings=(found,)),),
        hits=(),
        assessment=assessment(),
    )


def report(
    claim: str = "C-1",
    revision: int = 1,
    *,
    tenant: str = "default",
    rulebook: str = "rules",
    items: int = 2,
    refused: int = 0,
    digest: str = "",
) -> ClaimReport:
    kinds = [Kind.IMAGE] * items + [Kind.REFUSED] * refused
    submitted = [item(claim, revision, number, kind) for number, kind in enumerate(kinds, 1)]
    return ClaimReport(
        schema=SCHEMA,
        claim=Claim(
            id=claim,
            activity="display",
            partner="Kontor Süd",
            tenant=tenant,
            revision=revision,
            window=Window(start=date(2026, 5, 1), end=date(2026, 5, 9)),
            submitted_at=datetime(2026, 5, 20, 12, 30, tzinfo=UTC),
            claimed_amount=Decimal("1200.50"),
            venue=Venue(name="Lübeck", latitude=53.9, longitude=10.7),
            stated={"sent": "12,400"},
        ),
        digest=digest or f"{claim}-{revision}",
        items=tuple(item_report(entry) for entry in submitted),
        inspections=(),
        hits=(),
        assessment=assessment(),
        requirements={"original": "Not seen before"},
        rulebook=rulebook,
        pipeline="pipe",
        models={},
        watermark=0,
        made_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def filed(archive: Archive, made: ClaimReport, pages: int = 1) -> bool:
    traces = {entry.item.id: [trace(n, entry.item.id) for n in range(pages)] for entry in made.items}
    return archive.file(made, traces)
