"""YouTube over real HTTP, against a strict server: a film that waits in private, and what may never count as public."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import youtube
from tests.faults.bench.strict import Answer
from tests.peers import story

from crosscut.channels.builtin.youtube import film
from crosscut.channels.builtin.youtube.api import refusal_of
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia, Still
from crosscut.channels.tests import made
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, ReconnectNeeded, Rejected, RetryLater

CONTRACT = Path(__file__).parents[6].parent / "shared" / "contracts" / "google" / "youtube.v3.json"
JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
ADDRESSES = {"client_id": "a-client-id", "api_url": "{url}", "token_url": "{url}/token", "public_url": "{url}"}


@contextmanager
def _place(**settings: str) -> Iterator[Place]:
    kept = {"refresh_token": "a-refresh-token", "client_secret": "an-app-secret", "uploads": youtube.UPLOADS}
    with place_at("youtube", youtube.YouTube, {**ADDRESSES, **settings}, access_token=youtube.TOKEN, **kept) as place:
        place.server.unit_bytes = 100
        yield place


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "PART_BYTES", 8_000)  # the made film has 16,408 bytes: three parts


def _post(folder: Path, text: str = "Half & half #reef", **fields: Any) -> Post:
    told = {"post_type": "video", "title": "The reef today", "tags": ("reef", "deep sea"), **fields}
    post: Post = story.post(text, told.pop("media", made.film(folder)), **told)
    return replace(post, due_at=NOW)


def _steps(place: Place, post: Post, count: int) -> dict[str, Any]:
    """What is kept after so many steps."""
    kept: Any = {}
    for _ in range(count):
        kept = place.adapter.stage(place.context, replace(post, extra={**post.extra, "kept": kept})).kept
    return dict(json.loads(json.dumps(kept)))


def test_a_film_waits_in_private_whole_and_described_and_is_shown_by_one_request(tmp_path: Path):
    with _place() as place:
        place.server.looks = 2
        told = {"is_for_kids": True, "has_synthetic_media": True, "licence": "creativeCommon", "category": "27"}
        post = place.ready(_post(tmp_path, link="https://reef.example/a?b=1", extra=told))
        (name, row), *others = place.server.files.items()
        assert not others and not place.server.public() and place.find(post) is None
        assert row["bytes"] == post.media[0].path.read_bytes() and row["captions"] == {"en": made.VTT.encode()}
        assert row["snippet"]["tags"] == [f"crosscut-{post.key}"], "the mark, while nobody can see it"
        sent = place.publish(post)
        assert (sent.remote_id, sent.url) == (name, f"https://www.youtube.com/watch?v={name}")
        assert row["snippet"]["tags"] == ["reef", "deep sea"] and row["snippet"]["categoryId"] == "27"
        assert row["snippet"]["description"] == "Half & half #reef\n\nhttps://reef.example/a?b=1"
        assert row["status"] == {
            "privacyStatus": "public", "license": "creativeCommon", "embeddable": True,
            "selfDeclaredMadeForKids": True, "containsSyntheticMedia": True,
        }  # fmt: skip
        seen, found = place.read(sent), place.find(post)
        assert (seen.title, seen.text) == ("The reef today", row["snippet"]["description"])
        assert "seen as a stranger sees it" in seen.changes and found is not None and found.remote_id == name


def test_an_upload_goes_on_at_the_byte_youtube_has_and_makes_one_film(tmp_path: Path):
    with _place() as place:
        post = _post(tmp_path)
        kept = _steps(place, post, 2)
        again = replace(post, extra={"kept": kept})
        place.adapter.stage(place.context, again)  # and the worker dies before it is written down
        (session,) = place.server.sessions.values()
        assert len(session["bytes"]) == 16_000
        place.server.order("upload", "slow_answer")
        place.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(RetryLater):
            place.adapter.stage(place.context, again)
        place.context.http.timeout = httpx.Timeout(2)
        sent = place.publish(place.ready(again))
        assert list(place.server.files) == [sent.remote_id] and len(place.server.sessions) == 1
        assert place.server.files[sent.remote_id]["bytes"] == post.media[0].path.read_bytes()


def test_a_film_whose_upload_was_forgotten_is_found_by_its_mark(tmp_path: Path):
    with _place() as place:
        post = _post(tmp_path)
        kept = _steps(place, post, 3)
        place.adapter.stage(place.context, replace(post, extra={"kept": kept}))  # the last part, and nobody knows
        place.server.sessions.clear()
        with pytest.raises(RetryLater) as told:
            place.adapter.stage(place.context, replace(post, extra={"kept": kept}))
        assert told.value.problems[0].code == STAGED_LOST
        sent = place.publish(place.ready(post))
        assert list(place.server.files) == [sent.remote_id]


def test_a_film_of_an_app_without_audit_is_never_taken_for_public(tmp_path: Path):
    with _place() as place:
        place.server.is_audited = False
        post = place.ready(_post(tmp_path))
        with pytest.raises(Rejected, match="audit"):
            place.publish(post)
        (row,) = place.server.files.values()
        assert row["status"]["privacyStatus"] == "private" and place.find(post) is None


def test_a_film_that_strangers_are_not_shown_is_no_proof(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(tmp_path)))
        row = place.server.files[sent.remote_id]
        place.server.order("look", "busy")  # YouTube's page does not answer: the login's word, and it is said
        row["status"]["privacyStatus"] = "public"
        place.server.held_back = lambda: Answer(status=429, data={})
        assert "seen with the channel's own login" in place.read(sent).changes
        row["shown_at"] = None  # strangers are told that it is private
        assert place.read(sent) is None
        row["shown_at"], row["why"] = NOW, "copyright"
        assert place.read(sent) is None
        row["why"], row["status"]["privacyStatus"] = "", "private"
        assert place.read(sent) is None


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(fault: str, tmp_path: Path):
    with _place() as place:
        post = place.ready(_post(tmp_path))
        place.demand_doubt(post, fault)
        assert place.publish(post).remote_id in place.server.files and len(place.server.public()) == 1


def test_a_film_youtube_does_not_take_is_told_with_the_reason(tmp_path: Path):
    with _place() as place:
        place.server.looks = 9
        post = _post(tmp_path)
        kept = _steps(place, post, 4)
        (row,) = place.server.files.values()
        row["why"] = "duplicate"
        with pytest.raises(Rejected, match="duplicate"):
            place.adapter.stage(place.context, replace(post, extra={"kept": kept}))


def test_a_film_somebody_deleted_meanwhile_is_handed_over_anew(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post(tmp_path))
        place.server.files.clear()
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        assert place.publish(place.ready(replace(post, extra={}))).remote_id in place.server.files


def test_a_film_goes_into_its_playlist_once_and_gets_its_thumbnail(tmp_path: Path):
    with _place() as place:
        still = made.picture(tmp_path, name="still.jpg")
        poster = Still(
            path=still.path, filename="still.jpg", media_type="image/jpeg", size_bytes=still.size_bytes,
            sha256=still.sha256, width_px=64, height_px=48,
        )  # fmt: skip
        media: PostMedia = made.film(tmp_path, poster=poster, tracks=())
        told = {"playlist": youtube.PLAYLIST, "has_own_thumbnail": True, "visibility": "unlisted", "is_quiet": True}
        post = place.ready(_post(tmp_path, media=media, extra=told))
        assert not place.server.items, "nobody may see a gap in the list beforehand"
        place.publish(post)
        sent = place.publish(post)
        assert place.server.items == [(youtube.PLAYLIST, sent.remote_id)]
        row = place.server.files[sent.remote_id]
        assert row["thumbnail"] == still.path.read_bytes() and row["status"]["privacyStatus"] == "unlisted"
        place.server.is_confirmed = False
        with pytest.raises(Rejected, match="by phone"):
            place.ready(_post(tmp_path, media=media, extra=told))


def test_words_change_in_place_and_who_finds_it_does_not(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post(tmp_path, extra={"visibility": "unlisted"}))
        sent = place.publish(post)
        changed = place.adapter.update(place.context, sent.remote_id, _post(tmp_path, "Other words"))
        row = place.server.files[sent.remote_id]
        assert changed.url == sent.url and row["snippet"]["description"] == "Other words"
        assert row["status"]["privacyStatus"] == "unlisted"


def test_an_address_leads_to_the_film_however_it_is_written(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(tmp_path)))
        name = sent.remote_id
        for url in (f"https://youtu.be/{name}?t=3", f"https://m.youtube.com/watch?app=m&v={name}", sent.url):
            assert place.adapter.at_address(place.context, url).remote_id == name
        assert place.adapter.at_address(place.context, f"https://www.youtube.com/shorts/{name}").remote_id == name
        for url in ("https://example.org/watch?v=abcdefghijk", "https://www.youtube.com/@reefwatch"):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)
        stranger = replace(place.context, secrets={**place.context.secrets, "channel": "UCother"})
        with pytest.raises(Invalid):
            place.adapter.at_address(stranger, sent.url)


def test_numbers_that_are_hidden_are_left_out(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(tmp_path)))
        told = {one.metric: one.value for one in place.adapter.counts(place.context, sent.remote_id)}
        assert told == {"youtube.views": 5, "youtube.likes": 2, "youtube.comments": 1}


def test_the_login_page_is_asked_for_a_login_that_lasts_and_a_code_gives_the_channel():
    with _place() as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert (asked["code_challenge"], asked["access_type"]) == (JOURNEY.challenge, "offline")
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (found.remote_id, found.handle, found.why_not) == (youtube.CHANNEL, "@reefwatch", "")
        assert found.tokens.secrets["uploads"] == youtube.UPLOADS
        assert found.tokens.expires_at == NOW + timedelta(seconds=3599) and found.tokens.ends_at is None


@pytest.mark.parametrize("who_says_so", ["google", "person"])
def test_a_login_of_an_app_in_testing_says_that_it_ends_after_seven_days(who_says_so: str):
    with _place(**({"status": "testing"} if who_says_so == "person" else {})) as place:
        place.server.is_testing = who_says_so == "google"
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert abs(found.tokens.ends_at - NOW - timedelta(days=7)) < timedelta(minutes=1)


def test_a_login_is_renewed_with_a_key_that_stays_and_its_end_is_told():
    with _place(status="testing") as place:
        for _ in range(2):
            tokens = place.adapter.renew(place.context)
            assert tokens.secrets["refresh_token"] == "a-refresh-token" and tokens.ends_at is None
        gone = replace(place.context, secrets={**place.context.secrets, "refresh_token": "old"})
        with pytest.raises(ReconnectNeeded, match="every seven days"):
            place.adapter.renew(gone)
        place.server.order("login", "busy_for")
        with pytest.raises(RetryLater):
            place.adapter.renew(place.context)


def test_a_days_share_that_is_used_up_waits_until_midnight_in_california(tmp_path: Path):
    with _place() as place:
        place.server.is_used_up = True
        with pytest.raises(RetryLater, match="California") as told:
            place.ready(_post(tmp_path))
        assert told.value.after_s == timedelta(hours=23).total_seconds()  # it is one in the morning there


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (401, "authError", ReconnectNeeded),
        (403, "accessNotConfigured", ReconnectNeeded),
        (403, "insufficientPermissions", ReconnectNeeded),
        (401, "youtubeSignupRequired", ReconnectNeeded),
        (403, "quotaExceeded", RetryLater),
        (400, "uploadLimitExceeded", RetryLater),
        (403, "rateLimitExceeded", RetryLater),
        (404, "videoNotFound", RetryLater),
        (503, "backendError", RetryLater),
        (400, "invalidTitle", Rejected),
        (403, "forbidden", Rejected),
    ],
)
def test_a_refusal_means_what_it_says(status: int, reason: str, error: type[CrosscutError]):
    told = {"error": {"code": status, "message": "No.", "errors": [{"domain": "youtube", "reason": reason}]}}
    assert type(refusal_of(httpx.Response(status, json=told), NOW)) is error


@pytest.mark.parametrize("text", ["1 < 2", ""])
def test_what_youtube_would_refuse_is_refused_before_a_byte_leaves(text: str, tmp_path: Path):
    with _place() as place:
        with pytest.raises(Rejected):
            place.ready(_post(tmp_path, text, title=""))
        assert not place.server.sessions


def test_what_is_sent_are_fields_of_the_published_contract():
    if not CONTRACT.exists():
        pytest.skip("Google's discovery document is not beside the checkout")
    contract = json.loads(CONTRACT.read_text())
    known: Mapping[str, Any] = contract["schemas"]
    assert known["VideoSnippet"]["properties"].keys() >= youtube.SNIPPET
    assert known["VideoStatus"]["properties"].keys() >= youtube.STATUS
    assert known["CaptionSnippet"]["properties"].keys() >= youtube.CAPTION
    assert youtube.FILM_PARTS - {"id"} <= known["Video"]["properties"].keys()
    for name, asked in youtube.QUERY.items():
        resource, _dot, method = name.partition(".")
        described = contract["resources"][resource]["methods"][method]
        assert asked - {"uploadType"} <= described["parameters"].keys()
        if "upload" in described.get("mediaUpload", {}).get("protocols", {}).get("resumable", {}).get("path", ""):
            assert "uploadType" in contract["parameters"]
