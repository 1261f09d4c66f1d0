"""What becomes of the addresses in a piece: marked by the workspace's rules, shortened where the piece asks for it.

What was typed stays as it is. A frozen state keeps, per channel, what each address becomes there: an approval is about
exactly what goes out.
"""

import difflib
import hashlib
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.models import LinkDefault, LinkRules, Outlet, Piece, ShortLink
from crosscut.channels.registry import channels
from crosscut.specs.marks import addresses

PARTS = ("source", "medium", "campaign")  # utm_source and so on
_CODE_LENGTH = 8  # 40 bits: two of a workspace are never the same


@dataclass(frozen=True, kw_only=True)
class Rules:
    """A workspace's rules as they are now."""

    hosts: tuple[str, ...]  # ours, with all that is below them
    allowed: Mapping[str, tuple[str, ...]]  # by part; an empty one allows anything
    defaults: tuple[LinkDefault, ...]
    short_base: str  # what short addresses begin with: "https://go.reef.example/"

    def tags_for(self, channel: str, campaign_id: int | None) -> dict[str, str]:
        """The marks of links on that channel in that campaign, by part; nothing where no source is named.

        Of several defaults the most exact one that names a part has it: channel and campaign, campaign, channel, all.
        """
        fitting = [
            row for row in self.defaults if row.channel in ("", channel) and row.campaign_id in (None, campaign_id)
        ]
        fitting.sort(key=lambda row: (row.campaign_id is not None, row.channel != ""))
        tags = {part: value for row in fitting for part in PARTS if (value := getattr(row, f"utm_{part}"))}
        return tags if "source" in tags else {}

    def is_ours(self, address: str) -> bool:
        """Whether the address is on a host of the workspace, or below one."""
        host = host_of(address)
        return any(host == ours or host.endswith(f".{ours}") for ours in self.hosts)


def rules_of(workspace: Workspace) -> Rules:
    """The workspace's rules; empty ones where nobody set any."""
    row = LinkRules.objects.filter(workspace=workspace).first()
    return _rules(workspace, row, LinkDefault.objects.filter(workspace=workspace) if row else ())


def links_by_piece(pieces: Iterable[Piece], outlets: Mapping[int, Iterable[Outlet]]) -> dict[int, dict[str, Any]]:
    """What each address of each piece becomes on each channel, where it becomes another one; by piece and channel."""
    rows = list(pieces)
    known = {
        row.workspace_id: row for row in LinkRules.objects.filter(workspace__in={row.workspace_id for row in rows})
    }
    changing = [row for row in rows if row.shortens_links or row.workspace_id in known]
    if not changing:
        return {}
    defaults = list(LinkDefault.objects.filter(workspace__in=known))
    made = ShortLink.objects.filter(piece__in=[row for row in changing if row.shortens_links])
    codes = {(row.piece_id, row.channel, row.made_for): row.code for row in made}
    rules = {
        pk: _rules(row.workspace, known.get(pk), [one for one in defaults if one.workspace_id == pk])
        for pk, row in {row.workspace_id: row for row in changing}.items()  # one of each workspace
    }
    return {
        piece.pk: {
            outlet.channel: found
            for outlet in outlets[piece.pk]
            if (found := _links(rules[piece.workspace_id], piece, outlet, codes))
        }
        for piece in changing
    }


def links_of(piece: Piece, outlet: Outlet) -> list[dict[str, str]]:
    """The same for one channel of one piece, as frozen states keep it: written, leads_to, published."""
    links: list[dict[str, str]] = (
        links_by_piece([piece], {piece.pk: [outlet]}).get(piece.pk, {}).get(outlet.channel, [])
    )
    return links


def as_published(text: str, links: Iterable[Mapping[str, str]]) -> str:
    """The text with each address as the public gets it.

    >>> links = [{"written": "https://reef.example/a", "published": "https://go.reef.example/k2"}]
    >>> as_published("Read https://reef.example/a, not https://reef.example/ab", links)
    'Read https://go.reef.example/k2, not https://reef.example/ab'
    """
    becomes = {link["written"]: link["published"] for link in links}
    if not becomes:
        return text
    done: list[str] = []
    at = 0
    for span in addresses(text):
        done += [text[at : span.start], becomes.get(span.text, span.text)]
        at = span.end
    return "".join((*done, text[at:]))


def published_words(content: Mapping[str, Any], channel: str) -> tuple[str, str]:
    """The text and the link of a frozen state as that channel's public gets them."""
    outlet = content["outlets"][channel]
    links = outlet.get("links", ())
    return as_published(outlet["text"], links), link_published(content["link"], links)


def below_words(text: str, link: str, channel: str, post_type: str) -> str:
    """What the channel sends below the words and counts with them: the link, where it is not among them; or nothing.

    >>> below_words("The reef today.", "https://reef.example/a", "mastodon", "text")
    '\\n\\nhttps://reef.example/a'
    >>> below_words("The reef today.", "https://reef.example/a", "site", "article")
    ''
    """
    known = channels().get(channel)
    if not link or link in text or known is None or post_type not in known.link_below:
        return ""
    return f"\n\n{link}" if text else link


def link_published(link: str, links: Iterable[Mapping[str, str]]) -> str:
    """The link beside the text as the public gets it."""
    return next((one["published"] for one in links if one["written"] == link), link)


def addresses_in(*texts: str, link: str = "") -> list[str]:
    """The whole web addresses in the texts, and the link beside them, each once, in order.

    >>> addresses_in("See https://reef.example/a and reef.org.", link="https://reef.example/b")
    ['https://reef.example/a', 'https://reef.example/b']
    """
    found = [*(span.text for text in texts for span in addresses(text)), link]
    return list(dict.fromkeys(one for one in found if one.lower().startswith(("https://", "http://"))))


def host_of(address: str) -> str:
    """The address's host in small letters; empty for what is no address.

    >>> host_of("https://WWW.Reef.example:8000/a"), host_of("https://[")
    ('www.reef.example', '')
    """
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def marked(address: str, tags: Mapping[str, str]) -> str:
    """The address with these marks, beside what it says already: what somebody typed is not overwritten.

    >>> marked("https://reef.example/a?page=2&utm_source=poster#top", {"source": "bluesky", "medium": "social"})
    'https://reef.example/a?page=2&utm_source=poster&utm_medium=social#top'
    """
    parts = urlsplit(address)
    there = marks_in(address)
    new = urlencode({f"utm_{part}": value for part, value in tags.items() if part not in there})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, new)))))


def marks_in(address: str) -> dict[str, str]:
    """The marks an address carries, by part.

    >>> marks_in("https://reef.example/?utm_source=poster&utm_id=3")
    {'source': 'poster'}
    """
    try:
        told = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    except ValueError:
        return {}
    return {part: told[f"utm_{part}"] for part in PARTS if f"utm_{part}" in told}


def nearest(value: str, allowed: Iterable[str]) -> str:
    """The allowed value most like this one.

    >>> nearest("Newsleter", ["bluesky", "newsletter"])
    'newsletter'
    """
    return max(allowed, key=lambda one: difflib.SequenceMatcher(a=value.casefold(), b=one).ratio(), default="")


def code_for(piece_id: int, channel: str, address: str) -> str:
    """The code of the piece's short link to that address on that channel: always the same, known before it is made.

    >>> len(code_for(1, "bluesky", "https://reef.example/")), code_for(1, "x", "a") == code_for(2, "x", "a")
    (8, False)
    """
    told = hashlib.sha256(f"{piece_id}\n{channel}\n{address}".encode()).digest()
    return b32encode(told).decode().lower()[:_CODE_LENGTH]


def short_base(workspace: Workspace, short_host: str) -> str:
    """What the workspace's short addresses begin with."""
    return f"https://{short_host}/" if short_host else f"{settings.PUBLIC_URL}/go/{workspace.slug}/"


def _rules(workspace: Workspace, row: LinkRules | None, defaults: Iterable[LinkDefault]) -> Rules:
    return Rules(
        hosts=tuple(row.hosts) if row else (),
        allowed={part: tuple(getattr(row, f"{part}s")) if row else () for part in PARTS},
        defaults=tuple(defaults),
        short_base=short_base(workspace, row.short_host if row else ""),
    )


def _links(
    rules: Rules, piece: Piece, outlet: Outlet, codes: Mapping[tuple[int | None, str, str], str]
) -> list[dict[str, str]]:
    text = piece.text if outlet.text is None else outlet.text
    kind = kind_of(outlet.channel, outlet.post_type)
    is_short = piece.shortens_links and kind is not None and not kind.title  # an article has room, and readers look
    tags = rules.tags_for(outlet.channel, piece.campaign_id)
    found = []
    for written in addresses_in(text, *outlet.further, link=piece.link):
        leads_to = marked(written, tags) if tags and rules.is_ours(written) else written
        published = leads_to
        if is_short and not written.startswith(rules.short_base):
            known = codes.get((piece.pk, outlet.channel, leads_to))
            published = rules.short_base + (known or code_for(piece.pk, outlet.channel, leads_to))
        if published != written:
            found.append({"written": written, "leads_to": leads_to, "published": published})
    return found
