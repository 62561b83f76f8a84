"""A report made by hand: every kind of mark and of reason, a refused item, and one that is not read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from verifier.casefile import (
    Assessment,
    Axis,
    Bearing,
    Box,
    Claim,
    ClaimReport,
    Finding,
    Gauge,
    Heatmap,
    Hit,
    Inspection,
    Item,
    ItemReport,
    Kind,
    Lookalike,
    PageView,
    Place,
    Points,
    Problem,
    Quote,
    Region,
    Route,
    Span,
    Status,
    Table,
    Timeline,
    Truth,
    Venue,
    Window,
)

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PHOTO, TWIN, DASHBOARD = "a1" * 32, "b2" * 32, "c3" * 32
CLAIM = "C-1042"


@pytest.fixture
def pictures() -> dict[str, bytes]:
    return {PHOTO: DOT, TWIN: DOT, DASHBOARD: DOT}


@pytest.fixture
def report() -> ClaimReport:
    return sample()


def sample() -> ClaimReport:
    photo, dashboard, broken, film = _items()
    hits = (
        _hit("duplicates.derived", "original", "authenticity", -14.2, ["duplicates.nearest#0"],
             "Seen before, mirrored", item=photo.id, ask="Send a photo that was taken for this claim."),
        _hit("display.brand-found", "brand_present", "compliance", 6.1,
             ["display.brand_share#0", "display.attention#0"], "Nordlicht found on 6% of the photo", item=photo.id),
        _hit("metadata.captured-outside-window", "window", "compliance", -4.8, ["metadata.captured_at#0"],
             "Taken 3 days before the activity window", item=photo.id, gate=True),
        _hit("campaign_metrics.figures-differ", "figures_match_claim", "consistency", -3.3,
             ["campaign_metrics.sent#0", "campaign_metrics.open_rate#0"], "12,140 sent, the claim says 12,400",
             item=dashboard.id, weight=-5.0),
        _hit("metadata.far-from-venue", "place", "consistency", 2.05, ["metadata.distance#0"], "340 m from the store",
             item=photo.id),
        _hit("quality.sharp", "evidence_legible", "completeness", 0.45, ["quality.sharpness#0"],
             "Sharp enough to judge", item=photo.id),
        _hit("provenance.signed", "unaltered", "authenticity", 0.0, ["provenance.signature#0"],
             "No signature: cannot tell whether it was edited", truth=Truth.CANNOT_TELL, item=photo.id,
             ask="Send the original file from the camera or phone."),
        _hit("claim.rows", "figures_reported", "compliance", 0.0, ["claim.overview#0"], "Two rows were listed"),
    )  # fmt: skip
    aside = _hit("quality.small", "evidence_legible", "completeness", -1.0, ["quality.pixels#0"], "Only 1.3 megapixels")
    points = tuple(
        Points(rule=hit.rule, decibans=-3.3 if hit.rule.endswith("differ") else hit.weight, item=hit.item)
        for hit in hits
        if hit.weight
    )
    return ClaimReport(
        schema="verifier.report/1",
        claim=_claim(),
        digest="d0" * 32,
        items=(
            ItemReport(
                item=photo,
                pages=(PageView(index=0, label="photo", width=4000, height=3000, preview=PHOTO),),
                inspections=_photo_findings(),
                hits=tuple(replace(hit, item="") for hit in hits if hit.item == photo.id),
                assessment=_assessment(34, Route.FULL_REVIEW, points),
            ),
            ItemReport(
                item=dashboard,
                pages=(PageView(index=0, label="screenshot", width=1440, height=900, preview=DASHBOARD),),
                inspections=_dashboard_findings(),
                hits=(*(replace(hit, item="") for hit in hits if hit.item == dashboard.id), aside),
                assessment=_assessment(71, Route.QUICK_LOOK, (Points(rule="quality.small", decibans=-1.0),)),
            ),
            ItemReport(
                item=broken, pages=(), inspections=(), hits=(), assessment=_assessment(50, Route.NEEDS_INPUT, ())
            ),
            ItemReport(item=film, pages=(), inspections=(), hits=(), assessment=_assessment(50, Route.QUICK_LOOK, ())),
        ),
        inspections=(Inspection(inspector="claim", version="1", findings=_claim_findings()),),
        hits=hits,
        assessment=replace(
            _assessment(4, Route.FULL_REVIEW, points),
            reasons=("A hard requirement failed: activity window.", "Seen before in another partner's claim."),
        ),
        requirements={
            "deadline": "Filed in time",
            "window": "Done in the activity window",
            "brand_present": "The brand is shown",
            "figures_match_claim": "Figures are those of the claim",
            "figures_reported": "Figures are reported",
            "place": "At the agreed place",
            "original": "Not handed in before",
            "unaltered": "Not altered",
            "evidence_legible": "Legible",
            "evidence_complete": "All that is asked for is there",
        },
        rulebook="e1" * 32,
        pipeline="f2" * 32,
        models={"scene": "9a" * 32},
        watermark=812,
        made_at=datetime(2026, 5, 29, 8, 0, tzinfo=UTC),
    )


def _claim() -> Claim:
    return Claim(
        id=CLAIM,
        revision=2,
        activity="in_store_display",
        partner="Nordlicht Retail",
        window=Window(start=date(2026, 5, 12), end=date(2026, 5, 26)),
        submitted_at=datetime(2026, 5, 28, 9, 12, tzinfo=timezone(timedelta(hours=2))),
        approved_at=date(2026, 4, 2),
        approved_amount=Decimal("4000"),
        claimed_amount=Decimal("3200"),
        currency="EUR",
        brand="Nordlicht",
        venue=Venue(name="Lübeck, Breite Straße", latitude=53.8690, longitude=10.6870, timezone="Europe/Berlin"),
        stated={"sent": "12,400", "open_rate": "24.1%", "conversions": "88"},
    )


def _items() -> tuple[Item, Item, Item, Item]:
    def item(number: int, name: str, kind: Kind, media_type: str, slot: str, problem: Problem | None = None) -> Item:
        return Item(
            id=f"{CLAIM}/r2/{number}",
            name=name,
            kind=kind,
            media_type=media_type,
            digest=f"{number:064x}",
            size=2_400_000 // number,
            slot=slot,
            problem=problem,
        )

    return (
        item(1, "IMG_2207.jpg", Kind.IMAGE, "image/jpeg", "context_photo"),
        item(2, "report.png", Kind.IMAGE, "image/png", "send_report"),
        item(3, "closeup.jpg", Kind.REFUSED, "image/jpeg", "closeup_photo",
             Problem(code="DamagedItem", message="the JPEG breaks off after 40 kB", remedy="send the file again")),
        item(4, "store.mp4", Kind.VIDEO, "video/mp4", "recording"),
    )  # fmt: skip


def _photo_findings() -> tuple[Inspection, ...]:
    display = (
        Finding(
            code="display.brand_share",
            value=0.06,
            confidence=0.94,
            marks=(
                Region(
                    page=0,
                    box=Box(left=1500, top=760, right=2380, bottom=1120),
                    label="Nordlicht logo",
                    outline=((1510, 770), (2370, 760), (2380, 1110), (1500, 1120)),
                ),
            ),
        ),
        Finding(
            code="display.attention",
            value=0.4,
            marks=(
                Heatmap(
                    page=0, rows=2, columns=3, cells=(0.0, 0.9, 0.2, 0.1, 0.5, 0.0), label="where the logo score is"
                ),
            ),
        ),
    )
    metadata = (
        Finding(
            code="metadata.captured_at",
            value="2026-05-09T16:04:00",
            confidence=0.98,
            marks=(
                Timeline(
                    spans=(
                        Span(label="claim window", start="2026-05-12", end="2026-05-26"),
                        Span(label="captured", start="2026-05-09T02:04:00+00:00", end="2026-05-10T06:04:00+00:00"),
                        Span(label="submitted", start="2026-05-28T09:12:00+02:00", end="2026-05-28T09:12:00+02:00"),
                    )
                ),
            ),
        ),
        Finding(
            code="metadata.distance",
            value=340.0,
            marks=(
                Place(
                    latitude=53.8715,
                    longitude=10.6900,
                    expected_latitude=53.8690,
                    expected_longitude=10.6870,
                    distance=340.0,
                    limit=500.0,
                ),
            ),
        ),
    )
    duplicates = (
        Finding(
            code="duplicates.nearest",
            value=0.83,
            confidence=0.97,
            marks=(
                Lookalike(
                    page=0,
                    other_item="C-0877/r1/2",
                    other_claim="C-0877",
                    other_page=0,
                    other_preview=TWIN,
                    metric="aligned pixel agreement",
                    distance=0.83,
                    limit=0.6,
                    homography=(-0.5, 0.0, 2000.0, 0.0, 0.5, 100.0, 0.0, 0.0, 1.0),
                    here=((100, 100), (3900, 100), (3900, 2900), (100, 2900)),
                    there=((1950, 150), (50, 150), (50, 1550), (1950, 1550)),
                    other_width=2400,
                    other_height=1800,
                ),
            ),
        ),
    )
    quality = (
        Finding(
            code="quality.sharpness",
            value=310.0,
            marks=(Gauge(label="sharpness", value=310.0, low=0.0, high=500.0, limit=100.0),),
        ),
    )
    signature = Finding(
        code="provenance.signature", status=Status.ABSENT, note="the file carries no content credentials"
    )
    return (
        Inspection(inspector="display", version="1", findings=display),
        Inspection(inspector="metadata", version="1", findings=metadata),
        Inspection(inspector="duplicates", version="1", findings=duplicates),
        Inspection(inspector="quality", version="1", findings=quality),
        Inspection(inspector="provenance", version="1", findings=(signature,)),
    )


def _dashboard_findings() -> tuple[Inspection, ...]:
    sent = Quote(
        page=0,
        box=Box(left=220, top=180, right=330, bottom=214),
        text="12,140",
        label="Sent",
        label_box=Box(left=220, top=220, right=270, bottom=240),
        expected="12,400",
    )
    rate = Quote(page=0, box=Box(left=520, top=180, right=610, bottom=214), text="24.1%", label="Open rate")
    clicks = Quote(page=0, box=Box(left=820, top=180, right=880, bottom=214), text="312", label="Clicks")
    return (
        Inspection(
            inspector="campaign_metrics",
            version="1",
            findings=(
                Finding(code="campaign_metrics.sent", value=12140, confidence=0.99, marks=(sent,)),
                Finding(code="campaign_metrics.open_rate", value=24.1, confidence=0.97, marks=(rate,)),
                Finding(code="campaign_metrics.clicks", value=312, confidence=0.9, marks=(clicks,)),
            ),
        ),
        Inspection(
            inspector="quality",
            version="1",
            findings=(Finding(code="quality.pixels", value=1.296),),
        ),
    )


def _claim_findings() -> tuple[Finding, ...]:
    rows = Table(
        header=("figure", "claim", "found"),
        rows=(("sent", "12,400", "12,140"), ("open rate", "24.1%", "24.1%")),
        highlighted=(0,),
        caption="Figures side by side",
    )
    return (
        Finding(code="claim.overview", value=2, marks=(rows,)),
        Finding(code="claim.missing_slots", value=1, note="floor plan"),
    )


def _hit(
    rule: str,
    requirement: str,
    axis: str,
    points: float,
    because: list[str],
    title: str,
    *,
    item: str = "",
    truth: Truth = Truth.HOLDS,
    gate: bool = False,
    ask: str = "",
    weight: float | None = None,
) -> Hit:
    signed = points if weight is None else weight
    bearing = Bearing.SUPPORTS if signed > 0 else Bearing.CONTRADICTS if signed < 0 else Bearing.INFORMS
    return Hit(
        rule=rule,
        requirement=requirement,
        axis=Axis(axis),
        bearing=bearing,
        truth=truth,
        title=title,
        because=tuple(because),
        weight=signed,
        gate=gate,
        ask=ask,
        item=item,
    )


def _assessment(score: int, route: Route, points: tuple[Points, ...]) -> Assessment:
    return Assessment(
        probability=score / 100,
        low=max(0.0, score / 100 - 0.03),
        high=min(1.0, score / 100 + 0.2),
        score=score,
        prior=0.0,
        points=points,
        route=route,
        reasons=(),
        axes={Axis.COMPLETENESS: 60, Axis.COMPLIANCE: 31, Axis.CONSISTENCY: 55, Axis.AUTHENTICITY: None},
        basis="expert",
    )


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the page and the text directly in it."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in {"meta", "input"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()
        assert opened.name == tag, f"</{tag}> closes <{opened.name}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)


@pytest.fixture
def elements() -> Callable[[str], list[Element]]:
    """Parses a page into its elements; fails where one is closed that was not the last to be opened."""

    def parse(page: str) -> list[Element]:
        reader = _Reader()
        reader.feed(page)
        reader.close()
        return reader.elements

    return parse
