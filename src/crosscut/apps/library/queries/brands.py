"""Brand kits, as far as the asker may see them, and what they demand."""

from collections.abc import Iterable

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import Asset, BrandFile, BrandKit
from crosscut.apps.library.queries.assets import assets_for, with_card_parts
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import from_data
from crosscut.specs.brand import BrandRules, Colour, Must, Pair, Word, pairs_of

Roles = BrandFile.Role


def brand_kits_for(member: Member) -> QuerySet[BrandKit]:
    """The workspace's kits in use, by name; none for guests."""
    return _kits_for(member).filter(archived_at=None)


def archived_brand_kits_for(member: Member) -> QuerySet[BrandKit]:
    """Those that were put away."""
    return _kits_for(member).exclude(archived_at=None)


def brand_kit_for(member: Member, kit_id: int) -> BrandKit:
    """One of them, archived or not. Raises NotFound."""
    row = _kits_for(member).filter(pk=kit_id).first()
    if row is None:
        raise NotFound(phrase("There is no such brand kit in this workspace."))
    return row


def usual_brand_kit(workspace_id: int) -> BrandKit | None:
    """The kit that posts go by unless their campaign chose another."""
    return usual_brand_kits({workspace_id}).get(workspace_id)


def usual_brand_kits(workspace_ids: Iterable[int]) -> dict[int, BrandKit]:
    """The same of several workspaces, by their ids."""
    rows = BrandKit.objects.filter(workspace__in=set(workspace_ids), archived_at=None, is_usual=True)
    return {row.workspace_id: row for row in rows}


def brand_assets(member: Member, kit: BrandKit, role: str) -> QuerySet[Asset]:
    """The kit's logos, fonts or templates in their order, with everything a card shows; none that is in the bin."""
    rows = assets_for(member).filter(brand_files__kit=kit, brand_files__role=role)
    return with_card_parts(rows).order_by("brand_files__id")


def offered_for(member: Member, kit: BrandKit, role: str, *, words: str = "") -> QuerySet[Asset]:
    """Files of the library that can become its logos, fonts or templates, the newest first."""
    rows = assets_for(member).filter(archived_at=None).exclude(brand_files__kit=kit, brand_files__role=role)
    if words:
        rows = rows.filter(title__icontains=words)
    return with_card_parts(rows.filter(**_FITS[role])).order_by("-pk")


def fits_role(asset: Asset, role: str) -> bool:
    """Whether the asset's file is of the kind that the role takes: a picture, a font, a drawing."""
    return Asset.objects.filter(pk=asset.pk, **_FITS[role]).exists()


def brand_pairs(kit: BrandKit) -> list[Pair]:
    """What each of its colours can be on each other one."""
    return pairs_of(colours_of(kit), least=kit.least_contrast)


def colours_of(kit: BrandKit) -> list[Colour]:
    """The kit's colours, in order."""
    return [from_data(Colour, one) for one in kit.colours]


def rules_of(kit: BrandKit) -> BrandRules:
    """What can be checked of a post by it."""
    return BrandRules(
        name=kit.name,
        words=tuple(from_data(Word, one) for one in kit.words),
        musts=tuple(from_data(Must, one) for one in kit.musts),
        logo_kinds=frozenset(kit.logo_kinds),
    )


def logos_among(kit: BrandKit, asset_ids: Iterable[int]) -> set[int]:
    """Which of the assets are the kit's logos, or pictures made with one."""
    rows = kit.files.filter(role__in=(Roles.LOGO, Roles.PICTURE), asset__in=list(asset_ids))
    return set(rows.values_list("asset_id", flat=True))


_FITS: dict[str, dict[str, object]] = {
    Roles.LOGO: {"kind": Asset.Kind.IMAGE},
    Roles.FONT: {"kind": Asset.Kind.DOCUMENT, "current__media_type__startswith": "font/"},
    Roles.TEMPLATE: {"kind": Asset.Kind.IMAGE, "current__media_type": "image/svg+xml"},
}


def _kits_for(member: Member) -> QuerySet[BrandKit]:
    rows = BrandKit.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows
