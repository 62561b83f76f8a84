"""What a file is, told by its content alone: a name or an extension is a partner's word and is never asked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.casefile import Kind
from verifier.decode.signatures import brands_of, is_pdf, picture_type
from verifier.decode.tables import delimiter_of, text_of
from verifier.errors import DamagedItem, EmptyItem, ProtectedItem, UnsupportedType

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_HEAD = 64_000  # bytes that tell a text's form
_AS_PDF = "export it as PDF and send that"
_AS_PICTURE = "send a JPEG, PNG or PDF of it"
_UNLOCK = "save it without a password and send it again"


@dataclass(frozen=True, slots=True)
class Content:
    """The kind and the media type of a file, by its content."""

    kind: Kind
    media_type: str


def sniff(name: str, data: bytes) -> Content:
    """Tell what the file is. Raises EmptyItem, UnsupportedType or ProtectedItem with what to send instead."""
    if not data.strip(b"\0 \t\r\n"):
        raise EmptyItem(f"{name} is empty", "send the file again: it holds nothing" if data else "send the file again")
    if media_type := picture_type(data):
        return Content(Kind.IMAGE, media_type)
    for look in (_zip, _ole, _pdf, _recording):
        if found := look(name, data):
            return found
    for start, what, remedy in _FOREIGN:
        if data.startswith(start) and (start != b"MZ" or _is_binary(data)):  # a list may begin with these two letters
            raise UnsupportedType(f"{name} is {what}", remedy)
    return _text(name, data)


def _pdf(_: str, data: bytes) -> Content | None:
    return Content(Kind.DOCUMENT, "application/pdf") if is_pdf(data) else None


def _zip(name: str, data: bytes) -> Content | None:
    """Office packages by their members; every other zip archive is refused."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {member.filename for member in package.infolist()}
            kind = package.read("mimetype")[:100].decode("ascii", "replace") if _is_open_document(package) else ""
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise DamagedItem(f"{name} is a broken zip or Office file", "save it anew, or " + _AS_PDF) from error
    for telling, what, remedy in _OTHER_PACKAGES:
        if telling in members or telling == kind:
            raise UnsupportedType(f"{name} is {what}", remedy)
    for telling, content in _PACKAGES.items():
        if telling in members or telling == kind:
            return content
    if kind.startswith(_ODF):
        raise UnsupportedType(f"{name} is an OpenDocument drawing, chart or the like", _AS_PDF)
    raise UnsupportedType(f"{name} is a zip archive", "unpack it and send the files one by one")


def _is_open_document(package: zipfile.ZipFile) -> bool:
    return any(member.filename == "mimetype" and member.file_size < 100 for member in package.infolist())


def _ole(name: str, data: bytes) -> Content | None:
    """OLE files: encrypted Office packages, and the Office formats of before 2007."""
    if not data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return None
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedItem(f"{name} asks for a password", _UNLOCK)
    for stream, what, remedy in _OLD_OFFICE:
        if stream.encode("utf-16-le") in data:
            raise UnsupportedType(f"{name} is {what}", remedy)
    raise UnsupportedType(f"{name} is an Office file of before 2007", _AS_PDF)


def _recording(name: str, data: bytes) -> Content | None:
    """Audio and video: kept, not read."""
    if data[4:8] == b"ftyp":
        brands = brands_of(data)
        if b"crx " in brands:
            raise UnsupportedType(f"{name} is a raw camera file", "send the JPEG that the camera makes of it")
        if brands & {b"M4A ", b"M4B "}:
            return Content(Kind.AUDIO, "audio/mp4")
        return Content(Kind.VIDEO, "video/quicktime" if b"qt  " in brands else "video/mp4")
    if data[4:8] in (b"moov", b"mdat", b"wide", b"free") and b"moov" in data:
        return Content(Kind.VIDEO, "video/quicktime")
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return Content(Kind.VIDEO, "video/webm" if b"webm" in data[:64] else "video/x-matroska")
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data.startswith(b"OggS"):
        return Content(Kind.VIDEO, "video/ogg") if b"theora" in data[:200] else Content(Kind.AUDIO, "audio/ogg")
    if data.startswith(b"fLaC"):
        return Content(Kind.AUDIO, "audio/flac")
    if data.startswith(b"ID3") or _is_mpeg_audio(data):
        return Content(Kind.AUDIO, "audio/mpeg")
    return None


def _is_mpeg_audio(data: bytes) -> bool:
    """Two frame headers in a row, as far apart as the first one says (MPEG-1 layer III): one alone is chance."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xFE != 0xFA:
        return False
    rate, sampling = data[2] >> 4, data[2] >> 2 & 3
    if rate in (0, 15) or sampling == 3:
        return False
    length = 144_000 * _KILOBITS[rate] // _SAMPLINGS[sampling] + (data[2] >> 1 & 1)
    return data[length : length + 2] == data[:2]


def _text(name: str, data: bytes) -> Content:
    """Messages by their headers, tables by their delimiters. Web pages and prose are refused."""
    if _is_binary(data):
        raise UnsupportedType(f"{name} is of a type that is not known", _AS_PICTURE)
    text = text_of(data[:_HEAD])
    if _HEADERS.match(text) and len(_KNOWN_HEADERS.findall(text)) >= 2:
        return Content(Kind.MESSAGE, "message/rfc822")
    if _MARKUP.match(text):
        what, remedy = ("an SVG drawing", _AS_PICTURE) if "<svg" in text[:2000].lower() else ("a web page", _AS_PDF)
        raise UnsupportedType(f"{name} is {what}", remedy)
    several = len(text.strip().splitlines()) > 1
    if several and text.lstrip()[:1] not in ("{", "[") and delimiter_of(text):
        return Content(Kind.TABLE, "text/csv")
    raise UnsupportedType(f"{name} is plain text without columns", "send a CSV list, or a PDF or screenshot of it")


def _is_binary(data: bytes) -> bool:
    """Control characters that no text has. UTF-16 is full of zeros, and is text."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    control = sum(head.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    zeros = head.count(0)
    wide = zeros * 5 > len(head) and (not any(head[::2]) or not any(head[1::2]))
    return control > 0 or (zeros > 0 and not wide)


_PACKAGES: Mapping[str, Content] = {  # by a member that only they have, or the media type that OpenDocument writes
    "xl/workbook.xml": Content(Kind.TABLE, _OOXML + "spreadsheetml.sheet"),
    "ppt/presentation.xml": Content(Kind.SLIDES, _OOXML + "presentationml.presentation"),
    "word/document.xml": Content(Kind.DOCUMENT, _OOXML + "wordprocessingml.document"),
    _ODF + "presentation": Content(Kind.SLIDES, _ODF + "presentation"),
    _ODF + "text": Content(Kind.DOCUMENT, _ODF + "text"),
}
_OTHER_PACKAGES = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)", "save it as XLSX or CSV"),
    (_ODF + "spreadsheet", "an OpenDocument spreadsheet", "save it as XLSX or CSV"),
)
_RIFF: Mapping[bytes, Content] = {
    b"WAVE": Content(Kind.AUDIO, "audio/wav"),
    b"AVI ": Content(Kind.VIDEO, "video/x-msvideo"),
}
_KILOBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_SAMPLINGS = (44_100, 48_000, 32_000)
_OLD_OFFICE = (
    ("Workbook", "a workbook of before 2007 (.xls)", "save it as XLSX or CSV"),
    ("PowerPoint Document", "a presentation of before 2007 (.ppt)", _AS_PDF),
    ("WordDocument", "a text document (.doc)", _AS_PDF),
    ("__properties_version1", "an Outlook message (.msg)", "save it as .eml, or print it to a PDF"),
)
_FOREIGN = (
    (b"MZ", "a Windows program", "send the evidence itself: a photo, a screenshot or a PDF"),
    (b"\x7fELF", "a program", "send the evidence itself: a photo, a screenshot or a PDF"),
    (b"Rar!", "an archive", "unpack it and send the files one by one"),
    (b"7z\xbc\xaf\x27\x1c", "an archive", "unpack it and send the files one by one"),
    (b"\x1f\x8b", "an archive", "unpack it and send the files one by one"),
    (b"{\\rtf", "a text document (.rtf)", _AS_PDF),
    (b"%!PS", "a PostScript file", _AS_PDF),
    (b"IIU\0", "a raw camera file", "send the JPEG that the camera makes of it"),
    (b"FUJIFILMCCD-RAW", "a raw camera file", "send the JPEG that the camera makes of it"),
    (b"8BPS", "a Photoshop file", _AS_PICTURE),
)
_HEADERS = re.compile(r"\s*(From [^\n]*\n)?([!-9;-~]+:[^\n]*\n([ \t][^\n]*\n)*){2}")
_KNOWN_HEADERS = re.compile(
    r"^(From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Delivered-To|Content-Type):", re.I | re.M
)
_MARKUP = re.compile(r"\s*(<\?xml|<!DOCTYPE|<!--|<html|<head|<body|<svg|<script)", re.I)
