"""The findings beside the editor, what repairs them, and signed exceptions."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.preflight import making, queries, services
from crosscut.apps.preflight.screening import PENDING
from crosscut.apps.preflight.showing import Shown, shown_findings
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import media_of, piece_for
from crosscut.apps.work.services import time_left_s
from crosscut.kernel.errors import Invalid


@members_only
@require_GET
def findings(request: MemberRequest, piece_id: int) -> HttpResponse:
    """What the checks say of the piece as it is now, worst first."""
    return _panel(request, piece_for(request.member, piece_id))


@members_only
@require_POST
def make(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Starts making the files that are needed; the panel follows the work."""
    row = piece_for(request.member, piece_id)
    making.ask_to_make(request.member, row)
    return trigger_client_event(_panel(request, row), "jobs-changed", {})


@members_only
@require_POST
def waive(request: MemberRequest, piece_id: int) -> HttpResponse:
    """Signs an exception."""
    row = piece_for(request.member, piece_id)
    given = {name: request.POST.get(name, "") for name in ("code", "where", "reason")}
    services.waive(request.member, row, **given, ends_on=_day(request.POST.get("ends_on", "")))
    said = {"words": _("The exception is signed."), "level": "success"}
    return trigger_client_event(_panel(request, row), "say", said)


@members_only
@require_POST
def end_waiver(request: MemberRequest, piece_id: int, waiver_id: int) -> HttpResponse:
    """Ends an exception."""
    row = piece_for(request.member, piece_id)
    services.end_waiver(request.member, row, waiver_id)
    return _panel(request, row)


def _panel(request: MemberRequest, row: Piece) -> HttpResponse:
    shown = _shown(request.member, row)
    job = making.job_under_way(request.member, row)
    context = {
        "piece": row,
        "findings": shown,
        "blocking": sum(one.level == "block" for one in shown),
        "advice": sum(one.level == "advice" for one in shown),
        "has_channels": row.outlets.exists(),
        "can_make": can(request.member, "draft") and row.archived_at is None,
        "can_end": can(request.member, "waive") and row.archived_at is None,
        "job": job and _job(job),
        "is_waiting": any(one.code == PENDING for one in shown),
        "today": timezone.localdate(),
    }
    return render(request, "preflight/findings.html", context)


def _shown(member: Member, row: Piece) -> list[Shown]:
    found = services.check_piece(row)
    may_waive = can(member, "waive") and row.archived_at is None
    return shown_findings(row, found, media_of(row), queries.waivers_of(row), can_waive=may_waive)


def _job(job: Any) -> dict[str, Any]:
    """The job as its component takes it."""
    names = ("pk", "label", "state", "done_permille", "step", "problem")
    return {**{name: getattr(job, name) for name in names}, "left_s": time_left_s(job), "cancel_url": ""}


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid.at("ends_on", _("Give the last day on which this holds."))
    return day
