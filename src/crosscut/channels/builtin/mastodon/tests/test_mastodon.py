"""What no stand-in server does: media that take their time, Mastodon's own HTML, odd clocks, old and closed servers."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from crosscut.channels.builtin.mastodon.adapter import Mastodon
from crosscut.channels.builtin.mastodon.settings import Settings
from crosscut.channels.protocol import Context, Post, PostMedia
from crosscut.channels.tests.scripted import NOW, Script
from crosscut.kernel.errors import OutcomeUnknown, Rejected, RetryLater
from crosscut.kernel.facts import Kind

STATUS = json.loads((Path(__file__).parent / "payloads" / "status.json").read_text())
WORDS = "Half is gone, says @ada@sea.social.\nSee https://reef.example/a/very/long/address/indeed\n\n#Reef & more"
ME = "GET /api/v1/accounts/verify_credentials"
OURS = "GET /api/v1/accounts/7/statuses"
MAKE = "POST /api/v1/statuses"
mastodon = Mastodon()


def _context(script: Script) -> Context:
    return script.context(Settings(instance_url="https://reef.social"), {"access_token": "secret"})


def _post(words: str, *media: PostMedia, **fields: Any) -> Post:
    return replace(Post(key="reef-day-000001", post_type="text", text=words, media=media, due_at=NOW), **fields)


@pytest.fixture
def picture(tmp_path: Path) -> PostMedia:
    path = tmp_path / "reef.jpg"
    path.write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    return PostMedia(
        path=path,
        filename="reef.jpg",
        kind=Kind.IMAGE,
        media_type="image/jpeg",
        size_bytes=3,
        sha256=digest,
        alt_text="A",
    )


def _listing(*pages: list[dict[str, Any]], ahead: timedelta = timedelta(0)) -> Script:
    """Our own statuses, from a server whose clock is that far behind ours."""
    date = (NOW - ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answers = [httpx.Response(200, json=page, headers={"Date": date}) for page in pages]
    return Script(answers={ME: [(200, {"id": "7", "username": "reef"})], OURS: [*answers]})


def test_media_in_work_are_asked_for_again_and_not_sent_again(picture: PostMedia):
    script = Script(
        answers={
            "POST /api/v2/media": [(202, {"id": "55", "url": None})],
            "GET /api/v1/media/55": [
                (206, {"id": "55", "url": None}),
                (200, {"id": "55", "url": "https://f.example/1"}),
            ],
            MAKE: [(200, STATUS)],
        }
    )
    with pytest.raises(RetryLater) as told:
        mastodon.publish(_context(script), _post("Look", picture))
    kept = told.value.problems[0].values["kept"]
    assert kept == {picture.sha256: "55"} and not script.asked_for(MAKE)
    mastodon.publish(_context(script), _post("Look", picture, extra={"kept": kept}))
    assert len(script.asked_for("POST /api/v2/media")) == 1
    (made,) = script.asked_for(MAKE)
    assert json.loads(made.content)["media_ids"] == ["55"]
    assert made.headers["idempotency-key"] == "reef-day-000001"


def test_alt_text_and_focus_go_along(picture: PostMedia):
    script = Script(
        answers={
            "POST /api/v2/media": [(200, {"id": "55"})],
            "GET /api/v1/media/55": [(200, {"url": "https://f.example/1"})],
            MAKE: [(200, STATUS)],
        }
    )
    mastodon.publish(_context(script), _post("Look", picture, extra={"focus": {picture.sha256: "0.2,-0.4"}}))
    (upload,) = script.asked_for("POST /api/v2/media")
    assert b'name="description"\r\n\r\nA\r\n' in upload.content
    assert b'name="focus"\r\n\r\n0.2,-0.4\r\n' in upload.content


def test_a_file_the_server_cannot_prepare_is_refused(picture: PostMedia):
    script = Script(
        answers={
            "POST /api/v2/media": [(202, {"id": "55"})],
            "GET /api/v1/media/55": [(422, {"error": "Error processing thumbnail"})],
        }
    )
    with pytest.raises(Rejected, match="thumbnail"):
        mastodon.publish(_context(script), _post("Look", picture))


def test_it_knows_its_words_in_the_html_of_mastodon():
    context = _context(_listing([STATUS]))
    found = mastodon.find(context, _post(WORDS), since=NOW - timedelta(minutes=5))
    assert found and found.remote_id == STATUS["id"]
    assert mastodon.find(context, _post(WORDS + " now"), since=NOW - timedelta(minutes=5)) is None


def test_it_reads_words_links_and_moment():
    seen = mastodon.read(
        _context(Script(answers={f"GET /api/v1/statuses/{STATUS['id']}": [(200, STATUS)]})), STATUS["id"]
    )
    assert seen and seen.text == WORDS.replace("@sea.social", "")
    assert seen.link == "https://reef.example/a/very/long/address/indeed"
    assert seen.created_at == NOW - timedelta(seconds=30)


@pytest.mark.parametrize(
    ("behind", "is_found"),
    [
        (timedelta(0), False),  # made half an hour before the try
        (timedelta(minutes=30), True),  # made now by a clock half an hour behind ours
    ],
)
def test_the_servers_own_clock_decides(behind: timedelta, is_found: bool):
    status = STATUS | {"created_at": (NOW - timedelta(minutes=30)).isoformat()}
    found = mastodon.find(_context(_listing([status], ahead=behind)), _post(WORDS), since=NOW)
    assert bool(found) is is_found


def test_it_turns_pages_until_the_time_of_the_try():
    others = [STATUS | {"id": str(number), "content": "<p>Other</p>"} for number in range(400, 360, -1)]
    found = mastodon.find(_context(_listing(others, [STATUS], [])), _post(WORDS), since=NOW - timedelta(minutes=5))
    assert found


def test_four_hundred_newer_posts_are_too_many_to_say_that_one_is_missing():
    pages = [[STATUS | {"id": str(1000 - page), "content": "<p>Other</p>"}] * 40 for page in range(11)]
    with pytest.raises(RetryLater, match="by hand"):
        mastodon.find(_context(_listing(*pages)), _post(WORDS), since=NOW - timedelta(minutes=5))


def test_a_closed_server_is_read_with_our_own_login():
    line = f"GET /api/v1/statuses/{STATUS['id']}"
    script = Script(answers={line: [(401, {"error": "This API requires an authenticated user"}), (200, STATUS)]})
    seen = mastodon.read(_context(script), STATUS["id"])
    assert seen and "own login" in seen.changes[0]
    assert [("authorization" in request.headers) for request in script.asked] == [False, True]


def test_an_old_server_is_asked_the_old_question():
    script = Script(
        answers={
            ME: [(200, {"id": "7", "username": "reef", "url": "https://old.social/@reef"})],
            "GET /api/v2/instance": [(404, {"error": "Not found"})],
            "GET /api/v1/instance": [(200, {"configuration": {"statuses": {"max_characters": 5000}}})],
        }
    )
    profile = mastodon.connect(_context(script))
    assert profile.limits["statuses"]["max_characters"] == 5000 and profile.handle == "@reef@reef.social"


def test_a_page_instead_of_an_answer_is_no_mastodon_server():
    page = httpx.Response(200, text="<h1>Welcome</h1>")
    with pytest.raises(Rejected, match="check its address"):
        mastodon.connect(_context(Script(answers={ME: [page]})))


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), (504, {}), (200, [])])
def test_silence_is_never_taken_for_a_refusal(answer):
    with pytest.raises(OutcomeUnknown) as told:
        mastodon.publish(_context(Script(answers={MAKE: [answer]})), _post("Words"))
    assert told.value.key == "reef-day-000001"


def test_nothing_was_made_where_the_server_could_not_be_reached():
    with pytest.raises(RetryLater):
        mastodon.publish(_context(Script(answers={MAKE: [httpx.ConnectError("down")]})), _post("Words"))
