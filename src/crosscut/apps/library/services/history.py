"""Every change of a field, kept with its before and after, so that it can be seen and undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import ChangeSet, FieldChange

_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of one asset."""

    before: Any  # as stored; None for nothing
    after: Any


def note_changes(
    by: Member, changes: Mapping[int, Mapping[str, Change]], *, how: str = ChangeSet.How.PAGE
) -> ChangeSet:
    """The set of changes, by asset and field, as it is kept. Call it in the transaction that makes them."""
    made = ChangeSet(workspace_id=by.workspace_id, by=by, how=how)
    keep_changes(made, changes)
    return made


def keep_changes(made: ChangeSet, changes: Mapping[int, Mapping[str, Change]]) -> None:
    """Adds changes to a set, which is stored if it was not yet."""
    if made.pk is None:
        made.save()
    FieldChange.objects.bulk_create(
        (
            FieldChange(change_set=made, asset_id=asset_id, field=key, before=change.before, after=change.after)
            for asset_id, fields in changes.items()
            for key, change in fields.items()
        ),
        batch_size=_BATCH,
    )


def last_change_id(asset_ids: Iterable[int]) -> dict[int, int]:
    """The newest change of each asset: what a spreadsheet remembers, so that later changes can be told."""
    rows = FieldChange.objects.filter(asset__in=asset_ids).order_by().values("asset").annotate(last=Max("pk"))
    return {row["asset"]: row["last"] for row in rows}
