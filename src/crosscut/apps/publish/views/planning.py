"""What the calendar does beside moving one post: several at once, copies, pieces without a post, other programs."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, address_of, members_only
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.produce.services.wish import wish_for
from crosscut.apps.produce.services.write import copy_piece
from crosscut.apps.publish import queries
from crosscut.apps.publish.feed import as_icalendar
from crosscut.apps.publish.forms import MoveForm, in_own_zone
from crosscut.apps.publish.models import CalendarFeed
from crosscut.apps.publish.services import feeds
from crosscut.apps.publish.services.repeat import repeat
from crosscut.apps.publish.services.schedule import cancel
from crosscut.apps.publish.services.together import Move, reschedule_together
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import resolve


@members_only
@require_POST
def move_together(request: MemberRequest) -> JsonResponse:
    """Moves each `post` to the `at` of the same place, in the workspace's clock: all of them or none."""
    posts, times = request.POST.getlist("post"), request.POST.getlist("at")
    if len(posts) != len(times):
        raise Invalid.at("at", phrase("Give each post its time."))
    moves = [_move(request, post_id, at) for post_id, at in zip(posts, times, strict=True)]
    moved = reschedule_together(request.member, moves)
    return JsonResponse({"moved": len(moved)})


@members_only
@require_POST
def copy(request: MemberRequest, post_id: int) -> JsonResponse:
    """The same piece once more, at `at` in the workspace's clock."""
    target = queries.target_for(request.member, post_id)
    wall_time, zone = in_own_zone(target, time_in(request.POST.get("at", "")), request.member.workspace.time_zone)
    made = repeat(request.member, target, wall_time=wall_time, zone=zone)
    return JsonResponse({"id": str(made.pk), "due_at": made.due_at.isoformat()}, status=201)


@members_only
@require_POST
def uncopy(request: MemberRequest, post_id: int) -> JsonResponse:
    """Takes a copy back: it goes off the calendar."""
    gone = cancel(request.member, queries.target_for(request.member, post_id))
    return JsonResponse({"id": str(gone.pk)})


@members_only
@require_POST
def wish(request: MemberRequest, piece_id: int) -> JsonResponse:
    """The day of a piece without a post, in the workspace's clock; an empty `at` puts it back into the tray."""
    piece, at = piece_for(request.member, piece_id), request.POST.get("at", "")
    moment = resolve(time_in(at), request.member.workspace.time_zone) if at else None
    wished = wish_for(request.member, piece, moment)
    return JsonResponse({"id": f"piece-{wished.pk}", "at": wished.wished_at and wished.wished_at.isoformat()})


@members_only
@require_POST
def copy_draft(request: MemberRequest, piece_id: int) -> JsonResponse:
    """Another piece with the same words and media, wished for at `at`."""
    moment = resolve(time_in(request.POST.get("at", "")), request.member.workspace.time_zone)
    made = copy_piece(request.member, piece_for(request.member, piece_id))
    wish_for(request.member, made, moment)
    return JsonResponse({"id": f"piece-{made.pk}"}, status=201)


@members_only
def subscribe(request: MemberRequest) -> HttpResponse:
    """The member's own address for calendar programs: made anew, or taken away."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        if request.POST.get("act") == "close":
            feeds.close_feed(request.member)
            messages.success(request, _("The address works no more."))
            return redirect("calendar-subscribe")
        context["address"] = feeds.open_feed(request.member)
    context["feed"] = CalendarFeed.objects.filter(member=request.member).first()
    return render(request, "publish/subscribe.html", context)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar file, for whoever has its secret address."""
    member = feeds.reader_of(secret, address=address_of(request))
    answer = HttpResponse(as_icalendar(member), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _move(request: MemberRequest, post_id: str, at: str) -> Move:
    target = queries.target_for(request.member, int(post_id) if post_id.isdecimal() and len(post_id) < 16 else 0)
    wall_time, zone = in_own_zone(target, time_in(at), request.member.workspace.time_zone)
    return Move(target=target, wall_time=wall_time, zone=zone)


def time_in(at: str) -> datetime:
    """The wall-clock time that was sent. Raises Invalid."""
    try:
        moment = MoveForm.base_fields["at"].clean(at)
    except ValidationError:
        moment = None
    if not isinstance(moment, datetime):
        raise Invalid.at("at", phrase("Say when, as 2026-11-24T09:00."))
    return moment
