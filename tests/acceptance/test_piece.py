"""The piece editor as people use it: in a browser, two at a time, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from crosscut.apps.produce.models import Piece, PieceMedia
from crosscut.apps.produce.services.translate import add_language
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made, translated
from tests.acceptance import pieces
from tests.acceptance.conftest import Open
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def _saved(page: Page) -> None:
    expect(page.locator("#piece-form")).to_have_attribute("data-autosave-state", "saved")


def _opened(open_window: Open, member: object, address: str) -> Page:
    page = open_window(member).new_page()
    page.goto(address)
    expect(page.locator("#findings h2")).to_be_visible()
    return page


def test_it_keeps_what_is_typed_and_a_button_never_loses_it(cast: Cast, open_window: Open) -> None:
    piece = made.piece(cast.junior, channel="practice")
    page = _opened(open_window, cast.junior, f"/pieces/{piece.pk}/")
    page.fill("#piece-text", "x" * 310)
    _saved(page)
    expect(page.locator(".finding-message")).to_contain_text("the limit is 300")
    expect(page.locator("#preview .preview-phone .drawn-over")).to_be_visible()
    page.fill("#piece-text", "Typed just before the click")
    page.get_by_role("button", name="Write its own").first.click()
    expect(page.locator("[name='practice.text']")).to_have_value("Typed just before the click")
    expect(page.locator("#piece-text")).to_have_value("Typed just before the click")
    expect(page.locator("#findings")).to_contain_text("Nothing stops it")


def test_it_shows_both_texts_when_two_people_save(cast: Cast, open_window: Open) -> None:
    address = pieces.empty_piece(cast)
    jo, sam = (_opened(open_window, member, address) for member in (cast.junior, cast.senior))
    sam.fill("#piece-title", "What Sam wrote")
    _saved(sam)
    jo.fill("#piece-title", "What Jo wrote")
    dialog = jo.locator("#conflict")
    expect(dialog).to_contain_text("What Sam wrote")
    expect(dialog).to_contain_text("What Jo wrote")
    dialog.get_by_role("button", name="Keep mine").click()
    _saved(jo)
    assert Piece.objects.get().title == "What Jo wrote"
    assert "What Sam wrote" in [edition.content["title"] for edition in Piece.objects.get().editions.all()]


def test_it_chooses_what_a_crop_keeps_by_keyboard_and_orders_by_button(cast: Cast, open_window: Open) -> None:
    piece = made.piece(cast.junior)
    first, second = (pieces.a_picture(cast, name) for name in ("first.jpg", "second.jpg"))
    for asset in (first, second):
        set_media(cast.junior, piece, asset)
    page = _opened(open_window, cast.junior, f"/pieces/{piece.pk}/")
    page.locator(".tray-focus").first.press("ArrowRight")
    _saved(page)
    assert PieceMedia.objects.get(asset=first).focus_x == pytest.approx(0.52)
    page.get_by_role("button", name="Move second.jpg up").click()
    expect(page.locator(".tray-name").first).to_have_text("second.jpg")
    assert [use.asset for use in PieceMedia.objects.order_by("position")] == [second, first]


def test_a_long_text_becomes_a_thread_by_one_click_and_its_parts_move_by_keyboard(
    cast: Cast, open_window: Open
) -> None:
    piece = create_piece(cast.junior, title="Reef", text="\n\n".join(f"{n}. " + "Half the reef. " * 18 for n in "123"))
    set_outlet(cast.junior, piece, channel_slug="bluesky", post_type="text")
    page = _opened(open_window, cast.junior, f"/pieces/{piece.pk}/")
    page.locator("#findings").get_by_role("button", name="Split it into a thread").click()
    parts = page.locator(".parts-item textarea")
    expect(parts).to_have_count(3)
    expect(page.locator("#findings")).to_contain_text("Nothing stops it")
    page.get_by_role("button", name="Move part 3 up").press("Enter")
    expect(parts.nth(1)).to_have_value(re.compile("^3"))
    parts.nth(0).fill("Typed just before the box is ticked.")
    page.get_by_label("Number the parts").check()
    expect(page.locator("#preview .preview-phone .drawn-text").first).to_have_text(
        "Typed just before the box is ticked. 1/3"
    )
    expect(page.locator("#preview .preview-phone .drawn-thread > li")).to_have_count(2)
    page.get_by_role("button", name="Take out part 2").click()
    page.get_by_role("button", name="Take it out").click()
    expect(parts).to_have_count(2)
    assert [text[:2] for text in piece.outlets.get().further] == ["2."]


def test_it_leads_from_a_finding_to_its_field(cast: Cast, open_window: Open) -> None:
    piece = made.piece(cast.junior, channel="practice", text="x" * 310)
    page = _opened(open_window, cast.junior, f"/pieces/{piece.pk}/")
    page.get_by_role("button", name="Go to the words").click()
    expect(page.locator("#piece-text")).to_be_focused()


def test_it_says_in_its_place_why_a_post_cannot_be_scheduled(cast: Cast, open_window: Open) -> None:
    made.account(cast.lead)
    piece = made.piece(cast.senior)
    page = _opened(open_window, cast.senior, f"/pieces/{piece.pk}/")
    page.fill("#at", "2020-01-01T09:00")
    page.locator("#at").dispatch_event("change")
    expect(page.locator("#moment")).to_contain_text("has passed")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.locator("#piece-posts [role=alert]")).to_contain_text("has passed")
    expect(page.locator("#at")).to_have_value("2020-01-01T09:00")


def test_a_passage_is_translated_offered_and_done_by_keys(cast: Cast, open_window: Open) -> None:
    translated.german(cast)
    piece = add_language(cast.junior, translated.source(cast), "de")
    page = open_window(cast.junior).new_page()
    page.goto(f"/pieces/{piece.pk}/translate/")
    page.fill("[name=title]", "Ein Plan")
    page.press("[name=title]", "Control+Enter")
    text = page.locator("textarea[name=text]")
    expect(text).to_be_focused()
    expect(page.locator(".passage[data-state=done]")).to_have_count(2)  # the link was from the beginning
    expect(page.locator(".passage:has([name=text]) .offer").first).to_contain_text("Das halbe Riff ist weg.")
    text.press("Alt+1")
    expect(text).to_have_value("Das halbe Riff ist weg.")
    _saved(page)
