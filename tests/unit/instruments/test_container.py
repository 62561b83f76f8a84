"""The walker finds EXIF, XMP and the rest wherever a format keeps them, and says what it could not read."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest

from verifier.instruments.container import State, walk

BLOCK = b"MM\0*\0\0\0\x08\0\0\0\0\0\0"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
MAGIC_TRAILER = b"\x01" + bytes(range(255, -1, -1))
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0" + XMP


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xd9"


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 7, 5, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND")


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def heic(exif: bytes, xmp: bytes, *, in_idat: bool = False) -> bytes:
    """The least HEIF file that holds an Exif and an XMP item."""
    items = box(b"infe", b"\2\0\0\0\0\1\0\0Exif\0") + box(b"infe", b"\2\0\0\0\0\2\0\0mime\0application/rdf+xml\0")
    payload = struct.pack(">I", 0) + exif, xmp

    def whole(start: int) -> bytes:
        method = b"\0\1" if in_idat else b"\0\0"
        first, second = (start, len(payload[0])), (start + len(payload[0]), len(payload[1]))
        locations = b"".join(
            struct.pack(">H", number) + method + struct.pack(">HHII", 0, 1, *place)
            for number, place in ((1, first), (2, second))
        )
        iloc = box(b"iloc", b"\1\0\0\0\x44\0\0\2" + locations)
        idat = box(b"idat", b"".join(payload)) if in_idat else b""
        meta = box(b"meta", b"\0\0\0\0" + box(b"iinf", b"\0\0\0\0\0\2" + items) + iloc + idat)
        return box(b"ftyp", b"heic\0\0\0\0heic") + meta

    head = whole(0)
    return head if in_idat else whole(len(head) + 8) + box(b"mdat", b"".join(payload))


CARRIERS = {
    "a JPEG": jpeg(segment(0xE1, b"Exif\0\0" + BLOCK), segment(0xE1, JPEG_XMP)),
    "a JPEG whose XMP comes first": jpeg(segment(0xE1, JPEG_XMP), segment(0xE1, b"Exif\0\0" + BLOCK)),
    "a PNG": png(chunk(b"eXIf", BLOCK), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
    "a WebP": riff((b"EXIF", BLOCK), (b"XMP ", XMP)),
    "a WebP with the JPEG prefix": riff((b"EXIF", b"Exif\0\0" + BLOCK), (b"XMP ", XMP)),
    "a HEIC": heic(BLOCK, XMP),
    "a HEIC that keeps them in idat": heic(BLOCK, XMP, in_idat=True),
}


@pytest.mark.parametrize("data", CARRIERS.values(), ids=CARRIERS)
def test_exif_and_xmp_are_found_in_every_container(data: bytes) -> None:
    found = walk(data)
    assert (found.exif.state, found.exif.data) == (State.PRESENT, BLOCK)
    assert (found.xmp.state, found.xmp.data) == (State.PRESENT, XMP)


@pytest.mark.parametrize(
    "data", [jpeg(), png(), riff(), b"", b"no picture at all"], ids=["jpeg", "png", "webp", "", "?"]
)
def test_a_file_that_carries_nothing_is_absent_and_not_unreadable(data: bytes) -> None:
    found = walk(data)
    assert (found.exif.state, found.xmp.state, found.damage) == (State.ABSENT, State.ABSENT, "")


@pytest.mark.parametrize("data", CARRIERS.values(), ids=CARRIERS)
def test_a_file_cut_off_before_its_metadata_is_unreadable_and_not_absent(data: bytes) -> None:
    cut = data[: data.index(BLOCK[:4]) + 2] if b"idat" not in data else data[:60]
    found = walk(cut)
    assert found.exif.state is State.UNREADABLE


def test_what_was_met_before_the_damage_is_kept() -> None:
    found = walk(jpeg(segment(0xE1, b"Exif\0\0" + BLOCK))[:-2] + b"\xff\xe2\xff\xff")
    assert found.exif.state is State.PRESENT
    assert found.xmp.state is State.UNREADABLE
    assert "longer than the file" in found.damage


def test_a_block_without_a_tiff_header_is_unreadable() -> None:
    assert walk(jpeg(segment(0xE1, b"Exif\0\0rubbish"))).exif.state is State.UNREADABLE


def test_a_tiff_file_is_its_own_block_and_holds_xmp_in_tag_700() -> None:
    entry = struct.pack("<HHHII", 1, 700, 1, len(XMP), 26)
    data = b"II*\0\x08\0\0\0" + entry + b"\0\0\0\0" + XMP
    found = walk(data)
    assert (found.exif.data, found.xmp.data) == (data, XMP)


def test_a_gif_keeps_xmp_in_an_application_extension() -> None:
    data = b"GIF89a\x02\0\x03\0\0\0\0\x21\xff\x0bXMP DataXMP" + XMP + MAGIC_TRAILER + b"\0;"
    found = walk(data)
    assert (found.xmp.data, found.size) == (XMP, (2, 3))


def test_png_texts_are_read_packed_and_plain() -> None:
    packed = b"Comment\0\0" + zlib.compress(b"hello")
    found = walk(
        png(chunk(b"tEXt", b"Software\0Sk\xe4rm"), chunk(b"zTXt", packed), chunk(b"iTXt", b"T\0\0\0\0\0\xc3\xa9"))
    )
    assert found.texts == (("Software", "Skärm"), ("Comment", "hello"), ("T", "é"))


def test_a_packed_text_that_explodes_is_cut() -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(20_000_000))
    (text,) = walk(png(chunk(b"zTXt", bomb))).texts
    assert len(text[1]) == 4 * 1024 * 1024


def test_a_damaged_text_does_not_cost_the_chunks_behind_it() -> None:
    found = walk(png(chunk(b"zTXt", b"Comment\0\0rubbish"), chunk(b"eXIf", BLOCK)))
    assert found.exif.state is State.PRESENT


def test_imagemagick_hides_exif_in_a_text_of_hexadecimal_digits() -> None:
    digits = ("\nexif\n      20\n" + (b"Exif\0\0" + BLOCK).hex()).encode()
    found = walk(png(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(digits))))
    assert found.exif.data == BLOCK


@pytest.mark.parametrize(
    "data",
    [
        jpeg(segment(0xEB, b"JP\0\1\0\0\0\1" + box(b"jumb", box(b"jumd", b"c2pa\0\x11\0\x10")))),
        png(chunk(b"caBX", b"jumb")),
        riff((b"C2PA", b"jumb")),
        box(b"ftyp", b"avif") + box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"manifest"),
    ],
    ids=["jpeg", "png", "webp", "avif"],
)
def test_a_store_of_content_credentials_is_noticed(data: bytes) -> None:
    assert walk(data).credentials


def test_jpeg_facts_beside_the_blocks() -> None:
    found = walk(
        jpeg(
            segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"),
            segment(0xE2, b"MPF\0MM"),
            segment(0xFE, b"made by hand\0"),
            segment(0xC0, struct.pack(">BHHB", 8, 480, 640, 3)),
        )
    )
    assert (found.jfif, found.several, found.comments, found.size) == (
        "1.02, 72 x 72 per inch",
        True,
        ("made by hand",),
        (640, 480),
    )


def test_the_colour_profile_is_named(make_scene: Callable[..., object], encode: Callable[..., bytes]) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form in ("JPEG", "WEBP"):
        assert "sRGB" in walk(encode(make_scene(16, 16), form, icc_profile=profile)).profile
