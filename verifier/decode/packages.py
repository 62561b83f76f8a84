"""Office packages: the words of a Word, OpenDocument or slides file, and the pictures that were set into it.

Nothing is laid out as the office program would: a page is a picture from the package, at its own size. Sources: ISO/IEC
29500-1 (WordprocessingML, PresentationML) and OpenDocument 1.3.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence

from defusedxml.ElementTree import fromstring

from verifier.errors import DamagedItem, UnsupportedType

_PICTURES = re.compile(r"(word/media|ppt/media|Pictures)/[^/]+\.(jpe?g|png|gif|bmp|tiff?|webp)", re.IGNORECASE)
_TEXTS = re.compile(r"word/(document|footnotes|header\d*|footer\d*)\.xml|ppt/slides/slide\d+\.xml|content\.xml")
_LONGEST_DIRECTORY = 2 * 1024 * 1024  # bytes; zipfile makes an object of each entry before anybody can look
_LARGEST_TEXT = 20 * 1024 * 1024  # bytes of one part after unpacking; a book of 500 pages takes some 5 MB
_LARGEST_PICTURE = 64 * 1024 * 1024  # bytes; a 48 MP photo of best quality takes 30
_MOST_TEXT = 2_000_000  # characters
_PARAGRAPHS = frozenset({"p", "h"})


def read_package(name: str, data: bytes, *, most: int) -> tuple[str, Sequence[tuple[str, bytes]], int]:
    """Its words, a paragraph a line; its first `most` pictures with their names; and how many were left.

    A picture that is stored in pieces too large to be one is left. Raises DamagedItem, UnsupportedType, and what
    zipfile and the XML parser raise on broken parts.
    """
    _check_directory(name, data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {member.filename: member for member in package.infolist()}
        if members.get("META-INF/manifest.xml") and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise UnsupportedType(f"{name} asks for a password", "save it without a password and send it again")
        parts = (member for file, member in _in_order(members) if _TEXTS.fullmatch(file))
        words = "\n".join(line for part in parts for line in _paragraphs(_unpacked(name, package, part)))
        pictures = [member for file, member in _in_order(members) if _PICTURES.fullmatch(file)]
        small = [member for member in pictures if member.file_size <= _LARGEST_PICTURE]
        found = [(member.filename.rpartition("/")[2], _content(package, member)) for member in small[:most]]
    return words[:_MOST_TEXT], found, len(pictures) - len(found)


def _check_directory(name: str, data: bytes) -> None:
    end = data.rfind(b"PK\x05\x06")
    if end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > _LONGEST_DIRECTORY:
        raise DamagedItem(f"{name} lists more parts than an office program writes", "export it as PDF and send that")


def _in_order(members: Mapping[str, zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """By name, numbers counted: slide 2 before slide 10."""
    return sorted(members.items(), key=lambda member: [(len(part), part) for part in re.split(r"(\d+)", member[0])])


def _unpacked(name: str, package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with package.open(member) as part:
        content = part.read(_LARGEST_TEXT + 1)
    if len(content) > _LARGEST_TEXT:
        raise DamagedItem(f"{name}: {member.filename} unpacks to more than 20 MB", "export it as PDF and send that")
    return content


def _content(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """No more than it declares. Nothing, where it cannot be unpacked: one picture must not cost the document."""
    try:
        with package.open(member) as part:
            return part.read(member.file_size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return b""


def _paragraphs(content: bytes) -> Iterator[str]:
    for element in fromstring(content, forbid_dtd=True).iter():
        if str(element.tag).rpartition("}")[2] in _PARAGRAPHS and (line := "".join(element.itertext()).strip()):
            yield line
