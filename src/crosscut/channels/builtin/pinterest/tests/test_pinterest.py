"""Pinterest over real HTTP, against a strict server held against its contract: boards, each kind of Pin, doubt."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.faults.bench import pinterest
from tests.faults.bench.contract import FOLDER
from tests.faults.bench.strict import Answer
from tests.peers import story

from crosscut.channels.builtin.pinterest.api import PAGE
from crosscut.channels.logins import Journey
from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia, Sent, Still
from crosscut.channels.tests import made
from crosscut.channels.tests.places import NOW, SAYS_NOTHING, Place, place_at
from crosscut.kernel.errors import Invalid, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.specs.platforms import platform

PUBLISHED = Path(__file__).parents[6].parent / "shared" / "contracts" / "pinterest_v5_openapi.json"
JOURNEY = Journey(redirect_uri="https://desk.example/back/", state="s", verifier="v" * 48)
LINK = "https://reef.example/?a=1&b=2"


@contextmanager
def _place(**settings: str) -> Iterator[Place]:
    told = {"client_id": "a-client-id", "board": "Reefs", "api_url": "{url}/v5", "public_url": "{url}", **settings}
    with place_at("pinterest", pinterest.Pinterest, told) as place:
        yield replace(place, context=replace(place.context, secrets=place.server.secrets))


def _post(*files: PostMedia, **fields: Any) -> Post:
    kind = "video" if files[0].kind == "video" else "image" if len(files) == 1 else "carousel"
    told = {"title": "The reef & more", "link": LINK, "post_type": kind, "due_at": NOW, **fields}
    return replace(story.post("Half of <it> is gone. #reef", *files), **told)


def _found(place: Place, post: Post) -> str:
    """The number of the Pin that is found to be the post's; empty where none is."""
    found = place.find(post)
    return found.remote_id if found else ""


def _pictures(folder: Path, count: int) -> list[PostMedia]:
    words = ("A teal reef", "A red reef", "A blue reef")
    return [story.picture(folder, name=f"{n}.jpg", alt_text=words[n % 3]) for n in range(count)]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_pictures_go_in_the_request_that_makes_the_pin_and_are_read_back(tmp_path: Path, count: int):
    with _place() as place:
        pictures = _pictures(tmp_path, count)
        post = place.ready(_post(*pictures))
        assert not place.server.rows and not place.server.files
        sent = place.publish(post)
        row = place.server.rows[sent.remote_id]
        items = row["media_source"].get("items", [row["media_source"]])
        assert [base64.b64decode(one["data"]) for one in items] == [one.path.read_bytes() for one in pictures]
        assert row["board_id"] == pinterest.BOARD
        seen, found = place.read(sent), place.find(post)
        assert found is not None and found.remote_id == sent.remote_id and len(seen.media) == count
        assert (seen.title, seen.text, seen.link, seen.created_at) == (post.title, post.text, LINK, NOW)
        assert all(one.alt_text in seen.media[0].alt_text for one in pictures)
        assert "seen as a stranger sees it" in seen.changes


def test_a_film_goes_to_the_storage_without_the_login_and_is_waited_for(tmp_path: Path):
    with _place() as place:
        place.server.looks = 2
        film = made.film(tmp_path)
        post = place.ready(_post(film))
        (file,) = place.server.files.values()
        assert file["bytes"] == film.path.read_bytes() and not place.server.public() and place.find(post) is None
        sent = place.publish(post)
        assert place.server.rows[sent.remote_id]["media_source"]["cover_image_key_frame_time"] == 0
        assert len(place.read(sent).media) == 1 and place.find(post) is not None


def test_what_stands_for_a_film_is_our_still_or_a_moment_somebody_chose(tmp_path: Path):
    picture = story.picture(tmp_path)
    size: Any = {"size_bytes": picture.size_bytes, "sha256": picture.sha256, "width_px": 320, "height_px": 200}
    still = Still(path=picture.path, filename="p.jpg", media_type="image/jpeg", **size)
    with _place() as place:
        film = replace(made.film(tmp_path), poster=still)
        drawn, chosen = (place.publish(place.ready(_post(film, extra=extra))) for extra in ({}, {"cover_s": 3}))
        sources = [place.server.rows[one.remote_id]["media_source"] for one in (drawn, chosen)]
        assert base64.b64decode(sources[0]["cover_image_data"]) == picture.path.read_bytes()
        assert sources[1]["cover_image_key_frame_time"] == 3 and "cover_image_data" not in sources[1]


def test_a_film_pinterest_cannot_use_is_refused_and_one_it_threw_away_is_handed_over_anew(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post(made.film(tmp_path)))
        place.server.order("upload", "forgets")
        with pytest.raises(RetryLater) as told:
            place.publish(post)
        assert told.value.problems[0].code == STAGED_LOST
        again = place.ready(replace(post, extra={}))
        place.publish(again)
        assert len(place.server.rows) == 1
        place.server.looks = 99
        half = place.adapter.stage(place.context, _post(made.film(tmp_path)))
        place.server.files[half.kept["files"][0]["id"]]["status"] = "failed"
        with pytest.raises(Rejected, match="could not take"):
            place.adapter.stage(place.context, _post(made.film(tmp_path), extra={"kept": half.kept}))


@pytest.mark.parametrize(
    ("usual", "wanted", "board"),
    [
        ("Reefs", "", pinterest.BOARD),
        ("Reefs", "kelp", pinterest.OTHER_BOARD),  # as people write it
        ("", pinterest.OTHER_BOARD, pinterest.OTHER_BOARD),  # by its number
        ("", "", ""),  # there are two
        ("Reefs", "Sharks", ""),
        ("Reefs", "Plans", ""),  # a secret board: nobody would see it
    ],
)
def test_the_board_is_the_one_that_is_named_and_otherwise_all_are_told(tmp_path, usual: str, wanted: str, board: str):
    with _place(board=usual) as place:
        post = _post(*_pictures(tmp_path, 1), extra={"board": wanted})
        if board:
            assert place.server.rows[place.publish(place.ready(post)).remote_id]["board_id"] == board
            return
        with pytest.raises(Rejected, match="There are: “Reefs”, “Kelp”"):
            place.ready(post)


def test_the_only_public_board_needs_no_name_and_none_is_told(tmp_path: Path):
    with _place(board="") as place:
        assert place.adapter.connect(place.context).limits["boards"] == ["Kelp", "Reefs"]
        del place.server.boards[pinterest.OTHER_BOARD]
        assert place.ready(_post(*_pictures(tmp_path, 1))).extra["kept"]["board"] == pinterest.BOARD
        del place.server.boards[pinterest.BOARD]
        with pytest.raises(Rejected, match="no board"):
            place.ready(_post(*_pictures(tmp_path, 1)))


def test_a_board_among_hundreds_is_found(tmp_path: Path):
    with _place(board="Reef 299") as place:
        place.server.boards = {str(5000 + n): (f"Reef {n}", "PUBLIC") for n in range(PAGE + 50)}
        assert place.ready(_post(*_pictures(tmp_path, 1))).extra["kept"]["board"] == "5299"


def test_alt_texts_too_long_for_the_one_a_pin_has_are_told_beforehand(tmp_path: Path):
    pictures = [replace(one, alt_text="x" * 300) for one in _pictures(tmp_path, 2)]
    with _place() as place, pytest.raises(Rejected, match="601 signs long, and 500 fit"):
        place.ready(_post(*pictures))


@pytest.mark.parametrize("fault", SAYS_NOTHING)
def test_an_answer_that_says_nothing_is_never_taken_for_a_no(tmp_path: Path, fault: str):
    with _place() as place:
        place.demand_doubt(place.ready(_post(*_pictures(tmp_path, 1))), fault)


def test_equal_pins_are_kept_apart_and_those_of_the_same_board_come_first(tmp_path: Path):
    with _place() as place:
        first = place.ready(_post(*_pictures(tmp_path, 1)))
        other = place.ready(_post(*_pictures(tmp_path, 1), extra={"board": "Kelp"}))
        here, there = place.publish(first), place.publish(other)
        assert (_found(place, first), _found(place, other)) == (here.remote_id, there.remote_id)
        claimed = replace(first, extra={**first.extra, "claimed": [here.remote_id]})
        assert _found(place, claimed) == there.remote_id
        assert place.find(replace(first, extra={"claimed": [here.remote_id, there.remote_id]})) is None


def test_a_pin_without_words_is_known_by_its_alt_text(tmp_path: Path):
    with _place() as place:
        bare = [place.ready(_post(one, title="", text="")) for one in _pictures(tmp_path, 2)]
        sent = [place.publish(one) for one in bare]
        assert [_found(place, one) for one in bare] == [one.remote_id for one in sent]


@pytest.mark.parametrize("lists_oldest_first", [False, True])
def test_an_order_that_nobody_promised_hides_no_pin(tmp_path: Path, lists_oldest_first: bool):
    with _place() as place:
        post = place.ready(_post(*_pictures(tmp_path, 1)))
        old = {
            "at": NOW - timedelta(days=9),
            "title": "Old",
            "board_id": "1001",
            "media_source": {"source_type": "image_base64"},
        }
        place.server.rows |= {str(n): dict(old) for n in range(1, PAGE + 9)}
        place.server.lists_oldest_first = lists_oldest_first
        sent = place.publish(post)
        assert _found(place, post) == sent.remote_id
        place.server.rows |= {str(n): dict(old) for n in range(1, PAGE * 10 + 9)}
        if lists_oldest_first:
            with pytest.raises(RetryLater, match="by hand"):
                place.find(post)


def test_what_an_app_on_trial_made_is_seen_by_nobody_and_is_never_green(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(*_pictures(tmp_path, 1))))
        place.server.order("look", "error_before")
        assert "seen with the account's own login" in place.read(sent).changes
        place.server.is_standard = False
        assert place.read(sent) is None


def test_words_and_board_are_changed_and_what_it_shows_stays(tmp_path: Path):
    with _place() as place:
        post = place.ready(_post(*_pictures(tmp_path, 1)))
        sent = place.publish(post)
        before = dict(place.server.rows[sent.remote_id])
        changed = replace(post, text="All of it is back.", link="", extra={"board": "Kelp"})
        assert place.adapter.update(place.context, sent.remote_id, changed).remote_id == sent.remote_id
        row = place.server.rows[sent.remote_id]
        assert (row["description"], row["link"], row["board_id"]) == (changed.text, None, pinterest.OTHER_BOARD)
        assert row["media_source"] == before["media_source"]
        place.adapter.update(place.context, sent.remote_id, post)
        assert place.server.rows[sent.remote_id]["board_id"] == pinterest.OTHER_BOARD, "a board nobody names stays"


def test_saves_are_told_for_ninety_days_and_to_business_accounts(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(*_pictures(tmp_path, 1))))
        told = {one.metric: one.value for one in place.adapter.counts(place.context, sent.remote_id)}
        lifelong = {"impressions": 40, "pin_clicks": 3, "outbound_clicks": 2, "reactions": 5, "comments": 1}
        assert told == {f"pinterest.{name}": value for name, value in {**lifelong, "saves": 7}.items()}
        place.server.is_business = False
        assert "pinterest.saves" not in _counted(place, sent)
        place.server.is_business = True
        place.clock.go_on(91 * 86_400)
        place.server.analytics = lambda *given: pytest.fail("Pinterest is asked for what it does not tell any more")
        assert _counted(place, sent) == {f"pinterest.{name}" for name in lifelong}


def _counted(place: Place, sent: Sent) -> set[str]:
    """What is told with a fresh login."""
    told = replace(place.context, secrets=place.server.log_in())
    return {one.metric for one in place.adapter.counts(told, sent.remote_id)}


def test_the_login_asks_for_what_it_needs_and_its_key_works_once():
    with _place() as place:
        app = replace(place.context, secrets={"client_secret": "an-app-secret"})
        asked = httpx.URL(place.adapter.departure(app, JOURNEY).url).params
        assert asked["state"] == "s" and "pins:write" in asked["scope"].split(",")
        (found,) = place.adapter.places(app, JOURNEY, code="c0de", kept={})
        assert (found.remote_id, found.name, found.handle) == (pinterest.USER, "Reef Watch", "@reefwatch")
        assert found.tokens.expires_at == NOW + timedelta(days=30) and found.tokens.ends_at is None
        kept = replace(app, secrets={**app.secrets, **found.tokens.secrets})
        renewed = place.adapter.renew(kept)
        assert renewed.secrets["refresh_token"] != found.tokens.secrets["refresh_token"] and renewed.ends_at is None
        with pytest.raises(ReconnectNeeded):
            place.adapter.renew(kept)
        for fault, error in (("busy", RetryLater), ("drop_after", OutcomeUnknown), ("lie", OutcomeUnknown)):
            fresh = replace(app, secrets=place.server.log_in())
            place.server.order("login", fault)
            with pytest.raises(error):
                place.adapter.renew(fresh)


def test_an_address_leads_to_the_pin_in_every_country_and_others_are_refused(tmp_path: Path):
    with _place() as place:
        sent = place.publish(place.ready(_post(*_pictures(tmp_path, 1))))
        for url in (sent.url, f"https://www.pinterest.co.uk/pin/half-the-reef--{sent.remote_id}/?utm_source=share"):
            assert place.adapter.at_address(place.context, url).remote_id == sent.remote_id
        for url in ("https://example.org/pin/1/", "https://pinterest.com.evil.example/pin/1/", "https://pin.it/abc"):
            with pytest.raises(Invalid):
                place.adapter.at_address(place.context, url)
        show = place.server._shown
        place.server._shown = lambda name: {**show(name), "is_owner": False}
        with pytest.raises(Invalid, match="not a Pin of this account"):
            place.adapter.at_address(place.context, sent.url)


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (401, "Authentication failed.", ReconnectNeeded),
        (403, "Your token lacks the scope pins:write.", ReconnectNeeded),
        (403, "PINNER_DATA_ACCESS_DENIED", Rejected),
        (400, "Invalid URL or request data.", Rejected),
        (429, "You have exceeded your rate limit.", RetryLater),
        (503, "Try again.", RetryLater),
    ],
)
def test_a_refusal_means_what_it_says(tmp_path: Path, status: int, words: str, error: type[Exception]):
    with _place() as place:
        answer = Answer(status=status, data={"code": 1, "message": words})
        place.server.me = lambda request: answer
        with pytest.raises(error) as told:
            place.adapter.connect(place.context)
        assert words.startswith("PINNER") == ("business accounts only" in str(told.value))


def test_the_contract_the_server_judges_by_is_the_published_one_and_so_are_our_limits():
    ours = json.loads((FOLDER / "pinterest.json").read_text())
    fields = ours["components"]["schemas"]["PinCreate"]["properties"]
    for kind in ("image", "carousel", "video"):
        rules: Any = platform("pinterest").post_types[kind]
        most = (rules.text.max, rules.title.max, rules.alt_text.max_chars)
        assert most == tuple(fields[name]["maxLength"] for name in ("description", "title", "alt_text"))
    if not PUBLISHED.exists():
        pytest.skip("Pinterest's machine contract is not beside the checkout")
    whole = json.loads(PUBLISHED.read_text())
    assert ours["info"]["version"] == whole["info"]["version"]
    for path, operations in ours["paths"].items():
        assert operations.keys() <= whole["paths"][path].keys()
    for name, schema in ours["components"]["schemas"].items():
        theirs = whole["components"]["schemas"][name]
        assert schema.get("required") == theirs.get("required")
        assert schema.get("properties", {}).keys() == theirs.get("properties", {}).keys()
