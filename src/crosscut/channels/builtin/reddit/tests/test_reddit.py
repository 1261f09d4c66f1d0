"""Reddit over real HTTP, against a strict server: communities and their rules, each kind of post, doubt, removal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import reddit
from tests.faults.bench.strict import Answer
from tests.peers import story

from crosscut.channels.builtin.reddit import posts
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia
from crosscut.channels.tests import made
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, ReconnectNeeded, Rejected, RetryLater

JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
LINK = "https://reef.example/?a=1&b=2"
KINDS = [("self_text", 0), ("link", 0), ("image", 1), ("gallery", 3)]


@contextmanager
def _place(**settings: str) -> Iterator[Place]:
    places = {"api_url": "{url}", "login_url": "{url}/api/v1", "public_url": "{url}"}
    told = {"client_id": "a-client-id", "owner": "ana-reef", "community": "r/reef", **places, **settings}
    secrets = {"access_token": reddit.TOKEN, "username": reddit.NAME, "client_secret": "an-app-secret"}
    with place_at("reddit", reddit.Reddit, told, **secrets) as place:
        yield place


def _post(kind: str = "self_text", *files: PostMedia, **fields: Any) -> Post:
    told = {"title": "Half of <it> is gone & more", "link": LINK, "post_type": kind, **fields}
    return replace(story.post("The *other* half has a plan.", *files, **told), due_at=NOW)


def _found(place: Place, post: Post) -> str:
    """Reddit's name for what is found to be the post; empty where nothing is."""
    found = place.find(post)
    return found.remote_id if found else ""


def _pictures(folder: Path, count: int) -> list[PostMedia]:
    return [story.picture(folder, name=f"{n}.jpg") for n in range(count)]


@pytest.mark.parametrize(("kind", "count"), KINDS)
def test_every_kind_goes_out_once_and_is_read_as_it_was_written(tmp_path: Path, kind: str, count: int):
    with _place() as place:
        post = place.ready(_post(kind, *_pictures(tmp_path, count)))
        assert not place.server.rows and place.find(post) is None
        whole = [file["bytes"] for file in place.server.files.values()]
        assert whole == [one.path.read_bytes() for one in post.media]
        sent = place.publish(post)
        seen, found = place.read(sent), _found(place, post)
        (name,) = place.server.rows
        assert seen.remote_id == name == found and sent.is_provisional == (kind == "image")
        assert (seen.title, seen.created_at, len(seen.media)) == (post.title, NOW, count)
        assert seen.text == (post.text if kind == "link" else f"{post.text}\n\n{LINK}")
        assert kind != "link" or seen.link == LINK
        assert "seen as a stranger sees it" in seen.changes


def test_a_picture_goes_by_its_own_name_until_reddit_shows_its_post(tmp_path: Path):
    with _place() as place:
        place.server.picture_wait_s = 30
        post = place.ready(_post("image", *_pictures(tmp_path, 1)))
        sent = place.publish(post)
        assert place.read(sent) is None and place.find(post) is None, "nobody says that it is there"
        place.clock.go_on(31)
        seen = place.read(sent)
        assert seen.remote_id == _found(place, post) == place.server.known_as(sent.remote_id)
        place.adapter.delete(place.context, sent.remote_id)
        assert not place.server.rows and place.read(sent) is None
        place.adapter.delete(place.context, sent.remote_id)


def test_a_picture_under_another_address_is_known_by_its_title_only_where_no_other_has_it(tmp_path: Path):
    with _place() as place:
        shown = place.server._shown
        place.server._shown = lambda name: {**shown(name), "url": "https://i.redd.it/elsewhere.jpg"}
        sent = place.publish(place.ready(_post("image", *_pictures(tmp_path, 1))))
        assert place.read(sent) is not None
        place.publish(place.ready(_post("image", *_pictures(tmp_path, 1))))
        assert place.read(sent) is None, "two have the title: nobody guesses"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"about": {"user_is_banned": True}}, "has banned"),
        ({"about": {"subreddit_type": "restricted"}}, "its moderators approved"),
        ({"about": {"subreddit_type": "private"}}, "closed to this account"),
        ({"about": {"submission_type": "link"}}, "takes no text posts"),
        ({"rules": {"title_text_min_length": 90}}, "titles of 90 signs at least"),
        ({"rules": {"title_text_max_length": 9}}, "titles of 9 signs at most"),
        ({"rules": {"body_restriction_policy": "notAllowed"}}, "no words below the title"),
        ({"rules": {"is_flair_required": True}}, "wants a flair. It has: “Science”."),
        ({"extra": {"flair": "Sharks"}}, "no flair “Sharks”. It has: “Science”."),
        ({"extra": {"flair": "News"}}, "no flair “News”"),  # for moderators alone
        ({"extra": {"community": "r/nowhere"}}, "no community called r/nowhere"),
        ({"extra": {"community": "not a name"}}, "Say which community"),
    ],
)
def test_what_a_community_does_not_take_is_told_before_the_post_is_due(change: dict[str, Any], told: str):
    with _place() as place:
        place.server.communities["reef"] |= change.get("about", {})
        place.server.rules["reef"] = change.get("rules", {})
        with pytest.raises(Rejected, match=told):
            place.ready(_post(extra=change.get("extra", {})))
        assert not place.server.rows


def test_pictures_are_not_brought_where_none_are_taken(tmp_path: Path):
    with _place() as place:
        place.server.communities["reef"]["allow_galleries"] = False
        with pytest.raises(Rejected, match="one picture only"):
            place.ready(_post("gallery", *_pictures(tmp_path, 2)))
        place.server.communities["reef"]["allow_images"] = False
        with pytest.raises(Rejected, match="no pictures"):
            place.ready(_post("image", *_pictures(tmp_path, 1)))
        assert not place.server.files


def test_films_are_left_to_a_person(tmp_path: Path):
    with _place() as place, pytest.raises(Rejected, match="by hand"):
        place.ready(_post("image", made.film(tmp_path)))


def test_community_flair_and_marks_are_those_the_post_names():
    with _place() as place:
        extra = {"community": "/r/kelp/", "flair": "science", "is_adult": True, "is_spoiler": True}
        row = place.server.rows[place.publish(place.ready(_post(extra=extra))).remote_id]
        assert (row["sr"], row["flair_id"], row["over_18"]) == ("kelp", reddit.FLAIR, True)


def test_a_link_post_is_a_link_and_every_post_has_a_title():
    with _place() as place:
        with pytest.raises(Rejected, match="give one"):
            place.publish(place.ready(_post("link", link="")))
        sent = place.publish(place.ready(_post(title="")))
        assert place.read(sent).title == "The *other* half has a plan."
        with pytest.raises(Rejected, match="title"):
            place.ready(replace(_post(title=""), text=""))


@pytest.mark.parametrize("fault", SAYS_NOTHING)
@pytest.mark.parametrize(("kind", "count"), [("self_text", 0), ("image", 1), ("gallery", 2)])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str, kind: str, count: int):
    with _place() as place:
        place.demand_doubt(place.ready(_post(kind, *_pictures(tmp_path, count))), fault)


def test_equal_posts_are_kept_apart_and_those_elsewhere_are_not_ours():
    with _place() as place:
        here, there = place.ready(_post()), place.ready(_post(extra={"community": "r/kelp"}))
        first, other = place.publish(here), place.publish(there)
        assert (_found(place, here), _found(place, there)) == (first.remote_id, other.remote_id)
        assert place.find(replace(here, extra={**here.extra, "claimed": [first.remote_id]})) is None
        assert place.find(replace(here, text="Other words below the same title.")) is None
        place.server.rows[first.remote_id]["text"] = ""
        assert _found(place, here) == first.remote_id, "Reddit shows no words below some kinds of post"


def test_a_post_is_found_behind_a_hundred_newer_ones_and_too_many_ask_a_person(monkeypatch: pytest.MonkeyPatch):
    with _place() as place:
        post = place.ready(_post())
        sent = place.publish(post)
        row = place.server.rows[sent.remote_id]
        place.server.rows |= {f"t3_{reddit._base36(10**16 + n)}": {**row, "title": "Another"} for n in range(150)}
        assert _found(place, post) == sent.remote_id
        monkeypatch.setattr(posts, "MAX_PAGES", 1)
        with pytest.raises(RetryLater, match="by hand"):
            place.find(post)


@pytest.mark.parametrize("category", ["moderator", "automod_filtered", "reddit"])
def test_what_a_moderator_removed_is_not_there_any_more(category: str):
    with _place() as place:
        post = place.ready(_post())
        sent = place.publish(post)
        place.server.rows[sent.remote_id]["removed_by_category"] = category
        assert place.read(sent) is None and place.adapter.at_address(place.context, sent.url) is None


def test_what_only_the_account_sees_is_never_green():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        place.server.order("look", "error_before")
        assert "seen with the account's own login" in place.read(sent).changes
        place.server.hidden_from_strangers.add(sent.remote_id)
        assert place.read(sent) is None


def test_words_are_changed_and_titles_never():
    with _place() as place:
        post = place.ready(_post())
        sent = place.publish(post)
        place.adapter.update(place.context, sent.remote_id, replace(post, text="All of it is back."))
        assert place.read(sent).text == f"All of it is back.\n\n{LINK}"
        with pytest.raises(Rejected, match="never changes a title"):
            place.adapter.update(place.context, sent.remote_id, replace(post, title="Another"))


@pytest.mark.parametrize(("kind", "count"), [("image", 1), ("gallery", 2)])
def test_pictures_reddit_does_not_use_are_handed_over_anew(tmp_path: Path, kind: str, count: int):
    with _place() as place:
        post = place.ready(_post(kind, *_pictures(tmp_path, count)))
        place.server.order("upload", "forgets")
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        place.publish(place.ready(replace(post, extra={})))
        assert len(place.server.rows) == 1


def test_reddit_says_in_words_how_long_to_wait():
    with _place() as place:
        post = place.ready(_post())
        place.server.limit_words = "Looks like you've been doing that a lot. Take a break for 9 minutes."
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.after_s == 540 and not place.server.rows
        place.server.order("read", "busy")
        with pytest.raises(RetryLater) as told:
            place.find(post)
        assert told.value.after_s == 40


def test_the_login_asks_to_stay_and_is_renewed_with_a_key_that_stays():
    with _place() as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert (asked["duration"], asked["state"]) == ("permanent", "s") and "submit" in asked["scope"].split()
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (found.handle, found.tokens.secrets["username"]) == (f"u/{reddit.NAME}", reddit.NAME)
        kept = replace(app, secrets={**app.secrets, **found.tokens.secrets})
        assert place.adapter.connect(kept).limits == {"communities": ["r/kelp", "r/reef"]}
        for fault in ("drop_after", "garbled", "busy"):
            place.server.order("login", fault)
            with pytest.raises(RetryLater):
                place.adapter.renew(kept)
        assert place.adapter.renew(kept).secrets["username"] == reddit.NAME
        with pytest.raises(ReconnectNeeded):
            place.adapter.renew(replace(kept, secrets={**kept.secrets, "refresh_token": "another"}))


def test_an_address_leads_to_the_post_and_others_are_refused():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        short = sent.remote_id[3:]
        for url in (
            sent.url,
            f"https://old.reddit.com/r/reef/comments/{short}/half/?utm_source=share",
            f"https://redd.it/{short}",
        ):
            assert place.adapter.at_address(place.context, url).remote_id == sent.remote_id
        for url in (
            "https://example.org/comments/abc/",
            "https://www.reddit.com/r/reef/s/AbC",
            "https://www.reddit.com/",
        ):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)
        other = replace(place.context, secrets={**place.context.secrets, "username": "somebody-else"})
        with pytest.raises(Invalid, match="not a post of this account"):
            place.adapter.at_address(other, sent.url)


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (401, {}, ReconnectNeeded),
        (403, {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}, ReconnectNeeded),
        (403, {}, Rejected),
        (429, {"retry-after": "7"}, RetryLater),
        (503, {}, RetryLater),
    ],
)
def test_a_refusal_means_what_it_says(status: int, headers: dict[str, str], error: type[CrosscutError]):
    with _place() as place:
        answer = Answer(status=status, data=place.server.refusal(status, "No"), headers=headers)
        place.server.me = lambda request: answer
        with pytest.raises(error):
            place.adapter.connect(place.context)
