"""Slack over real HTTP, against a strict server: one message a post, found by its mark or its files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import slack
from tests.peers import story

from crosscut.channels.builtin.slack.api import refusal_of
from crosscut.channels.protocol import STAGED_LOST, Post
from crosscut.channels.tests.places import SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater

CONTRACT = Path(__file__).parents[6].parent / "shared" / "contracts" / "slack_web_openapi_v2.json"


@contextmanager
def _place(channel: str = slack.CHANNEL) -> Iterator[Place]:
    settings = {"channel_id": channel, "api_url": "{url}/api"}
    with place_at("slack", slack.Slack, settings, bot_token="a-token") as place:
        yield place


def _post(text: str = "The reef today #reef", *media: Any, **fields: Any) -> Post:
    made: Post = story.post(text, *media, post_type="message", **fields)
    return made


def test_words_go_out_as_they_are_and_wake_nobody():
    with _place() as place:
        post = _post("<!channel> half & half 🐠", link="https://reef.example/?a=1&b=2")
        sent = place.publish(post)
        assert place.server.public()[0].text.startswith("&lt;!channel&gt; half &amp; half 🐠")
        seen = place.read(sent)
        assert seen.text == "<!channel> half & half 🐠\n\nhttps://reef.example/?a=1&b=2"
        assert (
            sent.url
            == seen.url
            == f"https://reef.slack.example/archives/{slack.CHANNEL}/p{sent.remote_id.replace('.', '')}"
        )


def test_files_are_brought_there_unseen_and_shown_in_one_message_with_their_alt_text(tmp_path: Path):
    with _place() as place:
        pictures = [story.picture(tmp_path, name=name) for name in ("a.jpg", "b.jpg")]
        post = place.ready(_post("Look", *pictures))
        assert not place.server.rows and len(place.server.files) == 2
        seen = place.read(place.publish(post))
        assert [(one.alt_text, one.size_bytes) for one in seen.media] == [
            (picture.alt_text, picture.size_bytes) for picture in pictures
        ]


@pytest.mark.parametrize("fault", SAYS_NOTHING)
@pytest.mark.parametrize("with_file", [False, True])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str, with_file: bool):
    with _place() as place:
        media = [story.picture(tmp_path)] if with_file else []
        place.demand_doubt(place.ready(_post("The reef today", *media)), fault)


def test_a_message_with_files_that_slack_does_not_show_yet_is_unknown_and_found_later(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post("Look", story.picture(tmp_path)))
        place.server.delay_s = 10
        with pytest.raises(OutcomeUnknown, match="does not show"):
            place.publish(post)
        assert place.find(post) is None
        place.clock.go_on(11)
        assert place.find(post) is not None


def test_equal_words_are_told_apart_by_their_mark():
    with _place() as place:
        place.server.somebody_writes("The reef today #reef")
        first, second = _post(), _post()
        sent = place.publish(first)
        found = place.find(first)
        assert place.find(second) is None and found is not None and found.remote_id == sent.remote_id


def test_it_follows_short_pages_and_says_when_there_are_too_many():
    with _place() as place:
        post = _post()
        sent = place.publish(post)
        for number in range(40):
            place.server.somebody_writes(f"{number}")
        found = place.find(post)
        assert found is not None and found.remote_id == sent.remote_id
        for number in range(150):
            place.server.somebody_writes(f"{number}")
        with pytest.raises(RetryLater, match="by hand"):
            place.find(_post())


def test_files_that_slack_threw_away_are_brought_again(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post("Look", story.picture(tmp_path)))
        place.server.order("upload", "forgets")
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert [problem.code for problem in told.value.problems] == [STAGED_LOST]
        assert place.publish(place.ready(replace(post, extra={}))).remote_id


@pytest.mark.parametrize("lacks", ["member", "channels:history", "channels:read"])
def test_connecting_says_what_is_missing(lacks: str):
    with _place() as place:
        place.server.is_member = lacks != "member"
        place.server.scopes.discard(lacks)
        with pytest.raises(ReconnectNeeded, match="not in #reef-news" if lacks == "member" else lacks):
            place.adapter.connect(place.context)


def test_another_channel_is_not_found():
    with _place("C0ELSEWHERE") as place, pytest.raises(ReconnectNeeded, match="channel_not_found"):
        place.adapter.connect(place.context)


def test_an_address_leads_to_the_message_and_others_are_refused():
    with _place() as place:
        sent = place.publish(_post())
        assert place.adapter.at_address(place.context, f"{sent.url}?thread_ts=1").remote_id == sent.remote_id
        for url in ("https://reef.slack.example/archives/C0OTHER/p1700000000123456", "https://example.org/1"):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)


def test_taking_a_message_down_takes_its_files_along(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post("Look", story.picture(tmp_path))))
        for _ in range(2):
            place.adapter.delete(place.context, sent.remote_id)
        assert not place.server.rows and not place.server.files


@pytest.mark.parametrize(
    ("status", "word", "error"),
    [
        (200, "invalid_auth", ReconnectNeeded),
        (200, "missing_scope", ReconnectNeeded),
        (200, "is_archived", ReconnectNeeded),
        (200, "ratelimited", RetryLater),
        (429, "ratelimited", RetryLater),
        (200, "internal_error", RetryLater),  # of a question, or of an upload nobody sees
        (200, "msg_too_long", Rejected),
        (502, "", RetryLater),
    ],
)
def test_a_refusal_means_what_its_word_says(status: int, word: str, error: type[CrosscutError]):
    assert type(refusal_of(httpx.Response(status, json={"ok": False, "error": word}))) is error


def test_a_limit_says_when_to_come_back():
    answer = httpx.Response(429, json={"ok": False, "error": "ratelimited"}, headers={"Retry-After": "35"})
    refused = refusal_of(answer)
    assert isinstance(refused, RetryLater) and refused.after_s == 35


def test_what_is_sent_are_fields_of_the_published_contract():
    if not CONTRACT.exists():
        pytest.skip("Slack's machine contract is not beside the checkout")
    [told] = json.loads(CONTRACT.read_text())["paths"]["/chat.postMessage"].values()
    newer = {"metadata", "markdown_text"}  # the contract is of 2021
    assert {one["name"] for one in told["parameters"]} - {"token"} == slack.MESSAGE_FIELDS - newer
