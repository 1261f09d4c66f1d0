"""What runs of the bench came to: a line for each as it ends, and from the lines the score that docs/why publishes.

export CROSSCUT_BENCH_KEEP=runs.jsonl CROSSCUT_BENCH_RUNS=100
pytest tests/faults/test_bench.py tests/faults/test_first_comments.py
python -m tests.faults.bench.told runs.jsonl > docs/why/once-score.md
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what is played needs Django, and the score does not
    from tests.faults.bench.runs import Run

Line = dict[str, Any]
POSTS, THREADS, COMMENTS = "posts", "threads of three parts", "posts with a first comment"
STORIES = "stories and films"
_HEAD = ("", "runs", "seeds", "posts", "faults met", "deaths", "clocks stepped", "ended", "violations")


def keep(run: "Run", kind: str) -> None:
    """Add the run to the file that `CROSSCUT_BENCH_KEEP` names; without one, nothing is kept."""
    if path := os.environ.get("CROSSCUT_BENCH_KEEP"):
        line = {"kind": kind, "on": datetime.now(UTC).date().isoformat(), **asdict(run)}
        with Path(path).open("a") as file:
            file.write(f"{json.dumps(line)}\n")


def score(lines: Sequence[Line]) -> str:
    """The lines as a document: all together, then each network and kind of post, then every run that went wrong."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(_named(line), []).append(line)
    rows = [_row("all", lines), *(_row(name, group) for name, group in sorted(groups.items()))]
    wrong = [f"- {_named(line)}, seed {line['seed']}: {line['wrong']}" for line in lines if line["wrong"]]
    ended = ["## Runs that broke a promise", "", *wrong] if wrong else ["No run broke a promise."]
    return "\n".join(["# The fault bench's score", "", *_what(lines), "", *_table(rows), "", *ended, ""])


def _what(lines: Sequence[Line]) -> list[str]:
    days = sorted({line["on"] for line in lines})
    faults, deaths = len(_kinds(lines, "faults")), len(_kinds(lines, "deaths"))
    return [
        "Written by `python -m tests.faults.bench.told` from the runs themselves; [Once](once.md) says what is played.",
        "",
        f"{len(lines)} runs drawn by seed, {' to '.join(dict.fromkeys((days[0], days[-1])))}."
        f" Faults of {faults} kinds and deaths at {deaths} moments were met.",
    ]


def _named(line: Line) -> str:
    return f"{line['network']}: {line['kind']}"


def _row(name: str, lines: Sequence[Line]) -> tuple[str, ...]:
    ends = Counter(end.replace(" asks", ", a person is asked") for line in lines for end in line["ends"])
    return (
        name,
        str(len(lines)),
        _stretches(line["seed"] for line in lines),
        str(sum(ends.values())),
        f"{sum(len(line['faults']) for line in lines)} of {len(_kinds(lines, 'faults'))} kinds",
        str(sum(len(line["deaths"]) for line in lines)),
        str(sum(len(line["clocks"]) for line in lines)),
        "; ".join(f"{count} {end}" for end, count in ends.most_common()),
        str(sum(bool(line["wrong"]) for line in lines)),
    )


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (_HEAD, ("---",) * len(_HEAD), *rows)]


def _kinds(lines: Sequence[Line], of: str) -> set[str]:
    return {one for line in lines for one in line[of]}


def _stretches(seeds: Iterable[int]) -> str:
    """Seeds in short.

    >>> _stretches([7, 3, 1, 2])
    '1-3, 7'
    """
    found: list[list[int]] = []
    for seed in sorted(set(seeds)):
        if found and seed == found[-1][1] + 1:
            found[-1][1] = seed
        else:
            found.append([seed, seed])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


if __name__ == "__main__":
    sys.stdout.write(score([json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]))
