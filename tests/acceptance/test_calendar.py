"""Moving posts on the calendar: by mouse, by keyboard, and back."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def month(open_window: Open) -> Page:
    """A month of the made-up calendar, the same on every day of the year."""
    page = open_window().new_page()
    page.goto("/style/calendar/?view=dayGridMonth&date=2026-04-01")
    page.wait_for_selector(".cal-post")
    return page


def test_a_post_is_dragged_to_another_day_and_back_with_ctrl_z(month: Page):
    with month.expect_request("**/move/") as asked:
        month.locator("[data-post='1']").drag_to(month.locator("[role=gridcell]").nth(9))
    assert "at=" in (asked.value.post_data or "")
    expect(month.locator("#toasts")).to_contain_text("moved to")
    with month.expect_request("**/move/") as undone:
        month.keyboard.press("Control+z")
    assert undone.value.post_data != asked.value.post_data
    expect(month.locator("#toasts")).to_contain_text("is back at")


def test_a_refused_move_goes_back_and_says_why(month: Page):
    post = month.locator("[data-post='99']")
    day = post.locator("xpath=ancestor::*[@role='gridcell']").get_attribute("data-date")
    post.drag_to(month.locator("[role=gridcell]").nth(8))
    expect(month.locator("#toasts")).to_contain_text("It is being sent right now.")
    assert post.locator("xpath=ancestor::*[@role='gridcell']").get_attribute("data-date") == day


def test_a_post_is_moved_without_a_mouse(month: Page):
    month.locator("[data-post='2']").focus()
    month.keyboard.press("m")
    dialog = month.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("New time").fill("2026-12-01T08:30")
    with month.expect_request("**/move/") as asked:
        dialog.get_by_role("button", name="Move", exact=True).click()
    assert asked.value.post_data == "at=2026-12-01T08%3A30"


def test_each_card_says_its_state_in_words(month: Page):
    expect(month.locator("[data-post='4']")).to_contain_text("Scheduled")


def test_several_posts_are_chosen_by_keys_and_move_as_far_as_one_of_them(month: Page):
    for number in (1, 2):
        month.locator(f"[data-post='{number}']").first.press("x")
    bar = month.get_by_role("group", name="What is chosen")
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("button", name="Move to…").click()
    dialog = month.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("New time").fill("2026-12-01T08:30")
    with month.expect_request("**/calendar/move/") as asked:
        dialog.get_by_role("button", name="Move", exact=True).click()
    assert (asked.value.post_data or "").startswith("post=1&at=2026-12-01T08%3A30&post=2&at=")
    expect(month.locator("#toasts")).to_contain_text("moved to")  # there is nothing to undo before
    with month.expect_request("**/calendar/move/") as undone:
        month.keyboard.press("Control+z")
    assert undone.value.post_data != asked.value.post_data


def test_a_post_is_copied_by_dragging_with_alt_and_stays_where_it_was(month: Page):
    post = month.locator("[data-post='1']")
    day = post.locator("xpath=ancestor::*[@role='gridcell']").get_attribute("data-date")
    month.keyboard.down("Alt")
    with month.expect_request("**/copy/") as asked:
        post.drag_to(month.locator("[role=gridcell]").nth(9))
    month.keyboard.up("Alt")
    assert "at=" in (asked.value.post_data or "")
    expect(month.locator("#toasts")).to_contain_text("copied to")
    assert post.locator("xpath=ancestor::*[@role='gridcell']").get_attribute("data-date") == day
