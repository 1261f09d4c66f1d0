"""The fault bench: strict servers, faults and deaths drawn by seed; each post is public once, or a person is asked.

90 runs in an everyday run; `CROSSCUT_BENCH_RUNS=2000` for the full one, `CROSSCUT_BENCH_SEED` for the first seed. The
score is printed, and written to `tests/output/bench-from-SEED.md` as it grows.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.faults.bench.discord import Discord
from tests.faults.bench.drupal import Drupal
from tests.faults.bench.facebook import Facebook
from tests.faults.bench.ghost import Ghost
from tests.faults.bench.google import Google
from tests.faults.bench.instagram import Instagram
from tests.faults.bench.mastodon import Mastodon
from tests.faults.bench.runs import AT_ONCE, FILMS, IN_STEPS, SHAPES, Run, play, score
from tests.faults.bench.strict import Strict
from tests.faults.bench.teams import Teams
from tests.faults.bench.telegram import Telegram
from tests.faults.bench.threads import Threads
from tests.faults.bench.told import POSTS, STORIES, THREADS, keep
from tests.faults.bench.x import X

RUNS = int(os.environ.get("CROSSCUT_BENCH_RUNS", "0"))
FIRST_SEED = int(os.environ.get("CROSSCUT_BENCH_SEED", "1"))
OUTPUT = Path(__file__).parents[1] / "output"
TOLD_EVERY = 25
EVERYDAY = [
    pytest.param(AT_ONCE, 90, id="at-once"),
    pytest.param(AT_ONCE, 36, id="threads-at-once"),
    pytest.param((Instagram, Facebook, Mastodon, Telegram), 6, id="stories-and-films"),
    pytest.param((X, Threads), 6, id="threads-in-steps"),
    *(pytest.param((network,), 6, id=network.__name__.lower()) for network in (Discord, Telegram, Teams, *IN_STEPS)),
    # One request, and what it shows there harms nobody twice: fewer runs tell as much.
    *(pytest.param((network,), 4, id=network.__name__.lower()) for network in (Ghost, Drupal, Google)),
]


@pytest.mark.parametrize(("networks", "everyday"), EVERYDAY)
def test_each_post_is_public_once_or_a_person_is_asked(
    cast: Cast, settings, request: pytest.FixtureRequest, networks: Sequence[type[Strict]], everyday: int
) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    runs: list[Run] = []
    name = request.node.callspec.id
    kind = THREADS if name.startswith("threads-") else STORIES if name.startswith("stories") else POSTS
    wanted, told = RUNS or everyday, OUTPUT / f"bench-{name}-from-{FIRST_SEED}.md"
    OUTPUT.mkdir(exist_ok=True)
    for seed in range(FIRST_SEED, FIRST_SEED + wanted):
        told_apart = {"shapes": FILMS if kind == STORIES else SHAPES, "parts": 3 if kind == THREADS else 1}
        runs.append(play(cast, seed, networks, **told_apart))
        keep(runs[-1], kind)
        if len(runs) % TOLD_EVERY == 0 or len(runs) == wanted:
            told.write_text(score(runs) + "".join(f"\n{run}\n" for run in runs if run.wrong))
    print(told.read_text())
    wrong = [str(run) for run in runs if run.wrong]
    assert not wrong, "\n".join(wrong)
    least = wanted // 2 if networks == (Teams,) else wanted  # after its first doubt a person is asked, and all is over
    assert sum(len(run.deaths) for run in runs) > least and sum(len(run.faults) for run in runs) > least
