"""Marks of generators, names and sizes of screens, what hangs behind a picture, and what a PDF says of itself."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from verifier.casefile import Evidence, Kind
from verifier.instruments import document_info, generators, screens, trailer
from verifier.instruments.container import State

Make = Callable[..., bytes]
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
    "{}/></rdf:RDF></x:xmpmeta>"
)
TYPE = 'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{}"'


def image(raw: bytes, trailing: int = 0) -> Evidence:
    return Evidence(kind=Kind.IMAGE, media_type="image/x", raw=raw, trailing_bytes=trailing)


def png(**texts: str) -> Evidence:
    info, file = PngInfo(), io.BytesIO()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    return image(file.getvalue())


def jpeg(description: str) -> Evidence:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", xmp=XMP.format(description).encode())
    return image(file.getvalue())


@pytest.mark.parametrize(
    ("evidence", "kind", "where"),
    [
        (png(parameters="a lamp\nSteps: 20, Sampler: Euler a"), "generated", "PNG text parameters"),
        (png(prompt='{"3": {"class_type": "KSampler"}}'), "generated", "PNG text prompt"),
        (png(invokeai_metadata="{}"), "generated", "PNG text invokeai_metadata"),
        (png(Software="NovelAI"), "generated", "PNG text Software"),
        (jpeg(TYPE.format("trainedAlgorithmicMedia")), "generated", "IPTC DigitalSourceType"),
        (jpeg(TYPE.format("compositeWithTrainedAlgorithmicMedia")), "edited", "IPTC DigitalSourceType"),
        (jpeg('photoshop:Credit="Edited with Google AI"'), "edited", "XMP Credit"),
        (jpeg('Iptc4xmpExt:AISystemUsed="some model"'), "generated", "XMP AISystemUsed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_generators_own_mark_is_found(evidence: Evidence, kind: str, where: str) -> None:
    (found,) = generators.read(evidence)
    assert (found.kind, found.where) == (kind, where)


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-be", "utf-16-le"])
def test_a_mark_in_the_user_comment_is_found_in_each_encoding(make_photo: Make, encoding: str) -> None:
    comment = b"UNICODE\0" + "lamp, Steps: 20, Sampler: Euler a".encode(encoding)
    (found,) = generators.read(image(make_photo(comment=comment)))
    assert found.where == "EXIF UserComment"


@pytest.mark.parametrize(
    "evidence",
    [
        png(prompt="Please sign here", parameters="width 3 m", Description="Sampler of our products"),
        png(Software="gnome-screenshot"),
        jpeg(TYPE.format("digitalCapture")),
        jpeg(TYPE.format("compositeCapture")),
        jpeg('photoshop:Credit="A. Photographer"'),
    ],
)
def test_common_words_are_no_marks(evidence: Evidence) -> None:
    assert generators.read(evidence) == ()


@pytest.mark.parametrize(
    "name",
    ["Screenshot_20260616-091204.png", "Screen Shot 2026-05-13 at 10.42.17.png", "Bildschirmfoto 2026-05-13.png"],
)
def test_systems_name_their_screenshots(name: str) -> None:
    assert screens.named_as_screenshot(name)


def test_sizes_of_screens_are_told_from_those_of_cameras() -> None:
    assert screens.is_handheld_size(1170, 2532)
    assert screens.is_handheld_size(2532, 1170)
    assert screens.is_desktop_size(1440, 900)
    for width, height in ((4032, 3024), (4000, 3000), (1200, 900), (1080, 1920)):
        assert not screens.is_handheld_size(width, height)
        assert not screens.is_desktop_size(width, height)


@pytest.mark.parametrize(
    ("name", "messenger"),
    [
        ("IMG-20260513-WA0001.jpg", "WhatsApp"),
        ("WhatsApp Image 2026-05-13 at 10.42.17.jpeg", "WhatsApp"),
        ("signal-2026-05-13-104217.jpg", "Signal"),
        ("photo_2026-05-13_10-42-17.jpg", "Telegram"),
        ("mmexport1715589737123.jpg", "WeChat"),
        ("IMG_20260513_104217.jpg", ""),
        ("photo.jpg", ""),
    ],
)
def test_messengers_are_known_by_the_names_that_they_give(name: str, messenger: str) -> None:
    assert screens.messenger(name, b"") == messenger


@pytest.mark.parametrize(
    ("tail", "count", "what"),
    [
        (b"\0" * 40, 0, "padding"),
        (b"data SEFHxxxxSEFT", 0, "Samsung"),
        (b"PK\x03\x04 a zip", 10, "ZIP"),
        (b"\n<html><script>", 15, "HTML"),
        (b"who knows", 9, "unknown kind"),
    ],
)
def test_what_phones_append_is_let_pass_and_the_rest_is_counted(tail: bytes, count: int, what: str) -> None:
    found = trailer.unexplained(image(b"\xff\xd8\xff\xd9" + tail, len(tail)))
    assert found[0] == count
    assert what in found[1]


def test_a_further_picture_is_let_pass_only_where_the_file_announces_it() -> None:
    tail = b"\xff\xd8\xff\xe0 second picture"
    announced = b"\xff\xd8\xff\xe2\x00\x08MPF\0MM\xff\xd9"
    assert trailer.unexplained(image(announced + tail, len(tail)))[0] == 0
    assert trailer.unexplained(image(b"\xff\xd8\xff\xd9" + tail, len(tail)))[0] == len(tail)


def test_the_video_of_a_motion_photo_is_let_pass_only_where_the_file_announces_it() -> None:
    tail = b"\0\0\0\x18ftypmp42 a video"
    for description, count in (('GCamera:MotionPhoto="1"', 0), ("", len(tail))):
        assert trailer.unexplained(image(jpeg(description).raw + tail, len(tail)))[0] == count


def test_leftovers_of_a_disk_block_are_let_pass_but_not_an_archive_of_that_size() -> None:
    for tail, count in ((b"left" * 1023, 0), (b"PK\x03\x04" * 1023, 4092)):
        assert trailer.unexplained(image(b"\xff\xd8\xff\xd9" + tail, len(tail)))[0] == count


def test_nothing_behind_the_end_is_zero_and_silent() -> None:
    assert trailer.unexplained(image(b"\xff\xd8\xff\xd9")) == (0, "")


def test_a_pdf_says_what_made_it_and_when() -> None:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setCreator("a spreadsheet")
    canvas.setProducer("a printer")
    canvas.drawString(100, 100, "12,400")
    canvas.save()
    found = document_info.read(Evidence(kind=Kind.DOCUMENT, media_type="application/pdf", raw=file.getvalue()))
    assert (found.creator, found.producer) == ("a spreadsheet", "a printer")
    assert found.created[:2] == "20"


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("D:20260517140322+02'00'", "2026-05-17T14:03:22+02:00"),
        ("D:20260517140322Z", "2026-05-17T14:03:22+00:00"),
        ("D:20260517", "2026-05-17T00:00:00"),
        ("17 May", ""),
    ],
)
def test_pdf_dates_become_iso_dates(stated: str, iso: str) -> None:
    assert document_info.iso_of(stated) == iso


def test_what_is_no_pdf_says_nothing() -> None:
    found = document_info.read(Evidence(kind=Kind.DOCUMENT, media_type="application/pdf", raw=b"%PDF-1.7 cut off"))
    assert (found.state, found.creator, found.created) == (State.UNREADABLE, "", "")
