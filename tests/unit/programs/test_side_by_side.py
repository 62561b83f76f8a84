"""A claim's reports side by side: what agrees, what does not, and what says nothing."""

from __future__ import annotations

from verifier.casefile import Box, Finding, Inspection, Item, Kind, Quote, Status, Table
from verifier.programs.side_by_side import side_by_side

BOX = Box(left=0, top=0, right=9, bottom=9)
REPORT = {
    "sent": (12400, "12.4K"),
    "delivered": (12214, "12,214"),
    "open_rate": (0.32, "32.0%"),
    "clicks": (527, "527"),
}


def _item(number: int, name: str) -> Item:
    return Item(id=f"c/r1/{number}", name=name, kind=Kind.IMAGE, media_type="", digest="", size=1)


def _printed(figures: dict[str, tuple[float, str]], sure: float = 0.95) -> list[Inspection]:
    """What is found on a screenshot: each figure with its place."""
    findings = tuple(
        Finding(
            code=f"campaign_metrics.{key}", value=value, confidence=sure,
            marks=(Quote(page=0, box=BOX, text=text, label=key),),
        )
        for key, (value, text) in figures.items()
    )  # fmt: skip
    return [Inspection(inspector="campaign_metrics", version="1", findings=findings)]


def _exported(rows: list[tuple[str, ...]], **figures: float) -> list[Inspection]:
    """What is found in an export: figures without a place, and rows."""
    findings = [Finding(code=f"campaign_metrics.{key}", value=value, confidence=0.98) for key, value in figures.items()]
    table = Table(header=("", "sent", "delivered", "clicks"), rows=tuple(rows))
    findings.append(Finding(code="campaign_metrics.figures", value=len(figures), marks=(table,) if rows else ()))
    return [Inspection(inspector="campaign_metrics", version="1", findings=tuple(findings))]


def _held(*found: list[Inspection]) -> tuple[Finding, Finding]:
    items = [_item(number, name) for number, name in enumerate(("report.png", "export.csv", "more.png"), 1)]
    return side_by_side(items[: len(found)], {item.id: told for item, told in zip(items, found, strict=False)})


def test_a_screenshot_and_its_export_agree_within_what_was_rounded() -> None:
    agree, differ = _held(_printed(REPORT), _exported([], sent=12413, delivered=12214, open_rate=0.3196, clicks=527))
    assert (agree.value, differ.value, differ.note) == (4, 0, "")


def test_a_figure_that_differs_is_named_with_both_readings_and_where_they_stand() -> None:
    agree, differ = _held(_printed(REPORT), _exported([], sent=12400, delivered=12140, clicks=527))
    assert (agree.value, differ.value) == (2, 1)
    assert differ.note == "delivered 12,214 on report.png, 12140 on export.csv"
    assert differ.marks == (
        Table(
            header=("figure", "report.png", "export.csv"),
            rows=(("clicks", "527", "527"), ("delivered", "12,214", "12140"), ("sent", "12.4K", "12400")),
            highlighted=(1,),
        ),
    )


def test_the_row_of_an_export_that_agrees_best_is_the_campaigns() -> None:
    rows = [
        ("Spring", "9,900", "9,120", "310"),
        ("Summer", "12,400", "12,214", "572"),
        ("All", "22,300", "21,334", "882"),
    ]
    agree, differ = _held(_printed(REPORT), _exported(rows))
    assert (agree.value, differ.note) == (2, "clicks 527 on report.png, 572 on export.csv")


def test_one_item_alone_unsure_readings_and_one_figure_in_common_say_nothing() -> None:
    for found in (
        [_printed(REPORT)],
        [_printed(REPORT), _printed(REPORT, sure=0.5)],
        [_printed(REPORT), _exported([], clicks=9)],
        [_printed(REPORT), []],
    ):
        assert [one.status for one in _held(*found)] == [Status.NOT_APPLICABLE] * 2


def test_of_three_items_each_two_are_held_against_each_other() -> None:
    agree, differ = _held(_printed(REPORT), _printed(REPORT), _printed(REPORT | {"clicks": (525, "525")}))
    assert (agree.value, differ.value) == (10, 2)
