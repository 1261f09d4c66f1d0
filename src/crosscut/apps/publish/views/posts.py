"""Every post of the workspace: what is live, what is planned, what went wrong."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import cards_of
from crosscut.apps.publish.filters import groups_for, is_narrowed, wanted_from

WINDOW = 50  # posts on a page


@members_only
@require_safe
def posts(request: MemberRequest) -> HttpResponse:
    """A window of them, the latest due first."""
    wanted = wanted_from(request.GET)
    page = Paginator(queries.wanted_targets(request.member, wanted), WINDOW).get_page(request.GET.get("page"))
    window = page.object_list
    context = {
        "page": page,
        "cards": cards_of(request.member, window),  # type: ignore[arg-type]  # a window of a query set is one
        "groups": groups_for(request.member, request.GET),
        "text": wanted.text,
        "is_narrowed": is_narrowed(wanted),
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("q", "page")],
    }
    return render(request, "publish/posts.html", context)
