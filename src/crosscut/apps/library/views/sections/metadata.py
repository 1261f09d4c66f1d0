"""Everything known about the asset, in groups: where each value came from, and who is named in the picture."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import metadata_pages
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import people
from crosscut.apps.library.services.fields import field_set


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The part's own rows."""
    known = field_set(asset.workspace_id)
    return {
        "field_groups": metadata_pages.groups_of(asset, known),
        "unknown_names": people.unknown_names(member, asset.pk),
        "has_field_history": asset.field_changes.exists(),
        "has_own_fields": bool(known.own),
    }
