"""Certificates of a run, and pictures signed with them (C2PA): for files that no camera had to sign."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

_SOURCE, _ACTIONS = "http://cv.iptc.org/newscodes/digitalsourcetype", "c2pa.actions"

_NO_THUMBNAIL = {"builder": {"thumbnail": {"enabled": False}}}  # 100 KB of a copy that nobody looks at


def sign(picture: bytes, chain: bytes, key: bytes) -> bytes:
    """The JPEG with a manifest that says that a camera took it."""
    said = {"actions": [{"action": "c2pa.created", "digitalSourceType": f"{_SOURCE}/digitalCapture"}]}
    manifest = {
        "claim_generator_info": [{"name": "Fenwald Kestra 7"}],
        "assertions": [{"label": _ACTIONS, "data": said}],
    }
    out = io.BytesIO()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, key, None))
    with c2pa.Builder(json.dumps(manifest), c2pa.Context(c2pa.Settings.from_dict(_NO_THUMBNAIL))) as builder:
        builder.sign(signer, "image/jpeg", io.BytesIO(picture), out)
    return out.getvalue()


def certificates(days: int = 30) -> tuple[bytes, bytes, bytes]:
    """A signer's chain, valid for so many days, its private key and the root that vouches for it, all PEM."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, text)])

    def certificate(subject: str, public: ec.EllipticCurvePublicKey, authority: bool) -> bytes:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=authority, crl_sign=False, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("root")).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days)).add_extension(usage, critical=True)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )  # fmt: skip
        if not authority:
            mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(mail, critical=False)
        return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root = certificate("root", root_key.public_key(), authority=True)
    chain = certificate("test signer", key.public_key(), authority=False) + root
    form = serialization.PrivateFormat.PKCS8
    return chain, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()), root
