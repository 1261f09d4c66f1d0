"""What people do with posts in the browser: moving them, looking from the side, without a mouse and without scripts."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from crosscut.apps.publish.models import Target
from crosscut.apps.publish.tests import made
from tests.cast import Cast

from .conftest import Open, window
from .looks import Look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned(cast: Cast) -> Target:
    """A post of next week's Wednesday."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday()) + timedelta(days=7)
    noon = datetime.combine(monday + timedelta(days=2), time(12), timezone.get_current_timezone())
    return made.a_post(cast.senior, due_at=noon)


@pytest.fixture
def week(planned: Target, cast: Cast, open_window: Open) -> Page:
    """That week's list, as the senior sees it."""
    page = open_window(cast.senior).new_page()
    page.goto(f"/calendar/?view=timeGridWeek&date={planned.due_at:%Y-%m-%d}")
    page.wait_for_selector(".cal-post")
    return page


def test_a_click_opens_the_post_at_the_side_and_moving_it_there_moves_its_card(week: Page, planned: Target):
    week.locator(".cal-post").click()
    side = week.get_by_role("dialog", name="Post")
    expect(side).to_contain_text("It goes out by itself when it is due.")
    side.get_by_text("Move to…").click()
    side.get_by_label("New time").fill(f"{planned.due_at:%Y-%m-%d}T15:30")
    side.get_by_role("button", name="Move", exact=True).click()
    expect(week.locator(".cal-post .cal-time")).to_have_text("15:30")
    week.keyboard.press("Escape")
    expect(side).to_be_hidden()


def test_a_move_into_the_past_goes_back_and_says_why(week: Page, planned: Target):
    week.locator(".cal-post").focus()
    week.keyboard.press("m")
    dialog = week.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("New time").fill("2020-01-01T09:00")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(week.locator("#toasts")).to_contain_text("has passed")
    expect(week.locator(".cal-post .cal-time")).to_have_text("13:00")
    assert Target.objects.get().due_at == planned.due_at


def test_a_post_dragged_to_another_day_stays_there_until_it_is_undone(week: Page, cast: Cast, planned: Target):
    week.goto(f"/calendar/?view=dayGridMonth&date={planned.due_at:%Y-%m-%d}")
    day = planned.due_at + timedelta(days=1)
    week.locator(".cal-post").drag_to(week.locator(f"[data-date='{day:%Y-%m-%d}']").first)
    expect(week.locator("#toasts")).to_contain_text("moved to")
    assert Target.objects.get().due_at == day
    week.get_by_role("button", name="Undo").click()
    expect(week.locator("#toasts")).to_contain_text("is back at")
    assert Target.objects.get().due_at == planned.due_at


def test_a_piece_goes_back_into_the_tray_by_key_and_by_mouse_until_it_is_undone(cast: Cast, open_window: Open):
    piece = cast.workspace.pieces.create(title="Corals", owner=cast.senior, wished_at=timezone.now())
    page = open_window(cast.senior).new_page()
    page.goto("/calendar/?view=dayGridMonth")
    card, tray = page.locator(f"[data-post='piece-{piece.pk}']"), page.locator("[data-tray-room]")
    card.focus()
    page.keyboard.press("t")
    expect(tray).to_contain_text("Corals")
    expect(card).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(card).to_be_visible()
    expect(tray).not_to_contain_text("Corals")
    card.drag_to(tray)
    expect(page.locator("#toasts")).to_contain_text("has no day any more")
    expect(tray).to_contain_text("Corals")
    piece.refresh_from_db()
    assert piece.wished_at is None


def test_what_the_calendar_shows_is_kept_as_it_stands_and_it_begins_with_that(week: Page, planned: Target):
    week.get_by_role("button", name="List", exact=True).click()
    week.get_by_text("Keep this view…").click()
    week.get_by_label("Its name").fill("My list")
    week.get_by_label("My calendar begins with it").check()
    week.get_by_role("button", name="Keep", exact=True).click()
    week.goto("/calendar/")
    assert "view=listWeek" in week.url
    expect(week.get_by_role("button", name="List", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(week.get_by_role("link", name="My list")).to_have_attribute("aria-current", "true")


def test_view_and_day_are_kept_when_a_filter_is_chosen(week: Page, planned: Target):
    week.get_by_role("button", name="Month").click()
    week.locator(".chip", has_text="State").click()
    week.get_by_role("link", name="Sent", exact=True).click()
    assert "view=dayGridMonth" in week.url and "state=sent" in week.url
    expect(week.get_by_role("link", name="State: Sent")).to_be_visible()
    expect(week.locator(".cal-post")).to_have_count(0)


def test_a_full_day_opens_as_a_list_that_is_read_on_by_keyboard_and_left_by_going_back(cast: Cast, open_window: Open):
    first = made.many_posts(cast, 130)[0]
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    Target.objects.update(due_at=noon, state=Target.State.SCHEDULED)
    page = open_window(cast.senior).new_page()
    page.goto("/calendar/?view=dayGridMonth")
    rest = page.get_by_role("link", name="and 126 more")
    page.locator(f"[data-post='{first.pk}']").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(rest).to_be_focused()
    page.keyboard.press("Enter")
    cards = page.locator("[data-shows='listDay'] .cal-post")
    expect(page.get_by_text("Not shown yet: 30")).to_be_attached()
    cards.first.press("x")  # chosen here, moved with what is chosen there
    page.get_by_role("button", name="Show more").click()
    expect(cards).to_have_count(130)
    page.go_back()
    expect(page.get_by_role("button", name="Month")).to_have_attribute("aria-pressed", "true")
    expect(rest).to_be_visible()
    expect(page.get_by_role("group", name="What is chosen")).to_contain_text("1 chosen")


def test_a_full_hour_of_a_week_opens_its_day_from_there(cast: Cast, open_window: Open):
    posts = made.many_posts(cast, 12)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    Target.objects.update(due_at=noon, state=Target.State.SCHEDULED)
    Target.objects.filter(pk=posts[0].pk).update(due_at=noon - timedelta(hours=3))
    page = open_window(cast.senior).new_page()
    page.goto("/calendar/?view=timeGridWeek")
    page.get_by_role("link", name="11 entries").click()
    expect(page.locator("[data-shows='listDay'] .cal-post")).to_have_count(11)
    page.get_by_role("button", name="Earlier on this day").click()
    expect(page.locator("[data-shows='listDay'] .cal-post")).to_have_count(12)


def test_the_list_is_there_without_scripts(planned: Target, cast: Cast, browser: Browser, live_server: LiveServer):
    with window(browser, live_server, cast.senior, Look(name="light")) as signed_in:
        cookies = signed_in.cookies()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": one["name"], "value": one["value"], "url": live_server.url} for one in cookies])
    page = context.new_page()
    page.goto("/calendar/")
    page.get_by_role("link", name="See the list").click()
    page.get_by_role("link", name="Later").click()
    page.get_by_role("link", name="Six things you can do").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    context.close()


def test_a_page_follows_its_post_until_it_is_settled(planned: Target, cast: Cast, open_window: Open):
    Target.objects.update(state=Target.State.SENDING)
    page = open_window(cast.senior).new_page()
    page.goto(f"/posts/{planned.pk}/")
    expect(page.locator(".post-now")).to_contain_text("Sending")
    Target.objects.update(state=Target.State.PROVEN)
    expect(page.locator(".post-now")).to_contain_text("Proven live", timeout=10_000)
    assert page.locator("[hx-trigger='every 2s']").count() == 0
