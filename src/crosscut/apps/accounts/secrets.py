"""Secrets: made at random, kept as hashes where only comparing is needed, encrypted where they must be used."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from crosscut.kernel.errors import ReconnectNeeded
from crosscut.kernel.phrases import phrase


def new_secret(prefix: str) -> str:
    """A fresh secret with 256 random bits, readable as ours by its prefix: `cc_…`."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """What to keep of a random secret. Plain SHA-256 is right here: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def seal(values: Mapping[str, str]) -> bytes:
    """The values encrypted and signed with the installation's key."""
    return _cipher().encrypt(json.dumps(dict(values)).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """The values again. Raises ReconnectNeeded when the installation's key is no longer the one that sealed them."""
    if not sealed:
        return {}
    try:
        values: dict[str, str] = json.loads(_cipher().decrypt(bytes(sealed)))
    except InvalidToken:
        raise ReconnectNeeded(
            phrase("The account's stored credentials cannot be opened with this installation's key.")
        ) from None
    return values


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    material = HKDF(SHA256(), length=32, salt=None, info=b"crosscut account secrets").derive(key.encode())
    return base64.urlsafe_b64encode(material)
