"""The library for programs."""

from functools import partial
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from ninja import File, Query, Router, Status, UploadedFile
from ninja.pagination import paginate
from ninja.responses import Response

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import facets, incoming, likenesses, queries, search, searchbox, spread
from crosscut.apps.library.models import Arrival, Asset, Rendition
from crosscut.apps.library.schemas.assets import (
    ArrivalDetail,
    ArrivalFilter,
    ArrivalOut,
    AssetChange,
    AssetDetail,
    AssetFilter,
    AssetPage,
    CaptionFinding,
    Changed,
    FacetOut,
    FetchIn,
    Likeness,
    MendedTrack,
    RenditionOut,
    Selected,
    TagChange,
    page_of,
    why_found,
)
from crosscut.apps.library.schemas.spread import MonthOut, SpotOut
from crosscut.apps.library.services import arrive, captioning, describe, fetch, previews
from crosscut.apps.library.serving import rendition_response, track_response, version_response
from crosscut.apps.library.spread import Month, Spot
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobOut
from crosscut.kernel.findings import Finding

router = Router(tags=["library"])
# Optional for ninja only: when a file was too large or the disk full, `uploaded_files` says so instead of "missing".
_Files = Annotated[list[UploadedFile], File(description="One or more files. Required.")]
_OneFile = Annotated[UploadedFile | None, File(description="The file. Required.")]
BYTES: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The bytes, under their own media type.",
            "content": {"*/*": {"schema": {"type": "string"}}},
        },
        206: {"description": "The part that `Range` asked for."},
        304: {"description": "Unchanged: the asker has it under the same ETag."},
        416: {"description": "There is no such part."},
    }
}


@router.get("/library/assets", response=AssetPage, summary="Find assets")
def list_assets(request: ApiRequest, wanted: Query[AssetFilter]) -> HttpResponse:
    """Best match first when there are words, else newest first. Archived ones with `is:archived`.

    With `facets=true` the clicks that narrow the search stand beside, each with how many assets it would leave.
    Words also find what is alike in meaning where the installation has a model for it; `meaning:off` leaves that out.
    """
    asked = searchbox.parse(wanted.q)
    found = search.find(request.auth, asked)
    rows = queries.listed_for(request.auth, found.assets(wanted.offset, wanted.offset + wanted.limit))
    narrowing = search.narrowing_of(request.auth, asked, found) if wanted.facets else None
    return Response(
        {
            "items": page_of(rows, request.auth.workspace, partial(_why, asked, found)),
            "count": found.total,
            "is_cut": found.is_cut,
            "notes": [*asked.notes, *found.notes],
            "facets": [_facet(facet) for facet in narrowing.facets] if narrowing else [],
        },
        content_type="application/json; charset=utf-8",
    )


def _why(asked: searchbox.Wanted, found: search.Found, asset_id: int) -> dict[str, Any]:
    is_said = bool(asked.words) and not asked.like and (asset_id not in found.meant or asset_id in found.said)
    return why_found(is_said=is_said, meant_ms=found.meant.get(asset_id))


def _facet(facet: facets.Facet) -> dict[str, Any]:
    return {name: getattr(facet, name) for name in FacetOut.model_fields}


@router.post("/library/likeness", response=Likeness, summary="Find by picture")
def post_likeness(request: ApiRequest, file: _OneFile = None) -> dict[str, str]:
    """What to search for to find what looks like the picture: hand it to `q`. The picture is not kept."""
    queries.refuse_guests(request.auth)
    return {"q": likenesses.token_of_upload(incoming.uploaded_files(request)[0])}


@router.get("/library/assets/places", response=list[SpotOut], summary="Where found assets were made")
def get_places(request: ApiRequest, q: str = "", box: str = "") -> list[Spot]:
    """Spots on the map, the fullest first; `box` is west,south,east,north in degrees, the whole world when left out."""
    found = search.find(request.auth, searchbox.parse(q[:1000]))
    return list(spread.places_of(request.auth, found, spread.box_of(box)).spots)


@router.get("/library/assets/months", response=list[MonthOut], summary="When found assets were made")
def get_months(request: ApiRequest, q: str = "") -> list[Month]:
    """The last month first, each with its first few assets."""
    return spread.months_of(search.find(request.auth, searchbox.parse(q[:1000])))


@router.post("/library/assets", response={202: list[ArrivalOut]}, summary="Add files")
def post_assets(request: ApiRequest, files: _Files = []) -> Status[list[Arrival]]:  # noqa: B006 - ninja only reads it
    """Takes the files in; each is read soon. Follow what becomes of them in `/library/arrivals`."""
    return Status(202, arrive.receive_uploads(request.auth, incoming.uploaded_files(request)))


@router.post("/library/assets/archive", response=Changed, summary="Archive assets")
def post_archive(request: ApiRequest, payload: Selected) -> dict[str, int]:
    """Out of sight, nothing lost."""
    return {"changed": describe.archive(request.auth, payload.asset_ids)}


@router.post("/library/assets/restore", response=Changed, summary="Bring archived assets back")
def post_restore(request: ApiRequest, payload: Selected) -> dict[str, int]:
    """The opposite of archiving."""
    return {"changed": describe.restore(request.auth, payload.asset_ids)}


@router.post("/library/assets/tags", response=Changed, summary="Tag several assets")
def post_tags(request: ApiRequest, payload: TagChange) -> dict[str, int]:
    """Adds and removes tags."""
    return {"changed": describe.tag(request.auth, payload.asset_ids, add=payload.add, remove=payload.remove)}


@router.get("/library/assets/{int:asset_id}", response=AssetDetail, summary="One asset")
def get_asset(request: ApiRequest, asset_id: int) -> Asset:
    """With its versions, licences and tracks."""
    return queries.asset_for(request.auth, asset_id)


@router.patch("/library/assets/{int:asset_id}", response=AssetDetail, summary="Describe an asset")
def patch_asset(request: ApiRequest, asset_id: int, payload: AssetChange) -> Asset:
    """Changes what is given."""
    return describe.describe(request.auth, asset_id, describe.Description(**payload.model_dump()))


@router.post("/library/assets/{int:asset_id}/versions", response={202: ArrivalOut}, summary="Add a version")
def post_version(request: ApiRequest, asset_id: int, file: _OneFile = None) -> Status[Arrival]:
    """A newer file of the same kind; the asset keeps its words, licences and uses."""
    asset = queries.asset_for(request.auth, asset_id)
    return Status(202, arrive.receive_uploads(request.auth, incoming.uploaded_files(request)[:1], asset=asset)[0])


@router.get("/library/assets/{int:asset_id}/renditions", response=list[RenditionOut], summary="Files made from it")
@paginate
def list_renditions(request: ApiRequest, asset_id: int) -> QuerySet[Rendition]:
    """Of every version, newest first."""
    return queries.renditions_of(request.auth, asset_id)


@router.get("/library/arrivals", response=list[ArrivalOut], summary="What became of added files")
@paginate
def list_arrivals(request: ApiRequest, wanted: Query[ArrivalFilter]) -> QuerySet[Arrival]:
    """Newest first. Refused files stay here with their reason."""
    return queries.arrivals_for(request.auth, state=wanted.state or "", job_id=wanted.job)


@router.get("/library/arrivals/{int:arrival_id}", response=ArrivalDetail, summary="One added file")
def get_arrival(request: ApiRequest, arrival_id: int) -> Arrival:
    """With everything that happened to it, and when."""
    return queries.arrival_for(request.auth, arrival_id)


@router.post("/library/fetch", response={202: JobOut}, summary="Add a file from an address")
def post_fetch(request: ApiRequest, payload: FetchIn) -> Status[Job]:
    """It is fetched soon, from the public internet alone, and then read as any added file."""
    return Status(202, fetch.plan_fetch(request.auth, payload.url))


@router.post("/library/previews", response={202: JobOut}, summary="Make missing previews")
def post_previews(request: ApiRequest) -> Status[Job]:
    """Of everything in the workspace, behind all that somebody waits for. A lead's."""
    return Status(202, previews.plan_remake(request.auth))


@router.get("/library/versions/{int:version_id}/file", url_name="version_file", summary="A master", openapi_extra=BYTES)
def get_version_file(request: ApiRequest, version_id: int) -> HttpResponseBase:
    """Its bytes, or a part of them."""
    return version_response(request, queries.version_for(request.auth, version_id))


@router.get(
    "/library/renditions/{int:rendition_id}/file",
    url_name="rendition_file",
    summary="A derived file",
    openapi_extra=BYTES,
)
def get_rendition_file(request: ApiRequest, rendition_id: int) -> HttpResponseBase:
    """Its bytes, or a part of them."""
    return rendition_response(request, queries.rendition_for_member(request.auth, rendition_id))


@router.get(
    "/library/tracks/{int:track_id}/file", url_name="track_file", summary="Captions or chapters", openapi_extra=BYTES
)
def get_track_file(request: ApiRequest, track_id: int) -> HttpResponse:
    """Their text."""
    return track_response(queries.track_for(request.auth, track_id))


@router.get(
    "/library/tracks/{int:track_id}/findings", response=list[CaptionFinding], summary="What is hard to read in captions"
)
def get_track_findings(request: ApiRequest, track_id: int) -> list[Finding]:
    """By our own rules, each with its source and what to do; blocking ones first."""
    return list(captioning.findings_of(queries.track_for(request.auth, track_id)))


@router.post("/library/tracks/{int:track_id}/mend", response=MendedTrack, summary="Mend captions")
def post_track_mend(request: ApiRequest, track_id: int) -> dict[str, Any]:
    """Times and lines change, words never do; what could not be mended is said. The old text is kept in the history."""
    track, fixed = captioning.mend(request.auth, track_id)
    remaining = [str(problem) for problem in fixed.remaining]
    return {"track_id": track.pk, "changes": list(fixed.changes), "remaining": remaining}


@router.post("/library/arrivals/{int:arrival_id}/retry", response={202: ArrivalOut}, summary="Read a file again")
def post_retry(request: ApiRequest, arrival_id: int) -> Status[Arrival]:
    """For files that were set aside or left over when the work stopped."""
    return Status(202, arrive.retry(request.auth, arrival_id))


@router.post("/library/arrivals/{int:arrival_id}/discard", response=ArrivalOut, summary="Discard a file")
def post_discard(request: ApiRequest, arrival_id: int) -> Arrival:
    """Deletes the bytes of a file that was set aside or left over."""
    return arrive.discard(request.auth, arrival_id)
