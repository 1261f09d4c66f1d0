"""The post as its channel will draw it, from the words and files as they are now."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.languages import captions_in
from crosscut.apps.produce.linking import as_published, below_words, link_published
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia
from crosscut.apps.produce.services.freeze import content_of, media_for
from crosscut.apps.produce.showing import Place, place_of, previews_of
from crosscut.apps.produce.threads import part_views
from crosscut.channels.markup import direction, from_markdown
from crosscut.specs.marks import spans
from crosscut.specs.post_types import PostType
from crosscut.specs.text import Count, count


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of the text as the channel marks it."""

    text: str
    kind: str  # "plain", "url", "mention" or "hashtag"
    is_over: bool  # beyond what the place takes


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One file as the post shows it."""

    kind: str
    url: str  # what a browser can draw or play; empty while it is being made
    poster: str
    alt_text: str
    name: str
    duration_s: float | None
    words_url: str  # its captions, where there are some


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One post."""

    place: Place
    form: str  # "article", "episode" or "card"
    label: str  # the kind of post: "Images"
    title: str
    summary: str
    html: SafeString  # the text of an article or of show notes
    parts: list[Part]  # the text of a card
    link: str  # shown below the text; empty when it stands in it
    link_host: str
    tags: list[str]
    warning: str  # what stands before it and has to be opened
    media: list[Shown]
    counted: Count
    language: str
    note: str  # "Season 1, episode 2"
    further: "list[Preview]" = field(default_factory=list)  # the parts of a thread after this one

    @property
    def direction(self) -> str:
        """Which way its words run: "rtl" or "ltr"."""
        return direction(self.language)


def preview_of(piece: Piece, outlet: Outlet, uses: list[PieceMedia]) -> Preview | None:
    """The post on that channel; None when the channel is not installed any more. Media as `queries.tray_of` reads."""
    content = {
        **content_of(piece),
        "media": [{"use": use, "channels": use.channels, "parts": use.parts} for use in uses],
    }

    def shown(view: Mapping[str, Any]) -> list[Shown]:
        return [_shown(entry["use"], piece.language) for entry in media_for(dict(view), outlet.channel)]

    return _thread(content, outlet.channel, shown)


def preview_of_frozen(content: Mapping[str, Any], channel: str, media: list[Shown]) -> Preview | None:
    """The same for a frozen state (`services.freeze.content_of`), with the media that go to the channel, in order."""
    by_entry = dict(zip(map(id, media_for(dict(content), channel)), media, strict=True))
    return _thread(content, channel, lambda view: [by_entry[id(entry)] for entry in media_for(dict(view), channel)])


def _thread(
    content: Mapping[str, Any], channel: str, shown: Callable[[Mapping[str, Any]], list[Shown]]
) -> Preview | None:
    """The first part, and below it the others."""
    first, *rest = (
        _drawn(channel, view["outlets"][channel], view, shown(view)) for view in part_views(content, channel)
    )
    return first and replace(first, further=[one for one in rest if one])


def _drawn(channel: str, words: Mapping[str, Any], shared: Mapping[str, Any], media: list[Shown]) -> Preview | None:
    kind = kind_of(channel, words["post_type"])
    if kind is None:
        return None
    links = words.get("links", ())
    text, link = as_published(words["text"], links), link_published(shared["link"], links)
    warning = str(words["extra"].get("spoiler_text", ""))
    below = below_words(text, link, channel, words["post_type"])
    counted = count(text + below, kind.platform, kind.slug, warning=warning)
    form = _form(kind)
    return Preview(
        place=place_of(channel),
        form=form,
        label=kind.label.partition(" (")[0],
        title=words["title"],
        summary=shared["summary"],
        html=mark_safe(from_markdown(text)) if form != "card" else mark_safe(""),  # noqa: S308 - made safe there
        parts=list(_parts(text, counted.over_at)) if form == "card" else [],
        link="" if link in text else link,
        link_host=re.sub(r"^https?://(www\.)?|/.*$", "", link),
        tags=list(shared["tags"]) if form != "card" else [],
        warning=warning,
        media=media,
        counted=counted,
        language=shared["language"],
        note=_numbers(words["extra"]),
    )


def _form(kind: PostType) -> str:
    """How a place draws this kind of post, told from what it demands: no channel is named here."""
    if kind.media and kind.media.needs and "audio" in kind.media.needs:
        return "episode"
    return "article" if kind.title else "card"


def _parts(text: str, over_at: int | None) -> Iterator[Part]:
    """The text cut where a mark begins or ends, and where it is too long."""
    marks = spans(text)
    over_at = None if over_at is None else min(over_at, len(text))  # what is below cannot be marked
    edges = {0, len(text), *(edge for mark in marks for edge in (mark.start, mark.end))}
    cuts = sorted(edges | ({over_at} if over_at is not None else set()))
    for start, end in pairwise(cuts):
        kind = next((mark.kind for mark in marks if mark.start <= start < mark.end), "plain")
        yield Part(text=text[start:end], kind=kind, is_over=over_at is not None and start >= over_at)


def _shown(use: PieceMedia, language: str) -> Shown:
    asset, previews = use.asset, previews_of(use)
    facts: dict[str, Any] = asset.current.facts if asset.current else {}
    vtt = [track for track in asset.tracks.all() if track.kind == "captions" and track.media_type == "text/vtt"]
    captions = sorted(vtt, key=lambda track: not captions_in(language, [track.language]))  # its own language first
    return Shown(
        kind=asset.kind,
        url=previews.get("proxy", ""),
        poster=previews.get("poster", "") or previews.get("thumbnail", ""),
        alt_text="" if use.is_decorative else (use.alt_text or asset.alt_text),
        name=asset.title,
        duration_s=float(Fraction(facts["duration_s"])) if facts.get("duration_s") else None,
        words_url=reverse("track-file", args=[captions[0].pk]) if captions else "",
    )


def _numbers(extra: dict[str, Any]) -> str:
    names = [name for name in ("season", "episode") if extra.get(name)]
    return ", ".join(f"{name.capitalize()} {extra[name]}" for name in names)
