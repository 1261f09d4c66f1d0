"""A campaign kept as a file beside its pieces."""

from datetime import date

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan.models import Audience, Campaign, Cost, KeyResult
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.money import in_minor
from crosscut.kernel.phrases import phrase
from crosscut.kernel.piece_file import CampaignFile
from crosscut.specs.metrics import definitions


@transaction.atomic
def apply_campaign_file(by: Member, file: CampaignFile) -> Campaign:
    """The workspace's campaign with everything the file says; what the file does not list is taken out of it.

    Raises Invalid for a metric nobody has defined. Applying the same file again changes nothing.
    """
    demand(by, "plan")
    _check(file)
    fields = {
        "name": file.name,
        "objective": file.objective,
        "brief": file.brief,
        "starts_on": file.starts_on,
        "ends_on": file.ends_on,
        "budget_minor": in_minor(file.budget, file.currency),
        "currency": file.currency,
    }
    campaign, is_new = Campaign.objects.update_or_create(
        workspace=by.workspace, slug=file.slug, defaults=fields, create_defaults={**fields, "owner": by}
    )
    campaign.audiences.set(_audiences(by, file))
    _set_key_results(campaign, file)
    _set_costs(campaign, file, by)
    record("campaign.created" if is_new else "campaign.changed", campaign, by=by, source="file")
    return campaign


def _check(file: CampaignFile) -> None:
    known = definitions()
    unknown = [(number, entry.metric) for number, entry in enumerate(file.key_results) if entry.metric not in known]
    if unknown:
        raise Invalid(
            problems=[
                Problem(
                    code="metric.unknown",
                    where=f"key_results.{number}.metric",
                    message=phrase(
                        "Nobody has defined {metric}. There are: {known}.", metric=repr(metric), known=", ".join(known)
                    ),
                )
                for number, metric in unknown
            ]
        )


def _audiences(by: Member, file: CampaignFile) -> list[Audience]:
    return [
        Audience.objects.update_or_create(
            workspace=by.workspace, name=entry.name, defaults={"description": entry.description}
        )[0]
        for entry in file.audiences
    ]


def _set_key_results(campaign: Campaign, file: CampaignFile) -> None:
    for position, entry in enumerate(file.key_results):
        KeyResult.objects.update_or_create(
            campaign=campaign,
            name=entry.name,
            defaults={"metric": entry.metric, "goal": entry.goal, "position": position},
        )
    campaign.key_results.exclude(name__in=[entry.name for entry in file.key_results]).delete()


def _set_costs(campaign: Campaign, file: CampaignFile, by: Member) -> None:
    listed: set[tuple[str, date]] = set()
    for entry in file.costs:
        Cost.objects.update_or_create(
            campaign=campaign,
            label=entry.label,
            spent_on=entry.on,
            defaults={
                "amount_minor": in_minor(entry.amount, campaign.currency),
                "currency": campaign.currency,
                "hours": entry.hours,
                "entered_by": by,
            },
        )
        listed.add((entry.label, entry.on))
    for cost in campaign.costs.all():
        if (cost.label, cost.spent_on) not in listed:
            cost.delete()
