"""What it costs to know everything of an hour of speech: one pass of ours against the three passes of FFmpeg.

Makes an hour of MP3 from a clip of speech (the first of: --speech FILE, audio/jfk.flac in CROSSCUT_CORPUS, espeak-ng
on the machine), then measures both sides in turns, three times: CPU seconds with all children, peak memory, medians.
Writes result.json beside it: python benchmarks/sound/run.py
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from crosscut.media.ffmpeg import program

RESULT = Path(__file__).with_name("result.json")
LIMIT = 0.5
TIMES = 3
LENGTH_S = 3600
QUIET = ("-nostdin", "-hide_banner", "-loglevel", "info", "-nostats", "-y")
PASSES = (  # what a user would script: a drawing of the peaks, the loudness with true peak, the silences
    ("-filter_complex", "showwavespic=s=1800x120", "-frames:v", "1"),
    ("-af", "ebur128=peak=true:framelog=quiet", "-f", "null"),
    ("-af", "silencedetect=n=-50dB:d=0.5", "-f", "null"),
)
OURS = "import sys; from pathlib import Path; from crosscut.media import analyse; analyse(Path(sys.argv[1]))"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path)
    with tempfile.TemporaryDirectory(prefix="crosscut-bench-") as name:
        folder = Path(name)
        hour = make_hour(speech(parser.parse_args().speech, folder), folder)
        rounds = [(ours(hour), theirs(hour, folder)) for _ in range(TIMES)]
    ratio = write(rounds)
    return 0 if ratio <= LIMIT else 1


def speech(given: Path | None, folder: Path) -> Path:
    """A clip of speech from what there is."""
    corpus = Path(os.environ.get("CROSSCUT_CORPUS", "/nowhere")) / "audio/jfk.flac"
    if given or corpus.exists():
        return given or corpus
    if not shutil.which("espeak-ng"):
        raise SystemExit("No speech at hand: give --speech FILE, set CROSSCUT_CORPUS or install espeak-ng.")
    clip = folder / "clip.wav"
    words = "Ask not what your country can do for you. Ask what you can do for your country. " * 4
    subprocess.run(["espeak-ng", "-w", str(clip), words], check=True)
    return clip


def make_hour(clip: Path, folder: Path) -> Path:
    """The clip over and over as MP3 in mono, 96 kb/s."""
    hour = folder / "hour.mp3"
    source = ("-stream_loop", "-1", "-i", str(clip), "-t", str(LENGTH_S))
    subprocess.run(
        [program(), "-nostdin", "-loglevel", "error", *source, "-ac", "1", "-ar", "44100", "-b:a", "96k", str(hour)],
        check=True,
    )
    return hour


def ours(hour: Path) -> tuple[float, int]:
    """CPU seconds and peak memory of one analysis, the start of Python and of the engine included."""
    return spent([sys.executable, "-c", OURS, str(hour)])


def theirs(hour: Path, folder: Path) -> tuple[float, int]:
    """The same of the three passes: seconds added up, the highest memory."""
    costs = []
    for number, arguments in enumerate(PASSES):
        out = str(folder / "peaks.png") if number == 0 else "-"
        costs.append(spent([program(), *QUIET, "-i", str(hour), *arguments, out]))
    return sum(cpu_s for cpu_s, _ in costs), max(memory for _, memory in costs)


def spent(argv: list[str]) -> tuple[float, int]:
    """CPU seconds and peak memory in bytes of a program with all its children. Raises SystemExit when it fails."""
    watched = (
        "import json, resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))\n"
    )
    code, cpu_s, memory = json.loads(subprocess.check_output([sys.executable, "-S", "-c", watched, *argv], text=True))
    if code:
        raise SystemExit(f"This failed: {' '.join(argv)}")
    return cpu_s, memory


def write(rounds: list[tuple[tuple[float, int], tuple[float, int]]]) -> float:
    """Prints and keeps the medians; returns how much of their CPU ours takes."""
    names = ("ours", "three_ffmpeg_passes")
    sides = {
        name: {
            "cpu_s": round(statistics.median(one[side][0] for one in rounds), 2),
            "peak_memory_mb": round(max(one[side][1] for one in rounds) / 1e6, 1),
            "all_cpu_s": [round(one[side][0], 2) for one in rounds],
        }
        for side, name in enumerate(names)
    }
    ratio = statistics.median(one[0][0] for one in rounds) / statistics.median(one[1][0] for one in rounds)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    measured_at = datetime.now(UTC).isoformat(timespec="minutes")
    data = {"measured_at": measured_at, "machine": machine, "times": TIMES, "ratio_cpu": round(ratio, 3), **sides}
    RESULT.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=2))
    return ratio


if __name__ == "__main__":
    sys.exit(main())
