import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from verifier.casefile import Page
from verifier.errors import ModelError
from verifier.instruments import drawn, moire, scenes
from verifier.settings import MODELS

FOLDER = MODELS / "scene"


def page(pixels: np.ndarray) -> Page:
    return Page(index=0, label="photo", pixels=np.ascontiguousarray(pixels.astype(np.uint8)))


def grain(height: int = 400, width: int = 600, seed: int = 0) -> np.ndarray:
    """Soft blotches with a camera's noise."""
    random = np.random.default_rng(seed)
    soft = cv2.resize(
        random.uniform(30, 220, (9, 12, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.clip(soft + random.normal(0, 4, (height, width, 3)), 0, 255)


def window() -> np.ndarray:
    """A page of a program: a bar, boxes and lines of small text."""
    canvas = np.full((800, 1280, 3), 255, np.uint8)
    cv2.rectangle(canvas, (0, 0), (1280, 60), (30, 60, 120), -1)
    for row in range(18):
        place = (200, 120 + 36 * row)
        cv2.putText(canvas, "Report of the week 1,234 opened", place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 40), 1)
    return canvas


def flatness(scene: scenes.Told) -> float:
    return sum(likely for name, likely in scene.ranking if name in scenes.FLAT)


def test_a_page_of_a_program_is_a_screen_before_all_else() -> None:
    told = scenes.tell(page(window()), FOLDER)
    assert told.scene == "screen"
    assert flatness(told) > 0.9


def test_shelves_and_close_ups_are_goods_and_artwork_and_screens_are_drawn() -> None:
    names = list(scenes.groups(FOLDER))
    found = np.full(len(names), 0.02)
    found[[names.index("shelf"), names.index("product_closeup")]] = 0.4
    assert scenes.likeliest_setting(found, names) == ("goods", pytest.approx(0.8))
    found[[names.index("artwork"), names.index("screen")]] = 0.45
    assert scenes.likeliest_setting(found, names) == ("drawn", pytest.approx(0.9))


def test_what_tells_a_screen_from_artwork_leaves_their_sum_as_it_is() -> None:
    card = scenes.scorecard(FOLDER)
    names = list(card.biases)
    random = np.random.default_rng(2)
    shares, flat = np.log(random.uniform(0.03, 0.4, (9, 3, len(names)))), random.uniform(0, 1, (9, 7))
    turned = replace(card, contrast=tuple(-weight for weight in card.contrast))
    one, other = card.probabilities(shares, flat), turned.probabilities(shares, flat)
    pair = [names.index(scene) for scene in scenes.FLAT]
    assert np.allclose(one[:, pair], other[:, pair[::-1]])
    assert np.allclose(one.sum(axis=1), 1)


def test_a_mark_on_a_plain_ground_is_drawn_and_blotches_with_grain_are_not() -> None:
    logo = np.full((400, 600, 3), 255, np.uint8)
    cv2.circle(logo, (300, 200), 120, (200, 30, 40), -1)
    assert flatness(scenes.tell(page(logo), FOLDER)) > 0.9
    assert flatness(scenes.tell(page(grain()), FOLDER)) < 0.9


def test_the_same_pixels_give_the_same_probabilities_and_they_add_up_to_one() -> None:
    first, second = (scenes.tell(page(grain(seed=3)), FOLDER) for _ in range(2))
    assert first == second
    assert sum(likely for _, likely in first.ranking) == pytest.approx(1)
    assert first.scene == first.ranking[0][0]


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 2)])
def test_any_size_is_looked_at(size: tuple[int, int]) -> None:
    assert scenes.tell(page(grain(*size)), FOLDER).ranking


def test_every_output_belongs_to_a_scene() -> None:
    members = scenes.groups(FOLDER)
    assert {number for numbers in members.values() for number in numbers} == set(range(1000))
    assert not set(members["other"]) & set(members["shelf"])


@pytest.mark.parametrize("text", ["{}", "no JSON", json.dumps({"biases": {}, "views": [], "flat": {}, "tell": 1})])
def test_a_scorecard_that_is_not_what_it_must_be_is_refused(tmp_path, text: str) -> None:
    folder = tmp_path / "scene"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "scorecard.json").write_text(text)
    with pytest.raises(ModelError):
        scenes.scorecard(folder)


def test_flat_pictures_measure_higher_than_grain_in_all_but_small_print() -> None:
    plain, photo = drawn.measure(page(np.full((300, 300, 3), 255))), drawn.measure(page(grain()))
    assert plain.shape == (len(drawn.MEASURES),)
    assert (plain[:-1] > photo[:-1]).all()
    assert drawn.measure(page(window()))[-1] > photo[-1]


def test_a_pattern_of_picture_elements_is_moire_and_grain_is_not() -> None:
    photo = grain(900, 1200)
    down, across = np.mgrid[0:900, 0:1200]
    beat = 1 + 0.06 * np.sin(2 * np.pi / 4.7 * (np.cos(0.4) * across + np.sin(0.4) * down))
    assert (moire.strength(page(photo)) or 0) < moire.RECAPTURED
    assert (moire.strength(page(np.clip(photo * beat[..., None], 0, 255))) or 0) > moire.RECAPTURED


def test_upright_bars_as_on_shelves_and_facades_are_no_moire() -> None:
    photo = grain(900, 1200)
    photo[np.arange(900) % 60 < 20] *= 0.6
    photo[:, np.arange(1200) % 37 < 5] *= 0.7
    assert (moire.strength(page(photo)) or 0) < moire.RECAPTURED


def test_where_nothing_is_to_be_seen_moire_cannot_be_told() -> None:
    assert moire.strength(page(np.full((600, 600, 3), 128))) is None
    assert moire.strength(page(grain(40, 40))) is None
