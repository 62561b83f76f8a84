"""Every picture format becomes one upright RGB page, and its size is judged before any pixel."""

from __future__ import annotations

import base64
import io
import struct
import time
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from verifier.casefile import Evidence, Item, Kind
from verifier.decode import Decoder
from verifier.errors import DamagedItem, EmptyItem, TooLarge

DECODER = Decoder(max_pixels=80_000_000, max_pages=5, max_rows=100)
WIDTH, HEIGHT = 96, 64
CORNERS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "white": (240, 240, 240)}

# The scene below as HEIC with a quarter turn both in `irot` and in EXIF; no encoder of HEVC is free to be shipped.
TURNED_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ADRpbG9jAAAAAERAAAIAAQAAAAABxQABAAAAAAAAAD4AAgAAAAACAwABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAA"
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbq"
    "SSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBw"
    "aXhpAAAAAAMICAgAAAAJaXJvdAMAAAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAGpt"
    "ZGF0AAAAOigBrxmA93yFN//3+Mf9fav+KYLtPheZ1H5WJ/r5+gDDn/6tox58jX7qSWNPtF+pmEcSE/chGnd3LnwAAAAGRXhpZgAA"
    "TU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA="
)


def scene() -> Image.Image:
    """Red and green above blue and white: every turn and mirroring can be told."""
    image = Image.new("RGB", (WIDTH, HEIGHT), CORNERS["white"])
    image.paste(CORNERS["red"], (0, 0, 48, 32))
    image.paste(CORNERS["green"], (48, 0, 96, 32))
    image.paste(CORNERS["blue"], (0, 32, 48, 64))
    return image


def encoded(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or scene()).save(out, form, **options)
    return out.getvalue()


def decode(data: bytes, media_type: str, decoder: Decoder = DECODER) -> Evidence:
    item = Item(id="c/r1/1", name="shop.jpg", kind=Kind.IMAGE, media_type=media_type, digest="", size=len(data))
    return decoder(item, data)


def corners(evidence: Evidence) -> list[str]:
    """The colours at the upper left, upper right, lower left and lower right."""
    (page,) = evidence.pages
    assert page.pixels.dtype == np.uint8
    places = [(5, 5), (5, page.width - 6), (page.height - 6, 5), (page.height - 6, page.width - 6)]
    seen = [page.pixels[place].astype(int) for place in places]
    return [min(CORNERS, key=lambda name: int(np.abs(pixel - CORNERS[name]).sum())) for pixel in seen]


FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/tiff": "TIFF",
    "image/gif": "GIF",
    "image/bmp": "BMP",
}


@pytest.mark.parametrize("media_type", FORMATS)
def test_every_format_is_read(media_type: str) -> None:
    evidence = decode(encoded(FORMATS[media_type]), media_type)
    assert evidence.pages[0].pixels.shape == (HEIGHT, WIDTH, 3)
    assert corners(evidence) == ["red", "green", "blue", "white"]
    assert (evidence.pages[0].label, evidence.trailing_bytes, evidence.frames) == ("photo", 0, 1)


def test_a_jpeg_has_the_very_pixels_that_pillow_reads() -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (70, 90, 3), np.uint8))
    for options in ({"quality": 60}, {"progressive": True}, {"subsampling": 0}):
        data = encoded("JPEG", noise, **options)
        assert np.array_equal(decode(data, "image/jpeg").pages[0].pixels, np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "image/tiff", "image/avif"])
def test_pictures_are_upright(media_type: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(FORMATS[media_type], exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    assert np.array_equal(decode(data, media_type).pages[0].pixels, expected)
    if orientation == 6:
        assert expected.shape == (WIDTH, HEIGHT, 3)


def test_a_heic_is_turned_once_although_box_and_exif_both_tell_to() -> None:
    evidence = decode(TURNED_HEIC, "image/heic")
    assert evidence.pages[0].pixels.shape == (WIDTH, HEIGHT, 3)
    assert corners(evidence) == ["blue", "red", "white", "green"]


def test_a_broken_exif_block_costs_the_orientation_and_not_the_picture() -> None:
    data = encoded("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff broken")
    assert corners(decode(data, "image/jpeg")) == ["red", "green", "blue", "white"]


# --- colours ---


def test_16_bits_are_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    pixels = decode(encoded("PNG", Image.fromarray(ramp)), "image/png").pages[0].pixels
    assert np.array_equal(pixels[:, :, 0], np.arange(256).reshape(16, 16))
    assert np.array_equal(pixels[:, :, 0], pixels[:, :, 2])


def test_floats_are_stretched() -> None:
    ramp = np.linspace(-1.0, 3.0, 64, dtype=np.float32).reshape(8, 8)
    pixels = decode(encoded("TIFF", Image.fromarray(ramp)), "image/tiff").pages[0].pixels
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_transparency_lies_over_white() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 20))
    for form in ("PNG", "WEBP"):
        pixels = decode(encoded(form, image, **({"lossless": True} if form == "WEBP" else {})), f"image/{form.lower()}")
        assert pixels.pages[0].pixels[5, 5].tolist() == [0, 0, 0]
        assert pixels.pages[0].pixels[5, 15].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "I;16", "CMYK"])
def test_all_colour_modes_become_rgb(mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    image = scene().convert("L").convert(mode) if mode == "I;16" else scene().convert(mode)
    page = decode(encoded(form, image), f"image/{form.lower()}").pages[0]
    assert page.pixels.shape == (HEIGHT, WIDTH, 3)
    if mode != "I;16":  # Pillow converts 8 bits to 16 without scaling: dark, and still RGB
        assert page.pixels[-5, -5].min() > 200


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    assert corners(decode(encoded("JPEG", scene().convert("CMYK")), "image/jpeg")) == ["red", "green", "blue", "white"]


def test_of_several_frames_the_first_is_read_and_all_are_counted() -> None:
    others = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("black", "yellow")]
    for media_type in ("image/gif", "image/tiff"):
        evidence = decode(encoded(FORMATS[media_type], save_all=True, append_images=others), media_type)
        assert evidence.frames == 3
        assert corners(evidence) == ["red", "green", "blue", "white"]


# --- trailing bytes ---


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"])
@pytest.mark.parametrize("tail", [b"<html><script>alert(1)</script></html>", b"PK\x03\x04" + bytes(300)])
def test_bytes_behind_the_end_are_counted(media_type: str, tail: bytes) -> None:
    evidence = decode(encoded(FORMATS[media_type]) + tail, media_type)
    assert evidence.trailing_bytes == len(tail)
    assert corners(evidence) == ["red", "green", "blue", "white"]


def test_an_end_marker_inside_a_segment_is_no_end() -> None:
    plain = encoded("JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", 40) + b"thumbnail\xff\xd8\xff\xd9".ljust(38, b"\0")
    assert decode(plain[:2] + segment + plain[2:], "image/jpeg").trailing_bytes == 0
    assert decode(plain[:2] + segment + plain[2:] + b"tail", "image/jpeg").trailing_bytes == 4


def test_a_progressive_jpeg_ends_behind_its_last_scan() -> None:
    assert decode(encoded("JPEG", progressive=True) + b"tail", "image/jpeg").trailing_bytes == 4


# --- what is too large, broken or empty ---


def a_png_bomb(side: int) -> bytes:
    """A black grey-scale PNG of side x side pixels, as small as deflate makes it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    body = b"".join([*(packer.compress(bytes(side + 1)) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_small_file_of_144_megapixels_is_refused_by_its_header_at_once() -> None:
    bomb = a_png_bomb(12_000)
    assert len(bomb) < 450_000
    began = time.process_time()
    with pytest.raises(TooLarge, match=r"shop\.jpg has more than 80 megapixels"):
        decode(bomb, "image/png")
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("media_type", FORMATS)
def test_every_format_is_held_to_the_limit(media_type: str) -> None:
    small = Decoder(max_pixels=WIDTH * HEIGHT - 1, max_pages=1, max_rows=1)
    with pytest.raises(TooLarge, match="smaller size"):
        decode(encoded(FORMATS[media_type]), media_type, small)


def test_a_gif_whose_frame_is_larger_than_its_screen_is_held_to_the_limit() -> None:
    data = bytearray(encoded("GIF"))
    frame = data.index(b",\0\0\0\0" + struct.pack("<HH", WIDTH, HEIGHT))
    data[frame + 5 : frame + 9] = struct.pack("<HH", 65_000, 65_000)
    with pytest.raises(TooLarge):
        decode(bytes(data), "image/gif")


def test_a_heic_is_held_to_the_limit() -> None:
    with pytest.raises(TooLarge):
        decode(TURNED_HEIC, "image/heic", Decoder(max_pixels=6000, max_pages=1, max_rows=1))


@pytest.mark.parametrize("media_type", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_damaged_and_says_what_to_do(media_type: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))
    data = encoded(FORMATS[media_type], noise)
    with pytest.raises(DamagedItem, match="shop") as caught:
        decode(data[: int(len(data) * share)], media_type)
    assert "send the original file again" in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert " at 0x" not in str(caught.value)


def test_a_jpeg_that_lacks_its_last_rows_is_damaged() -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (640, 96, 3), np.uint8))
    with pytest.raises(DamagedItem, match="breaks off before its last row"):
        decode(encoded("JPEG", noise)[:-2000], "image/jpeg")


def test_a_jpeg_whose_coded_data_become_unreadable_is_damaged_although_it_ends_well() -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (640, 96, 3), np.uint8))
    data = encoded("JPEG", noise)
    with pytest.raises(DamagedItem):
        decode(data[: len(data) // 2] + b"\xff\xc0\x00\x0b" + bytes(60) + b"\xff\xd9", "image/jpeg")


def test_no_bytes_at_all_are_empty() -> None:
    with pytest.raises(EmptyItem, match="shop"):
        decode(b"", "image/jpeg")


def test_the_same_bytes_give_the_same_pixels() -> None:
    data = encoded("JPEG", progressive=True)
    first, second = (decode(data, "image/jpeg").pages[0].pixels for _ in range(2))
    assert np.array_equal(first, second)


def test_broken_pictures_write_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(encoded("JPEG", Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))))
    data[900:1200] = bytes(300)
    for bad in (bytes(data), encoded("TIFF", compression="tiff_deflate")[:-60]):
        with suppress(DamagedItem):
            decode(bad, "image/jpeg" if bad[:2] == b"\xff\xd8" else "image/tiff")
    assert capfd.readouterr() == ("", "")
