"""Search over everything: the page, its instant part for the dialog, and the answer for programs."""

from typing import Literal

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from ninja import Query, Router, Schema
from pydantic import Field

from crosscut.apps.accounts.access import ApiRequest, MemberRequest, members_only
from crosscut.apps.accounts.finding import SHORTEST, Group, Hit, find_everything, finders
from crosscut.site.frame import Link, places

AT_ONCE = 5  # of each kind in the dialog
ON_PAGE = 20  # of each kind on the page of its own
router = Router(tags=["search"])


@members_only
@require_GET
def search(request: MemberRequest) -> HttpResponse:
    """The whole page; for htmx what stands in the dialog below the field."""
    text = request.GET.get("q", "")[:200].strip()
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    groups = find_everything(request.member, text, limit=AT_ONCE if is_part else ON_PAGE)
    context = {
        "q": text,
        "groups": groups,
        "places": _places(text, request.path),
        "count": sum(len(group.hits) for group in groups),
        "is_short": len(text) < SHORTEST,
        "kinds": finders(),
    }
    return render(request, "search/results.html" if is_part else "search/search.html", context)


def _places(text: str, path: str) -> list[Link]:
    """The pages whose name has what was typed in it; all of them for nothing."""
    typed = text.casefold()
    return [link for link in places(path) if typed in str(link.label).casefold()]


class SearchFilter(Schema):
    """What to look for."""

    q: str = Field(max_length=200, description="Words; each must fit, misspellings included. One letter finds nothing.")
    kind: Literal["", "pieces", "assets", "campaigns", "posts", "people"] = Field("", description="Only these.")
    limit: int = Field(5, ge=1, le=50, description="Of each kind, at most.")


class HitOut(Schema):
    """One thing that was found."""

    id: int
    title: str
    about: str = Field(description="What tells it from others of its name.")
    url: str = Field(description="Its page, below this installation's address.")
    state: str

    @staticmethod
    def resolve_id(hit: Hit) -> int:
        return hit.pk


class GroupOut(Schema):
    """What was found of one kind, the best first."""

    kind: str
    has_more: bool
    hits: list[HitOut]

    @staticmethod
    def resolve_kind(group: Group) -> str:
        return group.finder.kind


@router.get("/search", response=list[GroupOut], summary="Search everything")
def get_search(request: ApiRequest, wanted: Query[SearchFilter]) -> list[Group]:
    """Pieces, assets, campaigns, posts and people the asker may see, grouped; kinds without a match are left out."""
    return find_everything(request.auth, wanted.q, limit=wanted.limit, kind=wanted.kind)
