"""Discord over real HTTP, against a strict server: one message a post, and every way to say no."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import discord, strict
from tests.faults.bench.clock import RealClock
from tests.peers import story

from crosscut.channels import http, registry
from crosscut.channels.builtin.discord.adapter import nonce_of, snowflake_at
from crosscut.channels.builtin.discord.api import refusal_of
from crosscut.channels.builtin.discord.settings import Settings
from crosscut.channels.protocol import Context, Post, Sent
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater

CONTRACT = Path(__file__).parents[6].parent / "shared" / "contracts" / "discord_openapi.json"


@dataclass
class Place:
    """One channel on the strict server."""

    server: discord.Discord
    context: Context

    @property
    def adapter(self) -> Any:
        return registry.adapter("discord")

    def publish(self, post: Post) -> Sent:
        sent: Sent = self.adapter.publish(self.context, post)
        return sent

    def find(self, post: Post) -> Sent | None:
        found: Sent | None = self.adapter.find(self.context, post, since=datetime.now(UTC) - timedelta(minutes=5))
        return found


@contextmanager
def _place(channel: str = discord.CHANNEL) -> Iterator[Place]:
    server = discord.Discord(RealClock())
    with strict.serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        settings = Settings(channel_id=channel, api_url=f"{server.url}/api/v10")
        secrets = {"bot_token": server.token}
        yield Place(server, Context(http=client, settings=settings, secrets=secrets, now=lambda: datetime.now(UTC)))


def _post(text: str = "The reef today #reef", *media: Any, **fields: Any) -> Post:
    made: Post = story.post(text, *media, post_type="message", **fields)
    return made


def test_words_link_and_files_go_out_in_one_message_and_nobody_is_woken(tmp_path: Path):
    with _place() as place:
        picture = story.picture(tmp_path)
        sent = place.publish(_post("Hello @everyone", picture, link="https://reef.example/"))
        (row,) = place.server.rows.values()
        assert (row["words"], row["mentions"]) == ("Hello @everyone\n\nhttps://reef.example/", [])
        seen = place.adapter.read(place.context, sent.remote_id)
        assert seen.media[0].sha256 == picture.sha256 and seen.media[0].alt_text == picture.alt_text
        assert sent.url == f"https://discord.com/channels/{discord.GUILD}/{discord.CHANNEL}/{sent.remote_id}"


def test_a_post_says_whether_it_wakes_people_and_shows_previews():
    with _place() as place:
        place.publish(_post(extra={"pings": True, "is_silent": True, "hides_previews": True}))
        (row,) = place.server.rows.values()
        assert (row["mentions"], row["flags"]) == (["everyone", "roles", "users"], 4096 + 4)


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "lie", "garbled", "slow_answer"])
@pytest.mark.parametrize("keeps_keys", [True, False])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str, keeps_keys: bool):
    with _place() as place:
        place.server.keeps_keys = keeps_keys
        post = _post("The reef today", story.picture(tmp_path))
        place.server.order("make", fault)
        if fault == "slow_answer":
            place.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        found = place.find(post)
        assert found is not None and [one.remote_id for one in place.server.public()] == [found.remote_id]


def test_a_second_try_within_minutes_gets_the_message_that_is_there():
    with _place() as place:
        post = _post()
        assert place.publish(post).remote_id == place.publish(post).remote_id
        assert len(place.server.public()) == 1


def test_messages_of_others_and_of_other_posts_are_not_taken_for_ours():
    with _place() as place:
        place.server.somebody_writes("The reef today #reef")
        assert place.find(_post()) is None
        first = place.publish(_post(key="a" * 26))
        second = _post(key="b" * 26, extra={"claimed": [first.remote_id]})
        assert place.find(second) is None
        sent, found = place.publish(second), place.find(second)
        assert found is not None and found.remote_id == sent.remote_id != first.remote_id


def test_it_looks_through_a_busy_channel_and_says_when_it_is_too_busy():
    with _place() as place:
        for number in range(150):
            place.server.somebody_writes(f"{number}")
        sent, found = place.publish(_post()), place.find(_post())
        assert found is not None and found.remote_id == sent.remote_id
        for number in range(900):
            place.server.somebody_writes(f"{number}")
        with pytest.raises(RetryLater, match="by hand"):
            place.find(_post("Another one"))


def test_an_empty_list_is_not_believed_where_the_bot_may_not_read_the_history():
    with _place() as place:
        place.publish(_post())
        place.server.may_read_history = False
        with pytest.raises(ReconnectNeeded):
            place.find(_post())
        with pytest.raises(ReconnectNeeded):
            place.adapter.connect(place.context)


@pytest.mark.parametrize("channel", [discord.FORUM, "300000000000000099"])
def test_a_channel_nobody_can_write_in_like_this_is_refused_when_connecting(channel: str):
    with _place(channel) as place, pytest.raises(Rejected):
        place.adapter.connect(place.context)


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (0, 401, ReconnectNeeded),  # the token was reset
        (50001, 403, ReconnectNeeded),  # the bot was thrown out of the server
        (50013, 403, ReconnectNeeded),  # it may not send messages here any more
        (0, 429, RetryLater),  # too many requests
        (20016, 400, RetryLater),  # slow mode
        (0, 502, RetryLater),  # a gateway, where nothing was made
        (50035, 400, Rejected),  # too long
        (40005, 413, Rejected),  # a file is too large
    ],
)
def test_an_error_means_what_its_code_says(code: int, status: int, error: type[CrosscutError]):
    assert type(refusal_of(httpx.Response(status, json={"code": code, "message": "No"}))) is error


def test_what_is_too_long_is_refused_with_the_field_and_makes_nothing():
    with _place() as place:
        with pytest.raises(Rejected, match="content"):
            place.publish(_post("x" * 2001))
        assert not place.server.rows


def test_a_limit_says_to_the_second_when_to_come_back():
    refused = refusal_of(httpx.Response(429, json={"message": "Slow", "retry_after": 64.57, "global": False}))
    assert isinstance(refused, RetryLater) and refused.after_s == 64.57


def test_an_address_leads_to_the_message_and_others_are_refused():
    with _place() as place:
        sent = place.publish(_post())
        assert place.adapter.at_address(place.context, sent.url).remote_id == sent.remote_id
        for url in ("https://discord.com/channels/1/2/3", "https://example.org/1"):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)


def test_ids_follow_the_clock_and_keys_fit_a_nonce():
    moment = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert snowflake_at(moment) < snowflake_at(moment + timedelta(milliseconds=1))
    assert len(nonce_of("a" * 13)) <= 25 and nonce_of("a" * 13) != nonce_of("b" * 13)


def test_what_is_sent_are_fields_of_the_published_contract(tmp_path: Path):
    if not CONTRACT.exists():
        pytest.skip("Discord's machine contract is not beside the checkout")
    known = json.loads(CONTRACT.read_text())["components"]["schemas"]
    assert known["MessageCreateRequest"]["properties"].keys() == discord.MESSAGE_FIELDS
    assert known["MessageAttachmentRequest"]["properties"].keys() == discord.ATTACHMENT_FIELDS
    with _place() as place:
        sent = place.publish(replace(_post("Hello", story.picture(tmp_path)), extra={"is_silent": True}))
        assert place.server.rows[sent.remote_id]["files"]
