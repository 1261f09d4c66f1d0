"""Small films with something to follow, made once per session."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from crosscut.media.ffmpeg import program
from crosscut.media.tests.conftest import film, make, photo, sound_file

__all__ = ["film", "make", "photo", "sound_file"]

WIDTH, HEIGHT, RATE = 320, 180, 12
Picture = npt.NDArray[np.uint8]
Draw = Callable[[Picture, int], None]
Film = Callable[..., Path]


def face(picture: Picture, x: int, y: int, radius: int = 26) -> None:
    """Draws a face that the cascade takes for one: skin, hair, eyes, brows, nose, mouth."""

    def oval(dx: float, dy: float, wide: float, high: float, level: int) -> None:
        middle = (x + round(dx * radius), y + round(dy * radius))
        axes = (max(1, round(wide * radius)), max(1, round(high * radius)))
        cv2.ellipse(picture, middle, axes, 0, 0, 360, level, -1)

    oval(0, 0, 0.78, 1, 205)
    cv2.ellipse(
        picture, (x, y - round(0.55 * radius)), (round(0.8 * radius), round(0.55 * radius)), 0, 180, 360, 60, -1
    )
    for side in (-0.33, 0.33):
        oval(side, -0.12, 0.2, 0.1, 60)
        oval(side, -0.3, 0.24, 0.05, 70)
    oval(0, 0.22, 0.12, 0.07, 150)
    oval(0, 0.52, 0.32, 0.08, 90)


def disc(picture: Picture, x: float, y: float = 90, radius: int = 14) -> None:
    """Draws a bright disc."""
    cv2.circle(picture, (round(x), round(y)), radius, 245, -1)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Makes a film of frames that a function draws on grey, without sound unless asked for."""
    folder = tmp_path_factory.mktemp("reframe")

    def made(name: str, draw: Draw, *, seconds: float = 3, has_sound: bool = False, back: int = 110) -> Path:
        path = folder / name
        frames = []
        for number in range(round(seconds * RATE)):
            picture = np.full((HEIGHT, WIDTH), back, np.uint8)
            draw(picture, number)
            frames.append(cv2.GaussianBlur(picture, (0, 0), 1.2).tobytes())
        size = f"{WIDTH}x{HEIGHT}"
        source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", str(RATE), "-i", "-"]
        sound = ["-f", "lavfi", "-i", f"sine=d={seconds}", "-c:a", "aac"] if has_sound else []
        codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "14", "-pix_fmt", "yuv420p"]
        command = [program(), "-loglevel", "error", "-y", *source, *sound, *codec, str(path)]
        subprocess.run(command, input=b"".join(frames), check=True)
        return path

    return made
