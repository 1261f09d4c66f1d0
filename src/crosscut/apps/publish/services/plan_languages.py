"""Putting a piece's languages on their way together: at the same hour of each market's clocks, or at one moment."""

from enum import StrEnum

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.produce.languages import languages
from crosscut.apps.produce.markets import Terms, terms_of
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.translating import Language
from crosscut.apps.publish.queries import busy_accounts
from crosscut.apps.publish.services.plan_posts import Outcome, When, plan_posts
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


class Together(StrEnum):
    """What "at the same time" means in several places."""

    HOUR = "hour"  # clocks show the same everywhere: nine in Vienna, nine in Lisbon
    MOMENT = "moment"  # it is the same moment everywhere


def plan_languages(by: Member, piece: Piece, when: When, together: Together) -> list[Outcome]:
    """A post for each account that speaks one of the piece's languages, unless it is on its way there already.

    What stops one does not stop the others; each is told. Raises Invalid when no market names an account for them.
    """
    found: list[Outcome] = []
    planned = [(language, terms_of(piece.workspace, language.piece.language)) for language in languages(piece)]
    for language, terms in planned:
        if accounts := _accounts(by, language, terms):
            zone = terms.time_zone if together is Together.HOUR else when.zone
            found += plan_posts(by, language.piece, accounts, When(wall_time=when.wall_time, zone=zone))
    if not found and not any(terms.accounts for _language, terms in planned):
        words = phrase("No market names an account for its languages. Say under Markets which account speaks which.")
        raise Invalid.at("languages", words, code="schedule.no_market")
    return found


def _accounts(by: Member, language: Language, terms: Terms) -> list[Account]:
    channels = {outlet.channel for outlet in language.ours.outlets}
    busy = busy_accounts(language.piece)
    rows = accounts_for(by).filter(pk__in=terms.accounts, channel__in=channels)
    return [account for account in rows if account.pk not in busy]
