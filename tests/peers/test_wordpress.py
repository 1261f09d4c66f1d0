"""The WordPress channel's whole story on a real site."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from crosscut.channels.article_page import EMPTY
from crosscut.channels.builtin.wordpress.adapter import WordPress
from crosscut.channels.builtin.wordpress.settings import Settings
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from tests.peers import proxy, story, wordpress
from tests.peers.wordpress import Site

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("wordpress")]
channel = WordPress()


def _context(site: Site, **fields: object) -> Context:
    settings = Settings(**{"site_url": site.url, "username": site.username, **fields})
    return story.context(settings, {"application_password": site.application_password})


@pytest.fixture(scope="module")
def context(wordpress_site: Site) -> Context:
    return _context(wordpress_site)


@pytest.fixture
def door(wordpress_site: Site) -> Iterator[proxy.Door]:
    with proxy.running(wordpress_site.url) as door:
        yield door


def _through(door: proxy.Door, site: Site) -> Context:
    return _context(site, site_url=door.url)


def _since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=2)


def _listed(site: Site, route: str, **params: str) -> list[dict]:
    """What the site itself lists, past the adapter."""
    query = {"rest_route": route, "context": "edit", "per_page": "100", **params}
    login = (site.username, site.application_password)
    response = httpx.get(f"{site.url}/", params=query, auth=login, timeout=30, trust_env=False)
    response.raise_for_status()
    return list(response.json())


def _posts(site: Site, title: str) -> list[str]:
    """The states of every article of that title."""
    return [item["status"] for item in _listed(site, "/wp/v2/posts", status="any") if item["title"]["raw"] == title]


def test_it_says_who_we_are_and_what_we_may_do(context: Context, wordpress_site: Site):
    profile = channel.connect(context)
    assert (profile.name, profile.handle) == ("Reef Watch", "admin")
    assert "publish posts" in profile.can and "upload media" in profile.can


def test_it_refuses_a_wrong_password(context: Context):
    with pytest.raises(ReconnectNeeded):
        channel.connect(replace(context, secrets={"application_password": "wrong"}))


def test_it_refuses_a_site_that_is_no_wordpress(context: Context, mastodon_server):
    settings = Settings(site_url=mastodon_server.url, username="admin")
    with pytest.raises(Rejected):
        channel.connect(replace(context, settings=settings))


def test_it_publishes_an_article(context: Context, wordpress_site: Site):
    post = story.post(
        "The **reef**: half of it is gone.\n\n<script>alert(1)</script>\n\nSee https://reef.example/a.",
        title="Größe zählt & mehr",
        summary="In short",
        tags=("Coral", "Sea & Sky"),
        post_type="post",
        extra={"categories": ("News",)},
    )
    assert channel.find(context, post, since=_since()) is None
    sent = channel.publish(context, post)
    found = channel.find(context, post, since=_since())
    assert found and (found.remote_id, found.url) == (sent.remote_id, sent.url)
    seen = channel.read(context, sent.remote_id)
    assert seen and seen.text.startswith("The reef: half of it is gone.")
    assert (seen.title, seen.link, seen.changes) == (post.title, "https://reef.example/a", ())
    page = httpx.get(sent.url, trust_env=False).text
    assert "<strong>reef</strong>" in page and "<script>alert(1)" not in page
    article = next(item for item in _listed(wordpress_site, "/wp/v2/posts") if str(item["id"]) == sent.remote_id)
    assert article["excerpt"]["raw"] == "In short"
    tags = {item["id"]: item["name"] for item in _listed(wordpress_site, "/wp/v2/tags")}
    assert sorted(tags[number] for number in article["tags"]) == ["Coral", "Sea &amp; Sky"]
    assert article["categories"] != [1]


def test_tags_that_are_there_are_used_again(context: Context, wordpress_site: Site):
    for _ in range(2):
        channel.publish(context, story.post("Words", title="Tagged", tags=("again",)))
    assert [tag["name"] for tag in _listed(wordpress_site, "/wp/v2/tags")].count("again") == 1


def test_it_shows_media_with_their_words(context: Context, wordpress_site: Site, tmp_path):
    first = story.picture(tmp_path, name="Größe 1.jpg", credit="Ada, CC BY 4.0")
    second = story.picture(tmp_path, colour="coral", name="two.jpg", alt_text="Bleached", credit="Ben, CC0")
    film = story.film(tmp_path)
    post = story.post("Look", first, second, film, title="Media", post_type="post")
    sent = channel.publish(context, post)
    seen = channel.read(context, sent.remote_id)
    assert seen and seen.text == "Look"
    assert [item.sha256 for item in seen.media] == [item.sha256 for item in post.media]
    assert [item.alt_text for item in seen.media] == [item.alt_text for item in post.media]
    page = httpx.get(sent.url, trust_env=False).text
    assert 'kind="captions"' in page and "Ben, CC0" in page and "<video" in page
    library = {item["source_url"]: item for item in _listed(wordpress_site, "/wp/v2/media", parent=sent.remote_id)}
    assert library[seen.media[0].url]["caption"]["raw"] == "Ada, CC BY 4.0"


def test_files_come_in_the_order_they_were_given(context: Context, tmp_path):
    post = story.post("Look", story.film(tmp_path), story.picture(tmp_path), title="Film first")
    seen = channel.read(context, channel.publish(context, post).remote_id)
    assert seen and [item.sha256 for item in seen.media] == [item.sha256 for item in post.media]


def test_it_makes_one_article_of_two_tries(context: Context, wordpress_site: Site, tmp_path):
    post = story.post("Words", story.picture(tmp_path), title="Only once")
    assert channel.publish(context, post).remote_id == channel.publish(context, post).remote_id
    assert _posts(wordpress_site, post.title) == ["publish"]


@pytest.mark.parametrize(
    ("part", "nth", "action"),
    [
        ("posts", 1, proxy.CUT_BEFORE),  # the draft was never made
        ("posts", 1, proxy.CUT_AFTER),  # the draft is there and we do not know it
        ("media", 1, proxy.CUT_BEFORE),
        ("media", 1, proxy.CUT_AFTER),  # the picture is there and we do not know it
        ("tags", 1, 500),
    ],
)
def test_nothing_is_public_when_it_stops_before_the_last_step(
    wordpress_site: Site, door: proxy.Door, tmp_path, part, nth, action
):
    title = f"Stopped at {part} {action}"
    post = story.post("Words", story.picture(tmp_path), title=title, tags=("coral",))
    door.next("POST", part, action)
    with pytest.raises(RetryLater):
        channel.publish(_through(door, wordpress_site), post)
    assert "publish" not in _posts(wordpress_site, title)
    assert channel.find(_through(door, wordpress_site), post, since=_since()) is None
    sent = channel.publish(_context(wordpress_site), post)
    assert _posts(wordpress_site, title) == ["publish"]
    assert len(_listed(wordpress_site, "/wp/v2/media", parent=sent.remote_id)) == 1


def test_it_knows_the_truth_after_a_cut_at_the_last_step(context: Context, wordpress_site: Site, door: proxy.Door):
    for action, there in ((proxy.CUT_AFTER, True), (proxy.CUT_BEFORE, False)):
        post = story.post("Words", title=f"Last step {action}")
        door.next("POST", "posts%2F", action)
        with pytest.raises(OutcomeUnknown) as told:
            channel.publish(_through(door, wordpress_site), post)
        assert told.value.key == post.key
        assert bool(channel.find(context, post, since=_since())) is there
        channel.publish(context, post)
        assert _posts(wordpress_site, post.title) == ["publish"]


def test_it_promises_nothing_after_a_server_error_at_the_last_step(wordpress_site: Site, door: proxy.Door):
    door.next("POST", "posts%2F", 500)
    with pytest.raises(OutcomeUnknown):
        channel.publish(_through(door, wordpress_site), story.post("Words", title="Error"))


def test_it_does_not_call_a_post_absent_while_the_site_cannot_be_read(wordpress_site: Site, door: proxy.Door):
    door.next("GET", "posts", 503)
    with pytest.raises(RetryLater):
        channel.find(_through(door, wordpress_site), story.post("Unread"), since=_since())


def test_it_finds_an_article_whose_address_a_person_changed(context: Context, wordpress_site: Site):
    post = story.post("Words", title="Renamed")
    sent = channel.publish(context, post)
    wordpress_site.php(f"wp_update_post(['ID' => {sent.remote_id}, 'post_name' => 'shorter']);")
    found = channel.find(context, post, since=_since())
    assert found and found.remote_id == sent.remote_id and found.url.endswith("/shorter/")


def test_a_change_keeps_the_address_and_removes_old_media(context: Context, wordpress_site: Site, tmp_path):
    old, new = story.picture(tmp_path), story.picture(tmp_path, colour="coral", name="new.jpg")
    post = story.post("Before", old, title="Change me")
    sent = channel.publish(context, post)
    again = channel.update(context, sent.remote_id, replace(post, text="After", title="Changed", media=(new,)))
    assert again.url == sent.url
    seen = channel.read(context, sent.remote_id)
    assert seen and (seen.text, seen.title, [item.sha256 for item in seen.media]) == ("After", "Changed", [new.sha256])
    assert len(_listed(wordpress_site, "/wp/v2/media", parent=sent.remote_id)) == 1


def test_it_takes_an_article_and_its_files_down(context: Context, wordpress_site: Site, tmp_path):
    post = story.post("Gone soon", story.picture(tmp_path, name="gone.jpg"), title="Gone")
    sent = channel.publish(context, post)
    seen = channel.read(context, sent.remote_id)
    assert seen
    channel.delete(context, sent.remote_id)
    channel.delete(context, sent.remote_id)
    assert channel.read(context, sent.remote_id) is None
    assert channel.find(context, post, since=_since()) is None
    assert httpx.get(seen.media[0].url, trust_env=False).status_code == 404
    assert _posts(wordpress_site, post.title) == []


def test_it_counts_approved_comments(context: Context, wordpress_site: Site):
    sent = channel.publish(context, story.post("Discuss", title="Discuss"))
    for approved in (1, 1, 0):
        wordpress_site.php(
            f"wp_insert_comment(['comment_post_ID'=>{sent.remote_id},'comment_content'=>'x','comment_approved'=>{approved}]);"
        )
    assert [(count.metric, count.value) for count in channel.counts(context, sent.remote_id)] == [
        ("wordpress.comments", 2)
    ]


def test_it_needs_the_person_again_after_the_password_is_revoked(wordpress_site: Site):
    code = "echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'gone'])[0];"
    settings = Settings(site_url=wordpress_site.url, username=wordpress_site.username)
    context = story.context(settings, {"application_password": wordpress_site.php(code).strip()})
    channel.connect(context)
    revoke = "foreach (WP_Application_Passwords::get_user_application_passwords(1) as $p) if ($p['name'] == 'gone')"
    wordpress_site.php(f"{revoke} WP_Application_Passwords::delete_application_password(1, $p['uuid']);")
    with pytest.raises(ReconnectNeeded):
        channel.connect(context)
    with pytest.raises(ReconnectNeeded):
        channel.publish(context, story.post("Never", title="Never"))


def test_a_user_who_may_not_publish_is_told_so(wordpress_site: Site):
    code = (
        "$id = wp_insert_user(['user_login'=>'ben','user_pass'=>'x','role'=>'contributor']);"
        "echo WP_Application_Passwords::create_new_application_password($id, ['name' => 'x'])[0];"
    )
    settings = Settings(site_url=wordpress_site.url, username="ben")
    context = story.context(settings, {"application_password": wordpress_site.php(code).strip()})
    assert "publish posts" not in channel.connect(context).can
    with pytest.raises(Rejected, match="not allowed"):
        channel.publish(context, story.post("Words", title="Not mine to publish"))
    assert "publish" not in _posts(wordpress_site, "Not mine to publish")


def test_the_site_refuses_a_file_type_it_does_not_take(context: Context, tmp_path):
    odd = replace(story.picture(tmp_path, name="reef.exe"), media_type="application/x-msdownload")
    with pytest.raises(Rejected):
        channel.publish(context, story.post("Words", odd, title="Odd file"))


def test_an_empty_public_page_proves_nothing(wordpress_site: Site):
    with wordpress.running(with_theme=False) as site:
        sent = channel.publish(_context(site), story.post("Unseen words", title="Unseen"))
        seen = channel.read(_context(site), sent.remote_id)
        assert seen and (seen.text, seen.title, seen.changes) == ("", "", (EMPTY,))
