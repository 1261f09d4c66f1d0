"""The board, and cards that are put into another column of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.publish.board import BY, board_for
from crosscut.apps.publish.filters import groups_for, wanted_from
from crosscut.apps.publish.kept_views import shown_above
from crosscut.apps.publish.models import CalendarView
from crosscut.apps.publish.services.board_steps import Step, put_into
from crosscut.apps.publish.views.planning import time_in
from crosscut.kernel.phrases import spoken


@members_only
@require_safe
def board(request: MemberRequest) -> HttpResponse:
    """What is on its way, in columns by how far it is, or by channel, campaign or member."""
    by = request.GET.get("by", "")
    by = by if by in BY else "state"
    context: dict[str, Any] = {
        "kept": shown_above(request.member, CalendarView.Layout.BOARD, request.GET),
        "layout": CalendarView.Layout.BOARD,
        "filters": request.GET.urlencode(),
        "by": by,
        "divisions": [(key, label, _divided(request, key)) for key, label in BY.items()],
        "columns": board_for(request.member, wanted_from(request.GET), by),
        "groups": groups_for(request.member, request.GET),
        "zone": request.member.workspace.time_zone,
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "publish/board.html", context)


@members_only
@require_POST
def put(request: MemberRequest) -> HttpResponse:
    """Each `card` into the column `to` of the board by `by`; refusals say why in plain words."""
    told = request.POST
    step = Step(
        cards=tuple(told.getlist("card")),
        by=told.get("by", ""),
        to=told.get("to", ""),
        at=time_in(told["at"]) if told.get("at") else None,
        accounts=tuple(int(text) for text in told.getlist("account") if text.isdecimal() and len(text) < 16),
        is_sure=told.get("sure") == "yes",
    )
    done = put_into(request.member, step)
    words = spoken(done.words, translation)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"words": words, "undo": done.undo})
    messages.success(request, words)
    return redirect(f"{reverse('calendar-board')}?by={step.by}")


def _divided(request: MemberRequest, by: str) -> str:
    query = request.GET.copy()
    query["by"] = by
    return f"?{query.urlencode()}"
