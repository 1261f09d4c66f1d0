"""What it costs to take ten pieces out of a 20-minute H.264 film: the smart cut against encoding all of it again.

Makes the film cheaply (30 seconds encoded, 40 times in a row), cuts it both ways with the same x264 settings, and
checks the result of the smart cut at every cut: the frames that should be there, by structural similarity. Prints CPU
seconds (children included) and peak memory and writes them to result.json beside it: python benchmarks/smart_cut/run.py
"""

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from crosscut.media.ffmpeg import program

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
RATE, PART_S, PARTS, CUTS = 25, 30, 40, 10
PRESET, CRF = "veryfast", 20
REACH, LIKE = 0.15, 0.98
SMART_TIMES = 3  # the full encode runs once: it takes minutes, and CPU seconds hardly change
SMART = """
import json, sys
from fractions import Fraction
from pathlib import Path
from crosscut.kernel.facts import Span
from crosscut.media.cuts import Encoding, smart_cut
master, out, frames, preset, crf = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4], int(sys.argv[5])
keep = [Span(start_s=Fraction(a, 25), end_s=Fraction(b, 25)) for a, b in frames]
made = smart_cut(Path(master), keep, Path(out), encoding=Encoding(preset=preset, crf=crf))
said = [made.frames, made.encoded_frames, made.lowest_ssim, made.sound, float(made.sound_moved_s), made.reasons]
print(json.dumps(said))
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="crosscut-bench-") as name:
        folder = Path(name)
        master = make_master(folder)
        kept = stretches(PART_S * PARTS * RATE)
        smart = [run_smart(master, folder / "smart.mp4", kept) for _ in range(SMART_TIMES)]
        likeness = at_the_cuts(master, folder / "smart.mp4", kept)
        full = run_full(master, folder / "full.mp4", kept)
        sizes = {path.name: path.stat().st_size for path in folder.glob("*.mp4")}
    cpu_s = statistics.median(run["cpu_s"] for run in smart)
    ratio = cpu_s / full["cpu_s"]
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "master": f"{PART_S * PARTS} s, 1280x720, {RATE} frames/s, x264 veryfast crf 23, 250 frames a group, AAC",
        "settings": f"x264 {PRESET} crf {CRF}, AAC 192 kb/s",
        "cuts": CUTS,
        "smart": {**smart[0], "cpu_s": round(cpu_s, 2), "runs_cpu_s": [round(run["cpu_s"], 2) for run in smart]},
        "full": {**full, "cpu_s": round(full["cpu_s"], 2)},
        "ratio": round(ratio, 4),
        "lowest_ssim_at_the_cuts": round(likeness, 4),
        "sizes_bytes": sizes,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return 0 if ratio <= REACH and likeness >= LIKE else 1


def make_master(folder: Path) -> Path:
    """The film: half a minute with grain, so that encoding it is real work, 40 times; sound as one run of packets."""
    part, listing, master = folder / "part.mp4", folder / "parts.txt", folder / "master.mp4"
    picture = f"testsrc2=size=1280x720:rate={RATE}:duration={PART_S},noise=alls=3:allf=t"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]
    ffmpeg("-f", "lavfi", "-i", picture, *encode, str(part))
    noise = f"anoisesrc=c=pink:r=48000:a=0.3:d={PART_S}[a];sine=r=48000:d={PART_S}[b];[a][b]join=inputs=2"
    ffmpeg("-filter_complex", noise, "-c:a", "aac", "-b:a", "128k", str(folder / "part.aac"))
    (folder / "whole.aac").write_bytes((folder / "part.aac").read_bytes() * PARTS)
    listing.write_text(f"file '{part}'\n" * PARTS)
    inputs = ["-f", "concat", "-safe", "0", "-i", str(listing), "-i", str(folder / "whole.aac")]
    ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", "-c", "copy", "-t", str(PART_S * PARTS), str(master))
    return master


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


def stretches(frames: int) -> list[tuple[int, int]]:
    """What stays when ten pieces of some seconds are taken out, at points that are the same every time."""
    chance = random.Random("smart cut")
    slot = frames // CUTS
    removed = [(n * slot + chance.randrange(100, slot - 300), chance.randrange(30, 200)) for n in range(CUTS)]
    edges = [0, *(edge for start, length in removed for edge in (start, start + length)), frames]
    return list(zip(edges[::2], edges[1::2], strict=True))


def run_smart(master: Path, out: Path, kept: list[tuple[int, int]]) -> dict[str, object]:
    arguments = [str(master), str(out), json.dumps(kept), PRESET, str(CRF)]
    used, said = measured([sys.executable, "-c", SMART, *arguments])
    names = ("frames", "encoded_frames", "lowest_ssim", "sound", "sound_moved_s", "reasons")
    return {**used, **dict(zip(names, json.loads(said), strict=True))}


def run_full(master: Path, out: Path, kept: list[tuple[int, int]]) -> dict[str, object]:
    """As a user would script it: one FFmpeg that selects and encodes."""
    half = 0.5 / RATE
    shown = "+".join(f"between(t,{first / RATE - half},{end / RATE - half})" for first, end in kept)
    filters = ["-vf", f"select='{shown}',setpts=N/{RATE}/TB", "-af", f"aselect='{shown}',asetpts=N/SR/TB"]
    encode = [
        "-c:v",
        "libx264",
        "-preset",
        PRESET,
        "-crf",
        str(CRF),
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "192k",
    ]
    used, _ = measured([program(), "-loglevel", "error", "-y", "-i", str(master), *filters, *encode, str(out)])
    return used


def measured(command: list[str]) -> tuple[dict[str, object], str]:
    """The CPU seconds of a command with all its children, the largest memory of one of them, and what it said."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}.")
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_memory_mb": usage.ru_maxrss // 1024}, said


def at_the_cuts(master: Path, out: Path, kept: list[tuple[int, int]]) -> float:
    """The lowest similarity of the frames around each cut to the master's frames that belong there."""
    lowest, at = 1.0, 0
    wanted: dict[int, int] = {}
    for (first, end), (following, _) in pairwise(kept):
        at += end - first
        wanted |= {at - n: end - n for n in range(1, 11)} | {at + n: following + n for n in range(10)}
    theirs, ours = frames(master, set(wanted.values())), frames(out, set(wanted))
    for place, number in wanted.items():
        lowest = min(lowest, ssim(ours[place], theirs[number]))
    return lowest


def frames(path: Path, wanted: set[int]) -> dict[int, np.ndarray]:
    """These frames of a film in grey, by number; only the groups of pictures that hold them are decoded."""
    found: dict[int, np.ndarray] = {}
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for number in sorted(wanted):
            if number in found:
                continue
            container.seek(round(Fraction(number, RATE) / stream.time_base), stream=stream)
            for frame in container.decode(stream):
                place = round(frame.pts * stream.time_base * RATE)
                if place in wanted:
                    found[place] = frame.to_ndarray(format="gray")
                if place >= number + 12:
                    break
    return found


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Structural similarity over blocks of 8 x 8 (Wang et al. 2004), the mean over the picture."""

    def blocks(picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape
        return picture.astype(float).reshape(height // 8, 8, width // 8, 8).transpose(0, 2, 1, 3).reshape(-1, 64)

    a, b = blocks(one), blocks(other)
    mean_a, mean_b = a.mean(1), b.mean(1)
    covariance = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    light = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return float((light * (2 * covariance + c2) / (a.var(1) + b.var(1) + c2)).mean())


if __name__ == "__main__":
    sys.exit(main())
