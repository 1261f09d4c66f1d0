"""Groups of files that are the same thing, as far as the asker may see them.

Putting pairs into groups reads all of them, so a process does it once and keeps it until a pair or an asset changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.column_source import columns_of
from crosscut.apps.library.models import Merge, TwinPair
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

TIERS = ("bytes", "pixels", "copy", "crop", "burst")  # the names of services.twins.Tier, the surest first
_SAME = 3  # up to this tier two files show the same; above each is a sort of its own


@dataclass(frozen=True, kw_only=True)
class TwinGroup:
    """Assets that hang together by being alike."""

    tier: str  # the least sure likeness among them, one of TIERS
    asset_ids: tuple[int, ...]  # the oldest first
    is_apart: bool = False  # somebody said that they are not the same

    @property
    def key(self) -> int:
        """Names the group within its tier: its oldest asset."""
        return self.asset_ids[0]


@dataclass(frozen=True, kw_only=True)
class _Grouped:
    """All groups of a workspace at one moment."""

    groups: tuple[TwinGroup, ...]  # in the order in which they are listed
    by_asset: Mapping[tuple[int, int], TwinGroup]  # by sort and asset


def twin_groups_for(member: Member) -> list[TwinGroup]:
    """The workspace's groups that nobody has settled, the surest first and of those the newest; none for guests.

    What is archived, in the bin, or has another current version meanwhile is no part of a group.
    """
    return list(_grouped(member).groups)


def apart_groups_for(member: Member) -> list[TwinGroup]:
    """Those that somebody said are not the same."""
    return _groups(_counting(_pairs_for(member).exclude(set_apart_at=None)), is_apart=True)


def twin_group_for(member: Member, tier: str, asset_id: int) -> TwinGroup:
    """The group of that sort which the asset is in; crops and bursts are sorts of their own, the rest are one.

    Raises NotFound; also when it is settled meanwhile.
    """
    group = _grouped(member).by_asset.get((_sort(tier), asset_id))
    if group is None:
        raise NotFound(phrase("There are no such duplicates here any more."))
    return group


def twin_sorts_of(member: Member, asset_id: int) -> list[str]:
    """The sorts of groups that the asset is in now: "copy", "crop", "burst"."""
    rows = _counting(_pairs_for(member).filter(set_apart_at=None))
    tiers = rows.filter(Q(one__asset=asset_id) | Q(other__asset=asset_id)).values_list("tier", flat=True)
    return [TIERS[tier - 1] for tier in sorted({max(tier, _SAME) for tier in tiers})]


def pairs_within(member: Member, asset_ids: Iterable[int]) -> list[TwinPair]:
    """What is alike among these assets, the surest first, with the versions and what they look like."""
    wanted = list(asset_ids)
    rows = _counting(_pairs_for(member).filter(one__asset__in=wanted, other__asset__in=wanted))
    return list(rows.select_related("one__fingerprint", "other__fingerprint").order_by("tier", "bits", "pk"))


def merges_for(member: Member) -> QuerySet[Merge]:
    """What was merged, the last first; none for guests."""
    rows = Merge.objects.filter(workspace=member.workspace_id).select_related("kept", "by__user").order_by("-pk")
    return rows.none() if member.role == Role.GUEST else rows


def merge_for(member: Member, merge_id: int) -> Merge:
    """One of them. Raises NotFound."""
    row = merges_for(member).filter(pk=merge_id).first()
    if row is None:
        raise NotFound(phrase("There is no such merge in this workspace."))
    return row


def _grouped(member: Member) -> _Grouped:
    """The groups as the database has them now; the columns are others as soon as any asset changed."""
    rows = _pairs_for(member)

    def made() -> _Grouped:
        groups = tuple(_groups(_counting(rows.filter(set_apart_at=None))))
        return _Grouped(
            groups=groups,
            by_asset={(_sort(group.tier), asset): group for group in groups for asset in group.asset_ids},
        )

    if member.role == Role.GUEST:
        return _Grouped(groups=(), by_asset={})
    about = rows.aggregate(Count("pk"), Max("pk"), Count("set_apart_at"), Max("set_apart_at"))
    grouped: _Grouped = columns_of(member.workspace_id).once(("twins", *about.values()), made)
    return grouped


def _sort(tier: str) -> int:
    return max(TIERS.index(tier) + 1, _SAME) if tier in TIERS else 0


def _pairs_for(member: Member) -> QuerySet[TwinPair]:
    rows = TwinPair.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def _counting(rows: QuerySet[TwinPair]) -> QuerySet[TwinPair]:
    sides = {f"{side}__asset__{state}": None for side in ("one", "other") for state in ("binned_at", "archived_at")}
    return rows.filter(**sides, one__asset__current=F("one"), other__asset__current=F("other"))


def _groups(rows: QuerySet[TwinPair], *, is_apart: bool = False) -> list[TwinGroup]:
    pairs: dict[int, list[tuple[int, int, int]]] = {}
    for tier, one, other in rows.values_list("tier", "one__asset_id", "other__asset_id"):
        pairs.setdefault(max(tier, _SAME), []).append((tier, one, other))
    found = [
        TwinGroup(tier=TIERS[tier - 1], asset_ids=tuple(sorted(members)), is_apart=is_apart)
        for sort in pairs.values()
        for tier, members in _joined(sort)
    ]
    return sorted(found, key=lambda one: (TIERS.index(one.tier), -one.asset_ids[-1]))


def _joined(pairs: Sequence[tuple[int, int, int]]) -> list[tuple[int, set[int]]]:
    """What hangs together, each with its least sure tier."""
    of: dict[int, set[int]] = {}
    for _tier, one, other in pairs:
        mine, theirs = of.setdefault(one, {one}), of.setdefault(other, {other})
        if mine is not theirs:
            large, small = (mine, theirs) if len(mine) >= len(theirs) else (theirs, mine)
            large |= small
            of.update(dict.fromkeys(small, large))
    worst: dict[int, int] = {}
    for tier, one, _other in pairs:
        worst[id(of[one])] = max(tier, worst.get(id(of[one]), 0))
    whole = {id(members): members for members in of.values()}
    return [(worst[number], members) for number, members in whole.items()]
