"""Scheduling a piece from its own page, and what its posts forbid."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, ApprovalRule
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.approve import approve
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.review import decide
from crosscut.apps.produce.services.share import Wish, share
from crosscut.apps.produce.services.write import archive_piece, change_piece
from crosscut.apps.produce.tests import made
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.tests.world import scheduled
from crosscut.kernel.errors import Conflict

TOMORROW = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT09:00")


@pytest.fixture
def account(cast: Cast) -> Account:
    return made.account(cast.lead)


def _schedule(client: Client, piece: Piece, account: Account | None, **given: str):
    fields = {"at": TOMORROW, "zone": "Europe/Berlin", **given}
    if account:
        fields["account"] = str(account.pk)
    return client.post(f"/pieces/{piece.pk}/posts/schedule/", fields, headers={"HX-Request": "true"})


def test_it_schedules_in_the_chosen_zone_and_shows_the_post(cast: Cast, account: Account):
    piece = made.piece(cast.senior)
    answer = _schedule(signed_in(cast.senior), piece, account)
    assert answer.status_code == 200
    target = Target.objects.get(piece=piece)
    assert (target.wall_time[11:16], target.zone) == ("09:00", "Europe/Berlin")
    assert f"/posts/{target.pk}/" in answer.content.decode()
    assert "It is on its way to every account" in answer.content.decode()


def test_it_lets_a_junior_schedule_only_what_a_senior_approved_as_it_is(cast: Cast, account: Account):
    piece = made.piece(cast.junior)
    client = signed_in(cast.junior)
    refused = _schedule(client, piece, account)
    assert refused.status_code == 422 and "senior&#x27;s approval" in refused.content.decode()
    approve(cast.senior, freeze(piece))
    change_piece(cast.junior, piece, text="Changed after the yes.")
    assert _schedule(client, piece, account).status_code == 422
    approve(cast.senior, freeze(Piece.objects.get(pk=piece.pk)))
    assert _schedule(client, piece, account).status_code == 200


def test_it_lets_a_specialist_schedule_in_their_own_campaign_only(cast: Cast, account: Account):
    own = made.piece(cast.specialist, campaign=made.campaign(cast.specialist, "own"))
    other = made.piece(cast.specialist, campaign=made.campaign(cast.senior, "other"))
    client = signed_in(cast.specialist)
    assert _schedule(client, own, account).status_code == 200
    assert _schedule(client, other, account).status_code == 422


def test_it_asks_everybody_for_approval_where_the_workspace_says_so(cast: Cast, account: Account):
    cast.workspace.approval_rule = ApprovalRule.EVERYONE
    cast.workspace.save()
    piece = made.piece(cast.lead)
    assert _schedule(signed_in(cast.lead), piece, account).status_code == 422


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"at": "2020-01-01T09:00"}, "has passed"),
        ({"at": "2027-03-28T02:30"}, "does not exist"),  # clocks in Berlin jump from 02:00 to 03:00 that night
        ({"at": "tomorrow"}, "Give the day and the time"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
    ],
)
def test_it_says_in_plain_words_why_a_time_cannot_be(cast: Cast, account: Account, given: dict[str, str], says: str):
    piece = made.piece(cast.senior)
    client = signed_in(cast.senior)
    answer = _schedule(client, piece, account, **given)
    assert answer.status_code == 422 and says in answer.content.decode()
    shown = client.get(f"/pieces/{piece.pk}/posts/when/", {"at": TOMORROW, "zone": "Europe/Berlin", **given})
    assert says in shown.content.decode()
    assert not Target.objects.exists()


def test_it_says_what_blocks_and_what_is_on_its_way_already(cast: Cast, account: Account):
    client = signed_in(cast.senior)
    long = made.piece(cast.senior, text="x" * 301)
    assert "limit is 300" in _schedule(client, long, account).content.decode()
    piece = made.piece(cast.senior)
    _schedule(client, piece, account)
    again = _schedule(client, piece, account)
    assert again.status_code == 422 and "already on its way" in again.content.decode()
    assert "Choose at least one account" in _schedule(client, piece, None).content.decode()


def test_it_schedules_what_goes_and_names_what_does_not(cast: Cast, account: Account):
    broken = made.account(cast.lead, name="Broken")
    Account.objects.filter(pk=broken.pk).update(state=Account.State.RECONNECT)
    piece = made.piece(cast.senior)
    fields = {"at": TOMORROW, "zone": "UTC", "account": [str(account.pk), str(broken.pk)]}
    answer = signed_in(cast.senior).post(f"/pieces/{piece.pk}/posts/schedule/", fields)
    assert answer.status_code == 200
    assert "Not scheduled on Broken" in answer.content.decode()
    assert Target.objects.get(piece=piece).account == account


def test_it_publishes_now(cast: Cast, account: Account):
    piece = made.piece(cast.senior)
    assert _schedule(signed_in(cast.senior), piece, account, now="1", at="").status_code == 200
    assert abs(Target.objects.get().due_at - timezone.now()) < timedelta(minutes=1)


def test_it_says_the_moment_in_the_zone_and_in_utc(cast: Cast):
    piece = made.piece(cast.senior)
    asked = {"at": "2031-07-01T09:00", "zone": "Asia/Kolkata"}
    words = signed_in(cast.senior).get(f"/pieces/{piece.pk}/posts/when/", asked).content.decode()
    assert "Tuesday 1 July, 09:00 Asia/Kolkata" in words and "03:30 UTC" in words and "05:30" in words


def test_it_warns_of_neighbours_before_anything_is_planned(cast: Cast, account: Account):
    text = "Six things you can do for the reef before breakfast, and why the sea will notice."
    first, second = made.piece(cast.senior, text=text), made.piece(cast.senior, text=f"{text} Really.")
    client = signed_in(cast.senior)
    _schedule(client, first, account)
    near: dict[str, str | int] = {"at": TOMORROW[:-2] + "10", "zone": "Europe/Berlin"}
    said = client.get(f"/pieces/{second.pk}/posts/when/", {**near, "account": account.pk}).content.decode()
    assert "within 15 minutes of this" in said and "nearly the same as" in said
    assert "15 minutes" not in client.get(f"/pieces/{second.pk}/posts/when/", near).content.decode()  # nobody is ticked
    theirs = made.account(cast.stranger)
    assert (
        "15 minutes"
        not in client.get(f"/pieces/{second.pk}/posts/when/", {**near, "account": theirs.pk}).content.decode()
    )


def test_it_keeps_a_piece_out_of_the_archive_while_posts_are_under_way(cast: Cast):
    piece = scheduled(cast).piece
    with pytest.raises(Conflict):
        archive_piece(cast.senior, piece)


def test_it_refuses_strangers(cast: Cast, account: Account):
    piece = made.piece(cast.senior)
    stranger, guest = signed_in(cast.stranger), signed_in(cast.guest)
    for address in (f"/pieces/{piece.pk}/posts/", f"/pieces/{piece.pk}/posts/when/"):
        assert stranger.get(address).status_code == 404
        assert guest.get(address, headers={"HX-Request": "true"}).status_code == 403
        assert Client().get(address).status_code == 302
    assert _schedule(stranger, piece, account).status_code == 404
    assert _schedule(guest, piece, account).status_code == 403
    foreign = made.account(cast.stranger)
    assert _schedule(signed_in(cast.senior), piece, foreign).status_code == 422
    assert not Target.objects.exists()


def test_it_says_which_guest_it_waits_for(cast: Cast, account: Account):
    piece = made.piece(cast.senior)
    link, _address = share(cast.specialist, piece, Wish(name="Mira Client", may_approve=True))
    page = f"/pieces/{piece.pk}/posts/"
    assert "when Mira Client has approved it" in signed_in(cast.senior).get(page).content.decode()
    decide(link, "approved", digest=link.edition.digest)
    assert "Mira Client" not in signed_in(cast.senior).get(page).content.decode()
    change_piece(cast.senior, piece, text="Changed after the yes.")
    assert "when Mira Client has approved it" in signed_in(cast.senior).get(page).content.decode()
