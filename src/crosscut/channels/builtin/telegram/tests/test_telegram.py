"""Telegram over real HTTP, against a strict server: messages and albums, the public page, and every way to say no."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import telegram
from tests.peers import story

from crosscut.channels import http
from crosscut.channels.builtin.telegram.api import refusal_of
from crosscut.channels.protocol import Post
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind

CONTRACT = Path(__file__).parents[6].parent / "shared" / "contracts" / "telegram_bot_api.min.json"


@contextmanager
def _place(chat: str = f"@{telegram.NAME}") -> Iterator[Place]:
    settings = {"chat": chat, "api_url": "{url}", "public_url": "{url}"}
    with place_at("telegram", telegram.Telegram, settings, bot_token=telegram.TOKEN) as place:
        yield place


def _post(text: str = "The reef today #reef", *media: Any, post_type: str = "text", **fields: Any) -> Post:
    made: Post = story.post(text, *media, post_type=post_type, **fields)
    return made


def test_words_and_link_are_one_message_that_anybody_reads():
    with _place() as place:
        post = _post("Half & half <reef>\nNew line 🐠", link="https://reef.example/?a=1&b=2")
        sent = place.publish(post)
        seen = place.read(sent)
        assert (
            seen.text == "Half & half <reef>\nNew line 🐠\n\nhttps://reef.example/?a=1&b=2" and seen.link == post.link
        )
        assert sent.url == f"https://t.me/{telegram.NAME}/{sent.remote_id}" and seen.created_at == NOW
        found = place.find(post)
        assert found is not None and found.remote_id == sent.remote_id


@pytest.mark.parametrize(
    ("post_type", "kinds"),
    [("photo", [Kind.IMAGE]), ("video", [Kind.VIDEO]), ("document", [Kind.IMAGE]), ("album", [Kind.IMAGE, Kind.VIDEO])],
)
def test_every_kind_of_file_goes_out_once_and_is_seen(tmp_path: Path, post_type: str, kinds: list[Kind]):
    with _place() as place:
        names = [f"{number}.jpg" for number in range(len(kinds))]
        pictures = [story.picture(tmp_path, name=name) for name in names]
        files = [replace(one, kind=kind) for one, kind in zip(pictures, kinds, strict=True)]
        post = _post("Look", *files, post_type=post_type)
        sent, found = place.publish(post), place.find(post)
        seen = place.read(sent)
        assert len(seen.media) == len(files) and all(one.alt_text is None for one in seen.media)
        assert found is not None and found.remote_id == sent.remote_id and found.url == sent.url
        place.adapter.delete(place.context, sent.remote_id)
        assert not place.server.rows and place.read(sent) is None
        place.adapter.delete(place.context, sent.remote_id)


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str):
    with _place() as place:
        place.demand_doubt(_post("The reef today", story.picture(tmp_path), post_type="photo"), fault)


def test_a_page_that_lags_behind_is_not_believed():
    with _place() as place:
        place.server.delay_s = 60
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.publish(_post())
        with pytest.raises(RetryLater, match="newer message"):
            place.find(_post())
        place.clock.go_on(61)
        assert place.find(_post()) is not None


def test_looking_for_newer_messages_changes_none_and_needs_a_bot_that_cannot():
    with _place() as place:
        place.server.somebody_writes("With buttons", buttons=True)
        assert place.find(_post()) is None
        newest = place.server.somebody_writes("More buttons", buttons=True)
        place.server.hidden_until[str(newest)] = 60
        with pytest.raises(RetryLater):
            place.find(_post())
        place.server.rights["can_edit_messages"] = True
        with pytest.raises(ReconnectNeeded, match="edit messages of others"):
            place.find(_post())
        assert not place.server.touched


def test_a_private_channel_takes_posts_and_nobody_claims_to_have_read_it():
    with _place(chat=str(telegram.CHAT)) as place:
        place.server.is_public = False
        assert "read the public page back" not in place.adapter.connect(place.context).can
        sent = place.publish(_post())
        assert sent.url == f"https://t.me/c/1234567890/{sent.remote_id}"
        for look in (lambda: place.find(_post()), lambda: place.read(sent)):
            with pytest.raises(RetryLater, match="private"):
                look()
        assert place.adapter.counts(place.context, sent.remote_id) == ()
        assert place.adapter.at_address(place.context, sent.url).remote_id == sent.remote_id
        place.adapter.delete(place.context, sent.remote_id)
        assert place.adapter.at_address(place.context, sent.url) is None


def test_a_channel_whose_page_is_switched_off_or_looks_otherwise_is_unreadable_and_not_empty():
    with _place() as place:
        place.server.order("read", "")  # getChat goes well
        place.server.order("read", "garbled")
        with pytest.raises(RetryLater):
            place.find(_post())
        sent = place.publish(_post())
        place.server._chat = lambda: {"id": telegram.CHAT, "type": "channel", "username": telegram.NAME}
        place.server.is_public = False
        with pytest.raises(RetryLater):
            place.find(_post())
        with pytest.raises(RetryLater, match="not found"):
            place.read(sent)


def test_posts_of_others_and_of_other_targets_are_not_taken_for_ours():
    with _place() as place:
        first = place.publish(_post())
        twin = _post(extra={"claimed": [first.remote_id]})
        assert place.find(twin) is None
        second, found = place.publish(twin), place.find(twin)
        assert found is not None and found.remote_id == second.remote_id != first.remote_id


def test_a_post_of_yesterday_with_the_same_words_is_not_taken_for_todays():
    with _place() as place:
        place.publish(_post())
        place.clock.go_on(86_400)
        assert place.find(_post()) is None


def test_it_looks_through_many_posts_and_says_when_there_are_too_many():
    with _place() as place:
        sent = place.publish(_post())
        for number in range(70):
            place.server.somebody_writes(f"{number}")
        found = place.find(_post())
        assert found is not None and found.remote_id == sent.remote_id
        place.server.page_size = 5
        with pytest.raises(RetryLater, match="by hand"):
            place.find(_post())


def test_words_are_changed_in_place_and_the_same_words_again_are_fine(tmp_path: Path):
    with _place() as place:
        for post in (_post(), _post("Look", story.picture(tmp_path), post_type="photo")):
            sent = place.publish(post)
            for _ in range(2):
                again = place.adapter.update(place.context, sent.remote_id, replace(post, text="Other words"))
                assert (again.remote_id, again.url) == (sent.remote_id, sent.url)
            assert place.read(sent).text == "Other words"


@pytest.mark.parametrize(
    ("rights", "kind", "error"),
    [
        ({"can_post_messages": False}, "channel", ReconnectNeeded),
        ({"status": "member"}, "channel", ReconnectNeeded),
        ({"can_edit_messages": True}, "channel", ReconnectNeeded),
        ({}, "supergroup", Rejected),
    ],
)
def test_connecting_says_what_the_bot_lacks_or_has_too_much(rights: dict[str, Any], kind: str, error: type[Exception]):
    with _place() as place:
        place.server.rights |= rights
        place.server.kind = kind
        with pytest.raises(error):
            place.adapter.connect(place.context)


def test_the_token_is_in_no_message():
    with _place() as place:
        for token in (place.server.token[:-1] + "q", "not a token"):
            context = replace(place.context, secrets={"bot_token": token})
            with pytest.raises(ReconnectNeeded) as told:
                place.adapter.connect(context)
            assert token not in f"{told.value!r} {told.value.problems!r}"
        with http.client(timeout_s=1) as closed, pytest.raises(Rejected) as refused:
            place.adapter.connect(replace(place.context, http=closed))
        assert place.server.token not in str(refused.value)


def test_an_address_leads_to_the_post_and_others_are_refused():
    with _place() as place:
        sent = place.publish(_post())
        for url in (sent.url, f"https://t.me/s/ReefWatch/{sent.remote_id}?q=1"):
            assert place.adapter.at_address(place.context, url).remote_id == sent.remote_id
        for url in ("https://t.me/kelpnews/1", "https://example.org/1"):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)


@pytest.mark.parametrize(
    ("code", "words", "error"),
    [
        (401, "Unauthorized", ReconnectNeeded),
        (404, "Not Found", ReconnectNeeded),  # a token that never was one
        (403, "Forbidden: bot was kicked from the channel chat", ReconnectNeeded),
        (400, "Bad Request: chat not found", ReconnectNeeded),
        (400, "Bad Request: need administrator rights in the channel chat", ReconnectNeeded),
        (429, "Too Many Requests: retry after 5", RetryLater),
        (502, "Bad Gateway", RetryLater),
        (400, "Bad Request: message is too long", Rejected),
    ],
)
def test_a_refusal_means_what_it_says(code: int, words: str, error: type[CrosscutError]):
    answer = {"ok": False, "error_code": code, "description": words}
    assert type(refusal_of(httpx.Response(code, json=answer))) is error


def test_a_limit_says_when_to_come_back():
    answer = {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 35}}
    refused = refusal_of(httpx.Response(429, json=answer))
    assert isinstance(refused, RetryLater) and refused.after_s == 35


def test_what_is_sent_are_fields_of_the_published_description():
    if not CONTRACT.exists():
        pytest.skip("The description of the Bot API is not beside the checkout")
    methods = json.loads(CONTRACT.read_text())["methods"]
    for method, fields in telegram.FIELDS.items():
        assert fields <= {field["name"] for field in methods[method].get("fields", [])}, method
