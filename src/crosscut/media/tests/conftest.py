"""Small media, made once per test session by the FFmpeg that the engine itself uses."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscut.media.ffmpeg import program

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes a file from FFmpeg arguments, each at most once."""
    folder = tmp_path_factory.mktemp("media")

    def made(name: str, *arguments: str) -> Path:
        path = folder / name
        if not path.exists():
            subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments, str(path)], check=True)
        return path

    return made


def picture(size: str = "320x180", rate: int = 25, seconds: float = 2) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")


def tone(level_db: float = -20, seconds: float = 2, layout: str = "stereo") -> tuple[str, ...]:
    channels = "|".join(["0.99*sin(997*2*PI*t)"] * (1 if layout == "mono" else 2))
    source = f"aevalsrc={channels}:s=48000:c={layout}:d={seconds},volume={level_db}dB"
    return ("-f", "lavfi", "-i", source)


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="session")
def film(make: Make) -> Path:
    """Two seconds of H.264 and AAC, 320 x 180, 25 frames a second."""
    return make("film.mp4", *picture(), *tone(), *H264, "-c:a", "aac", "-shortest")


@pytest.fixture(scope="session")
def sound_file(make: Make) -> Path:
    """Four seconds of a tone at -20 dBFS in FLAC, stereo."""
    return make("tone.flac", *tone(seconds=4))


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of 600 x 400 with a bright disc on the right, without metadata."""
    rows, columns = np.mgrid[0:400, 0:600]
    pixels = np.full((400, 600, 3), 40, np.uint8)
    pixels[..., 2] = (columns / 600 * 90).astype(np.uint8)
    pixels[(rows - 200) ** 2 + (columns - 480) ** 2 < 60**2] = (250, 220, 30)
    path = tmp_path_factory.mktemp("stills") / "disc.jpg"
    Image.fromarray(pixels).save(path, quality=92)
    return path


@pytest.fixture
def svg_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a drawing of 40 x 20 with the given inside."""

    def written(inside: str, attributes: str = "") -> Path:
        path = tmp_path / "drawing.svg"
        frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" {attributes}>{inside}</svg>'
        path.write_text(frame, encoding="utf-8")
        return path

    return written
