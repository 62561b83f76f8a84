"""An origin holds only what tells one making from all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import pytest

from verifier.casefile import Identity, Origin
from verifier.instruments import exif, origin, xmp
from verifier.instruments.container import State
from verifier.instruments.document_info import DocumentInfo
from verifier.instruments.maker_notes import MakerNote

ID = "77c6274bd589ad50395891e84a8b673b"
CAMERA: Mapping[str, object] = {"make": "Fenwald", "model": "Kestra 7", "original": "2026:05:13 10:42:17"}
Said = Callable[..., Origin]


@pytest.fixture
def said(make_photo: Callable[..., bytes]) -> Said:
    def read(name: str = "photo.jpg", **fields: object) -> Origin:
        data = make_photo(**fields)
        return origin.of(exif.read_bytes(data), xmp.read_bytes(data), MakerNote(state=State.ABSENT), name)

    return read


def kinds(found: Origin) -> dict[str, str]:
    return {identity.kind: identity.value for identity in found.identities}


def test_an_image_id_of_128_bits_tells_one_exposure(said: Said) -> None:
    assert kinds(said(image_unique_id=ID)) == {"image": ID.upper()}


@pytest.mark.parametrize(
    "stated", ["0" * 32, "0" * 29 + "111", "A16LLIC08SM A16LLIL02GM", "H13LLHA00SM", "", "77c6274bd589ad50"]
)
def test_an_id_that_firmware_repeats_is_left_out(said: Said, stated: str) -> None:
    assert kinds(said(image_unique_id=stated)) == {}


def test_a_serial_number_tells_the_device_and_with_a_fraction_the_exposure(said: Said) -> None:
    found = kinds(said(**CAMERA, body_serial="FK7-30291844", subsec_original="7"))
    assert found == {
        "device": "Fenwald Kestra 7 #FK7-30291844",
        "exposure": "Fenwald Kestra 7 #FK7-30291844 @ 2026:05:13 10:42:17.7",
    }


@pytest.mark.parametrize(("fraction", "tells"), [("713", True), ("71", True), ("7", False), ("00", False), ("", False)])
def test_without_a_serial_number_a_fraction_must_have_two_digits(said: Said, fraction: str, tells: bool) -> None:
    assert ("exposure" in kinds(said(**CAMERA, subsec_original=fraction))) == tells


@pytest.mark.parametrize(
    ("name", "series", "number"),
    [
        ("IMG_1234.JPG", "IMG_", 1234),
        ("dsc01234.jpg", "DSC", 1234),
        ("P1010031.jpg", "P", 1010031),
        ("_MG_0007.jpg", "_MG_", 7),
        ("folder/DSC_0012 (1).JPG", "DSC_", 12),
    ],
)
def test_a_counted_file_name_is_a_number_in_the_models_roll(said: Said, name: str, series: str, number: int) -> None:
    roll = Identity(kind="roll", value=f"Fenwald Kestra 7 {series}", number=number)
    assert roll in said(name, **CAMERA).identities


@pytest.mark.parametrize(
    "name", ["IMG_20260513_104217.jpg", "IMG-20260606-WA0007.jpg", "IMG_1234-2.jpg", "1234.jpg", ""]
)
def test_a_name_that_holds_a_date_or_a_messengers_number_is_no_roll(said: Said, name: str) -> None:
    assert "roll" not in kinds(said(name, **CAMERA))


def test_no_model_no_roll(said: Said) -> None:
    assert kinds(said("IMG_1234.JPG", original="2026:05:13 10:42:17")) == {}


def test_place_and_moment_are_kept_with_what_is_not_known_of_the_zone(said: Said) -> None:
    place = {"latitude": (Fraction(538670, 10000),), "latitude_ref": "N"}
    place |= {"longitude": (Fraction(106848, 10000),), "longitude_ref": "E"}
    known = said(**CAMERA, **place)
    assert (known.latitude, known.longitude) == (53.867, 10.6848)
    assert known.earliest == known.latest == "2026-05-13T08:42:17+00:00"
    bare = said(**CAMERA)
    assert (bare.earliest, bare.latest) == ("2026-05-12T20:42:17+00:00", "2026-05-13T22:42:17+00:00")


def test_a_file_that_says_nothing_has_an_empty_origin(said: Said) -> None:
    assert said(software="GIMP 2.10") == Origin()


def test_a_pdf_is_known_by_its_file_identifier_and_its_packets_ids() -> None:
    packet = xmp.Xmp(state=State.PRESENT, document_id=f"uuid:{ID}", instance_id=f"uuid:{ID[::-1]}")
    found = origin.of_document(DocumentInfo(identifier=ID), packet)
    assert kinds(found) == {"file": ID, "document": f"uuid:{ID}", "instance": f"uuid:{ID[::-1]}"}


@pytest.mark.parametrize("identifier", ["", "00" * 16, "0123", "ab" * 16])
def test_a_file_identifier_that_many_share_is_left_out(identifier: str) -> None:
    found = origin.of_document(DocumentInfo(identifier=identifier), xmp.Xmp(state=State.ABSENT))
    assert found == Origin()
