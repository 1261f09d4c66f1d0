"""Looking again now, because a person does not want to wait for the next look."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.timing import timing
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase

State = Target.State
LOOKED_AT = (State.UNKNOWN, State.RECALLING, *Target.LIVE_STATES)


@transaction.atomic
def look_again(by: Member, target: Target) -> Target:
    """Has the channel read now. Raises Conflict when there is nothing out there to look at.

    What is unknown is looked at a little later: two readings that both find nothing only count when time lies between.
    """
    demand(by, "draft")
    row = Target.objects.select_for_update(of=("self",)).get(pk=target.pk, workspace=by.workspace_id)
    if row.state not in LOOKED_AT:
        raise Conflict(phrase("There is nothing to look at: it is {state}.", state=row.get_state_display().lower()))
    wait_s = timing().between_reads_s if row.state == State.UNKNOWN else 0
    row.next_at = min(row.next_at, timezone.now() + timedelta(seconds=wait_s))
    row.save(update_fields=["next_at"])
    record("post.looked_at", row, by=by)
    return row
