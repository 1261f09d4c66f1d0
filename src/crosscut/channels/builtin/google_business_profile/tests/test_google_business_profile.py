"""Google Business Profile over real HTTP, against a strict server: places, each kind of post, doubt, Google's look."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from tests.faults.bench import google
from tests.faults.bench.strict import Answer
from tests.peers import story

from crosscut.channels.builtin.google_business_profile.extra import PostExtra
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import Post, PostMedia
from crosscut.channels.tests import made
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import CrosscutError, Invalid, ReconnectNeeded, Rejected, RetryLater

PUBLISHED = (
    Path(__file__).parents[6].parent / "shared" / "contracts" / "google" / "mybusinessbusinessinformation.v1.json"
)
JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
LINK = "https://reef.example/?a=1&b=2"
DAYS = {"starts_on": "2026-12-24", "ends_on": "2026-12-26"}


@contextmanager
def _place(**settings: str) -> Iterator[Place]:
    places = {**dict.fromkeys(("api_url", "accounts_url", "places_url"), "{url}"), "token_url": "{url}/token"}
    secrets = {"access_token": google.TOKEN, "place": google.PLACE, "client_secret": "an-app-secret"}
    told = {"client_id": "a-client-id", **places, **settings}
    with place_at("google_business_profile", google.Google, told, **secrets) as place:
        yield place


def _post(kind: str = "standard", *files: PostMedia, **fields: Any) -> Post:
    title = "" if kind == "standard" else "Night of the reef"
    told = {"title": title, "link": LINK, "post_type": kind, "extra": {} if kind == "standard" else DAYS, **fields}
    return replace(story.post("Half of it is back.", *files, **told), due_at=NOW)


def _found(place: Place, post: Post) -> str:
    """Google's name for what is found to be the post; empty where nothing is."""
    found = place.find(post)
    return found.remote_id if found else ""


def _picture(folder: Path) -> PostMedia:
    return replace(story.picture(folder), public_url="https://public.example/offered/x/reef.jpg")


@pytest.mark.parametrize("kind", ["standard", "event", "offer"])
def test_every_kind_goes_out_once_and_is_read_as_it_was_written(tmp_path: Path, kind: str):
    with _place() as place:
        post = _post(kind, _picture(tmp_path))
        assert place.find(post) is None
        sent = place.publish(post)
        seen, found = place.read(sent), place.find(post)
        assert seen.media[0].alt_text is None, "Google has none"
        assert found == sent and sent.url == seen.url != ""
        assert (seen.text, seen.title, seen.link, len(seen.media)) == (post.text, post.title, LINK, 1)
        assert abs(seen.created_at - NOW) < timedelta(seconds=1)
        assert place.server.rows[sent.remote_id]["media"] == [
            {"mediaFormat": "PHOTO", "sourceUrl": post.media[0].public_url}
        ]


@pytest.mark.parametrize(
    ("kind", "fields", "part", "told"),
    [
        ("standard", {}, "callToAction", {"actionType": "LEARN_MORE", "url": LINK}),
        ("standard", {"extra": {"button": "BOOK"}}, "callToAction", {"actionType": "BOOK", "url": LINK}),
        ("standard", {"extra": {"button": "CALL"}}, "callToAction", {"actionType": "CALL"}),
        ("standard", {"link": ""}, "callToAction", None),
        (
            "event",
            {"extra": {**DAYS, "starts_at": "18:30", "ends_at": "21:00"}},
            "event",
            {
                "title": "Night of the reef",
                "schedule": {
                    "startDate": {"year": 2026, "month": 12, "day": 24},
                    "endDate": {"year": 2026, "month": 12, "day": 26},
                    "startTime": {"hours": 18, "minutes": 30},
                    "endTime": {"hours": 21, "minutes": 0},
                },
            },
        ),
        (
            "offer",
            {"extra": {**DAYS, "coupon": "REEF", "terms": "Once."}},
            "offer",
            {"couponCode": "REEF", "redeemOnlineUrl": LINK, "termsConditions": "Once."},
        ),
    ],
)
def test_google_is_told_what_the_post_says(kind: str, fields: dict[str, Any], part: str, told: Any):
    with _place() as place:
        sent = place.publish(_post(kind, **fields))
        assert place.server.rows[sent.remote_id].get(part) == told


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        ("event", {"title": ""}, "has a title"),
        ("offer", {"extra": {}}, "on which day"),
        ("standard", {"link": "", "extra": {"button": "SHOP"}}, "give one"),
    ],
)
def test_what_is_missing_is_said_before_anything_leaves(kind: str, fields: dict[str, Any], told: str):
    with _place() as place, pytest.raises(Rejected, match=told):
        place.publish(_post(kind, **fields))


def test_pictures_without_an_address_and_films_are_told(tmp_path: Path):
    with _place() as place:
        with pytest.raises(Rejected, match="no public address"):
            place.publish(_post("standard", story.picture(tmp_path)))
        with pytest.raises(Rejected, match="by hand"):
            place.publish(_post("standard", made.film(tmp_path)))


def test_an_event_does_not_end_before_it_begins():
    with pytest.raises(ValidationError, match="ends before it begins"):
        PostExtra.model_validate({"starts_on": "2026-12-24", "starts_at": "20:00", "ends_at": "18:00"})
    assert PostExtra.model_validate(DAYS).ends_on is not None


def test_what_google_still_looks_through_or_refused_is_not_there_yet():
    with _place() as place:
        place.server.looks = 2
        sent = place.publish(_post())
        assert sent.url == "", "Google may still fetch its picture: our address of it stays open"
        assert [place.read(sent) for _ in range(2)] == [None, None]
        assert place.read(sent).url
        place.server.rows[sent.remote_id]["state"] = "REJECTED"
        assert place.read(sent) is None and place.find(_post()) is not None


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(fault: str):
    with _place() as place:
        place.demand_doubt(_post(), fault)


def test_equal_posts_are_kept_apart_and_other_kinds_are_not_ours():
    with _place() as place:
        first, event = place.publish(_post()), place.publish(_post("event"))
        assert _found(place, _post("event")) == event.remote_id
        assert _found(place, _post()) == first.remote_id
        assert place.find(_post(extra={"claimed": [first.remote_id]})) is None
        assert place.find(_post("event", title="Another night")) is None
        assert place.find(_post("offer")) is None  # the event's very words and title


@pytest.mark.parametrize("lists_oldest_first", [False, True])
def test_an_order_that_nobody_promised_hides_no_post(lists_oldest_first: bool):
    with _place() as place:
        place.server.page_size, place.server.lists_oldest_first = 2, lists_oldest_first
        sent = place.publish(_post())
        old = {**place.server.rows[sent.remote_id], "at": NOW - timedelta(days=9), "summary": "Old"}
        place.server.rows |= {str(n): dict(old) for n in range(7)}
        assert _found(place, _post()) == sent.remote_id
        place.server.rows |= {str(n): dict(old) for n in range(40)}
        if lists_oldest_first:
            with pytest.raises(RetryLater, match="look there"):
                place.find(_post())


def test_words_are_changed_and_the_picture_stays(tmp_path: Path):
    with _place() as place:
        post = _post("standard", _picture(tmp_path))
        sent = place.publish(post)
        place.adapter.update(place.context, sent.remote_id, replace(post, text="All of it is back."))
        seen = place.read(sent)
        assert seen.text == "All of it is back." and len(seen.media) == 1


def test_one_login_leads_to_every_place_that_takes_posts():
    with _place() as place:
        place.server.places[google.OTHER]["metadata"] = {"hasVoiceOfMerchant": True}
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert (asked["state"], asked["code_challenge"], asked["access_type"]) == ("s", JOURNEY.challenge, "offline")
        reef, kelp = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (reef.remote_id, reef.why_not, kelp.name) == (google.PLACE, "", "Kelp Café")
        assert "takes no posts" in kelp.why_not
        kept = replace(app, secrets={**app.secrets, **reef.tokens.secrets})
        assert place.adapter.connect(kept).name == "Reef Watch"
        assert place.adapter.renew(kept).secrets["place"] == google.PLACE
        place.server.places[google.PLACE]["metadata"] = {}
        with pytest.raises(ReconnectNeeded, match="not verified"):
            place.adapter.connect(kept)


def test_a_post_of_another_place_is_not_touched():
    with _place() as place:
        sent = place.publish(_post())
        other = replace(place.context, secrets={**place.context.secrets, "place": google.OTHER})
        assert place.adapter.read(other, sent.remote_id) is None
        place.adapter.delete(other, sent.remote_id)
        assert place.server.rows
        with pytest.raises(Invalid):
            place.adapter.read(place.context, f"../{sent.remote_id}")


def test_a_project_that_google_has_not_let_in_says_so():
    with _place() as place:
        place.server.is_shut = True
        with pytest.raises(RetryLater, match="no requests yet") as told:
            place.publish(_post())
        assert told.value.after_s == 3600
        place.server.is_shut = False
        place.server.order("make", "busy")
        with pytest.raises(RetryLater) as told:
            place.publish(_post())
        assert told.value.after_s < 3600


@pytest.mark.parametrize(
    ("status", "details", "error"),
    [
        (401, (), ReconnectNeeded),
        (403, ({"reason": "SERVICE_DISABLED"},), ReconnectNeeded),
        (403, ({"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},), ReconnectNeeded),
        (403, (), Rejected),
        (400, ({"errorDetails": [{"field": "summary", "message": "holds a phone number"}]},), Rejected),
        (503, (), RetryLater),
    ],
)
def test_a_refusal_means_what_it_says(status: int, details: tuple[dict[str, Any], ...], error: type[CrosscutError]):
    with _place() as place:
        answer = Answer(status=status, data=place.server.refusal(status, "No", *details))
        place.server.location = lambda request, short: answer
        with pytest.raises(error) as told:
            place.adapter.connect(place.context)
        assert status != 400 or "summary holds a phone number" in str(told.value)


def test_the_names_of_places_are_those_of_googles_contract():
    if not PUBLISHED.exists():
        pytest.skip("Google's discovery document is not beside the checkout")
    schemas = json.loads(PUBLISHED.read_text())["schemas"]
    assert schemas["Location"]["properties"].keys() == google.LOCATION
    assert {"hasVoiceOfMerchant", "canOperateLocalPost", "mapsUri"} <= schemas["Metadata"]["properties"].keys()
