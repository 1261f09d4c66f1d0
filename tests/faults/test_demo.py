"""The main job, as a new user does it: one command plays the worked campaign, again and again, whatever was killed."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from crosscut.site.embedded.place import place_of
from crosscut.site.embedded.processes import ends_with_parent
from tests.acceptance.conftest import FLAGS, chromium_path

pytestmark = pytest.mark.fault
PLAYED = "is published"
CROSSCUT = [sys.executable, "-m", "crosscut.cli"]


class Demo:
    """A running demo and what it has printed."""

    def __init__(self, home: Path, log: Path) -> None:
        self.environment = {**os.environ, "CROSSCUT_HOME": str(home), "COLUMNS": "200", "CROSSCUT_LEDGER_PACE": "0.1"}
        self.environment.pop("DATABASE_URL", None)
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [*CROSSCUT, "demo", "--port", "0"],
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=ends_with_parent(signal.SIGTERM),  # a test run that is cut short leaves nothing running
            )

    @property
    def printed(self) -> str:
        """Everything so far."""
        return self.log.read_text()

    def wait_until_played(self) -> str:
        """Waits for the end of the story, at most four minutes."""
        end = time.monotonic() + 240
        while time.monotonic() < end and PLAYED not in self.printed:
            assert self.process.poll() is None, self.printed
            assert "The campaign stopped" not in self.printed, self.printed
            time.sleep(0.3)
        assert PLAYED in self.printed, self.printed
        return self.printed

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs another command of ours in the same installation."""
        return subprocess.run([*CROSSCUT, *words], env=self.environment, capture_output=True, text=True, check=False)

    def end(self, how: signal.Signals) -> None:
        """Sends the signal to the demo alone and waits for its end."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        self.process.wait(timeout=60)


@contextlib.contextmanager
def playing(home: Path, log: Path) -> Iterator[Demo]:
    demo = Demo(home, log)
    try:
        yield demo
    finally:
        demo.end(signal.SIGINT)


def _article(posts: list[dict[str, str]]) -> str:
    return next(post["url"] for post in posts if post["channel"] == "site")


def _read_a_page(url: str) -> None:
    """Opens a public page as a reader does: in a browser that runs its counter."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_context(user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36").new_page()
        with page.expect_response(lambda answer: "/count/" in answer.url):
            page.goto(url)
        browser.close()


def _page_views(demo: Demo, folder: Path) -> int | None:
    """What the campaign's report says of its first key result."""
    path = folder / "report.json"
    assert demo.ask("report", "look-again", "--out", str(path)).returncode == 0
    value: int | None = json.loads(path.read_text())["key_results"][0]["value"]
    return value


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An installation's folder; where root's database lies elsewhere, that is taken away too."""
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder
    database = place_of(folder).folder
    if not database.is_relative_to(folder):
        shutil.rmtree(database)


def test_the_worked_campaign_goes_from_files_to_proofs_and_survives_a_kill(home: Path, tmp_path: Path) -> None:
    browser_is_here = chromium_path() is not None
    with playing(home, tmp_path / "first.log") as demo:
        printed = demo.wait_until_played()
        posts = json.loads(demo.ask("targets", "--json").stdout)
        assert [post["state"] for post in posts] == ["proven"] * 5, posts
        assert "licence of A made-up picture agency ended" in printed
        assert "needs a senior's approval" in printed
        assert printed.count("set aside") + printed.count("refused.") >= 3
        for post in posts:
            with urllib.request.urlopen(post["url"]) as answer:
                assert answer.status == 200
        if browser_is_here:
            with ThreadPoolExecutor(1) as beside_other_browsers:  # Playwright wants a thread of its own for each
                beside_other_browsers.submit(_read_a_page, _article(posts)).result()
            assert _page_views(demo, tmp_path) == 1
        beside = demo.ask("demo")
        assert beside.returncode == 0 and "running already" in beside.stdout
        report = tmp_path / "report.pdf"
        assert demo.ask("report", "look-again", "--out", str(report)).returncode == 0
        assert report.read_bytes().startswith(b"%PDF")
        blocked = demo.ask("publish", "examples/reef/expired.yaml")
        assert blocked.returncode == 1 and "ended on" in blocked.stdout
        demo.end(signal.SIGKILL)
    with playing(home, tmp_path / "second.log") as again:
        again.wait_until_played()
        assert json.loads(again.ask("targets", "--json").stdout) == posts
