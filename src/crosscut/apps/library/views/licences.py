"""The page of licences by holder and terms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.library import queries
from crosscut.apps.library.showing import tile_of

TILES = 120


@members_only
@require_GET
def licences(request: MemberRequest) -> HttpResponse:
    """Every group of licences; or the files of one."""
    queries.refuse_guests(request.member)
    holder, terms, asked = (request.GET.get(name, "").replace("\0", "") for name in ("holder", "terms", "q"))
    text = asked.strip()[:200]
    context: dict[str, Any] = {"q": text, "holder": holder, "terms": terms}
    if holder:
        today = queries.today_in(request.member.workspace)
        rows = queries.assets_licensed(request.member, holder, terms)
        context["count"] = rows.count()
        context["tiles"] = [tile_of(asset, today) for asset in queries.with_card_parts(rows)[:TILES]]
    else:
        context["groups"] = queries.licence_groups_for(request.member, text=text)
    return render(request, "library/licences.html", context)
