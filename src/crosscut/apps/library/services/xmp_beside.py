"""XMP files beside media on their way in: what they say is taken over; one that comes before its media waits for it."""

from datetime import timedelta
from pathlib import Path

from django.db.models import Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Arrival, Asset, ChangeSet
from crosscut.apps.library.services import about
from crosscut.apps.library.services.fields import field_set, values_of
from crosscut.apps.library.services.sidecars import XMP, described_by
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media import metadata
from crosscut.media.fields import is_empty

WAITS = phrase(
    "It describes a file that is not here yet, and is read as soon as that comes. For files that are here already, "
    "bring it in under “Metadata”."
)
_WAITS_FOR = timedelta(days=1)


def describe(by: Member, asset: Asset, path: Path) -> str:
    """Takes over what the XMP file says of the asset; what was left as it was, in words. Raises NotFound, Damaged.

    What people wrote here stays, and so does what a value does not fit.
    """
    known, row = field_set(by.workspace_id), Asset.objects.get(pk=asset.pk)
    now, wanted, left = values_of(row), {}, []
    for key, value in metadata.read_sidecar(path).fields.items():
        if key not in known.fields or known.fields[key].is_fixed or is_empty(value) or now.get(key) == value:
            continue
        try:
            if about.is_peoples(row, key):
                raise Invalid.at(key, phrase("People wrote it here."))
            about.checked(known, {key: value}, before=row.tags)
        except Invalid:
            left.append(str(known.fields[key].label))
        else:
            wanted[key] = value
    if wanted:
        about.change(by, {row.pk: wanted}, how=ChangeSet.How.SIDECAR)
    return phrase("Left as it was here: {fields}.", fields=", ".join(left)) if left else ""


def lately_from(xmp: Arrival) -> QuerySet[Arrival]:
    """The files that may be meant: of the same job, and what the same person uploaded within a day, the last first."""
    since = timezone.now() - _WAITS_FOR
    uploaded = Q(created_by=xmp.created_by, created_at__gte=since)
    stem = Path(xmp.filename[: -len(XMP)]).stem  # of `reef.nef.xmp`, too: what it describes is judged by name later
    named = Arrival.objects.filter(workspace=xmp.workspace_id, filename__istartswith=stem)
    return named.filter(Q(job=xmp.job_id) | uploaded).order_by("-pk")


def call_waiting(media: Arrival, asset: Asset) -> None:
    """Has XMP files that came before this file, from the same person, read with its job."""
    waiting = Arrival.objects.filter(
        workspace=media.workspace_id,
        created_by=media.created_by,
        state=Arrival.State.QUARANTINED,
        filename__istartswith=Path(media.filename).stem,
        filename__iendswith=XMP,
        created_at__gte=timezone.now() - _WAITS_FOR,
    )
    names = dict(waiting.values_list("pk", "filename"))
    fitting = [pk for pk, name in names.items() if described_by(name, [(media.filename, asset)])]
    waiting.filter(pk__in=fitting).update(job=media.job, state=Arrival.State.WAITING, tries=0, problem="")
