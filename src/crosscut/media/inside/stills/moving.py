"""What moves in an animated picture: frames, how long they take, how often they play."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyvips
from PIL import Image, ImageSequence

from crosscut.media.inside.stills.found import Found

BY_PILLOW = frozenset({"avif-sequence", "png"})  # libvips reads only their first frame
LEAST_MS = 20  # browsers play shorter delays as 100 ms (Blink and Gecko, since 2012)
PLAYED_MS = 100
MOST_FRAMES = 10_000


def with_motion(found: Found, image: pyvips.Image | None, path: Path, container: str) -> Found:
    """The same with frames, duration and loops where the picture moves."""
    if container in BY_PILLOW:
        return _by_pillow(found, path)
    if image is None:
        return found
    names = image.get_fields()
    if found.frame_count < 2 or "delay" not in names:
        return found
    loops = image.get("loop") if "loop" in names else None
    return _moving(found, found.frame_count, image.get("delay"), loops)


def _by_pillow(found: Found, path: Path) -> Found:
    with Image.open(path) as picture:
        count = min(getattr(picture, "n_frames", 1), MOST_FRAMES)
        if count < 2:
            return found
        loops = picture.info.get("loop")
        delays_ms = [_delay_ms(frame) for frame in ImageSequence.Iterator(picture)]
        return _moving(found, count, delays_ms, loops)


def _delay_ms(frame: Image.Image) -> float:
    frame.load()  # AVIF tells a frame's time only then
    return float(frame.info.get("duration", 0))


def _moving(found: Found, count: int, delays_ms: list[float], loops: int | None) -> Found:
    played = [PLAYED_MS if delay < LEAST_MS else delay for delay in delays_ms]
    total = sum((Fraction(str(delay)) for delay in played), Fraction(0))
    return replace(found, frame_count=count, duration_s=total / 1000, loop_count=loops)
