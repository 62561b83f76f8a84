"""Small files of every container that is read, each full of metadata: what the fuzz campaign damages.

All of it is made here, with invented names. The signed file holds a certificate and a signature of this run; every
other file is the same each time.
"""

from __future__ import annotations

import io
import plistlib
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageCms

from benchmarks.certificates import certificates, sign

SERIAL, OWNER, PLACE = "5301177420", "Ida Fenwald", (53.8669, 10.6848)  # personal data that tests look for
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ADOBE = "http://ns.adobe.com/xap/1.0/"
XMP = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">
<rdf:Description xmlns:xmp="{_ADOBE}" xmlns:mm="{_ADOBE}mm/" xmlns:ev="{_ADOBE}sType/ResourceEvent#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:CreatorTool="Tarnlight 4.1" xmp:CreateDate="2026-05-13T10:42:17+02:00"
 mm:DocumentID="xmp.did:4a1c" mm:InstanceID="xmp.iid:77b0" mm:OriginalDocumentID="xmp.did:01ff">
<dc:creator><rdf:Seq><rdf:li>{OWNER}</rdf:li></rdf:Seq></dc:creator><mm:History><rdf:Seq>
<rdf:li ev:action="created" ev:softwareAgent="Tarnlight 4.1" ev:when="2026-05-13T12:00:00+02:00"/>
<rdf:li rdf:parseType="Resource"><ev:action>saved</ev:action><ev:changed>/metadata</ev:changed></rdf:li>
</rdf:Seq></mm:History></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
_EMAIL = f"""Received: from b.example (b.example [192.0.2.7]) by c.example; Wed, 13 May 2026 10:00:05 +0200
Received: from a.example by b.example with ESMTPS; Wed, 13 May 2026 10:00:01 +0200
DKIM-Signature: v=1; a=rsa-sha256; d=nordlicht.example; s=x; h=from:date; bh=AAAA; b=BBBB
From: {OWNER} <ida@nordlicht.example>
To: press@zemira.example
Date: Wed, 13 May 2026 10:00:00 +0200
Message-ID: <4711@nordlicht.example>
Subject: =?utf-8?q?Fr=C3=BChling?=
X-Mailer: Tarnmail 2
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Good morning.
""".replace("\n", "\r\n").encode()


def samples() -> Mapping[str, bytes]:
    """Every sample by its name."""
    block, records, profile = tiff(), _iptc(), _profile()
    jpeg = _jpeg(block, records, profile)
    found = {
        "jpeg": jpeg,
        **{f"jpeg with {maker} note": _jpeg(tiff(maker, note), records, profile) for maker, note in _notes().items()},
        "png": _png(block, records, profile),
        "webp": _encoded("WEBP", exif=b"Exif\0\0" + block, xmp=XMP, icc_profile=profile),
        "avif": _encoded("AVIF", exif=b"Exif\0\0" + block, xmp=XMP, icc_profile=profile),
        "heic": _heic(block),
        "gif": _gif(),
        "tiff": tiff(extra={700: (7, XMP), 33723: (7, records), 34675: (7, profile), 34377: (7, _resources(records))}),
        "raw of Panasonic": b"IIU\0" + tiff()[4:],
        "raw of Fujifilm": b"FUJIFILMCCD-RAW ".ljust(84, b"0") + struct.pack(">II", 100, len(jpeg)) + bytes(8) + jpeg,
        "raw with a preview": tiff(extra={0x0111: (4, 1000), 0x0117: (4, 400), 50706: (1, b"\1\4\0\0")}) + jpeg,
        "pdf": pdf(),
        "xlsx": _package("xl/workbook.xml"),
        "pptx": _package("ppt/presentation.xml"),
        "eml": _EMAIL,
    }
    return {**found, **_signed()}


def tiff(make: str = "Fenwald", note: bytes = b"", extra: Mapping[int, tuple[int, bytes | int]] | None = None) -> bytes:
    """A little-endian TIFF block: main, EXIF, GPS and preview directories, with a maker's note."""
    preview = _encoded("JPEG", size=(16, 12))
    main: dict[int, tuple[int, bytes | int]] = {
        0x010F: (2, make.encode() + b"\0"), 0x0110: (2, b"Kestra 7\0"), 0x0112: (3, 1), 0x0131: (2, b"KST7-14.2\0"),
        0x0132: (2, b"2026:05:13 10:42:17\0"), 0x013B: (2, OWNER.encode() + b"\0"), 0x8769: (4, 0), 0x8825: (4, 0),
        **(extra or {}),
    }  # fmt: skip
    exif: dict[int, tuple[int, bytes | int]] = {
        0x9003: (2, b"2026:05:13 10:42:17\0"), 0x9011: (2, b"+02:00\0"), 0x9291: (2, b"042\0"), 0x927C: (7, note),
        0x9286: (7, b"ASCII\0\0\0Sampler: "), 0xA002: (4, 64), 0xA003: (4, 48), 0xA420: (2, b"a1b2c3\0"),
        0xA430: (2, OWNER.encode() + b"\0"), 0xA431: (2, SERIAL.encode() + b"\0"),
    }  # fmt: skip
    gps: dict[int, tuple[int, bytes | int]] = {
        1: (2, b"N\0"), 2: (5, _degrees(PLACE[0])), 3: (2, b"E\0"), 4: (5, _degrees(PLACE[1])),
        7: (5, struct.pack("<6I", 8, 1, 42, 1, 17, 1)), 29: (2, b"2026:05:13\0"),
    }  # fmt: skip
    at_exif = 8 + len(directory(main, 8))
    at_gps = at_exif + len(directory(exif, at_exif))
    at_preview = at_gps + len(directory(gps, at_gps))
    main |= {0x8769: (4, at_exif), 0x8825: (4, at_gps)}
    small: dict[int, tuple[int, bytes | int]] = {0x0201: (4, at_preview + 30), 0x0202: (4, len(preview))}
    parts = (directory(main, 8, at_preview), directory(exif, at_exif), directory(gps, at_gps))
    return b"II*\0\x08\0\0\0" + b"".join(parts) + directory(small, at_preview) + preview


def directory(
    entries: Mapping[int, tuple[int, bytes | int]], at: int, following: int = 0, *, base: int = 0, order: str = "<"
) -> bytes:
    """A TIFF directory that stands at `at`, its longer values behind it; offsets count from `base`."""
    table, rest = b"", b""
    behind = at + 2 + 12 * len(entries) + 4 - base
    for tag, (kind, value) in sorted(entries.items()):
        size = {3: 2, 4: 4, 5: 8}.get(kind, 1)
        data = value if isinstance(value, bytes) else struct.pack(order + {3: "H", 4: "I"}[kind], value)
        place = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(f"{order}I", behind + len(rest))
        table += struct.pack(f"{order}HHI", tag, kind, len(data) // size) + place
        rest += data + b"\0" * (len(data) % 2) if len(data) > 4 else b""
    return struct.pack(f"{order}H", len(entries)) + table + struct.pack(f"{order}I", following) + rest


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def pdf() -> bytes:
    """A PDF of one empty page with an information dictionary and an XMP stream, added to once."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
        b"<</Creator(Tarnsheet)/Producer(Tarnprint 2)/CreationDate(D:20260513104217+02'00')/Author(" + OWNER.encode()
        + b")>>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n" % len(XMP) + XMP + b"\nendstream",
    ]  # fmt: skip
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R/Info 4 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
    data += trailer % (b"", start)
    again = len(data)
    return data + b"xref\n0 0\n" + trailer % (b"/Prev %d" % start, again)


def _degrees(value: float) -> bytes:
    return struct.pack("<6I", int(value), 1, int(value * 60 % 60), 1, round(value * 3600 % 60 * 100), 100)


def _encoded(form: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    file = io.BytesIO()
    pixels = (np.arange(size[0] * size[1] * 3) % 251).astype(np.uint8).reshape(size[1], size[0], 3)
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _iptc() -> bytes:
    texts = (
        (1, 90, b"\x1b%G"),
        (2, 80, OWNER.encode()),
        (2, 55, b"20260513"),
        (2, 105, b"Spring"),
        (2, 120, b"x" * 40),
    )
    return b"".join(struct.pack(">BBBH", 0x1C, record, number, len(text)) + text for record, number, text in texts)


def _resources(records: bytes) -> bytes:
    blocks = ((0x0406, b"\0\5\0\1\0\1"), (0x0404, records))
    return b"".join(
        b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + b"\0" * (len(body) % 2) for number, body in blocks
    )


def _jpeg(block: bytes, records: bytes, profile: bytes) -> bytes:
    plain = _encoded("JPEG")
    long = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", 30, 0) + b"<x/>".ljust(30)
    store = b"JP\0\1\0\0\0\1" + struct.pack(">I", 40) + b"jumb" + struct.pack(">I", 32) + b"jumdc2pa" + bytes(20)
    segments = (
        segment(0xE1, b"Exif\0\0" + block), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), segment(0xE1, long),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + profile), segment(0xE2, b"MPF\0MM\0*"), segment(0xEB, store),
        segment(0xED, b"Photoshop 3.0\0" + _resources(records)), segment(0xFE, b"made by hand"),
    )  # fmt: skip
    return plain[:2] + b"".join(segments) + plain[2:]


def _png(block: bytes, records: bytes, profile: bytes) -> bytes:
    plain = _encoded("PNG", icc_profile=profile)
    raw = b"\niptc\n %d\n" % len(records) + _resources(records).hex().encode()
    bodies = (
        (b"eXIf", block), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), (b"tEXt", b"parameters\0Steps: 20"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"hello " * 50)), (b"tIME", b"\x07\xea\5\x0d\x0a\x2a\x11"),
        (b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(raw)), (b"tEXt", b"Author\0" + OWNER.encode()),
    )  # fmt: skip
    chunks = (struct.pack(">I", len(b)) + name + b + struct.pack(">I", zlib.crc32(name + b)) for name, b in bodies)
    return plain[:33] + b"".join(chunks) + plain[33:]


def _gif() -> bytes:
    plain = _encoded("GIF", size=(8, 8))
    packet = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return plain[:-1] + packet + b"\x21\xfe\x05hello\0;"


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _heic(block: bytes) -> bytes:
    """The boxes of a HEIC, its items in `idat`; there is no picture in it."""
    items = ((1, b"Exif", bytes(4) + block), (2, b"mime", XMP))
    kinds = {b"mime": b"\0application/rdf+xml\0"}
    entries = b"".join(
        _box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + kinds.get(kind, b"\0"))
        for number, kind, _ in items
    )
    places, at = b"", 0
    for number, _, content in items:
        places += struct.pack(">HHHHII", number, 1, 0, 1, at, len(content))
        at += len(content)
    colour = _box(b"iprp", _box(b"ipco", _box(b"colr", b"prof" + _profile())))
    located = _box(b"iloc", b"\1\0\0\0\x44\0" + struct.pack(">H", 2) + places)
    data = _box(b"idat", b"".join(content for _, _, content in items))
    meta = _box(b"meta", bytes(4) + _box(b"iinf", bytes(4) + struct.pack(">H", 2) + entries) + located + colour + data)
    return _box(b"ftyp", b"heic\0\0\0\0mif1") + meta


def _package(member: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    core = f"""<?xml version="1.0"?><p:coreProperties xmlns:p="{kind}" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:t="http://purl.org/dc/terms/"><dc:creator>{OWNER}</dc:creator><p:lastModifiedBy>{OWNER}</p:lastModifiedBy>
<t:created>2026-05-13T10:42:17Z</t:created><p:revision>3</p:revision></p:coreProperties>"""
    app = "<Properties><Application>Tarnsheet</Application><AppVersion>16.03</AppVersion></Properties>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in ((member, "<x/>"), ("docProps/core.xml", core), ("docProps/app.xml", app)):
            package.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()


def _notes() -> Mapping[str, bytes]:
    """Notes in the makers' layouts; where offsets count from the TIFF header the values are short."""
    plist = plistlib.dumps({"value": 90_000, "timescale": 1000, "epoch": 0, "flags": 1}, fmt=plistlib.FMT_BINARY)
    apple = b"Apple iOS\0\0\1MM"
    nikon = b"MM\0*\0\0\0\x08" + directory({0x1D: (2, b"3000177\0"), 0xA7: (4, 4711)}, 8, order=">")
    fuji = b"FUJIFILM\x0c\0\0\0"
    return {
        "Apple": apple + directory({3: (7, plist), 17: (2, b"6D1F-22\0"), 10: (4, 3)}, 14, order=">"),
        "Canon": directory({8: (4, 1_181_861), 12: (4, 530_117_742)}, 0),
        "NIKON CORPORATION": b"Nikon\0\2\x10\0\0" + nikon,
        "OLYMPUS": b"OLYMPUS\0II\3\0" + directory({0x0404: (2, SERIAL.encode() + b"\0"), 0x2010: (4, 12)}, 12),
        "FUJIFILM": fuji + directory({0x10: (2, b"FPX 5301177420\0"), 0x1438: (3, 77)}, 12),
    }


def _signed() -> Mapping[str, bytes]:
    chain, key, _ = certificates()
    return {"signed jpeg": sign(_encoded("JPEG"), chain, key)}
