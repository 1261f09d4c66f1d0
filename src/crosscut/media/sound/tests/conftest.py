"""The small media of the engine's tests, and sounds written sample by sample."""

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosscut.media.tests.conftest import film, make, photo, sound_file

__all__ = ["film", "make", "photo", "sound_file", "written"]
Samples = np.ndarray[Any, np.dtype[np.float64]]
Written = Callable[..., Path]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Writes samples (one channel, or channels x samples, full scale at 1) as a WAV file of 24 bits."""
    folder = tmp_path_factory.mktemp("sounds")

    def write(name: str, samples: Samples, rate_hz: int = 48_000) -> Path:
        channels = np.atleast_2d(samples)
        numbers = np.clip(np.rint(channels.T * (1 << 23)), -(1 << 23), (1 << 23) - 1).astype("<i4")
        path = folder / name
        with wave.open(str(path), "wb") as file:
            file.setparams((len(channels), 3, rate_hz, 0, "NONE", ""))
            file.writeframes(np.ascontiguousarray(numbers).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        return path

    return write


def sine(level_dbfs: float, seconds: float, hertz: float = 1000, rate_hz: int = 48_000) -> Samples:
    """A tone whose peak is at the level."""
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(10 ** (level_dbfs / 20) * np.sin(2 * np.pi * hertz * moments))


def steps(*parts: tuple[float, float]) -> Samples:
    """A tone of 1 kHz in parts, each of a level and a time."""
    return np.concatenate([sine(level_dbfs, seconds) for level_dbfs, seconds in parts])


def both(samples: Samples) -> Samples:
    """The same in left and right."""
    return np.stack([samples, samples])


def noise(level_dbfs: float, seconds: float, seed: int = 1) -> Samples:
    """White noise whose root mean square is at the level."""
    random = np.random.default_rng(seed)
    return np.asarray(10 ** (level_dbfs / 20) * random.standard_normal(round(seconds * 48_000)))
