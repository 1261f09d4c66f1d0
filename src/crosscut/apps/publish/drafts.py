"""Pieces that are not planned yet, as the calendar shows them: on their wished day, or in the tray beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce import queries as pieces
from crosscut.apps.produce.showing import Row, rows_of
from crosscut.apps.produce.wording import STAGES
from crosscut.apps.publish.queries import Wanted

TRAY = 40  # pieces in the tray; the list of pieces has them all


def draft_places(member: Member, start: datetime, end: datetime, wanted: Wanted) -> list[tuple[int, datetime]]:
    """The ids of the pieces wished for in [start, end) and when, in time order; none where posts of one state or
    account are looked for."""
    if wanted.state or wanted.account:
        return []
    wish = pieces.Wanted(text=wanted.text, campaign=wanted.campaign, owner=wanted.person, channel=wanted.channel)
    return pieces.wishes_between(member, start, end, wish)


def drafts_of(member: Member, piece_ids: Sequence[int]) -> list[dict[str, Any]]:
    """These pieces of `draft_places` as the calendar's script reads them, in time order."""
    if not piece_ids:
        return []
    found = list(pieces.wished_among(member, piece_ids))
    wished = {piece.pk: piece.wished_at for piece in found}
    zone = ZoneInfo(member.workspace.time_zone)
    return [_as_event(row, at.astimezone(zone)) for row in rows_of(found) if (at := wished[row.pk])]


def tray_of(member: Member) -> list[Row]:
    """The pieces that have no post and no day, last changed first."""
    return rows_of(pieces.without_a_day(member)[:TRAY])


def _as_event(row: Row, at: datetime) -> dict[str, Any]:
    return {
        "id": f"piece-{row.pk}",
        "piece": row.pk,
        "title": row.title,
        "start": at.isoformat(),
        "state": row.stage,
        "state_word": str(STAGES[pieces.Stage(row.stage)]),
        "url": reverse("piece", args=[row.pk]),
        "thumb": row.thumb,
        "channels": [{"name": place.name, "icon": place.slug} for place in row.places],
        "problem": row.note,
        "is_at_risk": False,
        "warning": "",
        "elsewhere": "",
        "can_move": True,
    }
