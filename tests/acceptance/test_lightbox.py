"""A guest looks through a collection, by mouse and by keyboard; marked, and shut out after its end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crosscut.apps.library.models import CollectionLink, LinkEvent
from crosscut.apps.library.services import guest_previews
from tests.acceptance import shelf
from tests.acceptance.conftest import Open
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_looks_through_marked_pictures_downloads_and_is_shut_out_after_the_end(
    open_window: Open, cast: Cast
) -> None:
    path = shelf.a_locked_lightbox(cast)
    CollectionLink.objects.update(watermark="Ben Client")
    guest_previews.make_previews(CollectionLink.objects.get().pk)  # without them nothing would be shown
    page = open_window(None).new_page()
    page.goto(path)
    page.get_by_label("Password").fill("kelp-and-coral")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Reefs of the year")).to_be_visible()
    expect(page.locator(".lightbox > li")).to_have_count(3)  # the film's licence has ended
    expect(page.get_by_text("You can look at this until")).to_be_visible()
    assert page.locator(".lightbox img").first.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    page.get_by_role("link", name="coral reef").click()
    expect(page.get_by_role("heading", name="coral reef")).to_be_visible()
    expect(page.get_by_role("link", name="In web size")).to_be_visible()
    original = page.get_by_role("link", name="The original")
    file = original.get_attribute("href") or ""
    with page.expect_download() as download:
        original.click()
    assert download.value.suggested_filename == "coral reef.jpg"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="sea grass")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lightbox")).to_be_visible()
    kinds = set(LinkEvent.objects.values_list("kind", flat=True))
    assert kinds == {"opened", "viewed", "downloaded"}
    CollectionLink.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    answer = page.reload()
    assert answer and answer.status == 404
    assert page.request.get(file).status == 404


def test_the_order_is_changed_by_dragging_and_by_the_arrows(open_window: Open, cast: Cast) -> None:
    path = shelf.a_collection(cast)
    page = open_window(cast.junior).new_page()
    page.goto(path)
    names = page.locator(".collection-tiles .tile-name")
    before = names.all_inner_texts()
    page.get_by_role("button", name=f"{before[0]}: one place later").click()
    expect(names.nth(1)).to_have_text(before[0])
    items = page.locator(".collection-tiles > li")
    with page.expect_navigation():
        items.nth(0).drag_to(items.nth(2))
    expect(names.nth(2)).to_have_text(before[1])
    page.reload()
    expect(names.nth(2)).to_have_text(before[1])
