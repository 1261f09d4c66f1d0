"""LinkedIn over real HTTP, against a strict server: pages and members, each kind of post, each way to say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import linkedin, strict
from tests.peers import story

from crosscut.channels.builtin.linkedin.api import refusal_of
from crosscut.channels.builtin.linkedin.little import as_read, little
from crosscut.channels.builtin.linkedin.settings import Product
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind

JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
KINDS = [
    ("image", [Kind.IMAGE]),
    ("multi_image", [Kind.IMAGE] * 2),
    ("video", [Kind.VIDEO]),
    ("document", [Kind.DOCUMENT]),
]


@contextmanager
def _place(author: str = linkedin.PAGE, **settings: Any) -> Iterator[Place]:
    product = Product.PAGES if author == linkedin.PAGE else Product.MEMBER
    places = {"api_url": "{url}", "login_url": "{url}/oauth/v2", "product": product}
    secrets = {"access_token": "a-token", "author": author, "client_secret": "an-app-secret"}
    told = {"client_id": "a-client-id", **places, **settings}
    with place_at("linkedin", linkedin.LinkedIn, told, **secrets) as place:
        yield place


def _post(text: str = "The reef today #reef", *files: PostMedia, post_type: str = "text", **fields: Any) -> Post:
    made: Post = story.post(text, *files, post_type=post_type, **fields)
    return replace(made, due_at=NOW)


def _files(folder: Path, kinds: list[Kind]) -> list[PostMedia]:
    """Bytes of that kind by name; the strict server looks at nothing else."""
    files = [story.picture(folder, name=f"{number}.jpg") for number in range(len(kinds))]
    return [replace(file, kind=kind) for file, kind in zip(files, kinds, strict=True)]


def test_words_with_signs_of_their_own_arrive_whole_and_are_read_as_they_were_written():
    with _place() as place:
        words = "Half (50%) of the *reef* is gone [sic] | see {it} <now> @home ~ #reef_life\nNew line \\ end"
        post = _post(words, link="https://reef.example/?a_b=1")
        sent = place.publish(place.ready(post))
        seen, found = place.read(sent), place.find(post)
        assert seen.text == f"{words}\n\n{post.link}" and seen.created_at == NOW
        assert "{hashtag|\\#|reef\\_life}" in place.server.rows[sent.remote_id]["commentary"]
        assert found is not None and found.remote_id == sent.remote_id
        assert sent.url == f"https://www.linkedin.com/feed/update/{sent.remote_id}/"


@pytest.mark.parametrize("words", ["", "plain", "#reef", "a#b", "((#reef))", "\\", "#Reef, #Kelp!", "[a](b)"])
def test_little_text_gives_back_what_it_was_given(words: str):
    assert as_read(little(words)) == words


@pytest.mark.parametrize(("post_type", "kinds"), KINDS)
def test_files_go_up_first_are_waited_for_and_nobody_sees_them(tmp_path: Path, post_type: str, kinds: list[Kind]):
    with _place() as place:
        place.server.looks = 2
        post = place.ready(_post("Look", *_files(tmp_path, kinds), post_type=post_type))
        assert len(place.server.files) == len(kinds) and not place.server.public() and place.find(post) is None
        whole = [b"".join(file["parts"]) for file in place.server.files.values()]
        assert whole == [one.path.read_bytes() for one in post.media]
        sent, seen = place.publish(post), None
        seen, found = place.read(sent), place.find(post)
        assert len(seen.media) == len(kinds) and found is not None and found.remote_id == sent.remote_id
        alt = post.media[0].alt_text if Kind.IMAGE in kinds else None
        assert seen.media[0].alt_text == alt


def test_an_article_is_a_link_with_its_title_and_needs_one():
    with _place() as place:
        post = _post(
            "Read", post_type="article", link="https://reef.example/", title="The reef", summary="Half is gone"
        )
        sent = place.publish(place.ready(post))
        told = {"source": "https://reef.example/", "title": "The reef", "description": "Half is gone"}
        assert place.server.rows[sent.remote_id]["content"] == {"article": told}
        assert place.read(sent).link == post.link
        with pytest.raises(Rejected):
            place.publish(place.ready(_post("Read", post_type="article")))


def test_a_film_linkedin_cannot_use_is_told_with_the_reason(tmp_path: Path):
    with _place() as place:
        post = _post("A film", *_files(tmp_path, [Kind.VIDEO]), post_type="video")
        place.server.looks = 99
        half = place.ready(post)
        for file in place.server.files.values():
            file["status"] = "PROCESSING_FAILED"
        with pytest.raises(Rejected, match="could not take"):
            place.adapter.stage(place.context, half)


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str):
    with _place() as place:
        place.demand_doubt(place.ready(_post("Look", *_files(tmp_path, [Kind.IMAGE]), post_type="image")), fault)


def test_the_refusal_of_a_duplicate_leads_to_the_post_an_earlier_try_made():
    with _place() as place:
        post = place.ready(_post())
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        assert [place.publish(post).remote_id] == [one.remote_id for one in place.server.public()]
        place.server.order("read", "error_before")
        with pytest.raises(OutcomeUnknown):
            place.publish(post)


def test_a_duplicate_of_what_is_not_there_is_not_taken_for_a_post():
    with _place() as place:
        post = place.ready(_post())
        gone = place.publish(post)
        place.adapter.delete(place.context, gone.remote_id)
        place.server.ghost = "urn:li:share:7431329065766260736"
        with pytest.raises(RetryLater, match="not there"):
            place.publish(post)
        assert not place.server.public()


def test_words_that_are_another_posts_are_refused_with_the_way_out():
    with _place() as place:
        first = place.publish(place.ready(_post()))
        with pytest.raises(Rejected, match="another post has them"):
            place.publish(place.ready(_post(extra={"claimed": [first.remote_id]})))
        place.clock.go_on(3600)
        with pytest.raises(Rejected, match="Change a word"):
            place.publish(replace(place.ready(_post()), due_at=place.clock.now()))


def test_what_a_member_said_cannot_be_read_and_nobody_claims_to_have():
    with _place(linkedin.MEMBER) as place:
        assert "read its own posts back" not in place.adapter.connect(place.context).can
        sent = place.publish(place.ready(_post()))
        for look in (
            lambda: place.find(_post()),
            lambda: place.read(sent),
            lambda: place.adapter.at_address(place.context, sent.url),
        ):
            with pytest.raises(RetryLater, match="no member's posts"):
                look()
        assert place.adapter.counts(place.context, sent.remote_id) == ()
        with pytest.raises(OutcomeUnknown, match="lets nobody look"):
            place.publish(place.ready(_post()))
        place.adapter.delete(place.context, sent.remote_id)
        assert not place.server.rows


def test_files_that_linkedin_has_thrown_away_are_handed_over_anew(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post("Look", *_files(tmp_path, [Kind.IMAGE]), post_type="image"))
        place.server.order("upload", "forgets")
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        place.publish(place.ready(replace(post, extra={})))
        assert len(place.server.rows) == 1


@pytest.mark.parametrize("product", list(Product))
def test_the_login_leads_to_the_member_or_to_the_pages(product: Product):
    with _place(product=product) as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert ("w_organization_social" in asked["scope"]) == (product is Product.PAGES) and asked["state"] == "s"
        found = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        wanted = [linkedin.PAGE, linkedin.OTHER] if product is Product.PAGES else [linkedin.MEMBER]
        assert [one.remote_id for one in found] == [one.tokens.secrets["author"] for one in found] == wanted
        for one in found:
            kept = replace(app, secrets={**app.secrets, **one.tokens.secrets})
            assert place.adapter.connect(kept).remote_id == one.remote_id


def test_a_login_without_what_renews_it_says_so_and_is_left_alone():
    with _place() as place:
        place.server.gives_refresh = False
        (first, _second) = place.adapter.places(place.context, JOURNEY, code="c0de", kept={})
        assert not first.tokens.is_renewable and first.tokens.expires_at == NOW + timedelta(days=60)
        with pytest.raises(ReconnectNeeded):
            place.adapter.renew(place.context)
        kept = {**place.context.secrets, "refresh_token": "a-refresh-token"}
        for fault, error in (("busy", RetryLater), ("garbled", RetryLater), ("error_before", RetryLater)):
            place.server.order("login", fault)
            with pytest.raises(error):
                place.adapter.renew(replace(place.context, secrets=kept))
        assert place.adapter.renew(replace(place.context, secrets=kept)).secrets["author"] == linkedin.PAGE


def test_the_login_goes_along_to_hosts_of_linkedins_alone(tmp_path: Path):
    with _place() as place:
        elsewhere = linkedin.LinkedIn(place.clock)
        with strict.serving(elsewhere):
            url = elsewhere.url.replace("127.0.0.1", "localhost")
            place.server.url = url
            seen: list[Any] = []
            elsewhere.take = lambda request, *rest: seen.append(request.headers) or strict.Answer(status=201)  # type: ignore
            place.adapter.stage(place.context, _post("Look", *_files(tmp_path, [Kind.IMAGE]), post_type="image"))
        assert seen and "authorization" not in seen[0]


def test_a_version_that_was_switched_off_lets_the_post_wait():
    with _place(version="202310") as place, pytest.raises(RetryLater, match="switched off"):
        place.publish(place.ready(_post()))


def test_an_address_leads_to_the_post_and_others_are_refused():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        number = sent.remote_id.rpartition(":")[2]
        for url in (sent.url, f"https://www.linkedin.com/posts/reefwatch_reef-share-{number}-aB3x?utm_source=share"):
            assert place.adapter.at_address(place.context, url).remote_id == sent.remote_id
        with pytest.raises(Invalid):
            place.adapter.at_address(place.context, "https://example.org/1")
        other = replace(place.context, secrets={**place.context.secrets, "author": linkedin.OTHER})
        with pytest.raises(Invalid):
            place.adapter.at_address(other, sent.url)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "EXPIRED_ACCESS_TOKEN", ReconnectNeeded),
        (403, "ACCESS_DENIED", ReconnectNeeded),
        (426, "NONEXISTENT_VERSION", RetryLater),
        (429, "TOO_MANY_REQUESTS", RetryLater),
        (500, "INTERNAL_SERVER_ERROR", RetryLater),
        (422, "FIELD_LENGTH_TOO_LONG", Rejected),
        (400, "INVALID_URN_TYPE", Rejected),
    ],
)
def test_a_refusal_means_what_it_says(status: int, code: str, error: type[CrosscutError]):
    told = {"status": status, "serviceErrorCode": 100, "code": code, "message": "No"}
    assert type(refusal_of(httpx.Response(status, json=told))) is error
