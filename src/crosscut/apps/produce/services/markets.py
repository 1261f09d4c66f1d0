"""Saying what posts in a language are held to, and putting its legal lines into a text."""

import re
from dataclasses import dataclass

from django.db import transaction

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.markets import lacking_lines, terms_of
from crosscut.apps.produce.models import Market, Piece
from crosscut.apps.produce.services.translate import tidy_language
from crosscut.apps.produce.services.write import Edits, held_for_writing, save_edits
from crosscut.apps.produce.threads import joined
from crosscut.channels.fields import LANGUAGE_PATTERN
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import zone_names

MOST_LINES = 10
_LONGEST_LINE = 300


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants of a market, all of it."""

    language: str = ""  # empty: every language, its lines only
    territory: str = ""
    time_zone: str = ""
    legal_lines: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()  # ids


@transaction.atomic
def set_market(by: Member, wish: Wish) -> Market:
    """The market of that language from now on, in place of what was said of it. Raises Invalid with every problem."""
    demand(by, "markets")
    language, lines = tidy_language(wish.language), [line.strip() for line in wish.legal_lines if line.strip()]
    accounts = list(accounts_for(by).filter(pk__in=wish.accounts))
    if problems := _problems(wish, language, lines, accounts):
        raise Invalid(problems=problems)
    said = {"territory": wish.territory, "time_zone": wish.time_zone, "legal_lines": lines}
    row, _is_new = Market.objects.update_or_create(workspace=by.workspace, language=language, defaults=said)
    row.accounts.set(accounts)
    record("market.set", by.workspace, by=by, language=language, **said, accounts=[one.pk for one in accounts])
    return row


@transaction.atomic
def drop_market(by: Member, market_id: int) -> None:
    """Posts in that language are held to what the workspace says. Raises NotFound."""
    demand(by, "markets")
    row = Market.objects.filter(workspace=by.workspace, pk=market_id).first()
    if row is None:
        raise NotFound(phrase("There is no such market in this workspace."))
    record("market.dropped", by.workspace, by=by, language=row.language)
    row.delete()


@transaction.atomic
def add_legal_lines(by: Member, piece: Piece, channel: str) -> Piece:
    """The piece with the legal lines that its text on that channel lacks, at its end; in a thread in the last part.

    A channel that shows the shared text gets them there. Raises NotFound when it does not go there, Conflict when
    nothing is missing.
    """
    row = held_for_writing(by, piece)
    outlet = row.outlets.filter(channel=channel).first()
    if outlet is None:
        raise NotFound(phrase("This piece does not go to a channel called {channel}.", channel=channel))
    texts = [row.text if outlet.text is None else outlet.text, *outlet.further]
    missing = lacking_lines(joined(texts), terms_of(row.workspace, row.language).legal_lines)
    if not missing:
        raise Conflict(phrase("Every line that has to be there is there."))
    whole = joined([texts[-1].rstrip(), *missing])
    if outlet.further:
        return save_edits(by, piece, Edits(outlets={channel: {"further": [*outlet.further[:-1], whole]}}))
    if outlet.text is None:
        return save_edits(by, piece, Edits(words={"text": whole}))
    return save_edits(by, piece, Edits(outlets={channel: {"text": whole}}))


def _problems(wish: Wish, language: str, lines: list[str], accounts: list[Account]) -> list[Problem]:
    is_language = not language or bool(re.fullmatch(LANGUAGE_PATTERN, language) and len(language) <= 12)
    has_more = bool(wish.territory or wish.time_zone or wish.accounts)
    checks = (
        ("language", is_language, phrase("Name the language by its code, such as de-AT.")),
        ("language", bool(language) or not has_more, phrase("Country, clocks and accounts belong to a language.")),
        ("territory", bool(re.fullmatch(r"([A-Z]{2})?", wish.territory)), phrase("Use a two-letter code such as AT.")),
        (
            "time_zone",
            not wish.time_zone or wish.time_zone in zone_names(),
            phrase("Use an IANA time zone such as Europe/Vienna."),
        ),
        ("legal_lines", len(lines) <= MOST_LINES, phrase("At most {most} lines.", most=MOST_LINES)),
        (
            "legal_lines",
            all(len(line) <= _LONGEST_LINE for line in lines),
            phrase("A line has at most {most} characters.", most=_LONGEST_LINE),
        ),
        ("accounts", len(accounts) == len(set(wish.accounts)), phrase("There is no such account in this workspace.")),
    )
    return [
        Problem(code=f"market.{where}", where=where, message=words) for where, is_right, words in checks if not is_right
    ]
