"""One table of 200 rows in four layouts: 800 pictures, each looked at; what was planted is found and nothing else.

    .venv/bin/python benchmarks/graphics/run.py [--rows 200]

Beside it stands a browser, which is how graphics are often made: one headless Chromium that takes a picture of each of
the same drawings, unfilled and unchecked. CPU seconds are those of whole process trees, start-up included. Writes
result.json; ends with 1 when a finding is missing, is too many, or a picture has another size.
"""

import argparse
import csv
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from crosscut.media import capped
from crosscut.media.graphics import make_all
from crosscut.media.graphics.records import Graphic

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "graphics"
GOOD = list(csv.DictReader((EXAMPLE / "quotes.csv").open(encoding="utf-8")))
PLANTED = {  # the finding, and what brings it about
    "overflow": {"quote": "We count every turtle that comes ashore. " * 60},
    "missing_glyph": {"quote": "We count every turtle \u2603"},
    "contrast": {"ground": "#ffffff"},
    "empty_slot": {"quote": ""},
    "no_picture": {"picture": "gone.jpg"},
    "bad_colour": {"ground": "reddish"},
}
ALSO = {"overflow": ("graphics.outside",)}  # so much text leaves the picture, too
EVERY = 20  # each fault is in one row of twenty
BY_BROWSER = 40  # drawings: more only repeat it


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crosscut-graphics-bench-") as name:
        folder = Path(name)
        wanted = table(folder, asked.rows)
        batch, first = costed(lambda: make_all(EXAMPLE / "quote", folder / "rows.csv", folder / "out"))
        again, second = costed(lambda: make_all(EXAMPLE / "quote", folder / "rows.csv", folder / "out"))
        wrong = mistakes(batch.graphics, wanted, folder / "out")
        browser = by_browser(folder)
    pictures = len(batch.graphics)
    found = Counter(finding.code for graphic in batch.graphics for finding in graphic.findings)
    result = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "rows": asked.rows,
        "pictures": pictures,
        "findings": dict(sorted(found.items())),
        "rows_with_findings": len({graphic.row for graphic in batch.graphics if graphic.findings}),
        "mistakes": wrong,
        "cpu_s": first["cpu_s"],
        "wall_s": first["wall_s"],
        "peak_mb": first["peak_mb"],
        "cpu_s_each": round(first["cpu_s"] / pictures, 3),
        "again_cpu_s": second["cpu_s"],
        "again_kept_rows": again.kept,
        "chromium_cpu_s_each": browser,
    }
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 1 if wrong else 0


def table(folder: Path, rows: int) -> dict[int, set[str]]:
    """Writes the table and tells what is to be found in which row."""
    for picture in ("reef.jpg", "turtle.svg"):
        shutil.copy(EXAMPLE / picture, folder / picture)
    wanted: dict[int, set[str]] = {}
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(GOOD[0]))
        writer.writeheader()
        for number in range(1, rows + 1):
            row = dict(GOOD[number % len(GOOD)])
            faults = list(PLANTED)
            if (place := number % EVERY) < len(faults):
                row.update(PLANTED[faults[place]])
                wanted[number] = {f"graphics.{faults[place]}", *ALSO.get(faults[place], ())}
            writer.writerow(row)
    return wanted


def mistakes(graphics: Sequence[Graphic], wanted: dict[int, set[str]], out: Path) -> list[str]:
    """Where what was found is not what was planted, or a picture is not as large as its layout says."""
    wrong = []
    for graphic in graphics:
        found, due = {finding.code for finding in graphic.findings}, wanted.get(graphic.row, set())
        if found != due:
            wrong.append(f"row {graphic.row} {graphic.layout}: found {sorted(found)}, planted {sorted(due)}")
        with Image.open(out / graphic.file) as picture:
            if "x".join(map(str, picture.size)) != graphic.layout.rpartition("-")[2]:
                wrong.append(f"row {graphic.row} {graphic.layout}: it is {picture.size}")
    return wrong


def costed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the work returned, and what it and its children took."""
    capped.close()
    before, began = taken(), time.monotonic()
    done = work()
    capped.close()  # so that its children are counted
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    cost = {"cpu_s": taken() - before, "wall_s": time.monotonic() - began, "peak_mb": peak_kb * 1024 / 1e6}
    return done, {name: round(value, 2) for name, value in cost.items()}


def taken() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def by_browser(folder: Path) -> float | None:
    """CPU seconds of Chromium for one picture; None where it is not here."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    layouts = sorted((EXAMPLE / "quote").glob("*.svg"))

    def draw() -> None:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            for number in range(BY_BROWSER):
                layout = layouts[number % len(layouts)]
                width, height = map(int, layout.stem.rpartition("-")[2].split("x"))
                page.set_viewport_size({"width": width, "height": height})
                page.goto(layout.as_uri())
                page.screenshot(path=folder / f"{number}.png")
            browser.close()

    _, cost = costed(draw)
    return round(cost["cpu_s"] / BY_BROWSER, 3)


if __name__ == "__main__":
    sys.exit(main())
