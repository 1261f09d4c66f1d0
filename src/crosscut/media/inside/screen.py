"""Decodes a film once and looks at every frame, small, and at the level of its sound."""

from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.facts import Screening, Span
from crosscut.media.inside.av_facts import open_media, real_video
from crosscut.media.inside.sound import decoded

SCREEN_PX = (1920, 1080)  # the picture is judged as shown on a whole screen of this size
FIELD_PX = (341, 256)  # ten degrees of vision, WCAG 2.2, "general flash and red flash thresholds"
FIELD = (64, 48)  # the same as it is looked at: at three sixteenths
FIELD_SHARE = 0.25  # of a field's area, the same source
LUMINANCE_CHANGE = 0.10  # relative luminance, the same source
NEAR_CHANGE = 0.09  # 8-bit rounding can hide the difference to a tenth
NEAR_SHARE = 0.20  # and looking at it small the difference to a quarter
DARK_BELOW = 0.80
MOST_CHANGES = 6  # in a second: three flashes, each a pair of changes
WINDOW_S = Fraction(1)

BLACK_LUMINANCE = 0.010  # an 8-bit value of about 25, FFmpeg blackdetect's pixel threshold of 0.10
BLACK_SHARE = 0.98  # of all pixels, blackdetect's picture threshold
BLACK_LEAST_S = Fraction(1, 2)
SILENT_PEAK = 0.001  # -60 dBFS, FFmpeg silencedetect's default
SILENCE_LEAST_S = Fraction(2)

Array = np.ndarray[Any, np.dtype[Any]]


def _linear_table() -> Array:
    """From 8-bit sRGB to light. IEC 61966-2-1."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR = _linear_table()
RED, GREEN, BLUE = LINEAR * 0.2126, LINEAR * 0.7152, LINEAR * 0.0722  # WCAG 2.2, relative luminance


class Spans:
    """Gathers the frames in which something is so into stretches."""

    def __init__(self, *, least_s: Fraction = Fraction(0), bridged_s: Fraction = Fraction(0)) -> None:
        self.least_s = least_s  # shorter stretches are dropped
        self.bridged_s = bridged_s  # gaps up to this do not end a stretch
        self.found: list[Span] = []
        self.start_s: Fraction | None = None
        self.end_s = Fraction(0)

    def add(self, start_s: Fraction, end_s: Fraction, is_so: bool) -> None:  # noqa: FBT001 - the observation itself
        """One frame: when it is up, and whether it is so."""
        if is_so:
            self.start_s = start_s if self.start_s is None else self.start_s
            self.end_s = end_s
        elif self.start_s is not None and end_s - self.end_s > self.bridged_s:
            self._close()

    def _close(self) -> None:
        if self.start_s is not None and self.end_s - self.start_s >= self.least_s:
            self.found.append(Span(start_s=self.start_s, end_s=self.end_s))
        self.start_s = None

    def result(self) -> tuple[Span, ...]:
        """All stretches, with the one that lasts to the end."""
        self._close()
        return tuple(self.found)


class FlashCounter:
    """Counts opposing changes of luminance per pixel within the last second.

    Only changes that happen in one frame and one direction over a large area count: a pan over leaves changes every
    pixel often, and nobody would call it a flash.
    """

    def __init__(self, *, change: float, share: float) -> None:
        self.change = change  # of relative luminance, between two extremes
        self.share = share  # of a field's area
        self.low: Array | None = None  # darkest since the last change, per pixel
        self.high: Array | None = None  # lightest since then
        self.direction: Array = np.zeros((0, 0), np.int8)  # of the last change: 1 up, -1 down, 0 none yet
        self.count: Array = np.zeros((0, 0), np.int16)  # changes within the last second
        self.recent: deque[tuple[Fraction, Array]] = deque()

    def is_hazard(self, time_s: Fraction, luminance: Array) -> bool:
        """Whether, with this frame, too many changes happened within a second on too large an area."""
        changed = self._changes(luminance)
        if changed.any():
            self.recent.append((time_s, changed))
            self.count += changed
        while self.recent and self.recent[0][0] <= time_s - WINDOW_S:
            self.count -= self.recent.popleft()[1]
        over = self.count > MOST_CHANGES
        return bool(over.any()) and _largest_share(over) >= self.share

    def _changes(self, luminance: Array) -> Array:
        if self.low is None or self.high is None:
            self.low, self.high = luminance.copy(), luminance.copy()
            self.direction = np.zeros(luminance.shape, np.int8)
            self.count = np.zeros(luminance.shape, np.int16)
            return np.zeros(luminance.shape, bool)
        np.minimum(self.low, luminance, out=self.low)
        np.maximum(self.high, luminance, out=self.high)
        fell = (self.high - luminance >= self.change) & (luminance < DARK_BELOW) & (self.direction >= 0)
        rose = (luminance - self.low >= self.change) & (self.low < DARK_BELOW) & (self.direction <= 0) & ~fell
        self.direction[fell], self.direction[rose] = -1, 1
        changed = fell | rose
        self.low[changed] = luminance[changed]
        self.high[changed] = luminance[changed]
        return self._together(fell) | self._together(rose)

    def _together(self, mask: Array) -> Array:
        """The mask, or nothing of it where it is too scattered for a flash."""
        return mask if mask.any() and _largest_share(mask) >= self.share else np.zeros_like(mask)


def _largest_share(mask: Array) -> float:
    """The largest part that is set in any field, by sums over an integral image."""
    width, height = min(FIELD[0], mask.shape[1]), min(FIELD[1], mask.shape[0])
    sums = np.pad(mask.astype(np.int32), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    boxes = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    return float(boxes.max()) / (FIELD[0] * FIELD[1])


def look_through(path: Path) -> Screening:
    """What was found in the first picture and the first sound stream."""
    try:
        with open_media(path) as container:
            videos, sounds = real_video(container), list(container.streams.audio)
            if not videos and not sounds:
                raise Unsupported(f"{path.name} has neither moving pictures nor sound.")
        pictures = _look(path) if videos else Screening(checked_s=Fraction(0))
        silence, heard_s = _listen(path) if sounds else ((), Fraction(0))
    except FFmpegError as fault:
        raise Damaged(path, f"The file cannot be decoded: {fault.strerror}.") from fault
    return Screening(
        checked_s=max(pictures.checked_s, heard_s),
        black=pictures.black,
        silence=silence,
        flashes=pictures.flashes,
        near_flashes=pictures.near_flashes,
    )


def _look(path: Path) -> Screening:
    black, flashes, near = Spans(least_s=BLACK_LEAST_S), Spans(bridged_s=WINDOW_S), Spans(bridged_s=WINDOW_S)
    counter = FlashCounter(change=LUMINANCE_CHANGE, share=FIELD_SHARE)
    near_counter = FlashCounter(change=NEAR_CHANGE, share=NEAR_SHARE)
    end_s = Fraction(0)
    with open_media(path) as container:
        stream = real_video(container)[0]
        stream.thread_type = "AUTO"
        usual_s = 1 / (stream.average_rate or Fraction(25))
        for frame in decoded(container, stream):
            start_s = frame.pts * frame.time_base if frame.pts is not None else end_s
            end_s = start_s + usual_s
            luminance = luminance_of(frame)
            black.add(start_s, end_s, bool((luminance <= BLACK_LUMINANCE).mean() >= BLACK_SHARE))
            is_hazard = counter.is_hazard(start_s, luminance)
            flashes.add(start_s, end_s, is_hazard)
            near.add(start_s, end_s, near_counter.is_hazard(start_s, luminance) and not is_hazard)
    found = flashes.result()
    near_only = tuple(span for span in near.result() if not _touches(span, found))
    return Screening(checked_s=end_s, black=black.result(), flashes=found, near_flashes=near_only)


def _touches(span: Span, others: tuple[Span, ...]) -> bool:
    """Near moments around a hazard are its beginning and end, not news."""
    return any(span.start_s <= other.end_s + WINDOW_S and other.start_s <= span.end_s + WINDOW_S for other in others)


def grid_for(width_px: int, height_px: int) -> tuple[int, int]:
    """The size at which a picture of this size is looked at, so that `FIELD` is ten degrees.

    >>> grid_for(1280, 720), grid_for(1080, 1920)
    ((360, 203), (114, 203))
    """
    scale = min(SCREEN_PX[0] / width_px, SCREEN_PX[1] / height_px) * FIELD[0] / FIELD_PX[0]
    return round(width_px * scale), round(height_px * scale)


def luminance_of(frame: Any) -> Array:
    """The relative luminance (0 to 1) of the frame on the grid, rows first."""
    small = frame.reformat(*grid_for(frame.width, frame.height), format="rgb24", interpolation="AREA").to_ndarray()
    return np.asarray(RED[small[:, :, 0]] + GREEN[small[:, :, 1]] + BLUE[small[:, :, 2]])


def _listen(path: Path) -> tuple[tuple[Span, ...], Fraction]:
    silence, end_s = Spans(least_s=SILENCE_LEAST_S), Fraction(0)
    with open_media(path) as container:
        floats = av.AudioResampler(format="flt")
        for frame in decoded(container, container.streams.audio[0]):
            start_s = frame.pts * frame.time_base if frame.pts is not None else end_s
            end_s = start_s + Fraction(frame.samples, frame.sample_rate)
            loudest = max(
                (float(np.abs(part.to_ndarray()).max(initial=0)) for part in floats.resample(frame)), default=0.0
            )
            silence.add(start_s, end_s, loudest < SILENT_PEAK)
    return silence.result(), end_s
