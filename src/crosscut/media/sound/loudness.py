"""Sound: how loud it is (EBU R128), its shape, and what gain brings it to a target."""

import math
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.facts import Loudness
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.sniff import sniff_moving

TOLERANCE_LU = 0.5
ROUNDS = 6  # each roughly halves what the limiter took away
SILENCE_LUFS = -69.0  # EBU R128 gates at -70: below this there is nothing to measure
CODEC_MARGIN_DB = 0.6  # lossy encoders overshoot the peaks they are given


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What to do to a sound so that it meets a target."""

    gain_db: float
    ceiling_dbtp: float  # what the limiter holds
    reached: Loudness  # as measured after gain and limiter
    shortfall: str = ""  # why the target was not reached; empty when it was

    @property
    def is_reached(self) -> bool:
        """Whether the result is within half a loudness unit and under the peak limit."""
        return not self.shortfall


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What is done to the sound before it is measured."""

    channels: int | None = None  # mixed to so many; None as it is
    gain_db: float = 0.0
    ceiling_dbtp: float | None = None  # None without limiter


def measure_loudness(path: Path, *, treatment: Treatment | None = None, should_stop: ShouldStop = never) -> Loudness:
    """The EBU R128 figures of the first sound stream, as ITU-R BS.1770-4 defines them; -70 LUFS for silence.

    Raises Unsupported when there is no sound, Damaged when it cannot be decoded.
    """
    sniff_moving(path)
    done = treatment or Treatment()
    return capped.call("sound:measure", Loudness, caps=ANALYSE, should_stop=should_stop, path=path, treatment=done)


def normalise(
    path: Path,
    target_lufs: float,
    *,
    max_true_peak_dbtp: float = -1.0,
    channels: int | None = None,
    should_stop: ShouldStop = never,
) -> Gain:
    """The gain that brings the sound within ±0.5 LU of the target with no true peak over the limit.

    Measures, applies gain and limiter, measures again, until it fits; says in `shortfall` why it does not.
    """
    ceiling_dbtp = max_true_peak_dbtp - CODEC_MARGIN_DB
    found = measure_loudness(path, treatment=Treatment(channels=channels), should_stop=should_stop)
    if found.integrated_lufs < SILENCE_LUFS:
        return Gain(gain_db=0.0, ceiling_dbtp=ceiling_dbtp, reached=found, shortfall="The sound is silent.")
    gain_db = target_lufs - found.integrated_lufs
    for _ in range(ROUNDS):
        treatment = Treatment(channels=channels, gain_db=round(gain_db, 2), ceiling_dbtp=ceiling_dbtp)
        found = measure_loudness(path, treatment=treatment, should_stop=should_stop)
        missing_lu = target_lufs - found.integrated_lufs
        if abs(missing_lu) <= TOLERANCE_LU / 2:
            break
        gain_db += missing_lu
    missed = shortfall(target_lufs, max_true_peak_dbtp, found)
    return Gain(gain_db=treatment.gain_db, ceiling_dbtp=ceiling_dbtp, reached=found, shortfall=missed)


def shortfall(target_lufs: float, max_true_peak_dbtp: float, found: Loudness) -> str:
    """Why the figures miss the target, as a sentence; empty when they meet it."""
    if abs(target_lufs - found.integrated_lufs) > TOLERANCE_LU:
        figures = f"{found.integrated_lufs:.1f} LUFS instead of {target_lufs:.1f}"
        return f"It reaches {figures}: its peaks are too high for more loudness under {max_true_peak_dbtp:.1f} dBTP."
    if found.true_peak_dbtp > max_true_peak_dbtp:
        return f"Its true peak stays at {found.true_peak_dbtp:.1f} dBTP, over {max_true_peak_dbtp:.1f}."
    return ""


def filters(gain: Gain) -> list[str]:
    """The FFmpeg filters that do what `gain` says."""
    return limited(gain.gain_db, gain.ceiling_dbtp)


def limited(gain_db: float, ceiling_dbtp: float) -> list[str]:
    """The FFmpeg filters of a gain and a limiter, which works at 192 kHz to see the peaks between samples.

    >>> limited(3, -1)[0]
    'volume=3.00dB'
    """
    limiter = f"alimiter=limit={10 ** (ceiling_dbtp / 20):.5f}:attack=5:release=50:level=0"
    return [f"volume={gain_db:.2f}dB", "aresample=192000", limiter]


def decibels(ratio: float) -> float:
    """Twenty times the logarithm; -144, the floor of 24 bits, for nothing.

    >>> decibels(1.0), decibels(0.0)
    (0.0, -144.0)
    """
    return 20 * math.log10(ratio) if ratio > 6.3e-8 else -144.0
