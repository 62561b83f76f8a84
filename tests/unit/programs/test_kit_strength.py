"""How strong a kit is: by what it holds that can be used, in the figures that were measured."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.casefile import BrandKit, Picture
from verifier.errors import ModelError
from verifier.programs.kit_strength import Level, Recall, is_wordmark, level_of, load_recall, rate
from verifier.settings import MODELS

RECALL = {
    level: Recall(k=k, n=100, low=k / 100 - 0.05, high=k / 100 + 0.05)
    for level, k in zip(Level, (40, 45, 50, 60, 70, 90), strict=True)
}


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def emblem(side: int = 200) -> bytes:
    random = np.random.default_rng(3)
    pixels = np.full((side, side, 3), 255, np.uint8)
    for _ in range(40):
        x, y = (int(value) for value in random.integers(5, side - 20, 2))
        colour = tuple(int(value) for value in random.integers(0, 200, 3))
        cv2.rectangle(pixels, (x, y), (x + 14, y + int(random.integers(3, 14))), colour, -1)
    return png(pixels)


def word(text: str = "NORDLICHT", beside: int = 0) -> bytes:
    pixels = np.full((120, 560 + beside, 3), 255, np.uint8)
    cv2.putText(pixels, text, (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (0, 0, 0), 6, cv2.LINE_AA)
    if beside:
        cv2.rectangle(pixels, (590, 10), (530 + beside, 110), (200, 60, 0), -1)
    return png(pixels)


def kit(*pictures: tuple[str, bytes], names: tuple[str, ...] = ("Nordlicht",), **facts: object) -> BrandKit:
    held = tuple(Picture(name=f"{n}.png", role=role, data=data) for n, (role, data) in enumerate(pictures))
    return BrandKit(id="n", names=names, pictures=held, **facts)


@pytest.mark.parametrize(
    ("pictures", "level"),
    [
        ((), Level.NAME),
        ((("logo", emblem()),), Level.FIGURE),
        ((("logo", emblem()), ("sample", emblem())), Level.SAMPLE),
        ((("logo", emblem()), ("sample", emblem()), ("sample", emblem())), Level.SAMPLES),
        ((("pack", emblem()), ("logo", emblem())), Level.PACKS),
        ((("retired", emblem()),), Level.NAME),
    ],
)
def test_a_kit_is_as_strong_as_the_best_that_it_holds(pictures: tuple[tuple[str, bytes], ...], level: Level) -> None:
    assert rate(kit(*pictures), RECALL).level is level


def test_a_word_mark_is_told_from_a_word_beside_an_emblem() -> None:
    assert is_wordmark(Picture(name="a.png", role="logo", data=word()), ("Nordlicht",))
    assert not is_wordmark(Picture(name="a.png", role="logo", data=word(beside=700)), ("Nordlicht",))
    assert not is_wordmark(Picture(name="a.png", role="logo", data=emblem()), ("Nordlicht",))
    assert level_of(kit(("logo", word()))) is Level.WORDMARK


def test_the_figure_and_what_would_help_are_told() -> None:
    weak = rate(kit(("logo", emblem())), RECALL)
    assert "50%" in weak.expect
    assert "50 of 100" in weak.expect
    assert any("two crops" in line and "70%" in line for line in weak.advice)
    strong = rate(kit(("pack", emblem()), colours=("#19b79a",)), RECALL)
    assert strong.advice == ()
    assert "add the name" in rate(kit(("logo", emblem()), names=()), RECALL).advice[0]


def test_pictures_that_cannot_help_are_named_and_do_not_count() -> None:
    plain = np.full((200, 200, 3), 255, np.uint8)
    plain[:, :100] = 0
    rated = rate(kit(("sample", png(plain)), ("sample", emblem(40))), RECALL)
    assert rated.level is Level.NAME
    assert ["too plain" in rated.pictures[0].remedy, "too small" in rated.pictures[1].remedy] == [True, True]


def test_the_shipped_figures_are_those_of_every_level() -> None:
    figures = load_recall(MODELS / "brand_presence")
    assert set(figures) == set(Level)
    assert all(0 < recall.low <= recall.share <= recall.high <= 1 for recall in figures.values())


def test_what_was_not_measured_with_the_weights_in_use_is_not_quoted(tmp_path: Path) -> None:
    weak = rate(kit(("logo", emblem())), load_recall(tmp_path))
    assert weak.recall is None
    assert "not measured with the embedding in use" in weak.expect
    assert any("two crops" in line for line in weak.advice)
    assert not any("%" in line for line in (weak.expect, *weak.advice))


def test_figures_that_are_broken_or_short_are_a_model_error(tmp_path: Path) -> None:
    for text in ("{", json.dumps({"levels": {"name": {"k": 1}}})):
        (tmp_path / "recall.json").write_text(text)
        with pytest.raises(ModelError):
            load_recall(tmp_path)
