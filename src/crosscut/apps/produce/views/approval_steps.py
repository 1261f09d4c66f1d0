"""Who approves the pieces of a campaign, one after the other: on its page, and where seniors change it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.approving import steps_of
from crosscut.apps.produce.services.approval_steps import set_steps
from crosscut.apps.produce.step_forms import step_forms
from crosscut.kernel.errors import Invalid


@members_only
@require_GET
def of_campaign(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """The steps on the campaign's page."""
    row = campaign_for(request.member, campaign_id)
    can_change = can(request.member, "approval_steps") and not row.archived_at
    return render(
        request,
        "produce/campaign_approval.html",
        {"campaign": row, "steps": steps_of(row), "rule": row.workspace.approval_rule, "can_change": can_change},
    )


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def approval_steps(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """The steps, to be changed by a senior."""
    row = campaign_for(request.member, campaign_id)
    demand(request.member, "approval_steps")
    steps = step_forms(request.member, steps_of(row), request.POST or None)
    if request.method == "POST" and steps.is_valid():
        try:
            kept = set_steps(request.member, campaign_id, steps.steps())
        except Invalid as error:
            steps.show_problems(error)
        else:
            said = _("Saved. Every piece of this campaign needs these yeses from now on.")
            messages.success(request, said if kept else _("Saved. The workspace's rule holds for this campaign."))
            return redirect("campaign", campaign_id)
    has_errors = request.method == "POST"
    return render(
        request, "produce/approval_steps.html", {"campaign": row, "steps": steps}, status=422 if has_errors else 200
    )
