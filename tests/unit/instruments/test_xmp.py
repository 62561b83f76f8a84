"""XMP properties are read as attributes, elements and lists, and malformed packets are unreadable."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from benchmarks.carriers import segment
from verifier.instruments.container import State
from verifier.instruments.xmp import Event, Xmp, read_bytes

NAMES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
)
DIGITAL = "http://cv.iptc.org/newscodes/digitalsourcetype/"

Read = Callable[[str], Xmp]


@pytest.fixture
def read(make_scene: Callable[..., object], encode: Callable[..., bytes]) -> Read:
    def packet(description: str) -> Xmp:
        text = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMES}>{description}</rdf:RDF></x:xmpmeta>'
        return read_bytes(
            encode(make_scene(16, 16), xmp=b'<?xpacket begin=""?>' + text.encode() + b"  <?xpacket end?>")
        )

    return packet


def test_attributes_and_elements_say_the_same(read: Read) -> None:
    one = read('<rdf:Description xmp:CreatorTool="GIMP 2.10" xmpMM:DocumentID="d1"/>')
    other = read("<rdf:Description><xmp:CreatorTool>GIMP 2.10</xmp:CreatorTool><xmpMM:DocumentID>d1</xmpMM:DocumentID>"
                 "</rdf:Description>")  # fmt: skip
    assert one == other
    assert (one.state, one.creator_tool, one.document_id) == (State.PRESENT, "GIMP 2.10", "d1")


def test_the_history_of_edits_is_read_in_order(read: Read) -> None:
    steps = "".join(f'<rdf:li stEvt:action="{act}" stEvt:softwareAgent="{agent}"/>' for act, agent in
                    (("created", "Camera Raw"), ("saved", "Photoshop 25")))  # fmt: skip
    found = read(f"<rdf:Description><xmpMM:History><rdf:Seq>{steps}</rdf:Seq></xmpMM:History></rdf:Description>")
    assert (found.actions, found.agents) == (("created", "saved"), ("Camera Raw", "Photoshop 25"))


@pytest.mark.parametrize(
    "written",
    [
        f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{DIGITAL}trainedAlgorithmicMedia"/>',
        f"<rdf:Description><Iptc4xmpExt:DigitalSourceType>{DIGITAL}trainedAlgorithmicMedia"
        "</Iptc4xmpExt:DigitalSourceType></rdf:Description>",
        f'<rdf:Description><Iptc4xmpExt:DigitalSourceType rdf:resource="{DIGITAL}trainedAlgorithmicMedia/"/>'
        "</rdf:Description>",
    ],
)
def test_the_digital_source_type_is_its_last_word_however_it_is_written(read: Read, written: str) -> None:
    assert read(written).source_type == "trainedAlgorithmicMedia"


def test_the_first_language_of_a_comment_counts(read: Read) -> None:
    listed = '<rdf:Alt><rdf:li xml:lang="x-default">Screenshot</rdf:li></rdf:Alt>'
    found = read(f"<rdf:Description><exif:UserComment>{listed}</exif:UserComment></rdf:Description>")
    assert found.comment == "Screenshot"


def test_a_motion_photo_is_announced(read: Read) -> None:
    assert read('<rdf:Description GCamera:MotionPhoto="1"/>').motion
    assert not read('<rdf:Description GCamera:MotionPhoto="0"/>').motion


@pytest.mark.parametrize(
    "damaged",
    ["<rdf:Description", "<rdf:Description xmp:A='&nowhere;'/>", "<unknown:Prefix/>"],
)
def test_a_packet_that_is_no_xml_is_unreadable(read: Read, damaged: str) -> None:
    assert read(damaged).state is State.UNREADABLE


def test_entities_that_multiply_are_refused(make_scene: Callable[..., object], encode: Callable[..., bytes]) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    assert read_bytes(encode(make_scene(16, 16), xmp=bomb)).state is State.UNREADABLE


def test_a_file_without_a_packet_is_absent(make_scene: Callable[..., object], encode: Callable[..., bytes]) -> None:
    assert read_bytes(encode(make_scene(16, 16))) == Xmp(state=State.ABSENT)


def test_steps_carry_time_result_and_what_changed_however_they_are_written(read: Read) -> None:
    steps = (
        '<rdf:li stEvt:action="created" stEvt:when="2026-05-13T12:00:00+02:00" stEvt:instanceID="xmp.iid:1"/>'
        '<rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action><stEvt:changed>/</stEvt:changed></rdf:li>'
        "<rdf:li><rdf:Description stEvt:action='converted' stEvt:parameters='from raw to jpeg'/></rdf:li>"
    )
    found = read(f"<rdf:Description><xmpMM:History><rdf:Seq>{steps}</rdf:Seq></xmpMM:History></rdf:Description>")
    assert found.history == (
        Event(action="created", when="2026-05-13T12:00:00+02:00", instance="xmp.iid:1"),
        Event(action="saved", changed="/"),
        Event(action="converted", parameters="from raw to jpeg"),
    )


def test_a_packet_too_long_for_its_segment_is_read_whole() -> None:
    names, empty = f"<rdf:RDF {NAMES}>", "<rdf:Description xmpMM:InstanceID='i2'/>"
    main, rest = (f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{names}{part}</rdf:RDF></x:xmpmeta>".encode() for part in
                  ("<rdf:Description xmpMM:DocumentID='d1'/>", empty))  # fmt: skip
    pieces = [(at, rest[at : at + 100]) for at in range(0, len(rest), 100)]
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
    extension = [segment(0xE1, head + struct.pack(">II", len(rest), at) + piece) for at, piece in pieces]
    first = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)
    whole = read_bytes(b"\xff\xd8" + first + b"".join(reversed(extension)) + b"\xff\xd9")
    assert (whole.document_id, whole.instance_id, whole.note) == ("d1", "i2", "")
    torn = read_bytes(b"\xff\xd8" + first + segment(0xE1, head + bytes(8) + b"<x>") + b"\xff\xd9")
    assert (torn.state, torn.document_id) == (State.PRESENT, "d1")
    assert "not well-formed" in torn.note
