"""The looks every page is seen in, and what must hold in each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Error, Page, Request

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "tests" / "output" / "pages"
# WCAG 2.2 AA and everything it contains, by axe's names.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


CONTRAST = "color-contrast"  # follows the colours
SIZES = "target-size"  # follows the room and the length of the words


Scheme = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """One way of looking at a page."""

    name: str
    width: int = 1440  # CSS pixels
    scheme: Scheme = "light"
    language: str = "en"
    rules: tuple[str, ...] = ()  # axe's rules that can turn out otherwise here than in the looks before; empty: all


# The looks of one window are seen one after the other without loading the page again: only the colours change. The
# same page comes to each window: its parts, names and roles are judged where the layout differs, wide and on a phone,
# its colours and sizes wherever they do. On the phone words are longer than any of ours; the tablet begins in the dark.
WINDOWS = (
    (Look(name="light"), Look(name="dark", scheme="dark", rules=(CONTRAST,))),
    (
        Look(name="phone-accents", width=390, language="en-xa"),
        Look(name="phone-accents-dark", width=390, language="en-xa", scheme="dark", rules=(CONTRAST,)),
    ),
    (Look(name="tablet-right-to-left-dark", width=834, language="ar-xb", scheme="dark", rules=(CONTRAST, SIZES)),),
)


@cache
def axe_source() -> str:
    """The accessibility checker's script."""
    return AXE.read_text()


@contextmanager
def hearing(page: Page) -> Iterator[list[str]]:
    """What the page complains about: errors and warnings of its scripts, and what its security policy refused."""
    heard: list[str] = []

    def hear_console(message: ConsoleMessage) -> None:
        where = message.location.get("url")
        is_answer_itself = message.text.startswith("Failed to load resource") and where == page.url
        if message.type in {"error", "warning"} and not is_answer_itself:
            heard.append(f"{message.type}: {message.text} ({where})")

    def hear_error(error: Error) -> None:
        heard.append(f"script error: {error}")

    def hear_failure(request: Request) -> None:
        why = request.failure or ""
        if "ERR_ABORTED" not in why:  # leaving a page ends what it was still asking for
            heard.append(f"not loaded: {request.url} {why}")

    page.on("console", hear_console)
    page.on("pageerror", hear_error)
    page.on("requestfailed", hear_failure)
    yield heard
    page.remove_listener("console", hear_console)
    page.remove_listener("pageerror", hear_error)
    page.remove_listener("requestfailed", hear_failure)


def barriers(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds by those rules, or by all of WCAG 2.2 AA, one line per rule with the first three places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{axe_source()};0")  # its own value, the whole checker, takes seconds to send back
    asked = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    found: dict[str, Any] = page.evaluate("asked => axe.run({runOnly: asked, resultTypes: ['violations']})", asked)
    return [
        f"{rule['id']}: {rule['help']}: "
        + " | ".join(
            f"{node['target']} {node.get('failureSummary', '').splitlines()[1:2]}" for node in rule["nodes"][:3]
        )
        for rule in found["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """What sticks out at the side, when the page can be scrolled sideways."""
    wide: list[str] = page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const out = [...document.querySelectorAll('body *')].filter((element) => {
                const box = element.getBoundingClientRect();
                return element.checkVisibility() && box.width && (box.right > room + 1 || box.left < -1);
            });
            return out.slice(0, 5).map((element) => `${element.tagName}.${element.className}`);
        }"""
    )
    return [f"scrolls sideways: {name}" for name in wide]


def save_picture(page: Page, name: str, look: Look) -> Path:
    """The whole page as a picture below tests/output."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}-{look.name}.png"
    page.screenshot(path=path, full_page=True)
    return path
