"""The guests of a piece: who was shown it, what they said, a link for another."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.guest_links import USUAL_DAYS
from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.produce import guests, queries
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services import share as services
from crosscut.apps.produce.services.share import Wish
from crosscut.kernel.errors import Invalid


@members_only
@require_GET
def piece_guests(request: MemberRequest, piece_id: int) -> HttpResponse:
    """The part of the piece's page."""
    return _part(request, queries.piece_for(request.member, piece_id))


@never_cache
@members_only
@require_POST
@sensitive_post_parameters("password")
def share(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Makes a link; its address is shown this once."""
    row = queries.piece_for(request.member, piece_id)
    try:
        link, url = services.share(request.member, row, _wish(request))
    except Invalid as error:
        return _part(request, row, problems={problem.where: problem.message for problem in error.problems}, status=422)
    return _part(request, row, made=link, made_url=url)


@members_only
@require_POST
def show_now(request: MemberRequest, link_id: int) -> HttpResponse:
    """Shows the guest the newest state."""
    link = services.show_now(request.member, guests.link_for(request.member, link_id))
    return _told(request, link.piece, _("%(name)s sees it as it is now.") % {"name": link.name})


@members_only
@require_POST
def end(request: MemberRequest, link_id: int) -> HttpResponse:
    """Makes the link useless."""
    link = services.end_sharing(request.member, guests.link_for(request.member, link_id))
    return _told(request, link.piece, _("The link for %(name)s no longer works.") % {"name": link.name})


@members_only
@require_POST
def answer(request: MemberRequest, link_id: int) -> HttpResponse:
    """The team's answer to a guest."""
    link = guests.link_for(request.member, link_id)
    services.answer(request.member, link, request.POST.get("text", ""))
    return _told(request, link.piece, _("Sent. %(name)s reads it behind the link.") % {"name": link.name})


def _told(request: MemberRequest, row: Piece, words: str) -> HttpResponse:
    return trigger_client_event(_part(request, row), "say", {"words": words, "level": "success"})


def _part(request: MemberRequest, row: Piece, *, status: int = 200, **extra: Any) -> HttpResponse:
    member: Member = request.member
    context = {
        "piece": row,
        "talks": guests.talks_of(row),
        "can_share": can(member, "share") and row.archived_at is None,
        "can_answer": can(member, "draft"),
        "guest_members": members_for(member).filter(role=Role.GUEST),
        "usual_end": (timezone.localtime() + timedelta(days=USUAL_DAYS)).date().isoformat(),
        "typed": request.POST if extra.get("problems") else {},
        **extra,
    }
    # 200 for a form with mistakes too: htmx puts only such an answer into the page.
    return render(request, "produce/guests.html", context, status=200 if request.headers.get("HX-Request") else status)


def _wish(request: MemberRequest) -> Wish:
    posted = request.POST
    guest = posted.get("guest", "")
    return Wish(
        name=posted.get("name", ""),
        guest=int(guest) if guest.isascii() and guest.isdigit() and len(guest) < 16 else None,
        ends_at=_end_of(posted.get("ends_on", ""), ZoneInfo(request.member.workspace.time_zone)),
        password=posted.get("password", ""),
        may_comment=posted.get("may_comment") == "on",
        may_approve=posted.get("may_approve") == "on",
    )


def _end_of(day: str, zone: ZoneInfo) -> datetime | None:
    """When that day ends in the workspace's zone; None for none. Raises Invalid for what is no date."""
    if not day:
        return None
    try:
        last = parse_date(day)
    except ValueError:
        last = None
    if last is None:
        raise Invalid.at("ends_at", _("Write the last day as year-month-day."))
    return datetime.combine(last, time.max, zone)
