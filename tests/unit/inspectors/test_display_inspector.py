from collections.abc import Iterable
from datetime import UTC, date, datetime

import cv2
import numpy as np
import pytest

from verifier.casefile import (
    Box,
    BrandKit,
    Brief,
    Evidence,
    Finding,
    Gauge,
    Item,
    Kind,
    Page,
    Picture,
    PrintedWord,
    Region,
    Status,
    Window,
)
from verifier.inspectors.display import Display
from verifier.instruments.readings import Readings
from verifier.instruments.scorecard import KITS, STEPS, Scorecard, Weights

WEIGHTS = Weights(bias=-1.0, weights={kind: (3.0,) * (len(steps) - 1) for kind, steps in STEPS.items()})
CARD = Scorecard(kinds=dict.fromkeys(KITS, WEIGHTS), present=0.75, possible=0.4)


def label(seed: int) -> np.ndarray:
    """(120, 200) grey: a made-up pack front, full of shapes."""
    random = np.random.default_rng(seed)
    picture = np.full((120, 200), 235, np.uint8)
    for _ in range(45):
        x, y = int(random.integers(5, 190)), int(random.integers(5, 110))
        cv2.rectangle(picture, (x, y), (x + 14, y + int(random.integers(3, 18))), int(random.integers(0, 200)), -1)
        cv2.circle(picture, (int(random.integers(5, 190)), y), int(random.integers(2, 8)), int(x), -1)
    return picture


def kit(name: str, seed: int, **more: object) -> BrandKit:
    data = cv2.imencode(".png", label(seed))[1].tobytes()
    return BrandKit(
        id=name.casefold(), names=(name,), pictures=(Picture(name="p.png", role="pack", data=data),), **more
    )


OURS, THEIRS = kit("Nordlicht", 1), kit("Pardalo", 2, competitor=True)


def photo(*facings: tuple[int, int, int], size: tuple[int, int] = (1000, 750), words: Iterable[str] = ()) -> Page:
    """`facings`: (seed, left, top) of 200 x 120 labels on a grey wall; a printed word keeps the OCR engine away."""
    wall = np.kron(np.random.default_rng(9).integers(100, 140, (size[1] // 5 + 1, size[0] // 5 + 1)), np.ones((5, 5)))
    grey = np.ascontiguousarray(wall[: size[1], : size[0]].astype(np.uint8))
    for seed, left, top in facings:
        grey[top : top + 120, left : left + 200] = label(seed)
    printed = tuple(
        PrintedWord(text=text, box=Box(left=20 + 150 * n, top=20, right=150 + 150 * n, bottom=50))
        for n, text in enumerate(words or ("sale",))
    )
    return Page(index=0, label="photo", pixels=cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), words=printed)


def inspect(page: Page | None, *kits: BrandKit) -> dict[str, Finding]:
    item = Item(id="c/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1)
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=() if page is None else (page,))
    found = list(Display(scorecard=CARD).inspect(item, brief(*kits), Readings(evidence)))
    assert {finding.code for finding in found} == Display(scorecard=CARD).codes
    return {finding.code.removeprefix("display."): finding for finding in found}


def brief(*kits: BrandKit, questions: frozenset[str] = frozenset({"display"})) -> Brief:
    return Brief(
        activity="in_store_display",
        window=Window(start=date(2026, 5, 1), end=date(2026, 5, 9)),
        submitted_at=datetime(2026, 6, 1, tzinfo=UTC),
        questions=questions,
        brand_kits=kits,
    )


def regions(finding: Finding) -> list[Region]:
    return [mark for mark in finding.marks if isinstance(mark, Region)]


def test_a_brand_that_is_there_is_outlined_and_says_what_speaks_for_it() -> None:
    found = inspect(photo((1, 400, 300)), OURS)["brand_present"]
    assert found.value is True
    assert found.confidence is not None
    assert found.confidence > 0.9
    (region,) = regions(found)
    assert abs(region.box.left - 400) < 12
    assert abs(region.box.bottom - 420) < 12
    assert len(region.outline) == 4
    assert "points agree" in region.label


def test_a_name_alone_can_show_the_brand() -> None:
    found = inspect(photo(words=("Nordlicht",)), OURS)["brand_present"]
    assert found.value is True
    assert [region.label for region in regions(found)] == ["Nordlicht: name read: Nordlicht"]


def test_facings_are_counted_and_share_adds_up() -> None:
    one = inspect(photo((1, 400, 300)), OURS)
    three = inspect(photo((1, 100, 300), (1, 400, 300), (1, 700, 300)), OURS)
    assert (one["facings"].value, three["facings"].value) == (1, 3)
    assert one["brand_share"].value == pytest.approx(200 * 120 / 750_000, rel=0.15)
    assert three["brand_share"].value == pytest.approx(3 * 200 * 120 / 750_000, rel=0.15)


def test_the_share_is_held_against_what_the_program_asks_for() -> None:
    found = inspect(photo((1, 400, 300)), kit("Nordlicht", 1, min_share=0.064))
    assert found["share_of_minimum"].value == pytest.approx(0.5, rel=0.15)
    gauge = next(mark for mark in found["brand_share"].marks if isinstance(mark, Gauge))
    assert gauge.limit == 0.064


def test_a_brand_that_is_not_there_is_not_found_on_a_good_photo() -> None:
    found = inspect(photo((3, 400, 300)), OURS)
    assert found["brand_present"].value is False
    assert found["brand_present"].confidence is not None
    assert found["brand_present"].confidence < 0.9  # half of all logos are missed
    assert "close-up" in found["brand_present"].note
    assert found["brand_share"].status is Status.NOT_APPLICABLE


def test_a_photo_too_small_to_tell_does_not_say_that_the_brand_is_absent() -> None:
    found = inspect(photo((3, 100, 100), size=(400, 300)), OURS, THEIRS)
    assert found["resolution_enough"].value is False
    assert found["brand_present"].status is Status.UNDETERMINED
    assert "close-up" in found["brand_present"].note
    assert found["competitors"].status is Status.UNDETERMINED


def test_weak_evidence_is_a_hint_and_no_claim() -> None:
    hint = Scorecard(kinds=CARD.kinds, present=0.9999, possible=0.4)
    item = Item(id="c/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1)
    evidence = Evidence(kind=Kind.IMAGE, media_type="", raw=b"", pages=(photo(words=("Nordlicht",)),))
    found = next(
        finding
        for finding in Display(scorecard=hint).inspect(item, brief(OURS), Readings(evidence))
        if finding.code == "display.brand_present"
    )
    assert found.status is Status.UNDETERMINED
    assert "perhaps" in found.note
    assert regions(found)


def test_competitors_are_counted_outlined_and_weighed_against_ours() -> None:
    found = inspect(photo((1, 100, 300), (2, 600, 300)), OURS, THEIRS)
    assert found["brand_present"].value is True
    assert found["competitors"].value == 1
    assert "Pardalo" in regions(found["competitors"])[0].label
    assert found["share_of_brands"].value == pytest.approx(0.5, abs=0.1)


def test_no_competitor_is_a_measured_nought() -> None:
    found = inspect(photo((1, 100, 300)), OURS, THEIRS)
    assert (found["competitors"].status, found["competitors"].value) == (Status.MEASURED, 0)
    assert found["share_of_brands"].value == 1.0


def test_a_retired_logo_is_told_and_does_not_pass_for_the_brand() -> None:
    data = cv2.imencode(".png", label(4))[1].tobytes()
    old = BrandKit(
        id="n", names=("Nordlicht",), pictures=(*OURS.pictures, Picture(name="old.png", role="retired", data=data))
    )
    found = inspect(photo((4, 400, 300)), old)
    assert found["retired_logo"].value is True
    assert regions(found["retired_logo"])
    assert found["brand_present"].value is False
    assert inspect(photo((1, 400, 300)), old)["retired_logo"].value is False


def test_a_forbidden_picture_that_fits_better_takes_the_place() -> None:
    data = cv2.imencode(".png", label(1)[:, :110])[1].tobytes()
    part = Picture(name="part.png", role="pack", data=data)
    whole = Picture(name="whole.png", role="forbidden", data=OURS.pictures[0].data)
    found = inspect(photo((1, 400, 300)), BrandKit(id="n", names=("Nordlicht",), pictures=(part, whole)))
    assert found["brand_present"].value is False


def test_a_stock_agencys_watermark_is_named() -> None:
    found = inspect(photo(words=("shutterstock",)))["watermark"]
    assert found.value == "Shutterstock"
    assert regions(found)
    assert inspect(photo(words=("stocking",)))["watermark"].value == ""


def test_without_a_brand_kit_everything_about_brands_is_not_applicable() -> None:
    found = inspect(photo((1, 400, 300)))
    assert found["brand_present"].status is Status.UNDETERMINED
    assert "add one" in found["brand_present"].note
    assert found["resolution_enough"].status is Status.MEASURED


def test_an_item_without_a_page_leaves_everything_open() -> None:
    assert {finding.status for finding in inspect(None, OURS).values()} == {Status.UNDETERMINED}


def test_it_applies_to_photos_of_which_a_display_is_asked() -> None:
    image = Item(id="i", name="a", kind=Kind.IMAGE, media_type="image/png", digest="0", size=1)
    table = Item(id="i", name="a", kind=Kind.TABLE, media_type="text/csv", digest="0", size=1)
    inspector = Display(scorecard=CARD)
    assert inspector.applies(image, brief())
    assert not inspector.applies(table, brief())
    assert not inspector.applies(image, brief(questions=frozenset({"campaign_metrics"})))
