"""Content credentials are graded by what could be checked, offline, and nobody is accused by them."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from verifier.casefile import Evidence, Kind
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
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", *_chain(), None))
    with c2pa.Builder(json.dumps(MANIFEST)) as builder:
        if address:
            builder.set_no_embed()
            builder.set_remote_url(address)
        builder.sign(signer, "image/jpeg", source, out)
    return out.getvalue()


def _chain() -> tuple[bytes, bytes]:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, text)])

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def certificate(subject: str, public: ec.EllipticCurvePublicKey, authority: bool) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=authority, crl_sign=False, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("root")).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )  # fmt: skip
        if not authority:
            mail = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(mail, critical=False)
        return builder.sign(root_key, hashes.SHA256())

    chain = certificate("test signer", key.public_key(), False), certificate("root", root_key.public_key(), True)
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, private


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
        Grade.UNVERIFIED,
    )


def test_a_picture_without_a_manifest_has_none(make_scene: Callable[..., object], encode: Encode) -> None:
    assert credentials.read(evidence(encode(make_scene(16, 16)))).grade is Grade.ABSENT
