"""What is planned, live or part of a piece cannot be deleted, and what history names stays."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import bins
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.produce.models import PieceMedia
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import account_of
from crosscut.kernel.errors import Conflict

__all__ = ["store"]


@pytest.fixture
def planned(cast, tmp_path) -> Target:
    """A post with a picture, planned for tomorrow."""
    asset = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))
    add_licence(cast.senior, asset.pk, Terms(holder="Rosa", terms="Own work"))
    account = account_of(cast.workspace)
    piece = create_piece(cast.senior, title="Half of the reef", text="It wakes.")
    set_media(cast.senior, piece, asset, alt_text="A reef.")
    set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
    when = (timezone.now() + timedelta(days=1)).replace(tzinfo=None)
    return schedule(cast.senior, piece, account, wall_time=when, zone="UTC")


def test_what_is_planned_or_live_is_protected_and_says_where(cast, planned):
    asset = Asset.objects.get()
    for state in (Target.State.SCHEDULED, Target.State.PROVEN, Target.State.UNKNOWN):
        Target.objects.update(state=state)
        with pytest.raises(Conflict, match=r"Practice.*Half of the reef"):
            bins.put_into_bin(cast.junior, [asset.pk])
    page = signed_in(cast.junior).post(reverse("asset-delete", args=[asset.pk]), follow=True).content.decode()
    assert "Half of the reef" in page
    assert Asset.objects.get().binned_at is None


def test_what_is_in_a_piece_is_protected_and_what_was_posted_stays_for_the_record(cast, planned):
    asset = Asset.objects.select_related("current").get()
    Target.objects.update(state=Target.State.RECALLED)
    with pytest.raises(Conflict, match="in the piece “Half of the reef”"):
        bins.put_into_bin(cast.junior, [asset.pk])
    PieceMedia.objects.all().delete()
    bins.put_into_bin(cast.junior, [asset.pk])
    assert bins.empty_bin(cast.lead) == 0
    assert asset.current
    assert storage.exists(asset.current.sha256)
    page = signed_in(cast.lead).post(reverse("bin-empty"), follow=True).content.decode()
    assert "history of posts" in page
