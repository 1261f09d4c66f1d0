"""The fault bench: strict servers, faults and deaths drawn by seed; each post is public once, or a person is asked.

150 runs in an everyday run; `CROSSCUT_BENCH_RUNS=2000` for the full one, `CROSSCUT_BENCH_SEED` for the first seed. The
score is printed, and written to `tests/output/bench-from-SEED.md` as it grows.
"""

import os
from pathlib import Path

from tests.cast import Cast
from tests.faults.bench.runs import Run, play, score

RUNS = int(os.environ.get("CROSSCUT_BENCH_RUNS", "150"))
FIRST_SEED = int(os.environ.get("CROSSCUT_BENCH_SEED", "1"))
OUTPUT = Path(__file__).parents[1] / "output" / f"bench-from-{FIRST_SEED}.md"
TOLD_EVERY = 25


def test_each_post_is_public_once_or_a_person_is_asked(cast: Cast, settings) -> None:
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    runs: list[Run] = []
    OUTPUT.parent.mkdir(exist_ok=True)
    for seed in range(FIRST_SEED, FIRST_SEED + RUNS):
        runs.append(play(cast, seed))
        if len(runs) % TOLD_EVERY == 0 or len(runs) == RUNS:
            OUTPUT.write_text(score(runs) + "".join(f"\n{run}\n" for run in runs if run.wrong))
    print(OUTPUT.read_text())
    wrong = [str(run) for run in runs if run.wrong]
    assert not wrong, "\n".join(wrong)
    assert sum(len(run.deaths) for run in runs) > RUNS and sum(len(run.faults) for run in runs) > RUNS
