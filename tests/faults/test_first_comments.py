"""First comments on the fault bench: each is there once below its post, or a person is asked; and this can fail.

6 runs of each network in an everyday run; `CROSSCUT_BENCH_RUNS` and `CROSSCUT_BENCH_SEED` as for the other posts.
"""

from itertools import count

import pytest

from crosscut.apps.publish.services import settle
from tests.cast import Cast
from tests.faults.bench.facebook import Facebook
from tests.faults.bench.instagram import Instagram
from tests.faults.bench.runs import play, score
from tests.faults.bench.strict import Strict
from tests.faults.bench.told import COMMENTS, keep
from tests.faults.test_bench import FIRST_SEED, OUTPUT, RUNS

COMMENT = "All six steps are on our site."
EVERYDAY, MOST = 6, 40  # runs; and within which what is missing must be noticed
networks = pytest.mark.parametrize("network", [Instagram, Facebook], ids=lambda one: one.__name__.lower())


@networks
def test_each_first_comment_is_there_once_or_a_person_is_asked(cast: Cast, settings, network: type[Strict]) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    seeds = range(FIRST_SEED, FIRST_SEED + (RUNS or EVERYDAY))
    runs = [play(cast, seed, (network,), comment=COMMENT) for seed in seeds]
    for run in runs:
        keep(run, COMMENTS)
    told = score(runs) + "".join(f"\n{run}\n" for run in runs if run.wrong)
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / f"bench-comments-{network.__name__.lower()}-from-{FIRST_SEED}.md").write_text(told)
    print(told)
    assert not [str(run) for run in runs if run.wrong]
    assert sum(len(run.deaths) for run in runs) > len(runs) < sum(len(run.faults) for run in runs)


def _without_reading_comments_back(patch: pytest.MonkeyPatch) -> None:
    """Settling looks for posts, and believes of a first comment that it is not there."""
    look = settle._look
    patch.setattr(settle, "_look", lambda attempt: None if attempt.part > 1 else look(attempt))


@networks
def test_the_bench_notices_first_comments_that_are_not_read_back(
    cast: Cast, settings, monkeypatch: pytest.MonkeyPatch, network: type[Strict]
) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    _without_reading_comments_back(monkeypatch)
    runs = (play(cast, seed, (network,), comment=COMMENT) for seed in count(1))
    seen = next(run for run in runs if run.wrong or run.seed == MOST)
    print(seen)
    assert seen.wrong, f"{MOST} runs were green without it"
