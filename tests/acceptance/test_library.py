"""What people do with many assets at once, in the browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from crosscut.apps.library.models import Asset
from crosscut.apps.library.tests import making
from tests.cast import Cast

from . import shelf
from .conftest import Open
from .looks import barriers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_window: Open, cast: Cast, tmp_path: Path) -> Page:
    """A library of three pictures."""
    for colour in ("teal", "navy", "olive"):
        making.taken_in(cast.junior, making.jpeg(tmp_path / f"{colour}.jpg", colour=colour))
    page = open_window(cast.junior).new_page()
    page.goto("/library/")
    return page


def cities() -> list[str]:
    return [asset.about.get("city", "") for asset in Asset.objects.order_by("pk")]


def test_three_are_chosen_changed_at_once_and_set_back(page: Page):
    for box in page.locator("#tiles input[type=checkbox]").all():
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.get_by_role("button", name="Change fields").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 3 assets")
    page.get_by_label("Field", exact=True).select_option(label="City where it was taken")
    page.get_by_label("Words").fill("Watamu")
    page.get_by_role("button", name="See what changes").press("Enter")
    expect(page.locator(".notice")).to_contain_text("3 assets change.")
    assert barriers(page) == [] and cities() == ["", "", ""]
    page.get_by_role("button", name="Change them").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 assets changed")
    assert cities() == ["Watamu"] * 3
    page.get_by_role("button", name="Undo all of it").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("3 fields are as they were.")
    assert cities() == ["", "", ""]


def test_duplicates_become_one_by_keyboard_and_come_back(open_window: Open, cast: Cast):
    page = open_window(cast.lead).new_page()
    page.goto(shelf.a_group_of_twins(cast))
    expect(page.locator("#merge-what")).to_contain_text("“reef at dawn”")
    stays = page.locator(".twin").filter(has_text="reef-small.jpg").get_by_role("radio")
    stays.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Merge 2 files into “reef small”")).to_be_visible()
    expect(stays).to_be_focused()
    page.get_by_label("I have seen it").check()
    page.get_by_role("button", name="Merge 2 files").press("Enter")
    expect(page.locator(".notice")).to_contain_text("2 files became one with “reef small”")
    assert Asset.objects.filter(binned_at=None).count() == 1
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("reef small")
    assert Asset.objects.filter(binned_at=None).count() == 3
