"""Storage and the bin for programs."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from ninja import Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import lifetimes, queries, storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries.rooms import cold_of, ready_bytes_of, rooms_of, trend_of
from crosscut.apps.library.schemas.assets import Changed, DeleteIn, Selected
from crosscut.apps.library.schemas.rooms import BinnedOut, BudgetIn, CheckIn, LinkOut, RemovedOut, StorageOut
from crosscut.apps.library.services import bins, rooms, sweep
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobOut

router = Router(tags=["storage"])
LINK_S = 900  # a download begins within a quarter of an hour, or asks again


@router.get("/library/storage", response=StorageOut, summary="What the files take")
def get_storage(request: ApiRequest) -> dict[str, Any]:
    """Leads: by sort, with budgets, what can be made again, and how it grew."""
    demand(request.auth, "workspace")
    workspace = request.auth.workspace
    cold_bytes, cold_files = cold_of(workspace)
    return {
        "rooms": rooms_of(workspace),
        "cold_bytes": cold_bytes,
        "cold_files": cold_files,
        "ready_bytes": ready_bytes_of(workspace),
        "binned": queries.binned_for(request.auth).count(),
        "trend": [{"day": day, "size_bytes": sizes} for day, sizes in trend_of(workspace, queries.today_in(workspace))],
    }


@router.put("/library/storage/budgets/{storage_class}", response={204: None}, summary="Set a budget")
def put_budget(request: ApiRequest, storage_class: str, payload: BudgetIn) -> Status[None]:
    """Leads. Masters over it are not taken in; of the others, what nobody used for longest is given back."""
    rooms.set_budget(request.auth, storage_class, payload.limit_bytes)
    return Status(204, None)


@router.post("/library/storage/check", response={202: JobOut}, summary="Look through everything stored")
def post_check(request: ApiRequest, payload: CheckIn) -> Status[Job]:
    """Leads. Finds files that nothing names, rows without their file, and files that changed. Follow the job."""
    return Status(202, sweep.plan_check(request.auth, is_deep=payload.is_deep, is_dry=payload.is_dry))


@router.get("/library/bin", response=list[BinnedOut], summary="What is in the bin")
@paginate
def list_bin(request: ApiRequest) -> QuerySet[Asset]:
    """The last deleted first. It goes for good after some days."""
    queries.refuse_guests(request.auth)
    return queries.binned_for(request.auth)


@router.post("/library/assets/delete", response=Changed, summary="Delete assets")
def post_delete(request: ApiRequest, payload: DeleteIn) -> dict[str, int]:
    """Into the bin. All of them or none: what is planned, live or part of a piece goes only with all of that named."""
    return {"changed": bins.put_into_bin(request.auth, payload.asset_ids, named=payload.named)}


@router.post("/library/bin/restore", response=Changed, summary="Bring deleted assets back")
def post_bin_restore(request: ApiRequest, payload: Selected) -> dict[str, int]:
    """With all that belongs to them."""
    return {"changed": bins.take_out_of_bin(request.auth, payload.asset_ids)}


@router.post("/library/bin/empty", response=RemovedOut, summary="Empty the bin")
def post_bin_empty(request: ApiRequest) -> dict[str, int]:
    """Leads. For good, and what the history of posts names stays."""
    return {"removed": bins.empty_bin(request.auth)}


@router.get("/library/versions/{int:version_id}/link", response=LinkOut, summary="Where a master can be had")
def get_version_link(request: ApiRequest, version_id: int) -> dict[str, Any]:
    """From an object store a signed address of its own, which never outlives the rights; else the desk's address."""
    version = queries.version_for(request.auth, version_id)
    lasts_s = min(LINK_S, lifetimes.private_s(version.asset))
    url = storage.signed_link(version.sha256, lasts_s=lasts_s, filename=version.filename)
    if url:
        return {"url": url, "lasts_s": lasts_s}
    return {"url": f"{settings.DESK_URL}{reverse('version-file', args=[version.pk])}", "lasts_s": None}
