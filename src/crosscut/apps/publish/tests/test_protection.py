"""What is planned, live or part of a piece is deleted only when that was named, and what history names stays."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
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
from crosscut.apps.publish.tests.world import account_of, fresh
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
    assert "Half of the reef" in page and "Delete all the same" in page
    assert Asset.objects.get().binned_at is None


def test_it_is_deleted_when_all_that_needs_it_was_named_and_that_keeps_it(cast, planned):
    asset, browser = Asset.objects.select_related("current").get(), signed_in(cast.junior)
    page = browser.post(reverse("asset-delete", args=[asset.pk]))
    named = re.findall(r'name="named" value="([^"]+)"', page.content.decode())
    assert page.status_code == 409 and set(named) == {f"post:{planned.pk}", f"piece:{planned.piece_id}"}
    assert browser.post(reverse("asset-delete", args=[asset.pk]), {"named": named[:1]}).status_code == 409
    several = {"action": "delete", "asset": asset.pk}
    assert "Delete all the same" in browser.post(reverse("library-change"), several).content.decode()
    assert Asset.objects.get().binned_at is None
    browser.post(reverse("library-change"), {**several, "named": named})
    assert Asset.objects.get().binned_at is not None
    event = AuditEvent.objects.get(verb="asset.binned")
    assert set(event.detail["needed_by"]) == set(named)
    assert fresh(planned).state == Target.State.SCHEDULED and planned.piece.media.get().asset == asset
    assert browser.get(reverse("piece", args=[planned.piece_id])).status_code == 200
    assert bins.empty_bin(cast.lead) == 0 and asset.current and storage.exists(asset.current.sha256)


def test_programs_name_what_they_saw(cast, planned):
    asking, asset = program(cast.junior), Asset.objects.get()
    refused = asking.post("/api/library/assets/delete", {"asset_ids": [asset.pk]}, content_type="application/json")
    assert refused.status_code == 409
    body = {"asset_ids": [asset.pk], "named": [problem["where"] for problem in refused.json()["problems"]]}
    done = asking.post("/api/library/assets/delete", body, content_type="application/json")
    assert done.json() == {"changed": 1} and Asset.objects.get().binned_at is not None


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
