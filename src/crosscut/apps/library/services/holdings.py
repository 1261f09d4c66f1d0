"""What is held about an asset: the records that its rights are judged by."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from crosscut.apps.library.models import Asset, Consent, Licence, Rendition, Subject
from crosscut.specs import rights

HELD = ("licences", "subjects__consents")  # what to prefetch with assets of which the holdings are asked


def holdings_of(asset: Asset) -> rights.Holdings:
    """Everything that decides what may be done with the asset."""
    licences, subjects = list(asset.licences.all()), list(asset.subjects.all())
    return holdings_from(asset.pk, licences, subjects, needed=asset.rights_needed, embargo_until=asset.embargo_until)


def holdings_from(
    asset_id: int,
    licences: Iterable[Licence],
    subjects: Sequence[Subject],
    *,
    needed: Sequence[str],
    embargo_until: datetime | None,
) -> rights.Holdings:
    """The same of the asset's rows: all its licences, and all that can be recognised in it with their consents."""
    return rights.Holdings(
        licences=tuple(licence_record(row) for row in licences if row.withdrawn_at is None),
        rights=tuple(needed),
        subjects=tuple(subject.name for subject in subjects),
        consents=tuple(
            consent_record(row, subject.name)
            for subject in subjects
            for row in subject.consents.all()
            if row.asset_id in (None, asset_id)
        ),
        embargo_until=embargo_until,
    )


def licence_record(licence: Licence) -> rights.Licence:
    """The licence as the record that rights are judged by."""
    return rights.Licence(
        holder=licence.holder,
        terms=licence.terms,
        territories=tuple(licence.territories),
        channels=tuple(licence.channels),
        uses=tuple(licence.uses),
        starts_on=licence.starts_on,
        ends_on=licence.ends_on,
        right=licence.right,
        edits=rights.Edits(licence.edits),
        credit_line=licence.credit_line,
    )


def consent_record(consent: Consent, subject: str) -> rights.Consent:
    """The consent as the record that rights are judged by."""
    return rights.Consent(
        subject=subject,
        territories=tuple(consent.territories),
        channels=tuple(consent.channels),
        uses=tuple(consent.uses),
        starts_on=consent.starts_on,
        ends_on=consent.ends_on,
        withdrawn_at=consent.withdrawn_at,
    )


def edits_of(rendition: Rendition | None) -> rights.Edits:
    """What was done to the file for its place. Smaller copies and other formats are no change to the work."""
    recipe = rendition.recipe if rendition else {}
    is_cropped = bool((recipe.get("picture") or {}).get("aspect") or (recipe.get("video") or {}).get("crop"))
    return rights.Edits.CROP if is_cropped else rights.Edits.NONE


def note_change(asset_ids: Iterable[int]) -> None:
    """Has everything planned and live with these assets held against their rights anew, in the next half minute."""
    Asset.objects.filter(pk__in=list(asset_ids)).update(rights_changed_at=timezone.now())


def note_enforced(asset_ids: Iterable[int], *, read_at: datetime) -> None:
    """Every post with these assets was held against their rights as they were at that moment."""
    Asset.objects.filter(pk__in=list(asset_ids)).update(rights_enforced_at=read_at)


def doubtful_assets() -> QuerySet[Asset]:
    """Assets whose posts may have lost their rights: something was written since they were judged, or a day came.

    Only doubtful: another licence may still cover them, and zones differ by up to a day.
    """
    today = timezone.now().date()
    has_changed = Q(rights_changed_at__isnull=False) & (
        Q(rights_enforced_at=None) | Q(rights_changed_at__gt=F("rights_enforced_at"))
    )
    ended = Licence.objects.filter(withdrawn_at=None, ends_on__lte=today)
    over = Consent.objects.filter(withdrawn_at=None, ends_on__lte=today)
    return Asset.objects.filter(
        has_changed | Q(pk__in=ended.values("asset")) | Q(subjects__in=over.values("subject"))
    ).order_by()
