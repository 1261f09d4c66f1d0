"""Posts in the search over everything."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from crosscut.apps.accounts.finding import Finder, Hit, called_like
from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.queries import pieces_for
from crosscut.apps.publish.queries import targets_for

_PIECES = 100  # whose posts are looked through, the most alike


def find_posts(member: Member, words: tuple[str, ...], limit: int) -> list[Hit]:
    """Posts by the title of their piece, the latest due first."""
    pieces = called_like(pieces_for(member), words, name="title").values_list("pk", flat=True)[:_PIECES]
    rows = targets_for(member).filter(piece__in=list(pieces)).order_by("-due_at", "-pk")
    return [
        Hit(
            pk=row.pk,
            title=row.piece.title,
            about=f"{row.account.name} · {date_format(timezone.localtime(row.due_at), 'j M Y, H:i')}",
            url=reverse("post", args=[row.pk]),
            state=row.state,
        )
        for row in rows[:limit]
    ]


POSTS = Finder(kind="posts", label=gettext_lazy("Posts"), icon="send", order=40, find=find_posts)
