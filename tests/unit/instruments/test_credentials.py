"""Content credentials are graded by what could be checked, offline, and nobody is accused by them."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable
from pathlib import Path

import c2pa
import pytest
from PIL import Image

from benchmarks.certificates import certificates, sign
from verifier.casefile import Evidence, Kind
from verifier.errors import InputError
from verifier.instruments import credentials
from verifier.instruments.credentials import Grade

Encode = Callable[..., bytes]
MANIFEST = {
    "claim_generator_info": [{"name": "test camera", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}


def evidence(data: bytes) -> Evidence:
    return Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=data)


@pytest.fixture(scope="module")
def signed() -> bytes:
    """A small JPEG with a manifest that says "generated", signed with a certificate made for this run."""
    return _sign()


@pytest.fixture(scope="module")
def signed_elsewhere() -> Callable[[str], bytes]:
    """A small JPEG whose manifest is at the address given, and nowhere else."""
    return _sign


def _sign(address: str = "") -> bytes:
    source, out = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(source, "JPEG")
    source.seek(0)
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", *certificates()[:2], None))
    with c2pa.Builder(json.dumps(MANIFEST)) as builder:
        if address:
            builder.set_no_embed()
            builder.set_remote_url(address)
        builder.sign(signer, "image/jpeg", source, out)
    return out.getvalue()


def test_a_signed_picture_is_intact_and_says_how_it_was_made(signed: bytes) -> None:
    found = credentials.read(evidence(signed))
    assert found.grade is Grade.INTACT
    assert found.signer == "test signer"
    assert found.generator == "test camera"
    assert found.actions == ("c2pa.created",)
    assert found.source_types == ("trainedAlgorithmicMedia",)


def test_a_picture_changed_after_signing_is_graded_so_and_not_accused(signed: bytes) -> None:
    changed = signed[:-40] + bytes([signed[-40] ^ 1]) + signed[-39:]
    found = credentials.read(evidence(changed))
    assert found.grade is Grade.CHANGED
    assert "assertion.dataHash.mismatch" in found.codes


def test_a_manifest_elsewhere_is_not_fetched(signed_elsewhere: Callable[[str], bytes]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        data = signed_elsewhere(f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa")
        decoy = b"\xff\xeb\x00\x0ec2pa-decoy:"  # so that the walker hands the file on
        assert credentials.read(evidence(data[:2] + decoy + data[2:])).grade is Grade.UNREADABLE
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_damaged_manifest_is_unreadable(signed: bytes) -> None:
    at = signed.index(b"c2pa.claim")
    assert credentials.read(evidence(signed[:at] + b"\0\0" + signed[at + 2 :])).grade in (
        Grade.UNREADABLE,
        Grade.BROKEN,
    )


def test_a_picture_without_a_manifest_has_none(make_scene: Callable[..., object], encode: Encode) -> None:
    assert credentials.read(evidence(encode(make_scene(16, 16)))).grade is Grade.ABSENT


@pytest.fixture(scope="module")
def trust_list(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder with the root of the signer, and a picture that the signer signed."""
    chain, key, root = certificates()
    folder = tmp_path_factory.mktemp("trust")
    (folder / "root.pem").write_bytes(root)
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")
    return folder, sign(file.getvalue(), chain, key)


def test_a_signer_on_the_operators_trust_list_is_trusted(trust_list: tuple[Path, bytes], signed: bytes) -> None:
    folder, picture = trust_list
    anchors = credentials.load_anchors(folder)
    assert credentials.read(evidence(picture), anchors).grade is Grade.TRUSTED
    assert credentials.read(evidence(picture)).grade is Grade.INTACT
    assert credentials.read(evidence(signed), anchors).grade is Grade.INTACT


def test_a_trust_list_is_read_from_a_file_or_a_folder_and_must_hold_a_certificate(
    trust_list: tuple[Path, bytes], tmp_path: Path
) -> None:
    folder, _ = trust_list
    assert credentials.load_anchors(folder) == credentials.load_anchors(folder / "root.pem")
    assert credentials.load_anchors(None) == ""
    for nothing in (tmp_path, tmp_path / "missing.pem"):
        with pytest.raises(InputError, match="trust list"):
            credentials.load_anchors(nothing)


@pytest.mark.parametrize(
    ("codes", "grade"),
    [
        (("signingCredential.expired",), Grade.UNVERIFIED),
        (("assertion.dataHash.mismatch", "claimSignature.mismatch"), Grade.CHANGED),
        (("assertion.hashedURI.mismatch", "signingCredential.untrusted"), Grade.BROKEN),
    ],
)
def test_an_invalid_manifest_is_graded_by_what_does_not_hold(codes: tuple[str, ...], grade: Grade) -> None:
    delta = {"validationDeltas": {"failure": [{"code": code} for code in codes]}}
    store = {"validation_results": {"activeManifest": {}, "ingredientDeltas": [delta]}}
    assert credentials._graded(store, "Invalid").grade is grade
