"""What happened to the asset."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import audit_for
from crosscut.apps.accounts.wording import event_sentence
from crosscut.apps.library.models import Asset

EVENTS = 50  # shown


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The last events with their sentences, newest first."""
    events = audit_for(member).filter(subject=f"asset:{asset.pk}")[:EVENTS]
    return {"history": [(event, event_sentence(event)) for event in events]}
