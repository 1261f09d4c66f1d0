"""Rows of the library, as far as the asker may see them. Guests see what was shared with them, not the library."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.library.models import (
    Arrival,
    Asset,
    Consent,
    Licence,
    Rendition,
    SavedSearch,
    Subject,
    Track,
    Upload,
    Version,
)
from crosscut.kernel.errors import NotAllowed, NotFound
from crosscut.kernel.phrases import phrase

_UNLISTED = ("search", "about", "origins", "current__metadata")  # large, and no list shows them


def assets_for(member: Member) -> QuerySet[Asset]:
    """The workspace's assets, archived ones too and binned ones not, newest first; none for guests."""
    rows = Asset.objects.filter(workspace=member.workspace_id, binned_at=None).order_by("-created_at", "-id")
    return rows.none() if member.role == Role.GUEST else rows


def binned_for(member: Member) -> QuerySet[Asset]:
    """What lies in the workspace's bin, the last deleted first; none for guests."""
    rows = Asset.objects.filter(workspace=member.workspace_id, binned_at__isnull=False).order_by("-binned_at", "-id")
    return rows.none() if member.role == Role.GUEST else rows


def asset_for(member: Member, asset_id: int) -> Asset:
    """One of the workspace's assets with its current version, licences and tracks. Raises NotFound."""
    rows = assets_for(member).select_related("current", "created_by__user", "workspace")
    asset = rows.prefetch_related("licences__papers", "tracks", "subjects__consents").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound(phrase("There is no such asset in this workspace."))
    return asset


def versions_for(member: Member) -> QuerySet[Version]:
    """The versions of the assets the member may see."""
    return Version.objects.filter(asset__in=assets_for(member).order_by()).select_related("asset__workspace")


def current_versions(workspace: Workspace) -> QuerySet[Version]:
    """The current versions of all that is not archived in the workspace, for work of the house itself."""
    assets = Asset.objects.filter(workspace=workspace, archived_at=None)
    return Version.objects.filter(pk__in=assets.values("current")).order_by("pk")


def version_for(member: Member, version_id: int) -> Version:
    """One version. Raises NotFound."""
    version = versions_for(member).filter(pk=version_id).first()
    if version is None:
        raise NotFound(phrase("There is no such version in this workspace."))
    return version


def rendition_for_member(member: Member, rendition_id: int) -> Rendition:
    """One rendition. Raises NotFound."""
    rows = Rendition.objects.filter(version__asset__workspace=member.workspace_id)  # the bin shows pictures, too
    rows = rows.none() if member.role == Role.GUEST else rows
    rendition = rows.select_related("version__asset__workspace").filter(pk=rendition_id).first()
    if rendition is None:
        raise NotFound(phrase("There is no such rendition in this workspace."))
    return rendition


def renditions_of(member: Member, asset_id: int) -> QuerySet[Rendition]:
    """The files made from every version of an asset, newest first. Raises NotFound for the asset."""
    return Rendition.objects.filter(version__asset=asset_for(member, asset_id)).order_by("-id")


def track_for(member: Member, track_id: int) -> Track:
    """One track. Raises NotFound."""
    track = (
        Track.objects.filter(asset__in=assets_for(member).order_by())
        .select_related("asset")
        .filter(pk=track_id)
        .first()
    )
    if track is None:
        raise NotFound(phrase("There are no such captions in this workspace."))
    return track


def licence_for(member: Member, licence_id: int) -> Licence:
    """One licence that was not withdrawn. Raises NotFound."""
    rows = Licence.objects.filter(asset__in=assets_for(member).order_by(), withdrawn_at=None)
    licence = rows.select_related("asset__workspace").filter(pk=licence_id).first()
    if licence is None:
        raise NotFound(phrase("There is no such licence in this workspace."))
    return licence


def subjects_for(member: Member) -> QuerySet[Subject]:
    """The people, places and things that can be recognised in the workspace's assets, by name; none for guests."""
    rows = Subject.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def subject_for(member: Member, subject_id: int) -> Subject:
    """One of them with its consents. Raises NotFound."""
    subject = subjects_for(member).prefetch_related("consents__asset", "consents__papers").filter(pk=subject_id).first()
    if subject is None:
        raise NotFound(phrase("There is no such person or place in this workspace."))
    return subject


def consent_for(member: Member, consent_id: int) -> Consent:
    """One consent, withdrawn or not. Raises NotFound."""
    rows = Consent.objects.filter(subject__in=subjects_for(member).order_by()).select_related("subject")
    consent = rows.filter(pk=consent_id).first()
    if consent is None:
        raise NotFound(phrase("There is no such consent in this workspace."))
    return consent


def arrivals_for(member: Member, *, state: str = "", job_id: int | None = None) -> QuerySet[Arrival]:
    """What became of the files that were added, newest first; none for guests."""
    rows = Arrival.objects.filter(workspace=member.workspace_id).select_related("job", "asset__current")
    if state:
        rows = rows.filter(state=state)
    if job_id:
        rows = rows.filter(job=job_id)
    return rows.none() if member.role == Role.GUEST else rows.order_by("-id")


def arrival_for(member: Member, arrival_id: int) -> Arrival:
    """One arrival. Raises NotFound."""
    arrival = arrivals_for(member).filter(pk=arrival_id).first()
    if arrival is None:
        raise NotFound(phrase("There is no such file among those that were added here."))
    return arrival


def without_accents(words: Sequence[str]) -> list[str]:
    """The words as the text search keeps them.

    Asked for beforehand: inside a search `unaccent` counts as stable, not immutable, so a plan that reads every row
    would take the accents off, and build the search's query anew, once per row (90 ms of 100 with 10,000 assets).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unaccent(word) FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, at) ORDER BY at",
            [list(words)],
        )
        return [row[0] for row in cursor.fetchall()]


def refuse_guests(member: Member) -> None:
    """Raises NotAllowed for guests, with what they can do instead."""
    if member.role == Role.GUEST:
        raise NotAllowed(phrase("The library is for members. As a guest you see what was shared with you by link."))


def today_in(workspace: Workspace) -> date:
    """The date in the workspace's time zone: licences end when its day ends."""
    return timezone.now().astimezone(ZoneInfo(workspace.time_zone)).date()


def live_licences(today: date) -> QuerySet[Licence]:
    """The licences of the outer query's asset that are valid on the day."""
    has_begun = Q(starts_on=None) | Q(starts_on__lte=today)
    has_not_ended = Q(ends_on=None) | Q(ends_on__gte=today)
    return entered_licences().filter(has_begun, has_not_ended)


def entered_licences() -> QuerySet[Licence]:
    """The licences of the outer query's asset that were not withdrawn."""
    return Licence.objects.filter(asset=OuterRef("pk"), withdrawn_at=None).order_by()


def rights_filters(today: date) -> dict[str, Any]:
    """Conditions on assets by the standing of their rights on the day."""
    is_entered, is_valid = Exists(entered_licences()), Exists(live_licences(today))
    return {"none": ~is_entered, "expired": is_entered & ~is_valid, "valid": is_valid}


def ends_within(today: date, days: int) -> Any:
    """The condition that an asset may be used today, and no longer after so many days."""
    lasts = live_licences(today).filter(Q(ends_on=None) | Q(ends_on__gt=today + timedelta(days=days)))
    return Exists(live_licences(today)) & ~Exists(lasts)


def with_card_parts(assets: QuerySet[Asset]) -> QuerySet[Asset]:
    """The assets with everything a card shows, in a fixed number of queries."""
    thumbnails = _thumbnails("current__renditions")
    licences = Prefetch("licences", Licence.objects.filter(withdrawn_at=None))
    rows = assets.select_related("current", "workspace").defer(*_UNLISTED)
    return rows.prefetch_related(thumbnails, licences, "subjects__consents")


def saved_searches_for(member: Member) -> QuerySet[SavedSearch]:
    """The member's own kept searches and those that others share, by name; none for guests."""
    rows = SavedSearch.objects.filter(workspace=member.workspace_id).select_related("member__user")
    rows = rows.filter(Q(member=member) | Q(is_shared=True))
    return rows.none() if member.role == Role.GUEST else rows


def saved_search_for(member: Member, search_id: int) -> SavedSearch:
    """One of them. Raises NotFound."""
    saved = saved_searches_for(member).filter(pk=search_id).first()
    if saved is None:
        raise NotFound(phrase("There is no such kept search in this workspace."))
    return saved


def with_thumbnails(arrivals: QuerySet[Arrival]) -> QuerySet[Arrival]:
    """The arrivals with their stories and the small pictures of what they became."""
    return arrivals.prefetch_related(_thumbnails("asset__current__renditions"), "events")


def with_upload_thumbnails(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    """The uploads with the small pictures of what they became."""
    rows = uploads.select_related("arrival__asset__current", "arrival__job")
    return rows.prefetch_related(_thumbnails("arrival__asset__current__renditions"))


def _thumbnails(path: str) -> "Prefetch[str, QuerySet[Rendition], str]":
    """The version's thumbnails, newest first, as its attribute `thumbnails`."""
    return Prefetch(path, Rendition.objects.filter(purpose="thumbnail").order_by("-id"), to_attr="thumbnails")
