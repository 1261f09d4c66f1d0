"""How a month of 10,000 posts behaves in Chromium: until it is shown, its longest task while it is used, what it holds.

Starts an installation of its own in a temporary folder, fills it with `crosscut seed`, signs in, and uses month, week,
day and list as somebody does: opens, scrolls, drags, opens a full day, reads its list to the end. Beside it the same
page as if the server sent all of the month's posts at once. Writes result.json: python benchmarks/calendar/run.py
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Page, Route, TimeoutError, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from installation import installation

RESULT = Path(__file__).with_name("result.json")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info")
GIVEN_UP_MS = 120_000
TIMES = 7
WATCH = """
window.seen = { tasks: [], data: 0, shown: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((one) => seen.tasks.push([one.startTime, one.duration])))
  .observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
  if (one.name.includes("/calendar/posts/") && !seen.data) seen.data = one.responseEnd;
})).observe({ type: "resource", buffered: true });
new MutationObserver((_changes, self) => {
  if (!document.querySelector(".cal-post, .cal-rest")) return;
  self.disconnect();
  requestAnimationFrame(() => setTimeout(() => (seen.shown = performance.now())));
}).observe(document, { childList: true, subtree: true });
"""
LONGEST = "(since) => Math.max(0, ...seen.tasks.filter(([start]) => start >= since).map(([, length]) => length))"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pieces", type=int, default=11_500)
    asked.add_argument("--assets", type=int, default=500)
    asked.add_argument("--without-all", action="store_true", help="leave out what takes minutes")
    options = asked.parse_args()
    with installation() as here:
        # Nine tenths of the posts lie in the last `days`, so that a month's six weeks hold most of them.
        words = ("--pieces", str(options.pieces), "--assets", str(options.assets), "--days", "28")
        way_in = json.loads(here.run("seed", *words, "--json"))
        with signed_in(here.url, way_in) as page:
            result = measure(page, is_whole=not options.without_all)
    told = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        **result,
    }
    RESULT.write_text(json.dumps(told, indent=2) + "\n")


@contextmanager
def signed_in(url: str, way_in: dict[str, str]) -> Iterator[Page]:
    """A Chromium in which the seeded lead is signed in."""
    path = os.environ.get("CROSSCUT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = chromium.new_page(base_url=url, bypass_csp=True, viewport={"width": 1440, "height": 900})
        page.set_default_timeout(GIVEN_UP_MS)
        page.add_init_script(WATCH)
        page.goto("/sign-in/")
        page.fill("[name=email], [name=username]", way_in["email"])
        page.fill("[name=password]", way_in["password"])
        page.locator("form button[type=submit], form button:not([type])").last.click()
        page.wait_for_load_state("networkidle")
        yield page
        chromium.close()


def measure(page: Page, *, is_whole: bool) -> dict[str, Any]:
    """Every view, and the month as if all of it were sent at once."""
    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    result: dict[str, Any] = {"posts_in_the_month": _count(page, day)}
    for view in ("dayGridMonth", "timeGridWeek", "timeGridDay", "listWeek"):
        result[view] = _told(view, {**_shown(page, view, day), "longest_task_ms": _used(page, view)})
    result["full_day"] = _told("full day", _full_day(page, day))
    if is_whole:
        page.route("**/calendar/posts/?*", _as_whole)
        try:
            shown = _shown(page, "dayGridMonth", day)
        except TimeoutError:
            shown = {"shown_after_data_ms": None, "given_up_after_ms": GIVEN_UP_MS}
        result["all_at_once"] = _told("all at once", shown)
    return result


def _told(name: str, values: dict[str, Any]) -> dict[str, Any]:
    print(f"{name:14}", values, flush=True)
    return values


def _shown(page: Page, view: str, day: str) -> dict[str, Any]:
    """From the data's last byte to the posts' first picture, and what the page holds then."""
    page.goto(f"/calendar/?view={view}&date={day}", wait_until="commit")
    page.wait_for_function("seen.shown > 0")
    page.wait_for_timeout(500)  # so that what follows the first picture counts as well
    seen = page.evaluate("seen")
    answer_ms = [_answer_ms(page, page.evaluate(_ASKED)) for _ in range(TIMES)]
    return {
        "shown_after_data_ms": round(seen["shown"] - seen["data"]),
        "shown_after_opening_ms": round(seen["shown"]),
        "longest_task_of_opening_ms": round(page.evaluate(LONGEST, 0)),
        "server_ms": round(statistics.median(answer_ms)),
        "kilobytes": round(page.evaluate(f"fetch({_ASKED}).then((a) => a.text()).then((t) => t.length)") / 1024),
        "heap_megabytes": round(page.evaluate("performance.memory.usedJSHeapSize") / 2**20),
        "elements": page.evaluate("document.querySelectorAll('*').length"),
    }


_ASKED = (
    "performance.getEntriesByType('resource').map((one) => one.name).filter((n) => n.includes('/calendar/posts/'))[0]"
)


def _answer_ms(page: Page, url: str) -> float:
    return float(
        page.evaluate(
            "async (url) => { const began = performance.now(); await (await fetch(url)).text();"
            " return performance.now() - began; }",
            url,
        )
    )


def _used(page: Page, view: str) -> dict[str, int]:
    """The longest task while somebody scrolls, drags a post to another day, and goes to the next month and back."""
    began = page.evaluate("performance.now()")
    for _ in range(20):
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(30)
    scrolling = page.evaluate(LONGEST, began)
    used = {"scrolling": round(scrolling)}
    if view == "dayGridMonth":
        used["dragging"] = _dragged(page)
    began = page.evaluate("performance.now()")
    for wish in ("prev", "next"):
        with page.expect_response("**/calendar/posts/**"):
            page.click(f"[data-calendar-do={wish}]")
        page.wait_for_timeout(500)
    used["turning"] = round(page.evaluate(LONGEST, began))
    return used


def _dragged(page: Page) -> int:
    """A post over the whole month and back to where it was."""
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".cal-post").nth(40).bounding_box()
    assert box
    began = page.evaluate("performance.now()")
    x, y = box["x"] + 10, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (*range(40), *reversed(range(40))):
        page.mouse.move(x + step * 12, y + step * 6)
    page.mouse.up()
    page.wait_for_timeout(300)
    return round(page.evaluate(LONGEST, began))


def _full_day(page: Page, day: str) -> dict[str, Any]:
    """A day opened from its month, and its list read to the end."""
    page.goto(f"/calendar/?view=dayGridMonth&date={day}")
    page.wait_for_selector(".cal-rest")
    began = page.evaluate("performance.now()")
    with page.expect_response("**/calendar/posts/**"):
        page.locator(".cal-rest").nth(10).click()
    page.locator("[data-calendar-more]").wait_for()
    opened = page.evaluate("performance.now()") - began
    while page.locator("[data-calendar-more]").is_visible():
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(50)
    return {
        "opened_ms": round(opened),
        "posts": page.locator(".cal-post").count(),
        "longest_task_ms": round(page.evaluate(LONGEST, began)),
        "heap_megabytes": round(page.evaluate("performance.memory.usedJSHeapSize") / 2**20),
    }


def _count(page: Page, day: str) -> int:
    page.goto(f"/calendar/?view=dayGridMonth&date={day}")
    page.wait_for_selector(".cal-post")
    told = page.evaluate(f"fetch({_ASKED}).then((answer) => answer.json())")
    return sum(one["rest"]["count"] if "rest" in one else 1 for one in told)


def _as_whole(route: Route) -> None:
    """The same question without what makes it few."""
    url = urlsplit(route.request.url)
    query = [(name, value) for name, value in parse_qsl(url.query) if name not in ("per", "few")]
    route.continue_(url=url._replace(query=urlencode(query)).geturl())


if __name__ == "__main__":
    main()
