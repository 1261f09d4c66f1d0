"""The Bluesky channel's whole story on a real account server, directory and public view."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crosscut.channels.builtin.bluesky import names
from crosscut.channels.builtin.bluesky.adapter import Bluesky
from crosscut.channels.builtin.bluesky.settings import Settings
from crosscut.channels.protocol import Context, Post
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from tests.peers import proxy, story
from tests.peers.bluesky import Network

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("bluesky")]
bluesky = Bluesky()


def _settings(network: Network, **fields: str) -> Settings:
    urls = {"service_url": network.pds, "appview_url": network.appview, "video_service_url": ""}
    return Settings(**{"handle": network.account.handle, **urls, **fields})


@pytest.fixture(scope="module")
def context(bluesky_network: Network) -> Context:
    """The account as it is after connecting: with a session that is kept."""
    settings = _settings(bluesky_network)
    fresh = story.context(settings, {"app_password": bluesky_network.account.app_password})
    return replace(fresh, secrets=dict(fresh.secrets) | dict(bluesky.connect(fresh).secrets))


@pytest.fixture
def door(bluesky_network: Network) -> Iterator[proxy.Door]:
    with proxy.running(bluesky_network.pds) as door:
        yield door


def _through(door: proxy.Door, context: Context) -> Context:
    return replace(context, secrets={**context.secrets, "pds_url": door.url})


def _since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=2)


def _posts(network: Network, text: str) -> int:
    """How many posts of those words the account server has."""
    listed = story.fetch_json(
        f"{network.pds}/xrpc/com.atproto.repo.listRecords",
        repo=network.account.did,
        collection=names.POSTS,
        limit="100",
    )
    return sum(record["value"]["text"] == text for record in listed["records"])


def _viewed(context: Context, remote_id: str):
    """The post once the public view shows it, which takes about a second."""
    for _ in range(50):
        seen = bluesky.read(context, remote_id)
        if seen and not any("own server" in change for change in seen.changes):
            return seen
        time.sleep(0.2)
    raise AssertionError("The public view never showed the post.")


def test_it_says_who_we_are(context: Context, bluesky_network: Network):
    profile = bluesky.connect(context)
    assert profile.remote_id == bluesky_network.account.did
    assert profile.handle == f"@{bluesky_network.account.handle}"
    assert profile.secrets["access_jwt"] and profile.secrets["refresh_jwt"]


def test_it_refuses_a_wrong_password(bluesky_network: Network):
    with pytest.raises(ReconnectNeeded):
        bluesky.connect(story.context(_settings(bluesky_network), {"app_password": "wrong"}))


def test_it_refuses_an_address_that_is_no_account_server(bluesky_network: Network):
    settings = _settings(bluesky_network, service_url=f"{bluesky_network.pds}/nowhere")
    with pytest.raises((Rejected, ReconnectNeeded)):
        bluesky.connect(story.context(settings, {"app_password": "x"}))


def test_it_posts_words_with_links_mentions_and_hashtags(context: Context, bluesky_network: Network):
    handle = bluesky_network.account.handle
    post = story.post(
        f"Größe 🪸 zählt: https://reef.example/a?b=1 @{handle} @nobody.test #Reef", tags=("ocean", "reef")
    )
    assert bluesky.find(context, post, since=_since()) is None
    sent = bluesky.publish(context, post)
    value = story.fetch_json(
        f"{bluesky_network.pds}/xrpc/com.atproto.repo.getRecord",
        repo=bluesky_network.account.did,
        collection=names.POSTS,
        rkey=names.record_key(post.key),
    )["value"]
    marked = [
        post.text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        for facet in value["facets"]
    ]
    assert marked == ["https://reef.example/a?b=1", f"@{handle}", "#Reef"]
    assert value["facets"][1]["features"][0]["did"] == bluesky_network.account.did
    assert (value["tags"], value["langs"]) == (["ocean"], ["en"])
    found = bluesky.find(context, post, since=_since())
    assert found and (found.remote_id, found.url) == (sent.remote_id, sent.url)
    seen = bluesky.read(context, sent.remote_id)
    assert seen and (seen.text, seen.link) == (post.text, "https://reef.example/a?b=1")


def test_it_shows_pictures_with_their_alt_text(context: Context, bluesky_network: Network, tmp_path):
    pictures = [story.picture(tmp_path, colour=colour, name=f"{colour}.jpg") for colour in ("teal", "coral")]
    post = story.post("Two reefs", *pictures, post_type="images")
    sent = bluesky.publish(context, post)
    if bluesky_network.appview:
        seen = _viewed(context, sent.remote_id)
        assert all(item.media_type.startswith("image/") and item.size_bytes for item in seen.media)
    stored = bluesky.read(replace(context, settings=_settings(bluesky_network, appview_url="")), sent.remote_id)
    assert stored and [item.sha256 for item in stored.media] == [item.sha256 for item in pictures]
    assert [item.alt_text for item in stored.media] == [item.alt_text for item in pictures]


def test_it_shows_a_video_with_captions(context: Context, bluesky_network: Network, tmp_path):
    film = story.film(tmp_path)
    sent = bluesky.publish(context, story.post("A film", film, post_type="video"))
    stored = bluesky.read(replace(context, settings=_settings(bluesky_network, appview_url="")), sent.remote_id)
    assert stored and [(item.sha256, item.alt_text) for item in stored.media] == [(film.sha256, "Fish pass")]
    _, rkey = names.parts(sent.remote_id)
    embed = story.fetch_json(
        f"{bluesky_network.pds}/xrpc/com.atproto.repo.getRecord",
        repo=bluesky_network.account.did,
        collection=names.POSTS,
        rkey=rkey,
    )["value"]["embed"]
    assert [caption["lang"] for caption in embed["captions"]] == ["en"]
    assert embed["aspectRatio"] == {"width": 320, "height": 180}


def test_it_makes_a_link_card(context: Context):
    post = story.post("Read it", link="https://reef.example/a", title="The reef", summary="How it is")
    seen = bluesky.read(context, bluesky.publish(context, post).remote_id)
    assert seen and (seen.link, seen.title) == ("https://reef.example/a", "The reef")


def test_a_link_beside_pictures_goes_below_the_words(context: Context, tmp_path):
    post = story.post("Look", story.picture(tmp_path), post_type="images", link="https://reef.example/a")
    seen = bluesky.read(context, bluesky.publish(context, post).remote_id)
    assert seen and (seen.text, seen.link) == ("Look\n\nhttps://reef.example/a", post.link)


def test_it_makes_one_post_of_two_tries(context: Context, bluesky_network: Network):
    post = story.post("Only once")
    assert bluesky.publish(context, post).remote_id == bluesky.publish(context, post).remote_id
    assert _posts(bluesky_network, post.text) == 1


def test_it_knows_the_truth_after_a_cut(context: Context, bluesky_network: Network, door: proxy.Door):
    for action, there in ((proxy.CUT_AFTER, True), (proxy.CUT_BEFORE, False)):
        post = story.post(f"Cut line {action}")
        door.next("POST", "createRecord", action)
        with pytest.raises(OutcomeUnknown):
            bluesky.publish(_through(door, context), post)
        assert bool(bluesky.find(context, post, since=_since())) is there
        bluesky.publish(context, post)
        assert _posts(bluesky_network, post.text) == 1


def test_it_promises_nothing_after_a_server_error(context: Context, door: proxy.Door):
    post = story.post("Server error")
    door.next("POST", "createRecord", 500)
    with pytest.raises(OutcomeUnknown):
        bluesky.publish(_through(door, context), post)


def test_it_knows_that_nothing_was_posted_when_an_upload_fails(context: Context, door: proxy.Door, tmp_path):
    for action in (500, proxy.CUT_AFTER):
        door.next("POST", "uploadBlob", action)
        with pytest.raises(RetryLater):
            bluesky.publish(_through(door, context), story.post("Upload", story.picture(tmp_path), post_type="images"))
    assert door.count("POST", "createRecord") == 0


def test_it_does_not_call_a_post_absent_while_the_server_cannot_be_read(context: Context, door: proxy.Door):
    door.next("GET", "getRecord", 502)
    with pytest.raises(RetryLater):
        bluesky.find(_through(door, context), story.post("Unread"), since=_since())


def test_it_finds_what_a_person_posted_by_hand(context: Context, bluesky_network: Network):
    words = f"By hand {time.time_ns()}"
    record = {"$type": names.POSTS, "text": words, "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    account = bluesky_network.account
    made = bluesky_network.call(
        "com.atproto.repo.createRecord", account=account, repo=account.did, collection=names.POSTS, record=record
    )
    found = bluesky.find(context, story.post(words), since=_since())
    assert found and found.remote_id == made["uri"]
    assert bluesky.find(context, story.post(words), since=datetime.now(UTC) + timedelta(minutes=1)) is None


def test_two_posts_of_the_same_words_are_two(context: Context, bluesky_network: Network):
    first, second = story.post("Same words"), story.post("Same words")
    sent = bluesky.publish(context, first)
    assert bluesky.find(context, second, since=_since()) is None
    assert bluesky.publish(context, second).remote_id != sent.remote_id


def test_the_server_refuses_too_many_words(context: Context):
    post = story.post("x" * 301)
    with pytest.raises(Rejected, match="300"):
        bluesky.publish(context, post)
    assert bluesky.find(context, post, since=_since()) is None


def test_it_takes_a_post_down_and_minds_no_second_time(context: Context, bluesky_network: Network):
    sent = bluesky.publish(context, story.post("Gone soon"))
    if bluesky_network.appview:
        _viewed(context, sent.remote_id)  # which lags: it would show the post after it was seen gone
    bluesky.delete(context, sent.remote_id)
    bluesky.delete(context, sent.remote_id)
    for _ in range(50):
        if bluesky.read(context, sent.remote_id) is None:
            break
        time.sleep(0.2)
    assert bluesky.read(context, sent.remote_id) is None


def test_it_counts_likes(context: Context, bluesky_network: Network):
    sent = bluesky.publish(context, story.post("Like me"))
    if not bluesky_network.appview:
        assert bluesky.counts(context, sent.remote_id) == ()
        return
    fan = bluesky_network.sign_up("fan")
    subject = {"uri": sent.remote_id, "cid": sent.answer["cid"]}
    like = {"$type": "app.bsky.feed.like", "subject": subject, "createdAt": "2026-11-22T00:00:00Z"}
    bluesky_network.call(
        "com.atproto.repo.createRecord", account=fan, repo=fan.did, collection="app.bsky.feed.like", record=like
    )
    for _ in range(50):
        counted = {count.metric: count.value for count in bluesky.counts(context, sent.remote_id)}
        if counted.get("bluesky.likes"):
            break
        time.sleep(0.2)
    assert counted == {"bluesky.likes": 1, "bluesky.reposts": 0, "bluesky.replies": 0, "bluesky.quotes": 0}


def test_a_broken_session_is_renewed_from_the_app_password(context: Context, bluesky_network: Network):
    header, payload, _ = context.secrets["access_jwt"].split(".")
    broken = replace(context, secrets={**context.secrets, "access_jwt": f"{header}.{payload}.bad"})
    post = story.post("Renewed")
    bluesky.publish(broken, post)
    assert _posts(bluesky_network, post.text) == 1


def test_it_needs_the_person_again_after_the_app_password_is_revoked(bluesky_network: Network):
    account = bluesky_network.sign_up("gone")
    settings = _settings(bluesky_network, handle=account.handle)
    fresh = story.context(settings, {"app_password": account.app_password})
    kept = replace(fresh, secrets={**fresh.secrets, **bluesky.connect(fresh).secrets})
    bluesky_network.call("com.atproto.server.revokeAppPassword", account=account, name="crosscut")
    for revoked in (fresh, kept):
        with pytest.raises(ReconnectNeeded):
            bluesky.connect(revoked)
    with pytest.raises(ReconnectNeeded):
        bluesky.publish(fresh, story.post("Never"))


def test_it_refuses_what_bluesky_cannot_show(context: Context, tmp_path):
    picture, film = story.picture(tmp_path), story.film(tmp_path)
    posts: list[Post] = [
        story.post("Mixed", picture, film),
        story.post("Too many", *[picture] * 5),
        story.post("Two films", film, film),
    ]
    for post in posts:
        with pytest.raises(Rejected):
            bluesky.publish(context, post)
