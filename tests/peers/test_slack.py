"""The Slack channel's whole story on a server of others that speaks Slack's Web API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crosscut.channels.builtin.slack.adapter import Slack
from crosscut.channels.builtin.slack.settings import Settings
from crosscut.channels.protocol import Context, Post
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded
from tests.peers import proxy, story
from tests.peers.slack import Server

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("slack")]
slack = Slack()


@pytest.fixture(scope="module")
def context(slack_server: Server) -> Context:
    return _at(slack_server.url, slack_server)


@pytest.fixture
def door(slack_server: Server) -> Iterator[proxy.Door]:
    with proxy.running(slack_server.url.removesuffix("/api")) as door:
        yield door


def _at(url: str, server: Server) -> Context:
    return story.context(Settings(channel_id=server.channel_id, api_url=url), {"bot_token": server.bot_token})


def _since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=2)


def _with_files(context: Context, post: Post) -> Post:
    """The post with its files brought there, as the ledger does it before the message."""
    kept: dict[str, object] = {}
    for _ in range(len(post.media) + 1):
        staged = slack.stage(context, replace(post, extra={**post.extra, "kept": kept}))
        kept = dict(staged.kept)
        if staged.is_ready:
            break
    return replace(post, extra={**post.extra, "kept": kept})


def test_it_says_who_we_are_and_where(context: Context, slack_server: Server) -> None:
    profile = slack.connect(context)
    assert (profile.remote_id, profile.name) == (slack_server.channel_id, "#general")


def test_it_refuses_a_token_that_is_none_and_a_channel_there_is_not(context: Context, slack_server: Server) -> None:
    with pytest.raises(ReconnectNeeded):
        slack.connect(replace(context, secrets={}))
    elsewhere = Settings(channel_id="C0NOWHERE0", api_url=slack_server.url)
    with pytest.raises(ReconnectNeeded):
        slack.connect(replace(context, settings=elsewhere))


def test_it_posts_changes_and_takes_down_words(context: Context, slack_server: Server) -> None:
    post = story.post("Größe *zählt* & <b>:\n\nhttps://reef.example/a?b=1 #Reef")
    sent = slack.publish(context, post)
    seen = slack.read(context, sent.remote_id)
    assert seen and seen.text == post.text
    found = slack.find(context, post, since=_since())
    assert found and found.remote_id == sent.remote_id
    slack_server.react(sent.remote_id)
    assert [count.value for count in slack.counts(context, sent.remote_id)] == [1]
    slack.update(context, sent.remote_id, replace(post, text="Smaller"))
    seen = slack.read(context, sent.remote_id)
    assert seen and seen.text == "Smaller" and slack.find(context, post, since=_since())
    slack.delete(context, sent.remote_id)
    assert slack.read(context, sent.remote_id) is None and slack.find(context, post, since=_since()) is None


def test_it_shows_files_and_finds_the_message_by_them(context: Context, tmp_path) -> None:
    pictures = [story.picture(tmp_path, colour=colour, name=f"{colour}.jpg") for colour in ("teal", "coral")]
    post = _with_files(context, story.post("Two reefs", *pictures))
    sent = slack.publish(context, post)
    seen = slack.read(context, sent.remote_id)
    assert seen and len(seen.media) == 2 and seen.text == "Two reefs"
    found = slack.find(context, post, since=_since())
    assert found and found.remote_id == sent.remote_id


def test_it_knows_the_truth_after_a_cut(context: Context, slack_server: Server, door: proxy.Door) -> None:
    for action, there in ((proxy.CUT_AFTER, True), (proxy.CUT_BEFORE, False)):
        post = story.post(f"Cut line {action}")
        door.next("POST", "/api/chat.postMessage", action)
        with pytest.raises(OutcomeUnknown) as told:
            slack.publish(_at(f"{door.url}/api", slack_server), post)
        assert told.value.key == post.key
        assert bool(slack.find(context, post, since=_since())) is there
        assert sum(row["text"] == post.text for row in slack_server.messages()) == int(there)
