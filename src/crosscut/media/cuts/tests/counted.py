"""Films whose every frame carries its own number, with clicks at known moments: so that exactness can be measured."""

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from crosscut.media.ffmpeg import program

BITS = 12
CLICK_S = 0.002
RATE_HZ = 48_000


def film(
    path: Path,
    frames: int,
    *arguments: str,
    rate: Fraction = Fraction(25),
    size: tuple[int, int] = (192, 108),
    clicks_s: Sequence[float] = (),
    first: int = 0,
    channels: int = 2,
    sound: Sequence[str] = ("-c:a", "aac"),
) -> Path:
    """A film of so many frames numbered from `first`; `arguments` are the encoder's."""
    raw = path.with_suffix(".f32")
    raw.write_bytes(_clicks(frames / rate, clicks_s, channels).tobytes())
    video = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0"]
    audio = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", str(channels), "-i", str(raw)]
    encode = arguments or ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-g", "50")
    command = [program(), "-nostdin", "-loglevel", "error", "-y", *video, *audio, "-pix_fmt", "yuv420p"]
    pixels = b"".join(_frame(first + number, size).tobytes() for number in range(frames))
    subprocess.run([*command, *encode, *sound, str(path)], input=pixels, check=True)
    raw.unlink()
    return path


def _frame(number: int, size: tuple[int, int]) -> np.ndarray:
    """The number in black and white fields, two rows of six; light grey below, so that there is something to see."""
    width, height = size
    picture = np.full((height, width), 128, np.uint8)
    for bit in range(BITS):
        row, column = divmod(bit, BITS // 2)
        top, left = row * height // 4, column * width * 2 // BITS
        picture[top : top + height // 4, left : left + width * 2 // BITS] = 235 if number >> bit & 1 else 16
    picture[height // 2 :, (number * 7) % (width - 8) : (number * 7) % (width - 8) + 8] = 200
    return picture


def _clicks(length_s: Fraction, clicks_s: Sequence[float], channels: int) -> np.ndarray:
    samples = np.zeros((round(length_s * RATE_HZ), channels), np.float32)
    for click_s in clicks_s:
        start = round(click_s * RATE_HZ)
        tone = np.sin(2 * np.pi * 1000 * np.arange(round(CLICK_S * RATE_HZ)) / RATE_HZ)
        samples[start : start + len(tone)] += (0.8 * tone[: len(samples) - start, None]).astype(np.float32)
    return samples


def pictures(path: Path) -> list[np.ndarray]:
    """Every frame in grey, in the order of showing."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def numbers(path: Path, box: tuple[int, int, int, int] | None = None) -> list[int]:
    """The number in each frame, or in the part x, y, width, height of it; -1 where none can be read."""
    return [number_of(picture if box is None else _part(picture, box)) for picture in pictures(path)]


def _part(picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    x, y, width, height = box
    return picture[y : y + height, x : x + width]


def number_of(picture: np.ndarray) -> int:
    """The number in the picture, -1 when its fields are neither black nor white."""
    height, width = picture.shape
    number = 0
    for bit in range(BITS):
        row, column = divmod(bit, BITS // 2)
        y, x = row * height // 4 + height // 8, column * width * 2 // BITS + width // BITS
        value = float(picture[y - 3 : y + 3, x - 3 : x + 3].mean())
        if 80 < value < 170:
            return -1
        number |= (value > 128) << bit
    return -1 if float(picture[: height // 2].max()) < 80 and number == 0 and picture[-2, 2] < 80 else number


def times(path: Path) -> list[Fraction]:
    """When each frame is shown."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1)
        return [Fraction(frame.pts or 0) * base for frame in container.decode(stream)]


def sound(path: Path) -> np.ndarray:
    """The samples of the left channel at 48 kHz, from time zero."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE_HZ)
        parts, start = [], None
        for frame in container.decode(audio=0):
            start = frame.time if start is None else start
            parts += [part.to_ndarray().reshape(-1, 2)[:, 0] for part in resampler.resample(frame)]
    samples = np.concatenate(parts)
    skipped = round((start or 0) * RATE_HZ)
    return np.concatenate([np.zeros(skipped), samples]) if skipped >= 0 else samples[-skipped:]


def clicks(path: Path, threshold: float = 0.3) -> list[float]:
    """When the clicks are heard, in seconds."""
    loud = np.flatnonzero(np.abs(sound(path)) > threshold)
    if not len(loud):
        return []
    starts = loud[np.concatenate([[True], np.diff(loud) > RATE_HZ // 50])]
    # a click passes the threshold of a full wave's 0.8 after this part of its first period
    return [float(start / RATE_HZ) - np.arcsin(threshold / 0.8) / (2 * np.pi * 1000) for start in starts]
