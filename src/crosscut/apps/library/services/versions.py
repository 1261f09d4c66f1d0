"""Which of an asset's files is the current one, and how two of them differ."""

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.index import refresh_search


@transaction.atomic
def make_current(by: Member, version_id: int) -> Asset:
    """The asset with that version as the current one: a way back that keeps every file and its number.

    Drafts show the current version from now on. Posts that are planned keep the file they were approved with.
    """
    demand(by, "draft")
    version = version_for(by, version_id)
    asset = Asset.objects.select_for_update(of=("self",)).select_related("current").get(pk=version.asset_id)
    if asset.current_id == version.pk:
        return asset
    before = asset.current.number if asset.current else None
    asset.current = version
    asset.save(update_fields=["current"])
    refresh_search([asset.pk])
    record("asset.version_made_current", asset, by=by, before=before, after=version.number)
    return asset
