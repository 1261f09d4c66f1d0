"""Duplicates for programs: finding, telling apart, merging, and taking that back."""

from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from ninja import Query, Router
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import duplicates as showing
from crosscut.apps.library import queries
from crosscut.apps.library.models import Merge
from crosscut.apps.library.schemas.twins import (
    ApartIn,
    MergeIn,
    MergeOut,
    MergePlanOut,
    PairsChanged,
    TwinGroupOut,
    TwinOut,
    TwinsAsked,
    UnmergedOut,
)
from crosscut.apps.library.services import duplicates, merging
from crosscut.apps.library.services.twins import twins_of
from crosscut.kernel.phrases import spoken

router = Router(tags=["library"])


@router.get("/library/duplicates", response=list[TwinGroupOut], summary="What is here twice")
@paginate
def list_duplicates(request: ApiRequest, asked: Query[TwinsAsked]) -> list[queries.TwinGroup]:
    """Groups that nobody has settled, the surest first. New files are compared within a minute or two."""
    queries.refuse_guests(request.auth)
    found = queries.apart_groups_for(request.auth) if asked.is_apart else queries.twin_groups_for(request.auth)
    return [group for group in found if asked.tier in (None, group.tier)]


@router.get("/library/assets/{int:asset_id}/twins", response=list[TwinOut], summary="What is like it")
def get_twins(request: ApiRequest, asset_id: int) -> list[dict[str, Any]]:
    """Other assets' files that are, or may be, the same thing, the surest first, each with the reason; asked now."""
    asset = queries.asset_for(request.auth, asset_id)
    found = twins_of(asset.current) if asset.current else []
    rows = queries.assets_for(request.auth).filter(pk__in=[one.version.asset_id for one in found])
    seen = set(rows.values_list("pk", flat=True))
    return [
        {
            "asset_id": twin.version.asset_id,
            "version_id": twin.version.pk,
            "tier": twin.tier.name.lower(),
            "reason": spoken(twin.reason, translation),
        }
        for twin in found
        if twin.version.asset_id in seen
    ]


@router.post("/library/duplicates/apart", response=PairsChanged, summary="Say that they are not the same")
def post_apart(request: ApiRequest, payload: ApartIn) -> dict[str, int]:
    """Remembered: they are not among the duplicates any more."""
    return {"pairs": duplicates.set_apart(request.auth, payload.asset_ids, only=payload.only)}


@router.post("/library/duplicates/together", response=PairsChanged, summary="Say that they may be the same after all")
def post_together(request: ApiRequest, payload: ApartIn) -> dict[str, int]:
    """Takes that back."""
    return {"pairs": duplicates.put_together(request.auth, payload.asset_ids, only=payload.only)}


@router.post("/library/merges/preview", response=MergePlanOut, summary="See what merging would do")
def post_merge_preview(request: ApiRequest, payload: MergeIn) -> dict[str, Any]:
    """Nothing is changed."""
    plan = merging.plan(request.auth, _choice(payload))
    before, after = showing.rights_in_words(plan, queries.today_in(request.auth.workspace))
    pairs = {one.field.key: (one.values[plan.keep.pk], one.value) for one in plan.fields}
    return {
        "keep": plan.keep.pk,
        "changes": {key: pair for key, pair in pairs.items() if pair[0] != pair[1]},
        "changes_rights": plan.changes_rights,
        "rights_before": before,
        "rights_after": after,
        "shows": plan.shows,
        "to_bin": [one.pk for one in plan.gone if one.pk not in plan.to_archive],
        "to_archive": sorted(plan.to_archive),
    }


@router.post("/library/merges", response=MergeOut, summary="Make one asset of several")
def post_merge(request: ApiRequest, payload: MergeIn) -> Merge:
    """One step: fields, rights, words, and what shows them go on with the one that is kept; the others leave sight."""
    return merging.merge(request.auth, _choice(payload))


@router.get("/library/merges", response=list[MergeOut], summary="What was merged")
@paginate
def list_merges(request: ApiRequest) -> QuerySet[Merge]:
    """The last first."""
    queries.refuse_guests(request.auth)
    return queries.merges_for(request.auth)


@router.post("/library/merges/{int:merge_id}/undo", response=UnmergedOut, summary="Undo a merge")
def post_unmerge(request: ApiRequest, merge_id: int) -> merging.Unmerged:
    """Everything as it was; what was changed since stays and is named."""
    return merging.undo_merge(request.auth, merge_id)


def _choice(payload: MergeIn) -> merging.Choice:
    return merging.Choice(
        keep=payload.keep, gone=payload.merge, values=payload.values, accepts_rights=payload.accepts_rights
    )
