"""What a look through a 1080p film costs: CPU seconds for a second of film, beside decoding alone and FFmpeg's filters.

    .venv/bin/python benchmarks/screens/run.py [--seconds 10] [--rounds 3]

Writes result.json beside this file. Children are counted; the engine's server is started anew for each round.
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from crosscut.media import capped, screen
from crosscut.media.ffmpeg import program

RATE = 30
FILMS = {  # what is filmed: noise and fine detail everywhere, and a quiet shot
    "busy": "testsrc2=s=1920x1080:r={rate}:d={seconds},noise=alls=12:allf=t",
    "calm": "gradients=s=1920x1080:r={rate}:d={seconds}:speed=0.01:nb_colors=4",
}
FILTERS = "blackdetect,freezedetect,photosensitivity,metadata=mode=print:file=/dev/null"


def cpu_s(work: Callable[[], object]) -> float:
    """What the work and all its children took."""

    def taken() -> float:
        return sum(
            used.ru_utime + used.ru_stime
            for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
        )

    capped.close()
    before = taken()
    work()
    capped.close()
    return taken() - before


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


def made(folder: Path, name: str, seconds: int) -> Path:
    path = folder / f"{name}.mp4"
    picture = ("-f", "lavfi", "-i", FILMS[name].format(rate=RATE, seconds=seconds))
    sound = ("-f", "lavfi", "-i", f"anoisesrc=d={seconds}:a=0.1")
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-b:v", "8M", "-pix_fmt", "yuv420p", "-c:a", "aac")
    ffmpeg(*picture, *sound, *encode, str(path))
    return path


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=10)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    result: dict[str, object] = {"seconds": options.seconds, "rounds": options.rounds, "frame_rate": RATE}
    with tempfile.TemporaryDirectory() as folder:
        for name in FILMS:
            path = made(Path(folder), name, options.seconds)
            ways: dict[str, Callable[[], object]] = {
                "decode only": lambda path=path: ffmpeg("-i", str(path), "-f", "null", "-"),
                "ffmpeg filters": lambda path=path: ffmpeg(
                    "-i", str(path), "-vf", FILTERS, "-af", "silencedetect", "-f", "null", "-"
                ),
                "screen": lambda path=path: screen(path),
            }
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(options.rounds):
                for way, work in ways.items():
                    taken[way].append(cpu_s(work))
            per_second = {way: round(statistics.median(each) / options.seconds, 3) for way, each in taken.items()}
            faster = round(1 / per_second["screen"], 2)
            result[name] = {"cpu_s_per_second": per_second, "times_real_time_on_one_core": faster}
            print(name, result[name], flush=True)
    Path(__file__).with_name("result.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
