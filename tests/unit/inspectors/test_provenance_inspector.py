"""Provenance repeats what programs wrote into the file, and abstains where they wrote nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Status, Table
from verifier.inspectors.provenance import Provenance
from verifier.instruments.readings import Readings

BRIEF = Brief(activity="in_store_display")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="%s"/></rdf:RDF></x:xmpmeta>'
)


def inspect(raw: bytes, name: str = "photo.jpg", trailing: int = 0) -> dict[str, Finding]:
    item = Item(id="c/r1/1", name=name, kind=Kind.IMAGE, media_type="image/x", digest="", size=len(raw))
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/x", raw=raw, trailing_bytes=trailing)
    findings = list(Provenance().inspect(item, BRIEF, Readings(evidence)))
    assert {finding.code for finding in findings} == Provenance().codes
    return {finding.code.removeprefix("provenance."): finding for finding in findings}


def png(width: int, height: int, **texts: str) -> bytes:
    info, file = PngInfo(), io.BytesIO()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    Image.new("RGB", (width, height), "white").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def jpeg(creator: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", xmp=XMP % creator)
    return file.getvalue()


def test_a_camera_file_is_no_screenshot_and_names_no_editor(make_photo: Callable[..., bytes]) -> None:
    found = inspect(make_photo(make="Fenwald", model="Kestra 7", software="KST7-14.2"))
    assert (found["screenshot"].status, found["screenshot"].value) == (Status.MEASURED, False)
    assert found["editor"].value == "none"
    assert found["ai_marker"].value == "none"
    assert found["credentials"].status is Status.ABSENT
    assert found["trailing_bytes"].value == 0
    assert found["messenger"].value == "none"


def test_a_pixel_editor_is_named_with_the_field_that_names_it(make_photo: Callable[..., bytes]) -> None:
    for raw, field in (
        (make_photo(software="GIMP 2.10.32"), "EXIF Software"),
        (jpeg(b"GIMP 2.10.32"), "XMP CreatorTool"),
    ):
        editor = inspect(raw)["editor"]
        assert editor.value == "GIMP 2.10.32"
        (table,) = editor.marks
        assert isinstance(table, Table)
        assert table.rows[table.highlighted[0]][0] == field


def test_an_organiser_is_no_editor() -> None:
    assert inspect(jpeg(b"Adobe Photoshop Lightroom Classic 13.0"))["editor"].value == "none"


def test_a_file_that_names_no_program_gives_no_editor_and_no_acquittal() -> None:
    assert inspect(png(64, 48))["editor"].status is Status.ABSENT


def test_a_generators_mark_is_quoted() -> None:
    found = inspect(png(64, 48, parameters="a lamp display\nSteps: 20, Sampler: Euler a"))["ai_marker"]
    assert found.value == "generated"
    assert "Stable Diffusion" in found.note
    assert isinstance(found.marks[0], Table)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (png(1170, 2532), "IMG_0042.PNG"),
        (png(1440, 900), "report.png"),
        (png(700, 500), "Screenshot 2026-05-13.png"),
        (png(700, 500, Software="gnome-screenshot"), "report.png"),
    ],
)
def test_a_screenshot_is_known_by_size_name_or_program(raw: bytes, name: str) -> None:
    assert inspect(raw, name)["screenshot"].value is True


def test_a_stated_screenshot_is_surer_than_one_of_a_monitors_size() -> None:
    stated, sized = inspect(png(700, 500), "Screenshot.png")["screenshot"], inspect(png(1440, 900))["screenshot"]
    assert (stated.confidence or 0) > (sized.confidence or 1)


def test_a_picture_that_shows_neither_camera_nor_screen_is_undetermined(
    make_scene: Callable[..., object], encode: Callable[..., bytes]
) -> None:
    assert inspect(encode(make_scene(64, 48)))["screenshot"].status is Status.UNDETERMINED
    assert inspect(png(700, 500))["screenshot"].status is Status.UNDETERMINED


def test_an_appended_archive_is_counted_and_named() -> None:
    found = inspect(jpeg(b"") + b"PK\x03\x04hidden", trailing=10)["trailing_bytes"]
    assert found.value == 10
    assert "ZIP" in found.note


def test_a_messenger_is_named() -> None:
    assert inspect(jpeg(b""), "IMG-20260513-WA0003.jpg")["messenger"].value == "WhatsApp"


def test_a_signature_that_cannot_be_read_is_undetermined() -> None:
    raw = jpeg(b"")
    broken = raw[:2] + b"\xff\xeb\x00\x0ec2pa-broken:" + raw[2:]
    assert inspect(broken)["credentials"].status is Status.UNDETERMINED


def test_it_applies_to_pictures_alone() -> None:
    for kind in Kind:
        item = Item(id="c/r1/1", name="x", kind=kind, media_type="", digest="", size=0)
        assert Provenance().applies(item, BRIEF) is (kind is Kind.IMAGE)
