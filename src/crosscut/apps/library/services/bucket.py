"""Buckets of S3 stores: what lies under a name there is taken in once, and again when it becomes another. Read only."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.library import incoming
from crosscut.apps.library.models import Arrival, WayIn, WayItem
from crosscut.apps.library.services import arrive, watched
from crosscut.apps.library.storage import plain_disk_errors
from crosscut.channels import s3
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.phrases import phrase

MOST_OBJECTS = watched.MOST_FILES
AT_ONCE = 50  # fetched by one look; the next look fetches the next
AT_ONCE_BYTES = 4_000_000_000  # other ways in are looked into after it


def checked(settings: Mapping[str, Any], password: str) -> dict[str, Any]:
    """The settings of a bucket; the secret key is the password. Raises Invalid with every problem."""
    told = {name: str(settings.get(name, "") or "").strip() for name in ("endpoint", "region", "bucket", "access_key")}
    prefix = str(settings.get("prefix", "") or "").lstrip("/")
    found = []
    endpoint = s3.endpoint_of(told["endpoint"], told["region"])
    if not told["region"].replace("-", "").isalnum():
        found.append(("region", phrase("Give the region as the store calls it: eu-central-1, us-east-1.")))
    elif not s3.is_safe(endpoint, site.ALLOWED_PRIVATE_HOSTS):
        found.append(("endpoint", phrase("Give the store's address, with https:// before it.")))
    if not s3.BUCKET_NAME.fullmatch(told["bucket"]):
        found.append(("bucket", phrase("A bucket's name has 3 to 63 small letters, digits, dots and hyphens.")))
    if not told["access_key"] or not password:
        where = "password" if told["access_key"] else "access_key"
        found.append((where, phrase("Give both keys, best of a user who may list and read this bucket alone.")))
    if len(prefix) > 500:
        found.append(("prefix", phrase("Give at most {most} letters.", most=500)))
    if found:
        raise Invalid(problems=[Problem(code="way_in.bucket", where=where, message=words) for where, words in found])
    return {**told, "endpoint": told["endpoint"].rstrip("/"), "prefix": prefix}


def look(way: WayIn) -> int:
    """How many objects are taken in by this look: new ones, and those whose content is another than before.

    Each is known by its name and its mark (ETag and size) and is taken once, whoever restarts when. Raises NotAllowed,
    NotFound and Unavailable with what the store says, Invalid when there is too much.
    """
    bucket, hosts = _bucket(way), site.ALLOWED_PRIVATE_HOSTS
    known = dict(way.items.values_list("name", "mark"))
    wanted: list[s3.Object] = []
    for number, found in enumerate(s3.listed(bucket, way.settings["prefix"], allowed_hosts=hosts)):
        if number >= MOST_OBJECTS:
            raise Invalid.at(
                "prefix", phrase("More than {most:,} objects are there. Give a longer prefix.", most=MOST_OBJECTS)
            )
        if known.get(found.key) != _mark(found) and not watched.is_rubbish(PurePosixPath(found.key).name):
            wanted.append(found)
    taken = room = 0
    for found in wanted[:AT_ONCE]:
        room += found.size_bytes
        if taken and room > AT_ONCE_BYTES:
            break
        taken += _take(way, bucket, found)
    return taken


def _bucket(way: WayIn) -> s3.Bucket:
    told = way.settings
    secret_key = unseal(way.secrets)["password"]
    return s3.Bucket(
        endpoint=told["endpoint"],
        region=told["region"],
        name=told["bucket"],
        access_key=told["access_key"],
        secret_key=secret_key,
    )


def _mark(found: s3.Object) -> str:
    return f"{found.etag[:70]}:{found.size_bytes}{':archived' * found.is_archived}"


def _take(way: WayIn, bucket: s3.Bucket, found: s3.Object) -> bool:
    """Fetches the object, hands it on and notes that it was taken: the last two both or neither."""
    name = incoming.safe_name(PurePosixPath(found.key).name)
    if found.size_bytes > site.MAX_UPLOAD_BYTES:
        _refuse(way, found, str(incoming.too_large(name)))
        return False
    try:
        kept = _fetch(bucket, found, name)
    except (NotFound, Conflict):  # gone or replaced since it was listed: the next look sees what is there then
        return False
    except Unsupported as error:
        _refuse(way, found, str(error))
        return False
    try:
        with transaction.atomic():
            _note(way, found)
            arrive.receive(way.created_by, [arrive.Incoming(path=kept, filename=name)])
    except BaseException:
        incoming.forget(kept)
        raise
    return True


def _fetch(bucket: s3.Bucket, found: s3.Object, name: str) -> Path:
    """Where the object's content lies now, whole."""
    place, hosts = incoming.new_place(), site.ALLOWED_PRIVATE_HOSTS
    try:
        with plain_disk_errors(phrase("fetch {file}", file=name)), place.open("xb") as file:
            s3.fetch(bucket, found, file, limit_bytes=site.MAX_UPLOAD_BYTES, allowed_hosts=hosts)
        return incoming.adopt(place, name)
    finally:
        place.unlink(missing_ok=True)


@transaction.atomic
def _refuse(way: WayIn, found: s3.Object, problem: str) -> None:
    """What cannot be taken stands among the arrivals, with its reason, once."""
    _note(way, found)
    Arrival.objects.create(
        workspace_id=way.workspace_id,
        filename=incoming.safe_name(PurePosixPath(found.key).name),
        size_bytes=found.size_bytes,
        state=Arrival.State.REFUSED,
        problem=problem[:1000],
        created_by=way.created_by,
    )


def _note(way: WayIn, found: s3.Object) -> None:
    fields = {"mark": _mark(found), "noticed_at": timezone.now(), "is_taken": True}
    WayItem.objects.update_or_create(way=way, name=found.key, defaults=fields)
