"""What the file is, what was found when it was looked through, and what was made from it."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import showing
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import screening


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The current version's facts, its checks and the files made from it for posts."""
    version = asset.current
    if version is None:
        return {}
    return {
        "facts": showing.facts_in_words(version),
        "screening": showing.screening_in_words(version),
        "is_being_screened": screening.is_being_screened(version),
        "renditions": version.renditions.filter(purpose__contains="/").order_by("-id"),
    }
