"""Describing audiences."""

from django.db import transaction
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan import queries
from crosscut.apps.plan.models import Audience
from crosscut.kernel.errors import Conflict, Invalid


@transaction.atomic
def describe_audience(by: Member, name: str, description: str = "") -> Audience:
    """A new audience."""
    demand(by, "plan")
    audience = Audience(workspace=by.workspace)
    _write(audience, by, name, description)
    record("audience.created", audience, by=by)
    return audience


@transaction.atomic
def change_audience(by: Member, audience_id: int, *, name: str, description: str) -> Audience:
    """The audience in other words; every campaign for it follows."""
    audience = queries.audience_for(by, audience_id)
    demand(by, "plan")
    _write(audience, by, name, description)
    record("audience.changed", audience, by=by)
    return audience


@transaction.atomic
def remove_audience(by: Member, audience_id: int) -> None:
    """Takes the audience away. Raises Conflict while a campaign is for it."""
    audience = queries.audience_for(by, audience_id)
    demand(by, "plan")
    if audience.campaigns.exists():
        raise Conflict(_("Campaigns are made for this audience. Take it out of them first."))
    record("audience.removed", audience, by=by)
    audience.delete()


def _write(audience: Audience, by: Member, name: str, description: str) -> None:
    name = name.strip()
    if not 0 < len(name) <= 120:
        raise Invalid.at("name", _("Give the audience a name of at most 120 letters."))
    if queries.audiences_for(by).filter(name=name).exclude(pk=audience.pk).exists():
        raise Invalid.at("name", _("There is an audience of that name already."), code="audience.name_taken")
    audience.name, audience.description = name, description.strip()
    audience.save()
