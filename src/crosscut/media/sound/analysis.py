"""Everything that can be heard of a sound in one decode: loudness, shape, silences, clipping, noise, channels."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import Loudness
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.sniff import sniff_moving
from crosscut.media.timemap import Span

BUCKETS = 1800  # two per pixel of a wide player
MAX_BUCKETS = 65_536


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an analysis is asked for."""

    buckets: int = BUCKETS  # how many peaks, at most
    silence_dbfs: float = -50.0  # no sample over this counts as silent
    min_silence_s: Fraction = Fraction(1, 2)  # shorter ones are not reported


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel on its own."""

    peak_dbfs: float  # the highest sample; -144 for nothing at all
    true_peak_dbtp: float  # between the samples too, by ITU-R BS.1770-4 annex 2
    level_dbfs: float  # root mean square of the whole
    clipped: int  # runs of three or more samples at full scale
    is_dead: bool  # nothing to hear here while another channel has sound


@dataclass(frozen=True, kw_only=True)
class Stereo:
    """How the two channels of a stereo sound go together."""

    correlation: float  # 1 the same, 0 nothing in common, -1 the same with one turned round
    is_mono: bool  # both channels carry the same, so one of them is enough
    is_out_of_phase: bool  # one is turned round: on a mono speaker the sound vanishes


@dataclass(frozen=True, kw_only=True)
class SoundAnalysis:
    """What one decode tells of the first sound stream. Times are from its first sample."""

    duration_s: Fraction  # as decoded, which may be less than the container says
    rate_hz: int
    loudness: Loudness | None  # None when it is shorter than the 0.4 s that EBU R128 needs
    max_momentary_lufs: float | None  # loudest 0.4 s; None when shorter than that
    max_short_term_lufs: float | None  # loudest 3 s; None when shorter than that
    noise_floor_dbfs: float  # 19 of 20 stretches of 50 ms are louder; -144 for digital silence
    peaks: tuple[tuple[int, int], ...]  # lowest and highest sample, -128 to 127, of all channels, in equal stretches
    silences: tuple[Span, ...]  # in steps of about 10 ms
    clippings: tuple[Span, ...]  # where samples stick at full scale, in any channel; the first thousand
    channels: tuple[Channel, ...]
    stereo: Stereo | None  # None unless there are two channels
    broken_packets: int = 0  # stepped over, as players do


def analyse(path: Path, wanted: Wanted | None = None, *, should_stop: ShouldStop = never) -> SoundAnalysis:
    """All facts of the first sound stream from one decode, in memory that grows by 3 MB for each hour.

    Raises Unsupported when there is no sound, Damaged when it cannot be decoded.
    """
    sniff_moving(path)
    asked = wanted or Wanted()
    _check(asked)
    arguments = {"path": path, "wanted": asked}
    return capped.call("sound.listening:analyse", SoundAnalysis, caps=ANALYSE, should_stop=should_stop, **arguments)


def _check(wanted: Wanted) -> None:
    if not 1 <= wanted.buckets <= MAX_BUCKETS:
        raise Invalid.at(
            "buckets", phrase("Ask for 1 to {max_buckets:,} peaks.", max_buckets=MAX_BUCKETS), code="sound.buckets"
        )
    if not -120 <= wanted.silence_dbfs < 0 or wanted.min_silence_s <= 0:
        raise Invalid.at(
            "silence", phrase("Silence is a level from -120 to 0 dBFS and a time over 0 s."), code="sound.silence"
        )


def peaks(path: Path, buckets: int = 1000, *, should_stop: ShouldStop = never) -> list[tuple[int, int]]:
    """The lowest and highest sample (-128 to 127) of all channels in each of `buckets` equal stretches.

    Every sample is in one of them. Fewer come back when there are not that many stretches of 1/800 s. Raises
    Unsupported when there is no sound.
    """
    sniff_moving(path)
    asked = Wanted(buckets=buckets)
    _check(asked)
    arguments = {"path": path, "buckets": buckets}
    return capped.call(
        "sound.listening:peaks", list[tuple[int, int]], caps=ANALYSE, should_stop=should_stop, **arguments
    )
