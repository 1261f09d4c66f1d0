"""What the posts in one language are held to: whose accounts, which country, which clocks, which legal lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.produce.models import Market


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for posts in one language."""

    territory: str  # ISO 3166-1: where rights are asked for; empty: the world
    time_zone: str  # IANA: by whose clocks posts are planned
    legal_lines: tuple[str, ...]  # each stands in every text
    accounts: frozenset[int]  # ids of those that speak this language; empty: nobody said
    others: frozenset[int]  # ids of those that speak another one only


def markets_for(member: Member) -> QuerySet[Market]:
    """The workspace's markets by language, what holds for every language first; none for guests."""
    rows = Market.objects.filter(workspace=member.workspace_id).prefetch_related("accounts").order_by("language")
    return rows.none() if member.role == Role.GUEST else rows


def terms_of(workspace: Workspace, language: str) -> Terms:
    """What holds for posts in that language."""
    return terms_of_each([(workspace, language)])[workspace.pk, language]


def terms_of_each(asked: Iterable[tuple[Workspace, str]]) -> dict[tuple[int, str], Terms]:
    """The same for several workspaces and languages, by the workspace's id and the language."""
    wanted = {(workspace.pk, language): workspace for workspace, language in asked}
    rows = Market.objects.filter(workspace__in={pk for pk, _language in wanted}).prefetch_related("accounts")
    markets: dict[int, list[Market]] = {}
    for row in rows:
        markets.setdefault(row.workspace_id, []).append(row)
    return {
        (pk, language): _terms(workspace, language, markets.get(pk, [])) for (pk, language), workspace in wanted.items()
    }


def _terms(workspace: Workspace, language: str, rows: list[Market]) -> Terms:
    own = [row for row in rows if row.language.casefold() == language.casefold()]
    mine = frozenset(account.pk for row in own for account in row.accounts.all())
    named = frozenset(account.pk for row in rows for account in row.accounts.all())
    return Terms(
        territory=next((row.territory for row in own if row.territory), workspace.territory),
        time_zone=next((row.time_zone for row in own if row.time_zone), workspace.time_zone),
        legal_lines=tuple(line for row in rows if not row.language or row in own for line in row.legal_lines),
        accounts=mine,
        others=named - mine,
    )


def territories_of(workspace_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """The country of each market that names one, by workspace and language in small letters."""
    rows = Market.objects.filter(workspace__in=set(workspace_ids)).exclude(territory="")
    return {(row.workspace_id, row.language.lower()): row.territory for row in rows}


def lacking_lines(text: str, lines: Iterable[str]) -> list[str]:
    """Those of the lines that do not stand in the text; line ends and double spaces do not count.

    >>> lacking_lines("A new boat.\\n\\nAnzeige", ["Anzeige", "Reef Watch e.V., Wien"])
    ['Reef Watch e.V., Wien']
    """
    there = " ".join(text.split())
    return [line for line in lines if " ".join(line.split()) not in there]
