"""Handing a post to whoever posts it: it is due, cleared and not held, and nothing has left yet."""

from django.utils import timezone

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Target

State = Target.State


def over(target: Target) -> None:
    """From now on the target waits for a person, whom the ticker has reminded. Call it with the target locked."""
    target.state, target.problem, target.next_at = State.HANDED, "", timezone.now()
    target.save(update_fields=["state", "problem", "next_at"])
    record("post.handed", target, by=target.workspace)
