"""What the file is, and what was made from it."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries, showing
from crosscut.apps.library.models import Asset


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The current version's facts, what the camera took together with it, and the files made from it for posts."""
    version = asset.current
    if version is None:
        return {}
    return {
        "facts": showing.facts_in_words(version),
        "belongings": queries.belonging_to(asset),
        "renditions": version.renditions.filter(purpose__contains="/").order_by("-id"),
    }
