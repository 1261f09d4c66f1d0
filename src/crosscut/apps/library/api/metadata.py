"""The fields of assets for programs: what there is to know, what is known, and how it changed."""

from typing import Any

from django.db.models import QuerySet
from ninja import Router
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset, ChangeSet, FieldChange
from crosscut.apps.library.schemas.metadata import ChangeOut, FieldOut, FieldsIn, FieldValueOut, UndoneOut
from crosscut.apps.library.services import about
from crosscut.apps.library.services.fields import field_set, values_of
from crosscut.media.fields import Field, sources

router = Router(tags=["metadata"])


@router.get("/library/fields", response=list[FieldOut], summary="Every field that assets have here")
def list_fields(request: ApiRequest) -> list[dict[str, Any]]:
    """Those of the catalogue and the workspace's own, each with the standards that define it."""
    queries.refuse_guests(request.auth)
    return [_described(field) for field in field_set(request.auth.workspace_id).fields.values()]


@router.get(
    "/library/assets/{int:asset_id}/fields", response=dict[str, FieldValueOut], summary="What is known about it"
)
def get_fields(request: ApiRequest, asset_id: int) -> dict[str, Any]:
    """By key, with where each value came from; fields that say nothing are left out."""
    return _known(queries.asset_for(request.auth, asset_id))


@router.patch("/library/assets/{int:asset_id}/fields", response=dict[str, FieldValueOut], summary="Set fields")
def patch_fields(request: ApiRequest, asset_id: int, payload: FieldsIn) -> dict[str, Any]:
    """All or none: everything that is wrong is said at its key."""
    about.change(request.auth, {asset_id: payload.fields}, how=ChangeSet.How.API)
    return _known(queries.asset_for(request.auth, asset_id))


@router.get("/library/assets/{int:asset_id}/changes", response=list[ChangeOut], summary="How its fields changed")
@paginate
def list_changes(request: ApiRequest, asset_id: int) -> QuerySet[FieldChange]:
    """Newest first, with before and after."""
    return queries.changes_of(request.auth, asset_id)


@router.post("/library/changes/{int:change_set_id}/undo", response=UndoneOut, summary="Undo changes")
def post_undo(request: ApiRequest, change_set_id: int) -> about.Undone:
    """Of all that was changed together. What was changed again since stays and is named."""
    return about.undo(request.auth, change_set_id)


def _known(asset: Asset) -> dict[str, Any]:
    return {key: {"value": value, "origin": asset.origins.get(key, "")} for key, value in values_of(asset).items()}


def _described(field: Field) -> dict[str, Any]:
    known = sources()
    return {
        "key": field.key,
        "group": field.group,
        "label": field.label,
        "hint": field.hint,
        "kind": field.kind.value,
        "choices": field.choices,
        "is_fixed": field.is_fixed,
        "sources": [f"{known[key].title}, {known[key].url} (as of {known[key].as_of})" for key in field.source],
        "xmp": [str(place) for place in field.xmp],
    }
