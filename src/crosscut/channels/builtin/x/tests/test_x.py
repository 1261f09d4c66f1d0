"""X over real HTTP, against a strict server: each kind of post, each way to say no, and a login that works once."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import x
from tests.peers import story

from crosscut.channels.builtin.x import media
from crosscut.channels.builtin.x.api import refusal_of
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia, Staged
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import (
    ChannelError,
    CrosscutError,
    Invalid,
    OutcomeUnknown,
    ReconnectNeeded,
    Rejected,
    RetryLater,
)
from crosscut.kernel.facts import Kind

CONTRACT = Path(__file__).parents[6].parent / "shared" / "contracts" / "x_api_v2_openapi.json"
JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)


@contextmanager
def _place(**secrets: str) -> Iterator[Place]:
    with place_at("x", x.X, {"client_id": "a-client-id", "api_url": "{url}"}) as place:
        yield replace(place, context=replace(place.context, secrets={**place.server.secrets, **secrets}))


def _post(text: str = "The reef today #reef", *files: PostMedia, **fields: Any) -> Post:
    kind = "text" if not files else "video" if files[0].kind is Kind.VIDEO else "image"
    made: Post = story.post(text, *files, post_type=kind, **fields)
    return replace(made, due_at=NOW)


def _film(folder: Path, size_bytes: int = 600) -> PostMedia:
    """Bytes that are called a film: the strict server looks at nothing else."""
    (folder / "reef.mp4").write_bytes(b"f" * size_bytes)
    picture = story.picture(folder)
    told: Any = {"filename": "reef.mp4", "media_type": "video/mp4", "kind": Kind.VIDEO, "tracks": (story.CAPTIONS,)}
    return replace(picture, path=folder / "reef.mp4", size_bytes=size_bytes, **told)


def test_words_and_link_go_out_once_and_are_read_as_they_were_written():
    with _place() as place:
        post = place.ready(_post("Half & half <reef>", link="https://reef.example/a?b=1&c=2"))
        sent = place.publish(post)
        (row,) = place.server.rows.values()
        assert row["text"] == "Half & half <reef>\n\nhttps://reef.example/a?b=1&c=2"
        found, seen = place.find(post), place.read(sent)
        assert found is not None and found.remote_id == sent.remote_id
        assert (seen.text, seen.link) == (row["text"], post.link) and not seen.media


def test_pictures_go_up_first_with_their_alt_text_and_nobody_sees_them(tmp_path: Path):
    with _place() as place:
        pictures = [story.picture(tmp_path, name=name) for name in ("a.jpg", "b.jpg")]
        decorative = replace(pictures[1], alt_text="")
        post = place.ready(_post("Two pictures", pictures[0], decorative))
        assert len(place.server.files) == 2 and not place.server.public() and place.find(post) is None
        sent = place.publish(post)
        seen = place.read(sent)
        assert [one.alt_text for one in seen.media] == [pictures[0].alt_text, ""] and seen.text == "Two pictures"


def test_a_film_goes_up_in_parts_is_waited_for_and_gets_its_captions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(media, "PART_BYTES", 250)
    with _place() as place:
        place.server.looks = 2
        post = _post("A film", _film(tmp_path))
        steps: list[Staged] = []
        kept: Mapping[str, Any] = {}
        while not steps or not steps[-1].is_ready:
            steps.append(place.adapter.stage(place.context, replace(post, extra={"kept": kept})))
            kept = steps[-1].kept
        (name,) = [file["id"] for file in kept["files"]]
        assert place.server.files[name]["bytes"] == b"f" * 600
        assert place.server.files[name]["subtitles"] == story.CAPTIONS.text.encode()
        assert [step.after_s for step in steps if step.after_s] == [4, 4], "it waits as long as X says"
        sent = place.publish(replace(post, extra={"kept": kept}))
        assert len(place.read(sent).media) == 1 and place.find(post) is not None


def test_a_film_x_cannot_use_is_told_with_the_reason(tmp_path: Path):
    with _place() as place:
        failed = {"state": "failed", "error": {"message": "InvalidMedia"}}
        place.server._progress = lambda file: {"processing_info": failed}
        with pytest.raises(Rejected, match="InvalidMedia"):
            place.ready(_post("A film", _film(tmp_path)))


@pytest.mark.parametrize("fault", SAYS_NOTHING)
@pytest.mark.parametrize("refuses_twins", [True, False])
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(fault: str, refuses_twins: bool):
    with _place() as place:
        place.server.refuses_twins = refuses_twins
        place.demand_doubt(place.ready(_post()), fault)


def test_the_refusal_of_a_duplicate_leads_to_the_post_an_earlier_try_made():
    with _place() as place:
        post = place.ready(_post())
        place.server.order("make", "drop_after")
        with pytest.raises(OutcomeUnknown):
            place.publish(post)
        assert [place.publish(post).remote_id] == [one.remote_id for one in place.server.public()]
        place.server.order("read", "error_before")
        with pytest.raises(OutcomeUnknown):
            place.publish(post)


def test_words_that_are_another_posts_are_refused_with_the_way_out():
    with _place() as place:
        first = place.publish(place.ready(_post()))
        with pytest.raises(Rejected, match="another post has them"):
            place.publish(place.ready(_post(extra={"claimed": [first.remote_id]})))
        assert len(place.server.rows) == 1


def test_a_duplicate_that_x_does_not_list_is_looked_for_again_later():
    with _place() as place:
        place.server.delay_s = 60
        place.publish(place.ready(_post()))
        with pytest.raises(RetryLater) as told:
            place.publish(place.ready(_post()))
        assert told.value.after_s == 900
        place.clock.go_on(61)
        assert place.publish(place.ready(_post())).remote_id in place.server.rows


def test_two_posts_with_the_same_words_are_told_apart_where_x_takes_them():
    with _place() as place:
        place.server.refuses_twins = False
        first = place.publish(place.ready(_post()))
        twin = place.ready(_post(extra={"claimed": [first.remote_id]}))
        assert place.find(twin) is None
        second, found = place.publish(twin), place.find(twin)
        assert found is not None and found.remote_id == second.remote_id != first.remote_id


def test_files_that_x_has_thrown_away_are_handed_over_anew(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post("A picture", story.picture(tmp_path)))
        place.server.order("upload", "forgets")
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        place.publish(place.ready(replace(post, extra={})))
        with pytest.raises(RetryLater) as unready:
            place.publish(_post("A picture", story.picture(tmp_path)))
        assert unready.value.problems[0].code == STAGED_LOST and len(place.server.rows) == 1


def test_a_login_is_renewed_with_a_key_that_works_once():
    with _place() as place:
        before = place.context.secrets
        tokens = place.adapter.renew(place.context)
        assert tokens.secrets["refresh_token"] != before["refresh_token"]
        assert tokens.secrets["client_secret"] == before["client_secret"]
        assert tokens.expires_at == NOW + timedelta(hours=2)
        with pytest.raises(ReconnectNeeded) as told:
            place.adapter.renew(place.context)
        assert before["refresh_token"] not in str(told.value) and place.server.used_twice == 1
        kept = replace(place.context, secrets=tokens.secrets)
        with pytest.raises(ReconnectNeeded):  # the fake ends the whole login, as RFC 9700 advises servers
            place.adapter.connect(kept)


@pytest.mark.parametrize(
    ("fault", "error", "is_used_up"),
    [
        ("error_before", RetryLater, False),  # "unavailable": not looked at
        ("busy", RetryLater, False),
        ("drop_before", OutcomeUnknown, False),  # from here it looks like the next
        ("drop_after", OutcomeUnknown, True),
        ("error_after", OutcomeUnknown, True),
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


def test_the_login_page_is_asked_with_pkce_and_a_code_gives_the_account_and_its_number():
    with _place() as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        leaving = place.adapter.departure(app, JOURNEY).url
        asked = httpx.URL(leaving).params
        assert (asked["code_challenge"], asked["code_challenge_method"]) == (JOURNEY.challenge, "S256")
        assert "offline.access" in asked["scope"].split() and "an-app-secret" not in leaving
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (found.remote_id, found.handle, found.why_not) == (x.USER, f"@{x.NAME}", "")
        assert found.tokens.secrets["user_id"] == x.USER
        with pytest.raises(Rejected):
            place.adapter.places(app, JOURNEY, code="c0de", kept={})


def test_an_account_whose_number_is_known_is_not_asked_for_it_again():
    with _place(user_id=x.USER) as place:
        place.server.me = None
        assert place.find(_post()) is None


def test_a_post_that_was_edited_on_x_is_read_as_it_is_now():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        newest = str(int(sent.remote_id) + 1)
        row = place.server.rows[sent.remote_id]
        row["versions"] = [sent.remote_id, newest]
        place.server.rows[newest] = {**row, "id": newest, "text": "Other words"}
        seen = place.read(sent)
        assert (seen.remote_id, seen.text) == (sent.remote_id, "Other words") and "was edited on X" in seen.changes


def test_an_address_leads_to_the_post_and_others_are_refused():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        for url in (sent.url, f"https://twitter.com/{x.NAME}/status/{sent.remote_id}?s=20"):
            assert place.adapter.at_address(place.context, url).remote_id == sent.remote_id
        with pytest.raises(Invalid):
            place.adapter.at_address(place.context, "https://example.org/1")
        stranger = replace(place.context, secrets={**place.context.secrets, "user_id": "1"})
        with pytest.raises(Invalid):
            place.adapter.at_address(stranger, sent.url)


def test_numbers_only_the_owner_may_know_are_asked_for_thirty_days():
    with _place() as place:
        sent = place.publish(place.ready(_post()))
        told = {one.metric: one.value for one in place.adapter.counts(place.context, sent.remote_id)}
        assert (told["x.impressions"], told["x.reposts"], told["x.link_clicks"]) == (5, 0, 7)
        asked: list[str] = []
        show = place.server.show

        def noted(request: Any, name: str) -> Any:
            asked.append(request.query["post.fields"])
            return show(request, name)

        place.server.show = noted
        later = replace(place.context, now=lambda: NOW + timedelta(days=31))
        place.adapter.counts(later, sent.remote_id)
        assert asked == ["public_metrics"]


@pytest.mark.parametrize(
    ("status", "kind", "detail", "error"),
    [
        (401, "about:blank", "Unauthorized", ReconnectNeeded),
        (403, "about:blank", "Your account is suspended and is not permitted to access this feature.", ReconnectNeeded),
        (403, "https://api.x.com/2/problems/client-forbidden", "Not enrolled", ReconnectNeeded),
        (403, "about:blank", "This user is not allowed to post a video longer than 2 minutes.", Rejected),
        (402, "about:blank", "Your enrolled account does not have any credits.", RetryLater),
        (429, "about:blank", "Too Many Requests", RetryLater),
        (403, "https://api.x.com/2/problems/usage-capped", "Monthly cap", RetryLater),
        (503, "about:blank", "Over capacity", RetryLater),
        (400, "about:blank", "text is too long", Rejected),
    ],
)
def test_a_refusal_means_what_it_says(status: int, kind: str, detail: str, error: type[CrosscutError]):
    response = httpx.Response(status, json={"title": "No", "detail": detail, "type": kind, "status": status})
    assert type(refusal_of(response, NOW)) is error


def test_a_limit_says_when_to_come_back():
    reset = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 77)}
    refused = refusal_of(httpx.Response(429, headers=reset), NOW)
    assert isinstance(refused, RetryLater) and refused.after_s == 77


def test_what_is_too_long_is_refused_and_makes_nothing():
    with _place() as place:
        with pytest.raises(Rejected):
            place.publish(place.ready(_post("x" * 281)))
        assert not place.server.rows


def test_what_is_sent_are_fields_of_the_published_contract():
    if not CONTRACT.exists():
        pytest.skip("X's machine contract is not beside the checkout")
    contract = json.loads(CONTRACT.read_text())
    known = contract["components"]["schemas"]
    assert known["CreatePostsRequest"]["properties"].keys() == x.POST_FIELDS
    assert known["CreatePostsMedia"]["properties"].keys() == x.MEDIA_FIELDS
    assert known["AppendMediaUploadRequest"]["properties"].keys() == {"media", "segment_index"}
    assert {"id", "metadata"} == known["CreateMediaMetadataRequest"]["properties"].keys()
    named = set(x.QUERY) - {one["name"] for one in contract["components"]["parameters"].values()}
    assert not named
