"""What the frame and the scripts do for somebody who uses them, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Open
from .looks import Look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def style(open_window: Open) -> Page:
    """The style page, seen by nobody in particular."""
    page = open_window().new_page()
    page.goto("/style/")
    return page


def test_the_first_tab_skips_to_the_content(style: Page):
    style.keyboard.press("Tab")
    expect(style.locator(".skip-link")).to_be_focused()
    style.keyboard.press("Enter")
    assert style.evaluate("document.activeElement.id") == "main"


def test_chosen_colours_are_remembered(style: Page):
    style.get_by_role("button", name="Other colours").click()
    style.get_by_role("button", name="Other colours").click()
    assert style.evaluate("document.documentElement.dataset.theme") == "dark"
    style.reload()
    assert style.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 27)"


def test_the_question_mark_lists_the_shortcuts(style: Page):
    style.keyboard.press("?")
    expect(style.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    style.keyboard.press("Escape")
    expect(style.get_by_role("dialog")).to_have_count(0)


def test_a_menu_closes_with_escape_and_gives_the_focus_back(style: Page):
    style.locator("summary", has_text="A menu").click()
    style.keyboard.press("Escape")
    assert style.evaluate("document.querySelectorAll('details.menu[open]').length") == 0
    expect(style.locator("summary", has_text="A menu")).to_be_focused()


def test_a_destructive_act_names_what_will_happen(style: Page):
    style.get_by_role("button", name="Cancel the post").click()
    dialog = style.get_by_role("dialog", name="Cancel this post?")
    expect(dialog).to_contain_text("It stays in Pieces")
    dialog.get_by_role("button", name="Cancel", exact=True).click()
    expect(dialog).to_have_count(0)


def test_tabs_are_walked_with_the_arrows(style: Page):
    style.get_by_role("tab", name="All channels").focus()
    style.keyboard.press("ArrowRight")
    expect(style.get_by_role("tabpanel")).to_have_text("What Bluesky says instead.")


def test_the_ring_counts_what_a_reader_would_count(style: Page):
    field = style.get_by_label("Text", exact=True)
    field.fill("👩‍👩‍👧‍👦" * 10)  # a family of four is one character to whoever reads it
    expect(style.locator(".counted [data-ring-words]")).to_have_text("290")
    field.fill("x" * 301)
    expect(style.locator(".counted .ring")).to_have_attribute("data-level", "over")


def test_messages_are_said_and_can_be_closed(style: Page):
    style.get_by_role("button", name="Show a message").click()
    toast = style.locator("#toasts .toast")
    expect(toast).to_contain_text("moved to Tuesday")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_an_upload_that_fails_can_be_tried_again(style: Page):
    answers = iter(
        [(422, '{"problems": [{"message": "There is no such asset."}]}', {}), (201, "", {"Location": "/upload/1"})]
    )

    def answer(route: Route) -> None:
        status, body, headers = next(answers)
        route.fulfill(status=status, body=body, headers=headers)

    def sent(route: Route) -> None:
        route.fulfill(status=204, headers={"Upload-Offset": "1"})

    style.route("**/upload/", answer)
    style.route("**/upload/1", sent)
    style.set_input_files("[data-drop-input]", {"name": "reef.mov", "mimeType": "video/quicktime", "buffer": b"x"})
    row = style.locator(".upload", has_text="reef.mov").filter(has_text="no such asset")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Try again reef.mov").click()
    expect(style.locator(".upload", has_text="reef.mov")).to_contain_text("Received")


def test_the_rail_is_a_bar_below_on_a_phone(open_window: Open):
    page = open_window(look=Look(name="phone", width=390)).new_page()
    page.goto("/style/")
    box = page.locator(".rail").bounding_box()
    assert box is not None
    assert box["y"] > 700
    page.get_by_role("button", name="More", exact=True).first.click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
