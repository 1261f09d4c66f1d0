"""What the API says and takes about the library."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from ninja import Field, Schema

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library import queries, rights
from crosscut.apps.library.models import Arrival, ArrivalEvent, Asset, Rendition, Track, Version
from crosscut.apps.library.queries import Listed
from crosscut.apps.library.schemas.rights import LicenceOut, StrictSchema
from crosscut.kernel.findings import Level

Why = dict[str, Any]  # the fields of a FoundAsset that say why it was found


class VersionOut(Schema):
    """One immutable file of an asset."""

    id: int
    number: int
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    facts: dict[str, Any] = Field(description="What was measured: streams, sizes, duration.")
    created_at: datetime
    url: str = Field(description="Where its bytes are; takes the same sign-in and part requests.")

    @staticmethod
    def resolve_url(version: Version) -> str:
        return reverse("api:version_file", args=[version.pk])


class RenditionOut(Schema):
    """A file made from a version."""

    id: int
    purpose: str
    media_type: str
    size_bytes: int
    sha256: str
    facts: dict[str, Any]
    created_at: datetime
    url: str

    @staticmethod
    def resolve_url(rendition: Rendition) -> str:
        return reverse("api:rendition_file", args=[rendition.pk])


class TrackOut(Schema):
    """Words that belong to an asset."""

    id: int
    kind: Track.Kind
    language: str
    media_type: str
    url: str

    @staticmethod
    def resolve_url(track: Track) -> str:
        return reverse("api:track_file", args=[track.pk])


class CaptionFinding(Schema):
    """One thing that is hard to read."""

    code: str
    level: Level
    where: str
    message: str
    repair: str
    source: str


class MendedTrack(Schema):
    """Captions after mending."""

    track_id: int
    changes: list[str]  # what was done, in sentences
    remaining: list[str]  # what could not be mended, and why


class AssetOut(Schema):
    """A thing in the library."""

    id: int
    title: str
    kind: Asset.Kind
    description: str
    alt_text: str
    credit: str
    tags: list[str]
    created_at: datetime
    archived_at: datetime | None
    current: VersionOut | None
    rights: str = Field(
        description="Where its rights stand today: none, no_consent, embargo, expired, not_yet, ends_soon or valid."
    )
    rights_sentence: str

    @staticmethod
    def resolve_rights(asset: Asset) -> str:
        return _rights(asset).state.value

    @staticmethod
    def resolve_rights_sentence(asset: Asset) -> str:
        return _rights(asset).sentence


class AssetDetail(AssetOut):
    """An asset with all that hangs on it."""

    licences: list[LicenceOut]
    versions: list[VersionOut]
    tracks: list[TrackOut]

    @staticmethod
    def resolve_licences(asset: Asset) -> list[Any]:
        return [licence for licence in asset.licences.all() if licence.withdrawn_at is None]

    @staticmethod
    def resolve_versions(asset: Asset) -> list[Any]:
        return list(asset.versions.all())

    @staticmethod
    def resolve_tracks(asset: Asset) -> list[Any]:
        return list(asset.tracks.all())


class AssetChange(StrictSchema):
    """What to change; what is left out stays."""

    title: str | None = None
    description: str | None = None
    alt_text: str | None = None
    credit: str | None = None
    tags: list[str] | None = None


class ArrivalOut(Schema):
    """A file on its way in and what became of it."""

    id: int
    filename: str
    size_bytes: int
    state: Arrival.State
    problem: str = Field(description="In plain words; empty when all is well.")
    asset_id: int | None = Field(description="The asset it became, or that it is a duplicate of.")
    job_id: int | None
    created_at: datetime


class ArrivalEventOut(Schema):
    """One step of a file on its way in."""

    step: ArrivalEvent.Step
    said: str = Field(description="In words.")
    words: str = Field(description="What else there is to say.")
    at: datetime

    @staticmethod
    def resolve_said(event: ArrivalEvent) -> str:
        return event.get_step_display()


class ArrivalDetail(ArrivalOut):
    """A file on its way in with its story."""

    tries: int = Field(description="How often reading it was begun.")
    events: list[ArrivalEventOut]

    @staticmethod
    def resolve_events(arrival: Arrival) -> list[ArrivalEvent]:
        return list(arrival.events.all())


class FacetOut(Schema):
    """One click that narrows the search."""

    group: str
    token: str = Field(description="What to add to `q`.")
    label: str
    count: int = Field(description="How many assets it would leave.")


class FoundAsset(AssetOut):
    """An asset with why it was found."""

    found_by: list[Literal["words", "meaning"]] = Field(description="Empty where no words were looked for.")
    meant_at_s: float | None = Field(description="Alike in meaning: where in the film or sound; none without times.")


class AssetPage(Schema):
    """Some of the assets that were found."""

    items: list[FoundAsset]
    count: int
    is_cut: bool = Field(description="There are more than were counted: the newest that many were looked at.")
    notes: list[str] = Field(description="What was not understood, and what was searched for instead.")
    facets: list[FacetOut]


class Likeness(Schema):
    """What finds pictures like one."""

    q: str


class AssetFilter(Schema):
    """Which assets."""

    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=2**31)
    facets: bool = False

    q: str = Field(
        "", max_length=1000, description="Words and filters as in the search box: reef type:video rights:none"
    )


class FetchIn(StrictSchema):
    """A file somewhere else."""

    url: str = Field(max_length=2000, description="Its whole address.")


class ArrivalFilter(Schema):
    """Which arrivals."""

    state: Arrival.State | None = None
    job: int | None = Field(None, ge=1, le=2**63 - 1)


class Selected(StrictSchema):
    """Several assets."""

    asset_ids: list[int] = Field(min_length=1, max_length=10_000)


class DeleteIn(Selected):
    """Assets to delete, and what was seen to need them."""

    named: list[str] = Field(
        [], max_length=10_000, description="The `where` of every post and piece an earlier answer (409) named."
    )


class TagChange(Selected):
    """Tags to add to and remove from several assets."""

    add: list[str] = Field([], max_length=100)
    remove: list[str] = Field([], max_length=100)


class Changed(Schema):
    """How many assets changed."""

    changed: int


def page_of(rows: Sequence[Listed], workspace: Workspace, why: Callable[[int], Why]) -> list[dict[str, Any]]:
    """The rows as `FoundAsset` has them, ready to be written: to build and check each field again took longer than all
    else that is done for a long list. `why` says why one was found.
    """
    at = timezone.now().astimezone(ZoneInfo(workspace.time_zone))
    address = reverse("api:version_file", args=[0])
    before, _number, after = address.rpartition("0")
    return [
        {
            **row.values,
            "current": row.file and {**row.file, "url": f"{before}{row.file['id']}{after}"},
            **_rights_said(row, at),
            **why(row.values["id"]),
        }
        for row in rows
    ]


def why_found(*, is_said: bool, meant_ms: int | None) -> Why:
    """Whether the words occur in it, and where it is alike in meaning (-1 nowhere)."""
    words = ["words"] if is_said else []
    at_s = None if meant_ms is None or meant_ms < 0 else meant_ms / 1000
    return {"found_by": words if meant_ms is None else [*words, "meaning"], "meant_at_s": at_s}


def _rights_said(row: Listed, at: datetime) -> dict[str, str]:
    judged = rights.rights_at(row.holdings, at)
    return {"rights": judged.state.value, "rights_sentence": judged.sentence}


def _rights(asset: Asset) -> rights.Rights:
    """Judged once for the two fields that say it."""
    judged: rights.Rights | None = vars(asset).get("judged")
    if judged is None:
        judged = vars(asset)["judged"] = rights.rights_of(asset, queries.today_in(asset.workspace))
    return judged
