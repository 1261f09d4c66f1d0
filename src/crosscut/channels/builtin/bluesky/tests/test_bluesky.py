"""What no account server on loopback does: Bluesky's video service, ageing sessions, a view that does not answer."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from crosscut.channels.builtin.bluesky import names, session, text
from crosscut.channels.builtin.bluesky.adapter import Bluesky
from crosscut.channels.builtin.bluesky.settings import Settings
from crosscut.channels.protocol import Context, Post, PostMedia
from crosscut.channels.tests.scripted import NOW, Script
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.facts import Kind

VIEW = json.loads((Path(__file__).parent / "payloads" / "view.json").read_text())
URI = VIEW["posts"][0]["uri"]
XRPC = "/xrpc/"
UPLOADED = (200, {"blob": {"$type": "blob", "ref": {"$link": "bafyreiabc"}, "mimeType": "text/vtt", "size": 9}})
VIDEO = {"$type": "blob", "ref": {"$link": "bafyreivideo"}, "mimeType": "video/mp4", "size": 3}
bluesky = Bluesky()


def _token(ends_in_s: float) -> str:
    payload = json.dumps({"exp": NOW.timestamp() + ends_in_s}).encode()
    return f"header.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


def _login(ends_in_s: float = 7200, **fields: object) -> dict[str, object]:
    tokens = {"accessJwt": _token(ends_in_s), "refreshJwt": "refresh"}
    service = {"id": "#atproto_pds", "serviceEndpoint": "https://pds.example"}
    return {"did": "did:plc:reef", "handle": "reef.test", "didDoc": {"service": [service]}, **tokens, **fields}


def _context(script: Script, *, kept_s: float | None = None, **urls: str) -> Context:
    """A context, with a session kept that has so many seconds left."""
    settings = Settings(handle="@reef.test", **{"appview_url": "", "video_service_url": "", **urls})
    fresh = script.context(settings, {"app_password": "secret"})
    if kept_s is None:
        return fresh
    ours = session.Session(
        did="did:plc:reef",
        handle="reef.test",
        pds_url="https://pds.example",
        access_jwt=_token(kept_s),
        refresh_jwt="old",
    )
    return replace(fresh, secrets={**fresh.secrets, **session.to_keep(ours, fresh, settings)})


def _post(words: str, *media: PostMedia, **fields: Any) -> Post:
    return replace(Post(key="reef-day-000001", post_type="text", text=words, media=media, due_at=NOW), **fields)


@pytest.fixture
def film(tmp_path: Path) -> PostMedia:
    path = tmp_path / "reef.mp4"
    path.write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    return PostMedia(
        path=path, filename="reef.mp4", kind=Kind.VIDEO, media_type="video/mp4", size_bytes=3, sha256=digest
    )


def _video_script(*states: tuple[int, object]) -> Script:
    return Script(
        answers={
            f"GET {XRPC}com.atproto.server.getServiceAuth": [(200, {"token": "permit"})],
            f"POST {XRPC}app.bsky.video.uploadVideo": [states[0]],
            f"GET {XRPC}app.bsky.video.getJobStatus": list(states[1:]) or [states[0]],
            f"POST {XRPC}com.atproto.repo.createRecord": [(200, {"uri": URI, "cid": "c"})],
        }
    )


def _status(state: str, **fields: object) -> dict[str, object]:
    return {"jobId": "job1", "did": "did:plc:reef", "state": state, **fields}


@pytest.mark.parametrize("method", ["com.atproto.repo.getRecord", "com.atproto.repo.listRecords"])
def test_a_gateways_page_with_a_good_status_is_no_word_about_a_post(method: str):
    page = httpx.Response(200, text="<html>Please wait.</html>")
    gone = (400, {"error": "RecordNotFound", "message": "Could not locate record"})
    told: dict[str, list[Any]] = {
        "com.atproto.repo.getRecord": [gone],
        "com.atproto.repo.listRecords": [(200, {"records": []})],
    }
    answers = {f"GET {XRPC}{name}": answer for name, answer in (told | {method: [page]}).items()}
    context = _context(Script(answers=answers), kept_s=7200)
    with pytest.raises(RetryLater):
        bluesky.find(context, Post(key="reef-day-000001", post_type="text", text="Words.", due_at=NOW), since=NOW)


def test_a_video_in_work_is_asked_for_again_and_not_sent_again(film: PostMedia):
    working = (200, {"jobStatus": _status("JOB_STATE_ENCODING", progress=40)})
    done = (200, {"jobStatus": _status("JOB_STATE_COMPLETED", blob=VIDEO)})
    script = _video_script(working, done)
    context = _context(script, kept_s=7200, video_service_url="https://video.example")
    with pytest.raises(RetryLater) as told:
        bluesky.publish(context, _post("A film", film))
    kept = told.value.problems[0].values["kept"]
    assert kept == {film.sha256: "job1"}
    assert not script.asked_for(f"POST {XRPC}com.atproto.repo.createRecord")
    bluesky.publish(context, _post("A film", film, extra={"kept": kept}))
    (upload,) = script.asked_for(f"POST {XRPC}app.bsky.video.uploadVideo")
    assert upload.headers["authorization"] == "Bearer permit" and upload.content == b"abc"
    (made,) = script.asked_for(f"POST {XRPC}com.atproto.repo.createRecord")
    assert json.loads(made.content)["record"]["embed"]["video"] == VIDEO


def test_a_video_the_service_has_already_is_used(film: PostMedia):
    script = _video_script((409, _status("JOB_STATE_COMPLETED", blob=VIDEO, error="already_exists")))
    context = _context(script, kept_s=7200, video_service_url="https://video.example")
    assert bluesky.publish(context, _post("A film", film)).remote_id == URI


def test_the_permit_names_the_account_server(film: PostMedia):
    script = _video_script((409, _status("JOB_STATE_COMPLETED", blob=VIDEO)))
    bluesky.publish(_context(script, kept_s=7200, video_service_url="https://video.example"), _post("A film", film))
    (asked,) = script.asked_for(f"GET {XRPC}com.atproto.server.getServiceAuth")
    assert asked.url.params["aud"] == "did:web:pds.example"
    assert asked.url.params["lxm"] == "com.atproto.repo.uploadBlob"


def test_a_video_the_service_cannot_use_is_refused(film: PostMedia):
    script = _video_script((200, {"jobStatus": _status("JOB_STATE_FAILED", message="too long")}))
    with pytest.raises(Rejected, match="too long"):
        bluesky.publish(_context(script, kept_s=7200, video_service_url="https://video.example"), _post("A", film))


@pytest.mark.parametrize(
    ("kept_s", "logins"),
    [
        (7200, 0),  # a good session is used as it is
        (60, 1),  # one about to end is not
        (None, 1),  # there is none
    ],
)
def test_it_signs_in_only_where_it_must(kept_s: float | None, logins: int):
    line = f"POST {XRPC}com.atproto.server.createSession"
    script = Script(
        answers={line: [(200, _login())], f"POST {XRPC}com.atproto.repo.createRecord": [(200, {"uri": URI})]}
    )
    bluesky.publish(_context(script, kept_s=kept_s), _post("Words"))
    assert len(script.asked_for(line)) == logins


def test_another_password_makes_the_kept_session_worthless():
    line = f"POST {XRPC}com.atproto.server.createSession"
    script = Script(answers={line: [(401, {"error": "AuthenticationRequired", "message": "Invalid"})]})
    context = _context(script, kept_s=7200)
    with pytest.raises(ReconnectNeeded):
        bluesky.connect(replace(context, secrets={**context.secrets, "app_password": "other"}))
    assert [request.url.path for request in script.asked] == [line.removeprefix("POST ")]


def test_connecting_again_refreshes_and_falls_back_on_the_password():
    refresh = f"POST {XRPC}com.atproto.server.refreshSession"
    create = f"POST {XRPC}com.atproto.server.createSession"
    expired = (400, {"error": "ExpiredToken", "message": "Token has expired"})
    script = Script(answers={refresh: [(200, _login()), expired], create: [(200, _login())]})
    context = _context(script, kept_s=60)
    assert bluesky.connect(context).secrets["pds_url"] == "https://pds.example"
    assert script.asked[0].headers["authorization"] == "Bearer old"
    assert bluesky.connect(context).secrets["refresh_jwt"] == "refresh"
    assert len(script.asked_for(create)) == 1


def test_a_server_that_is_none_is_said_so():
    script = Script(answers={f"POST {XRPC}com.atproto.server.createSession": [(200, {"hello": "world"})]})
    with pytest.raises(ReconnectNeeded, match="not an account server"):
        bluesky.connect(_context(script))


def test_a_500_for_a_taken_key_is_the_post_itself():
    found = (200, {"uri": URI, "cid": "c", "value": {"text": "Words"}})
    script = Script(
        answers={
            f"POST {XRPC}com.atproto.repo.createRecord": [(500, {"error": "InternalServerError"})],
            f"GET {XRPC}com.atproto.repo.getRecord": [found, httpx.ConnectError("down")],
        }
    )
    context = _context(script, kept_s=7200)
    assert bluesky.publish(context, _post("Words")).remote_id == URI
    with pytest.raises(OutcomeUnknown):
        bluesky.publish(context, _post("Words"))


def test_silence_is_never_taken_for_a_refusal():
    script = Script(answers={f"POST {XRPC}com.atproto.repo.createRecord": [httpx.ReadTimeout("slow")]})
    with pytest.raises(OutcomeUnknown):
        bluesky.publish(_context(script, kept_s=7200), _post("Words"))


def test_it_reads_a_video_and_counts_from_the_view():
    script = Script(answers={f"GET {XRPC}app.bsky.feed.getPosts": [(200, VIEW)]})
    context = _context(script, appview_url="https://view.example")
    seen = bluesky.read(context, URI)
    assert seen and (seen.text, seen.link) == ("A film https://reef.example/a", "https://reef.example/a")
    assert [(item.url, item.alt_text) for item in seen.media] == [("https://video.example/playlist.m3u8", "Fish pass")]
    counted = {count.metric: count.value for count in bluesky.counts(context, URI)}
    assert counted == {"bluesky.likes": 5, "bluesky.reposts": 1, "bluesky.replies": 2, "bluesky.quotes": 0}


def test_a_view_without_an_answer_counts_nothing_rather_than_zero():
    script = Script(answers={f"GET {XRPC}app.bsky.feed.getPosts": [(502, {})]})
    assert bluesky.counts(_context(script, appview_url="https://view.example"), URI) == ()


def test_a_thousand_newer_posts_are_too_many_to_say_that_one_is_missing():
    records = [{"uri": names.address("did:plc:reef", names.key_at(NOW)), "value": {"text": "other"}}] * 100
    script = Script(
        answers={
            f"GET {XRPC}com.atproto.repo.getRecord": [(400, {"error": "RecordNotFound", "message": "none"})],
            f"GET {XRPC}com.atproto.repo.listRecords": [(200, {"records": records, "cursor": "c"})],
        }
    )
    with pytest.raises(RetryLater, match="by hand"):
        bluesky.find(_context(script, kept_s=7200), _post("Words"), since=NOW)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("#Reef #1 #2030 a#b #größer! ＃全角", ["#Reef", "#größer", "＃全角"]),  # numbers alone are no topics
        ("mail@reef.test @reef.test, (@reef.test)", ["@reef.test", "@reef.test"]),  # an address is no mention
        ("https://a.b/#top (https://a.b/c_(d)).", ["https://a.b/#top", "https://a.b/c_(d)"]),
        ("🪸🪸 https://a.b/?q=ü, x", ["https://a.b/?q=ü"]),  # positions count bytes
    ],
)
def test_marks_stand_where_the_words_stand(words: str, marked: list[str]):
    indexes = [facet["index"] for facet in text.facets(words, lambda handle: "did:plc:x")]
    assert [words.encode()[index["byteStart"] : index["byteEnd"]].decode() for index in indexes] == marked


def test_no_two_keys_meet_and_none_meets_a_clock():
    keys = {names.record_key(f"reef-day-{number:06}") for number in range(2000)}
    assert len(keys) == 2000
    assert all(key < names.key_at(NOW.replace(year=2023, month=1, day=1)) for key in keys)


def test_a_remote_id_of_another_channel_is_refused():
    with pytest.raises(Exception, match="not the address of a Bluesky post"):
        bluesky.read(_context(Script(answers={})), "4711")
