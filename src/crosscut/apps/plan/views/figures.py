"""A campaign's key results and costs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.plan import queries
from crosscut.apps.plan.forms import CostForm, KeyResultForm
from crosscut.apps.plan.services import figures
from crosscut.apps.plan.views.campaigns import campaign_context
from crosscut.kernel.errors import Invalid


@require_POST
@members_only
def add_key_result(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """One more number to reach."""
    form = KeyResultForm(request.POST)
    if form.is_valid():
        try:
            figures.set_key_result(request.member, campaign_id, form.aim())
        except Invalid as error:
            show_problems(form, error)
        else:
            return redirect("campaign", campaign_id)
    return _again(request, campaign_id, key_result_form=form)


@require_POST
@members_only
def remove_key_result(request: MemberRequest, campaign_id: int, key_result_id: int) -> HttpResponse:
    """One number less."""
    figures.remove_key_result(request.member, campaign_id, key_result_id)
    messages.success(request, _("The key result is removed."))
    return redirect("campaign", campaign_id)


@require_POST
@members_only
def add_cost(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """What was spent."""
    campaign = queries.campaign_for(request.member, campaign_id)
    form = CostForm(request.POST, currency=campaign.currency)
    if form.is_valid():
        try:
            figures.enter_cost(request.member, campaign_id, form.expense())
        except Invalid as error:
            show_problems(form, error)
        else:
            return redirect("campaign", campaign_id)
    return _again(request, campaign_id, cost_form=form)


@require_POST
@members_only
def remove_cost(request: MemberRequest, campaign_id: int, cost_id: int) -> HttpResponse:
    """Takes one back."""
    figures.remove_cost(request.member, campaign_id, cost_id)
    messages.success(request, _("The cost is removed."))
    return redirect("campaign", campaign_id)


def _again(request: MemberRequest, campaign_id: int, **forms: KeyResultForm | CostForm) -> HttpResponse:
    row = queries.campaign_for(request.member, campaign_id)
    return render(request, "plan/campaign.html", campaign_context(request, row, **forms), status=422)
