"""Rights act: what may no longer be shown is not sent, and what is live is taken down."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from crosscut.apps.library.models import Asset, RightsAnswer
from crosscut.apps.library.services.clear import Terms, add_licence, change_licence, set_embargo, withdraw_licence
from crosscut.apps.library.services.consents import (
    Agreement,
    give_consent,
    hide_subject,
    show_subject,
    withdraw_consent,
)
from crosscut.apps.library.services.holdings import doubtful_assets
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import recall, send
from crosscut.apps.publish.services.doubt import to_be_judged
from crosscut.apps.publish.services.recall import enforce_rights
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import account_of, due, fresh
from crosscut.kernel.errors import Invalid

__all__ = ["store"]
State = Target.State
OWN = Terms(holder="Rosa Diaz", terms="Own work")


@pytest.fixture
def photo(cast, tmp_path) -> Asset:
    """A picture that may be used everywhere."""
    asset = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))
    add_licence(cast.senior, asset.pk, OWN)
    return asset


@pytest.fixture
def plan(cast, photo):
    """Plans a post with the photo, so many days from now."""

    account = account_of(cast.workspace)

    def make(days: float = 0) -> Target:
        piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
        set_media(cast.senior, piece, photo, alt_text="A reef in shallow water.")
        set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
        when = (timezone.now() + timedelta(days=days)).replace(tzinfo=None)
        return schedule(cast.senior, piece, account, wall_time=when, zone="UTC")

    return make


@pytest.fixture
def live(plan, world) -> Target:
    """A post with the photo that is out."""
    target = plan()
    send.send(due(target).pk)
    assert fresh(target).state == State.SENT
    return fresh(target)


def narrowed(cast, photo) -> None:
    change_licence(cast.senior, photo.licences.get().pk, Terms(holder="Rosa", terms="Site only", channels=["site"]))


def withdrawn(cast, photo) -> None:
    withdraw_licence(cast.senior, photo.licences.get().pk)


def ended(cast, photo) -> None:
    yesterday = timezone.now().date() - timedelta(days=2)
    change_licence(cast.senior, photo.licences.get().pk, Terms(holder="Rosa", terms="Short", ends_on=yesterday))


def embargoed(cast, photo) -> None:
    set_embargo(cast.senior, photo.pk, timezone.now() + timedelta(days=30))


def recognised(cast, photo) -> None:
    show_subject(cast.senior, photo.pk, "Amina")


LOSSES = (narrowed, withdrawn, ended, embargoed, recognised)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_planned_is_blocked(cast, photo, plan, world, loss):
    target = plan(days=3)
    loss(cast, photo)
    assert enforce_rights() == 1
    assert fresh(target).state == State.BLOCKED
    assert fresh(target).problem


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_live_is_taken_down(cast, photo, live, world, loss):
    loss(cast, photo)
    enforce_rights()
    assert fresh(live).state == State.RECALLING
    recall.recall(due(live).pk)
    assert fresh(live).state == State.RECALLED
    assert not world.posts


def test_a_withdrawn_consent_takes_down_what_it_allowed(cast, photo, plan, world):
    amina = show_subject(cast.senior, photo.pk, "Amina")
    consent = give_consent(cast.senior, amina.pk, Agreement(agreed="Release, folder 12"))
    target = plan()
    send.send(due(target).pk)
    assert enforce_rights() == 0
    withdraw_consent(cast.senior, consent.pk, reason="She asked us to.")
    assert enforce_rights() == 1
    assert "Amina withdrew consent" in fresh(target).problem


def test_without_consent_nothing_is_scheduled(cast, photo, plan, world):
    amina = show_subject(cast.senior, photo.pk, "Amina")
    with pytest.raises(Invalid, match="Amina can be recognised"):
        plan()
    hide_subject(cast.senior, photo.pk, amina.pk)
    assert plan().state == State.SCHEDULED


def test_a_consent_to_another_picture_is_none_to_this(cast, photo, plan, world, tmp_path):
    other = making.taken_in(cast.junior, making.jpeg(tmp_path / "other.jpg", colour="red"))
    amina = show_subject(cast.senior, photo.pk, "Amina")
    give_consent(cast.senior, amina.pk, Agreement(agreed="That one only"), asset_id=other.pk)
    with pytest.raises(Invalid, match="has not agreed"):
        plan()


def test_what_was_judged_is_not_judged_again(cast, photo, live, world):
    enforce_rights()
    assert not doubtful_assets().exists()
    narrowed(cast, photo)
    assert [asset.pk for asset in doubtful_assets()] == [photo.pk]


def test_rights_lost_while_a_post_is_on_its_way_still_act(cast, photo, plan, world):
    target = plan()

    def lose_them() -> None:
        withdrawn(cast, photo)
        enforce_rights()  # looks while nobody knows yet whether the post is out

    world.on_publish = lose_them
    send.send(due(target).pk)
    assert fresh(target).state == State.SENT
    enforce_rights()
    assert fresh(target).state == State.RECALLING


def test_every_answer_is_kept_once_with_its_grounds(cast, photo, live, world):
    enforce_rights()
    (kept,) = RightsAnswer.objects.all()
    assert (kept.asset_id, kept.answer["verdict"]) == (photo.pk, "yes")
    assert kept.about == f"edition:{live.edition_id} practice/images"
    assert kept.grounds["licences"][0]["holder"] == "Rosa Diaz"
    withdrawn(cast, photo)
    enforce_rights()
    said = [row.answer for row in RightsAnswer.objects.all()]
    assert [answer["verdict"] for answer in said] == ["no", "yes"]
    assert said[0]["reasons"][0]["code"] == "rights.none"


def test_a_licence_with_a_date_far_off_is_left_alone(cast, photo, live, world):
    change_licence(cast.senior, photo.licences.get().pk, Terms(holder="R", terms="Long", ends_on=date(2099, 1, 1)))
    assert enforce_rights() == 0
    assert fresh(live).state == State.SENT


def test_a_plain_yes_is_not_looked_at_closely(cast, photo, plan, world):
    target = plan(days=3)
    assert to_be_judged([target.pk]) == []
    narrowed(cast, photo)
    assert to_be_judged([target.pk]) == [target.pk]


@pytest.mark.parametrize("terms", [{"credit_line": "Photo: Rosa"}, {"edits": "none"}])
def test_what_hangs_on_words_and_cuts_is_always_looked_at_closely(cast, photo, plan, world, terms):
    target = plan(days=3)
    change_licence(cast.senior, photo.licences.get().pk, Terms(holder="Rosa", terms="Own work", **terms))
    assert to_be_judged([target.pk]) == [target.pk]


def test_a_post_nobody_can_judge_keeps_no_other_up(cast, photo, plan, world):
    gone, other = plan(days=3), plan(days=4)
    Target.objects.filter(pk=gone.pk).update(post_type="hologram")
    withdrawn(cast, photo)
    assert enforce_rights() == 1
    assert (fresh(gone).state, fresh(other).state) == (State.SCHEDULED, State.BLOCKED)
    assert doubtful_assets().exists()


def test_a_part_whose_files_rights_end_takes_its_whole_thread_down(cast, photo, world) -> None:
    account = account_of(cast.workspace)
    piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
    set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="text", further=["Two.", "Three."])
    set_media(cast.senior, piece, photo, alt_text="A reef in shallow water.", parts={account.channel: 3})
    target = schedule(cast.senior, piece, account, wall_time=timezone.now().replace(tzinfo=None), zone="UTC")
    send.send(due(target).pk)
    assert [len(post.media) for post in world.posts.values()] == [0]
    narrowed(cast, photo)
    assert enforce_rights() == 1
    assert fresh(target).state == State.RECALLING and "Part 3: " in fresh(target).problem
    recall.recall(due(target).pk)
    assert not world.posts
