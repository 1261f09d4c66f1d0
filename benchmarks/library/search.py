"""How long the search of the library takes with a million assets, beside the same done by PostgreSQL alone.

Starts an installation of its own in a temporary folder, fills one workspace with assets as libraries hold them (words
by their usual frequencies, tags, licences, looks), and asks through the API, in this process and without a network:
every figure is the whole way from request to JSON. Run it on an otherwise quiet machine, it takes a quarter of an hour:

    python benchmarks/library/search.py [--assets 1000000]

With `--there` it asks the library that `crosscut seed --archive` made in the installation that the environment names.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from installation import begin_django, cpu_s_of, installation

HERE = Path(__file__).parent
RESULT = HERE / "search.json"
SEED = 20261130
WINDOW = 60


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--assets", type=int, default=1_000_000)
    options.add_argument("--times", type=int, default=200)
    options.add_argument("--measure", action="store_true")
    options.add_argument("--there", action="store_true")
    asked = options.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.assets, asked.times)))
        return 0
    if asked.there:
        return written(measured(0, asked.times))
    with installation() as here:
        return written(here.measure(__file__, f"--assets={asked.assets}", f"--times={asked.times}"))


def written(result: dict[str, Any]) -> int:
    """Keeps the result; 1 when a figure is not kept."""
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if all(row.get("kept", True) for row in result["rows"]) else 1


def measured(assets: int, times: int) -> dict[str, Any]:
    """Every figure, said on the way too; of the library that is there for 0 assets."""
    begin_django()
    from crosscut.apps.accounts.models import Member
    from crosscut.apps.library.models import Asset
    from crosscut.site.seed import library
    from crosscut.site.web import set_apart

    set_apart()  # as the processes of the web do

    began = time.perf_counter()

    def say(text: object) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    if assets:
        lead = library.fill_library(assets, password="archive-of-full-house", say=say)
        library.settle_library(lead.workspace_id)
        filled_s: int | None = round(time.perf_counter() - began)
    else:
        lead = Member.objects.get(workspace__slug=library.SLUG, user__email=library.EMAIL)
        assets, filled_s = Asset.objects.filter(workspace=lead.workspace_id).count(), None
    rows = []
    for part in (searches(lead, times), places(lead, assets, times), likenesses(lead, times)):
        for row in part:
            say(row)
            rows.append(row)
    return {
        "assets": assets,
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "filled_s": filled_s,
        "columns_mb": held_mb(lead),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rows": rows,
    }


def held_mb(lead: Any) -> int:
    """What the columns and what was made of them take in this process."""
    from crosscut.apps.library.column_source import columns_of

    columns = columns_of(lead.workspace_id)
    groups = [columns.rows, columns.terms]
    groups += [part for pairs in (columns.tags, columns.subjects, columns.live) for part in (pairs.pairs, pairs.values)]
    held = [rows[name] for rows in groups for name in rows] + [columns.alive, *vars(columns)["_made"].values()]
    parts = [part for each in held for part in (each if isinstance(each, tuple) else (each,))]
    return round(sum(getattr(part, "nbytes", 0) for part in parts) / 1e6)


def searches(lead: Any, times: int) -> Iterator[dict[str, Any]]:
    """The search page through the API: mixed words, then common ones only; and the same by PostgreSQL alone."""
    from crosscut.site.seed.library import VOCABULARY

    rng = random.Random(SEED)
    mixed = [query(rng, VOCABULARY) for _ in range(times)]
    common = [rng.choice(VOCABULARY[:8]) for _ in range(times // 2)]
    filters = [rng.choice(("type:video", "tag:sea", "rights:expired", "colour:teal shape:portrait", "")) for _ in mixed]
    page = asking(lead)
    yield {"what": "first search of a process (columns are read)", "ms": once(lambda: page(""))}
    yield timed("search page, mixed words", mixed, page, limits_ms=(50, 250))
    yield timed("search page, common words", common, page, limits_ms=(50, 250))
    yield timed("search page, filters only", filters, page, limits_ms=(50, 250))
    yield timed("plain PostgreSQL full text, mixed words", mixed[: times // 4], lambda q: plain(lead, q))
    yield timed("plain PostgreSQL full text, common words", common[: times // 4], lambda q: plain(lead, q))


def query(rng: random.Random, vocabulary: tuple[str, ...]) -> str:
    """One to three words, frequent ones more often, as people type them; sometimes with a filter or cut short."""
    words = [
        vocabulary[min(int(rng.paretovariate(0.6)) - 1, len(vocabulary) - 1)] for _ in range(rng.choice((1, 1, 2, 3)))
    ]
    if rng.random() < 0.2:
        words[-1] = words[-1][:4]
    return " ".join(words + rng.choices(("", "type:image", "rights:valid", "tag:sea"), (6, 2, 1, 1)))


def asking(lead: Any) -> Callable[[str], Any]:
    """Asks for the first window with facets over the API."""
    from django.test import Client

    from crosscut.apps.accounts.tests.asking import program

    client: Client = program(lead)
    client.defaults["SERVER_NAME"] = "localhost"

    def ask(q: str, offset: int = 0, facets: str = "true") -> Any:
        answer = client.get("/api/library/assets", {"q": q, "limit": WINDOW, "offset": offset, "facets": facets})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def plain(lead: Any, q: str) -> None:
    """The same question to one table with one index, as it is usually done: rank, count, and count by kind and tag."""
    from django.db import connection

    words = " ".join(part for part in q.split() if ":" not in part)
    found = "FROM library_asset WHERE workspace_id = %s AND search @@ plainto_tsquery('english', %s)"
    with connection.cursor() as cursor:
        for sql in (
            f"SELECT id {found} ORDER BY ts_rank(search, plainto_tsquery('english', %s)) DESC LIMIT {WINDOW}",
            f"SELECT kind, count(*) {found} GROUP BY kind",
            f"SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag {found}) AS t GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
        ):
            cursor.execute(sql, [lead.workspace_id, words, words][: sql.count("%s")])
            cursor.fetchall()


def places(lead: Any, assets: int, times: int) -> Iterator[dict[str, Any]]:
    """The grid at any place; and the same by OFFSET."""
    from django.db import connection

    rng = random.Random(SEED)
    page = asking(lead)
    anywhere = [rng.randrange(max(1, assets - WINDOW)) for _ in range(times)]
    yield timed("grid, any place", anywhere, lambda at: page("", at, "false"), limits_ms=(200, 200))

    def offset(at: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM library_asset WHERE workspace_id = %s AND archived_at IS NULL"
                f" ORDER BY created_at DESC, id DESC LIMIT {WINDOW} OFFSET %s",
                [lead.workspace_id, at],
            )
            cursor.fetchall()

    yield timed("OFFSET in PostgreSQL, the numbers alone", anywhere[: times // 4], offset)


def likenesses(lead: Any, times: int) -> Iterator[dict[str, Any]]:
    """Near-duplicates of one picture; the same by PostgreSQL's bit_count."""
    from django.db import connection

    from crosscut.apps.library.alike import looks_of
    from crosscut.apps.library.models import Fingerprint

    yield {"what": "first look-up of a process (hashes are read)", "ms": once(lambda: looks_of(lead.workspace_id))}
    wholes = list(Fingerprint.objects.exclude(whole=0).values_list("whole", flat=True)[:times])
    asked = [(whole ^ 0b1000000010000000100000001) % 2**64 for whole in wholes]
    yield timed(
        "near-duplicates", asked, lambda bits: looks_of(lead.workspace_id).near(bits, within=8), limits_ms=(20, 20)
    )
    yield timed(
        "possible crops",
        asked[: times // 4],
        lambda bits: looks_of(lead.workspace_id).cut_from(bits, [], within=22, most=150),
    )

    def bit_count(bits: int) -> None:
        signed = bits - 2**64 if bits >= 2**63 else bits
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT version_id FROM library_fingerprint WHERE workspace_id = %s"
                " AND bit_count((whole # %s)::bit(64)) <= 8",
                [lead.workspace_id, signed],
            )
            cursor.fetchall()

    yield timed("bit_count in PostgreSQL", asked[:10], bit_count)


def database_cpu_s() -> float:
    """Processor seconds of the database's process that answers us, which runs on this machine."""
    from django.db import connection

    connection.ensure_connection()
    return cpu_s_of(connection.connection.info.backend_pid)


def once(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return round((time.perf_counter() - began) * 1000, 1)


def timed(
    what: str, asked: list[Any], work: Callable[[Any], Any], limits_ms: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Median and 99th percentile of asking each, after one that is not counted; and the computing of each."""
    work(asked[0])
    ours_s, theirs_s = time.process_time(), database_cpu_s()
    taken = sorted(once(lambda one=one: work(one)) for one in asked)
    p50, p99 = statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    row: dict[str, Any] = {
        "what": what,
        "times": len(taken),
        "p50_ms": round(p50, 1),
        "p99_ms": p99,
        "worst_ms": taken[-1],
        "cpu_ms": round((time.process_time() - ours_s) * 1000 / len(asked), 1),
        "database_cpu_ms": round((database_cpu_s() - theirs_s) * 1000 / len(asked), 1),
    }
    if limits_ms:
        row |= {"limits_ms": list(limits_ms), "kept": p50 <= limits_ms[0] and p99 <= limits_ms[1]}
    return row


if __name__ == "__main__":
    sys.exit(main())
