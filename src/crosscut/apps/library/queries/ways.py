"""Places from which files come, as far as the asker may see them."""

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import Asset, Card, Together, WayIn
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def ways_for(member: Member) -> QuerySet[WayIn]:
    """The workspace's, by name; none for guests."""
    rows = WayIn.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def way_for(member: Member, way_id: int) -> WayIn:
    """One of them. Raises NotFound."""
    way = ways_for(member).filter(pk=way_id).first()
    if way is None:
        raise NotFound(phrase("There is no such way in in this workspace."))
    return way


def cards_for(member: Member) -> QuerySet[Card]:
    """The workspace's camera cards, the one seen last first; none for guests."""
    rows = Card.objects.filter(way__in=ways_for(member))
    return rows.select_related("way", "job").prefetch_related("groups")


def card_for(member: Member, card_id: int) -> Card:
    """One of them. Raises NotFound."""
    card = cards_for(member).filter(pk=card_id).first()
    if card is None:
        raise NotFound(phrase("There is no such card in this workspace."))
    return card


def belonging_to(asset: Asset) -> list[tuple[Together, list[Asset]]]:
    """What the asset belongs together with, by the camera's word, without itself; groups of one are left out."""
    found = []
    for group in Together.objects.filter(arrivals__asset=asset).distinct():
        others = Asset.objects.filter(arrivals__together=group, binned_at=None).exclude(pk=asset.pk).distinct()
        if rows := list(others.select_related("current").order_by("current__filename")[:100]):
            found.append((group, rows))
    return found
