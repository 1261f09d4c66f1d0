"""What a site on loopback does not do on demand: plug-ins that talk, themes that hide, roles that may not."""

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from crosscut.channels import article_page, articles
from crosscut.channels.builtin.wordpress import content, seen
from crosscut.channels.builtin.wordpress.adapter import WordPress
from crosscut.channels.builtin.wordpress.content import Placed
from crosscut.channels.builtin.wordpress.settings import Settings
from crosscut.channels.protocol import Context, Post, PostMedia
from crosscut.channels.tests.scripted import NOW, Script
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind

LIST, DRAFT, SHOW = "GET /wp/v2/posts", "POST /wp/v2/posts", "POST /wp/v2/posts/7"
wordpress = WordPress()


def _context(script: Script, **fields: Any) -> Context:
    settings = Settings(**{"site_url": "https://reef.example/blog/", "username": "ada", **fields})
    return script.context(settings, {"application_password": "abcd efgh"})


def _post(words: str, *media: PostMedia, **fields: Any) -> Post:
    return replace(Post(key="reef-day-000001", post_type="post", text=words, media=media, due_at=NOW), **fields)


def _article(**fields: Any) -> dict[str, Any]:
    rendered = {"rendered": "<p>The &#8220;reef&#8221; is <b>alive</b>.</p>", "raw": articles.mark("reef-day-000001")}
    return {
        "id": 7,
        "status": "publish",
        "slug": "x",
        "link": "https://reef.example/blog/x/",
        "date_gmt": "2026-11-22T11:00:00",
        "title": {"rendered": "Reef &amp; sea"},
        "content": rendered,
        **fields,
    }


def _publishing(**answers: Any) -> Script:
    """A site on which everything goes well but what is named."""
    lines = {"list": LIST, "draft": DRAFT, "show": SHOW, "media": "GET /wp/v2/media", "tags": "POST /wp/v2/tags"}
    well: dict[str, Any] = {
        "list": [(200, [])],
        "draft": [(201, {"id": 7})],
        "show": [(200, _article())],
        "media": [(200, [])],
        "tags": [(201, {"id": 3})],
    }
    return Script(answers={lines[name]: answer for name, answer in (well | answers).items()})


def test_the_login_goes_along_and_the_route_suits_every_permalink():
    script = _publishing()
    wordpress.publish(_context(script), _post("Words"))
    first = script.asked[0]
    assert first.headers["authorization"] == "Basic " + base64.b64encode(b"ada:abcd efgh").decode()
    assert first.url.path == "/blog/" and first.url.params["rest_route"] == "/wp/v2/posts"


def test_it_takes_up_a_draft_and_prefers_what_is_public():
    drafts = [_article(id=8, status="draft"), _article(id=7, status="draft")]
    script = _publishing(list=[(200, list(reversed(drafts)))])
    wordpress.publish(_context(script), _post("Words"))
    assert not script.asked_for(DRAFT) and script.asked_for(SHOW)
    script = _publishing(list=[(200, [*drafts, _article(id=9)])])
    assert wordpress.publish(_context(script), _post("Words")).remote_id == "9"
    assert not script.asked_for(DRAFT) and not script.asked_for(SHOW)


def test_a_draft_is_not_a_post():
    script = _publishing(list=[(200, [_article(status="draft")])])
    assert wordpress.find(_context(script), _post("Words"), since=NOW) is None


def test_a_search_hit_that_is_not_ours_does_not_count():
    other = _article(content={"rendered": "", "raw": "<p>About crosscut:reef-day-000001</p>"})
    script = _publishing(list=[(200, []), (200, [other])])
    assert wordpress.find(_context(script), _post("Words"), since=NOW) is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        ((500, {"code": "internal"}), OutcomeUnknown),
        (httpx.Response(200, text="<b>Warning</b>: plug-in"), OutcomeUnknown),  # a plug-in writes into the answer
        ((200, _article(status="pending")), OutcomeUnknown),  # a moderation plug-in holds it back
        (httpx.ConnectError("down"), RetryLater),
        ((403, {"code": "rest_cannot_publish", "message": "Sorry, you are not allowed"}), Rejected),
        ((401, {"code": "rest_not_logged_in", "message": "You are not currently logged in."}), ReconnectNeeded),
    ],
)
def test_the_last_step_says_what_its_answer_means(answer: Any, error: type[Exception]):
    with pytest.raises(error):
        wordpress.publish(_context(_publishing(show=[answer])), _post("Words"))


def test_a_site_that_moved_is_told_and_nothing_is_sent_on():
    moved = httpx.Response(301, headers={"Location": "https://www.reef.example/"})
    script = _publishing(draft=[moved])
    with pytest.raises(Rejected, match=r"www\.reef\.example"):
        wordpress.publish(_context(script), _post("Words"))


def test_a_term_this_user_may_not_make_is_looked_up_or_named():
    forbidden = (403, {"code": "rest_cannot_create", "message": "Sorry, you are not allowed to create terms"})
    answers = dict(_publishing().answers) | {"POST /wp/v2/categories": [forbidden]}
    known = Script(answers=answers | {"GET /wp/v2/categories": [(200, [{"id": 5, "name": "Sea &amp; Sky"}])]})
    wordpress.publish(_context(known, categories=("Sea & Sky",)), _post("Words"))
    assert json.loads(known.asked_for(SHOW)[0].content)["categories"] == [5]
    unknown = Script(answers=answers | {"GET /wp/v2/categories": [(200, [])]})
    with pytest.raises(Rejected, match="Sea & Sky"):
        wordpress.publish(_context(unknown, categories=("Sea & Sky",)), _post("Words"))


@pytest.mark.parametrize(
    ("page", "text", "change"),
    [
        ("<html><h1>x</h1><p>The “reef” is <b>alive</b>.</p></html>", "The “reef” is alive.", ()),
        ("", "", (article_page.EMPTY,)),
        ("  \n ", "", (article_page.EMPTY,)),
        ("<html><p>Coming soon</p></html>", "", (article_page.WITHOUT_WORDS,)),  # a maintenance plug-in with status 200
        ("<script>The “reef” is alive.</script>", "", (article_page.WITHOUT_WORDS,)),
    ],
)
def test_only_a_page_that_shows_the_words_proves_them(page: str, text: str, change: tuple[str, ...]):
    script = Script(
        answers={
            "GET /wp/v2/posts/7": [(200, _article())],
            "GET /blog/x/": [httpx.Response(200, text=page, headers={"Content-Type": "text/html"})],
        }
    )
    found = wordpress.read(_context(script), "7")
    assert found and (found.text, found.changes) == (text, change)
    assert found.title == ("Reef & sea" if text else "")


@pytest.mark.parametrize(("status", "is_gone"), [(404, True), (410, True), (503, False)])
def test_a_page_that_fails_is_not_a_page_that_is_gone(status: int, is_gone: bool):
    script = Script(
        answers={
            "GET /wp/v2/posts/7": [(200, _article())],
            "GET /blog/x/": [httpx.Response(status, text="x")],
        }
    )
    if is_gone:
        assert wordpress.read(_context(script), "7") is None
        return
    with pytest.raises(RetryLater):
        wordpress.read(_context(script), "7")


def test_a_scaled_picture_is_told_as_a_change(tmp_path):
    image = '<img src="https://reef.example/blog/reef-scaled.jpg" alt="A">'
    article = _article(content={"rendered": f"<p>Words</p>{image}"})
    script = Script(
        answers={
            "GET /wp/v2/posts/7": [(200, article)],
            "GET /blog/x/": [httpx.Response(200, text="<p>Words</p>")],
            "GET /blog/reef-scaled.jpg": [httpx.Response(200, content=b"x", headers={"Content-Type": "image/jpeg"})],
        }
    )
    found = wordpress.read(_context(script), "7")
    assert found and found.changes == (seen.REMADE,) and found.media[0].size_bytes == 1


def test_html_is_made_safe(tmp_path):
    words = '<p onclick="x()">Hi <a href="javascript:alert(1)">you</a><script>alert(1)</script></p>'
    body = content.body(_post(words, extra={"format": "html"}), [])
    assert "<p>Hi" in body and "onclick" not in body and "javascript" not in body and "<script" not in body


def test_credits_and_alt_text_are_text_and_never_markup(tmp_path):
    item = PostMedia(
        path=tmp_path / "x.jpg",
        filename="x.jpg",
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        size_bytes=1,
        sha256="0" * 64,
        alt_text='"><script>',
        credit="<b>Ada</b>",
    )
    body = content.body(_post("Words", item), [Placed(media=item, id=4, url="https://reef.example/x.jpg")])
    assert "<script>" not in body and "<b>Ada" not in body and "&lt;b&gt;Ada" in body


def test_the_name_ends_in_the_key_and_is_plain():
    post = _post("Words", title="Größe & Überraschung! " * 9)
    assert articles.slug(post).endswith("-reef-day-000001") and len(articles.slug(post)) <= 80
    assert articles.slug(_post("", title="珊瑚")) == "reef-day-000001"


def test_a_remote_id_of_another_channel_is_refused():
    with pytest.raises(Invalid):
        wordpress.read(_context(Script(answers={})), "at://x")
