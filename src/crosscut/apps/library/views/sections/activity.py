"""What happened to the asset."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import audit_for
from crosscut.apps.accounts.wording import event_sentence
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset

EVENTS = 50  # shown
ARRIVALS = 10  # shown, the last ones


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The last events with their sentences, newest first, and how the asset's files came in."""
    events = audit_for(member).filter(subject=f"asset:{asset.pk}")[:EVENTS]
    arrivals = queries.arrivals_for(member).filter(asset=asset).prefetch_related("events")[:ARRIVALS]
    return {"history": [(event, event_sentence(event)) for event in events], "arrivals": arrivals}
