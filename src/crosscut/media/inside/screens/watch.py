"""Watches the frames and hears the sound of one decode, and keeps what was seen."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import numpy as np

from crosscut.kernel.facts import Seen, Sighting, Span
from crosscut.media.inside.screens.flashes import WINDOW_S, Flashing, LightCounter, RedCounter
from crosscut.media.inside.screens.light import FIELD_SCALE, Array, light_of
from crosscut.media.inside.screens.spans import Spans
from crosscut.media.inside.sound.counters import CLIPPED_RUN, FULL_SCALE, runs
from crosscut.media.screens.profiles import FlashProfile

BLACK_LUMINANCE = 0.010  # an 8-bit value of about 25, FFmpeg blackdetect's pixel threshold of 0.10
BLACK_SHARE = 0.98  # of all pixels, blackdetect's picture threshold
BLACK_LEAST_S = Fraction(1, 2)
STILL_CHANGE = 0.001 * 255  # mean difference of 8-bit values, FFmpeg freezedetect's default of -60 dB
FREEZE_LEAST_S = Fraction(2)  # freezedetect's default
SILENT_PEAK = 0.001  # -60 dBFS, FFmpeg silencedetect's default
SILENCE_LEAST_S = Fraction(2)
CLIPPING_BRIDGED_S = Fraction(1, 4)  # clipped tops this close are told as one


class Episodes:
    """Stretches of flashes, each with the worst that was seen in it."""

    def __init__(self, kind: Seen) -> None:
        self.kind = kind
        self.found: list[Sighting] = []

    def add(self, start_s: Fraction, end_s: Fraction, seen: Flashing) -> None:
        """A frame in which it was so: it joins the stretch before when a second at most lies between."""
        last = self.found[-1] if self.found else None
        joins = last is not None and start_s <= last.span.end_s + WINDOW_S
        if last is None or not joins:
            self.found.append(self._sighting(Span(start_s=start_s, end_s=end_s), seen))
            return
        now = self._sighting(Span(start_s=last.span.start_s, end_s=max(end_s, last.span.end_s)), seen)
        worst = {name: max(getattr(last, name), getattr(now, name)) for name in ("per_second", "share", "change")}
        self.found[-1] = replace(now, **worst)

    def _sighting(self, span: Span, seen: Flashing) -> Sighting:
        rate = Fraction(seen.changes, 2)
        return Sighting(kind=self.kind, span=span, per_second=rate, share=round(seen.share, 3), change=seen.swing)


class FlashWatch:
    """All counters of a profile over one film."""

    def __init__(self, profile: FlashProfile, *, scale: Fraction = FIELD_SCALE) -> None:
        kept: dict[str, Any] = {"scale": scale}
        self.hazards = (
            (LightCounter(profile, **kept), Episodes(Seen.FLASH)),
            (RedCounter(profile, **kept), Episodes(Seen.RED_FLASH)),
        )
        self.nears = (
            (LightCounter(profile, is_near=True, **kept), Episodes(Seen.NEAR_FLASH)),
            (RedCounter(profile, is_near=True, **kept), Episodes(Seen.NEAR_FLASH)),
        )
        self.long = Episodes(Seen.LONG_FLASH)

    def see(self, start_s: Fraction, end_s: Fraction, light: Any) -> None:
        """Takes one frame."""
        self.see_hazards(start_s, end_s, light)
        for counter, found in self.nears:
            seen = counter.see(start_s, end_s, light)
            if seen.is_hazard:
                found.add(seen.since_s, seen.until_s + end_s - start_s, seen)

    def see_hazards(self, start_s: Fraction, end_s: Fraction, light: Any) -> None:
        """The same without looking for what is only near."""
        for counter, found in self.hazards:
            seen = counter.see(start_s, end_s, light)
            if seen.is_hazard:
                found.add(seen.since_s, seen.until_s + end_s - start_s, seen)
            elif seen.is_long:
                self.long.add(seen.long_since_s, end_s, seen)

    def found(self) -> list[Sighting]:
        """The hazards, and what is near or long where there is no hazard beside it."""
        hazards = [one for _, episodes in self.hazards for one in episodes.found]
        nears = [one for _, episodes in self.nears for one in episodes.found]
        return [*hazards, *(one for one in (*self.long.found, *nears) if not beside(one, hazards))]


def beside(one: Sighting, others: list[Sighting]) -> bool:
    """Whether it is only the beginning or the end of one of the others."""
    return any(
        one.span.start_s <= other.span.end_s + WINDOW_S and other.span.start_s <= one.span.end_s + WINDOW_S
        for other in others
    )


class PictureWatch:
    """Sees every frame of the picture once."""

    def __init__(self, stream: Any, profile: FlashProfile) -> None:
        self.usual_s = 1 / (stream.average_rate or Fraction(25))
        self.measure = profile.measure
        self.flashes = FlashWatch(profile)
        self.black = Spans(least_s=BLACK_LEAST_S)
        self.frozen = Spans(least_s=FREEZE_LEAST_S)
        self.kept: Array | None = None  # the picture that the next ones are compared with
        self.start_s: Fraction | None = None
        self.end_s = Fraction(0)

    def see(self, frame: Any) -> None:
        """Takes one frame."""
        start_s = frame.pts * frame.time_base if frame.pts is not None else self.end_s
        self.start_s = start_s if self.start_s is None else self.start_s
        self.end_s = start_s + self.usual_s
        light = light_of(frame, is_turned=is_turned(frame), measure=self.measure)
        self.flashes.see(start_s, self.end_s, light)
        is_black = bool((light.relative <= BLACK_LUMINANCE).mean() >= BLACK_SHARE)
        self.black.add(start_s, self.end_s, is_black)
        self.frozen.add(start_s, self.end_s, self._stands(light.rgb[::2, ::2].astype(np.int16)) and not is_black)

    def _stands(self, small: Array) -> bool:
        kept = self.kept
        stands = kept is not None and kept.shape == small.shape and np.abs(small - kept).mean() <= STILL_CHANGE
        self.kept = kept if stands else small
        return bool(stands)


def is_turned(frame: Any) -> bool:
    """Whether a player turns it by a quarter."""
    return bool(round(frame.rotation) % 180 == 90)


class SoundWatch:
    """Hears every frame of the sound once."""

    def __init__(self) -> None:
        self.floats = av.AudioResampler(format="fltp")
        self.silence = Spans(least_s=SILENCE_LEAST_S)
        self.clipped = Spans(bridged_s=CLIPPING_BRIDGED_S)
        self.start_s: Fraction | None = None
        self.end_s = Fraction(0)
        self.heard_s = Fraction(0)  # by the number of samples

    def hear(self, frame: Any) -> None:
        """Takes one frame."""
        start_s = frame.pts * frame.time_base if frame.pts is not None else self.end_s
        length_s = Fraction(frame.samples, frame.sample_rate)
        self.start_s = start_s if self.start_s is None else self.start_s
        self.end_s = start_s + length_s
        self.heard_s += length_s
        parts = [np.abs(part.to_ndarray()) for part in self.floats.resample(frame)]
        loudest = max((float(part.max(initial=0)) for part in parts), default=0.0)
        self.silence.add(start_s, self.end_s, loudest < SILENT_PEAK)
        is_clipped = loudest >= FULL_SCALE and any(_sticks(channel) for part in parts for channel in part)
        self.clipped.add(start_s, self.end_s, is_clipped)

    @property
    def drift_s(self) -> Fraction | None:
        """How much longer its time stamps say that it is than its samples."""
        return None if self.start_s is None else self.end_s - self.start_s - self.heard_s


def _sticks(channel: Array) -> bool:
    return any(end - start >= CLIPPED_RUN for start, end in runs(channel >= FULL_SCALE))
