"""Makes a certificate authority of one's own and a signer's key under it: for a self-hoster, and for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase
from crosscut.media.provenance.keys import CERTIFICATES_NAME, KEY_NAME
from crosscut.media.provenance.records import SigningKey

SIGNER_DAYS, AUTHORITY_DAYS = 365, 3650


@dataclass(frozen=True)
class _Issued:
    """A certificate and the key it speaks of."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(folder: Path, *, organisation: str, days: int = SIGNER_DAYS) -> SigningKey:
    """The key and chain written to the folder: `signer.pem`, `signer.key`, and `anchors.pem` to give to readers.

    The authority's own key is thrown away, so that nobody can ever issue more under it. Others see "valid, not
    trusted" until they trust `anchors.pem`. Raises Conflict when there is a key already: it is never overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / KEY_NAME
    if key_file.exists():
        raise Conflict(phrase("{name} is there already; move it away first, or use it.", name=key_file.name))
    authority = _issued(f"{organisation} root", organisation, AUTHORITY_DAYS, by=None)
    signer = _issued(f"{organisation} signer", organisation, days, by=authority)
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        signer.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / CERTIFICATES_NAME).write_bytes(_pem(signer) + _pem(authority))
    (folder / "anchors.pem").write_bytes(_pem(authority))
    return SigningKey(certificates=folder / CERTIFICATES_NAME, key=key_file)


def _issued(name: str, organisation: str, days: int, *, by: _Issued | None) -> _Issued:
    """A certificate as C2PA asks for (2.2, 14.5.1): digitalSignature and emailProtection, with both key identifiers."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    )
    is_root, now = by is None, datetime.now(UTC)
    issuer_key = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=min(0, days) - 1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(_usage(is_root=is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_root:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return _Issued(builder.sign(issuer_key, hashes.SHA256()), key)


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(issued: _Issued) -> bytes:
    return issued.certificate.public_bytes(serialization.Encoding.PEM)
