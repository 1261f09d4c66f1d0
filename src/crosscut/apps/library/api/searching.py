"""Kept searches, and how far the search by meaning is, for programs."""

from typing import Any

from django.db.models import QuerySet
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate
from pydantic import StrictBool

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import queries
from crosscut.apps.library.models import SavedSearch
from crosscut.apps.library.schemas.rights import StrictSchema
from crosscut.apps.library.services import meaning, saved

router = Router(tags=["library"])


class SearchIn(StrictSchema):
    """A search to keep."""

    name: str
    q: str
    is_shared: StrictBool = False


class SearchOut(Schema):
    """A kept search. Hand its `q` to the list of assets: it is a collection that fills itself."""

    id: int
    name: str
    q: str
    is_shared: bool
    is_own: bool

    @staticmethod
    def resolve_q(row: SavedSearch) -> str:
        return row.text

    @staticmethod
    def resolve_is_own(row: SavedSearch, context: dict[str, Any]) -> bool:
        return bool(row.member_id == context["request"].auth.pk)


class MeaningOut(Schema):
    """How far the understanding of what is here is."""

    model: str = Field(description="The first digits of the hash of the model in use; empty without one.")
    problem: str = Field(description="Why the model that was named cannot be used; empty.")
    understood: int = Field(description="Assets that this model understood.")
    waiting: int = Field(description="Assets that are new, or of which something else is said now.")


@router.get("/library/meaning", response=MeaningOut, summary="How far the search by meaning is")
def get_meaning(request: ApiRequest) -> meaning.State:
    """Nothing is found by meaning without a model: how to get one stands in the documentation."""
    return meaning.state_for(request.auth)


@router.get("/library/searches", response=list[SearchOut], summary="Kept searches")
@paginate
def list_searches(request: ApiRequest) -> QuerySet[SavedSearch]:
    """Your own and those that others share with the workspace, by name."""
    return queries.saved_searches_for(request.auth)


@router.post("/library/searches", response={201: SearchOut}, summary="Keep a search")
def post_search(request: ApiRequest, payload: SearchIn) -> Status[SavedSearch]:
    """Under a name of your own; shared ones are everybody's in the workspace."""
    return Status(201, saved.save_search(request.auth, payload.name, payload.q, is_shared=payload.is_shared))


@router.delete("/library/searches/{int:search_id}", response={204: None}, summary="Forget a kept search")
def delete_search(request: ApiRequest, search_id: int) -> Status[None]:
    """Your own, or as a lead any shared one. What it found stays as it is."""
    saved.forget_search(request.auth, search_id)
    return Status(204, None)
