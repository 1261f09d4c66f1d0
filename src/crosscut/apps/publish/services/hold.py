"""The hold switch: stops everything not yet sent, at once."""

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan.models import Campaign
from crosscut.apps.publish.models import Hold
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase

Scope = Hold.Scope


@transaction.atomic
def place_hold(
    by: Member, *, reason: str, scope: str = Scope.WORKSPACE, campaign: Campaign | None = None, value: str = ""
) -> Hold:
    """Stops what the scope covers until the hold is lifted. What is being sent this very moment goes on."""
    demand(by, "hold")
    if not reason.strip():
        raise Invalid.at("reason", phrase("Say why, so that others know when it can be lifted."))
    if scope == Scope.CAMPAIGN and (campaign is None or campaign.workspace_id != by.workspace_id):
        raise Invalid.at("campaign", phrase("Choose the campaign to hold."))
    if scope in (Scope.CHANNEL, Scope.TOPIC) and not value.strip():
        raise Invalid.at("value", phrase("Name the channel or topic to hold."))
    hold = Hold.objects.create(
        workspace=by.workspace,
        scope=scope,
        campaign=campaign if scope == Scope.CAMPAIGN else None,
        value=value.strip(),
        reason=reason.strip(),
        placed_by=by,
    )
    record("hold.placed", hold, by=by, scope=scope, value=hold.value)
    return hold


@transaction.atomic
def lift_hold(by: Member, hold_id: int) -> Hold:
    """Lets things go out again; what became due meanwhile goes out one by one, not in a heap."""
    demand(by, "hold")
    hold = Hold.objects.select_for_update().filter(pk=hold_id, workspace=by.workspace_id, lifted_at=None).first()
    if hold is None:
        raise NotFound(phrase("There is no such hold in force."))
    hold.lifted_at, hold.lifted_by = timezone.now(), by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record("hold.lifted", hold, by=by)
    return hold
