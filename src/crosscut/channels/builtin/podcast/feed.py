"""The feed: RSS 2.0 with the tags of Apple and of Podcasting 2.0.

Apple: https://podcasters.apple.com/support/823-podcast-requirements. Podcasting 2.0:
https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags.
"""

import json
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crosscut.channels.builtin.podcast.categories import split
from crosscut.channels.builtin.podcast.settings import PodcastSettings
from crosscut.channels.cues import clock, cues
from crosscut.channels.feedxml import ATOM, clean, mail_date, node, whole
from crosscut.channels.markup import Html, el, from_markdown, join
from crosscut.channels.printing import Sheet
from crosscut.channels.reading import as_read
from crosscut.channels.shelf import Item, ShelfMedia, ShelfTrack
from crosscut.kernel.facts import Kind
from crosscut.kernel.records import digest

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NAMES = {"itunes": ITUNES, "podcast": PODCAST, "content": CONTENT, "atom": ATOM}
_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # the namespace the guid tag's page gives
_PERSON = ("role", "group", "img", "href")  # what a person may have beside a name


def feed_sheets(settings: PodcastSettings, items: list[Item]) -> Iterator[Sheet]:
    """The feed, with every episode there is."""
    made_of = digest([settings.model_dump(mode="json"), cover_name(settings), [(i.key, i.revision) for i in items]])
    yield Sheet(path="feed.xml", made_of=made_of, draw=partial(_feed, settings, items))


def podcast_guid(feed_url: str) -> str:
    """The podcast's name for ever: a UUIDv5 of the feed's address without scheme and final slashes.

    >>> podcast_guid("https://podnews.net/rss/")
    '9b024349-ccf0-5f69-a609-6b82873eab3c'
    """
    parts = urlsplit(feed_url)
    return str(uuid.uuid5(_GUIDS, feed_url.removeprefix(f"{parts.scheme}://").rstrip("/")))


def sound_of(item: Item) -> ShelfMedia:
    """The episode's one sound or video file."""
    return next(media for media in item.media if media.kind in (Kind.AUDIO, Kind.VIDEO))


def artwork_of(item: Item) -> ShelfMedia | None:
    """The episode's own picture, if it has one."""
    return next((media for media in item.media if media.kind is Kind.IMAGE), None)


def media_address(settings: PodcastSettings, name: str) -> str:
    """Where the public gets the file."""
    return f"{settings.base_url}/media/{name}"


def cover_name(settings: PodcastSettings) -> str:
    """The cover's public file, named by its content so that apps fetch a new one; empty without one."""
    if not settings.cover or not settings.cover.is_file():
        return ""
    return f"cover-{digest(settings.cover.read_bytes().hex())[:12]}{settings.cover.suffix.lower()}"


def _feed(settings: PodcastSettings, items: list[Item]) -> bytes:
    address = f"{settings.base_url}/feed.xml"
    cover = cover_name(settings)
    channel = node(
        "channel",
        node("title", settings.title),
        node("link", f"{settings.base_url}/"),
        node("description", settings.description),
        node("language", settings.language),
        node("generator", "Crosscut"),
        node("copyright", settings.copyright) if settings.copyright else None,
        node("lastBuildDate", mail_date(max(_changed(item) for item in items))) if items else None,
        node(f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=address),
        _i("author", settings.author),
        _i("owner", _i("name", settings.author), _i("email", settings.owner_email)),
        _i("explicit", _said(settings.is_explicit)),
        _i("type", "episodic"),
        _category(settings),
        _i("image", href=f"{settings.base_url}/{cover}") if cover else None,
        _p("guid", podcast_guid(address)),
        _p("locked", "yes" if settings.is_locked else "no", owner=settings.owner_email),
        _p("medium", "podcast"),
        _funding(settings),
        *(_item(settings, item) for item in items),
    )
    return whole(node("rss", channel, names=_NAMES, version="2.0"))


def _item(settings: PodcastSettings, item: Item) -> etree._Element:
    sound, artwork, extra = sound_of(item), artwork_of(item), item.extra
    notes = show_notes(item)
    return node(
        "item",
        node("title", item.title),
        node("link", f"{settings.base_url}/{item.href}"),
        node("guid", item.key, isPermaLink="false"),
        node("pubDate", mail_date(item.published_at)),
        node("description", notes),
        _encoded(notes),
        node("enclosure", url=media_address(settings, sound.name), length=str(sound.size_bytes), type=sound.media_type),
        _i("title", item.title),
        _i("summary", as_read(from_markdown(item.text))),
        _i("duration", str(max(round(sound.duration_s), 1))) if sound.duration_s else None,
        _i("explicit", _said(bool(extra.get("is_explicit", settings.is_explicit)))),
        _i("episodeType", str(extra.get("episode_type", "full"))),
        _i("image", href=media_address(settings, artwork.name)) if artwork else None,
        *_numbers(extra),
        *(_person(person) for person in extra.get("persons", ()) if person.get("name")),
        *_words(settings, sound),
    )


def show_notes(item: Item) -> Html:
    """The episode's text with its link and the credits of its files."""
    credits_ = [media.credit for media in item.media if media.credit]
    return join(
        from_markdown(item.text),
        el("p", el("a", item.link, href=item.link)) if item.link else None,
        [el("p", line) for line in dict.fromkeys(credits_)],
    )


def _numbers(extra: Any) -> Iterator[etree._Element]:
    for name in ("season", "episode"):
        if name in extra:
            yield _i(name, str(extra[name]))
    if "season" in extra:
        yield _p("season", str(extra["season"]))
    if "episode" in extra:
        yield _p("episode", str(extra["episode"]))


def _person(person: Any) -> etree._Element:
    more = {name: str(person[name]) for name in _PERSON if person.get(name)}
    return _p("person", str(person["name"])[:128], **more)


def _words(settings: PodcastSettings, sound: ShelfMedia) -> Iterator[etree._Element]:
    """Chapters, and the transcript in every form apps read."""
    for track in sound.tracks:
        address = media_address(settings, track.name)
        if track.kind == "chapters":
            yield _p("chapters", url=address, type="application/json+chapters")
        elif track.media_type == "text/vtt":
            timed = {"language": track.language, "rel": "captions"}
            yield _p("transcript", url=address, type="text/vtt", **timed)
            yield _p("transcript", url=f"{settings.base_url}/{srt_path(track)}", type="application/x-subrip", **timed)
        else:
            yield _p("transcript", url=address, type=track.media_type, language=track.language)


def srt_path(track: ShelfTrack) -> str:
    """Where the SubRip form of a timed transcript lies."""
    return f"transcripts/{track.name.removesuffix('.vtt')}.srt"


def as_srt(track: ShelfTrack) -> bytes:
    """A timed transcript as SubRip, which Apple and many apps read; speakers stand before their words."""
    blocks = [
        f"{number}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n"
        f"{f'{cue.speaker}: ' if cue.speaker else ''}{cue.text}\n"
        for number, cue in enumerate(cues(track.text), 1)
    ]
    return "\n".join(blocks).encode()


def chapters_of(item: Item) -> list[tuple[float, str]]:
    """Start in seconds and title of each chapter; none where the file cannot be read."""
    track = next((track for track in sound_of(item).tracks if track.kind == "chapters"), None)
    try:
        found = json.loads(track.text)["chapters"] if track else []
        return [(float(chapter["startTime"]), str(chapter["title"])) for chapter in found if chapter.get("title")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _category(settings: PodcastSettings) -> etree._Element:
    first, second = split(settings.category)
    return _i("category", _i("category", text=second) if second else None, text=first)


def _funding(settings: PodcastSettings) -> etree._Element | None:
    if not settings.funding_url:
        return None
    return _p("funding", settings.funding_text or settings.title[:128], url=settings.funding_url)


def _encoded(notes: str) -> etree._Element:
    element = etree.Element(f"{{{CONTENT}}}encoded")
    element.text = etree.CDATA(clean(notes).replace("]]>", "]]&gt;"))
    return element


def _changed(item: Item) -> Any:
    return item.updated_at or item.published_at


def _said(is_so: bool) -> str:  # noqa: FBT001 a value, not a switch
    return "true" if is_so else "false"


def _i(name: str, /, *children: etree._Element | str | None, **attributes: str) -> etree._Element:
    return node(f"{{{ITUNES}}}{name}", *children, names={"itunes": ITUNES}, **attributes)


def _p(name: str, /, *children: etree._Element | str | None, **attributes: str) -> etree._Element:
    return node(f"{{{PODCAST}}}{name}", *children, names={"podcast": PODCAST}, **attributes)
