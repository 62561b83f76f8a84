"""Origin: identities that a file carries, and when and where it was taken, so that files of one making find each other.

Each kind is taken only where it tells one making from all others: ids that firmware writes into every picture, serial
numbers of zeros and times without a fraction are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.casefile import Identity, Origin
from verifier.instruments import exif, taken
from verifier.instruments.document_info import DocumentInfo
from verifier.instruments.exif import Exif
from verifier.instruments.maker_notes import MakerNote
from verifier.instruments.xmp import Xmp

_LEAST_DIGITS = 6  # different ones of a hexadecimal id: placeholders such as 000...0111 have two or three
_SHORTEST_ID = 12  # characters of a document id; genuine ones have 32 digits and a prefix
_HEX = re.compile(r"[0-9A-F]{32}")
_ROLLS = re.compile(  # file names of cameras that count: IMG_1234, DSC01234, _MG_1234, P1010031, 100_1234
    r"(IMG_?|_MG_|DSC_?|_DSC|DSCN|DSCF|IMGP|PICT|SAM_|GOPR|DJI_|MVI_|100_|P(?=\d{7}\b))(\d{4,7})(?![\d_-])",
    re.IGNORECASE,
)


def of(fields: Exif, packet: Xmp, note: MakerNote, name: str) -> Origin:
    """What EXIF, XMP, the maker's note and the file name say of a file's making. Never raises."""
    made = taken.of(fields)
    moment = made.moment(None)
    here = made.here if made.here and not made.here.doubt else None
    identities = (
        *_images(fields, note.fields.get("image_id", ""), note.fields.get("content_id", "")),
        *_exposure(fields),
        *_documents(packet),
        *_device(fields),
        *_roll(fields, name),
    )
    return Origin(
        identities=tuple(dict.fromkeys(identities)),
        earliest=moment.start.isoformat() if moment else "",
        latest=moment.end.isoformat() if moment else "",
        latitude=here.latitude if here else None,
        longitude=here.longitude if here else None,
        error=here.error if here else 0.0,
    )


def of_document(said: DocumentInfo, packet: Xmp) -> Origin:
    """What a PDF says of its making: its file identifier, and its packet's document ids. Never raises."""
    value = said.identifier.casefold()
    telling = len(value) >= _SHORTEST_ID and len(set(value)) >= _LEAST_DIGITS
    files = [Identity(kind="file", value=value)] if telling else []
    return Origin(identities=tuple(dict.fromkeys((*files, *_documents(packet)))))


def _images(fields: Exif, *maker_ids: str) -> Iterator[Identity]:
    """Ids of one exposure. EXIF asks for 128 bits in hexadecimal; some phones write their sensor's name instead."""
    for stated in (fields.image_unique_id, *maker_ids):
        value = stated.strip().upper().replace("-", "")
        if _HEX.fullmatch(value) and len(set(value)) >= _LEAST_DIGITS:
            yield Identity(kind="image", value=value)


def _exposure(fields: Exif) -> Iterator[Identity]:
    """Camera and time to the fraction of a second; without a serial number, the model with a fraction of two digits."""
    fraction = fields.subsec_original.strip()
    body = exif.device_identity(fields)
    telling = fraction.isdigit() and int(fraction) > 0 and len(fraction) >= (1 if body else 2)
    if fields.original and telling and (body or fields.model):
        camera = body or f"{fields.make} {fields.model}"
        yield Identity(kind="exposure", value=f"{camera} @ {fields.original}.{fraction}")


def _documents(packet: Xmp) -> Iterator[Identity]:
    for kind, stated in (
        ("document", packet.document_id),
        ("document", packet.original_document_id),
        ("instance", packet.instance_id),
    ):
        value = stated.strip().casefold()
        if len(value) >= _SHORTEST_ID and len(set(value) - set(":.-0")) >= _LEAST_DIGITS:
            yield Identity(kind=kind, value=value)


def _device(fields: Exif) -> Iterator[Identity]:
    body = exif.device_identity(fields)
    if body:
        yield Identity(kind="device", value=body)


def _roll(fields: Exif, name: str) -> Iterator[Identity]:
    """The series that the file name counts in; only beside a model, since every maker counts in IMG_ or DSC."""
    found = _ROLLS.match(name.rpartition("/")[2])
    if found and fields.model:
        series = f"{fields.make} {fields.model} {found[1].upper()}"
        yield Identity(kind="roll", value=series, number=int(found[2]))
