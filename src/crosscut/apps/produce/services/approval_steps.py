"""Saying who has to approve the pieces of a campaign, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.approving import steps_of
from crosscut.apps.produce.models import ApprovalStep
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase

MOST = 6  # steps of one campaign


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as somebody wants it."""

    name: str
    people: tuple[int, ...] = ()  # members' ids; none: whoever is senior enough
    needs_all: bool = False
    four_eyes: bool = True
    pk: int | None = None  # of the step it is now; what was said in it stays


@transaction.atomic
def set_steps(by: Member, campaign_id: int, wanted: Sequence[Step]) -> list[ApprovalStep]:
    """The campaign's steps from now on, in this order; none: the workspace's rule holds. Raises Invalid, NotAllowed.

    What was said in a step that goes counts no more. Planned posts that lack a yes then are stopped when they are due.
    """
    demand(by, "approval_steps")
    campaign = Campaign.objects.select_for_update().get(pk=campaign_for(by, campaign_id).pk)
    known = {step.pk: step for step in steps_of(campaign)}
    people = {member.pk: member for member in members_for(by).exclude(role=Role.GUEST)}
    if problems := [problem for at, step in enumerate(wanted) for problem in _problems(at, step, people, known)]:
        raise Invalid(problems=problems)
    if len(wanted) > MOST:
        raise Invalid.at("steps", phrase("A campaign can have {n} steps at most.", n=MOST), code="approval_steps.many")
    kept = [step.pk for step in wanted if step.pk]
    if len(kept) != len(set(kept)):
        raise Invalid.at("steps", phrase("A step can stand here once only."), code="approval_steps.twice")
    ApprovalStep.objects.filter(campaign=campaign).exclude(pk__in=kept).delete()
    for position, step in enumerate(wanted):
        row = known.get(step.pk or 0) or ApprovalStep(campaign=campaign)
        row.position, row.name = position, step.name.strip()
        row.needs_all, row.four_eyes = step.needs_all, step.four_eyes
        row.save()
        row.people.set(step.people)
    record("campaign.approval_steps", campaign, by=by, steps=[step.name.strip() for step in wanted])
    return list(steps_of(campaign))


def _problems(at: int, step: Step, people: dict[int, Member], known: dict[int, ApprovalStep]) -> list[Problem]:
    where = f"steps.{at}"
    found: list[Problem] = []
    if not 0 < len(step.name.strip()) <= 80:
        found.append(_problem(f"{where}.name", "name", phrase("Give the step a name of up to 80 characters.")))
    if step.pk is not None and step.pk not in known:
        found.append(_problem(f"{where}.id", "unknown", phrase("This campaign has no such step.")))
    if not set(step.people) <= people.keys():
        found.append(_problem(f"{where}.people", "people", phrase("Choose people of this team who are no guests.")))
    if step.needs_all and not step.people:
        found.append(_problem(f"{where}.people", "nobody", phrase("Choose the people who all have to say yes.")))
    return found


def _problem(where: str, code: str, message: str) -> Problem:
    return Problem(code=f"approval_steps.{code}", where=where, message=message)
