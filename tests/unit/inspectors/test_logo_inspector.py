"""The logo inspector: from a photo to findings on how the brand's logo is used."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from verifier.casefile import BrandKit, Brief, Evidence, Finding, Item, Kind, Page, Picture, PrintedWord, Status
from verifier.casefile.marks import Box
from verifier.inspectors.logo import Logo
from verifier.instruments.readings import Readings

ITEM = Item(id="c/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1)


def drawn(seed: int) -> np.ndarray:
    """(200, 300, 3) BGR: a made-up logo, full of shapes in two colours."""
    pixels = np.full((200, 300, 3), 255, np.uint8)
    random = np.random.default_rng(seed)
    for n in range(60):
        x, y = (int(random.integers(5, side)) for side in (270, 175))
        colour = (154, 183, 25) if n % 2 else (79, 32, 16)
        cv2.rectangle(pixels, (x, y), (x + 18, y + int(random.integers(5, 18))), colour, -1)
    return pixels


def picture(seed: int, role: str = "logo", variant: str = "current") -> Picture:
    data = cv2.imencode(".png", drawn(seed))[1].tobytes()
    return Picture(name=f"{role}{seed}.png", role=role, data=data, variant=variant)


def kit(*pictures: Picture, **facts: object) -> BrandKit:
    return BrandKit(id="nordlicht", names=("Nordlicht",), pictures=pictures or (picture(1),), **facts)


def photo(seed: int, width: int = 300, height: int = 200) -> np.ndarray:
    """(750, 1000, 3) RGB: the logo on a wall."""
    wall = np.kron(np.random.default_rng(9).integers(100, 140, (150, 200)), np.ones((5, 5))).astype(np.uint8)
    pixels = cv2.cvtColor(wall, cv2.COLOR_GRAY2RGB)
    shown = cv2.cvtColor(cv2.resize(drawn(seed), (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    pixels[250 : 250 + height, 300 : 300 + width] = shown
    return pixels


def inspect(pixels: np.ndarray | None, *kits: BrandKit) -> dict[str, Finding]:
    word = PrintedWord(text="sale", box=Box(left=20, top=20, right=150, bottom=50))  # keeps the OCR engine away
    pages = () if pixels is None else (Page(index=0, label="photo", pixels=pixels, words=(word,)),)
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=pages)
    brief = Brief(activity="in_store_display", questions=frozenset({"display"}), brand_kits=kits)
    found = list(Logo().inspect(ITEM, brief, Readings(evidence)))
    assert {finding.code for finding in found} == Logo().codes
    return {finding.code.removeprefix("logo."): finding for finding in found}


def test_an_honest_logo_is_whole_unstretched_and_in_its_colours() -> None:
    found = inspect(photo(1), kit(min_pixels=150, colours=("#19b79a",)))
    assert found["visible"].value >= 0.9
    assert found["stretch"].value == pytest.approx(1.0, abs=0.05)
    assert found["foreign_colour"].value == ""
    assert found["variant"].value == "current"
    assert found["pixels_of_minimum"].value == pytest.approx(1.85, abs=0.1)  # its content, without the white around it
    assert found["forbidden"].status is Status.NOT_APPLICABLE
    assert found["visible"].marks


def test_a_covered_logo_and_a_stretched_one_are_told() -> None:
    covered = photo(1)
    covered[250:450, 450:600] = 90
    assert inspect(covered, kit())["visible"].value < 0.7
    assert inspect(photo(1, width=420), kit())["stretch"].value == pytest.approx(1.4, abs=0.08)


def test_a_recoloured_logo_is_told() -> None:
    pixels = photo(1)
    hls = cv2.cvtColor(pixels, cv2.COLOR_RGB2HLS)
    hls[..., 0] = (hls[..., 0] + 80) % 180
    found = inspect(cv2.cvtColor(hls, cv2.COLOR_HLS2RGB), kit(colours=("#19b79a", "#10204f")))
    assert str(found["foreign_colour"].value).startswith("#")


def test_a_badge_and_a_barred_logo_are_told_apart_from_the_brands_own() -> None:
    variants = kit(picture(1), picture(2, variant="badge"), picture(3, role="forbidden"))
    own, badge, barred = (inspect(photo(seed), variants) for seed in (1, 2, 3))
    assert (own["variant"].value, own["forbidden"].value) == ("current", False)
    assert (badge["variant"].value, badge["forbidden"].value) == ("badge", False)
    assert barred["forbidden"].value is True
    assert barred["variant"].status is Status.NOT_APPLICABLE


def test_without_a_logo_that_was_matched_nothing_is_measured() -> None:
    found = inspect(photo(7), kit(min_pixels=100))
    assert {found[name].status for name in ("visible", "stretch", "variant", "pixels_of_minimum")} == {
        Status.NOT_APPLICABLE
    }
    assert {finding.status for finding in inspect(None, kit()).values()} == {Status.UNDETERMINED}


def test_it_asks_nothing_of_photos_without_a_kit_or_the_question() -> None:
    brief = Brief(activity="in_store_display", questions=frozenset({"display"}), brand_kits=(kit(competitor=True),))
    assert not Logo().applies(ITEM, brief)
    assert not Logo().applies(ITEM, Brief(activity="webinar", brand_kits=(kit(),)))
