"""Where the asset is used."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The pieces it is in, with their posts."""
    return {"uses": queries.uses_of(asset)}
