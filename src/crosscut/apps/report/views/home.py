"""Home: what needs me today."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.library.queries import assets_for
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.report.today import today_of


@members_only
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The page."""
    today = today_of(request.member)
    context = {
        "today": today,
        "greeting": _greeting(request.member),
        "now": timezone.now(),
        "next_step": _next_step(request.member) if today.is_quiet else None,
        "can_close": can(request.member, "schedule"),
        "can_connect": can(request.member, "accounts"),
        "zone": request.member.workspace.time_zone,
    }
    return render(request, "report/home.html", context)


def _greeting(member: Member) -> str:
    hour, name = timezone.localtime().hour, member.user.name.split(" ")[0]
    words = _("Good morning, %(name)s") if hour < 12 else _("Good day, %(name)s")
    return (words if hour < 18 else _("Good evening, %(name)s")) % {"name": name}


def _next_step(member: Member) -> dict[str, Any] | None:
    """The next thing that helps a workspace in which nothing needs anybody: the first of these that is missing."""
    steps = (
        ("account-choose", accounts_for(member), "accounts", _("Connect the first account"), "plug-connected"),
        ("upload", assets_for(member), "draft", _("Add the first media"), "upload"),
        ("campaign-new", campaigns_for(member), "plan", _("Start a campaign"), "target-arrow"),
    )
    for name, rows, permission, label, icon in steps:
        if can(member, permission) and not rows.exists() and (url := _address(name)):
            return {"url": url, "label": label, "icon": icon}
    url = _address("piece-new")
    return {"url": url, "label": _("Write a piece"), "icon": "writing"} if url else None


def _address(name: str) -> str:
    """The address of that page; empty while there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
