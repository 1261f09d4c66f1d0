"""The pages of posts, as browsers get them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library.models import Licence
from crosscut.apps.preflight.models import Check
from crosscut.apps.publish.models import Attempt, Hold, Target
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import World, due, fresh, scheduled

State = Target.State
OPEN = ("/calendar/", "/calendar/?view=listWeek", "/posts/", "/hold/")
WINDOW = {"start": "2036-11-01T00:00:00", "end": "2036-12-13T00:00:00"}
AT = datetime(2036, 11, 24, 9, 0, tzinfo=UTC)
ACTIONS = ("move", "send-now", "cancel", "take-down", "settle", "look")


# --- who may come in


@pytest.mark.parametrize("page", [*OPEN, "/calendar/posts/"])
def test_it_sends_whoever_is_not_signed_in_to_the_sign_in_page(cast: Cast, page: str):
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("page", OPEN)
def test_it_keeps_guests_out(cast: Cast, page: str):
    guest = signed_in(cast.guest)
    assert guest.get(page)["Location"] == "/shared/"
    assert guest.post(page).status_code == 403


def test_it_shows_nothing_of_another_workspace(cast: Cast):
    target = made.a_story(cast.senior)
    stranger = signed_in(cast.stranger)
    for part in ("", "panel/", "live/"):
        assert stranger.get(f"/posts/{target.pk}/{part}").status_code == 404
    for action in ACTIONS:
        assert stranger.post(f"/posts/{target.pk}/{action}/", {"at": "2030-01-01T09:00"}).status_code == 404
    assert stranger.post(f"/calendar/posts/{target.pk}/move/", {"at": "2030-01-01T09:00"}).status_code == 404
    assert stranger.get("/posts/?q=reef").content.count(b"post-row") == 0
    assert stranger.get("/calendar/posts/", WINDOW).json() == []


@pytest.mark.parametrize("action", ACTIONS)
def test_it_changes_nothing_for_whoever_is_not_signed_in_or_only_a_guest(cast: Cast, action: str):
    target = made.a_post(cast.senior)
    assert Client().post(f"/posts/{target.pk}/{action}/").status_code == 302
    assert signed_in(cast.guest).post(f"/posts/{target.pk}/{action}/").status_code == 403
    assert signed_in(cast.lead).get(f"/posts/{target.pk}/{action}/").status_code == 405
    assert fresh(target).state == State.SCHEDULED


def test_it_keeps_a_junior_from_what_needs_a_senior(cast: Cast):
    planned, live = made.a_post(cast.senior), made.a_story(cast.senior)
    doubted = made.a_post(cast.senior, state=State.UNKNOWN, text=made.TEXTS[1])
    junior = signed_in(cast.junior)
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/posts/{planned.pk}/move/", {"at": "2030-01-01T09:00"}),
        (f"/calendar/posts/{planned.pk}/move/", {"at": "2030-01-01T09:00"}),
        (f"/posts/{planned.pk}/send-now/", {}),
        (f"/posts/{planned.pk}/cancel/", {}),
        (f"/posts/{live.pk}/take-down/", {"reason": "No."}),
        (f"/posts/{doubted.pk}/settle/", {"is_there": "no"}),
        ("/hold/", {"scope": "workspace", "reason": "Storm"}),
    )
    assert [junior.post(path, sent).status_code for path, sent in asked] == [403] * len(asked)
    assert fresh(planned).state == State.SCHEDULED
    assert not Hold.objects.exists()


def test_it_offers_a_junior_no_button_that_would_be_refused(cast: Cast):
    target = made.a_post(cast.senior)
    page = signed_in(cast.junior).get(f"/posts/{target.pk}/").content.decode()
    assert "send-now" not in page
    assert "senior&#x27;s approval" in page


# --- the calendar


def test_it_tells_the_posts_of_the_asked_window_and_no_other(cast: Cast):
    inside = made.a_post(cast.senior, due_at=AT)
    made.a_post(cast.senior, due_at=AT + timedelta(days=60), text=made.TEXTS[1])
    made.a_post(cast.senior, due_at=AT, state=State.CANCELLED, text=made.TEXTS[2])
    [event] = signed_in(cast.junior).get("/calendar/posts/", WINDOW).json()
    assert event["id"] == str(inside.pk)
    assert event["title"].startswith("Six things you can do")
    assert event["start"] == "2036-11-24T10:00:00+01:00"  # the workspace is in Berlin
    assert event["elsewhere"] == "09:00 UTC"
    assert (event["state"], event["state_word"], event["can_move"]) == ("scheduled", "Scheduled", True)
    assert event["channels"] == [{"name": "Practice (Practice network)", "icon": "practice"}]


@pytest.mark.parametrize(
    "asked",
    [
        {},  # nothing said
        {"start": "yesterday", "end": "tomorrow"},
        {"start": "2026-12-01", "end": "2026-11-01"},  # backwards
        {"start": "2026-01-01", "end": "2026-12-31"},  # too much at once
        {"start": "0001-01-01", "end": "0001-01-02"},  # no zone reaches there
        {"start": "2026-13-45", "end": "2026-11-01"},
    ],
)
def test_it_says_what_is_wrong_with_a_window(cast: Cast, asked: dict[str, str]):
    answer = signed_in(cast.lead).get("/calendar/posts/", asked, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"]


def test_it_marks_today_what_will_fail(cast: Cast):
    asset = made.an_asset(cast.senior)
    Licence.objects.create(asset=asset, holder="Ada", terms="CC BY", ends_on=AT.date() - timedelta(days=1))
    ends = made.a_post(cast.senior, due_at=AT, asset=asset)
    checked = made.a_post(cast.senior, due_at=AT, text=made.TEXTS[1])
    Check.objects.create(edition=checked.edition, post_type="practice/text", for_at=AT, blocking_count=2)
    cut_off = made.a_post(cast.senior, due_at=AT, text=made.TEXTS[2], account=made.an_account(cast.senior, "site"))
    Account.objects.filter(pk=cut_off.account_id).update(state=Account.State.RECONNECT)
    ending = made.an_account(cast.senior, "podcast")
    short = made.a_post(cast.senior, due_at=AT, text="A login of seven days", account=ending)
    Account.objects.filter(pk=ending.pk).update(login_ends_at=AT - timedelta(days=1))
    fine = made.a_post(cast.senior, due_at=AT, text=made.TEXTS[3])
    told = {int(event["id"]): event for event in signed_in(cast.lead).get("/calendar/posts/", WINDOW).json()}
    assert "rights" in told[ends.pk]["problem"]
    assert "2 things must be repaired" in told[checked.pk]["problem"]
    assert "connected again" in told[cut_off.pk]["problem"]
    assert "ends before it goes out" in told[short.pk]["problem"] and told[short.pk]["is_at_risk"]
    assert told[fine.pk]["problem"] == ""
    assert [told[pk]["is_at_risk"] for pk in (ends.pk, checked.pk, cut_off.pk, fine.pk)] == [True, True, True, False]


def test_a_licence_that_lasts_is_no_risk(cast: Cast):
    asset = made.an_asset(cast.senior)
    Licence.objects.create(asset=asset, holder="Ada", terms="ended", ends_on=AT.date() - timedelta(days=1))
    Licence.objects.create(asset=asset, holder="Ada", terms="lasts", ends_on=AT.date())
    made.a_post(cast.senior, due_at=AT, asset=asset)
    [event] = signed_in(cast.lead).get("/calendar/posts/", WINDOW).json()
    assert event["problem"] == ""
    assert "/library/files/renditions/" in event["thumb"]


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ({"scope": "workspace"}, {"reef", "site", "plain"}),
        ({"scope": "channel", "value": "site"}, {"site"}),
        ({"scope": "topic", "value": "reef"}, {"reef"}),
        ({"scope": "campaign"}, {"plain"}),
    ],
)
def test_it_shows_what_a_hold_stops(cast: Cast, scope: dict[str, str], stopped: set[str]):
    posts = {
        "reef": made.a_post(cast.senior, due_at=AT, tags=["reef"]),
        "site": made.a_post(cast.senior, due_at=AT, account=made.an_account(cast.senior, "site"), text="Site"),
        "plain": made.a_post(cast.senior, due_at=AT, text="Plain", campaign=made.a_campaign(cast.senior)),
    }
    campaign = made.a_campaign(cast.senior) if scope["scope"] == "campaign" else None
    Hold.objects.create(workspace=cast.workspace, reason="Storm", campaign=campaign, **scope)
    told = {event["id"]: event["state"] for event in signed_in(cast.lead).get("/calendar/posts/", WINDOW).json()}
    assert {name for name, post in posts.items() if told[str(post.pk)] == "held"} == stopped


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "sent"}, 2),
        ({"channel": "practice"}, 9),  # ten, of which one is cancelled
        ({"channel": "nowhere"}, 0),
        ({"state": "no-such-state", "account": "x", "campaign": "-1"}, 19),  # what makes no sense does not narrow
        ({"q": "breakfast"}, 5),
        ({"q": "no such words"}, 0),
    ],
)
def test_it_narrows_by_what_stands_in_the_address(cast: Cast, asked: dict[str, str], found: int):
    made.many_posts(cast, 20, start=AT)
    events = signed_in(cast.lead).get("/calendar/posts/", {**WINDOW, **asked}).json()
    assert len(events) == found


def test_it_narrows_by_campaign_account_and_person(cast: Cast):
    made.many_posts(cast, 20, start=AT)
    made.a_post(cast.junior, due_at=AT, text="Mine")
    keys = {
        "account": Account.objects.get(channel="site"),
        "campaign": made.a_campaign(cast.senior),
        "person": cast.junior,
    }
    client = signed_in(cast.lead)
    found = [client.get("/calendar/posts/", {**WINDOW, name: str(row.pk)}).json() for name, row in keys.items()]
    by_account, by_campaign, by_person = found
    assert (len(by_account), len(by_campaign)) == (10, 9)
    assert [event["title"] for event in by_person] == ["Mine"]


def test_it_reads_hundreds_of_posts_in_a_few_questions(cast: Cast, django_assert_max_num_queries):
    made.many_posts(cast, 300, start=AT)
    client = signed_in(cast.lead)
    client.get("/calendar/posts/", WINDOW)
    with django_assert_max_num_queries(7):  # session, user, member, workspace; holds; the posts; series
        assert len(client.get("/calendar/posts/", WINDOW).json()) > 90
    with django_assert_max_num_queries(16):
        client.get("/posts/")
    with django_assert_max_num_queries(16):
        client.get("/calendar/?view=listWeek&date=2036-11-25")


def test_its_list_needs_no_script(cast: Cast):
    made.a_post(cast.senior, due_at=AT)
    page = signed_in(cast.lead).get("/calendar/?view=listWeek&date=2036-11-24").content.decode()
    assert "Monday 24 November" in page
    assert "Six things you can do" in page
    assert "10:00" in page
    assert "date=2036-12-01" in page and "date=2036-11-17" in page


@pytest.mark.parametrize("day", ["2026-99-99", "no day", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_shows_today(cast: Cast, day: str):
    made.a_post(cast.senior)
    assert signed_in(cast.lead).get("/calendar/", {"view": "listWeek", "date": day}).status_code == 200


def test_it_moves_a_post_in_the_workspaces_clock_and_keeps_its_zone(cast: Cast, world: World):
    target = scheduled(cast)
    answer = signed_in(cast.specialist).post(f"/calendar/posts/{target.pk}/move/", {"at": "2030-07-01T09:00"})
    assert answer.status_code == 403  # not their campaign, not approved
    answer = signed_in(cast.senior).post(f"/calendar/posts/{target.pk}/move/", {"at": "2030-07-01T09:00"})
    assert answer.json()["due_at"] == "2030-07-01T07:00:00+00:00"
    moved = fresh(target)
    assert (moved.wall_time, moved.zone) == ("2030-07-01T07:00:00", "UTC")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2020-01-01T09:00", "has passed"),
        ("2030-03-31T02:30", "does not exist in Europe/Berlin"),  # clocks jump from two to three
        ("soon", "Say when"),
        ("", "Say when"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_plain_words(cast: Cast, world: World, at: str, words: str):
    target = scheduled(cast)
    client = signed_in(cast.senior, headers={"Accept": "application/json"})
    answer = client.post(f"/calendar/posts/{target.pk}/move/", {"at": at})
    assert answer.status_code == 422
    assert words in answer.json()["problems"][0]["message"]
    assert fresh(target).due_at == target.due_at


def test_what_is_on_its_way_cannot_be_moved(cast: Cast):
    target = made.a_post(cast.senior, state=State.SENDING)
    answer = signed_in(cast.senior).post(f"/calendar/posts/{target.pk}/move/", {"at": "2030-07-01T09:00"})
    assert answer.status_code == 409


# --- what is live


def test_it_shows_a_window_of_the_posts_and_the_way_to_the_others(cast: Cast):
    made.many_posts(cast, 120)
    first = signed_in(cast.lead).get("/posts/").content.decode()
    last = signed_in(cast.lead).get("/posts/?page=3").content.decode()
    assert (first.count("post-row"), last.count("post-row")) == (50, 20)
    assert "120 posts" in first
    assert "?page=2" in first


def test_its_chips_take_one_filter_off_and_keep_the_others(cast: Cast):
    made.many_posts(cast, 20)
    page = signed_in(cast.lead).get("/posts/?state=sent&channel=site").content.decode()
    assert 'href="?channel=site"' in page
    assert 'href="?state=sent"' in page


def test_an_empty_workspace_is_told_what_comes_next(cast: Cast):
    for page in ("/calendar/", "/posts/"):
        assert 'class="empty"' in signed_in(cast.lead).get(page).content.decode()


def test_no_post_fits_is_said(cast: Cast):
    made.a_post(cast.senior)
    assert "No post fits" in signed_in(cast.lead).get("/posts/?q=xyz").content.decode()


# --- one post


def test_it_tells_the_story_in_order(cast: Cast):
    target = made.a_story(cast.senior)
    page = signed_in(cast.junior).get(f"/posts/{target.pk}/").content.decode()
    told = ["Approved by Senior Person", "Made ready", "Sent to Practice", "Practice took it", "The public sees what"]
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    assert "It answered after 0.8 s." in page
    assert target.edition.digest[:12] in page
    assert "Two divers" in page
    for jargon in ("edition", "target", "attempt"):
        assert jargon not in _spoken(page).lower()


def test_it_marks_what_differs_in_what_the_public_sees(cast: Cast):
    target = made.a_story(cast.senior, differs=True)
    page = signed_in(cast.lead).get(f"/posts/{target.pk}/").content.decode()
    assert "<mark>breakfast,</mark>" in page
    assert "<mark>lunch,</mark>" in page


def test_it_never_links_to_an_address_that_is_none(cast: Cast):
    target = made.a_story(cast.senior)
    Target.objects.filter(pk=target.pk).update(url="javascript:alert(1)")
    Attempt.objects.filter(target=target).update(url="javascript:alert(1)")
    assert "javascript:" not in signed_in(cast.lead).get(f"/posts/{target.pk}/").content.decode()


def test_it_asks_again_while_the_post_moves_and_stops_when_it_is_settled(cast: Cast):
    client = signed_in(cast.lead)
    moving, settled = made.a_post(cast.senior, state=State.SENDING), made.a_story(cast.senior)
    page = client.get(f"/posts/{moving.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    seen = page.split("seen=")[1][:8]
    assert client.get(f"/posts/{moving.pk}/live/?part=page&seen={seen}").status_code == 204
    Target.objects.filter(pk=moving.pk).update(state=State.PROVEN)
    answer = client.get(f"/posts/{moving.pk}/live/?part=page&seen={seen}")
    assert answer.status_code == 200
    assert b"every 2s" not in answer.content
    assert b"every 2s" not in client.get(f"/posts/{settled.pk}/").content


def test_a_senior_says_which_of_two_posts_is_ours(cast: Cast):
    target, client = made.a_double(cast.senior), signed_in(cast.senior)
    page = client.get(f"/posts/{target.pk}/").content.decode()
    assert f"/posts/{target.pk}/keep-one/" in page and page.count("https://reef.example/late") > 1
    assert "keep-one" not in signed_in(cast.junior).get(f"/posts/{target.pk}/").content.decode()
    path, copy = f"/posts/{target.pk}/keep-one/", target.copies.get()
    assert client.post(path, {"keep": "7000", "others": "leave"}).status_code == 422
    assert client.post(path, {"keep": "known", "others": "take_down", "note": "The first."}).status_code == 302
    copy.refresh_from_db()
    assert (copy.state, fresh(target).url) == ("removing", "https://reef.example/1")
    assert "said which one is ours" in client.get(f"/posts/{target.pk}/").content.decode()


def test_it_moves_sends_and_cancels_from_the_page(cast: Cast, world: World):
    target, client = scheduled(cast), signed_in(cast.senior)
    assert client.post(f"/posts/{target.pk}/move/", {"at": "2030-07-01T09:00"})["Location"] == f"/posts/{target.pk}/"
    assert fresh(target).due_at == datetime(2030, 7, 1, 7, tzinfo=UTC)
    client.post(f"/posts/{target.pk}/send-now/")
    assert abs(fresh(target).due_at - timezone.now()) < timedelta(minutes=1)
    client.post(f"/posts/{target.pk}/cancel/")
    assert fresh(target).state == State.CANCELLED
    assert client.post(f"/posts/{target.pk}/cancel/").status_code == 409


def test_it_answers_htmx_with_the_part_as_it_is_now(cast: Cast, world: World):
    target, client = scheduled(cast), signed_in(cast.senior)
    sent = {"part": "panel", "at": "2030-07-01T09:00"}
    answer = client.post(f"/posts/{target.pk}/move/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"data-live" in answer.content and b"<html" not in answer.content
    assert '"calendar-changed"' in answer["HX-Trigger"]
    refused = client.post(f"/posts/{target.pk}/move/", {"at": "x"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422


def test_it_takes_down_only_with_a_reason(cast: Cast):
    target, client = made.a_story(cast.senior), signed_in(cast.senior)
    assert client.post(f"/posts/{target.pk}/take-down/", {"reason": " "}).status_code == 422
    assert fresh(target).state == State.PROVEN
    client.post(f"/posts/{target.pk}/take-down/", {"reason": "The diver asked us to."})
    assert fresh(target).state == State.RECALLING
    assert "The diver asked us to." in client.get(f"/posts/{target.pk}/").content.decode()


@pytest.fixture
def doubted(cast: Cast) -> Target:
    """A post nobody can tell about."""
    target = made.a_post(cast.senior, state=State.UNKNOWN, needs_person=True, problem="The connection broke off.")
    now = timezone.now()
    Attempt.objects.create(
        target=target, number=1, state="unknown", digest="d", worker="w", deadline_at=now, sent_at=now, answered_at=now
    )
    return target


def test_a_senior_says_that_it_is_there(cast: Cast, doubted: Target):
    client = signed_in(cast.senior)
    path = f"/posts/{doubted.pk}/settle/"
    assert client.post(path, {"is_there": "yes"}).status_code == 422  # where?
    assert client.post(path, {"is_there": "yes", "url": "javascript:alert(1)"}).status_code == 422
    client.post(path, {"is_there": "yes", "url": "https://reef.example/9", "note": "Saw it."})
    assert (fresh(doubted).state, fresh(doubted).url) == (State.SENT, "https://reef.example/9")
    page = client.get(f"/posts/{doubted.pk}/").content.decode()
    assert "Senior Person looked: it is there" in page and "Saw it." in page


def test_a_senior_says_that_it_is_not_there(cast: Cast, doubted: Target):
    signed_in(cast.senior).post(f"/posts/{doubted.pk}/settle/", {"is_there": "no"})
    assert fresh(doubted).state == State.SCHEDULED


def test_it_looks_again_when_asked_and_never_too_soon_at_what_is_unknown(cast: Cast, doubted: Target):
    live = made.a_story(cast.senior)
    later = timezone.now() + timedelta(hours=5)
    Target.objects.update(next_at=later)
    client = signed_in(cast.junior)
    for target in (live, doubted):
        client.post(f"/posts/{target.pk}/look/")
    assert fresh(live).next_at <= timezone.now()
    assert timezone.now() + timedelta(seconds=5) < fresh(doubted).next_at < timezone.now() + timedelta(seconds=11)
    assert client.post(f"/posts/{made.a_post(cast.senior, text='Later').pk}/look/").status_code == 409


# --- the hold switch


def test_a_senior_holds_and_lifts(cast: Cast, world: World):
    client = signed_in(cast.senior)
    client.post("/hold/", {"scope": "workspace", "reason": "A storm hit the coast"})
    target = due(scheduled(cast))
    page = client.get(f"/posts/{target.pk}/").content.decode()
    assert "A storm hit the coast" in page and "Held" in page
    hold = Hold.objects.get()
    assert signed_in(cast.junior).post(f"/hold/{hold.pk}/lift/").status_code == 403
    assert signed_in(cast.stranger).post(f"/hold/{hold.pk}/lift/").status_code == 404
    client.post(f"/hold/{hold.pk}/lift/")
    assert Hold.objects.get().lifted_by == cast.senior


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"scope": "workspace", "reason": ""}, "This field is required"),
        ({"scope": "campaign", "reason": "x"}, "Choose the campaign"),
        ({"scope": "topic", "reason": "x"}, "Name the channel or topic"),
        ({"scope": "everything", "reason": "x"}, "Select a valid choice"),
    ],
)
def test_a_hold_that_is_not_clear_is_asked_about(cast: Cast, sent: dict[str, str], words: str):
    answer = signed_in(cast.senior).post("/hold/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_hold_of_another_workspaces_campaign_cannot_be_placed(cast: Cast):
    theirs = made.a_campaign(cast.stranger, "Theirs")
    sent = {"scope": "campaign", "campaign": theirs.pk, "reason": "x"}
    assert signed_in(cast.senior).post("/hold/", sent).status_code == 422


def _spoken(page: str) -> str:
    """The page's words without its tags and addresses."""
    return strip_tags(page.split("<main")[1].split("</main>")[0])
