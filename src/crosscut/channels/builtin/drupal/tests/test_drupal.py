"""Drupal over real HTTP, against a strict site: one article a key, whatever is answered, and every way to say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from tests.faults.bench import drupal, strict
from tests.faults.bench.clock import RealClock
from tests.peers import story

from crosscut.channels import http, registry
from crosscut.channels.builtin.drupal.adapter import _api
from crosscut.channels.builtin.drupal.api import refusal_of
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.protocol import Context, Post, Seen, Sent
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater

MEDIA = {"picture_field": "field_photos", "media_type": "image"}


@dataclass
class Place:
    """The strict site, as one user writes on it."""

    server: drupal.Drupal
    context: Context

    @property
    def adapter(self) -> Any:
        return registry.adapter("drupal")

    def publish(self, post: Post) -> Sent:
        sent: Sent = self.adapter.publish(self.context, post)
        return sent

    def find(self, post: Post) -> Sent | None:
        found: Sent | None = self.adapter.find(self.context, post, since=datetime.now(UTC) - timedelta(minutes=5))
        return found

    def read(self, sent: Sent) -> Seen:
        seen: Seen = self.adapter.read(self.context, sent.remote_id)
        return seen

    def count(self, kind: str) -> int:
        return sum(row["type"] == kind for row in self.server.rows.values())


@contextmanager
def _place(password: str = drupal.PASSWORD, **fields: Any) -> Iterator[Place]:
    server = drupal.Drupal(RealClock())
    with strict.serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        settings = Settings(**{"site_url": server.url, "username": drupal.USER, **fields})
        secrets = {"password": password}
        yield Place(server, Context(http=client, settings=settings, secrets=secrets, now=lambda: datetime.now(UTC)))


def _post(text: str = "The **reef** today", *media: Any, **fields: Any) -> Post:
    made: Post = story.post(text, *media, **{"post_type": "node", "title": "The reef", **fields})
    return made


@pytest.mark.parametrize("fields", [{}, MEDIA], ids=["files", "media"])
def test_an_article_has_its_words_its_picture_with_alt_text_and_its_tags(tmp_path: Path, fields: dict[str, str]):
    picture = story.picture(tmp_path)
    told = {"summary": "In short", "tags": ("#coral", "Sea", "sea"), "link": "https://r.example/"}
    with _place(**fields) as place:
        sent = place.publish(_post("The **reef** today", picture, **told))
        row, seen = place.server.rows[sent.remote_id], place.read(sent)
        assert row["body"]["summary"] == "In short" and "<strong>reef</strong>" in row["body"]["value"]
        assert [place.server.rows[one["id"]]["name"] for one in row["field_tags"]] == ["coral", "sea"]
        assert (seen.text, seen.title) == ("The reef today\n\nhttps://r.example/", "The reef")
        assert seen.link == "https://r.example/"
        assert [(item.sha256, item.alt_text) for item in seen.media] == [(picture.sha256, picture.alt_text)]
        assert sent.url.endswith(f"/reef/the-reef-{row['nid']}") and seen.changes == ()
        assert sent.answer["drupal_internal__vid"] == row["vid"]


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "lie", "garbled"])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(fault: str):
    post = _post()
    with _place() as place:
        place.server.order("make", fault)
        with pytest.raises(OutcomeUnknown) as told:
            place.publish(post)
        assert told.value.key == post.key and place.find(post) == place.publish(post)
        assert len(place.server.public()) == 1


def test_a_second_article_of_the_same_id_is_the_first_one():
    post = _post()
    with _place() as place:
        sent = place.publish(post)
        place.server.order("read", "error_before")  # asked whether it is there, the site is in trouble
        with pytest.raises(RetryLater):
            place.publish(post)
        api = _api(place.context)
        data = {"type": "node--article", "id": sent.remote_id, "attributes": {"title": "Again"}}
        assert api.make("/node/article", data, key=post.key)["attributes"]["title"] == "The reef"
        assert len(place.server.public()) == 1


@pytest.mark.parametrize(("kind", "fault"), [("upload", "drop_after"), ("part", "drop_after"), ("part", "garbled")])
def test_what_stops_before_the_article_leaves_nothing_public_and_nothing_twice(tmp_path: Path, kind: str, fault: str):
    post = _post("Words", story.picture(tmp_path), tags=("coral",))
    with _place(**MEDIA) as place:
        place.server.order(kind, fault)
        with pytest.raises(RetryLater):
            place.publish(post)
        assert not place.server.public() and place.find(post) is None
        place.publish(post)
        assert (len(place.server.public()), place.count(drupal.IMAGE), place.count(drupal.TERM)) == (1, 1, 1)


def test_an_article_that_is_kept_back_is_shown_or_refused():
    with _place() as place:
        place.server.publishes_by_default = False
        assert place.read(place.publish(_post())).text == "The reef today"
        place.server.may_administer = False
        post = _post()
        with pytest.raises(Rejected, match="administer nodes"):
            place.publish(post)
        assert place.find(post) is None and len(place.server.public()) == 1
    with _place(moderation_state="published") as place:
        place.server.is_moderated = True
        place.publish(_post())
        assert len(place.server.public()) == 1


def test_an_article_can_be_changed_and_taken_down_with_its_files(tmp_path: Path):
    picture = story.picture(tmp_path)
    post = _post("Before", picture)
    with _place(**MEDIA) as place:
        sent = place.publish(post)
        words = replace(post, text="After", media=(replace(picture, alt_text="Seen anew"),))
        again = place.adapter.update(place.context, sent.remote_id, words)
        seen = place.read(sent)
        assert (again.url, seen.text, seen.media[0].alt_text) == (sent.url, "After", "Seen anew")
        assert again.answer["drupal_internal__vid"] > sent.answer["drupal_internal__vid"]
        assert place.count(drupal.FILE) == 1
        place.adapter.delete(place.context, sent.remote_id)
        place.adapter.delete(place.context, sent.remote_id)
        assert place.adapter.read(place.context, sent.remote_id) is None and place.find(post) is None
        assert not place.server.contents and place.count(drupal.IMAGE) == 0
        with pytest.raises(Rejected, match="taken down"):
            place.adapter.update(place.context, sent.remote_id, post)


def test_a_picture_of_another_article_stays_when_this_one_goes(tmp_path: Path):
    with _place(**MEDIA) as place:
        sent = place.publish(_post("Words", story.picture(tmp_path)))
        other = place.publish(_post("More", story.picture(tmp_path, colour="coral", name="theirs.jpg")))
        theirs = place.server.rows[other.remote_id]["field_photos"]
        place.server.rows[sent.remote_id]["field_photos"] += theirs
        place.adapter.delete(place.context, sent.remote_id)
        assert place.count(drupal.IMAGE) == 1 and place.count(drupal.FILE) == 1
        assert len(place.read(other).media) == 1


def test_what_the_public_page_lacks_is_not_seen(tmp_path: Path):
    with _place() as place:
        sent = place.publish(_post("Words", story.picture(tmp_path)))
        place.server.hides_pictures = True
        assert place.read(sent).media == ()
        place.server.has_aliases = False
        assert place.read(sent).url.endswith("/node/1") and place.find(_post()) is None


@pytest.mark.parametrize(
    ("state", "fields", "error", "words"),
    [
        ({"token": "another"}, {}, ReconnectNeeded, "takes us for a stranger"),
        ({"is_read_only": True}, {}, Rejected, "only reads"),
        ({"may_create": False}, {}, Rejected, "create article content"),
        ({}, {"content_type": "story"}, Rejected, "There are: article"),
        ({}, {"media_type": "photo"}, Rejected, "There are: image"),
        ({}, {"picture_field": "field_picture"}, Rejected, "no field field_picture"),
        ({}, {"text_format": "full_html"}, Rejected, "body.0.format"),
        ({"is_moderated": True}, {"moderation_state": "live"}, Rejected, "State 'live' does not exist"),
        ({}, {"moderation_state": "published"}, Rejected, "no field moderation_state"),
    ],
)
def test_connecting_says_in_plain_words_what_is_missing(
    state: dict[str, Any], fields: dict[str, str], error: type[CrosscutError], words: str
):
    with _place(**fields) as place:
        for name, value in state.items():
            setattr(place.server, name, value)
        with pytest.raises(error, match=words):
            place.adapter.connect(place.context)
        assert place.count(drupal.NODE) == 0


def test_connecting_makes_nothing_and_names_the_fields_that_are_there():
    with _place() as place:
        profile = place.adapter.connect(place.context)
        assert profile.handle == drupal.USER and place.count(drupal.NODE) == 0
        place.publish(_post())
        settings = Settings(site_url=place.server.url, username=drupal.USER, body_field="field_text")
        with pytest.raises(Rejected, match="have: body, field_image, field_photos, field_tags"):
            place.adapter.connect(replace(place.context, settings=settings))


def test_a_client_of_simple_oauth_signs_in_for_each_piece_of_work():
    with _place(username="", client_id=drupal.CLIENT, password=drupal.CLIENT_SECRET) as place:
        assert place.adapter.connect(place.context).remote_id.endswith(f"#{drupal.ME}/article")
        assert place.find(_post()) is None and place.publish(_post())
        with pytest.raises(ReconnectNeeded, match="Client authentication failed"):
            place.adapter.connect(replace(place.context, secrets={"password": "another"}))
        place.server.has_oauth = False
        with pytest.raises(Rejected, match="Simple OAuth is not installed"):
            place.adapter.connect(place.context)
    with _place(username="") as place, pytest.raises(ReconnectNeeded, match="Give a user name"):
        place.adapter.connect(place.context)


def test_a_login_that_ended_is_told_as_such_although_drupal_says_forbidden():
    with _place() as place:
        place.server.end_tokens()
        with pytest.raises(ReconnectNeeded, match="stranger"):
            place.publish(_post())


def test_tags_and_files_that_drupal_does_not_take_are_named(tmp_path: Path):
    picture = story.picture(tmp_path)
    with _place() as place:
        place.server.may_make_tags = False
        with pytest.raises(Rejected, match="'coral'"):
            place.publish(_post(tags=("coral",)))
        with pytest.raises(Rejected, match="cannot hold more than 1"):
            place.publish(_post("Words", picture, story.picture(tmp_path, colour="coral", name="b.jpg")))
        with pytest.raises(Rejected, match="extensions are allowed"):
            place.publish(_post("Words", replace(picture, filename="reef.tiff")))
        assert not place.server.public()
    with _place(picture_field="") as place, pytest.raises(Rejected, match="no field for pictures"):
        place.publish(_post("Words", picture))


@pytest.mark.parametrize(
    ("status", "detail", "wanted"),
    [
        (503, "Site under maintenance", RetryLater),
        (401, "No authentication credentials provided.", ReconnectNeeded),
        (400, "Updating a resource object that has a working copy is not yet supported.", Rejected),
    ],
)
def test_a_refusal_says_what_to_do(status: int, detail: str, wanted: type[CrosscutError]):
    told = refusal_of(httpx.Response(status, json={"errors": [{"status": str(status), "detail": detail}]}))
    assert type(told) is wanted and detail in str(told)


def test_names_that_drupal_does_not_have_are_refused():
    with pytest.raises(ValidationError):
        Settings(site_url="https://reef.example", content_type="article/../user")
    with _place() as place, pytest.raises(Invalid):
        place.adapter.read(place.context, "at://x")
