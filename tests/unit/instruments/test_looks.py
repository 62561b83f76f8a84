import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.casefile import Box, BrandKit, Page, Picture
from verifier.errors import ModelError
from verifier.instruments import logo_map, network
from verifier.instruments.looks import LEAST, Looks, framed, load_looks
from verifier.settings import Settings

MODEL = Settings().models / "logo_embedding"


@pytest.fixture(scope="module")
def looks() -> Looks:
    return load_looks(MODEL)


def star(points: int, ground: int = 255, ink: int = 0) -> np.ndarray:
    """(160, 160, 3): a star in a ring, the more points the finer."""
    picture = np.full((160, 160, 3), ground, np.uint8)
    angles = np.arange(2 * points) * np.pi / points
    reach = np.where(np.arange(2 * points) % 2, 24, 60)
    outline = np.stack([80 + reach * np.cos(angles), 80 + reach * np.sin(angles)], 1)
    cv2.fillPoly(picture, [np.rint(outline).astype(np.int32)], (ink,) * 3, cv2.LINE_AA)
    cv2.circle(picture, (80, 80), 70, (ink,) * 3, 6, cv2.LINE_AA)
    return picture


def word(text: str) -> np.ndarray:
    """(160, 300, 3): a word in capitals."""
    picture = np.full((160, 300, 3), 255, np.uint8)
    cv2.putText(picture, text, (20, 100), cv2.FONT_HERSHEY_DUPLEX, 2.2, (0, 0, 0), 5, cv2.LINE_AA)
    return picture


def kit(pixels: np.ndarray, role: str = "logo") -> BrandKit:
    data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()
    return BrandKit(id="k", names=("K",), pictures=(Picture(name="k.png", role=role, data=data),))


def wall(*pasted: tuple[np.ndarray, int, int]) -> Page:
    """A mottled wall of 640 x 480 with pictures on it (pixels, left, top)."""
    coarse = np.random.default_rng(4).integers(90, 150, (24, 32, 3)).astype(np.uint8)
    pixels = cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)
    for picture, left, top in pasted:
        pixels[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return Page(index=0, label="photo", pixels=pixels)


def test_the_place_that_looks_like_the_logo_is_told_and_another_logo_is_not(looks: Looks) -> None:
    page = wall((star(5, 240, 30), 380, 240), (word("ZORB"), 40, 60))
    seen = looks.photo(page, [Box(left=55, top=110, right=300, bottom=190)])
    (ours,) = looks.seen(seen, kit(star(5)))
    assert ours.role == "logo_look"
    xs, ys = zip(*ours.outline, strict=True)
    assert abs((min(xs) + max(xs)) / 2 - 460) < 50
    assert abs((min(ys) + max(ys)) / 2 - 320) < 50
    others = [one.strength for text in ("MIVA", "KELT") for one in looks.seen(seen, kit(word(text)))]
    assert ours.strength > max(others, default=LEAST)


def test_a_negative_of_the_flat_logo_is_still_the_logo(looks: Looks) -> None:
    seen = looks.photo(wall((star(5, 20, 235), 380, 240)), [])
    plain = looks.photo(wall(), [])
    (there,) = looks.seen(seen, kit(star(5)))
    assert there.strength > max((one.strength for one in looks.seen(plain, kit(star(5)))), default=LEAST)


def test_samples_are_looked_for_by_their_own_name_and_packs_are_not(looks: Looks) -> None:
    seen = looks.photo(wall((star(5, 240, 30), 380, 240)), [])
    assert [one.role for one in looks.seen(seen, kit(star(5, 240, 30), role="sample"))] == ["sample_look"]
    assert looks.seen(seen, kit(star(5), role="pack")) == ()
    assert looks.seen(seen, BrandKit(id="k", names=("K",))) == ()


def test_the_same_photo_looks_the_same_again(looks: Looks) -> None:
    page = wall((star(6, 240, 30), 100, 100))
    first, second = (looks.photo(page, []) for _ in range(2))
    assert np.array_equal(first.boxes, second.boxes)
    assert np.array_equal(first.vectors, second.vectors)
    assert looks.seen(first, kit(star(6))) == load_looks(MODEL).seen(second, kit(star(6)))


def test_a_photo_of_many_pixels_looks_as_it_does_at_a_smaller_size(looks: Looks) -> None:
    page = wall((star(5, 240, 30), 380, 240))
    large = cv2.resize(page.pixels, None, fx=6, fy=6, interpolation=cv2.INTER_LINEAR)
    small, again = (looks.photo(one, []) for one in (page, Page(index=0, label="photo", pixels=large)))
    (plain,), (found,) = (looks.seen(seen, kit(star(5))) for seen in (small, again))
    assert found.strength == pytest.approx(plain.strength, abs=0.5)
    assert np.array(found.outline) == pytest.approx(6 * np.array(plain.outline), abs=60)
    windows = small.vectors[-10:] * again.vectors[-10:]  # the last places are the same shares of any page
    assert (windows.sum(axis=1) > 0.97).all()


@pytest.mark.parametrize("size", [(640, 480), (30, 400), (12, 12)])
def test_any_size_of_page_has_places_inside_it(looks: Looks, size: tuple[int, int]) -> None:
    page = Page(index=0, label="p", pixels=np.full((size[1], size[0], 3), 128, np.uint8))
    boxes = looks.photo(page, [Box(left=-5, top=-5, right=size[0] + 9, bottom=size[1] + 9)]).boxes
    assert len(boxes)
    assert (boxes >= 0).all()
    assert (boxes[:, 2] <= size[0]).all()


def test_a_frame_beyond_the_page_goes_on_as_its_edge() -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, -1] = 200
    frame = framed(pixels, np.array([50.0, 10.0, 60.0, 30.0]))
    assert frame.shape[0] >= 20
    assert (frame[:, -1] == 200).all()


def test_a_model_that_is_not_the_one_of_its_card_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "logo_embedding"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "cohort.npy").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"cohort.npy"):
        load_looks(folder)
    (folder / "card.yaml").write_text((MODEL / "card.yaml").read_text().split("tower:")[0] + "files: {}\n")
    with pytest.raises(ModelError):
        load_looks(folder)


def test_a_small_mark_on_the_seam_of_two_tiles_is_proposed_whole() -> None:
    pixels = np.full((768, 1024, 3), 225, np.uint8)
    pixels[360:408, 488:536] = cv2.resize(star(7, 255, 20), (48, 48), interpolation=cv2.INTER_AREA)
    page = Page(index=0, label="photo", pixels=pixels)
    boxes = logo_map.proposals(network.load(MODEL / "logo_ness.onnx"), page, [])
    low, high = np.maximum(boxes[:, :2], (488, 360)), np.minimum(boxes[:, 2:], (536, 408))
    common = np.maximum(high - low, 0).prod(axis=1)
    either = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + 48 * 48 - common
    assert (common / either).max() > 0.5


def test_of_places_that_say_the_same_the_surest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = np.array([(10, 10, 110, 110), (12, 12, 112, 112), (300, 200, 360, 260)], np.float64)
    sure = np.array([0.4, 0.9, 0.5])
    monkeypatch.setattr(logo_map, "_mapped", lambda *_: (boxes, sure))
    found = logo_map.proposals(network.load(MODEL / "logo_ness.onnx"), wall(), [])
    assert found[:2].tolist() == boxes[[1, 2]].tolist()
    assert len(found) == 2 + 10  # and the windows
    monkeypatch.setattr(logo_map, "_mapped", lambda *_: (boxes[:0], sure[:0]))
    assert len(logo_map.proposals(network.load(MODEL / "logo_ness.onnx"), wall(), [])) == 10
