"""XMP: what programs and cameras wrote about a picture's making (ISO 16684-1; IPTC Photo Metadata 2025.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from verifier.casefile import Evidence
from verifier.instruments import container
from verifier.instruments.container import State

LONGEST = 4 * 1024 * 1024  # bytes of one packet; the longest genuine ones (edit histories) reach some hundred kB
MOST_MARKS = 100_000  # "<" and "=" of one packet: each becomes an object, where a long text costs nothing
_LONGEST_TEXT = 2000  # characters of one property that is kept
MOST_EVENTS = 500  # steps of one history; the longest genuine ones seen have some hundred
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
_REFERENCE = "{http://ns.adobe.com/xap/1.0/sType/ResourceRef#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_AUX = "{http://ns.adobe.com/exif/1.0/aux/}"
_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_CAMERA = "{http://ns.google.com/photos/1.0/camera/}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of the edit history, as its program wrote it; `when` is ISO 8601, `instance` the id of what came out."""

    action: str = ""
    agent: str = ""
    when: str = ""
    changed: str = ""
    parameters: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmp:
    """Properties of one packet, as written; "" where they are not there.

    `document_id` stays the same over all versions of a file, `instance_id` names this one, `derived_from` the document
    that it was made of; `history` are the first steps of its making in order, `agents` its programs and `actions`
    what they did; `source_type` is the last part of the IPTC DigitalSourceType; `motion` tells that a phone announced a
    video behind the picture; `creator` and `owner` are people, `body_serial` a camera.
    """

    state: State
    note: str = ""
    creator_tool: str = ""
    created: str = ""
    modified: str = ""
    document_id: str = ""
    original_document_id: str = ""
    instance_id: str = ""
    derived_from: str = ""
    creator: str = ""
    owner: str = ""
    rights: str = ""
    body_serial: str = ""
    history: tuple[Event, ...] = ()
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
    walked = container.walk(data)
    return of(walked.xmp, walked.extended)


def of(block: container.Block, extended: bytes = b"") -> Xmp:
    """The properties of one packet and of the rest that did not fit into its segment."""
    if block.state is not State.PRESENT:
        return Xmp(state=block.state, note=block.note)
    if len(block.data) + len(extended) > LONGEST:
        return Xmp(state=State.UNREADABLE, note=f"the XMP packet is longer than {LONGEST} bytes")
    try:
        root = _parsed(block.data)
    except _MALFORMED as error:
        return Xmp(state=State.UNREADABLE, note=f"the XMP packet is not well-formed: {error}")
    note = ""
    if extended:
        try:
            root.append(_parsed(extended))
        except _MALFORMED as error:
            note = f"the rest of the long XMP packet is not well-formed: {error}"
    return _properties(root, note)


_MALFORMED = (ParseError, DefusedXmlException, ValueError, LookupError)  # LookupError: an encoding nobody knows


def _parsed(packet: bytes) -> Element:
    marks = packet.count(b"<") + packet.count(b"=")
    if marks > MOST_MARKS:
        raise ValueError(f"{marks} tags and attributes")
    root: Element = fromstring(_document(packet), forbid_dtd=True)
    return root


def _document(packet: bytes) -> bytes:
    """The XML itself: writers leave NULs and padding around it."""
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>")
    if 0 <= start < end:
        return packet[start : end + len(b"</x:xmpmeta>")]
    return packet.strip(b"\0 \t\r\n")


def _properties(root: Element, note: str) -> Xmp:
    found: dict[str, list[str]] = {}
    for element in root.iter():
        for name, text in (*element.attrib.items(), (element.tag, _text(element))):
            if text:
                found.setdefault(name, []).append(text[:_LONGEST_TEXT])

    def first(name: str) -> str:
        return found.get(name, [""])[0]

    return Xmp(
        state=State.PRESENT,
        note=note,
        creator_tool=first(f"{_XMP}CreatorTool"),
        created=first(f"{_XMP}CreateDate"),
        modified=first(f"{_XMP}ModifyDate"),
        document_id=first(f"{_MM}DocumentID"),
        original_document_id=first(f"{_MM}OriginalDocumentID"),
        instance_id=first(f"{_MM}InstanceID"),
        derived_from=_derived_from(root),
        creator=first(f"{_DC}creator"),
        owner=first(f"{_AUX}OwnerName"),
        rights=first(f"{_DC}rights"),
        body_serial=first(f"{_AUX}SerialNumber"),
        history=tuple(islice(_history(root), MOST_EVENTS)),
        source_type=first(f"{_IPTC}DigitalSourceType").rstrip("/").rpartition("/")[2],
        ai_system=first(f"{_IPTC}AISystemUsed"),
        credit=first(f"{_PHOTOSHOP}Credit"),
        comment=first(f"{_EXIF}UserComment"),
        agents=tuple(found.get(f"{_EVENT}softwareAgent", ())),
        actions=tuple(found.get(f"{_EVENT}action", ())),
        motion=any(first(f"{_CAMERA}{name}") == "1" for name in ("MotionPhoto", "MicroVideo")),
    )


def _derived_from(root: Element) -> str:
    """The id of the document that this one was made of: DocumentID, or InstanceID where only that was kept."""
    for source in root.iter(f"{_MM}DerivedFrom"):
        stated = _structure(source)
        return stated.get(f"{_REFERENCE}documentID") or stated.get(f"{_REFERENCE}instanceID") or ""
    return ""


def _history(root: Element) -> Iterator[Event]:
    """The steps of the file's own history: those of its ingredients stand elsewhere."""
    for history in root.iter(f"{_MM}History"):
        for step in history.iter(f"{_RDF}li"):
            stated = _structure(step)
            yield Event(
                action=stated.get(f"{_EVENT}action", ""),
                agent=stated.get(f"{_EVENT}softwareAgent", ""),
                when=stated.get(f"{_EVENT}when", ""),
                changed=stated.get(f"{_EVENT}changed", ""),
                parameters=stated.get(f"{_EVENT}parameters", ""),
                instance=stated.get(f"{_EVENT}instanceID", ""),
            )


def _structure(element: Element) -> Mapping[str, str]:
    """The fields of a structure: attributes or elements, of itself or of the description inside."""
    fields: dict[str, str] = {}
    for holder in (element, *element.findall(f"{_RDF}Description")):
        fields |= {name: text.strip()[:_LONGEST_TEXT] for name, text in holder.attrib.items()}
        fields |= {child.tag: _text(child)[:_LONGEST_TEXT] for child in holder}
    return fields


def _text(element: Element) -> str:
    """The element's own text, its resource, or the first item of the list that it holds."""
    own = (element.text or element.get(f"{_RDF}resource") or "").strip()
    if own or not len(element) or element[0].tag not in (f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq"):
        return own
    return next(((item.text or "").strip() for item in element[0]), "")
