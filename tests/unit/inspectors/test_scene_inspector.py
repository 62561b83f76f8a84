from typing import Any

import cv2
import numpy as np
import pytest

from verifier.casefile import Box, Brief, Evidence, Finding, Item, Kind, Page, PrintedWord, Region, Status, Venue
from verifier.inspectors.scene import Scene
from verifier.instruments.readings import Readings
from verifier.settings import MODELS

SCENE = Scene(model=MODELS / "scene", faces=MODELS / "faces")
PHOTO = Item(id="C/r1/1", name="p.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1)


def brief(**more: Any) -> Brief:
    return Brief(activity="in_store_display", questions=frozenset({"display"}), **more)


def page(*words: str, drawn: bool = False) -> Page:
    """Small blotches, or a red disc on white; a printed word keeps the OCR engine away."""
    random = np.random.default_rng(1)
    pixels = cv2.resize(
        random.uniform(0, 255, (60, 80, 3)).astype(np.float32), (640, 480), interpolation=cv2.INTER_CUBIC
    )
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    if drawn:
        pixels = np.full((480, 640, 3), 255, np.uint8)
        cv2.circle(pixels, (320, 240), 130, (210, 20, 30), -1)
    printed = tuple(
        PrintedWord(text=word, box=Box(left=20 + 150 * n, top=20, right=150 + 150 * n, bottom=50))
        for n, word in enumerate(words or ("open",))
    )
    return Page(index=0, label="photo", pixels=pixels, words=printed)


def found(shown: Page | None, asked: Brief | None = None) -> dict[str, Finding]:
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=(shown,) if shown else ())
    with Readings(evidence) as readings:
        findings = list(SCENE.inspect(PHOTO, asked or brief(), readings))
    assert {finding.code for finding in findings} == SCENE.codes
    return {finding.code: finding for finding in findings}


def test_what_cannot_be_told_says_what_is_likeliest() -> None:
    kind = found(page())["scene.kind"]
    assert kind.status is Status.UNDETERMINED
    assert "%" in kind.note
    assert "a person has to look" in kind.note


def test_a_disc_on_white_is_drawn() -> None:
    assert found(page(drawn=True))["scene.drawn"].value > found(page())["scene.drawn"].value
    assert found(page(drawn=True))["scene.drawn"].value > 0.9


def test_where_the_scene_is_not_told_its_setting_may_be() -> None:
    assert found(page(drawn=True))["scene.setting"].value == "drawn"
    unsure = found(page())["scene.setting"]
    assert unsure.status is Status.UNDETERMINED
    assert "a person has to look" in unsure.note


def test_prices_are_counted_and_can_be_pointed_at() -> None:
    tags = found(page("12,95", "kr", "milk"))["scene.price_tags"]
    assert tags.value == 1
    assert isinstance(tags.marks[0], Region)
    assert found(page("milk"))["scene.price_tags"].value == 0


@pytest.mark.parametrize(("words", "read"), [(("Elektro", "Holsten"), "Elektro Holsten"), (("Elektro",), "")])
def test_the_name_of_the_store_is_read_whole_or_not_at_all(words: tuple[str, ...], read: str) -> None:
    asked = brief(venue=Venue(name="Elektro Holsten, Lübeck"))
    assert found(page(*words), asked)["scene.venue_read"].value == read


def test_a_claim_without_a_store_asks_for_no_sign() -> None:
    assert found(page())["scene.venue_read"].status is Status.NOT_APPLICABLE


def test_nobody_is_counted_where_nobody_is() -> None:
    assert found(page())["scene.people"].value == 0


def test_without_a_page_nothing_is_told() -> None:
    assert {finding.status for finding in found(None).values()} == {Status.UNDETERMINED}


def test_only_pictures_of_displays_are_asked() -> None:
    assert SCENE.applies(PHOTO, brief())
    assert not SCENE.applies(PHOTO, Brief(activity="webinar"))
