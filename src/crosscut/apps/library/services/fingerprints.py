"""Looking at versions once, so that they can be found by what they look like."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from crosscut.apps.library import storage
from crosscut.apps.library.colours import bits_of
from crosscut.apps.library.models import Asset, Fingerprint, Version
from crosscut.apps.library.models.likeness import now_writing
from crosscut.kernel.errors import CrosscutError, Damaged, Invalid, NotFound, Unsupported
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import as_data
from crosscut.media.stills import fingerprints as looks

FILL_AT_ONCE = 200  # versions that one run of the backfill looks at: uploads need not wait long
SEEN_KINDS = (Asset.Kind.IMAGE, Asset.Kind.DOCUMENT, Asset.Kind.VIDEO)


def take(version: Version, *, should_stop: ShouldStop = never) -> Fingerprint:
    """The version's fingerprint, taken now unless it was before. What cannot be looked at gets an empty one.

    Raises NotFound when the stored file is missing, Cancelled.
    """
    before = Fingerprint.objects.filter(version=version.pk, maker=looks.MAKER).first()
    if before:
        return before
    return enter(version, _seen(version, should_stop))


def take_missing(versions: Iterable[Version], *, should_stop: ShouldStop = never) -> int:
    """Looks at those of the versions that nobody looked at; says at how many. A file that is gone is passed over."""
    taken = 0
    for version in versions:
        try:
            take(version, should_stop=should_stop)
            taken += 1
        except NotFound:
            continue
    return taken


def fill(*, should_stop: ShouldStop = never, limit: int = FILL_AT_ONCE) -> int:
    """Looks at versions that were there before fingerprints were, newest first; says at how many."""
    is_old = Q(fingerprint=None) | Q(fingerprint__maker__lt=looks.MAKER)
    rows = Version.objects.filter(is_old, asset__kind__in=SEEN_KINDS).select_related("asset")
    return take_missing(rows.order_by("-pk")[:limit], should_stop=should_stop)


@transaction.atomic
def enter(version: Version, seen: looks.Fingerprint | None) -> Fingerprint:
    """The row of what was seen; an empty one for None."""
    row, _is_new = Fingerprint.objects.update_or_create(version=version, defaults=_fields(version, seen))
    row.refresh_from_db()
    return row


def enter_first(version: Version, seen: looks.Fingerprint) -> None:
    """The same of a version that the same transaction made."""
    Fingerprint.objects.create(version=version, **_fields(version, seen))


def _fields(version: Version, seen: looks.Fingerprint | None) -> dict[str, object]:
    fields: dict[str, object] = {
        "workspace_id": version.asset.workspace_id,
        "maker": looks.MAKER,
        "is_film": version.asset.kind == Asset.Kind.VIDEO,
        "camera": str(version.metadata.get("camera") or "")[:200],
        "taken_at": _taken_at(version),
        "written_in": now_writing(),
        "is_compared": False,
    }
    if seen:
        fields |= {
            "whole": signed(seen.whole),
            "parts": b"".join(part.to_bytes(8, "big") for part in seen.parts),
            "sketch": bytes.fromhex(seen.sketch_hex),
            "colours": as_data(seen)["colours"],
            "hues": bits_of(as_data(seen)["colours"]),
        }
    return fields


def pixels_of(row: Fingerprint) -> str:
    """The hash of the version's pixels, read now unless it was before; empty where they cannot be read."""
    if not row.pixels_sha256:
        try:
            with storage.local_copy(row.version.sha256) as path:
                row.pixels_sha256 = looks.pixels_sha256(path)
        except (CrosscutError, OSError):  # the copy is alike all the same; only "the same pixels" cannot be said
            return ""
        Fingerprint.objects.filter(pk=row.pk).update(pixels_sha256=row.pixels_sha256)
    return row.pixels_sha256


def signed(bits: int) -> int:
    """64 bits as the number that PostgreSQL keeps.

    >>> signed(2**64 - 1), signed(5)
    (-1, 5)
    """
    return bits - 2**64 if bits >= 2**63 else bits


def _seen(version: Version, should_stop: ShouldStop) -> looks.Fingerprint | None:
    if version.asset.kind not in SEEN_KINDS:
        return None
    with storage.local_copy(version.sha256) as path:
        try:
            return looks.fingerprint(path, should_stop=should_stop)
        except (Damaged, Invalid, Unsupported):
            return None


def _taken_at(version: Version) -> datetime | None:
    """When it was taken, as the camera's clock said; without an offset it is read as UTC: only nearness counts."""
    try:
        at = datetime.fromisoformat(str(version.metadata.get("created_at") or ""))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
