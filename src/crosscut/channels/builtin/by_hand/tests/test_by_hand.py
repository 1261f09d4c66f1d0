"""By hand: sheets, addresses, and what can be read of a post without a login."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.faults.bench.by_hand import ADDRESSES, PlaceOnTheWeb
from tests.faults.bench.clock import RealClock
from tests.faults.bench.strict import serving
from tests.peers import story

from crosscut.channels import http, registry
from crosscut.channels.builtin.by_hand import CHANNELS
from crosscut.channels.builtin.by_hand.places import place
from crosscut.channels.builtin.by_hand.settings import Settings
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import Invalid, Rejected, RetryLater

TEXT = "Half of the reef is gone. The other half has a plan, and it begins with your street."


@dataclass
class Web:
    """The place, and what reads it."""

    server: PlaceOnTheWeb
    context: Context

    def read(self, slug: str, url: str) -> Any:
        return registry.adapter(f"by_hand_{slug}").read(self.context, url)


@contextmanager
def _web() -> Iterator[Web]:
    server = PlaceOnTheWeb(RealClock())
    with serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        settings = Settings(profile=f"{server.url}/@reefwatch", web_url=server.url)
        yield Web(server, Context(http=client, settings=settings, secrets={}, now=lambda: datetime.now(UTC)))


def _hand(slug: str) -> Any:
    return registry.adapter(f"by_hand_{slug}")


def test_every_kind_of_post_is_explained_with_a_source_and_a_date():
    for channel in CHANNELS:
        known = place(channel.platform)
        assert set(channel.post_types) == set(known.types), channel.slug
        assert all(source.startswith("https://") for source in known.source) and known.source
        assert datetime.fromisoformat(known.as_of) <= datetime.now()
        assert all(len(kind.steps) >= 2 for kind in known.types.values())


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.platform)
def test_a_sheet_has_every_part_of_the_post_or_says_what_it_leaves_out(channel):
    extra = {"first_comment": "See the link", "note": "With the whale song", "where": "r/reef"}
    post = story.post(TEXT, title="The reef", link="https://reef.example/", tags=("reef",), extra=extra)
    for post_type in channel.post_types:
        sheet = _hand(channel.platform).sheet(
            Settings(profile="https://a.example/x"), replace(post, post_type=post_type)
        )
        assert len(sheet.fields) + len(sheet.left_out) == 5
        assert "With the whale song" in sheet.note and "r/reef" in sheet.note


def test_a_composer_is_filled_in_as_far_as_an_address_has_room():
    post = story.post("Half & half", link="https://reef.example/?a=1", post_type="text")
    settings = Settings(profile="https://x.com/reef")
    assert _hand("x").sheet(settings, post).composer == (
        "https://x.com/intent/tweet?text=Half%20%26%20half&url=https%3A%2F%2Freef.example%2F%3Fa%3D1"
    )
    long = story.post("é" * 1000, post_type="text")
    assert _hand("threads").sheet(settings, long).composer == "https://www.threads.com/intent/post"


@pytest.mark.parametrize(
    ("slug", "url", "plain"),
    [
        ("tiktok", "https://www.tiktok.com/@reef/video/7?is_from_webapp=1&sender=x#a", "https://www.tiktok.com/@reef/video/7"),
        ("tiktok", "https://vm.tiktok.com/ZMabc/", "https://vm.tiktok.com/ZMabc"),
        ("youtube", "https://m.youtube.com/watch?v=abc&t=10s&si=x", "https://m.youtube.com/watch?v=abc"),
        ("instagram", "https://www.instagram.com/reef/reel/C1-_/?igsh=a", "https://www.instagram.com/reef/reel/C1-_"),
        ("instagram", "https://instagram.com/stories/reef/123/", "https://instagram.com/stories/reef/123"),
        ("linkedin", "https://www.linkedin.com/posts/reef_half-activity-7-abc?utm_source=share", "https://www.linkedin.com/posts/reef_half-activity-7-abc"),
        ("x", "https://twitter.com/reef/status/1/photo/1?s=20", "https://twitter.com/reef/status/1/photo/1"),
        ("reddit", "https://redd.it/abc", "https://redd.it/abc"),
    ],
)  # fmt: skip
def test_an_address_loses_what_follows_people_around(slug: str, url: str, plain: str):
    assert _hand(slug).named(Settings(profile="https://a.example/x"), url).remote_id == plain


@pytest.mark.parametrize(
    ("slug", "url"),
    [
        ("tiktok", "https://www.tiktok.com/@reef"),  # a profile
        ("tiktok", "https://www.tiktok.com.evil.example/@reef/video/7"),
        ("instagram", "javascript:alert(1)"),
        ("x", "https://user:secret@x.com/reef/status/1"),
        ("x", "http://x.com:8080/reef/status/1"),
        ("youtube", "https://www.tiktok.com/@reef/video/7"),  # another place
        ("reddit", "https://redd.it/"),
    ],
)
def test_what_is_no_post_there_is_refused(slug: str, url: str):
    with pytest.raises(Invalid, match="not the address of a post"):
        _hand(slug).named(Settings(profile="https://a.example/x"), url)


def test_a_profile_somewhere_else_is_refused():
    with _web() as web:
        for profile in ("https://example.org/@reef", "https://www.tiktok.com"):
            context = replace(web.context, settings=Settings(profile=profile))
            with pytest.raises(Rejected, match="no profile on TikTok"):
                _hand("tiktok").connect(context)


@pytest.mark.parametrize("slug", ADDRESSES)
def test_words_on_an_open_page_are_read_and_pictures_never_claimed(slug: str):
    with _web() as web:
        seen = web.read(slug, web.server.somebody_posts(slug, TEXT))
        assert TEXT in (seen.text + seen.title) and seen.is_part and "media" in seen.unread and not seen.media


def test_a_beginning_is_told_as_a_part_and_not_as_certain():
    with _web() as web:
        web.server.shows, web.server.embeds = "beginning", False
        seen = web.read("instagram", web.server.somebody_posts("instagram", TEXT))
        assert seen.text == f"{TEXT[:30]}…" and seen.is_part and not seen.is_certain


@pytest.mark.parametrize("shows", ["login", "nothing"])
def test_a_page_that_asks_to_sign_in_says_nothing(shows: str):
    with _web() as web:
        web.server.shows = shows
        with pytest.raises(RetryLater, match="sign in"):
            web.read("linkedin", web.server.somebody_posts("linkedin", TEXT))


def test_what_the_place_tells_for_embedding_is_certain():
    with _web() as web:
        web.server.shows = "login"
        seen = web.read("tiktok", web.server.somebody_posts("tiktok", TEXT))
        assert (seen.text, seen.is_certain) == (TEXT, True)
        film = web.read("youtube", web.server.somebody_posts("youtube", TEXT, "The reef"))
        assert (film.title, film.is_certain) == ("The reef", False)


def test_a_post_that_is_gone_is_gone_by_its_page_or_by_what_is_told():
    with _web() as web:
        url = web.server.somebody_posts("tiktok", TEXT)
        page = web.server.pages.pop(url.removeprefix(web.server.url))
        assert web.read("tiktok", url) is None
        web.server.pages[f"{page.path}?x=1"] = page
        assert web.read("tiktok", f"{url}?x=1") is None  # its page is there, and the place knows no such post


@pytest.mark.parametrize("fault", ["drop_before", "error_before", "busy"])
def test_a_place_that_fails_is_not_taken_for_an_empty_one(fault: str):
    with _web() as web:
        url = web.server.somebody_posts("linkedin", TEXT)
        web.server.order("read", fault)
        with pytest.raises(RetryLater):
            web.read("linkedin", url)
        assert web.read("linkedin", url).text == TEXT
