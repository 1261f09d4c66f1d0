"""Parts of the product are killed with `kill -9` while it publishes to real servers: each post is there exactly once.

Six rounds in an everyday run, one of each kind of kill; `CROSSCUT_KILL_ROUNDS=30` for the full run, and
`CROSSCUT_KILL_SEED` to play a run again. What happened is printed and written to `tests/output/kill-rounds.md`.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import outside
from tests.faults.publishing import Publishing, faults_of, kill, publishing, real_peers

pytestmark = [pytest.mark.fault, pytest.mark.peer]
OUTPUT = Path(__file__).parents[1] / "output" / "kill-rounds.md"
DUE_IN_S = 1.0
LATEST_KILL_S = 3.0  # after the posts are due: what a round's sending takes on two busy processors
AT_MOST_TO_SETTLE_S = 120  # a place that did not take a connection is asked again after 60 s


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round was and did."""

    number: int
    killed: str
    at_s: float  # after the posts were due
    posts: int
    in_flight: int  # being sent when the kill came
    again: int  # sent again after reading back showed that they were not there, or before anything had left
    read_back: int  # confirmed by reading the place
    settled_s: float  # after the kill, until the last post was proven

    @property
    def row(self) -> str:
        """The round as a line of the table."""
        cells = (self.number, self.killed, f"{self.at_s:.2f}", self.posts, self.in_flight, self.again, self.read_back)
        return f"| {' | '.join(map(str, cells))} | {self.settled_s:.1f} |"


@pytest.fixture
def made(site) -> Iterator[Publishing]:
    with real_peers() as (network, server, press):
        places = [outside.on_site(), outside.on_podcast(), outside.on_practice()]
        places += [outside.on_bluesky(network)] if network else []
        places += [outside.on_mastodon(server)] if server else []
        places += [outside.on_wordpress(press)] if press else []
        with publishing(site, places) as made:
            yield made


def kill_part(made: Publishing, name: str) -> None:
    kill(made.site.pid(name))


def kill_postmaster(made: Publishing) -> None:
    if pid := made.site.database_pid():
        kill(pid)


def kill_backend(made: Publishing) -> None:
    """A connection's own process; the server then ends all others and starts over by itself."""
    postmaster = made.site.database_pid()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    kill(int(random.choice([pid for pid in children if _is_connection(pid)] or children)))


def _is_connection(pid: str) -> bool:
    """PostgreSQL writes "postgres: user database address state" over its command line."""
    with contextlib.suppress(OSError):
        return b"postgres: crosscut" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def kill_supervisor(made: Publishing) -> None:
    """And a person starts it again."""
    made.up.end(signal.SIGKILL)
    made.start()


KILLS: dict[str, Callable[[Publishing], None]] = {
    "worker": lambda made: kill_part(made, random.choice(["worker-1", "worker-2"])),
    "web": lambda made: kill_part(made, "web"),
    "ticker": lambda made: kill_part(made, "ticker"),
    "postgresql": kill_postmaster,
    "backend": kill_backend,
    "supervisor": kill_supervisor,
}


def play(made: Publishing, number: int, killed: str, dice: random.Random) -> Round:
    """One round: schedule, kill, wait, judge."""
    marker, at_s = f"kill{dice.randrange(16**8):08x}", dice.uniform(0, LATEST_KILL_S)
    count = made.ask("schedule_round", marker=marker, in_s=DUE_IN_S)["posts"]
    time.sleep(DUE_IN_S + at_s)
    in_flight = len(made.ask("workers", marker=marker)["busy"])
    killed_at = time.monotonic()
    KILLS[killed](made)
    posts = made.until_settled(marker)
    settled_s = time.monotonic() - killed_at
    assert len(posts) == count
    faults = faults_of(posts, {account: made.shown(account) for account in made.places})
    faults += [f"{post['channel']}: {post['state']}, {post['problem']}" for post in posts if post["state"] != "proven"]
    assert not faults, "\n".join(faults)
    states = Counter(state for post in posts for state, *_ in post["attempts"])
    return Round(
        number=number,
        killed=killed,
        at_s=at_s,
        posts=count,
        in_flight=in_flight,
        again=states["refused"],
        read_back=states["confirmed"],
        settled_s=settled_s,
    )


def report(rounds: list[Round], places: list[str], seed: int) -> str:
    """The rounds that were played through, and what they come to."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(one.killed for one in rounds).items())
    again, read_back = sum(one.again for one in rounds), sum(one.read_back for one in rounds)
    longest = max((one.settled_s for one in rounds), default=0)
    lines = [
        "| round | killed | at, s | posts | being sent | tried again | found by reading | settled after, s |",
        "|" + "---|" * 8,
        *(one.row for one in rounds),
        "",
        f"{len(rounds)} rounds ({kinds}), seed {seed}.",
        f"{sum(one.posts for one in rounds)} posts to {', '.join(places)}: each there exactly once and proven.",
        f"{sum(one.in_flight for one in rounds)} were being sent when the kill came, {again} were tried again,",
        f"{read_back} were found by reading back. The longest until all were proven: {longest:.1f} s.",
    ]
    return "\n".join(lines) + "\n"


def test_each_post_is_there_exactly_once_whatever_is_killed(made):
    count = int(os.environ.get("CROSSCUT_KILL_ROUNDS", len(KILLS)))
    seed = int(os.environ.get("CROSSCUT_KILL_SEED", time.time_ns() % 10**6))
    dice, rounds, kinds = random.Random(seed), [], []
    try:
        for number in range(1, count + 1):
            if not kinds:
                kinds = dice.sample(list(KILLS), len(KILLS))
            rounds.append(play(made, number, kinds.pop(), dice))
            print(rounds[-1].row, flush=True)
    finally:
        text = report(rounds, sorted(place.channel for place in made.places.values()), seed)
        OUTPUT.parent.mkdir(exist_ok=True)
        OUTPUT.write_text(text)
        print(text)
    assert max(one.settled_s for one in rounds) < AT_MOST_TO_SETTLE_S
