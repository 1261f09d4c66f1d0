"""Pieces in the search over everything."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.finding import Finder, Hit, called_like
from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.queries import pieces_for, with_row_parts, with_stage
from crosscut.apps.produce.showing import rows_of


def find_pieces(member: Member, words: tuple[str, ...], limit: int) -> list[Hit]:
    """Pieces by title or text, archived ones left out, each with where it stands."""
    near = called_like(pieces_for(member), words, name="title", also=("text",))
    numbers = list(near.values_list("pk", flat=True)[:limit])
    # What a row shows is asked for these few alone: before the limit it would be worked out for every match.
    few = Piece.objects.filter(pk__in=numbers).select_related("campaign", "owner__user")
    rows = {row.pk: row for row in rows_of(with_row_parts(with_stage(few)))}
    found = [rows[number] for number in numbers]
    return [
        Hit(
            pk=row.pk,
            title=row.title,
            about=" · ".join(part for part in (row.campaign, row.owner) if part),
            url=reverse("piece", args=[row.pk]),
            thumb=row.thumb,
            state=row.stage,
        )
        for row in found
    ]


PIECES = Finder(kind="pieces", label=gettext_lazy("Pieces"), icon="article", order=10, find=find_pieces)
