"""Making a text fit one channel: whole sentences where enough of them do, else whole words; its first link is kept."""

import re
from bisect import bisect_left
from collections.abc import Callable

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.produce.kinds import kind_named
from crosscut.apps.produce.linking import addresses_in, as_published, below_words, link_published, links_of
from crosscut.apps.produce.models import Outlet, Piece
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import Edits, save_edits
from crosscut.kernel.errors import Conflict, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.text import count

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*(?=\s)|\n(?=\s*\n)")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_ENOUGH = 0.6  # of what fits: with less than this, the next sentence is cut instead of left out


@transaction.atomic
def shorten_text(by: Member, piece: Piece, channel: str) -> Piece:
    """The piece with a text of its own on that channel that fits there. The longer one stays in the history.

    Raises NotFound when it does not go there, and Conflict when the text fits already or nothing of it can.
    """
    demand(by, "draft")
    outlet = piece.outlets.filter(channel=channel).first()
    if outlet is None:
        raise NotFound(phrase("This piece does not go to a channel called {channel}.", channel=channel))
    text, fits = piece.text if outlet.text is None else outlet.text, _fits(piece, outlet)
    if fits(text):
        raise Conflict(phrase("The text fits already."))
    shorter = shortened_to(text, fits)
    if not shorter:
        raise Conflict(phrase("Nothing of the text fits there. Write another one."))
    freeze(piece, by=by)
    return save_edits(by, piece, Edits(outlets={channel: {"text": shorter}}))


def shortened_to(text: str, fits: Callable[[str], bool]) -> str:
    """As much of the text as fits, cut where a reader would; empty when not even a word does.

    >>> shortened_to("Half the reef is gone. The other half has a plan.", lambda text: len(text) <= 30)
    'Half the reef is gone.'
    >>> shortened_to("Half the reef, and all that lived there. Read https://a.example", lambda text: len(text) <= 37)
    'Half the reef, and… https://a.example'
    """
    kept = next(iter(addresses_in(text)), "")
    sentences = _longest(text, [match.end() for match in _SENTENCE_END.finditer(text)], fits, kept, more="")
    words = _longest(text, [match.end() for match in _WORD_END.finditer(text)], fits, kept, more="…")
    return sentences if len(sentences) >= _ENOUGH * len(words) else words


def _longest(text: str, ends: list[int], fits: Callable[[str], bool], kept: str, *, more: str) -> str:
    made = [_cut(text[:end], kept, more) for end in ends]
    at = bisect_left(range(len(made)), True, key=lambda place: not fits(made[place]))
    return made[at - 1] if at else ""


def _cut(start: str, kept: str, more: str) -> str:
    words = start.rstrip().rstrip(",;:–—-" if more else "") + more
    return words if not kept or kept in words else f"{words} {kept}"


def _fits(piece: Piece, outlet: Outlet) -> Callable[[str], bool]:
    """Whether a text fits as it would go out: links marked and shortened, the one beside it below."""
    kind, links = kind_named(outlet.channel, outlet.post_type), links_of(piece, outlet)
    warning, link = str(outlet.extra.get("spoiler_text", "")), link_published(piece.link, links)

    def fits(text: str) -> bool:
        words = as_published(text, links)
        words += below_words(words, link, outlet.channel, outlet.post_type)
        return not count(words, kind.platform, kind.slug, warning=warning).is_over

    return fits
