"""The Mastodon channel's whole story on a server that speaks the Mastodon API."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from crosscut.channels.builtin.mastodon import oauth
from crosscut.channels.builtin.mastodon.adapter import Mastodon
from crosscut.channels.builtin.mastodon.settings import Settings
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from tests.peers import proxy, story
from tests.peers.mastodon import Server

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("mastodon")]
mastodon = Mastodon()


@pytest.fixture(scope="module")
def context(mastodon_server: Server) -> Context:
    return story.context(Settings(instance_url=mastodon_server.url), {"access_token": mastodon_server.access_token})


@pytest.fixture
def door(mastodon_server: Server) -> Iterator[proxy.Door]:
    with proxy.running(mastodon_server.url) as door:
        yield door


def _through(door: proxy.Door, context: Context) -> Context:
    return replace(context, settings=Settings(instance_url=door.url))


def _since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=2)


def _posts(context: Context, server: Server, text: str) -> int:
    account = mastodon.connect(context).remote_id
    listed = story.fetch_json(f"{server.url}/api/v1/accounts/{account}/statuses", limit="40")
    return sum(f">{text}<" in status["content"] for status in listed)


def test_it_says_who_we_are_and_what_the_server_allows(context: Context, mastodon_server: Server):
    profile = mastodon.connect(context)
    assert profile.handle.startswith(f"@{mastodon_server.username}@")
    assert profile.limits["statuses"]["max_characters"] == 500


def _journey() -> Journey:
    return Journey(redirect_uri=oauth.HERE, state="a-state", verifier="v" * 48)


def test_it_refuses_a_wrong_token(context: Context):
    with pytest.raises(ReconnectNeeded):
        mastodon.connect(replace(context, secrets={"access_token": "wrong"}))
    with pytest.raises(ReconnectNeeded):
        mastodon.connect(replace(context, secrets={}))


def test_it_gets_a_token_by_asking_the_person(context: Context, mastodon_server: Server):
    journey = _journey()
    leaving = oauth.departure(context.http, mastodon_server.url, journey)
    page = httpx.get(leaving.url, trust_env=False).text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    fields["username"] = mastodon_server.username
    shown = httpx.post(f"{mastodon_server.url}/oauth/authorize", data=fields, trust_env=False).text
    code = shown.partition("code: ")[2].partition("<")[0]
    (place,) = oauth.places(context.http, mastodon_server.url, journey, code=code, kept=leaving.kept)
    secrets = place.tokens.secrets
    assert mastodon.connect(replace(context, secrets=secrets)).remote_id == mastodon.connect(context).remote_id


def test_it_posts_words_and_reads_them_back(context: Context):
    post = story.post("Größe *zählt* & <b>:\n\nhttps://reef.example/a?b=1 #Reef")
    assert mastodon.find(context, post, since=_since()) is None
    sent = mastodon.publish(context, post)
    found = mastodon.find(context, post, since=_since())
    assert found and (found.remote_id, found.url) == (sent.remote_id, sent.url)
    seen = mastodon.read(context, sent.remote_id)
    assert seen and seen.text.startswith("Größe zählt & <b>:") and seen.link == "https://reef.example/a?b=1"


def test_a_link_outside_the_words_goes_below_them(context: Context):
    post = story.post("Read it", link="https://reef.example/below")
    sent = mastodon.publish(context, post)
    seen = mastodon.read(context, sent.remote_id)
    assert seen and seen.text == "Read it\n\nhttps://reef.example/below"
    assert mastodon.find(context, post, since=_since())


def test_it_shows_media_with_their_alt_text(context: Context, tmp_path):
    pictures = [story.picture(tmp_path, colour=colour, name=f"{colour}.jpg") for colour in ("teal", "coral")]
    for post in (story.post("Two reefs", *pictures), story.post("A film", story.film(tmp_path))):
        sent = mastodon.publish(context, post)
        seen = mastodon.read(context, sent.remote_id)
        assert seen and [item.sha256 for item in seen.media] == [item.sha256 for item in post.media]
        assert [item.alt_text for item in seen.media] == [item.alt_text for item in post.media]
        assert mastodon.find(context, post, since=_since())
        assert mastodon.find(context, replace(post, media=()), since=_since()) is None


def test_it_keeps_visibility_language_and_warning(context: Context, mastodon_server: Server):
    extra = {"visibility": "unlisted", "spoiler_text": "Dead corals"}
    post = story.post("Bleached", language="de-CH", extra=extra)
    sent = mastodon.publish(context, post)
    status = story.fetch_json(f"{mastodon_server.url}/api/v1/statuses/{sent.remote_id}")
    told = {name: status[name] for name in ("visibility", "language", "spoiler_text", "sensitive")}
    assert told == {**extra, "language": "de", "sensitive": True}
    assert mastodon.find(context, post, since=_since())
    with pytest.raises(Rejected, match="visibility"):
        mastodon.publish(context, story.post("Nowhere", extra={"visibility": "friends"}))


def test_it_makes_one_post_of_two_tries(context: Context, mastodon_server: Server):
    post = story.post("Only once")
    assert mastodon.publish(context, post).remote_id == mastodon.publish(context, post).remote_id
    assert _posts(context, mastodon_server, post.text) == 1


def test_it_knows_the_truth_after_a_cut(context: Context, mastodon_server: Server, door: proxy.Door):
    for action, there in ((proxy.CUT_AFTER, True), (proxy.CUT_BEFORE, False)):
        post = story.post(f"Cut line {action}")
        door.next("POST", "/api/v1/statuses", action)
        with pytest.raises(OutcomeUnknown) as told:
            mastodon.publish(_through(door, context), post)
        assert told.value.key == post.key
        assert bool(mastodon.find(context, post, since=_since())) is there
        assert _posts(context, mastodon_server, post.text) == int(there)


def test_it_needs_no_idempotency_key_to_know_the_truth(context: Context, mastodon_server: Server, door: proxy.Door):
    door.loses.add("idempotency-key")  # as with snac2, which pays no attention to it
    post = story.post("Key ignored")
    door.next("POST", "/api/v1/statuses", proxy.CUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(_through(door, context), post)
    assert mastodon.find(context, post, since=_since())
    mastodon.publish(_through(door, context), post)
    assert _posts(context, mastodon_server, post.text) == 2, "the server did keep the key"


def test_it_passes_over_what_belongs_to_another_post(context: Context):
    post = story.post("The same on purpose")
    first = mastodon.publish(context, post)
    again = replace(post, key="another-key-0001", extra={"claimed": (first.remote_id,)})
    assert mastodon.find(context, again, since=_since()) is None
    assert mastodon.find(context, post, since=_since())


def test_it_does_not_find_what_is_older_than_the_try(context: Context):
    post = story.post("Long ago")
    mastodon.publish(context, post)
    assert mastodon.find(context, post, since=datetime.now(UTC) + timedelta(minutes=5)) is None


def test_it_promises_nothing_after_a_server_error(context: Context, mastodon_server: Server):
    for status in (500, 502, 503):
        mastodon_server.fail("POST", "/api/v1/statuses", type="status", status=status)
        with pytest.raises(OutcomeUnknown):
            mastodon.publish(context, story.post("Server error"))
    mastodon_server.fail("POST", "/api/v1/statuses", type="malformed")
    with pytest.raises(OutcomeUnknown):
        mastodon.publish(context, story.post("Not JSON"))


def test_it_waits_when_the_server_asks_for_it(context: Context, mastodon_server: Server):
    mastodon_server.fail("POST", "/api/v1/statuses", type="ratelimit", headers={"Retry-After": "7"})
    with pytest.raises(RetryLater) as told:
        mastodon.publish(context, story.post("Too many"))
    assert told.value.after_s == 7


def test_it_knows_that_nothing_was_posted_when_an_upload_fails(context: Context, door: proxy.Door, tmp_path):
    for action in (500, proxy.CUT_AFTER, proxy.CUT_BEFORE):
        door.next("POST", "/api/v2/media", action)
        with pytest.raises(RetryLater):
            mastodon.publish(_through(door, context), story.post("Upload", story.picture(tmp_path)))
    assert door.count("POST", "/api/v1/statuses") == 0


def test_it_does_not_call_a_post_absent_while_the_server_cannot_be_read(context: Context, mastodon_server: Server):
    mastodon_server.fail("GET", "/api/v1/accounts/*/statuses", type="status", status=503)
    with pytest.raises(RetryLater):
        mastodon.find(context, story.post("Unread"), since=_since())


def test_the_server_refuses_too_many_words(context: Context):
    with pytest.raises(Rejected, match="500"):
        mastodon.publish(context, story.post("x" * 501))


def test_it_takes_a_post_down_and_minds_no_second_time(context: Context):
    post = story.post("Gone soon")
    sent = mastodon.publish(context, post)
    mastodon.delete(context, sent.remote_id)
    mastodon.delete(context, sent.remote_id)
    assert mastodon.read(context, sent.remote_id) is None
    assert mastodon.find(context, post, since=_since()) is None


def test_it_counts_favourites(context: Context, mastodon_server: Server):
    sent = mastodon.publish(context, story.post("Like me"))
    headers = {"Authorization": f"Bearer {mastodon_server.access_token}"}
    address = f"{mastodon_server.url}/api/v1/statuses/{sent.remote_id}/favourite"
    httpx.post(address, headers=headers, trust_env=False).raise_for_status()
    counted = {count.metric: count.value for count in mastodon.counts(context, sent.remote_id)}
    assert counted == {"mastodon.favourites": 1, "mastodon.boosts": 0, "mastodon.replies": 0}


def test_it_needs_the_person_again_after_the_token_is_revoked(context: Context, mastodon_server: Server):
    journey = _journey()
    leaving = oauth.departure(context.http, mastodon_server.url, journey)
    client_id = leaving.kept["client_id"]
    fields = {"username": mastodon_server.username, "client_id": client_id, "redirect_uri": oauth.HERE}
    shown = httpx.post(f"{mastodon_server.url}/oauth/authorize", data=fields, trust_env=False).text
    code = shown.partition("code: ")[2].partition("<")[0]
    (place,) = oauth.places(context.http, mastodon_server.url, journey, code=code, kept=leaving.kept)
    secrets = place.tokens.secrets
    ours = replace(context, secrets=secrets)
    mastodon.publish(ours, story.post("Still fine"))
    httpx.post(f"{mastodon_server.url}/oauth/revoke", data={"token": secrets["access_token"]}, trust_env=False)
    with pytest.raises(ReconnectNeeded):
        mastodon.publish(ours, story.post("Never"))
    with pytest.raises(ReconnectNeeded):
        mastodon.find(ours, story.post("Never"), since=_since())
