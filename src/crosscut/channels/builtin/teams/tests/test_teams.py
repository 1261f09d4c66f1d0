"""Teams over real HTTP, against a strict workflow: one card a post, and no claim beyond what Microsoft said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.faults.bench import teams
from tests.peers import story

from crosscut.channels.protocol import Post
from crosscut.channels.tests.places import Place, place_at
from crosscut.kernel.errors import CrosscutError, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater, Unsupported


@contextmanager
def _place() -> Iterator[Place]:
    with place_at("teams", teams.Teams, {"place": "Reef Watch, General", "origin": "{url}"}, webhook_url="") as place:
        yield replace(place, context=replace(place.context, secrets={"webhook_url": place.server.address}))


def _post(text: str = "The reef today", **fields: Any) -> Post:
    made: Post = story.post(text, post_type="message", **fields)
    return made


def test_title_words_and_link_are_one_card_and_no_sign_is_markup():
    with _place() as place:
        post = _post("*Half* of 2_000\nis gone.\n\nSo what?", title="The reef", link="https://reef.example/?a=1")
        sent = place.publish(post)
        [row] = place.server.rows
        texts = [block["text"] for block in row["card"]["body"]]
        assert texts == ["The reef", "\\*Half\\* of 2\\_000\n\nis gone.", "So what?"]
        assert row["card"]["actions"] == [
            {"type": "Action.OpenUrl", "title": "reef.example", "url": "https://reef.example/?a=1"}
        ]
        assert (sent.remote_id, sent.url, row["id"]) == (post.key, "", post.key)


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "slow_answer", "reset_in_body"])
def test_a_silence_or_a_fault_is_unknown_and_only_a_person_can_look(fault: str):
    with _place() as place:
        place.server.order("make", fault)
        place.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(OutcomeUnknown):
            place.publish(_post())
        with pytest.raises(Unsupported, match="look there"):
            place.find(_post())


@pytest.mark.parametrize(
    ("fault", "error"), [("busy", RetryLater), ("busy_for", RetryLater), ("token_ends", ReconnectNeeded)]
)
def test_a_refusal_made_nothing(fault: str, error: type[CrosscutError]):
    with _place() as place:
        place.server.order("make", fault)
        with pytest.raises(error):
            place.publish(_post())
        assert not place.server.rows


def test_what_is_too_long_never_leaves():
    with _place() as place:
        for text in ("x" * 28_700, "é" * 14_400):
            with pytest.raises(Rejected, match="bytes"):
                place.publish(_post(text))
        assert not place.server.rows


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.org/workflows/77",
        "http://prod-1.westeurope.logic.azure.com/workflows/77",
        "https://logic.azure.com.evil.example/workflows/77",
    ],
)
def test_only_the_address_of_a_workflow_is_taken(address: str):
    with _place() as place, pytest.raises(ReconnectNeeded, match="not the address"):
        place.adapter.connect(replace(place.context, secrets={"webhook_url": address}))


@pytest.mark.parametrize("host", ["prod-1.westeurope.logic.azure.com", "default1.2a.environment.api.powerplatform.com"])
def test_microsofts_own_addresses_are_taken_and_their_signature_is_in_no_name(host: str):
    with _place() as place:
        address = f"https://{host}/workflows/77/triggers/manual/paths/invoke?sig=s3cret"
        profile = place.adapter.connect(replace(place.context, secrets={"webhook_url": address}))
        again = place.adapter.connect(replace(place.context, secrets={"webhook_url": address.replace("s3cret", "new")}))
        assert profile.remote_id == again.remote_id and "s3cret" not in repr(profile)


def test_the_address_is_in_no_message():
    with _place() as place:
        place.server.end_tokens()
        with pytest.raises(ReconnectNeeded) as told:
            place.publish(_post())
        assert teams.SIGNATURE not in f"{told.value!r} {told.value.problems!r}"
