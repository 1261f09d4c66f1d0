"""TikTok over real HTTP, against a strict server: the last part makes the post; what others do not see is no proof."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import tiktok
from tests.peers import story

from crosscut.channels.builtin.tiktok import posting
from crosscut.channels.builtin.tiktok.api import refusal_of
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post
from crosscut.channels.tests import made
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import (
    ChannelError,
    CrosscutError,
    Invalid,
    OutcomeUnknown,
    ReconnectNeeded,
    Rejected,
    RetryLater,
    Unsupported,
)

JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
EVERYONE = {"privacy": "PUBLIC_TO_EVERYONE"}


@contextmanager
def _place() -> Iterator[Place]:
    told = {"client_key": "a-client-key", "api_url": "{url}", "public_url": "{url}"}
    with place_at("tiktok", tiktok.TikTok, told) as place:
        place.server.least_bytes = 100
        yield replace(place, context=replace(place.context, secrets=place.server.secrets))


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "PART_BYTES", 5_000)  # the made film has 16,408 bytes: three parts


def _film(folder: Path, text: str = "Half of the reef #reef", **fields: Any) -> Post:
    told = {"post_type": "video", "extra": EVERYONE, **fields}
    post: Post = story.post(text, told.pop("media", made.film(folder)), **told)
    return replace(post, due_at=NOW)


def _pictures(folder: Path, **fields: Any) -> Post:
    files = [
        made.picture(folder, name=name, public_url=f"https://reef.example/offered/{name}")
        for name in ("a.jpg", "b.jpg")
    ]
    told = {"post_type": "photo", "title": "The reef", "extra": EVERYONE, **fields}
    return replace(story.post("Two pictures", *files, **told), due_at=NOW)


def test_a_film_goes_up_but_for_its_last_part_which_makes_the_post(tmp_path: Path):
    with _place() as place:
        extra = {"made_with_ai": True, "is_own_brand": True, "takes_comments": True, "cover_ms": 500}
        post = place.ready(
            _film(tmp_path, "Half of the reef. " * 20, link="https://reef.example", extra=EVERYONE | extra)
        )
        ((name, row),) = place.server.files.items()
        assert row["parts"] == 2 and not place.server.public() and place.find(post) is None
        assert row["info"] == {
            "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": False, "disable_duet": True,
            "disable_stitch": True, "brand_content_toggle": False, "brand_organic_toggle": True, "is_aigc": True,
            "video_cover_timestamp_ms": 500,
            "title": f"{post.text}\n\nhttps://reef.example",
        }  # fmt: skip
        sent, found = place.publish(post), place.find(post)
        assert row["bytes"] == post.media[0].path.read_bytes()
        assert sent.is_provisional and sent.remote_id == name and found is not None and found.remote_id == name
        seen = place.read(sent)
        assert (seen.remote_id, seen.text) == (row["post_id"], row["info"]["title"]), "long words in full"
        assert seen.url == f"https://www.tiktok.com/@reefwatch/video/{row['post_id']}"
        assert "seen as a stranger sees it" in seen.changes


def test_a_post_that_tiktok_still_looks_through_is_out_and_not_seen(tmp_path: Path):
    with _place() as place:
        place.server.looks = 3
        post = place.ready(_film(tmp_path))
        sent = place.publish(post)
        found = place.find(post)
        assert place.read(sent) is None and found is not None and found.remote_id == sent.remote_id
        assert place.read(sent) is None and place.read(sent) is not None


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_settled_by_the_name_the_film_has(fault: str, tmp_path: Path):
    with _place() as place:
        post = place.ready(_film(tmp_path))
        place.server.order("make", fault)
        if fault == "slow_answer":
            place.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        place.context.http.timeout = httpx.Timeout(2)
        found = place.find(post)
        assert found is not None and place.publish(post).remote_id == found.remote_id
        assert [one.remote_id for one in place.server.public()] == [place.server.known_as(found.remote_id)]


@pytest.mark.parametrize("fault", ["drop_before", "reset_in_body", "error_before"])
def test_a_last_part_that_never_arrived_is_not_there_and_goes_again(fault: str, tmp_path: Path):
    with _place() as place:
        post = place.ready(_film(tmp_path))
        place.server.order("make", fault)
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        assert place.find(post) is None
        place.publish(post)
        assert len(place.server.public()) == 1


def test_an_upload_that_came_further_than_is_known_goes_on_there(tmp_path: Path):
    with _place() as place:
        post = _film(tmp_path)
        kept = place.adapter.stage(place.context, post).kept  # it is begun, and its first part comes with the next step
        place.adapter.stage(place.context, replace(post, extra={**EVERYONE, "kept": kept}))  # and the worker dies
        step = place.adapter.stage(place.context, replace(post, extra={**EVERYONE, "kept": kept}))
        assert step.kept["files"][0]["parts"] == 1
        place.publish(place.ready(replace(post, extra={**EVERYONE, "kept": step.kept})))
        (row,) = place.server.files.values()
        assert row["bytes"] == post.media[0].path.read_bytes()


def test_an_upload_that_has_ended_is_begun_anew(tmp_path: Path):
    with _place() as place:
        post = place.ready(_film(tmp_path))
        place.server.files.clear()
        assert place.find(post) is None, "what it forgets so soon never became a post"
        later = replace(place.context, now=lambda: NOW + timedelta(hours=2))
        with pytest.raises(RetryLater, match="Look there"):
            place.adapter.find(later, post, since=NOW)
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        place.publish(place.ready(_film(tmp_path)))
        assert len(place.server.public()) == 1


@pytest.mark.parametrize(("why", "error"), [("file_format_check_failed", Rejected), ("internal", RetryLater)])
def test_what_tiktok_does_not_publish_is_told_with_its_reason(why: str, error: type[CrosscutError], tmp_path: Path):
    with _place() as place:
        post = place.ready(_film(tmp_path))
        (row,) = place.server.files.values()
        row["why"] = why
        assert place.find(post) is None
        with pytest.raises(error, match=why):
            place.publish(post)


def test_who_sees_it_has_to_be_chosen_among_what_tiktok_offers(tmp_path: Path):
    with _place() as place:
        place.server.offered = ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]
        for extra in ({}, EVERYONE, {"privacy": "SELF_ONLY", "is_paid_partnership": True}):
            with pytest.raises(Rejected, match=r"FOLLOWER_OF_CREATOR|paid partnership"):
                place.ready(_film(tmp_path, extra=extra))
        assert not place.server.files
        assert "publish only what others do not see" in place.adapter.connect(place.context).can


def test_a_film_longer_than_the_account_may_post_is_refused_before_a_byte_leaves(tmp_path: Path):
    with _place() as place:
        with pytest.raises(Rejected, match="300 seconds"):
            place.ready(_film(tmp_path, media=made.film(tmp_path, duration_s=Fraction(301))))
        assert not place.server.files


def test_an_app_without_audit_is_told_so_and_what_only_its_owner_sees_is_no_proof(tmp_path: Path):
    with _place() as place:
        place.server.is_audited = False
        with pytest.raises(Rejected, match="audited"):
            place.ready(_film(tmp_path))
        post = place.ready(_film(tmp_path, extra={"privacy": "SELF_ONLY"}))
        sent, found = place.publish(post), place.find(post)
        assert found is not None, "it is there, and must not go again"
        assert place.read(sent) is None, "and nobody sees it"


def test_pictures_are_fetched_and_a_lost_answer_is_settled_by_their_words_or_by_a_person(tmp_path: Path):
    with _place() as place:
        post = place.ready(_pictures(tmp_path, extra=EVERYONE | {"cover_number": 2, "has_music": True}))
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        (row,) = place.server.files.values()
        assert (row["info"]["title"], row["info"]["auto_add_music"]) == ("The reef", True)
        found = place.find(post)
        assert found is not None and found.remote_id == row["post_id"]
        with pytest.raises(RetryLater):  # this one is not listed: TikTok may still be looking through it
            place.find(replace(post, extra={**post.extra, "claimed": [row["post_id"]]}))


def test_pictures_from_an_address_that_is_not_proven_are_refused_with_the_way_out(tmp_path: Path):
    with _place() as place:
        post = place.ready(_pictures(tmp_path))
        elsewhere = [replace(one, public_url="https://elsewhere.example/a.jpg") for one in post.media]
        with pytest.raises(Rejected, match="URL properties"):
            place.publish(replace(post, media=tuple(elsewhere)))
        with pytest.raises(Rejected, match="no public address"):
            place.publish(replace(post, media=(replace(post.media[0], public_url=""),)))
        assert place.publish(post).is_provisional


def test_only_a_person_takes_a_post_down_and_reading_tells(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_film(tmp_path)))
        with pytest.raises(Unsupported):
            place.adapter.delete(place.context, sent.remote_id)
        place.server.remove(place.server.known_as(sent.remote_id))
        place.adapter.delete(place.context, sent.remote_id)
        assert place.read(sent) is None


def test_an_address_leads_to_the_post_and_others_are_refused(tmp_path: Path):
    with _place() as place:
        seen = place.read(place.publish(place.ready(_film(tmp_path))))
        assert place.adapter.at_address(place.context, f"{seen.url}?lang=en").remote_id == seen.remote_id
        assert place.adapter.at_address(place.context, "https://www.tiktok.com/@other/video/12345678") is None
        with pytest.raises(Invalid):
            place.adapter.at_address(place.context, "https://example.org/1")


def test_numbers_are_told_by_either_name(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_film(tmp_path)))
        for name in (sent.remote_id, place.server.known_as(sent.remote_id)):
            told = {one.metric: one.value for one in place.adapter.counts(place.context, name)}
            assert told == {"tiktok.views": 5, "tiktok.likes": 2, "tiktok.comments": 1, "tiktok.shares": 0}


def test_the_login_page_is_asked_and_a_code_gives_the_account_for_a_year():
    with _place() as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert (asked["client_key"], asked["state"]) == ("a-client-key", "s") and "video.publish" in asked[
            "scope"
        ].split(",")
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (found.remote_id, found.handle, found.why_not) == (tiktok.OPEN_ID, "@reefwatch", "")
        assert found.tokens.ends_at == NOW + timedelta(days=365)


def test_a_login_is_renewed_with_a_key_that_works_once():
    with _place() as place:
        before = place.context.secrets
        tokens = place.adapter.renew(place.context)
        assert tokens.secrets["refresh_token"] != before["refresh_token"]
        assert tokens.secrets["client_secret"] == before["client_secret"]
        with pytest.raises(ReconnectNeeded) as told:
            place.adapter.renew(place.context)
        assert before["refresh_token"] not in str(told.value) and place.server.used_twice == 1


@pytest.mark.parametrize(
    ("fault", "error", "is_used_up"),
    [
        ("error_before", RetryLater, False),
        ("busy", RetryLater, False),
        ("drop_before", OutcomeUnknown, False),
        ("drop_after", OutcomeUnknown, True),
        ("garbled", OutcomeUnknown, True),
        ("lie", OutcomeUnknown, True),
    ],
)
def test_a_renewal_without_a_clear_answer_is_told_as_what_it_is(
    fault: str, error: type[ChannelError], is_used_up: bool
):
    with _place() as place:
        place.server.order("login", fault)
        with pytest.raises(error):
            place.adapter.renew(place.context)
        assert bool(place.server.used_up) == is_used_up


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "access_token_invalid", ReconnectNeeded),
        (401, "scope_not_authorized", ReconnectNeeded),
        (429, "rate_limit_exceeded", RetryLater),
        (403, "spam_risk_too_many_posts", RetryLater),
        (403, "reached_active_user_cap", RetryLater),
        (500, "internal_error", RetryLater),
        (403, "spam_risk_user_banned_from_posting", Rejected),
        (400, "invalid_params", Rejected),
    ],
)
def test_a_refusal_means_what_it_says(status: int, code: str, error: type[CrosscutError]):
    told = {"data": {}, "error": {"code": code, "message": "No.", "log_id": "1"}}
    assert type(refusal_of(httpx.Response(status, json=told))) is error
