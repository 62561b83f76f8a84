import cv2
import numpy as np
import pytest

from verifier.casefile import Box, BrandKit, Page, Picture, PrintedWord
from verifier.errors import InputError
from verifier.instruments import brands, text
from verifier.instruments.text import Line


def logo(size: int = 140) -> np.ndarray:
    """Black on white: letters and a ring, like a flat logo file."""
    picture = np.full((size, 2 * size), 255, np.uint8)
    cv2.circle(picture, (size // 2, size // 2), size // 3, 0, 9)
    cv2.putText(picture, "Zk7", (size - 15, size - 40), cv2.FONT_HERSHEY_DUPLEX, 2.6, 0, 8, cv2.LINE_AA)
    cv2.rectangle(picture, (30, 60), (80, 80), 0, -1)
    return picture


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def kit(data: bytes, role: str = "logo", **more: object) -> BrandKit:
    return BrandKit(id="zk", names=("Zk7 Lamps",), pictures=(Picture(name="a.png", role=role, data=data),), **more)


def page_with(picture: np.ndarray, box: tuple[int, int, int, int], size: tuple[int, int] = (900, 700)) -> Page:
    grey = np.full((size[1], size[0]), 255 if picture[0, 0] > 127 else 0, np.uint8)
    left, top, right, bottom = box
    grey[top:bottom, left:right] = cv2.resize(picture, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return Page(index=0, label="photo", pixels=cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB))


def best(page: Page, of: BrandKit) -> brands.Sighting | None:
    return next(iter(brands.pictures_seen(brands.view(page), of)), None)


@pytest.mark.parametrize("negative", [False, True])
def test_a_flat_logo_is_found_in_both_tones(negative: bool) -> None:
    drawn = 255 - logo() if negative else logo()
    seen = best(page_with(drawn, (300, 200, 580, 340)), kit(png(logo())))
    assert seen is not None
    assert seen.strength >= 8
    assert seen.because == f"logo, {seen.strength:.0f} points agree"


def test_the_outline_leaves_out_the_plain_ground_of_the_logo_file() -> None:
    roomy = cv2.copyMakeBorder(logo(), 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=255)
    seen = best(page_with(logo(), (300, 200, 580, 340)), kit(png(roomy)))
    assert seen is not None
    xs, ys = zip(*seen.outline, strict=True)
    assert 280 < min(xs) < 340
    assert 560 < max(xs) < 600
    assert min(ys) > 190
    assert max(ys) < 350


def test_outlines_on_a_large_page_are_in_its_own_pixels() -> None:
    page = page_with(logo(), (2000, 1500, 2800, 1900), size=(3200, 2400))
    seen = best(page, kit(png(logo())))
    assert seen is not None
    middle = np.array(seen.outline).mean(axis=0)
    assert np.abs(middle - (2400, 1700)).max() < 60


def test_a_white_logo_on_nothing_is_described_as_well_as_a_black_one() -> None:
    ink = 255 - logo()
    white = np.dstack([np.full((*ink.shape, 3), 255, np.uint8), ink])
    seen = best(page_with(logo(), (300, 200, 580, 340)), kit(png(white)))
    assert seen is not None
    assert seen.strength >= 8


def carton(seed: int = 3) -> np.ndarray:
    """Black print on white, as tall as a milk carton, at 200 pixels: marks of many sizes, the finest a pixel or two."""
    rng = np.random.default_rng(seed)
    drawn = np.full((800, 360), 255, np.uint8)
    for _ in range(90):
        x, y, w, h = (int(n) for n in rng.integers((15, 30, 6, 6), (300, 740, 60, 40)))
        cv2.rectangle(drawn, (x, y), (x + w, y + h), int(rng.integers(0, 200)), -1 if w % 2 else 3)
    return drawn


def test_the_fine_print_of_a_small_catalogue_picture_is_matched() -> None:
    sharp = page_with(carton(), (300, 40, 570, 640))
    small = cv2.resize(carton(), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    as_pack, as_sample = best(sharp, kit(png(small), "pack")), best(sharp, kit(png(small), "sample"))
    assert as_pack is not None
    assert as_pack.strength >= 14
    assert as_pack.strength >= (as_sample.strength if as_sample else 0)


def test_a_pack_is_found_where_it_is_turned() -> None:
    page = page_with(carton(), (300, 40, 405, 640))  # .39 times as wide as it is seen from the front: 67 degrees
    small = cv2.resize(carton(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    as_pack, as_sample = best(page, kit(png(small), "pack")), best(page, kit(png(small), "sample"))
    assert as_pack is not None
    assert as_pack.strength >= 8
    assert as_pack.strength > (as_sample.strength if as_sample else 0)
    xs = [x for x, _ in as_pack.frame]
    assert min(xs) == pytest.approx(300, abs=15)
    assert max(xs) == pytest.approx(405, abs=15)


def test_an_empty_page_and_a_kit_without_pictures_give_nothing() -> None:
    empty = Page(index=0, label="photo", pixels=np.full((300, 400, 3), 120, np.uint8))
    assert brands.pictures_seen(brands.view(empty), kit(png(logo()))) == ()
    assert best(page_with(logo(), (300, 200, 580, 340)), BrandKit(id="b", names=("b",))) is None


def test_a_picture_that_cannot_be_decoded_is_named() -> None:
    with pytest.raises(InputError, match=r"a\.png"):
        best(page_with(logo(), (300, 200, 580, 340)), kit(b"not a picture"))


def test_a_name_read_is_outlined_by_its_box() -> None:
    words = (
        PrintedWord(text="Zk7", box=Box(left=10, top=10, right=50, bottom=30)),
        PrintedWord(text="Lamps", box=Box(left=55, top=10, right=120, bottom=30)),
    )
    page = Page(index=0, label="page 1", pixels=np.zeros((100, 200, 3), np.uint8), words=words)
    (seen,) = brands.names_seen(text.read(page), kit(png(logo())))
    assert seen.because == "name read: Zk7 Lamps"
    assert seen.outline == ((10, 10), (120, 10), (120, 30), (10, 30))


def test_text_read_sideways_lies_where_it_stands_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark in the corner of the turned page must come back to where it was on the page itself."""
    pixels = np.zeros((400, 300, 3), np.uint8)
    pixels[250:390, 20:60] = 255  # a word that runs up the page

    def reader(page: Page) -> tuple[Line, ...]:
        ys, xs = np.nonzero(page.pixels[..., 0])
        assert xs.max() - xs.min() > ys.max() - ys.min()  # turned upright for the reader
        box = Box(left=xs.min(), top=ys.min(), right=xs.max() + 1, bottom=ys.max() + 1)
        return (Line(text="Zk7 Lamps", box=box, confidence=1.0),)

    monkeypatch.setattr(text, "read", reader)
    (line,) = brands.sideways(Page(index=0, label="photo", pixels=pixels))
    assert line.box == Box(left=20, top=250, right=60, bottom=390)


@pytest.mark.parametrize("times", [1, 10])
def test_text_read_sideways_on_a_large_photo_lies_there_too(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    pixels = np.zeros((400 * times, 300 * times, 3), np.uint8)
    pixels[250 * times : 390 * times, 20 * times : 60 * times] = 255

    def reader(page: Page) -> tuple[Line, ...]:
        assert max(page.width, page.height) <= 1000  # it is the second reading: no more than is needed
        ys, xs = np.nonzero(page.pixels[..., 0] > 127)
        box = Box(left=xs.min(), top=ys.min(), right=xs.max() + 1, bottom=ys.max() + 1)
        return (Line(text="Zk7 Lamps", box=box, confidence=1.0),)

    monkeypatch.setattr(text, "read", reader)
    (line,) = brands.sideways(Page(index=0, label="photo", pixels=pixels))
    edges = (line.box.left, line.box.top, line.box.right, line.box.bottom)
    assert edges == pytest.approx((20 * times, 250 * times, 60 * times, 390 * times), abs=2 * times)
