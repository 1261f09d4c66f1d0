"""Campaigns: the list, the page a director can read, and changing it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.permissions import can
from crosscut.apps.plan import queries
from crosscut.apps.plan.forms import CampaignForm, CostForm, KeyResultForm
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services import campaigns as services
from crosscut.apps.plan.timeline import timeline_of
from crosscut.channels.markup import from_markdown
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.specs.metrics import definitions

WINDOW = 30  # campaigns on a page


@members_only
def campaigns(request: MemberRequest) -> HttpResponse:
    """The campaigns, a window at a time, each with its budget and time."""
    search, is_archived = request.GET.get("q", "").strip(), request.GET.get("archived") == "1"
    rows = queries.campaigns_for(request.member, search=search, is_archived=is_archived)
    page = Paginator(rows, WINDOW).get_page(request.GET.get("page"))
    found = list(page.object_list)
    spending, today = queries.spending_of_all(found), timezone.localdate()
    shown = [(row, spending[row.pk], queries.time_share(row, today)) for row in found]
    context = {
        "page": page,
        "shown": shown,
        "search": search,
        "is_archived": is_archived,
        "can_plan": can(request.member, "plan"),
    }
    return render(request, "plan/campaigns.html", context)


@members_only
def campaign(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Objective, key results, budget, time line, brief; what happened downstream comes in by itself."""
    row = queries.campaign_for(request.member, campaign_id)
    return render(request, "plan/campaign.html", campaign_context(request, row))


@members_only
def new(request: MemberRequest) -> HttpResponse:
    """Starts a campaign."""
    form = CampaignForm(request.POST or None, by=request.member, initial=CampaignForm.now(request.member))
    if form.is_valid():
        try:
            row = services.create_campaign(request.member, form.plan())
        except Invalid as error:
            show_problems(form, error)
        else:
            return redirect("campaign", row.pk)
    return _ask(request, form)


@members_only
def edit(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Plans it anew."""
    row = services.changeable_for(request.member, campaign_id)
    form = CampaignForm(request.POST or None, by=request.member, initial=CampaignForm.now(request.member, row))
    if form.is_valid():
        try:
            services.change_campaign(request.member, campaign_id, form.plan(), revision=_revision(request))
        except Conflict as error:
            return _both(request, form, campaign_id, error)
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The campaign is saved."))
            return redirect("campaign", campaign_id)
    return _ask(request, form, campaign=row)


@require_POST
@members_only
def archive(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Puts it away."""
    row = services.archive_campaign(request.member, campaign_id)
    messages.success(request, _("%(name)s is archived. You can bring it back.") % {"name": row.name})
    return redirect("campaign", campaign_id)


@require_POST
@members_only
def restore(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Brings it back."""
    row = services.restore_campaign(request.member, campaign_id)
    messages.success(request, _("%(name)s is back.") % {"name": row.name})
    return redirect("campaign", campaign_id)


def campaign_context(request: MemberRequest, row: Campaign, **forms: Any) -> dict[str, Any]:
    """Everything the campaign page shows. `forms` replaces the empty ones by one with problems."""
    today = timezone.localdate()
    return {
        "campaign": row,
        "audiences": row.audiences.all(),
        "brief": from_markdown(row.brief),
        "key_results": [(one, definitions().get(one.metric, (None,))[-1]) for one in queries.key_results_of(row)],
        "costs": queries.costs_of(row),
        "spending": queries.spending_of(row),
        "timeline": timeline_of(row, today),
        "can_change": queries.can_change(request.member, row) and not row.archived_at,
        "can_restore": queries.can_change(request.member, row) and bool(row.archived_at),
        "key_result_form": KeyResultForm(),
        "cost_form": CostForm(currency=row.currency),
        **forms,
    }


def _revision(request: MemberRequest) -> int | None:
    """The state of the campaign that the form was drawn from."""
    seen = request.POST.get("revision", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None


def _both(request: MemberRequest, form: CampaignForm, campaign_id: int, error: Conflict) -> HttpResponse:
    """The form as it was typed, beside what somebody else made of the campaign. Saved again, it replaces theirs."""
    fresh = services.changeable_for(request.member, campaign_id)
    context = {
        "form": form,
        "campaign": fresh,
        "revision": fresh.revision,
        "theirs": form.differences(request.member, fresh),
        "conflict": error.said_in(translation),
    }
    return render(request, "plan/campaign_form.html", context, status=409)


def _ask(request: MemberRequest, form: CampaignForm, *, campaign: Campaign | None = None) -> HttpResponse:
    seen = _revision(request) or (campaign.revision if campaign else None)
    context = {"form": form, "campaign": campaign, "revision": seen}
    return render(request, "plan/campaign_form.html", context, status=422 if form.errors else 200)
