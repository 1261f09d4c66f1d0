"""What eight pictures made of a 24-megapixel JPEG cost: one call of ours against one ImageMagick process per file.

Both sides make the same sizes and types three times in turn. CPU seconds and peak memory are those of whole process
trees, start-up included. The quality of each file is SSIM and mean CIEDE2000 against a Lanczos reduction by Pillow,
stored without loss. Needs ImageMagick (apt-get install imagemagick). Run: make bench NAME=stills
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
TIMES = 3
SIDE_PX = (6000, 4000)
JPEG_QUALITY = 85
WANTED = (
    ("jpg", 2048),
    ("jpg", 1200),
    ("jpg", 600),
    ("webp", 1600),
    ("webp", 960),
    ("webp", 480),
    ("avif", 1600),
    ("avif", 800),
)
# Quality given to each side, so that the files come out alike by SSIM
THEIR_QUALITY = {"jpg": 85, "webp": 85, "avif": 63}  # AVIF: their scale is another
THEIR_OPTIONS = {
    "jpg": ["-interlace", "Plane", "-sampling-factor", "4:2:0"],
    "webp": ["-define", "webp:method=4"],
    "avif": [],
}
ONE_THREAD = {"MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}  # more only cost ImageMagick computing time
CPU_LIMIT, MEMORY_LIMIT_MB = 0.3, 130


@dataclass
class Cost:
    """What one round took."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def photo(path: Path) -> None:
    """A picture with the statistics of a photograph: noise that falls with frequency, soft shapes, hard edges."""
    rng = np.random.default_rng(24)
    width, height = SIDE_PX
    layers = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 9):
        cells = rng.normal(size=(2**octave * 2, 2**octave * 3, 3)).astype(np.float32)
        for channel in range(3):
            plane = Image.fromarray(cells[..., channel]).resize(SIDE_PX, Image.Resampling.BICUBIC)
            layers[..., channel] += np.asarray(plane) * 46 / 1.6**octave
    rows, columns = np.mgrid[0:height, 0:width]
    for _ in range(60):
        x, y, radius = rng.integers(0, width), rng.integers(0, height), rng.integers(40, 500)
        box = np.s_[max(0, y - radius) : y + radius, max(0, x - radius) : x + radius]
        inside = (rows[box] - y) ** 2 + (columns[box] - x) ** 2 < radius**2
        layers[box][inside] += rng.normal(size=3) * 40
    layers += rng.normal(scale=3, size=layers.shape).astype(np.float32)
    Image.fromarray(np.clip(layers + 120, 0, 255).astype(np.uint8)).save(path, quality=92, subsampling=0)


def ours(master: Path, out: Path) -> list[list[str]]:
    return [[sys.executable, str(Path(__file__)), "make", str(master), str(out)]]


def make(master: Path, out: Path) -> None:
    """Our side, in a process of its own."""
    from crosscut.media.recipes import PicturePart
    from crosscut.media.stills import Derivative, derive_all

    types = {"jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
    derive_all(
        master,
        {
            out / f"{width}.{kind}": Derivative(
                part=PicturePart(max_width_px=width, quality=JPEG_QUALITY), media_type=types[kind]
            )
            for kind, width in WANTED
        },
    )


def theirs(master: Path, out: Path) -> list[list[str]]:
    """ImageMagick as people script it."""
    return [
        [
            "convert",
            str(master),
            *("-auto-orient", "-resize", f"{width}x", "-strip", "-quality", str(THEIR_QUALITY[kind])),
            *THEIR_OPTIONS[kind],
            str(out / f"{width}.{kind}"),
        ]
        for kind, width in WANTED
    ]


def cost_of(commands: list[list[str]]) -> Cost:
    begun, cpu_s, peak_kb = time.monotonic(), 0.0, 0
    for command in commands:
        process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[0]} failed.")
        cpu_s += usage.ru_utime + usage.ru_stime
        peak_kb = max(peak_kb, usage.ru_maxrss)
    return Cost(cpu_s=cpu_s, wall_s=time.monotonic() - begun, peak_mb=peak_kb * 1024 / 1e6)


def alone(word: str, *paths: Path) -> None:
    """Does one step in a process of its own: what a process ever had counts towards its children's peak memory."""
    subprocess.run([sys.executable, __file__, word, *map(str, paths)], check=True)


def references(master: Path, folder: Path) -> None:
    with Image.open(master) as picture:
        for width in sorted({width for _, width in WANTED}):
            size = (width, round(width * SIDE_PX[1] / SIDE_PX[0]))
            picture.resize(size, Image.Resampling.LANCZOS).save(folder / f"{width}.png", compress_level=1)


def qualities(made: Path, reference: Path) -> list[dict[str, Any]]:
    from crosscut.media.stills import compare

    rows = []
    for kind, width in WANTED:
        likeness = compare(made / f"{width}.{kind}", reference / f"{width}.png")
        size = (made / f"{width}.{kind}").stat().st_size
        rows.append(
            {"file": f"{width}.{kind}", "bytes": size, "ssim": likeness.ssim, "ciede2000": likeness.colour_difference}
        )
    return rows


def measure(folder: Path) -> dict[str, Any]:
    master = folder / "master.jpg"
    alone("photo", master)
    sides = {
        "crosscut": lambda out: ours(master, out),
        "imagemagick": lambda out: theirs(master, out),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(TIMES):
        for name, commands in sides.items():
            out = folder / name
            out.mkdir(exist_ok=True)
            costs[name].append(cost_of(commands(out)))
    (folder / "reference").mkdir()
    alone("references", master, folder / "reference")
    return {
        name: {
            **{key: round(statistics.median(getattr(cost, key) for cost in rounds), 2) for key in Cost.__annotations__},
            "files": qualities(folder / name, folder / "reference"),
        }
        for name, rounds in costs.items()
    }


def main() -> int:
    if shutil.which("convert") is None:
        raise SystemExit("ImageMagick is not here: apt-get install imagemagick")
    with tempfile.TemporaryDirectory(prefix="crosscut-bench-") as name:
        sides = measure(Path(name))
    mine, theirs_ = sides["crosscut"], sides["imagemagick"]
    result = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "cpu_ratio": round(mine["cpu_s"] / theirs_["cpu_s"], 3),
        "sides": sides,
    }
    (HERE / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    for side, row in sides.items():
        mean = statistics.mean(file["ssim"] for file in row["files"])
        print(f"{side:28} {row['cpu_s']:6.2f} CPU s {row['peak_mb']:5.0f} MB  mean SSIM {mean:.4f}")
        print("   ", ", ".join(f"{file['file']} {file['ssim']:.4f} {file['bytes'] // 1000}k" for file in row["files"]))
    print(
        f"CPU ratio {result['cpu_ratio']} (at most {CPU_LIMIT}), {mine['peak_mb']:.0f} MB (at most {MEMORY_LIMIT_MB})"
    )
    return 0 if result["cpu_ratio"] <= CPU_LIMIT and mine["peak_mb"] <= MEMORY_LIMIT_MB else 1


if __name__ == "__main__":
    steps = {"photo": photo, "references": references, "make": make}
    if sys.argv[1:]:
        steps[sys.argv[1]](*map(Path, sys.argv[2:]))
    else:
        sys.exit(main())
