"""How loud a sound is (EBU R128), and what gain brings it to a target."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from crosscut.kernel.facts import Loudness
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.sniff import sniff_moving

TOLERANCE_LU = 0.5
SILENCE_LUFS = -69.0  # EBU R128 gates at -70: below this there is nothing to measure
CODEC_MARGIN_DB = 0.6  # lossy encoders overshoot the peaks they are given
CORRECTION_MARGIN_DB = 0.2  # beyond what was over: the next encoding overshoots a little differently


@dataclass(frozen=True, kw_only=True)
class Aim:
    """How loud a sound is to be."""

    target_lufs: float
    max_true_peak_dbtp: float = -1.0
    channels: int | None = None  # mixed to so many first; None as it is


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What to do to a sound so that it meets a target."""

    gain_db: float
    ceiling_dbtp: float  # what the limiter holds
    reached: Loudness  # as measured after gain and limiter
    shortfall: str = ""  # why the target was not reached; empty when it was
    has_limiter: bool = True  # False where the peaks stay far enough under the ceiling by themselves
    limited_db: float = 0.0  # how much the limiter takes from the highest peak
    decodes: int = 0  # how often the sound was decoded to find this

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
    return capped.call(
        "sound.listening:measure", Loudness, caps=ANALYSE, should_stop=should_stop, path=path, treatment=done
    )


def normalise(
    path: Path,
    target_lufs: float,
    *,
    max_true_peak_dbtp: float = -1.0,
    channels: int | None = None,
    should_stop: ShouldStop = never,
) -> Gain:
    """The gain that brings the sound within ±0.5 LU of the target with no true peak over the limit.

    Measures, applies gain and limiter, measures again, until it fits; says in `shortfall` why it does not. Decodes
    once where plain gain does it, else twice, seldom more.
    """
    sniff_moving(path)
    aim = Aim(target_lufs=target_lufs, max_true_peak_dbtp=max_true_peak_dbtp, channels=channels)
    return capped.call("sound.gain:find", Gain, caps=ANALYSE, should_stop=should_stop, path=path, aim=aim)


def corrected(gain: Gain, aim: Aim, found: Loudness, *, slack_lu: float = TOLERANCE_LU / 2) -> Gain | None:
    """The gain for a second encoding, when the first one, measured as `found`, misses the aim; None when it fits.

    Encoders change the level and overshoot peaks: the same gain again would miss again.

    >>> heard = Loudness(integrated_lufs=-16.6, true_peak_dbtp=-0.5, range_lu=4)
    >>> once = Gain(gain_db=3, ceiling_dbtp=-1.6, reached=heard)
    >>> again = corrected(once, Aim(target_lufs=-16), heard)
    >>> round(again.gain_db, 2), round(again.ceiling_dbtp, 2)
    (3.6, -2.3)
    """
    over_db = found.true_peak_dbtp - aim.max_true_peak_dbtp
    missing_lu = aim.target_lufs - found.integrated_lufs
    missed = abs(missing_lu) > slack_lu and gain.is_reached
    if over_db <= 0 and not missed:
        return None
    ceiling_dbtp = gain.ceiling_dbtp - (over_db + CORRECTION_MARGIN_DB if over_db > 0 else 0)
    gain_db = gain.gain_db + (missing_lu if missed else 0)
    return replace(gain, gain_db=gain_db, ceiling_dbtp=ceiling_dbtp, has_limiter=True)


def shortfall(target_lufs: float, max_true_peak_dbtp: float, found: Loudness, *, before: Loudness | None = None) -> str:
    """Why the figures miss the target, as a sentence or two; empty when they meet it.

    `before` is the sound as it was: with it the sentence says how far its peaks stand over its loudness.
    """
    missing_lu = target_lufs - found.integrated_lufs
    if abs(missing_lu) > TOLERANCE_LU:
        figures = f"{found.integrated_lufs:.1f} LUFS instead of {target_lufs:.1f}"
        if missing_lu < 0:
            return f"It comes out at {figures}: nothing quieter was measured."
        words = f"It reaches {figures}: its peaks are too high for more loudness under {max_true_peak_dbtp:.1f} dBTP."
        return words + (_in_the_way(target_lufs, max_true_peak_dbtp, found, before) if before else "")
    if found.true_peak_dbtp > max_true_peak_dbtp:
        return f"Its true peak stays at {found.true_peak_dbtp:.1f} dBTP, over {max_true_peak_dbtp:.1f}."
    return ""


def _in_the_way(target_lufs: float, max_true_peak_dbtp: float, found: Loudness, before: Loudness) -> str:
    stand_db = before.true_peak_dbtp - before.integrated_lufs
    room_db = max(0.0, max_true_peak_dbtp - target_lufs)
    reachable_lufs = math.floor(found.integrated_lufs * 2) / 2
    return (
        f" They stand {stand_db:.1f} dB over its loudness and there is room for {room_db:.1f}."
        f" A target of {reachable_lufs:.1f} LUFS can be reached."
    )


def filters(gain: Gain) -> list[str]:
    """The FFmpeg filters that do what `gain` says."""
    if not gain.has_limiter:
        return [f"volume={gain.gain_db:.2f}dB"]
    return limited(gain.gain_db, gain.ceiling_dbtp)


def limited(gain_db: float, ceiling_dbtp: float) -> list[str]:
    """The FFmpeg filters of a gain and a limiter, which works at 192 kHz to see the peaks between samples.

    >>> limited(3, -1)[0]
    'volume=3.00dB'
    """
    limiter = f"alimiter=limit={10 ** (ceiling_dbtp / 20):.5f}:attack=5:release=50:level=0:latency=1"
    return [f"volume={gain_db:.2f}dB", "aresample=192000", limiter]


def decibels(ratio: float) -> float:
    """Twenty times the logarithm; -144, the floor of 24 bits, for nothing.

    >>> decibels(1.0), decibels(0.0)
    (0.0, -144.0)
    """
    return 20 * math.log10(ratio) if ratio > 6.3e-8 else -144.0
