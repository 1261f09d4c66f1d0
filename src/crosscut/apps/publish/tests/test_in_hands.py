"""By hand: a person takes a post, posts it, and says where; each post ends in one truthful state, whoever dies."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest.mock import patch
from zipfile import ZipFile

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.faults.bench.by_hand import PlaceOnTheWeb
from tests.faults.bench.clock import RealClock
from tests.faults.bench.strict import serving

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.publish import ticker
from crosscut.apps.publish.due import due_targets
from crosscut.apps.publish.models import Attempt, Copy, Proof, Takedown, Target
from crosscut.apps.publish.queries import by_hand_for, troubled_for
from crosscut.apps.publish.services import by_hand, claim, remind, send, settle
from crosscut.apps.publish.services.hold import place_hold
from crosscut.apps.publish.services.post import words_of
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.schedule import cancel
from crosscut.apps.publish.services.takedowns import close_takedown
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import due, fresh
from crosscut.channels.builtin.practice.adapter import PracticeAdapter
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, Unsupported

State = Target.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings) -> Iterator[PlaceOnTheWeb]:
    """A place on the web, which our guarded client may reach."""
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    server = PlaceOnTheWeb(RealClock())
    with serving(server):
        yield server


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Preflight has tests of its own."""
    for module in (claim, by_hand):
        monkeypatch.setattr(module, "blocking_of", lambda asked: [()] * len(asked))


def _account(cast: Cast, web: PlaceOnTheWeb, channel: str = "by_hand_linkedin") -> Account:
    settings = {"profile": f"{web.url}/@reefwatch", "web_url": web.url}
    return Account.objects.create(workspace=cast.workspace, channel=channel, name="Mara on LinkedIn", settings=settings)


def _handed(cast: Cast, web: PlaceOnTheWeb, **fields) -> Target:
    """A post that waits for a person."""
    account = fields.pop("account", None) or _account(cast, web)
    target = made.a_post(cast.senior, account=account, due_at=timezone.now() - timedelta(minutes=1), **fields)
    send.send(target.pk)
    row = fresh(target)
    assert row.state == State.HANDED and not row.attempts.exists()
    return row


def _posted(web: PlaceOnTheWeb, text: str = made.TEXTS[0], place: str = "linkedin") -> str:
    return web.somebody_posts(place, text)


def _proven(target: Target) -> Target:
    prove(due(target).pk)
    return fresh(target)


def test_a_post_that_is_due_waits_for_a_person_and_nothing_is_sent(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    assert list(by_hand_for(cast.junior)) == [target] and not by_hand_for(cast.stranger) and not by_hand_for(cast.guest)
    send.send(due(target).pk)
    settle.lose_overdue()
    assert fresh(target).state == State.HANDED and not web.public()


def test_one_person_has_it_and_the_others_see_who(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    by_hand.take(cast.junior, target)
    with pytest.raises(Conflict, match=str(cast.junior)):
        by_hand.take(cast.senior, target)
    [attempt] = target.attempts.all()
    assert (attempt.by, attempt.state, fresh(target).state) == (cast.junior, Attempt.State.SENT, State.SENDING)
    with pytest.raises(Conflict):
        cancel(cast.senior, fresh(target))
    with pytest.raises(NotAllowed, match=str(cast.junior)):
        by_hand.confirm(cast.specialist, target, url=_posted(web))


def test_the_link_is_read_back_and_words_that_are_there_are_as_sent(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    url = _posted(web)
    by_hand.confirm(cast.junior, target, url=f"{url}?utm_source=share")
    assert (fresh(target).state, fresh(target).url) == (State.SENT, url)
    row = _proven(target)
    assert (row.state, row.proofs.get().verdict) == (State.PROVEN, Proof.Verdict.SAME)


def test_files_nobody_can_compare_keep_it_from_being_green(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web, asset=made.an_asset(cast.senior))
    with patch.object(by_hand, "post_of", lambda target, files: words_of(target)):
        by_hand.take(cast.junior, target)
    by_hand.confirm(cast.junior, target, url=_posted(web))
    row = _proven(target)
    assert (row.state, row.problem, row.proofs.get().verdict) == (State.SENT, "", Proof.Verdict.PARTLY)


@pytest.mark.parametrize(
    ("shows", "verdict"), [("beginning", "partly"), ("login", "unreadable"), ("nothing", "unreadable")]
)
def test_what_cannot_be_read_is_said_and_never_green(cast: Cast, web: PlaceOnTheWeb, shows: str, verdict: str):
    target = _handed(cast, web)
    web.shows = shows
    by_hand.confirm(cast.junior, target, url=_posted(web))
    for _ in range(7):
        row = _proven(target)
    assert (row.state, row.problem, row.needs_person) == (State.SENT, "", False)
    assert row.proofs.latest("id").verdict == verdict and not troubled_for(cast.senior)


def test_a_word_that_stands_on_every_page_proves_nothing(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web, text="Reef!")
    by_hand.confirm(cast.junior, target, url=_posted(web, "Reef! News of the reef"))
    assert _proven(target).proofs.get().verdict == Proof.Verdict.UNREADABLE


def test_other_words_that_the_place_itself_tells_are_a_difference(cast: Cast, web: PlaceOnTheWeb):
    account = _account(cast, web, "by_hand_tiktok")
    target = _handed(cast, web, account=account, post_type="video")
    web.shows = "login"
    by_hand.confirm(cast.junior, target, url=_posted(web, "Somebody else's whale", "tiktok"))
    assert _proven(target).proofs.get().verdict == Proof.Verdict.DIFFERS


def test_a_link_that_leads_nowhere_is_told(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    url = _posted(web)
    web.somebody_takes_down(url)
    by_hand.confirm(cast.junior, target, url=url)
    assert _proven(target).proofs.get().verdict == Proof.Verdict.MISSING


def test_what_has_no_link_stays_told_by_a_person(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    for wrong in ({}, {"url": _posted(web), "why_no_link": "A story"}, {"url": "https://example.org/1"}):
        with pytest.raises(Invalid):
            by_hand.confirm(cast.junior, target, **wrong)
    by_hand.confirm(cast.junior, target, why_no_link="A Story is gone after a day.")
    row = _proven(target)
    assert (row.state, row.url, row.remote_id) == (State.SENT, "", "")
    assert row.attempts.get().answer == {"why_no_link": "A Story is gone after a day."}
    by_hand.confirm(cast.junior, target, url=(url := _posted(web)))  # it became a highlight
    assert _proven(target).url == url and not Copy.objects.exists()


def test_the_same_confirmation_twice_is_one_and_another_link_is_kept_and_asks(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    first, second = _posted(web), _posted(web)
    for _ in range(2):
        by_hand.confirm(cast.junior, target, url=first)
    assert target.attempts.count() == 1 and not Copy.objects.exists()
    with pytest.raises(Conflict, match="senior"):
        by_hand.confirm(cast.specialist, target, url=second)
    row = _proven(target)
    assert (row.state, row.needs_person, row.url) == (State.SENT, True, first)
    assert target.copies.get().url == second and second in row.problem


def test_who_did_not_post_it_gives_it_back(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    with pytest.raises(NotAllowed):
        by_hand.give_back(cast.specialist, target)
    by_hand.give_back(cast.junior, target, note="The phone is empty.")
    send.send(due(target).pk)
    assert fresh(target).state == State.HANDED
    by_hand.take(cast.specialist, target)
    by_hand.confirm(cast.specialist, target, url=_posted(web))
    assert fresh(target).state == State.SENT and target.attempts.count() == 2


def test_who_says_nothing_leaves_it_unknown_and_is_asked(cast: Cast, web: PlaceOnTheWeb):
    """The page was closed, or the web process died, between taking and confirming."""
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    assert not ticker._forsaken() and settle.lose_overdue() == 0  # no job is about it, and it is in good hands
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    assert settle.lose_overdue() == 1
    settle.settle(due(target).pk)
    row = fresh(target)
    assert (row.state, row.needs_person) == (State.UNKNOWN, True) and list(troubled_for(cast.senior)) == [row]
    with pytest.raises(Conflict):
        by_hand.take(cast.senior, target)
    by_hand.confirm(cast.junior, target, url=_posted(web))
    assert (fresh(target).state, fresh(target).needs_person, target.attempts.count()) == (State.SENT, False, 1)


@pytest.mark.parametrize("step", ["accept", "record"])
def test_a_confirmation_that_dies_half_way_leaves_it_as_it_was_and_can_be_said_again(
    cast: Cast, web: PlaceOnTheWeb, step: str, monkeypatch: pytest.MonkeyPatch
):
    target, url = _handed(cast, web), _posted(web)
    by_hand.take(cast.junior, target)
    with monkeypatch.context() as dying:
        dying.setattr(by_hand, step, _dies)
        with pytest.raises(SystemExit):
            by_hand.confirm(cast.junior, target, url=url)
    assert fresh(target).state == State.SENDING and target.attempts.get().state == Attempt.State.SENT
    by_hand.confirm(cast.junior, target, url=url)
    assert fresh(target).state == State.SENT and target.attempts.count() == 1


def _dies(*args: object, **named: object) -> None:
    raise SystemExit


def test_a_late_word_of_one_who_was_given_up_is_kept_beside_the_other(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    by_hand.give_back(cast.senior, target, note="She is on a plane.")
    send.send(due(target).pk)
    by_hand.take(cast.specialist, target)
    with pytest.raises(Conflict, match=str(cast.specialist)):
        by_hand.confirm(cast.junior, target, url=_posted(web))
    by_hand.confirm(cast.specialist, target, url=(url := _posted(web)))
    row = _proven(target)
    assert (row.state, row.needs_person, row.url, row.copies.count()) == (State.SENT, True, url, 1)


def test_a_hold_and_a_cancelled_post_stop_it_before_somebody_takes_it(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    place_hold(cast.senior, reason="Storm")
    with pytest.raises(Conflict, match="Storm"):
        by_hand.take(cast.junior, target)
    cancel(cast.senior, target)
    with pytest.raises(Conflict):
        by_hand.take(cast.junior, target)
    with pytest.raises(Unsupported):
        by_hand.take(cast.junior, made.a_post(cast.senior, text=made.TEXTS[1]))


def test_a_senior_settles_it_with_the_link(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    by_hand.take(cast.junior, target)
    settle.lose(target.pk, "An hour is over.")
    with pytest.raises(Invalid):
        settle.settle_by_hand(cast.senior, target, is_there=True, url="https://example.org/1")
    settle.settle_by_hand(cast.senior, target, is_there=True, url=(url := _posted(web)))
    assert (_proven(target).state, fresh(target).remote_id) == (State.PROVEN, url)


def _live(cast: Cast, web: PlaceOnTheWeb) -> Target:
    target = _handed(cast, web)
    by_hand.confirm(cast.junior, target, url=_posted(web))
    return _proven(target)


def test_taking_it_down_is_a_task_with_a_deadline_that_ends_when_it_is_gone(cast: Cast, web: PlaceOnTheWeb):
    target = _live(cast, web)
    ask_recall(cast.senior, target, reason="The licence ended.")
    recall(due(target).pk)
    task = Takedown.objects.get(target=target)
    assert fresh(target).state == State.RECALLING and task.due_at > timezone.now()
    close_takedown(cast.specialist, task.pk)
    recall(due(target).pk)  # looked at once more: it can still be seen
    assert fresh(target).state == State.RECALLING and Takedown.objects.filter(target=target, closed_at=None).exists()
    web.somebody_takes_down(target.url)
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not Takedown.objects.filter(target=target, closed_at=None).exists()


def test_where_nobody_can_look_a_persons_word_ends_it(cast: Cast, web: PlaceOnTheWeb):
    target = _live(cast, web)
    web.shows = "login"
    ask_recall(cast.senior, target, reason="The licence ended.")
    recall(due(target).pk)
    close_takedown(cast.specialist, Takedown.objects.get(target=target).pk)
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED


def test_the_team_is_told_once_in_its_own_chat(cast: Cast, web: PlaceOnTheWeb, monkeypatch: pytest.MonkeyPatch):
    target = _handed(cast, web)
    told = []
    monkeypatch.setattr(remind, "chat_of", lambda account: made.an_account(cast.senior, "practice", "Team chat"))
    monkeypatch.setattr(remind, "context_for", lambda account: nullcontext())
    monkeypatch.setattr(PracticeAdapter, "publish", lambda self, context, post: told.append(post.text))
    assert (target.pk, State.HANDED) in due_targets(timezone.now())
    for _ in range(2):
        remind.remind(target.pk)
    [words] = told
    assert target.piece.title in words and f"/posts/{target.pk}/by-hand/" in words
    assert (target.pk, State.HANDED) not in due_targets(timezone.now())


@pytest.mark.parametrize("remind_in", ["", "Team chat", "nobody's"])
def test_only_a_chat_of_that_name_is_told(cast: Cast, web: PlaceOnTheWeb, remind_in: str):
    account = _account(cast, web)
    account.settings["remind_in"] = remind_in
    chat = made.an_account(cast.senior, "discord", "Team chat")
    made.an_account(cast.senior, "mastodon", "nobody's")
    assert remind.chat_of(account) == (chat if remind_in == "Team chat" else None)


def test_programs_list_take_and_confirm_it_and_strangers_do_not(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    path = f"/api/posts/{target.pk}/by-hand"
    junior, stranger, guest = (program(who) for who in (cast.junior, cast.stranger, cast.guest))
    for who in (stranger, guest):
        assert who.get("/api/by-hand").json()["items"] == []
        assert [who.get(f"{path}{part}").status_code for part in ("", "/files/1")] == [404, 404]
        for act in ("take", "confirm", "give-back"):
            assert who.post(f"{path}/{act}", {}, content_type="application/json").status_code == 404
    assert [one["id"] for one in junior.get("/api/by-hand").json()["items"]] == [target.pk]
    todo = junior.get(path).json()
    assert (todo["place"], todo["fields_to_paste"][0]["text"], todo["holder"]) == ("LinkedIn", made.TEXTS[0], None)
    assert junior.get(f"{path}/files/1").status_code == 404
    taken = junior.post(f"{path}/take", {}, content_type="application/json")
    assert taken.json()["state"] == "sending" and junior.get(path).json()["holder"] == cast.junior.pk
    done = junior.post(f"{path}/confirm", {"url": _posted(web)}, content_type="application/json")
    assert done.json()["state"] == "sent"
    again = junior.post(f"{path}/confirm", {"url": _posted(web)}, content_type="application/json")
    assert again.status_code == 409


def test_a_person_with_a_phone_copies_saves_and_says_where_it_is(cast: Cast, web: PlaceOnTheWeb):
    target = made.a_taken_post(cast.senior, by=cast.junior)
    page = f"/posts/{target.pk}/by-hand/"
    client = signed_in(cast.junior)
    shown = client.get(page).content.decode()
    assert (
        'data-copy="Six things' in shown
        and "TikTok has no field for: title, link" in shown
        and "sound of the reef" in shown
    )
    saved = client.get(f"{page}files/1/")
    assert saved["Content-Disposition"] == 'attachment; filename="1-divers-at-dawn.jpg"'
    with ZipFile(BytesIO(b"".join(client.get(f"{page}files.zip")))) as box:
        assert box.namelist() == ["1-divers-at-dawn.jpg", "words.txt"]
        assert made.TEXTS[0] in box.read("words.txt").decode()
        assert box.read("1-divers-at-dawn.jpg") == b"".join(saved)
    wrong = client.post(f"{page}confirm/", {"url": "https://example.org/1"})
    assert wrong.status_code == 422 and "not the address of a post on TikTok" in wrong.content.decode()
    done = client.post(f"{page}confirm/", {"url": "https://www.tiktok.com/@reefwatch/video/77?x=1"})
    assert done.status_code == 302 and fresh(target).url == "https://www.tiktok.com/@reefwatch/video/77"


def test_the_reminder_is_a_calendar_file_with_an_alarm(cast: Cast, web: PlaceOnTheWeb):
    target = made.a_taken_post(cast.senior, by=cast.junior)
    Target.objects.filter(pk=target.pk).update(due_at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    client = signed_in(cast.junior)
    told = client.get(f"/posts/{target.pk}/by-hand/reminder.ics")
    lines = told.content.decode().split("\r\n")
    assert told["Content-Type"].startswith("text/calendar") and all(len(line.encode()) <= 75 for line in lines)
    whole = told.content.decode().replace("\r\n ", "")
    assert "DTSTART:20261201T090000Z\r\n" in whole and "TRIGGER:-PT10M\r\n" in whole
    assert f"URL:http://127.0.0.1:8000/posts/{target.pk}/by-hand/" in whole


def test_pages_and_files_are_no_strangers_business(cast: Cast, web: PlaceOnTheWeb, client):
    target = made.a_taken_post(cast.senior, by=cast.junior)
    page = f"/posts/{target.pk}/by-hand/"
    reads, acts = ("", "files/1/", "files.zip", "reminder.ics"), ("take/", "confirm/", "give-back/")
    assert client.get(page)["Location"].startswith("/sign-in/")
    stranger, guest, specialist = (signed_in(who) for who in (cast.stranger, cast.guest, cast.specialist))
    for part in reads:
        assert stranger.get(f"{page}{part}").status_code == 404
        assert guest.get(f"{page}{part}")["Location"] == "/shared/"
    for part in acts:
        assert [who.post(f"{page}{part}").status_code for who in (stranger, guest)] == [404, 403]
    assert specialist.post(f"{page}give-back/").status_code == 403
    specialist.post(f"{page}take/")
    assert target.attempts.get().by == cast.junior


def test_home_shows_what_waits_and_what_is_late_with_who_planned_it(cast: Cast, web: PlaceOnTheWeb):
    target = _handed(cast, web)
    client = signed_in(cast.junior)
    assert f"/posts/{target.pk}/by-hand/" in client.get("/").content.decode()
    Target.objects.filter(pk=target.pk).update(due_at=timezone.now() - timedelta(hours=1))
    late = client.get("/").content.decode()
    assert f"{cast.senior} planned it" in late and f"/posts/{target.pk}/by-hand/" not in late
