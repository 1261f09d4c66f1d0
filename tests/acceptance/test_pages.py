"""Every page in every look: no barrier, no complaint of the browser, nothing to scroll sideways.

Pictures are kept below tests/output; where nobody looks at them (CI) only those of pages with a problem.
"""

import os

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast

from .conftest import come_as, session_of
from .looks import Look, barriers, hearing, overflow, save_picture
from .pages import PAGES, Visit

# What a page still asks for ends when it is left, before the next test's people are gone. This is an address of the
# same server, since after about:blank Chromium begins a new process for every page.
NOWHERE = "/health"
# Other colours are there at once.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, ::before, ::after { transition: none !important }');
    document.adoptedStyleSheets.push(sheet);
}"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visit", PAGES, ids=lambda visit: visit.name)
def test_it_can_be_used_by_everybody_in_every_look(
    visit: Visit, tabs: list[tuple[Page, tuple[Look, ...]]], live_server: LiveServer, cast: Cast
) -> None:
    member = getattr(cast, visit.who) if visit.who else None
    path = visit.path if isinstance(visit.path, str) else visit.path(cast)
    problems: list[str] = []
    session = session_of(member)
    for page, looks in tabs:
        come_as(page.context, live_server, session, looks[0])
        problems += look_at(page, visit, path, looks)
    assert not problems, "\n".join(problems)


def look_at(page: Page, visit: Visit, path: str, looks: tuple[Look, ...]) -> list[str]:
    """Everything wrong with the page in these looks of one window."""
    page.emulate_media(color_scheme=looks[0].scheme)
    with hearing(page) as heard:
        answer = page.goto(path)
        if answer is None or answer.status != visit.status:
            return [f"[{looks[0].name}] answered {answer.status if answer else 'nothing'} instead of {visit.status}"]
        page.wait_for_selector(visit.ready)
        settle(page)
        page.evaluate(AT_ONCE)
        found = [f"[{look.name}] {problem}" for look in looks for problem in seen_in(page, visit, look)]
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.goto(NOWHERE)
    return [*found, *(f"[{looks[0].name}] {complaint}" for complaint in heard)]


def seen_in(page: Page, visit: Visit, look: Look) -> list[str]:
    """What keeps somebody from using the open page in this look."""
    page.emulate_media(color_scheme=look.scheme)
    problems = [*barriers(page, look.rules), *overflow(page)]
    if problems or "CI" not in os.environ:
        save_picture(page, visit.name, look)
    return problems


def settle(page: Page) -> None:
    """Waits for fonts, and for pictures further down, which load when they are near."""
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(100)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(50)
