"""Cards of the board put into another column: by mouse, by keyboard, refused, asked about, and back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.tests import made
from tests.cast import Cast

from .conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


def _board(cast: Cast, open_window: Open, by: str) -> Page:
    page = open_window(cast.senior).new_page()
    page.goto(f"/calendar/board/?by={by}")
    page.wait_for_selector("[data-card]")
    return page


def test_a_piece_is_dragged_to_a_campaign_and_ctrl_z_brings_it_back(cast: Cast, open_window: Open):
    piece, campaign = pieces.piece(cast.junior), made.a_campaign(cast.senior)
    page = _board(cast, open_window, "campaign")
    card = page.locator(f"[data-card='piece-{piece.pk}']")
    card.drag_to(page.locator(f"[data-column='{campaign.pk}']"))
    expect(page.locator(f"[data-column='{campaign.pk}'] [data-card='piece-{piece.pk}']")).to_be_visible()
    assert Piece.objects.get().campaign == campaign
    page.keyboard.press("Control+z")
    expect(page.locator(f"[data-column='none'] [data-card='piece-{piece.pk}']")).to_be_visible()
    assert Piece.objects.get().campaign is None


def test_a_piece_is_given_to_somebody_without_a_mouse(cast: Cast, open_window: Open):
    piece = pieces.piece(cast.junior)
    page = _board(cast, open_window, "member")
    page.locator(f"[data-card='piece-{piece.pk}'] > a").focus()
    page.keyboard.press("m")
    choice = page.get_by_role("button", name=str(cast.senior.user))
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-column='{cast.senior.pk}'] [data-card='piece-{piece.pk}']")).to_be_visible()
    assert Piece.objects.get().owner == cast.senior


def test_a_post_dragged_to_what_is_out_stays_and_says_why(cast: Cast, open_window: Open):
    post = made.a_post(cast.senior, due_at=timezone.now() + timedelta(days=2))
    page = _board(cast, open_window, "state")
    page.locator(f"[data-card='post-{post.pk}']").drag_to(page.locator("[data-column='proven']"))
    expect(page.locator("#toasts")).to_contain_text("Only what the public was seen to have stands there.")
    expect(page.locator(f"[data-column='scheduled'] [data-card='post-{post.pk}']")).to_be_visible()


def test_a_draft_dragged_under_scheduled_is_planned_when_and_where_somebody_says(cast: Cast, open_window: Open):
    piece, account = pieces.piece(cast.senior), pieces.account(cast.lead)
    page = _board(cast, open_window, "state")
    page.locator(f"[data-card='piece-{piece.pk}']").drag_to(page.locator("[data-column='scheduled']"))
    dialog = page.get_by_role("dialog", name="When does it go out?")
    expect(dialog.get_by_label(account.name)).to_be_checked()
    dialog.get_by_role("button", name="Plan it").click()
    expect(page.locator("[data-column='scheduled'] .board-card")).to_have_count(1)
    assert Target.objects.get().state == Target.State.SCHEDULED
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"[data-column='draft'] [data-card='piece-{piece.pk}']")).to_be_visible()
    assert Target.objects.get().state == Target.State.CANCELLED
