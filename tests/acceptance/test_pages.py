"""Every page in every look: no barrier, no complaint of the browser, nothing to scroll sideways. Pictures are kept."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast

from .conftest import come_as, session_of
from .looks import Look, barriers, hearing, overflow, save_picture
from .pages import PAGES, Visit


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visit", PAGES, ids=lambda visit: visit.name)
def test_it_can_be_used_by_everybody_in_every_look(
    visit: Visit, tabs: dict[Look, Page], live_server: LiveServer, cast: Cast
) -> None:
    member = getattr(cast, visit.who) if visit.who else None
    path = visit.path if isinstance(visit.path, str) else visit.path(cast)
    problems: list[str] = []
    session = session_of(member)
    for look, page in tabs.items():
        come_as(page.context, live_server, session, look)
        problems += [f"[{look.name}] {problem}" for problem in look_at(page, visit, path, look)]
    assert not problems, "\n".join(problems)


def look_at(page: Page, visit: Visit, path: str, look: Look) -> list[str]:
    """Everything wrong with the page in this look."""
    with hearing(page) as heard:
        answer = page.goto(path)
        if answer is None or answer.status != visit.status:
            return [f"answered {answer.status if answer else 'nothing'} instead of {visit.status}"]
        page.wait_for_selector(visit.ready)
        settle(page)
        found = [*barriers(page, look), *overflow(page)]
        save_picture(page, visit.name, look)
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.goto("about:blank")  # what it still asks for ends before the next test's people are gone
    return [*found, *heard]


def settle(page: Page) -> None:
    """Waits for fonts, and for pictures further down, which load when they are near."""
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(100)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(50)
