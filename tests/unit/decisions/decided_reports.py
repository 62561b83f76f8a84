"""Reports and decisions made up for the tests of what people decide."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from verifier.casefile import (
    Assessment,
    Axis,
    Bearing,
    Claim,
    ClaimReport,
    Decision,
    Hit,
    Item,
    ItemReport,
    Kind,
    Outcome,
    Problem,
    Route,
    Truth,
)
from verifier.casefile.report import SCHEMA

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def assessment(probability: float = 0.5, route: Route = Route.FULL_REVIEW) -> Assessment:
    return Assessment(
        probability=probability,
        low=probability,
        high=probability,
        score=round(100 * probability),
        prior=0.0,
        points=(),
        route=route,
        reasons=(),
        axes={Axis.COMPLIANCE: None},
        basis="expert",
    )


def report(
    claim: str = "C-1",
    *,
    revision: int = 1,
    claimed: str | None = "840.00",
    approved: str | None = None,
    probability: float = 0.5,
    route: Route = Route.FULL_REVIEW,
    submitted_at: datetime | None = NOON,
    hits: tuple[Hit, ...] = (),
    unread: str = "",
    made_at: datetime = NOON,
) -> ClaimReport:
    """A claim with two items, a.png and b.png; `unread` is the remedy for the second one, which could not be read."""
    problem = Problem(code="DamagedItem", message="breaks off", remedy=unread) if unread else None
    items = tuple(
        Item(
            id=f"{claim}/r{revision}/{number}",
            name=name,
            kind=Kind.REFUSED if name == "b.png" and problem else Kind.IMAGE,
            media_type="image/png",
            digest="0" * 64,
            size=9,
            problem=problem if name == "b.png" else None,
        )
        for number, name in enumerate(("a.png", "b.png"), 1)
    )
    return ClaimReport(
        schema=SCHEMA,
        claim=Claim(
            id=claim,
            activity="in_store_display",
            partner="Kontor Süd",
            revision=revision,
            submitted_at=submitted_at,
            claimed_amount=None if claimed is None else Decimal(claimed),
            approved_amount=None if approved is None else Decimal(approved),
            currency="EUR",
        ),
        digest=f"{claim}-{revision}",
        items=tuple(
            ItemReport(item=item, pages=(), inspections=(), hits=(), assessment=assessment()) for item in items
        ),
        inspections=(),
        hits=hits,
        assessment=assessment(probability, route),
        requirements={"window": "Within the window"},
        rulebook="rules",
        pipeline="pipe",
        models={},
        watermark=0,
        made_at=made_at,
    )


def hit(ask: str, *, item: str = "", truth: Truth = Truth.HOLDS, bearing: Bearing = Bearing.CONTRADICTS) -> Hit:
    """A hit on the requirement `window`, with a title that no partner may read."""
    return Hit(
        rule="metadata.rule",
        requirement="window",
        axis=Axis.AUTHENTICITY,
        bearing=bearing,
        truth=truth,
        title="Copied from Nordwind's C-7",
        because=(),
        weight=-15.0,
        ask=ask,
        item=item,
    )


def line(sequence: int, outcome: Outcome = Outcome.ACCEPT, **changes: Any) -> Decision:
    """A line of the log on C-1."""
    facts: dict[str, Any] = {"claim": "C-1", "revision": 1, "report": "f" * 64, "by": "anna", "at": NOON}
    return Decision(sequence=sequence, outcome=outcome, **(facts | changes))
