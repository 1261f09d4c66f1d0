"""A running installation that publishes to real places, and the judgement of what it did."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.conftest import Site, Supervised
from tests.faults.outside import Found, Place
from tests.peers import bluesky, mastodon, wordpress

PACE = "0.2"  # a try may take 12 s, an absence is believed 3 s later and after two readings 2 s apart
MEDIA = Path(__file__).parents[2] / "examples" / "reef" / "media"
SETTLED_WITHIN_S = 150
LIVE = ("sent", "proven")


@dataclass(kw_only=True)
class Publishing:
    """One installation with accounts at every place, and somebody who schedules posts in it."""

    site: Site
    environment: dict[str, str]
    up: Supervised = field(init=False)
    author: "subprocess.Popen[str]" = field(init=False)
    places: dict[int, Place] = field(default_factory=dict)  # by the account's number
    accounts: dict[int, dict[str, Any]] = field(default_factory=dict)  # as they were connected

    def start(self) -> None:
        """Start `crosscut up`, and wait until the desk answers."""
        command = [sys.executable, "-m", "crosscut.cli", "up", "--json", "--port", str(self.site.port)]
        self.up = self.site.run(command, self.environment)
        self.up.until("ready")

    def sit_down(self) -> None:
        """Start the author."""
        without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.author = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.author"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**without, **self.environment, "CROSSCUT_HOME": str(self.site.home)},
        )

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """What the author answers."""
        assert self.author.stdin and self.author.stdout
        self.author.stdin.write(f"{json.dumps({'do': do, **request})}\n")
        self.author.stdin.flush()
        answer = self.author.stdout.readline()
        assert answer, "The author has left."
        return dict(json.loads(answer))

    def connect(self, place: Place, name: str = "") -> int:
        """The number of a new account at that place."""
        wish = {"channel": place.channel, "settings": place.settings, "secrets": place.secrets}
        account = self.ask("connect", name=name or place.channel, detour=place.detour, **wish)
        self.places[account["id"]], self.accounts[account["id"]] = place, account
        return int(account["id"])

    def bring_media(self) -> None:
        """A photograph and a speech, in the library and cleared."""
        paths = [str(MEDIA / name) for name in ("leaf.jpg", "inaugural.flac")]
        answer = self.ask("ingest", paths=paths, transcript=str(MEDIA / "inaugural.vtt"))
        assert answer == {"assets": 2, "problem": ""}, answer

    def posts(self, marker: str) -> list[dict[str, Any]]:
        """What the ledger says of a round."""
        return list(self.ask("tell", marker=marker)["posts"])

    def until_settled(
        self,
        marker: str,
        *,
        within_s: float = SETTLED_WITHIN_S,
        is_over: Callable[[dict[str, Any]], bool] | None = None,
    ) -> list[dict[str, Any]]:
        """What the ledger says once nothing is under way any more; `is_over` says of each post whether it is."""
        until, is_over = time.monotonic() + within_s, is_over or is_settled
        while time.monotonic() < until:
            posts = self.posts(marker)
            if all(is_over(post) for post in posts):
                return posts
            time.sleep(0.25)
        stuck = [post for post in posts if not is_over(post)]
        raise AssertionError(f"Not settled within {within_s:.0f} s: {json.dumps(stuck, indent=1)}")

    def shown(self, account: int) -> list[Found]:
        """What that place shows, asked from itself."""
        return self.places[account].posts(self.accounts[account])

    def leave(self) -> None:
        """The author goes home; the installation is stopped by the fixture that made it."""
        if hasattr(self, "author"):
            with contextlib.suppress(BrokenPipeError):
                self.author.stdin.close()
            self.author.wait(30)
            self.author.stdout.close()


def is_settled(post: dict[str, Any]) -> bool:
    """Whether the post waits for nobody but a person."""
    is_seen = post["state"] == "proven" or (post["state"] == "sent" and bool(post["problem"]))
    return is_seen or post["state"] in ("refused", "blocked", "cancelled") or post["needs_person"]


def is_proven(post: dict[str, Any]) -> bool:
    """The same where every post can be proven: a reading that failed is tried again."""
    return post["state"] != "sent" and is_settled(post)


@contextlib.contextmanager
def publishing(site: Site, places: Sequence[Place], **environment: str) -> Iterator[Publishing]:
    """The installation, started, with an account at each place and media in its library."""
    told = {"CROSSCUT_LEDGER_PACE": PACE, "CROSSCUT_ALLOWED_PRIVATE_HOSTS": "127.0.0.1,localhost", **environment}
    made = Publishing(site=site, environment=told)
    try:
        made.start()
        made.sit_down()
        for place in places:
            made.connect(place)
        made.bring_media()
        yield made
    finally:
        made.leave()


def faults_of(posts: Sequence[dict[str, Any]], shown: dict[int, list[Found]]) -> list[str]:
    """Every way in which the ledger or the world is not as promised; empty when all is well."""
    found = []
    for post in posts:
        there = [one for one in shown[post["account"]] if post["title"] in one.text]
        found += [f"{post['channel']}, {post['title']}: {fault}" for fault in _faults(post, there)]
    return found


def _faults(post: dict[str, Any], there: list[Found]) -> Iterator[str]:
    states = Counter(state for state, *_ in post["attempts"])
    if len(there) > 1:
        yield f"is there {len(there)} times: {[one.remote_id for one in there]}; attempts {post['attempts']}"
    if post["state"] in LIVE and not there:
        yield f"is {post['state']} and not there; attempts {post['attempts']}"
    if post["state"] in LIVE and there and post["remote_id"] not in {one.remote_id for one in there}:
        yield f"is there as {there[0].remote_id} and known as {post['remote_id']}"
    if post["state"] not in (*LIVE, "unknown") and there:
        yield f"is there and said to be {post['state']}: {post['problem']}"
    if sum(count for state, count in states.items() if state != "refused") > 1:
        yield f"has several open attempts: {post['attempts']}"
    if post["state"] in LIVE and not (states["accepted"] or states["confirmed"]):
        yield f"is {post['state']} without an answer: {post['attempts']}"


@contextlib.contextmanager
def real_peers() -> Iterator[tuple[bluesky.Network | None, mastodon.Server | None, wordpress.Site | None]]:
    """The real servers that can run here; None for each that cannot."""
    with contextlib.ExitStack() as stack:
        network = None if bluesky.missing() else stack.enter_context(bluesky.running())
        server = None if mastodon.missing() else stack.enter_context(mastodon.running())
        press = None if wordpress.missing() else stack.enter_context(wordpress.running())
        yield network, server, press


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send the signal; a process that has ended meanwhile is no news."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
