"""How long the pass over a million vectors takes, what it takes of memory, and how many of the nearest it finds.

The vectors are made (512 numbers, a byte each as the database keeps them), for no model was at hand, in three shapes: a
cloud off the middle with groups, asked from far off (the hardest: all but a few hundredths of what a query says is
chance); the same asked from within a group, as words lie to pictures of what they say; and groups of very different
sizes in few directions that matter, as the vectors of CLIP-like models lie. Beside it, in the same run, what is usually
done: the product of the query with every whole vector (two bytes a number), which is also what "the nearest" means
here. One process, no database:

    python benchmarks/library_meaning/run.py [--vectors 1000000]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from crosscut.apps.library.in_memory.rows import Rows
from crosscut.apps.library.nearness import JUDGED, Understood, packed

RESULT = Path(__file__).parent / "result.json"
WIDTH, GROUPS, BATCH = 512, 2000, 20_000
NEAREST = 100  # of each query, which should be found
KEPT_PERCENT, KEPT_MS = 95, 250
SEED = 20261130
SHAPES = ("asked from far off", "asked from within a group", "few directions, groups of all sizes")
Vectors = npt.NDArray[np.float32]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--vectors", type=int, default=1_000_000)
    options.add_argument("--queries", type=int, default=30)
    asked = options.parse_args()
    rows = [measured(shape, asked.vectors, asked.queries) for shape in SHAPES]
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "vectors": asked.vectors,
        "judged": JUDGED,
        "rows": rows,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 0 if all(row["kept"] for row in rows) else 1


def measured(shape: str, count: int, queries: int) -> dict[str, Any]:
    numbers = np.random.default_rng(SEED)
    groups = unit(numbers.normal(size=(GROUPS, WIDTH)) * strength(shape))
    whole, parts = np.empty((count, WIDTH), np.float16), []
    for start, vectors in enumerate(made(shape, count, groups, numbers)):
        ids = np.arange(start * BATCH, start * BATCH + len(vectors))
        whole[ids] = vectors
        parts.append(part(ids, vectors))
    understood = Understood(Rows.of(parts))
    del parts
    found, ours_ms, filtered_ms, theirs_ms = [], [], [], []
    everything = np.ones(count, np.bool_)
    some = np.arange(count) % 10 == 0  # what a filter leaves
    for number in range(queries):
        pull = 3.0 if shape == SHAPES[0] else 12.0
        direction = unit(numbers.normal(size=(1, WIDTH)) * strength(shape) + pull * groups[[number]])[0]
        exact, took_ms = timed(lambda direction=direction: nearest_of_all(whole, direction))
        theirs_ms.append(took_ms)
        mine, took_ms = timed(lambda direction=direction: understood.nearest(direction, everything, least=-1.0)[0])
        ours_ms.append(took_ms)
        found.append(len(np.intersect1d(exact, mine[:NEAREST])) / NEAREST)
        filtered_ms.append(timed(lambda direction=direction: understood.nearest(direction, some, least=-1.0))[1])
    percent = round(100 * statistics.mean(found), 1)
    return {
        "shape": shape,
        "found_percent": percent,
        "ours_ms": told(ours_ms),
        "a_tenth_passes_ms": told(filtered_ms),
        "whole_ms": told(theirs_ms),
        "memory_mb": round(sum(understood.rows[name].nbytes for name in understood.rows) / 1e6),
        "whole_memory_mb": round(whole.nbytes / 1e6),
        "kept": percent >= KEPT_PERCENT and statistics.median(ours_ms) <= KEPT_MS,
    }


def strength(shape: str) -> Vectors:
    """How much each direction matters: all alike, or each a little less than the one before."""
    if shape != SHAPES[2]:
        return np.ones(WIDTH, np.float32)
    return np.asarray(np.arange(1, WIDTH + 1, dtype=np.float32) ** -0.7 * 8, np.float32)


def made(shape: str, count: int, groups: Vectors, numbers: np.random.Generator) -> Iterator[Vectors]:
    """The vectors, some at a time: what all have in common, their group, and what is their own."""
    common = unit(numbers.normal(size=(1, WIDTH)))
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        chosen = numbers.integers(0, GROUPS, size)
        if shape == SHAPES[2]:  # the n-th group is n times smaller than the first
            chosen = np.exp(numbers.random(size) * np.log(GROUPS)).astype(np.intp)
        own = unit(numbers.normal(size=(size, WIDTH)) * strength(shape))
        yield unit(common + 0.6 * groups[chosen] + 0.6 * own)


def part(ids: npt.NDArray[np.int64], vectors: Vectors) -> dict[str, npt.NDArray[Any]]:
    """The vectors as the library has them in memory."""
    kept = np.frombuffer(packed(vectors), np.int8).reshape(-1, WIDTH)
    return {
        "version": ids,
        "asset": ids,
        "is_told": np.zeros(len(ids), np.bool_),
        "number": np.zeros(len(ids), np.int32),
        "length": np.linalg.norm(kept.astype(np.float32), axis=1).astype(np.float32),
        "vector": kept,
    }


def nearest_of_all(whole: npt.NDArray[np.float16], direction: Vectors) -> npt.NDArray[np.int64]:
    """The usual way: every whole vector, some at a time."""
    parts = [whole[start : start + BATCH].astype(np.float32) @ direction for start in range(0, len(whole), BATCH)]
    nearness = np.concatenate(parts)
    return np.argpartition(-nearness, NEAREST)[:NEAREST]


def unit(vectors: npt.NDArray[Any]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    answer = work()
    return answer, (time.perf_counter() - began) * 1000


def told(times_ms: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times_ms), 1), "most": round(max(times_ms), 1)}


if __name__ == "__main__":
    sys.exit(main())
