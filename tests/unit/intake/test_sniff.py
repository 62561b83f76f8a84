"""Content decides what a file is; its name is never asked."""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from verifier.casefile import Kind
from verifier.errors import DamagedItem, EmptyItem, ProtectedItem, UnsupportedType
from verifier.intake import sniff


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(out, form)
    return out.getvalue()


def a_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(50, 50, "report")
    canvas.save()
    return out.getvalue()


def a_workbook() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["name", "company"])
    book.save(out)
    return out.getvalue()


def package(*members: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for member in members:
            archive.writestr(member, "<x/>")
    return out.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + stream.encode("utf-16-le") + bytes(1000)


def a_wave() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(100))
    return out.getvalue()


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + bytes(64)


def an_mp3() -> bytes:
    frame = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s at 44.1 kHz: 417 bytes
    return frame * 3


MESSAGE = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\nMIME-Version: 1.0\r\n\r\nText\r\n"
ODP = "application/vnd.oasis.opendocument.presentation"
ODT = "application/vnd.oasis.opendocument.text"

READ: dict[str, tuple[Callable[[], bytes], Kind, str]] = {
    "JPEG": (lambda: picture("JPEG"), Kind.IMAGE, "image/jpeg"),
    "PNG": (lambda: picture("PNG"), Kind.IMAGE, "image/png"),
    "WebP": (lambda: picture("WEBP"), Kind.IMAGE, "image/webp"),
    "GIF": (lambda: picture("GIF"), Kind.IMAGE, "image/gif"),
    "TIFF": (lambda: picture("TIFF"), Kind.IMAGE, "image/tiff"),
    "BMP": (lambda: picture("BMP"), Kind.IMAGE, "image/bmp"),
    "AVIF": (lambda: picture("AVIF"), Kind.IMAGE, "image/avif"),
    "HEIC": (lambda: ftyp(b"heic", b"mif1", b"heic"), Kind.IMAGE, "image/heic"),
    "HEIF by a compatible brand": (lambda: ftyp(b"mif1", b"heic"), Kind.IMAGE, "image/heic"),
    "PDF": (a_pdf, Kind.DOCUMENT, "application/pdf"),
    "PDF behind junk": (lambda: b"\r\n\r\n" + a_pdf(), Kind.DOCUMENT, "application/pdf"),
    "XLSX": (a_workbook, Kind.TABLE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "CSV": (lambda: b"name;company\nAda;Nordlicht\nBob;Zemira\n", Kind.TABLE, "text/csv"),
    "CSV in UTF-16": (lambda: "name\tcompany\nÄda\tX\n".encode("utf-16"), Kind.TABLE, "text/csv"),
    "CSV that begins with MZ": (lambda: b"MZ,name\n1,Ada\n2,Bob\n", Kind.TABLE, "text/csv"),
    "message": (lambda: MESSAGE, Kind.MESSAGE, "message/rfc822"),
    "message of an mbox": (lambda: b"From a@example.com Mon\n" + MESSAGE, Kind.MESSAGE, "message/rfc822"),
    "MP4": (lambda: ftyp(b"isom", b"mp42"), Kind.VIDEO, "video/mp4"),
    "QuickTime": (lambda: ftyp(b"qt  ", b"qt  "), Kind.VIDEO, "video/quicktime"),
    "WebM": (lambda: b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(40), Kind.VIDEO, "video/webm"),
    "Matroska": (lambda: b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska" + bytes(40), Kind.VIDEO, "video/x-matroska"),
    "AVI": (lambda: b"RIFF\x20\0\0\0AVI LIST" + bytes(30), Kind.VIDEO, "video/x-msvideo"),
    "WAV": (a_wave, Kind.AUDIO, "audio/wav"),
    "MP3": (an_mp3, Kind.AUDIO, "audio/mpeg"),
    "MP3 with a tag": (lambda: b"ID3\x04\0\0\0\0\0\x0a" + bytes(50), Kind.AUDIO, "audio/mpeg"),
    "M4A": (lambda: ftyp(b"M4A ", b"isom"), Kind.AUDIO, "audio/mp4"),
    "Ogg": (lambda: b"OggS\0\x02" + bytes(22) + b"\x01vorbis", Kind.AUDIO, "audio/ogg"),
    "FLAC": (lambda: b"fLaC\0\0\0\x22" + bytes(34), Kind.AUDIO, "audio/flac"),
    "PPTX": (
        lambda: package("[Content_Types].xml", "ppt/presentation.xml"),
        Kind.SLIDES,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "ODP": (lambda: package("content.xml", mimetype=ODP), Kind.SLIDES, ODP),
    "DOCX": (
        lambda: package("[Content_Types].xml", "word/document.xml"),
        Kind.DOCUMENT,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "ODT": (lambda: package("content.xml", mimetype=ODT), Kind.DOCUMENT, ODT),
}


@pytest.mark.parametrize("case", READ)
def test_the_kind_is_told_by_content(case: str) -> None:
    make, kind, media_type = READ[case]
    content = sniff("holiday.exe", make())
    assert (content.kind, content.media_type) == (kind, media_type)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "ODG": (lambda: package("content.xml", mimetype="application/vnd.oasis.opendocument.graphics"), "PDF"),
    "ODS": (lambda: package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "XLSX"),
    "XLSB": (lambda: package("[Content_Types].xml", "xl/workbook.bin"), "XLSX"),
    "zip": (lambda: package("a.jpg", "b.jpg"), "unpack"),
    "XLS": (lambda: ole("Workbook"), "XLSX"),
    "PPT": (lambda: ole("PowerPoint Document"), "PDF"),
    "DOC": (lambda: ole("WordDocument"), "PDF"),
    "MSG": (lambda: ole("__properties_version1.0"), ".eml"),
    "HTML": (lambda: b"<!DOCTYPE html><html><body>report</body></html>", "PDF"),
    "SVG": (lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "PNG"),
    "prose": (lambda: b"We held the event.\nIt went well.\nMany came.\n", "screenshot"),
    "one line": (lambda: b"hello, world", "CSV"),
    "JSON": (lambda: b'{"sent": 1,\n "opens": 2,\n "clicks": 3}\n', "CSV"),
    "Windows program": (lambda: b"MZ\x90\0\x03\0\0\0" + bytes(200), "photo"),
    "program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(200), "photo"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\0" + bytes(20), "unpack"),
    "raw photo": (lambda: ftyp(b"crx ", b"crx ", b"isom"), "JPEG"),
    "noise": (lambda: bytes(range(256)) * 4, "JPEG"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read_is_refused_with_what_to_send_instead(case: str) -> None:
    make, remedy = REFUSED[case]
    with pytest.raises(UnsupportedType, match=r"holiday\.jpg") as caught:
        sniff("holiday.jpg", make())
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b" \r\n\t\n"])
def test_a_file_that_holds_nothing_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyItem, match=r"a\.jpg is empty"):
        sniff("a.jpg", data)


def test_an_encrypted_office_package_is_protected() -> None:
    with pytest.raises(ProtectedItem, match="password"):
        sniff("list.xlsx", ole("EncryptedPackage"))


def test_a_zip_archive_that_breaks_off_is_damaged() -> None:
    with pytest.raises(DamagedItem, match=r"list\.xlsx"):
        sniff("list.xlsx", a_workbook()[:-100])


def test_a_picture_with_a_web_page_or_an_archive_behind_it_is_a_picture() -> None:
    for tail in (b"<html><script>alert(1)</script></html>", package("a.exe")):
        assert sniff("both.html", picture("JPEG") + tail).media_type == "image/jpeg"


def test_an_archive_with_a_document_inside_is_no_document() -> None:
    with pytest.raises(UnsupportedType, match="zip"):
        sniff("report.pdf", package("%PDF-1.7"))
