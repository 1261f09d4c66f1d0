"""What readers of a newsletter see, in Chromium: the pages on which they come and go, and the letter itself."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from playwright.sync_api import Browser, Route

from crosscut.channels.builtin.newsletter.adapter import NewsletterAdapter
from crosscut.channels.builtin.newsletter.letter import issue_letter
from crosscut.channels.builtin.newsletter.tests.harness import settings_for
from crosscut.channels.mailing import Page, Recipient, Scene
from crosscut.channels.page.document import mark, style_name, stylesheet
from crosscut.channels.shelf import Item
from crosscut.channels.tests.mailserver import MailServer

from .looks import Look, barriers, hearing, overflow, save_picture

ORIGIN = "http://letters.example"
LOOKS = (Look(name="light"), Look(name="phone-dark", width=390, scheme="dark"))
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
TEXT = "Half of the reef is **gone**.\n\n## What now\n\n- [Six things](https://reef.example/six)\n- A boat\n\n> Begin."


def _pages(folder: Path) -> dict[str, bytes]:
    """Every page by its address."""
    settings = settings_for(folder, MailServer(port=25), description="What divers see, once a month.")
    shown = {scene: Page(scene=scene, root="/letters") for scene in (Scene.LEAVE, Scene.ASKED)}
    shown[Scene.JOIN] = Page(scene=Scene.JOIN, root="/letters", address="ada", problem="This is no e-mail address.")
    drawn = {f"/{scene}": NewsletterAdapter().page(settings, page) for scene, page in shown.items()}
    item = Item(
        key="k", path="2026/reef", title="Half of the reef", text=TEXT, link="https://reef.example/six", published_at=AT
    )
    to = Recipient(address="ada@reader.example", key="k-1", leave_url=f"{ORIGIN}/leave")
    message = message_from_bytes(issue_letter(settings, item, to, media=folder, at=AT).content, policy=SMTP)
    body = message.get_body(("html",))
    return {**drawn, "/letter": body.get_content().encode() if body else b""}


def test_readers_can_come_read_and_go_whoever_they_are(browser: Browser, tmp_path: Path) -> None:
    pages = _pages(tmp_path)

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == f"/letters/{style_name()}":
            route.fulfill(body=stylesheet(), content_type="text/css")
        elif path in ("/letters/mark.svg", "/favicon.ico"):
            route.fulfill(body=mark(), content_type="image/svg+xml")
        else:
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")

    problems: list[str] = []
    for look in LOOKS:
        context = browser.new_context(viewport={"width": look.width, "height": 844}, color_scheme=look.scheme)
        page = context.new_page()
        page.route(f"{ORIGIN}/**", serve)
        with hearing(page) as heard:
            for path in pages:
                page.goto(ORIGIN + path)
                save_picture(page, f"newsletter{path.replace('/', '-')}", look)
                problems += [f"{path} [{look.name}] {found}" for found in (*barriers(page), *overflow(page))]
            problems += heard
        context.close()
    assert not problems, "\n".join(problems)
