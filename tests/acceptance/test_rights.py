"""Rights that end, as people meet them in the browser: what is planned stops, what is live becomes a task."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.consents import Agreement, give_consent, show_subject
from crosscut.apps.library.tests import making
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.models import Takedown, Target
from crosscut.apps.publish.services import recall, send
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import World, account_of, due, fresh, world
from crosscut.kernel.errors import Unsupported
from tests.cast import Cast

from .conftest import Open
from .looks import barriers

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def photo(cast: Cast, tmp_path: Path) -> Asset:
    """A picture of Amina, who agreed, under a licence that ends in three days."""
    asset = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef at dawn.jpg"))
    ends_on = today_in(cast.workspace) + timedelta(days=3)
    add_licence(cast.senior, asset.pk, Terms(holder="Rosa Diaz", terms="Autumn contract", ends_on=ends_on))
    amina = show_subject(cast.senior, asset.pk, "Amina Odhiambo")
    give_consent(cast.senior, amina.pk, Agreement(agreed="Release, folder 12"))
    return asset


@pytest.fixture
def posts(cast: Cast, photo: Asset, world: World) -> tuple[Target, Target]:
    """One post with it that is live where programs cannot delete, and one planned for the day after tomorrow."""
    account = account_of(cast.workspace)

    def planned(title: str, when: datetime) -> Target:
        piece = create_piece(cast.senior, title=title, text=f"{title}: the reef is waking up.")
        set_media(cast.senior, piece, photo, alt_text="A reef in shallow water.")
        set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
        return schedule(cast.senior, piece, account, wall_time=when.replace(tzinfo=None), zone="UTC")

    live = planned("Out since today", timezone.now())
    send.send(due(live).pk)
    return fresh(live), planned("For later", timezone.now() + timedelta(days=2))


def as_the_ticker_does(live: Target, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look that is taken twice a minute, and the recall that follows it, on a channel that cannot delete."""

    def cannot(context: object, remote_id: str) -> None:
        raise Unsupported("Practice takes nothing down for programs: delete it there.")

    assert recall.enforce_rights() == 2
    monkeypatch.setattr(world, "delete", cannot)
    recall.recall(due(live).pk)


def seen_blocked(page: Page, planned: Target, why: str) -> None:
    """The planned post says that it is blocked, and why."""
    page.goto(f"/posts/{planned.pk}/")
    expect(page.locator(".post-now")).to_contain_text("Blocked")
    expect(page.locator(".post-now")).to_contain_text(why)


def test_a_withdrawn_consent_blocks_what_is_planned_and_has_what_is_live_taken_down_by_a_deadline(
    cast: Cast, open_window: Open, photo: Asset, posts: tuple[Target, Target], world: World, monkeypatch
) -> None:
    live, planned = posts
    page = open_window(cast.senior).new_page()
    page.goto(f"/library/{photo.pk}/view/rights/")
    page.get_by_role("link", name="Amina Odhiambo").click()
    page.get_by_role("button", name="Withdraw Release, folder 12").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.locator("#consent")).to_contain_text("Withdrawn")
    as_the_ticker_does(live, world, monkeypatch)
    seen_blocked(page, planned, "Amina Odhiambo withdrew consent")
    page.goto("/rights/")
    task = page.get_by_role("region", name="To take down by hand").get_by_role("listitem")
    expect(task).to_have_count(1)
    expect(task).to_contain_text("Out since today")
    expect(task).to_contain_text("must be gone by")
    expect(task).to_contain_text("delete it there")
    expect(task.locator("time")).to_have_attribute("datetime", Takedown.objects.get().due_at.isoformat())
    assert barriers(page) == []
    world.posts.clear()  # a person deletes it there
    task.get_by_role("button", name="It is gone").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="It is gone").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Noted: it is gone.")
    expect(page.get_by_role("region", name="To take down by hand")).to_contain_text("Nothing.")
    assert Takedown.objects.get().closed_by == cast.senior


def test_an_expired_licence_is_foretold_blocks_what_is_planned_and_recalls_what_is_live(
    cast: Cast, open_window: Open, photo: Asset, posts: tuple[Target, Target], world: World, monkeypatch
) -> None:
    live, planned = posts
    page = open_window(cast.senior).new_page()
    page.goto("/rights/")
    soon = page.get_by_role("region", name="Rights that end soon")
    expect(soon).to_contain_text("reef at dawn")
    expect(soon).to_contain_text("In 3 days")
    Licence.objects.update(ends_on=today_in(cast.workspace) - timedelta(days=1))  # four days go by
    as_the_ticker_does(live, world, monkeypatch)
    seen_blocked(page, planned, "The licence of Rosa Diaz ended")
    assert Takedown.objects.get().target == live
