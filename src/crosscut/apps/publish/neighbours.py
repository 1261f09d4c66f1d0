"""Posts of the same account that come too close, in time or in words: told before and after something is planned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.publish.models import Target
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.house import cite_house, house


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A post that is planned, or might be."""

    account: Account
    piece_id: int
    at: datetime
    text: str  # as its channel shows it
    post_id: int | None = None  # None: it is not planned yet


def neighbour_findings(new: Newcomer) -> Iterator[Finding]:
    """What its neighbours say to it: advice, which stops nothing."""
    others = Target.objects.filter(account=new.account).exclude(state__in=Target.CLOSED_STATES).select_related("piece")
    if new.post_id is not None:
        others = others.exclude(pk=new.post_id)
    if (beside := _beside(new, others)) is not None:
        yield _advice(
            "time.collision",
            phrase(
                "“{other}” goes out to {account} within {minutes} minutes of this.",
                other=beside.piece.title,
                account=new.account.name,
                minutes=house("calendar")["apart_minutes"],
            ),
            phrase("Move one of them."),
            other=beside.pk,
        )
    if (twin := _alike(new, others)) is not None:
        yield _advice(
            "text.alike",
            phrase(
                "It says nearly the same as “{other}” of {day} on {account}.",
                other=twin.piece.title,
                day=f"{twin.due_at:%Y-%m-%d}",
                account=new.account.name,
            ),
            phrase("Write it anew, or leave one out."),
            other=twin.pk,
        )


def _beside(new: Newcomer, others: QuerySet[Target]) -> Target | None:
    near = timedelta(minutes=house("calendar")["apart_minutes"])
    return others.filter(due_at__gt=new.at - near, due_at__lt=new.at + near).order_by("due_at").first()


def _alike(new: Newcomer, others: QuerySet[Target]) -> Target | None:
    """An earlier post that says nearly the same. A repeat of the same piece is meant, and none."""
    rules, channel = house("calendar"), new.account.channel
    if len(new.text) < rules["alike_from_chars"]:
        return None
    since = new.at - timedelta(days=rules["alike_days"])
    earlier = others.filter(due_at__gt=since, due_at__lte=new.at).exclude(piece=new.piece_id)
    said = KeyTextTransform("text", KeyTransform(channel, KeyTransform("outlets", "edition__content")))
    likeness = TrigramSimilarity(Cast(said, TextField()), new.text)
    return earlier.annotate(likeness=likeness).filter(likeness__gte=rules["alike"]).order_by("-likeness").first()


def _advice(code: str, message: str, repair: str, **values: int) -> Finding:
    where, source = "at" if code.startswith("time.") else "text", cite_house("calendar")
    return Finding(
        code=code, level=Level.ADVICE, message=message, repair=repair, where=where, source=source, values=values
    )
