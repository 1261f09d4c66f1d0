"""Content credentials (C2PA): the workspace's certificate, and signing what is made with it, last of all.

What a file was made from goes into what it says of itself, so that its whole history can be checked. A key is only ever
in memory and, while something is signed, in a file that nobody but our own user may read.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from PIL import Image

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import storage
from crosscut.apps.library.models import Signer, Version
from crosscut.kernel.errors import CrosscutError, Invalid, NotFound, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import as_data, from_data
from crosscut.media import provenance
from crosscut.media.provenance import Action, Provenance, SigningKey
from crosscut.media.provenance.keys import algorithm_of, read_key

LIMIT_CHARACTERS = 100_000  # of a chain of certificates, or of a key


# The workspace's certificate


def signer_of(workspace: Workspace) -> Signer | None:
    """With what the workspace signs; None while it has nothing."""
    return Signer.objects.filter(workspace=workspace).first()


@transaction.atomic
def set_signer(by: Member, certificates: str, key: str) -> Signer:
    """The certificate and key with which everything made from now on is signed; the one before is replaced.

    Both are tried: they must be PEM, belong together, be valid today, and sign a picture. Raises Invalid.
    """
    demand(by, "workspace")
    chain, private = _chain(certificates), read_key(key[:LIMIT_CHARACTERS].encode())
    _check_pair(chain[0], private)
    fields = {
        "name": _name_of(chain[0]),
        "certificates": certificates.strip() + "\n",
        "sealed_key": seal({"key": _as_pem(private)}),
        "algorithm": algorithm_of(private),
        "fingerprint": chain[0].fingerprint(hashes.SHA256()).hex(),
        "expires_at": chain[0].not_valid_after_utc,
        "created_by": by,
        "created_at": timezone.now(),
    }
    _try_it(Signer(workspace=by.workspace, **fields))
    signer, _is_new = Signer.objects.update_or_create(workspace=by.workspace, defaults=fields)
    record("signer.set", signer, by=by, fingerprint=signer.fingerprint, expires_at=str(signer.expires_at))
    return signer


def make_signer(by: Member) -> Signer:
    """A certificate of the workspace's own, under an authority whose key is thrown away at once.

    Readers see "valid, not trusted" until they trust the authority: its certificate is the last of the chain.
    """
    demand(by, "workspace")
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="signer-") as folder:
        made = provenance.make_authority(Path(folder), organisation=by.workspace.name[:60])
        return set_signer(by, made.certificates.read_text("ascii"), made.key.read_text("ascii"))


@transaction.atomic
def remove_signer(by: Member) -> None:
    """Nothing is signed from now on; what was signed stays so. Raises NotFound when there is none."""
    demand(by, "workspace")
    signer = Signer.objects.select_for_update().filter(workspace=by.workspace_id).first()
    if signer is None:
        raise NotFound(phrase("There is no certificate to remove."))
    record("signer.removed", signer, by=by, fingerprint=signer.fingerprint)
    signer.delete()


def is_expired(signer: Signer) -> bool:
    """Whether its certificate has run out, so that nothing is signed."""
    return signer.expires_at <= timezone.now()


# Signing and reading


def sign_made(
    path: Path,
    version: Version,
    master: Path,
    actions: Sequence[Action],
    *,
    should_stop: ShouldStop = never,
) -> str:
    """Signs what was made of a version in place, with the master inside; answers the signer's fingerprint.

    Empty, and the file as it was, when the workspace has no certificate that is valid, or for types that cannot carry
    credentials. Do it last: any change afterwards breaks it. Raises Invalid when the certificate no longer signs.
    """
    signer = Signer.objects.filter(workspace=version.asset.workspace_id).first()
    if signer is None or is_expired(signer):
        return ""
    with _key_files(signer) as key, _named(master, version.filename, key.key.parent) as parent:
        try:
            provenance.sign(path, key=key, parent=parent, actions=actions, should_stop=should_stop)
        except Unsupported:
            return ""
    return signer.fingerprint


def origin_in(path: Path) -> Provenance | None:
    """What the file says of its origin and whether that holds; None when it cannot be asked."""
    try:
        return provenance.read(path)
    except CrosscutError:
        return None


def origin_of(version: Version) -> Provenance | None:
    """What was read of the version's origin; None when nobody has."""
    return from_data(Provenance, version.provenance) if version.provenance else None


def verify(version: Version) -> Provenance | None:
    """What the stored file says of its origin, read anew and kept."""
    with storage.local_copy(version.sha256) as path:
        found = origin_in(path)
    Version.objects.filter(pk=version.pk).update(provenance=as_data(found) if found else None)
    return found


def verify_made(sha256: str) -> Provenance | None:
    """What a made file says of its origin, read now."""
    with storage.local_copy(sha256) as path:
        return origin_in(path)


@contextmanager
def _key_files(signer: Signer) -> Iterator[SigningKey]:
    """The key as files of our own, for as long as something is signed with it."""
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="signer-") as name:
        chain, key = Path(name) / "signer.pem", Path(name) / "signer.key"
        chain.write_text(signer.certificates, encoding="ascii")
        key.touch(mode=0o600)
        key.write_text(unseal(signer.sealed_key)["key"], encoding="ascii")
        yield SigningKey(certificates=chain, key=key, algorithm=signer.algorithm)


@contextmanager
def _named(master: Path, filename: str, folder: Path) -> Iterator[Path]:
    """The master under its own name: that is what the credentials call what the file was made from."""
    link = folder / f"master-{Path(filename).name}"[:200]
    link.symlink_to(master.resolve())
    yield link


# What can be wrong with a certificate


def _chain(text: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text[:LIMIT_CHARACTERS].encode())
    except ValueError as fault:
        message = phrase("These are no certificates: give a PEM file that begins with -----BEGIN CERTIFICATE-----.")
        raise Invalid.at("certificates", message) from fault


def _check_pair(certificate: x509.Certificate, key: PrivateKeyTypes) -> None:
    as_der = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*as_der) != key.public_key().public_bytes(*as_der):
        raise Invalid.at("key", phrase("The key does not belong to the first certificate."))
    if not certificate.not_valid_before_utc <= timezone.now() < certificate.not_valid_after_utc:
        raise Invalid.at("certificates", phrase("The first certificate is not valid today."))


def _as_pem(key: PrivateKeyTypes) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode("ascii")


def _name_of(certificate: x509.Certificate) -> str:
    """Of whom the certificate speaks."""
    parts = [
        certificate.subject.get_attributes_for_oid(oid) for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    ]
    words = ", ".join(str(found[0].value) for found in parts if found)
    return (words or certificate.subject.rfc4514_string())[:200]


def _try_it(signer: Signer) -> None:
    """Raises Invalid when a picture that is signed with it does not hold: then nothing made with it would."""
    with _key_files(signer) as key:
        picture = key.key.with_name("trial.jpg")
        Image.new("RGB", (16, 16), "teal").save(picture)
        made = provenance.sign(picture, key=key)
        if made.state is provenance.State.BROKEN:
            said = " ".join(problem.message for problem in made.problems)
            raise Invalid.at("certificates", phrase("What is signed with it does not hold: {why}", why=said))
