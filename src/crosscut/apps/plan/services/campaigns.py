"""Starting, changing, putting away and bringing back campaigns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan import queries
from crosscut.apps.plan.models import Audience, Campaign
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, Problem
from crosscut.kernel.money import MOST_MINOR
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a planner decides about a campaign."""

    name: str
    objective: str = ""  # one sentence: what changes when this works
    brief: str = ""  # Markdown
    audiences: tuple[int, ...] = ()  # ids
    owner: int | None = None  # a member's id; None: whoever creates it
    starts_on: date | None = None
    ends_on: date | None = None
    budget_minor: int = 0
    currency: str = ""  # ISO 4217; empty: the workspace's


@transaction.atomic
def create_campaign(by: Member, plan: Plan) -> Campaign:
    """A new campaign. Raises Invalid naming every field that does not fit."""
    demand(by, "plan")
    _check(by, plan)
    campaign = Campaign(workspace=by.workspace, slug=_free_slug(by, plan.name))
    _write(campaign, by, plan)
    record("campaign.created", campaign, by=by)
    return campaign


@transaction.atomic
def change_campaign(by: Member, campaign_id: int, plan: Plan, *, revision: int | None = None) -> Campaign:
    """The campaign as planned anew. Its address stays. `revision` is the one the planner saw.

    Raises Conflict when somebody saved meanwhile; nothing is overwritten then.
    """
    campaign = changeable(by, campaign_id)
    if revision is not None and revision != campaign.revision:
        raise Conflict(phrase("Somebody else changed this campaign meanwhile. What you typed is still here."))
    _check(by, plan)
    campaign.revision += 1
    _write(campaign, by, plan)
    record("campaign.changed", campaign, by=by)
    return campaign


@transaction.atomic
def archive_campaign(by: Member, campaign_id: int) -> Campaign:
    """The campaign, out of the way; everything in it stays and it can be brought back."""
    campaign = changeable(by, campaign_id)
    campaign.archived_at = timezone.now()
    campaign.save(update_fields=["archived_at"])
    record("campaign.archived", campaign, by=by)
    return campaign


@transaction.atomic
def restore_campaign(by: Member, campaign_id: int) -> Campaign:
    """The campaign, brought back."""
    campaign = _own(by, campaign_id)
    if campaign.archived_at:
        campaign.archived_at = None
        campaign.save(update_fields=["archived_at"])
        record("campaign.restored", campaign, by=by)
    return campaign


@transaction.atomic
def changeable_for(by: Member, campaign_id: int) -> Campaign:
    """The campaign, if this member may change it now: before a form is shown."""
    return changeable(by, campaign_id)


def changeable(by: Member, campaign_id: int) -> Campaign:
    """The campaign, locked for changing. Raises NotAllowed for somebody else's, Conflict for an archived one."""
    campaign = _own(by, campaign_id)
    if campaign.archived_at:
        raise Conflict(_("This campaign is archived. Bring it back first."))
    return campaign


def is_plausible(day: date) -> bool:
    """Whether a calendar can hold it: beyond these years it is a slip of the finger."""
    return 1970 <= day.year <= 2200


def _own(by: Member, campaign_id: int) -> Campaign:
    campaign = queries.campaign_for(by, campaign_id)
    demand(by, "plan")
    if not queries.can_change(by, campaign):
        raise NotAllowed(_("This is %(owner)s's campaign. Ask them or a senior.") % {"owner": campaign.owner})
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    campaign.refresh_from_db()
    return campaign


def _write(campaign: Campaign, by: Member, plan: Plan) -> None:
    campaign.name, campaign.objective, campaign.brief = plan.name.strip(), plan.objective.strip(), plan.brief
    campaign.starts_on, campaign.ends_on = plan.starts_on, plan.ends_on
    campaign.budget_minor = plan.budget_minor
    campaign.currency = plan.currency or by.workspace.currency
    campaign.owner_id = plan.owner or campaign.owner_id or by.pk
    campaign.save()
    campaign.audiences.set(Audience.objects.filter(workspace=by.workspace_id, pk__in=plan.audiences))


def _check(by: Member, plan: Plan) -> None:
    problems = [
        Problem(code=f"campaign.{where}", where=where, message=message) for where, message in _objections(by, plan)
    ]
    if problems:
        raise Invalid(problems=problems)


def _objections(by: Member, plan: Plan) -> Iterator[tuple[str, str]]:
    if not 0 < len(plan.name.strip()) <= 160:
        yield "name", _("Give the campaign a name of at most 160 letters.")
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        yield "ends_on", _("The campaign ends before it starts.")
    if any(day and not is_plausible(day) for day in (plan.starts_on, plan.ends_on)):
        yield "starts_on", _("Choose days between 1970 and 2200.")
    if not 0 <= plan.budget_minor <= MOST_MINOR:
        yield "budget_minor", _("A budget is nothing or more, and not that much.")
    if plan.currency and not re.fullmatch(r"[A-Z]{3}", plan.currency):
        yield "currency", _("Use a currency code such as EUR.")
    if queries.audiences_for(by).filter(pk__in=plan.audiences).count() != len(set(plan.audiences)):
        yield "audiences", _("One of these audiences is not there any more.")
    if plan.owner and not members_for(by).exclude(role=Role.GUEST).filter(pk=plan.owner).exists():
        yield "owner", _("The owner must be on the team.")


def _free_slug(by: Member, name: str) -> str:
    stem = slugify(name)[:70] or "campaign"
    rows = Campaign.objects.filter(workspace=by.workspace_id, slug__startswith=stem)
    taken = set(rows.values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if slug not in taken)
