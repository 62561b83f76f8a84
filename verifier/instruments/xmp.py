"""XMP: what programs and cameras wrote about a picture's making (ISO 16684-1; IPTC Photo Metadata 2025.1)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from verifier.casefile import Evidence
from verifier.instruments import container
from verifier.instruments.container import State

LONGEST = 4 * 1024 * 1024  # bytes of one packet; the longest genuine ones (edit histories) reach some hundred kB
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_CAMERA = "{http://ns.google.com/photos/1.0/camera/}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmp:
    """Properties of one packet, as written; "" where they are not there.

    `agents` are the programs of the edit history in order, `actions` what they did; `source_type` is the last part of
    the IPTC DigitalSourceType; `motion` tells that a phone announced a video behind the picture.
    """

    state: State
    note: str = ""
    creator_tool: str = ""
    created: str = ""
    modified: str = ""
    document_id: str = ""
    original_document_id: str = ""
    source_type: str = ""
    ai_system: str = ""
    credit: str = ""
    comment: str = ""
    agents: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    motion: bool = False


def read(evidence: Evidence) -> Xmp:
    """The XMP properties of the item's original bytes. Never raises: see `read_bytes`."""
    return read_bytes(evidence.raw)


def read_bytes(data: bytes) -> Xmp:
    """The XMP properties of a picture file; ABSENT without a packet, UNREADABLE where it is no well-formed XML."""
    block = container.walk(data).xmp
    if block.state is not State.PRESENT:
        return Xmp(state=block.state, note=block.note)
    if len(block.data) > LONGEST:
        return Xmp(state=State.UNREADABLE, note=f"the XMP packet is longer than {LONGEST} bytes")
    try:
        return _properties(fromstring(_document(block.data), forbid_dtd=True))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # LookupError: an encoding nobody knows
        return Xmp(state=State.UNREADABLE, note=f"the XMP packet is not well-formed: {error}")


def _document(packet: bytes) -> bytes:
    """The XML itself: writers leave NULs and padding around it."""
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>")
    if 0 <= start < end:
        return packet[start : end + len(b"</x:xmpmeta>")]
    return packet.strip(b"\0 \t\r\n")


def _properties(root: Element) -> Xmp:
    found: dict[str, list[str]] = {}
    for element in root.iter():
        for name, text in (*element.attrib.items(), (element.tag, _text(element))):
            if text:
                found.setdefault(name, []).append(text)

    def first(name: str) -> str:
        return found.get(name, [""])[0]

    return Xmp(
        state=State.PRESENT,
        creator_tool=first(f"{_XMP}CreatorTool"),
        created=first(f"{_XMP}CreateDate"),
        modified=first(f"{_XMP}ModifyDate"),
        document_id=first(f"{_MM}DocumentID"),
        original_document_id=first(f"{_MM}OriginalDocumentID"),
        source_type=first(f"{_IPTC}DigitalSourceType").rstrip("/").rpartition("/")[2],
        ai_system=first(f"{_IPTC}AISystemUsed"),
        credit=first(f"{_PHOTOSHOP}Credit"),
        comment=first(f"{_EXIF}UserComment"),
        agents=tuple(found.get(f"{_EVENT}softwareAgent", ())),
        actions=tuple(found.get(f"{_EVENT}action", ())),
        motion=any(first(f"{_CAMERA}{name}") == "1" for name in ("MotionPhoto", "MicroVideo")),
    )


def _text(element: Element) -> str:
    """The element's own text, its resource, or the first item of the list that it holds."""
    own = (element.text or element.get(f"{_RDF}resource") or "").strip()
    if own or not len(element) or element[0].tag not in (f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq"):
        return own
    return next(((item.text or "").strip() for item in element[0]), "")
