"""Publishes episodes into the podcast's feed and reads them back as an app gets them."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree
from pydantic import BaseModel

from crosscut.channels.answers import ask
from crosscut.channels.builtin.podcast.feed import ITUNES, feed_sheets, sound_of
from crosscut.channels.builtin.podcast.pages import page_sheets
from crosscut.channels.builtin.podcast.settings import PodcastSettings
from crosscut.channels.local import FolderAdapter
from crosscut.channels.printing import Sheet
from crosscut.channels.protocol import Context, Enclosure, Post, Profile, Seen, SeenMedia, Show
from crosscut.channels.reading import fetch_media
from crosscut.channels.shelf import Item, Shelf
from crosscut.kernel.errors import Problem, Rejected
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

_NUMBERS = {"season": 1, "episode": 1}  # of `extra`, with the smallest value
_EPISODE_TYPES = ("full", "trailer", "bonus")  # https://podcasters.apple.com/support/823-podcast-requirements


class PodcastAdapter(FolderAdapter[PodcastSettings]):
    """A podcast in a folder."""

    serving_headers = {"Access-Control-Allow-Origin": "*"}  # web players fetch feed, chapters and transcripts

    def sheets(self, settings: PodcastSettings, items: list[Item]) -> Iterator[Sheet]:
        """Pages before the feed that leads to them."""
        yield from page_sheets(settings, items)
        yield from feed_sheets(settings, items)

    def objections(self, post: Post) -> list[Problem]:
        """What every podcast app demands of an episode."""
        sounds = [media for media in post.media if media.kind in (Kind.AUDIO, Kind.VIDEO)]
        return [
            *([] if post.title.strip() else [_problem("no_title", "title", "An episode needs a title.")]),
            *(
                []
                if len(sounds) == 1
                else [_problem("one_file", "media", "An episode has exactly one sound or video file.")]
            ),
            *_extra_problems(post),
        ]

    def profile(self, settings: PodcastSettings) -> Profile:
        """The podcast by its feed."""
        return Profile(
            remote_id=f"{settings.base_url}/feed.xml",
            name=settings.title,
            url=f"{settings.base_url}/",
            can=("publish episodes", "change episodes", "take episodes down"),
        )

    def show(self, settings: BaseModel) -> Show:
        """The podcast, as each episode's sound file names it."""
        told = PodcastSettings.model_validate(settings.model_dump())
        return Show(
            title=told.title, author=told.author, language=told.language, copyright=told.copyright, cover=told.cover
        )

    def episode_at(self, settings: BaseModel, address: str) -> Enclosure | None:
        """The live episode whose sound or video file is asked for."""
        folder, _, name = address.rpartition("/")
        if folder != "/media":
            return None
        items = Shelf(PodcastSettings.model_validate(settings.model_dump()).folder).all()
        for item in items:
            if not item.gone_at and (sound := sound_of(item)).name == name:
                return Enclosure(remote_id=item.key, size_bytes=sound.size_bytes, duration_s=sound.duration_s)
        return None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The episode as an app gets it from the feed, with the bytes of its sound hashed."""
        settings = self.settings_of(context)
        episode = _episode(
            ask(context.http, "GET", f"{settings.base_url}/feed.xml", fine=(404, 410)).content, remote_id
        )
        if episode is None:
            return None
        return Seen(
            remote_id=remote_id,
            url=_text(episode, "link"),
            title=_text(episode, "title"),
            text=_text(episode, f"{{{ITUNES}}}summary"),
            media=tuple(_media(context, episode)),
            created_at=parsedate_to_datetime(_text(episode, "pubDate")),
            changes=("shows Markdown as formatted text",),
        )


def _problem(code: str, where: str, message: str) -> Problem:
    return Problem(code=f"podcast.{code}", where=where, message=message)


def _extra_problems(post: Post) -> list[Problem]:
    found = [
        _problem(f"bad_{name}", f"extra.{name}", f"The {name} is a whole number from {least}.")
        for name, least in _NUMBERS.items()
        if name in post.extra and not (type(post.extra[name]) is int and post.extra[name] >= least)
    ]
    if post.extra.get("episode_type", "full") not in _EPISODE_TYPES:
        found.append(_problem("bad_type", "extra.episode_type", f"The type is one of {', '.join(_EPISODE_TYPES)}."))
    return found


def _episode(feed: bytes, guid: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(feed, parser) if feed else None
    except etree.XMLSyntaxError as error:
        raise Rejected(phrase("What is found at the feed's address is no feed: {error}", error=str(error))) from error
    items = root.iterfind("channel/item") if root is not None else ()
    return next((item for item in items if _text(item, "guid") == guid), None)


def _media(context: Context, episode: etree._Element) -> Iterator[SeenMedia]:
    """The enclosure, then the artwork."""
    addresses = [found.get("url", "") for found in episode.iterfind("enclosure")]
    addresses += [found.get("href", "") for found in episode.iterfind(f"{{{ITUNES}}}image")]
    for address in addresses:
        if seen := fetch_media(context.http, address):
            yield seen


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
