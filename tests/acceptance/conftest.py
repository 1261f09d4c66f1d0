"""A real Chromium in front of a real server."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.site import built

from .looks import AXE, WINDOWS, Look

# Playwright runs an event loop in the test's thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
Open = Callable[..., BrowserContext]


def chromium_path() -> str | None:
    """Where the system's Chromium is."""
    named = os.environ.get("CROSSCUT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for these tests; afterwards its event loop is gone, so that other tests may run their own."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    if not built.is_built() or not AXE.exists():
        pytest.skip("The pages are not built: make pages")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def context_in(browser: Browser, server: LiveServer, look: Look) -> BrowserContext:
    """A browser of its own in that look, where nobody is signed in."""
    return browser.new_context(
        base_url=server.url,
        viewport={"width": look.width, "height": 844 if look.width < 700 else 900},
        color_scheme=look.scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )


def session_of(member: Member | None) -> str:
    """The cookie of a new session of the member's; empty for nobody."""
    return signed_in(member).cookies[settings.SESSION_COOKIE_NAME].value if member else ""


def come_as(context: BrowserContext, server: LiveServer, session: str, look: Look) -> None:
    """Make the context the one of that session, or nobody's, and forget whose it was before."""
    context.clear_cookies()
    cookies = {settings.LANGUAGE_COOKIE_NAME: look.language}
    if session:
        cookies[settings.SESSION_COOKIE_NAME] = session
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])


@contextmanager
def window(browser: Browser, server: LiveServer, member: Member | None, look: Look) -> Iterator[BrowserContext]:
    """A browser window of its own in that look, signed in as the member."""
    context = context_in(browser, server, look)
    come_as(context, server, session_of(member), look)
    yield context
    context.close()


@pytest.fixture(scope="package")
def tabs(browser: Browser, live_server: LiveServer) -> Iterator[list[tuple[Page, tuple[Look, ...]]]]:
    """An open page for every window, with its looks, for tests of many addresses: a visit is quicker than a new one."""
    contexts = [context_in(browser, live_server, looks[0]) for looks in WINDOWS]
    yield [(context.new_page(), looks) for context, looks in zip(contexts, WINDOWS, strict=True)]
    for context in contexts:
        context.close()


@pytest.fixture
def open_window(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Opens windows: `open_window(member, look)`; they are closed after the test."""
    opened: list[BrowserContext] = []

    def open_(member: Member | None = None, look: Look | None = None) -> BrowserContext:
        manager = window(browser, live_server, member, look or Look(name="light"))
        opened.append(manager.__enter__())
        return opened[-1]

    yield open_
    for context in opened:
        context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything here as needing a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
