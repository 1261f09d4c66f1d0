"""The key that something is signed with: what it is, and where a folder has one."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.provenance.records import SigningKey

CERTIFICATES_NAME, KEY_NAME = "signer.pem", "signer.key"
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}  # C2PA 2.2, 13.2.1


def key_in(folder: Path) -> SigningKey:
    """The key and chain that lie in a folder as `make_authority` writes them: `signer.pem` and `signer.key`.

    Raises Invalid when one of them is missing, or the key is none that content credentials take.
    """
    for name in (CERTIFICATES_NAME, KEY_NAME):
        if not (folder / name).is_file():
            message = phrase("There is no {name} in {folder}: a signer's folder has both.", name=name, folder=folder)
            raise Invalid.at("key", message)
    private = read_key((folder / KEY_NAME).read_bytes())
    return SigningKey(certificates=folder / CERTIFICATES_NAME, key=folder / KEY_NAME, algorithm=algorithm_of(private))


def read_key(pem: bytes) -> PrivateKeyTypes:
    """The private key of a PEM text. Raises Invalid."""
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as fault:
        message = phrase("This is no private key without a password: give a PEM file that begins with -----BEGIN.")
        raise Invalid.at("key", message) from fault


def algorithm_of(key: PrivateKeyTypes) -> str:
    """How something is signed with the key, in C2PA's words. Raises Invalid for keys that C2PA does not take."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    raise Invalid.at("key", phrase("Use a key on a NIST curve, Ed25519, or RSA: content credentials take no other."))
