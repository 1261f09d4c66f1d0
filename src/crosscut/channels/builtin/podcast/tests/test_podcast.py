"""The feed is what podcast apps demand, judged by the published schema and by a reader of somebody else."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import podcastparser  # type: ignore[import-untyped]
import pytest
from lxml import etree, html
from PIL import Image
from pydantic import ValidationError

from crosscut.channels.builtin.podcast.adapter import PodcastAdapter
from crosscut.channels.builtin.podcast.feed import ITUNES, PODCAST
from crosscut.channels.builtin.podcast.settings import PodcastSettings
from crosscut.channels.http import client
from crosscut.channels.protocol import Context, Track
from crosscut.channels.tests.made import picture, post, serving, sound
from crosscut.kernel.errors import Rejected

NAMES = {"itunes": ITUNES, "podcast": PODCAST, "content": "http://purl.org/rss/1.0/modules/content/"}


class _Podcast:
    """A podcast without a server: what is in its folder."""

    def __init__(self, folder, **changes):
        values = {
            "base_url": "https://radio.reef.example",
            "title": "Reef Radio",
            "description": "Stories from below.",
            "author": "Reef Watch",
            "owner_email": "radio@reef.example",
            "category": "Science > Nature",
        }
        self.folder, self.now = folder, datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.settings = PodcastSettings(folder=folder / "podcast", **{**values, **changes})
        self.adapter = PodcastAdapter()
        self.context = Context(http=client(), settings=self.settings, secrets={}, now=self._now)
        self.public = folder / "podcast" / "public"

    def _now(self):
        self.now += timedelta(hours=1)
        return self.now

    def publish(self, *args, **changes):
        media = changes.pop("media", None) or (sound(self.folder / "in"),)
        return self.adapter.publish(self.context, post(*args, post_type="episode", media=media, **changes))

    def feed(self) -> Any:
        return etree.parse(self.public / "feed.xml").getroot()

    def said(self, path: str) -> str:
        return str(self.feed().xpath(f"string({path})", namespaces=NAMES))

    def file(self, address: str) -> Any:
        return (self.public / address.removeprefix(f"{self.settings.base_url}/")).read_bytes()


@pytest.fixture
def podcast(tmp_path):
    return _Podcast(tmp_path)


def test_another_reader_understands_the_feed(podcast, tmp_path):
    Image.new("RGB", (1400, 1400), "teal").save(tmp_path / "cover.png")
    podcast = _Podcast(tmp_path, cover=tmp_path / "cover.png", funding_url="https://reef.example/give")
    sent = podcast.publish(extra={"season": 1, "episode": 7, "persons": [{"name": "Ada Reef", "role": "host"}]})
    feed = podcastparser.parse("https://radio.reef.example/feed.xml", (podcast.public / "feed.xml").open("rb"))
    episode = feed["episodes"][0]
    media = sound(tmp_path / "again")
    assert (feed["title"], feed["type"], feed["language"]) == ("Reef Radio", "episodic", "en")
    assert (episode["guid"], episode["link"], episode["total_time"]) == (sent.remote_id, sent.url, 2)
    assert episode["number"] == 7
    enclosure = episode["enclosures"][0]
    assert (enclosure["file_size"], enclosure["mime_type"]) == (media.size_bytes, "audio/wav")
    assert podcast.file(feed["cover_url"]) == (tmp_path / "cover.png").read_bytes()


def test_every_tag_of_podcasting_2_fits_the_schema(podcast):
    podcast = _Podcast(podcast.folder, funding_url="https://reef.example/give", funding_text="Support us")
    extra = {"season": 2, "episode": 3, "persons": [{"name": "Ada", "role": "guest", "href": "https://ada.example"}]}
    podcast.publish(extra=extra)
    data = files("crosscut.channels.builtin.podcast.tests").joinpath("data/podcast_namespace.xsd").read_bytes()
    known = {"transcript", "locked", "funding", "chapters", "person", "season", "episode"}
    root = etree.Element("root")
    for element in podcast.feed().iter(f"{{{PODCAST}}}*"):
        name = etree.QName(element).localname
        if name in known:
            copy = etree.SubElement(root, name, dict(element.attrib))
            copy.text = element.text
    assert {element.tag for element in root} == known
    etree.XMLSchema(etree.fromstring(_season_without_name(data))).assertValid(root)


def _season_without_name(schema: bytes) -> bytes:
    """The schema of 2026-05-13 asks a season for a name; the tag's own page says that it is optional."""
    wanted = b'<xs:attribute name="name" use="required">'
    assert schema.count(wanted) == 1
    return schema.replace(wanted, b'<xs:attribute name="name" use="optional">')


def test_the_enclosure_is_the_file_that_was_approved(podcast, tmp_path):
    podcast.publish()
    media = sound(tmp_path / "again")
    assert podcast.said("//enclosure/@length") == str(media.size_bytes)
    assert podcast.said("//enclosure/@type") == "audio/wav"
    assert podcast.file(podcast.said("//enclosure/@url")) == media.path.read_bytes()


def test_dates_and_names_are_as_feeds_write_them(podcast):
    podcast.publish()
    assert podcast.said("//item/pubDate") == "Sun, 22 Nov 2026 13:00:00 GMT"
    assert podcast.said("//item/guid") == post().key
    assert podcast.said("//item/guid/@isPermaLink") == "false"
    assert podcast.said("//channel/itunes:category/itunes:category/@text") == "Nature"
    assert podcast.said("//channel/itunes:owner/itunes:email") == "radio@reef.example"
    assert podcast.said("//channel/podcast:locked/@owner") == "radio@reef.example"


def test_the_podcasts_name_stays_while_episodes_come_and_go(podcast):
    podcast.publish()
    name = podcast.said("//podcast:guid")
    podcast.adapter.delete(podcast.context, post().key)
    podcast.adapter.connect(podcast.context)
    assert podcast.said("//podcast:guid") == name
    assert not podcast.feed().findall("channel/item")


def test_what_is_said_can_be_read_in_both_forms(podcast):
    podcast.publish()
    forms = {
        found.get("type"): podcast.file(found.get("url")).decode()
        for found in podcast.feed().iter(f"{{{PODCAST}}}transcript")
    }
    assert forms["text/vtt"].startswith("WEBVTT")
    assert forms["application/x-subrip"].startswith("1\n00:00:00,000 --> 00:00:01,000\nAda: The reef\n")


def test_chapters_are_the_file_that_was_sent(podcast):
    podcast.publish()
    assert podcast.said("//podcast:chapters/@type") == "application/json+chapters"
    chapters = json.loads(podcast.file(podcast.said("//podcast:chapters/@url")))
    assert [chapter["title"] for chapter in chapters["chapters"]] == ["Welcome", "Corals"]
    page = html.fromstring((podcast.public / "2026" / "half-of-the-reef" / "index.html").read_bytes())
    assert page.xpath("//ol[@class='chapters']//span/text()") == ["Welcome", "Corals"]


def test_chapters_that_cannot_be_read_break_no_page(podcast, tmp_path):
    broken = Track(kind="chapters", language="en", media_type="application/json+chapters", text="[not json")
    podcast.publish(media=(sound(tmp_path / "in", tracks=(broken,)),))
    assert (podcast.public / "2026" / "half-of-the-reef" / "index.html").is_file()


def test_a_square_picture_becomes_the_episodes_artwork(podcast, tmp_path):
    artwork = picture(tmp_path / "in", size=(1400, 1400))
    podcast.publish(media=(sound(tmp_path / "in"), artwork))
    assert podcast.file(podcast.said("//item/itunes:image/@href")) == artwork.path.read_bytes()


def test_show_notes_credit_the_makers_and_run_nothing(podcast):
    podcast.publish(text="Hello <script>alert(1)</script>\n\n]]> **bold**", link="https://reef.example/more")
    notes = podcast.said("//item/content:encoded")
    assert "Voice: Ada" in notes
    assert "<strong>bold</strong>" in notes
    assert "<script" not in notes
    assert "https://reef.example/more" in notes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "needs a title"),
        ({"extra": {"episode": 0}}, "whole number"),
        ({"extra": {"season": "two"}}, "whole number"),
        ({"extra": {"episode": True}}, "whole number"),
        ({"extra": {"episode_type": "best"}}, "full, trailer, bonus"),
    ],
)
def test_what_apps_would_refuse_is_refused_before(podcast, changes, words):
    with pytest.raises(Rejected, match=words):
        podcast.publish(**changes)
    assert not (podcast.settings.folder / "items").exists()


def test_an_episode_has_exactly_one_sound(podcast, tmp_path):
    two = sound(tmp_path / "a", "one.wav"), sound(tmp_path / "a", "two.wav")
    for media in ((picture(tmp_path / "a"),), two):
        with pytest.raises(Rejected, match=r"exactly one"):
            podcast.publish(media=media)


@pytest.mark.parametrize("category", ["Nature", "Science > Cooking", ""])
def test_a_category_apple_does_not_know_is_refused_with_those_it_does(podcast, category):
    with pytest.raises(ValidationError, match=r"There are:|It has:"):
        _Podcast(podcast.folder, category=category)


def test_a_changed_episode_keeps_its_name_date_and_address(podcast):
    sent = podcast.publish()
    before = podcast.said("//item/guid"), podcast.said("//item/pubDate"), podcast.said("//item/link")
    new = replace(post(post_type="episode", media=(sound(podcast.folder / "in"),)), title="Another title")
    podcast.adapter.update(podcast.context, sent.remote_id, new)
    assert (podcast.said("//item/guid"), podcast.said("//item/pubDate"), podcast.said("//item/link")) == before
    assert podcast.said("//item/title") == "Another title"


def test_web_players_may_fetch_it_and_get_parts(podcast):
    podcast.publish()
    path = podcast.said("//enclosure/@url").removeprefix(podcast.settings.base_url)
    with serving(podcast.adapter.public_app(podcast.settings)) as host, client(allowed_hosts=[host]) as http:
        part = http.get(f"http://{host}{path}", headers={"Range": "bytes=0-3"})
        feed = http.head(f"http://{host}/feed.xml")
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert feed.headers["Access-Control-Allow-Origin"] == "*"
    assert feed.headers["Content-Type"].startswith("application/xml")


def test_reading_a_feed_that_is_none_says_so(podcast):
    podcast.publish()
    (podcast.public / "feed.xml").write_text("<rss><channel>")
    with serving(podcast.adapter.public_app(podcast.settings)) as host, client(allowed_hosts=[host]) as http:
        settings = podcast.settings.model_copy(update={"base_url": f"http://{host}"})
        with pytest.raises(Rejected, match="is no feed"):
            podcast.adapter.read(replace(podcast.context, http=http, settings=settings), post().key)
