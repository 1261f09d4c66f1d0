"""How long Crosscut takes to read and to make a table of 10,000 posts, and how much memory that asks for.

Starts an installation of its own in a temporary folder, writes a table as Publer exports it, reads it, looks at its
page, and makes its posts. Reading and making are done in this process, as a worker does them. Writes result.json.
"""

import csv
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from installation import begin_django, installation

HERE = Path(__file__).parent
ROWS = 10_000
PAGE_LIMIT_S = 1.0


def main() -> int:
    if "--measure" in sys.argv:
        print(json.dumps(measure()))
        return 0
    with installation() as here:
        told = here.measure(__file__)
    result = {**told, "machine": platform.machine(), "cores": os.cpu_count()}
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 0 if result["page_s"] <= PAGE_LIMIT_S and result["made"] == ROWS else 1


def measure() -> dict[str, Any]:
    """Seconds and the growth of memory of each step."""
    begin_django()
    from django.test import Client

    from crosscut.apps.accounts.models import Account, User
    from crosscut.apps.accounts.services.people import found_workspace
    from crosscut.apps.publish.services import post_import

    lead = found_workspace("Bulk", owner=User.objects.create(email="bulk@example.org", name="Bea Bulk"))
    accounts = [Account.objects.create(workspace=lead.workspace, channel="practice", name=f"A{n}") for n in range(5)]
    path = table(Path(os.environ["CROSSCUT_HOME"]) / "posts.csv", [account.name for account in accounts])
    row, begin_s = kept_here(lambda: post_import.begin_path(lead, path))
    read = timed(lambda: post_import.work(row.pk, "read", lambda progress: None, lambda: False))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(lead.user)
    looked = timed(lambda: client.get(f"/posts/imports/{row.pk}/?page=100"))
    row, confirm_s = kept_here(lambda: post_import.confirm(lead, row.pk))
    made = timed(lambda: post_import.work(row.pk, "make", lambda progress: None, lambda: False))
    row.refresh_from_db()
    return {
        "rows": ROWS,
        "made": row.counts.get("made", 0),
        "begin_s": round(begin_s, 3),
        "read_s": round(read[0], 1),
        "read_memory_mb": read[1],
        "page_s": round(looked[0], 3),
        "confirm_s": round(confirm_s, 3),
        "make_s": round(made[0], 1),
        "make_ms_per_row": round(made[0] * 1000 / ROWS, 1),
        "make_memory_mb": made[1],
    }


def kept_here(act: Callable[[], Any]) -> tuple[Any, float]:
    """What the act gives, and the seconds it took; its job is taken back before the installation's workers see it."""
    from django.db import connection, transaction

    with transaction.atomic():
        began = time.perf_counter()
        row = act()
        took_s = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs where args->>'job_id' = %s", [str(row.job_id)])
    return row, took_s


def timed(act: Callable[[], Any]) -> tuple[float, int]:
    """Seconds it took, and by how many MB the most this process ever held grew."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    act()
    took_s = time.perf_counter() - began
    return took_s, round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def table(path: Path, names: list[str]) -> Path:
    """Ten thousand posts, one every twenty minutes, over all accounts."""
    first = datetime(2036, 1, 1, 6)  # noqa: DTZ001 - as clocks show it
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(["Date", "Account", "Text", "Tags"])
        for number in range(ROWS):
            at = first + timedelta(minutes=20 * number)
            words = f"Number {number}: what divers saw this week, and what the sea will notice of it."
            write.writerow([f"{at:%Y-%m-%d %H:%M}", names[number % len(names)], words, "reef, divers"])
    return path


if __name__ == "__main__":
    sys.exit(main())
