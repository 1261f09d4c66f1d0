"""What can be made of a sound, or of a film's."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.sightings import sound_in_words
from crosscut.apps.library.views import making


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The forms, and how loud it is now."""
    heard = sound_in_words(asset.current) if asset.current else []
    return {**making.forms_for(asset), "sound": heard}


def fits(asset: Asset) -> bool:
    """Whether there is a sound."""
    return asset.current is not None and bool(asset.current.facts) and bool(facts_of(asset.current).audio)
