"""A guest looks through a collection, by mouse and by keyboard; and it is gone when somebody ends it."""

import pytest
from playwright.sync_api import expect

from crosscut.apps.library.models import CollectionLink, LinkEvent
from crosscut.apps.library.services import showing_guests
from tests.acceptance import shelf
from tests.acceptance.conftest import Open
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_looks_downloads_and_is_shut_out_when_it_ends(open_window: Open, cast: Cast) -> None:
    path = shelf.a_locked_lightbox(cast)
    page = open_window(None).new_page()
    page.goto(path)
    page.get_by_label("Password").fill("kelp-and-coral")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Reefs of the year")).to_be_visible()
    expect(page.locator(".lightbox > li")).to_have_count(3)  # the film's licence has ended
    page.get_by_role("link", name="coral reef").click()
    expect(page.get_by_role("heading", name="coral reef")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="The original").click()
    assert download.value.suggested_filename == "coral reef.jpg"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="sea grass")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lightbox")).to_be_visible()
    kinds = set(LinkEvent.objects.values_list("kind", flat=True))
    assert kinds == {"opened", "viewed", "downloaded"}
    showing_guests.end_showing(cast.lead, CollectionLink.objects.get().pk)
    answer = page.reload()
    assert answer and answer.status == 404


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
