"""Duplicates as pages and programs show them: groups with their pictures, one group file by file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import comparing, metadata_pages, queries
from crosscut.apps.library.models import Asset
from crosscut.apps.library.rights import rights_by, rights_of
from crosscut.apps.library.services.carrying import holdings_with
from crosscut.apps.library.services.fields import FieldSet
from crosscut.apps.library.services.merge_choices import ALL, Differing, best_of
from crosscut.apps.library.services.merging import Plan
from crosscut.apps.library.services.twins import Tier, reason_of
from crosscut.apps.library.showing import Tile, facts_in_words, tile_of
from crosscut.kernel.phrases import spoken

SHOWN = 12  # files of one group beside each other; the rest follows once these are settled
THUMBS = 5  # of a group in the list
WORDS = {
    "bytes": gettext_lazy("The same file"),
    "pixels": gettext_lazy("The same to the last pixel"),
    "copy": gettext_lazy("Saved anew or resized"),
    "crop": gettext_lazy("Crops"),
    "burst": gettext_lazy("Bursts"),
}
SURE = ("bytes", "pixels", "copy")  # all of these are chosen for merging from the start


@dataclass(frozen=True, kw_only=True)
class Row:
    """One group in a list."""

    group: queries.TwinGroup
    words: str  # how alike they are
    url: str
    tiles: list[Tile]  # of the first files
    more: int  # how many beside those
    names: str


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a group."""

    asset: Asset
    url: str  # what a browser can show of it, or its small picture; empty without either
    facts: list[tuple[str, str, bool]]  # name, words, whether it is not the same in all of them
    reason: str  # what it is to the one it is compared with
    against: str  # the title of that one
    rights: str
    uses: list[queries.PieceUse]


def rows_of(member: Member, groups: Sequence[queries.TwinGroup], today: date) -> list[Row]:
    """The groups with the pictures of their first files, in as many queries for many as for one."""
    wanted = [pk for group in groups for pk in group.asset_ids[:THUMBS]]
    assets = queries.with_card_parts(queries.assets_for(member)).in_bulk(wanted)
    rows = []
    for group in groups:
        tiles = [tile_of(assets[pk], today) for pk in group.asset_ids[:THUMBS] if pk in assets]
        rows.append(
            Row(
                group=group,
                words=str(WORDS[group.tier]),
                url=reverse("duplicate-group", args=[group.tier, group.key]),
                tiles=tiles,
                more=len(group.asset_ids) - len(tiles),
                names=", ".join(dict.fromkeys(tile.name for tile in tiles)),
            )
        )
    return rows


def compared_files(member: Member, group: queries.TwinGroup, today: date) -> list[File]:
    """The group's files, the one to keep first; at most SHOWN."""
    wanted = group.asset_ids[:SHOWN]
    rows = queries.with_card_parts(queries.assets_for(member).filter(pk__in=wanted))
    assets = list(rows.select_related("created_by__user").defer("search"))
    best = best_of(assets)
    reasons = _reasons(member, [one.pk for one in assets], best.pk)
    titles = {one.pk: one.title for one in assets}
    facts = _marked({one.pk: _facts(one) for one in assets})
    return [
        File(
            asset=one,
            url=_picture(one, today),
            facts=facts[one.pk],
            reason=spoken(reasons[one.pk][0], translation) if one.pk in reasons else "",
            against=titles[reasons[one.pk][1]] if one.pk in reasons else "",
            rights=rights_of(one, today).sentence,
            uses=queries.uses_of(one),
        )
        for one in sorted(assets, key=lambda one: (one.pk != best.pk, one.pk))
    ]


def choices_in_words(fields: Iterable[Differing], plan: Plan) -> list[dict[str, Any]]:
    """The fields in which the files differ, as a table of choices."""
    assets = (plan.keep, *plan.gone)
    return [
        {
            "key": one.field.key,
            "label": _(one.field.label),
            "can_join": one.can_join,
            "is_joined": one.chosen == ALL,
            "joined": metadata_pages.in_words(one.field, one.value) if one.can_join and one.chosen == ALL else "",
            "cells": [
                {
                    "asset": asset,
                    "words": metadata_pages.in_words(one.field, value) if value is not None else "",
                    "is_on": one.chosen == asset.pk,
                }
                for asset in assets
                for value in (one.values[asset.pk],)
            ],
        }
        for one in fields
    ]


def changes_in_words(known: FieldSet, plan: Plan) -> list[tuple[str, str, str]]:
    """What the kept file will say otherwise: the field, before and after."""
    pairs = ((one.field.key, one.values[plan.keep.pk], one.value) for one in plan.fields)
    return [metadata_pages.change_words(known, key, before, after) for key, before, after in pairs if before != after]


def rights_in_words(plan: Plan, today: date) -> tuple[str, str]:
    """What may be done with the kept file, before and after."""
    zone = ZoneInfo(plan.keep.workspace.time_zone)
    return rights_of(plan.keep, today).sentence, rights_by(holdings_with(plan.keep, plan.cargo), today, zone).sentence


def _reasons(member: Member, asset_ids: Sequence[int], best: int) -> dict[int, tuple[str, int]]:
    """Of each file what it is to the best, or to another where it is not like that one."""
    found: dict[int, tuple[str, int]] = {}
    pairs = queries.pairs_within(member, asset_ids)
    for pair in sorted(pairs, key=lambda pair: best not in (pair.one.asset_id, pair.other.asset_id)):
        for mine, theirs in ((pair.one, pair.other), (pair.other, pair.one)):
            if mine.asset_id != best and mine.asset_id not in found:
                found[mine.asset_id] = (reason_of(mine, theirs, Tier(pair.tier)), theirs.asset_id)
    return found


def _facts(asset: Asset) -> list[tuple[str, str]]:
    version = asset.current
    if version is None:
        return []
    said = {
        _("File"): version.filename,
        _("Size"): str(filesizeformat(version.size_bytes)),
        **dict(facts_in_words(version)),
    }
    taken = str(version.metadata.get("created_at") or "")[:16].replace("T", " ")
    return [*said.items(), *([(_("Taken"), taken)] if taken else [])]


def _marked(facts: dict[int, list[tuple[str, str]]]) -> dict[int, list[tuple[str, str, bool]]]:
    told = [dict(rows) for rows in facts.values()]
    differ = {name for rows in told for name in rows if len({other.get(name) for other in told}) > 1}
    return {pk: [(name, words, name in differ) for name, words in rows] for pk, rows in facts.items()}


def _picture(asset: Asset, today: date) -> str:
    side = comparing.side_of(asset.current) if asset.current and asset.kind == Asset.Kind.IMAGE else None
    return side.url if side and side.url else tile_of(asset, today).thumb
