"""Nothing that happens to a file's bytes makes the readers of its metadata raise."""

from __future__ import annotations

import functools
import io
import struct
from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from verifier.casefile import Evidence, Kind
from verifier.instruments import (
    container,
    credentials,
    document_info,
    exif,
    generators,
    iptc,
    maker_notes,
    office_info,
    trailer,
    xmp,
)  # fmt: skip

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="GIMP 2.10"/></rdf:RDF></x:xmpmeta>'
)
FORMS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF")
HEADS = (
    b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"II*\0", b"MM\0*",
    b"GIF89a", b"%PDF-1.7\n", b"",
)  # fmt: skip
READERS = (
    container.read, exif.read, xmp.read, credentials.read, generators.read, trailer.unexplained, document_info.read,
    document_info.packet, iptc.read, maker_notes.read, office_info.read,
)  # fmt: skip


@functools.cache
def seed(form: str) -> bytes:
    """A small file that carries EXIF with a preview and a position, XMP, and where it can a C2PA store."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0132] = "Fenwald", "2026:05:13 10:42:17"
    tags.get_ifd(0x8769)[0x9003] = "2026:05:13 10:42:17"
    tags.get_ifd(0x8825)[2] = (53.0, 52.0, 0.5)
    file = io.BytesIO()
    pixels = (np.arange(48 * 64 * 3) % 251).astype(np.uint8).reshape(48, 64, 3)
    Image.fromarray(pixels).save(file, form, **({} if form == "GIF" else {"exif": tags, "xmp": XMP}))
    data = file.getvalue()
    if form == "JPEG":
        store = b"JP\0\1\0\0\0\1" + struct.pack(">I", 40) + b"jumb" + struct.pack(">I", 32) + b"jumdc2pa" + bytes(20)
        data = data[:2] + b"\xff\xeb" + struct.pack(">H", len(store) + 2) + store + data[2:]
    return data


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["set", "drop", "double", "cut", "insert"]), st.floats(0, 1), st.binary(min_size=1, max_size=6)
    ),
    min_size=1,
    max_size=8,
)


def mutated(data: bytes, mutations: list[tuple[str, float, bytes]]) -> bytes:
    for how, where, what in mutations:
        at = int(where * where * len(data))  # metadata stands at the front
        if how == "set":
            data = data[:at] + what + data[at + len(what) :]
        elif how == "drop":
            data = data[:at] + data[at + len(what) :]
        elif how == "double":
            data = data[:at] + data[at : at + 64] + data[at:]
        elif how == "insert":
            data = data[:at] + what + data[at:]
        else:
            data = data[: max(1, at)]
    return data


def read_all(data: bytes) -> None:
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=data, trailing_bytes=len(data) // 3)
    for reader in READERS:
        read: Callable[[Evidence], object] = reader
        read(evidence)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(form=st.sampled_from(FORMS), mutations=MUTATIONS)
def test_a_damaged_picture_never_makes_a_reader_raise(form: str, mutations: list[tuple[str, float, bytes]]) -> None:
    read_all(mutated(seed(form), mutations))


@settings(max_examples=150, deadline=None)
@given(head=st.sampled_from(HEADS), body=st.binary(max_size=300))
def test_no_bytes_at_all_make_a_reader_raise(head: bytes, body: bytes) -> None:
    read_all(head + body)


@settings(max_examples=60, deadline=None)
@given(block=st.binary(min_size=8, max_size=400), order=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_no_directory_makes_the_exif_reader_raise(block: bytes, order: bytes) -> None:
    assert exif.read_bytes(order + block).state in container.State
