"""Real servers that fail, workers that freeze, two tickers, a database that is away: each post is there once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from crosscut.channels.builtin.practice.faults import Fault
from crosscut.channels.builtin.practice.store import opened
from crosscut.site.supervisor.parts import part
from tests.faults import outside
from tests.faults.conftest import site_in
from tests.faults.publishing import Publishing, faults_of, is_proven, kill, publishing, real_peers
from tests.peers import proxy

pytestmark = [pytest.mark.fault, pytest.mark.peer, pytest.mark.xdist_group("publishing in trouble")]
MAKES = {"bluesky": "createRecord", "mastodon": "/api/v1/statuses", "wordpress": "posts%2F"}  # what shows a post
AWAY_S = 20


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An installation whose outside places are behind doors that fail on demand."""

    made: Publishing
    doors: dict[str, proxy.Door]  # by channel

    def schedule(self, *, in_s: float = 0.5) -> str:
        """The marker of a new round of posts to every place."""
        marker = f"trouble{token_hex(4)}"
        self.made.ask("schedule_round", marker=marker, in_s=in_s)
        return marker

    def demand_once(self, marker: str) -> None:
        """Every post of the round is proven and there exactly once."""
        posts = self.made.until_settled(marker, is_over=is_proven)
        faults = faults_of(posts, {account: self.made.shown(account) for account in self.made.places})
        faults += [
            f"{post['channel']}: {post['state']}, {post['problem']}" for post in posts if post["state"] != "proven"
        ]
        assert not faults, "\n".join(faults)

    def folder(self, channel: str) -> Path:
        """Where a place of our own lies."""
        account = next(number for number, place in self.made.places.items() if place.channel == channel)
        return Path(self.made.accounts[account]["settings"]["folder"])

    def wait_for(self, marker: str, channel: str, *states: str) -> dict:
        """The first post of the round to that channel that is in one of those states."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            posts = [post for post in self.made.posts(marker) if post["channel"] == channel]
            if found := [post for post in posts if post["state"] in states]:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"Never {states}: {posts}")


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trouble]:
    with ExitStack() as stack:
        network, server, press = stack.enter_context(real_peers())
        made = [
            (outside.on_bluesky, network, network and network.pds),
            (outside.on_mastodon, server, server and server.url),
            (outside.on_wordpress, press, press and press.url),
        ]
        places, doors = [outside.on_site(), outside.on_practice()], {}
        for place_of, peer, url in made:
            if peer:
                door = stack.enter_context(proxy.running(url))
                places.append(place_of(peer, door.url))
                doors[places[-1].channel] = door
        site = stack.enter_context(site_in(tmp_path_factory.mktemp("trouble")))
        yield Trouble(made=stack.enter_context(publishing(site, places)), doors=doors)


@pytest.mark.parametrize(
    ("first", "second", "of_practice"),
    [
        (
            proxy.CUT_BEFORE,
            proxy.CUT_AFTER,
            "error_after_storing",
        ),  # the post never arrived; it did, and no answer came
        (proxy.FAIL_AFTER, 500, "reset_after_storing"),  # 500 to what was kept; 500 to what was not
        (proxy.SLOW, 502, "timeout_after_storing"),  # an answer after the time for the try; a gateway's error
        (429, proxy.CUT_AFTER, "error_before_storing"),  # asked to wait: a definite refusal
    ],
)
def test_a_server_that_fails_gets_each_post_once(trouble, first, second, of_practice):
    for channel, door in trouble.doors.items():
        door.may_answer.clear()
        door.next("POST", MAKES[channel], first)
        door.next("POST", MAKES[channel], second)
    with opened(trouble.folder("practice")) as store:
        store.add_fault(Fault(kind=of_practice, seconds=15))
        store.add_fault(Fault(kind="ignore_keys", scope="posts"))
    trouble.demand_once(trouble.schedule())
    assert not [door.planned for door in trouble.doors.values() if door.planned], "not every failure was met"
    for door in trouble.doors.values():
        door.may_answer.set()


def test_a_worker_frozen_past_its_time_sends_nothing_when_it_wakes(trouble):
    door = trouble.doors.get("mastodon") or pytest.skip("needs the Mastodon-API server")
    door.may_answer.clear()
    door.next("POST", "/api/v2/media", proxy.SLOW)  # it waits for the upload, before it makes the post
    marker = trouble.schedule()
    pid = _sender_of_picture(trouble, marker)
    os.kill(pid, signal.SIGSTOP)
    frozen_at = time.monotonic()
    try:
        door.may_answer.set()
        trouble.wait_for(marker, "mastodon", "unknown")
        print(f"doubted {time.monotonic() - frozen_at:.1f} s after it froze")
        trouble.made.until_settled(marker, is_over=is_proven)
        made_before = door.count("POST", MAKES["mastodon"])
    finally:
        os.kill(pid, signal.SIGCONT)
    time.sleep(3)  # it takes up what it was doing
    trouble.demand_once(marker)
    assert door.count("POST", MAKES["mastodon"]) == made_before, "the frozen worker sent when it woke"


def _sender_of_picture(trouble: Trouble, marker: str) -> int:
    """The process that waits for the picture's upload, once it has nothing else under way.

    Stopped in the middle of writing a page of ours it would hold the page's folder: nobody can tell then what is there.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        busy = trouble.made.ask("workers", marker=marker)["busy"]
        senders = {one["worker"] for one in busy if _is_sent_picture(one)}
        if senders and all(_is_sent_picture(one) for one in busy if one["worker"] in senders):
            return int(senders.pop().partition(":")[2])
        time.sleep(0.05)
    raise AssertionError("Nobody sent the picture.")


def _is_sent_picture(one: dict[str, str]) -> bool:
    return one["channel"] == "mastodon" and one["state"] == "sent" and one["title"].endswith("picture")


def test_a_killed_workers_post_is_doubted_soon(trouble):
    door = trouble.doors.get("mastodon") or pytest.skip("needs the Mastodon-API server")
    door.may_answer.clear()
    door.next("POST", "/api/v2/media", proxy.SLOW)
    marker = trouble.schedule()
    kill(_sender_of_picture(trouble, marker))
    killed_at = time.monotonic()
    trouble.wait_for(marker, "mastodon", "unknown")
    doubted_s = time.monotonic() - killed_at
    door.may_answer.set()
    trouble.demand_once(marker)
    print(f"doubted {doubted_s:.1f} s, settled {time.monotonic() - killed_at:.1f} s after the kill")
    assert doubted_s < 12  # 4 s of silence at this pace, and a look every 2 s, on a busy machine


def test_two_tickers_are_one_and_the_second_takes_over(trouble):
    environment = {**os.environ, **trouble.made.environment, "CROSSCUT_HOME": str(trouble.made.site.home)}
    environment.pop("DATABASE_URL", None)
    with subprocess.Popen(part("ticker"), env=environment, stdout=sys.stderr) as second:
        try:
            trouble.demand_once(trouble.schedule())
            marker = trouble.schedule(in_s=2)
            kill(trouble.made.site.pid("ticker"))
            trouble.demand_once(marker)
        finally:
            second.kill()


def test_posts_that_were_due_while_the_database_was_away_go_out_once_when_it_is_back(trouble):
    site = trouble.made.site
    marker = trouble.schedule(in_s=4)
    supervisor = site.state().pid
    os.kill(supervisor, signal.SIGSTOP)  # nobody starts the database again
    try:
        kill(site.database_pid())
        time.sleep(AWAY_S)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    trouble.demand_once(marker)
