"""The numbers of a campaign: what it wants to reach and what it costs."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan.meanings import check_metric
from crosscut.apps.plan.models import Campaign, Cost, KeyResult
from crosscut.apps.plan.services.campaigns import changeable, is_plausible
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.money import MOST_MINOR

_MOST_GOAL = Decimal(10) ** 13
_MOST_HOURS = Decimal(100_000)


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A number to reach."""

    name: str
    metric: str  # a definition's key: "site.page_views"
    goal: Decimal


@dataclass(frozen=True, kw_only=True)
class Expense:
    """Money or hours that were spent."""

    label: str
    amount_minor: int = 0
    currency: str = ""  # ISO 4217; empty: the campaign's
    hours: Decimal = Decimal(0)
    spent_on: date


@transaction.atomic
def set_key_result(by: Member, campaign_id: int, aim: Aim, *, key_result_id: int | None = None) -> KeyResult:
    """The key result, new at the end of the list or changed. Raises Invalid naming every field that does not fit."""
    campaign = changeable(by, campaign_id)
    _check_aim(aim)
    row = _key_result(campaign, key_result_id) if key_result_id else _new_key_result(campaign)
    row.name, row.metric, row.goal = aim.name.strip(), aim.metric, aim.goal
    row.save()
    record("keyresult.set", row, by=by, campaign=campaign.pk, goal=str(row.goal), metric=row.metric)
    return row


@transaction.atomic
def remove_key_result(by: Member, campaign_id: int, key_result_id: int) -> None:
    """Takes a key result out of the campaign."""
    row = _key_result(changeable(by, campaign_id), key_result_id)
    record("keyresult.removed", row, by=by, campaign=campaign_id, goal=str(row.goal), metric=row.metric)
    row.delete()


@transaction.atomic
def enter_cost(by: Member, campaign_id: int, expense: Expense) -> Cost:
    """The cost, entered. Raises Invalid naming every field that does not fit."""
    campaign = changeable(by, campaign_id)
    _check_expense(expense)
    row = Cost.objects.create(
        campaign=campaign,
        label=expense.label.strip(),
        amount_minor=expense.amount_minor,
        currency=expense.currency or campaign.currency,
        hours=expense.hours,
        spent_on=expense.spent_on,
        entered_by=by,
    )
    record("cost.entered", row, by=by, campaign=campaign.pk, amount_minor=row.amount_minor, currency=row.currency)
    return row


@transaction.atomic
def remove_cost(by: Member, campaign_id: int, cost_id: int) -> None:
    """Takes a cost out of the campaign; the trail keeps what it was."""
    campaign = changeable(by, campaign_id)
    row = Cost.objects.filter(campaign=campaign, pk=cost_id).first()
    if row is None:
        raise NotFound(_("There is no such cost in this campaign."))
    record("cost.removed", row, by=by, campaign=campaign.pk, amount_minor=row.amount_minor, currency=row.currency)
    row.delete()


def _check_aim(aim: Aim) -> None:
    problems = []
    if not 0 < len(aim.name.strip()) <= 160:
        problems.append(("name", _("Say in a few words what is to be reached.")))
    if not aim.goal.is_finite() or not 0 < aim.goal <= _MOST_GOAL:
        problems.append(("goal", _("The goal is a number above nothing.")))
    if objection := check_metric(aim.metric):
        problems.append(("metric", objection))
    _raise(problems)


def _check_expense(expense: Expense) -> None:
    problems = []
    if not 0 < len(expense.label.strip()) <= 160:
        problems.append(("label", _("Say what it was spent on.")))
    if not 0 <= expense.amount_minor <= MOST_MINOR:
        problems.append(("amount_minor", _("An amount is nothing or more, and not that much.")))
    if not expense.hours.is_finite() or not 0 <= expense.hours <= _MOST_HOURS:
        problems.append(("hours", _("Hours are nothing or more, and not that many.")))
    if expense.currency and not re.fullmatch(r"[A-Z]{3}", expense.currency):
        problems.append(("currency", _("Use a currency code such as EUR.")))
    if not is_plausible(expense.spent_on):
        problems.append(("spent_on", _("Choose a day between 1970 and 2200.")))
    if not expense.amount_minor and not expense.hours:
        problems.append(("amount_minor", _("Enter money, hours, or both.")))
    _raise(problems)


def _raise(problems: list[tuple[str, str]]) -> None:
    if problems:
        raise Invalid(problems=[Problem(code=f"plan.{where}", where=where, message=words) for where, words in problems])


def _key_result(campaign: Campaign, key_result_id: int) -> KeyResult:
    row = KeyResult.objects.filter(campaign=campaign, pk=key_result_id).first()
    if row is None:
        raise NotFound(_("There is no such key result in this campaign."))
    return row


def _new_key_result(campaign: Campaign) -> KeyResult:
    last = KeyResult.objects.filter(campaign=campaign).aggregate(last=Max("position"))["last"]
    return KeyResult(campaign=campaign, position=0 if last is None else last + 1)
