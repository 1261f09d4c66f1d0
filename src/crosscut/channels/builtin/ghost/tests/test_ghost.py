"""Ghost over real HTTP, against a strict site: one post a key, mail only where asked for, and every way to say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import ghost, strict
from tests.faults.bench.clock import RealClock
from tests.peers import story

from crosscut.channels import articles, http, registry
from crosscut.channels.article_page import EMPTY, WITHOUT_WORDS, ArticlePage, fetched
from crosscut.channels.builtin.ghost.adapter import _api
from crosscut.channels.builtin.ghost.api import refusal_of
from crosscut.channels.builtin.ghost.seen import FOR_MEMBERS, ONLY_IN_PREVIEWS, REMADE
from crosscut.channels.builtin.ghost.settings import Settings
from crosscut.channels.protocol import Context, Post, Seen, Sent
from crosscut.channels.tests.scripted import Script
from crosscut.kernel.errors import CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater


@dataclass
class Place:
    """The strict site, as one integration uses it."""

    server: ghost.Ghost
    context: Context

    @property
    def adapter(self) -> Any:
        return registry.adapter("ghost")

    @property
    def row(self) -> dict[str, Any]:
        """The one post there is."""
        (row,) = self.server.rows.values()
        return row

    def publish(self, post: Post) -> Sent:
        sent: Sent = self.adapter.publish(self.context, post)
        return sent

    def find(self, post: Post) -> Sent | None:
        found: Sent | None = self.adapter.find(self.context, post, since=datetime.now(UTC) - timedelta(minutes=5))
        return found

    def read(self, sent: Sent) -> Seen:
        seen: Seen = self.adapter.read(self.context, sent.remote_id)
        return seen

    def signed(self, key: str) -> Context:
        return replace(self.context, secrets={"admin_api_key": key})


@contextmanager
def _place(**fields: Any) -> Iterator[Place]:
    server = ghost.Ghost(RealClock())
    with strict.serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        settings, secrets = Settings(site_url=server.url, **fields), {"admin_api_key": ghost.KEY}
        yield Place(server, Context(http=client, settings=settings, secrets=secrets, now=lambda: datetime.now(UTC)))


def _post(text: str = "The **reef** today", *media: Any, **fields: Any) -> Post:
    made: Post = story.post(text, *media, **{"post_type": "post", "title": "The reef", **fields})
    return made


def test_a_post_has_everything_that_was_written(tmp_path: Path):
    first = story.picture(tmp_path, name="Größe 1.jpg", credit="Ada & Ben, CC BY 4.0")
    second = story.picture(tmp_path, colour="coral", name="two.jpg", alt_text="Bleached", credit="Ben")
    extra = {"is_featured": True, "meta_title": "Reef!", "canonical_url": "https://first.example/reef"}
    told = {"summary": "In short", "tags": ("#coral", "Sea"), "link": "https://r.example/", "extra": extra}
    post = _post("The **reef** today", first, second, **told)
    with _place(author="ada", tags=("sea", "News"), visibility="public") as place:
        sent = place.publish(post)
        row, seen = place.row, place.read(sent)
        assert [tag["name"] for tag in row["tags"]] == ["coral", "Sea", "News"] and row["authors"] == [{"slug": "ada"}]
        assert (row["custom_excerpt"], row["featured"], row["meta_title"]) == ("In short", True, "Reef!")
        assert row["canonical_url"] == "https://first.example/reef"
        assert (row["feature_image_alt"], row["feature_image_caption"]) == (first.alt_text, "Ada &amp; Ben, CC BY 4.0")
        assert "<strong>reef</strong>" in row["html"] and "<figcaption>Ben</figcaption>" in row["html"]
        assert (seen.text, seen.title, seen.link) == ("The reef today\n\nhttps://r.example/", "The reef", post.link)
        assert [item.sha256 for item in seen.media] == [first.sha256, second.sha256]
        assert [item.alt_text for item in seen.media] == [first.alt_text, "Bleached"]
        assert seen.changes == () and not seen.is_part


def test_films_sound_and_files_become_cards_of_the_editor(tmp_path: Path):
    film = story.film(tmp_path, credit="Ada")
    with _place() as place:
        seen = place.read(place.publish(_post("Look", film)))
        assert 'class="kg-card kg-video-card"' in place.row["html"] and "kg-video-container" in place.row["html"]
        assert seen.media[0].sha256 == film.sha256 and seen.media[0].alt_text is None  # Ghost has no field for it


def test_nobody_is_mailed_unless_the_post_says_so():
    with _place() as place:
        quiet = place.publish(_post())
        assert place.server.mails == [] and place.adapter.counts(place.context, quiet.remote_id) == ()
        loud = _post(extra={"newsletter": ghost.NEWSLETTER, "email_segment": "status:free"})
        sent = place.publish(loud)
        assert place.server.mails == [sent.remote_id] and place.publish(loud).remote_id == sent.remote_id
        told = {count.metric: count.value for count in place.adapter.counts(place.context, sent.remote_id)}
        assert told == {"ghost.emails_sent": 120, "ghost.emails_delivered": 118, "ghost.emails_opened": 41,
                        "ghost.clicks": 7}  # fmt: skip
        assert place.server.mails == [sent.remote_id]


def test_a_newsletter_that_is_not_there_stops_the_post_before_anybody_sees_it():
    with _place() as place:
        with pytest.raises(Rejected, match=f"There are: {ghost.NEWSLETTER}"):
            place.publish(_post(extra={"newsletter": "no-such-letter"}))
        assert not place.server.public() and not place.server.mails


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "lie", "garbled"])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(fault: str):
    post = _post(extra={"newsletter": ghost.NEWSLETTER})
    with _place() as place:
        place.server.order("make", fault)
        with pytest.raises(OutcomeUnknown) as told:
            place.publish(post)
        found = place.find(post)
        assert told.value.key == post.key and found
        assert place.publish(post).remote_id == found.remote_id
        assert len(place.server.public()) == 1 and len(place.server.mails) == 1


@pytest.mark.parametrize(
    ("kind", "fault", "files"),
    [
        ("draft", "drop_before", 2),  # nothing shows the first upload, and Ghost lists none
        ("draft", "drop_after", 1),  # the draft is there and we do not know it
        ("draft", "garbled", 1),
        ("upload", "drop_after", 2),
        ("upload", "error_before", 1),
        ("make", "busy", 1),
    ],
)
def test_nothing_is_public_when_it_stops_before_the_last_step(tmp_path: Path, kind: str, fault: str, files: int):
    post = _post("Words", story.picture(tmp_path))
    with _place() as place:
        place.server.order(kind, fault)
        with pytest.raises(RetryLater):
            place.publish(post)
        assert not place.server.public() and place.find(post) is None
        place.publish(post)
        assert len(place.server.rows) == 1 and len(place.server.public()) == 1
        assert len(place.server.files) == files


def test_a_draft_of_ours_that_somebody_changed_goes_out_as_it_was_approved(tmp_path: Path):
    post = _post("Words", story.picture(tmp_path))
    with _place() as place:
        place.server.order("make", "busy")
        with pytest.raises(RetryLater):
            place.publish(post)
        place.server.somebody_edits(place.row["id"], html="<p>Not approved</p>", slug="shorter")
        sent = place.publish(post)
        assert place.read(sent).text == "Words" and sent.url.endswith("/shorter/")
        assert place.find(post) == sent and len(place.server.files) == 1


def test_a_change_in_ghost_meanwhile_is_not_overwritten():
    with _place() as place:
        sent = place.publish(_post())
        stale = place.row["updated_at"]
        place.server.somebody_edits(place.row["id"], title="By hand")
        api = _api(place.context)
        with pytest.raises(RetryLater, match="Somebody is changing"):
            api.show(sent.remote_id, {"title": "Late", "updated_at": stale}, key="reef-day-000001")
        assert place.row["title"] == "By hand"


def test_a_post_can_be_changed_and_taken_down_and_mails_nobody_again(tmp_path: Path):
    picture, other = story.picture(tmp_path), story.picture(tmp_path, colour="coral", name="new.jpg")
    post = _post("Before", picture, extra={"newsletter": ghost.NEWSLETTER})
    with _place() as place:
        sent = place.publish(post)
        again = place.adapter.update(place.context, sent.remote_id, replace(post, text="After", media=(picture, other)))
        seen = place.read(sent)
        assert again.url == sent.url and seen.text == "After" and len(place.server.files) == 2
        assert [item.sha256 for item in seen.media] == [picture.sha256, other.sha256]
        place.adapter.delete(place.context, sent.remote_id)
        place.adapter.delete(place.context, sent.remote_id)
        assert place.adapter.read(place.context, sent.remote_id) is None and len(place.server.mails) == 1
        with pytest.raises(Rejected, match="taken down"):
            place.adapter.update(place.context, sent.remote_id, post)


def test_what_the_public_page_lacks_is_not_seen(tmp_path: Path):
    with _place() as place:
        sent = place.publish(_post("Words", story.picture(tmp_path)))
        place.server.hides_pictures = True
        seen = place.read(sent)
        assert seen.media[0].alt_text is None and seen.changes == (ONLY_IN_PREVIEWS,)
        place.server.rows[sent.remote_id]["visibility"] = "members"
        place.server.rows[sent.remote_id]["html"] += "<p>For members</p>"
        seen = place.read(sent)
        assert seen.text == "Words" and seen.is_part and not seen.is_certain and seen.unread == ("media",)
        assert FOR_MEMBERS in seen.changes
        place.server.is_private = True
        with pytest.raises(RetryLater, match="private"):
            place.read(sent)


def test_a_picture_that_was_made_anew_is_told_as_such(tmp_path: Path):
    with _place() as place:
        place.server.remakes = True
        assert place.read(place.publish(_post("Words", story.picture(tmp_path)))).changes == (REMADE,)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (ghost.CONTENT_KEY, "Content API key"),
        ("5f0a5f0a:abc", "Copy it whole"),
        ("", "connect it again"),
        (f"{'0' * 24}:{ghost.SECRET}", "does not know this key"),  # revoked
        (f"{ghost.KEY_ID}:{'0' * 64}", "does not know this key"),  # the second half of another
        (ghost.STAFF_TOKEN, "staff access token of Ada"),
    ],
)
def test_a_key_that_is_none_is_told_in_plain_words(key: str, words: str):
    with _place() as place, pytest.raises(ReconnectNeeded, match=words) as told:
        place.adapter.connect(place.signed(key))
    assert not key or key not in str(told.value)


def test_a_clock_that_is_wrong_is_not_taken_for_a_wrong_key():
    with _place() as place, pytest.raises(RetryLater, match="clock"):
        place.adapter.connect(replace(place.context, now=lambda: datetime.now(UTC) - timedelta(minutes=6)))


def test_connecting_says_which_site_it_is_and_checks_the_author():
    with _place(author="ada") as place:
        profile = place.adapter.connect(place.context)
        assert (profile.name, profile.limits) == ("Reef Watch", {"newsletters": [ghost.NEWSLETTER]})
    with _place(author="ben") as place, pytest.raises(Rejected, match="ben"):
        place.adapter.connect(place.context)


def test_a_site_that_is_no_ghost_is_told():
    page = httpx.Response(404, text="<h1>Welcome</h1>")
    script = Script(answers={"GET /ghost/api/admin/site/": [page]})
    with pytest.raises(Rejected, match="check its address"):
        registry.adapter("ghost").connect(
            script.context(Settings(site_url="https://reef.example"), {"admin_api_key": ghost.KEY})
        )


def test_a_site_with_another_address_for_its_editors_names_it():
    moved = httpx.Response(301, headers={"Location": "https://reef.ghost.io/ghost/api/admin/posts/"})
    assert "reef.ghost.io" in str(refusal_of(moved))


def test_a_plan_that_is_used_up_is_told_with_ghosts_words():
    with _place() as place:
        place.server.is_over_its_plan = True
        with pytest.raises(Rejected, match="supports up to 1 members"):
            place.publish(_post())


@pytest.mark.parametrize(
    ("status", "error", "wanted"),
    [
        (422, {"message": "Validation error.", "context": "Value in [posts.title] exceeds 255"}, Rejected),
        (403, {"message": "You do not have permission", "type": "NoPermissionError"}, Rejected),
        (409, {"message": "Saving failed!", "type": "UpdateCollisionError"}, RetryLater),
        (400, {"message": "Invalid token", "code": "INVALID_JWT"}, ReconnectNeeded),
        (503, {"message": "Site is currently undergoing maintenance"}, RetryLater),
        (429, {"message": "Too many attempts."}, RetryLater),
    ],
)
def test_a_refusal_says_what_to_do(status: int, error: dict[str, str], wanted: type[CrosscutError]):
    told = refusal_of(httpx.Response(status, json={"errors": [error]}))
    assert type(told) is wanted and (error.get("context") or error["message"]) in told.problems[0].message


def test_an_address_leads_to_a_post_of_this_site_alone():
    with _place() as place:
        sent = place.publish(_post())
        assert place.adapter.at_address(place.context, sent.url) == sent
        assert place.adapter.at_address(place.context, f"{place.server.url}/no-such-post/") is None
        with pytest.raises(Invalid):
            place.adapter.at_address(place.context, "https://elsewhere.example/reef/")
        with pytest.raises(Invalid):
            place.adapter.read(place.context, "at://x")


def _page(content: str) -> ArticlePage | None:
    script = Script(answers={"GET /reef/": [httpx.Response(200, text=content)]})
    return fetched(script.context(Settings(site_url="https://reef.example"), {}).http, "https://reef.example/reef/")


def test_a_page_shows_what_a_visitor_can_read_and_no_more():
    picture = "<img srcset='/w/a-1.jpg.webp 2x' alt='A'>"
    page = _page(f"<title>Reef</title><p>Half of <b>it</b></p><script>is gone</script>{picture}")
    assert page and page.shows("Half of it") and page.trouble("is gone") == WITHOUT_WORDS
    assert page.shown_of("Half of it\n\nis gone") == "Half of it"
    assert page.alt_text_of("https://x.example/files/a-1.jpg") == "A"
    assert page.alt_text_of("https://x.example/b.jpg") is None
    empty = _page("  \n ")
    assert empty and empty.trouble("Words") == EMPTY


def test_names_hold_the_key_and_the_hash(tmp_path: Path):
    post = replace(_post(title="Größe & Überraschung! " * 9), key="reef-day-000001")
    assert articles.slug(post).endswith("-reef-day-000001") and len(articles.slug(post)) <= 80
    picture = story.picture(tmp_path, name="Größe 1.JPG")
    assert articles.file_name(picture) == f"gr-e-1-{picture.sha256[:12]}.jpg"
    assert articles.digest_in(f"https://x.example/{articles.file_name(picture)}") == picture.sha256[:12]


@pytest.mark.parametrize(
    ("typed", "tags"), [("", ()), ("Sea, News ,", ("Sea", "News")), (["Sea, sand"], ("Sea, sand",))]
)
def test_a_form_names_several_tags_in_one_line(typed: Any, tags: tuple[str, ...]):
    assert Settings(site_url="https://reef.example", tags=typed).tags == tags
