"""Provenance repeats what programs wrote into the file, and abstains where they wrote nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Status, Table, Timeline
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


HISTORY = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    b'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"><xmpMM:History><rdf:Seq>'
    b'<rdf:li stEvt:action="created" stEvt:softwareAgent="Adobe Lightroom 8.0" stEvt:when="2026-06-05T15:31:12+02:00"/>'
    b'<rdf:li stEvt:action="saved" stEvt:softwareAgent="Adobe Photoshop 27.1" stEvt:when="2026-06-20T09:02:00+02:00"/>'
    b'<rdf:li stEvt:action="saved" stEvt:softwareAgent="Adobe Photoshop 27.1" stEvt:when="yesterday"/>'
    b"</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def test_a_history_of_edits_is_a_timeline_and_a_table() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", xmp=HISTORY)
    found = inspect(file.getvalue())["history"]
    assert (found.value, found.note) == (3, "Adobe Lightroom 8.0, Adobe Photoshop 27.1")
    timeline, table = found.marks
    assert isinstance(timeline, Timeline)
    assert [span.label for span in timeline.spans] == ["created (Adobe Lightroom 8.0)", "saved (Adobe Photoshop 27.1)"]
    assert isinstance(table, Table)
    assert len(table.rows) == 3
    assert table.highlighted == (1, 2)


def test_no_history_is_absent(make_photo: Callable[..., bytes]) -> None:
    assert inspect(make_photo(make="Fenwald"))["history"].status is Status.ABSENT


def zipped(raw: bytes, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "hidden")
        archive.comment = comment
    return raw + file.getvalue()


@pytest.mark.parametrize(
    ("hide", "name"),
    [
        (lambda raw: zipped(raw), "a ZIP archive"),
        (lambda raw: zipped(raw + b"\0" * 40, b"a comment"), "a ZIP archive"),
        (lambda raw: raw + b"%PDF-1.4\n%%EOF", "a PDF"),
        (lambda raw: raw[:2] + b"\xff\xfe\x00\x10%PDF-1.4 hidden" + raw[2:], "a PDF"),
        (lambda raw: raw[:2] + b"\xff\xfe\x00\x1b<script>alert(1)</script>" + raw[2:], "an HTML page"),
        (lambda raw: raw + b"<?php system($_GET['c']); ?>", "a PHP program"),
    ],
)
def test_a_picture_that_is_something_else_too_is_named(
    make_photo: Callable[..., bytes], hide: Callable[[bytes], bytes], name: str
) -> None:
    raw = make_photo(make="Fenwald")
    hidden = hide(raw)
    trailing = len(hidden) - len(raw) if hidden.startswith(raw) else 0
    assert inspect(hidden, trailing=trailing)["polyglot"].value == name


def test_a_plain_picture_and_padding_behind_it_are_nothing_else(make_photo: Callable[..., bytes]) -> None:
    raw = make_photo(make="Fenwald")
    assert inspect(raw)["polyglot"].value == "none"
    assert inspect(raw + b"PK\x05\x06" + bytes(40), trailing=44)["polyglot"].value == "none"


@pytest.mark.parametrize(
    ("size", "fields", "value"),
    [
        ((1600, 1200), {}, "WhatsApp, Viber or Signal"),
        ((960, 1280), {}, "Telegram or WhatsApp"),
        ((1600, 1200), {"make": "Fenwald"}, "none"),
        ((1600, 1200), {"original": "2026:05:13 10:42:17"}, "none"),
        ((1700, 1200), {}, "none"),
    ],
)
def test_a_reduced_copy_is_told_by_its_size_where_no_camera_is_named(
    make_photo: Callable[..., bytes], size: tuple[int, int], fields: dict[str, str], value: str
) -> None:
    pixels = np.full((size[1], size[0], 3), 128, np.uint8)
    assert inspect(make_photo(pixels=pixels, **fields))["reduced_copy"].value == value


def test_a_screens_picture_is_no_reduced_copy() -> None:
    assert inspect(png(1280, 720))["reduced_copy"].value == "none"
