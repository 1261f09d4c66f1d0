"""The calendar beside moving one post: several at once, copies, pieces without a post, other programs."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.people import remove_member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish.models import CalendarFeed, Target
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import World, account_of, fresh, scheduled

AT = datetime(2036, 11, 24, 9, 0, tzinfo=UTC)
JSON = "application/json"
WINDOW = {"start": "2036-11-01T00:00:00", "end": "2036-12-13T00:00:00"}


def _at(day: int) -> str:
    return f"2036-11-{day}T09:00"


@pytest.fixture
def two(cast: Cast, world: World) -> list[Target]:
    """Two posts that can move."""
    account = account_of(cast.workspace)
    return [scheduled(cast, text=text, account=account) for text in ("The first of them.", "And the second one.")]


def test_several_posts_move_together_in_the_workspaces_clock(cast: Cast, two: list[Target]):
    sent = {"post": [post.pk for post in two], "at": [_at(24), _at(25)]}
    assert signed_in(cast.senior).post("/calendar/move/", sent).json() == {"moved": 2}
    assert [fresh(post).due_at.isoformat() for post in two] == [
        "2036-11-24T08:00:00+00:00",
        "2036-11-25T08:00:00+00:00",
    ]


def test_none_moves_when_one_cannot_and_each_is_named(cast: Cast, two: list[Target]):
    Target.objects.filter(pk=two[1].pk).update(state=Target.State.SENDING)
    sent = {"post": [post.pk for post in two], "at": [_at(24), _at(25)]}
    answer = signed_in(cast.senior).post("/calendar/move/", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert [problem["where"] for problem in answer.json()["problems"]] == [f"post {two[1].pk}"]
    assert "it is sending" in answer.json()["problems"][0]["message"]
    assert fresh(two[0]).due_at == two[0].due_at


def test_a_copy_is_a_further_post_of_the_same_piece_and_can_be_taken_back(cast: Cast, two: list[Target]):
    client, post = signed_in(cast.senior), two[0]
    copies = [client.post(f"/calendar/posts/{post.pk}/copy/", {"at": _at(day)}).json()["id"] for day in (26, 27)]
    found = Target.objects.filter(pk__in=copies).order_by("occurrence")
    assert [(one.piece_id, one.occurrence) for one in found] == [(post.piece_id, 1), (post.piece_id, 2)]
    client.post(f"/calendar/posts/{copies[0]}/uncopy/")
    assert fresh(found[0]).state == Target.State.CANCELLED
    assert fresh(post).state == Target.State.SCHEDULED


def test_a_piece_without_a_post_stands_on_its_wished_day(cast: Cast):
    piece, client = pieces.piece(cast.junior), signed_in(cast.junior)
    before = (piece.revision, piece.updated_at)
    assert client.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": _at(24)}).status_code == 200
    [event] = client.get("/calendar/posts/", WINDOW).json()
    assert (event["id"], event["state"], event["start"]) == (f"piece-{piece.pk}", "draft", "2036-11-24T09:00:00+01:00")
    piece.refresh_from_db()
    assert (piece.revision, piece.updated_at) == before  # its words and its approval are as they were
    assert client.get("/calendar/posts/", {**WINDOW, "state": "sent"}).json() == []
    assert piece.title not in _tray(client)
    client.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": ""})
    assert piece.title in _tray(client)
    refused = client.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": "2030-03-31T02:30"})
    assert refused.status_code == 422  # a time that clocks skip


def test_a_piece_goes_back_into_the_tray_which_is_there_for_who_may_write(cast: Cast):
    piece, client = pieces.piece(cast.junior), signed_in(cast.junior)
    client.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": _at(24)})
    assert "drag a piece here" in client.get("/calendar/tray/").content.decode()
    client.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": ""})
    assert piece.title in client.get("/calendar/tray/").content.decode()
    assert piece.title not in signed_in(cast.stranger).get("/calendar/tray/").content.decode()
    assert signed_in(cast.guest).get("/calendar/tray/").status_code == 302


def test_what_is_planned_leaves_the_tray(cast: Cast, two: list[Target]):
    assert "data-tray-piece" not in signed_in(cast.lead).get("/calendar/").content.decode()


def test_a_draft_is_copied_with_all_it_shows_and_without_its_approval(cast: Cast):
    piece = pieces.piece(cast.senior)
    answer = signed_in(cast.junior).post(f"/calendar/pieces/{piece.pk}/copy/", {"at": _at(24)})
    copied = Piece.objects.get(pk=answer.json()["id"].removeprefix("piece-"))
    assert (copied.text, copied.owner, copied.wished_at) == (piece.text, cast.junior, AT - timedelta(hours=1))
    for part in ("outlets", "media"):
        assert getattr(copied, part).count() == getattr(piece, part).count()
    assert copied.outlets.count() > 0 and not copied.editions.exists()


def test_programs_do_the_same(cast: Cast, two: list[Target]):
    client, sent = program(cast.senior), [{"post": post.pk, "at": f"{_at(24)}:00", "zone": "UTC"} for post in two]
    moved = client.post("/api/posts/move-together", {"moves": sent}, content_type=JSON)
    assert [post["due_at"] for post in moved.json()] == ["2036-11-24T09:00:00Z"] * 2
    again = client.post(f"/api/posts/{two[0].pk}/repeat", {"at": f"{_at(28)}:00"}, content_type=JSON)
    assert (again.status_code, again.json()["occurrence"]) == (201, 1)
    piece = pieces.piece(cast.senior)
    path = f"/api/pieces/{piece.pk}/wish"
    wished = client.put(path, {"at": "2036-11-24T09:00:00Z"}, content_type=JSON).json()
    assert wished["wished_at"] == "2036-11-24T09:00:00Z"
    assert client.post(f"/api/pieces/{piece.pk}/copy").json()["text"] == piece.text


def _asked(member: Member, post: Target, piece: Piece) -> list[int]:
    """How everything here answers the member."""
    page, api = signed_in(member), program(member)
    move = {"moves": [{"post": post.pk, "at": f"{_at(24)}:00"}]}
    answers = [
        page.post("/calendar/move/", {"post": post.pk, "at": _at(24)}),
        page.post(f"/calendar/posts/{post.pk}/copy/", {"at": _at(24)}),
        page.post(f"/calendar/posts/{post.pk}/uncopy/"),
        page.post(f"/calendar/pieces/{piece.pk}/wish/", {"at": _at(24)}),
        page.post(f"/calendar/pieces/{piece.pk}/copy/", {"at": _at(24)}),
        api.post("/api/posts/move-together", move, content_type=JSON),
        api.post(f"/api/posts/{post.pk}/repeat", {"at": f"{_at(24)}:00"}, content_type=JSON),
        api.put(f"/api/pieces/{piece.pk}/wish", {"at": None}, content_type=JSON),
        api.post(f"/api/pieces/{piece.pk}/copy"),
    ]
    return [answer.status_code for answer in answers]


def test_it_refuses_strangers_guests_and_juniors_what_is_not_theirs(cast: Cast, two: list[Target]):
    piece = pieces.piece(cast.senior)
    assert _asked(cast.stranger, two[0], piece) == [404] * 9
    assert _asked(cast.guest, two[0], piece) == [403] * 5 + [404] * 4
    assert _asked(cast.junior, two[0], piece) == [422, 403, 403, 200, 201, 422, 403, 200, 201]
    assert fresh(two[0]).due_at == two[0].due_at


# --- other programs


def _address(client: Client) -> str:
    page = client.post("/calendar/subscribe/").content.decode()
    return page.partition('data-copy="')[2].partition('"')[0].partition("//")[2].partition("/")[2]


def test_a_calendar_program_reads_the_posts_at_the_right_moment(cast: Cast):
    at = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    post = made.a_post(cast.senior, due_at=at, text="Grüße vom Riff; bis bald, alle!")
    made.a_post(cast.senior, due_at=at, text=made.TEXTS[1], state=Target.State.CANCELLED)
    answer = Client().get(f"/{_address(signed_in(cast.junior))}")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    read = vobject.readOne(answer.content.decode())
    [event] = read.vevent_list
    assert event.dtstart.value == at
    assert event.summary.value == "Practice: Grüße vom Riff; bis bald, alle!"
    assert event.url.value.endswith(f"/posts/{post.pk}/")
    assert "Scheduled" in event.description.value


def test_its_address_ends_with_a_new_one_and_with_the_membership(cast: Cast):
    client = signed_in(cast.junior)
    first, second = _address(client), _address(client)
    assert [Client().get(f"/{path}").status_code for path in (first, second)] == [404, 200]
    assert CalendarFeed.objects.get().read_at
    remove_member(cast.lead, cast.junior.pk)
    assert Client().get(f"/{second}").status_code == 404


def test_it_is_taken_away_by_hand_and_guests_have_none(cast: Cast):
    client = signed_in(cast.specialist)
    path = _address(client)
    client.post("/calendar/subscribe/", {"act": "close"})
    assert Client().get(f"/{path}").status_code == 404
    assert signed_in(cast.guest).post("/calendar/subscribe/").status_code == 403
    assert not CalendarFeed.objects.exists()


def test_whoever_guesses_addresses_must_wait(cast: Cast):
    client = Client()
    tries = [client.get(f"/calendar/feed/ccf_{number:032}.ics").status_code for number in range(80)]
    assert tries[0] == 404 and tries[-1] == 503


def _tray(client: Client) -> str:
    return client.get("/calendar/").content.decode().partition("data-tray")[2].partition("</ul>")[0]
