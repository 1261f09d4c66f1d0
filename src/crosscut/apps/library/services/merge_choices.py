"""Several duplicates field by field: where they differ, and which value goes on unless a person chooses another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscut.apps.library.models import Asset, FieldChange
from crosscut.apps.library.services.fields import FieldSet, values_of
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Field, Kind, said

ALL = "all"  # of a list: every value of every file
_LISTS = (Kind.LIST, Kind.CHOICES)


@dataclass(frozen=True, kw_only=True)
class Differing:
    """One field that does not say the same in all of the files."""

    field: Field
    values: Mapping[int, Any]  # by asset, as stored; None for nothing
    chosen: int | str  # the asset whose value goes on, or ALL

    @property
    def can_join(self) -> bool:
        """Whether all values together are a value."""
        return self.field.kind in _LISTS

    @property
    def value(self) -> Any:
        """What the kept file will say."""
        if self.chosen != ALL:
            return self.values[int(self.chosen)]
        return list(dict.fromkeys(item for value in self.values.values() for item in value or ()))


def best_of(assets: Sequence[Asset]) -> Asset:
    """The one to keep unless a person says otherwise: the largest picture, then the largest file, fullest, oldest."""
    return max(assets, key=lambda one: (_area_px(one), _size_bytes(one), len(values_of(one)), -one.pk))


def differing(
    known: FieldSet, keep: Asset, gone: Sequence[Asset], chosen: Mapping[str, int | str] | None = None
) -> list[Differing]:
    """The fields in which the files differ, each with its choice. Raises Invalid for a choice there is none of."""
    assets = (keep, *gone)
    values = {one.pk: values_of(one) for one in assets}
    newest = _last_changed(assets)
    wanted = dict(chosen or {})
    found = []
    for key, field in known.fields.items():
        each = {pk: mine.get(key) for pk, mine in values.items()}
        if field.is_fixed or all(value == each[keep.pk] for value in each.values()):
            wanted.pop(key, None)
            continue
        choice = wanted.pop(key, None) or _usual(field, keep.pk, each, newest)
        _refuse_nonsense(field, choice, each)
        found.append(Differing(field=field, values=each, chosen=choice))
    for key in wanted:
        known.field(key)  # a field that there is not is a mistake; one in which they agree needs no choice
    return found


def _usual(field: Field, keep: int, values: Mapping[int, Any], newest: Mapping[tuple[int, str], int]) -> int | str:
    """Of lists everything; of long texts the fullest; else the kept file's own, or what was written last elsewhere."""
    if field.kind in _LISTS:
        return ALL
    if field.kind is Kind.LONG:
        return max(values, key=lambda pk: (len(said(values[pk])), pk == keep))
    if values[keep] is not None:
        return keep
    return max((pk for pk, value in values.items() if value is not None), key=lambda pk: newest.get((pk, field.key), 0))


def _refuse_nonsense(field: Field, choice: int | str, values: Mapping[int, Any]) -> None:
    if choice == ALL and field.kind in _LISTS:
        return
    if choice == ALL or int(choice) not in values:
        raise Invalid.at(field.key, phrase("Choose the value of one of the files that are merged."))


def _last_changed(assets: Sequence[Asset]) -> dict[tuple[int, str], int]:
    rows = FieldChange.objects.filter(asset__in=assets).order_by("pk").values_list("asset", "field", "pk")
    return {(asset, field): pk for asset, field, pk in rows}


def _area_px(asset: Asset) -> int:
    row = asset.current
    return (row.width_px or 0) * (row.height_px or 0) if row else 0


def _size_bytes(asset: Asset) -> int:
    return asset.current.size_bytes if asset.current else 0
