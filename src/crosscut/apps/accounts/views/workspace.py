"""The workspace's settings and what happened in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import ActivityForm, WorkspaceForm, show_problems
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.services.workspaces import WorkspaceSettings, change_workspace
from crosscut.apps.accounts.wording import event_sentence
from crosscut.kernel.errors import Invalid

WINDOW = 50  # events shown before more are asked for


@members_only
def settings(request: MemberRequest) -> HttpResponse:
    """What a lead changes; for everybody else what is set."""
    form = WorkspaceForm(request.POST) if request.method == "POST" else WorkspaceForm.of(request.member.workspace)
    if form.is_valid():
        try:
            change_workspace(request.member, WorkspaceSettings(**form.cleaned_data))
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("settings")
    context = {
        "form": form,
        "can_change": can(request.member, "workspace"),
        "hold_url": _address("holds"),
        "signing_url": _address("signing"),
    }
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@members_only
def activity(request: MemberRequest) -> HttpResponse:
    """Who did what, newest first, a window at a time."""
    members = [(row.pk, str(row.user)) for row in queries.members_for(request.member)]
    form = ActivityForm(request.GET or None, people=members, verbs=queries.verbs_for(request.member))
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.activity_for(request.member, **wanted).order_by("-pk")
    before = request.GET.get("before", "")
    found = list((rows.filter(pk__lt=before) if before.isdecimal() else rows)[: WINDOW + 1])
    context: dict[str, Any] = {"form": form, "events": [(row, event_sentence(row)) for row in found[:WINDOW]]}
    if len(found) > WINDOW:
        query = request.GET.copy()
        query["before"] = str(found[WINDOW - 1].pk)
        context["more"] = query.urlencode()
    is_part = bool(before and request.headers.get("HX-Request"))
    return render(request, "accounts/activity_events.html" if is_part else "accounts/activity.html", context)


def _address(name: str) -> str:
    """The page of that name, when there is one downstream."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
