"""The search over everything, by keyboard as people use it."""

import pytest
from playwright.sync_api import Page, expect

from crosscut.apps.produce.services.write import create_piece
from tests.cast import Cast

from .conftest import Open
from .looks import Look, barriers, overflow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_window: Open, cast: Cast) -> Page:
    """The list of pieces with two of them in it."""
    create_piece(cast.lead, title="Where the whale sleeps")
    create_piece(cast.lead, title="Whale")
    page = open_window(cast.lead).new_page()
    page.goto("/pieces/")
    return page


def test_two_keys_some_letters_and_enter_open_what_is_meant(page: Page):
    page.keyboard.press("Control+k")
    page.keyboard.type("whale")
    expect(page.locator("#find-status")).to_contain_text("2 found")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Whale")


def test_arrows_walk_the_list_and_typing_goes_back_to_the_field(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("whale")
    expect(page.locator("#find-status")).to_contain_text("2 found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("dialog").get_by_role("link", name="Where the whale sleeps")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("zzqq")
    expect(page.locator(".found-none")).to_contain_text("zzqq")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_it_fits_a_phone_and_has_no_barriers(open_window: Open, cast: Cast):
    create_piece(cast.lead, title="Whale " * 20)
    page = open_window(cast.lead, Look(name="phone", width=390)).new_page()
    page.goto("/pieces/")
    page.locator("[data-search]").click()
    page.keyboard.type("whale")
    expect(page.locator("#find-status")).to_contain_text("1 found")
    assert barriers(page) == [] and overflow(page) == []
