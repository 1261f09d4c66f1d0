"""How many photographs of 12 megapixels a second go into the library, each read, stored, hashed and shown.

Starts an installation of its own with one worker process in a temporary folder, makes photographs, takes them in with
`crosscut ingest`, and counts from its start to the job's end. Beside it, in the same run on the same files, a script of
the tools that people use for it: exiftool, ImageMagick (480 px JPEG and 1600 px WebP) and sha256sum, on both cores.
Writes result.json: our own figure first, so that nothing that happens to the script can lose it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from installation import Installation, begin_django, installation
from photos import make_photos

HERE = Path(__file__).parent
PHOTOS = 120
GOAL_PER_S = 12.0
SCRIPT = """set -e
exiftool -json "$1" > "$2/$(basename "$1").json"
convert "$1" -auto-orient -resize 480x480 -quality 80 "$2/$(basename "$1").small.jpg"
convert "$1" -auto-orient -resize 1600x1600 -quality 82 "$2/$(basename "$1").webp"
sha256sum "$1" > "$2/$(basename "$1").sha256"
cp "$1" "$2/"
"""


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--assets", type=int, default=0, help="that are in the library already")
    options.add_argument("--measure", nargs="*")
    asked = options.parse_args()
    if asked.measure is not None:
        print(json.dumps(time_of(int(asked.measure[0])) if asked.measure else settled(asked.assets)))
        return 0
    with tempfile.TemporaryDirectory(prefix="crosscut-ingest-") as folder:
        photos = make_photos(Path(folder) / "photos", PHOTOS)
        warm_up = make_photos(Path(folder) / "first", 2, first=PHOTOS)
        with installation("--workers", "1") as here:
            here.measure(__file__, f"--assets={asked.assets}")
            take_in(warm_up[0].parent, here)
            before_s = here.cpu_s()
            ours_s = take_in(photos[0].parent, here)
            ours = {"assets": asked.assets, "seconds": ours_s, "cpu_s": here.cpu_s() - before_s}
        write(len(photos), ours)
        if missing := missing_tools():
            write(len(photos), ours, why_not=f"not here: {', '.join(missing)}")
        else:
            beside(photos, Path(folder) / "theirs", ours)
    return 0 if PHOTOS / ours_s >= GOAL_PER_S else 1


def settled(assets: int) -> str:
    """The workspace with one lead that the photographs go into, beside so many assets that are there already."""
    begin_django()
    from crosscut.apps.accounts.models import User
    from crosscut.apps.accounts.services.people import found_workspace

    if assets:
        return filled(assets)
    lead = found_workspace("Reef Watch", owner=User.objects.create_user("lead@example.org", "coral-and-kelp-forest"))
    return str(lead.workspace.name)


def filled(assets: int) -> str:
    """The same with a library that `crosscut seed --archive` makes."""
    from crosscut.site.seed.library import fill_library, settle_library

    lead = fill_library(assets, password="archive-of-full-house", say=lambda text: print(text, file=sys.stderr))
    settle_library(lead.workspace_id)
    return str(lead.workspace.name)


def take_in(folder: Path, here: Installation) -> float:
    """Seconds until all files of the folder are in, with their previews: the job's own, without the command's start."""
    answer = json.loads(here.run("ingest", str(folder), "--json"))
    states = {row["state"] for row in answer["files"]}
    assert states == {"stored"}, states
    return float(here.measure(__file__, str(answer["job"])))


def time_of(job_id: int) -> float:
    """How long the job took, from the first worker that began it to its end."""
    begin_django()
    from crosscut.apps.library.models import Rendition
    from crosscut.apps.work.models import Job

    job = Job.objects.get(pk=job_id)
    versions = Rendition.objects.filter(version__asset__arrivals__job=job)
    assert versions.count() == 2 * job.arrivals.count(), "previews are missing"
    assert job.ended_at and job.started_at
    return (job.ended_at - job.started_at).total_seconds()


def by_script(photos: list[Path], out: Path) -> float:
    """The same with exiftool, ImageMagick and sha256sum, two files at a time."""
    out.mkdir()
    script = out.parent / "script.sh"
    script.write_text(SCRIPT)
    limit = {**os.environ, "MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}
    began = time.perf_counter()
    command = ["xargs", "-P", "2", "-I", "{}", "sh", str(script), "{}", str(out)]
    subprocess.run(command, input="\n".join(map(str, photos)), text=True, check=True, env=limit)
    return time.perf_counter() - began


def missing_tools() -> list[str]:
    """Those of the script's tools that are not on this machine; something else called `convert` does not count."""
    missing = [name for name in ("exiftool", "convert", "sha256sum", "xargs") if not shutil.which(name)]
    if "convert" not in missing:
        told = subprocess.run(["convert", "-version"], capture_output=True, text=True, check=False)
        if "ImageMagick" not in told.stdout:
            missing.append("convert (the one here is not ImageMagick's)")
    return missing


def beside(photos: list[Path], out: Path, ours: dict[str, float]) -> None:
    """Runs the script and keeps its figure beside ours, or why it has none."""
    try:
        write(len(photos), ours, by_script(photos, out))
    except (OSError, subprocess.CalledProcessError) as fault:
        write(len(photos), ours, why_not=f"the script failed: {fault}")


def write(count: int, ours: dict[str, float], theirs_s: float | None = None, *, why_not: str = "") -> None:
    ours_s = ours["seconds"]
    result = {
        "photos": count,
        "assets": ours["assets"],
        "crosscut_per_s": round(count / ours_s, 2),
        "crosscut_cpu_ms": round(ours["cpu_s"] * 1000 / count),
        "script_per_s": round(count / theirs_s, 2) if theirs_s else None,
        "script_missing": why_not,
        "ratio": round(theirs_s / ours_s, 2) if theirs_s else None,
        "goal_per_s": GOAL_PER_S,
        "cores": os.cpu_count(),
        "load_at_the_end": os.getloadavg()[0],
    }
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    sys.exit(main())
