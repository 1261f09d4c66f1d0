"""How long the pass over a million vectors takes, what it takes of memory, and how many of the nearest it finds.

The vectors are made (512 numbers; a cloud off the middle, as those of CLIP-like models lie, with groups that belong
together), for no model was at hand. Beside it, in the same run, what is usually done: the product of the query with
every whole vector, which is also what "the nearest" means here. In this process alone, without a database:

    python benchmarks/library_meaning/run.py [--vectors 1000000]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from crosscut.apps.library.nearness import JUDGED, Chunk, Places, Understood

RESULT = Path(__file__).parent / "result.json"
WIDTH, GROUPS, BATCH = 512, 2000, 20_000
NEAREST = 100  # of each query, which should be found
SEED = 20261130
Vectors = npt.NDArray[np.float32]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--vectors", type=int, default=1_000_000)
    options.add_argument("--queries", type=int, default=50)
    asked = options.parse_args()
    result = measured(asked.vectors, asked.queries)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 0 if result["found_percent"] >= 95 and result["bits_ms"]["median"] <= 250 else 1


def measured(count: int, queries: int) -> dict[str, object]:
    numbers = np.random.default_rng(SEED)
    common = unit(numbers.normal(size=(1, WIDTH)))
    groups = unit(numbers.normal(size=(GROUPS, WIDTH)))
    whole = np.empty((count, WIDTH), np.float16)
    chunks, middle = [], None
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        noise = unit(numbers.normal(size=(size, WIDTH)))
        vectors = unit(common + 0.6 * groups[numbers.integers(0, GROUPS, size)] + 0.6 * noise)
        whole[start : start + size] = vectors
        middle = vectors.mean(axis=0) if middle is None else middle
        ids = np.arange(start, start + size)
        which = Places(ids, np.zeros(size, np.bool_), np.zeros(size, np.int32))
        chunks.append(Chunk.of(which, ids, vectors - middle))
    understood = Understood((Chunk.joined(chunks),))
    # A query lies off the cloud, as words do, and a little nearer to one group.
    directions = [unit(numbers.normal(size=(1, WIDTH)) + 3 * groups[[number]])[0] for number in range(queries)]
    bits_ms, whole_ms, found = [], [], []
    for direction in directions:
        exact, took_ms = timed(lambda direction=direction: nearest_of_all(whole, direction))
        whole_ms.append(took_ms)
        mine, took_ms = timed(
            lambda direction=direction: understood.nearest(direction, lambda assets: np.ones(len(assets), np.bool_))
        )
        bits_ms.append(took_ms)
        found.append(len(np.intersect1d(exact, mine.versions)) / NEAREST)
    chunk = understood.chunks[0]
    kept = (chunk.bits, chunk.lengths, chunk.assets, chunk.which.versions, chunk.which.are_told, chunk.which.numbers)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": sys.version.split()[0],
        "vectors": count,
        "judged": JUDGED,
        "memory_mb": round(sum(part.nbytes for part in kept) / 1e6),
        "whole_memory_mb": round(whole.nbytes / 1e6),
        "bits_ms": told(bits_ms),
        "whole_ms": told(whole_ms),
        "found_percent": round(100 * statistics.mean(found), 1),
    }


def nearest_of_all(whole: npt.NDArray[np.float16], direction: Vectors) -> npt.NDArray[np.int64]:
    """The usual way: every whole vector, some at a time."""
    parts = [whole[start : start + BATCH].astype(np.float32) @ direction for start in range(0, len(whole), BATCH)]
    nearness = np.concatenate(parts)
    return np.argpartition(-nearness, NEAREST)[:NEAREST]


def unit(vectors: npt.NDArray[np.float64]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def timed(work: Callable[[], object]) -> tuple[object, float]:
    began = time.perf_counter()
    answer = work()
    return answer, (time.perf_counter() - began) * 1000


def told(times_ms: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times_ms), 1), "most": round(max(times_ms), 1)}


if __name__ == "__main__":
    sys.exit(main())
