"""What a pack costs against the commands that a person would write: CPU seconds and peak memory, both sides in one run.

    python benchmarks/media/packs.py --clip CLIP.mp4 [--seconds 4] [--repeats 3] [--rows two_workers left_to_encode]

Makes a 1080p30 master from the clip, in H.264 (it conforms) and in ProRes (nothing can be copied), and renders it for
eight post types on eight networks by our requirements. The other side uses the same FFmpeg with the very arguments of
our own encoders, filters and gain, so only the number of decodes, filters and encodes differs. Ours runs as a worker
does: the engine's server is up, its CPU time and that of every child is counted, and so are loudness measuring and the
checks of each result. Memory is the proportional set size of the process tree, looked at every 50 ms. With --rows only
these are measured, and the others in packs.json stay.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.media import capped, ffmpeg, measure_loudness, probe, sound
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.metadata import Metadata
from crosscut.media.packs import Pack, divide, join, plan_pack, render_pack, render_part
from crosscut.media.packs.command import Output, arguments
from crosscut.media.packs.planning import Wish, alone_for
from crosscut.media.recipes import Recipe, suffix_of
from crosscut.specs.requirements import requirement

RESULT = Path(__file__).parent / "packs.json"
POST_TYPES = (
    "bluesky/video",
    "facebook_page/reel",
    "instagram/reel",
    "linkedin/video",
    "mastodon/video",
    "tiktok/video",
    "x/video",
    "youtube/short",
)
REACH = {
    "eight post types": {"cpu": 0.6},
    "left to encode": {"cpu": 1.05, "memory": 1.0},
    "conforming master": {"cpu": 0.05},
    "same pack again": {"cpu": 0.02},
    "two workers": {"wall": 1 / 1.7},
}
TICK = os.sysconf("SC_CLK_TCK")
Rows = dict[str, list[dict[str, dict[str, float]]]]  # per row the runs, each with our side and the other


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", nargs="+", choices=[row.replace(" ", "_") for row in REACH])
    asked = parser.parse_args()
    chosen = {row.replace("_", " ") for row in asked.rows} if asked.rows else set(REACH)
    rows: Rows = {row: [] for row in REACH if row in chosen}
    with tempfile.TemporaryDirectory(prefix="crosscut-packs-bench-") as name:
        folder = Path(name)
        wanted = [measure for measure in MEASURES if chosen & set(measure.rows)]
        masters = {kind: master(asked.clip, kind, asked.seconds, folder) for kind in {one.master for one in wanted}}
        for repeat in range(asked.repeats):
            place = folder / str(repeat)
            place.mkdir()
            for measure in wanted:
                measure.take(masters[measure.master], place, rows)
                write(asked, rows)
    return 0


def master(clip: Path, kind: str, seconds: int, folder: Path) -> Path:
    """1080p30 with stereo sound, in a file that conforms or in one that does not."""
    made = folder / f"master-{kind}.{'mp4' if kind == 'h264' else 'mov'}"
    codecs = {
        "h264": ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        "prores": ("-c:v", "prores_ks", "-profile:v", "2", "-c:a", "pcm_s16le"),
    }
    source = ("-ss", "5", "-t", str(seconds), "-i", str(clip), "-vf", "scale=1920:1080:flags=lanczos,setsar=1,fps=30")
    run([*source, "-ar", "48000", "-ac", "2", *codecs[kind], str(made)])
    return made


def run(line: list[str]) -> None:
    subprocess.run([ffmpeg.program(), "-nostdin", "-v", "error", "-y", *line], check=True)


def pack_rows(path: Path, folder: Path, rows: Rows) -> None:
    facts = known(path)
    wanted = {name: need for name in POST_TYPES if (need := requirement(name, Kind.VIDEO))}
    pack = plan_pack(facts, wanted)
    cache = Cache(folder / "cache")
    ours = measured(lambda: whole_pack(path, pack, cache))
    gain = sound.normalise(path, -16.0)
    alone = [recipe for need in wanted.values() if (recipe := alone_for(facts, Wish(requirement=need)))]
    together = [[planned.recipe for planned in pack.files]]
    if "same pack again" in rows:
        again = measured(lambda: whole_pack(path, pack, cache))
        rows["same pack again"].append({"ours": again, "theirs": ours})
    if "eight post types" in rows:
        each = measured(lambda: by_hand(path, facts, [[recipe] for recipe in alone], gain, folder))
        rows["eight post types"].append({"ours": ours, "theirs": each})
    if "left to encode" in rows:
        split = measured(lambda: by_hand(path, facts, together, gain, folder))
        rows["left to encode"].append({"ours": ours, "theirs": split})


def known(path: Path) -> MediaFacts:
    return replace(probe(path), loudness=measure_loudness(path))


def whole_pack(path: Path, pack: Pack, cache: Cache) -> None:
    version = sha256_of(path)
    render_pack(path, pack, cache, version_sha256=version)


def by_hand(path: Path, facts: MediaFacts, calls: list[list[Recipe]], gain: sound.Gain, folder: Path) -> None:
    """One FFmpeg process per list, started as a person starts it."""
    for number, recipes in enumerate(calls):
        outputs = []
        for recipe in recipes:
            result = folder / f"hand-{number}-{recipe.digest[:8]}{suffix_of(recipe)}"
            outputs.append(Output(recipe=recipe, gain=gain, result=result))
        line = arguments(path, facts, outputs, Metadata())
        decoder = line.index("-threads")  # how many those of the decoder are a person leaves to FFmpeg
        subprocess.run([ffmpeg.program(), *line[:decoder], *line[decoder + 2 :]], check=True, capture_output=True)


def conforming_row(path: Path, folder: Path, rows: Rows) -> None:
    """The streams conform, the container does not: a remux against an encode with the settings of a post."""
    moved = folder / "moved.mov"
    run(["-i", str(path), "-c", "copy", str(moved)])
    facts = probe(moved)
    need = replace(requirement("practice/video", Kind.VIDEO), loudness_lufs=None)  # type: ignore[type-var]
    pack = plan_pack(facts, {"practice/video": need})
    ours = measured(lambda: whole_pack(moved, pack, Cache(folder / "conforming")))
    smaller = alone_for(facts, Wish(requirement=replace(need, max_width_px=1918)))
    encode = replace(smaller, video=replace(smaller.video, width_px=1920, height_px=1080))  # type: ignore
    theirs = measured(lambda: by_hand(moved, facts, [[encode]], sound.Gain(**NO_GAIN), folder))
    rows["conforming master"].append({"ours": ours, "theirs": theirs})


NO_GAIN: dict[str, object] = {"gain_db": 0.0, "ceiling_dbtp": -1.6, "reached": None, "has_limiter": False}  # as it is


def workers_row(path: Path, folder: Path, rows: Rows) -> None:
    """The parts of one render on one worker with one core, and on two workers with a core each."""
    one = measured(lambda: workers(path, folder, 1))
    two = measured(lambda: workers(path, folder, 2))
    rows["two workers"].append({"ours": two, "theirs": one})


def workers(path: Path, folder: Path, count: int) -> None:
    processes = []
    cores = sorted(os.sched_getaffinity(0))
    for worker in range(count):
        line = [sys.executable, __file__, "--worker", str(path), str(folder), str(count)]
        processes.append(subprocess.Popen(["taskset", "-c", str(cores[worker % len(cores)]), *line]))
    for process in processes:
        if process.wait():
            raise SystemExit("A worker failed.")
    _facts, division = division_of(path)
    files = {part.number: folder / f"{count}-{part.number}.mp4" for part in division.parts}
    join(path, division, files, folder / f"joined-{count}.mp4")


def worker(path: Path, folder: Path, count: int) -> None:
    """Makes one part after the other that nobody has taken yet, as workers take jobs from their queue."""
    _facts, division = division_of(path)
    for part in division.parts:
        try:
            (folder / f"{count}-{part.number}.taken").touch(exist_ok=False)
        except FileExistsError:
            continue
        render_part(path, division, part, folder / f"{count}-{part.number}.mp4")


def division_of(path: Path) -> tuple[MediaFacts, object]:
    facts = probe(path)
    need = requirement("practice/video", Kind.VIDEO)
    recipe = alone_for(facts, Wish(requirement=replace(need, loudness_lufs=None)))  # type: ignore[type-var]
    return facts, divide(facts, recipe, part_s=Fraction(2))  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is run together, and for which rows."""

    take: Callable[[Path, Path, Rows], None]
    master: str
    rows: tuple[str, ...]


MEASURES = (
    Measure(take=pack_rows, master="prores", rows=("eight post types", "left to encode", "same pack again")),
    Measure(take=conforming_row, master="h264", rows=("conforming master",)),
    Measure(take=workers_row, master="prores", rows=("two workers",)),
)


# Measuring


def measured(work: Callable[[], None]) -> dict[str, float]:
    """CPU seconds of this process and of every process under it, the highest memory of all together, and the time."""
    server = capped.server_pid()
    before, began = cpu_s(server), time.perf_counter()
    watch = Watch()
    with watch:
        work()
    return {
        "cpu_s": round(cpu_s(server) - before - watch.own_cpu_s, 2),
        "memory_mb": round(watch.peak_bytes / 1e6, 1),
        "wall_s": round(time.perf_counter() - began, 2),
    }


def cpu_s(server: int) -> float:
    times = os.times()
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return times.user + times.system + times.children_user + times.children_system + sum(map(int, fields[11:15])) / TICK


class Watch:
    """Looks at the memory of the process tree while it lasts."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self.own_cpu_s = 0.0  # of looking, which is not part of the work
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.peak_bytes = max(self.peak_bytes, sum(pss_bytes(pid) for pid in tree(os.getpid())))
        self.own_cpu_s = time.thread_time()


def tree(root: int) -> list[int]:
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            todo += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            continue
    return found


def pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def write(asked: argparse.Namespace, rows: Rows) -> None:
    """Keeps the medians beside the benchmark; rows that were not measured now stay as they were."""
    table = {}
    if RESULT.exists():
        table = {row["row"]: row for row in json.loads(RESULT.read_text())["rows"]}
    about = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "clip": asked.clip.name,
        "master_s": asked.seconds,
    }
    for name, runs in rows.items():
        if not runs:
            continue
        middle = {
            side: {key: statistics.median(run[side][key] for run in runs) for key in runs[0][side]}
            for side in ("ours", "theirs")
        }
        ratios = {
            key.partition("_")[0]: round(middle["ours"][key] / max(0.001, middle["theirs"][key]), 3)
            for key in middle["ours"]
        }
        kept = {measure: ratios[measure] <= limit for measure, limit in REACH[name].items()}
        found = {**middle, "ratio": ratios, "reach": REACH[name], "kept": kept, "runs": len(runs)}
        table[name] = {"row": name, **about, **found}
        print(f"{name:20} {ratios} {'kept' if all(kept.values()) else 'NOT KEPT'}", flush=True)
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "post_types": list(POST_TYPES),
        "rows": [table[name] for name in REACH if name in table],
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
        raise SystemExit(0)
    raise SystemExit(main())
