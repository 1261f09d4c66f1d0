"""Cleans a recording: hum, rumble and noise between words away, silence shortened, ends faded. Exact to the sample.

What was taken out is in the `TimeMap` that comes back, so that captions and chapters can move with the sound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.kernel.records import as_data, digest
from crosscut.media import capped
from crosscut.media.beside import making_beside
from crosscut.media.caps import ANALYSE, RENDER
from crosscut.media.sniff import sniff_moving
from crosscut.media.sound.analysis import SoundAnalysis, Wanted, analyse
from crosscut.media.timemap import TimeMap, without

WRITE = replace(ANALYSE, file_bytes=RENDER.file_bytes)
CLEANED = (".flac", ".wav")  # lossless, so that nothing is lost before the last encoding
OVER_NOISE_DB = 16.0  # peaks of noise stand 13 dB over its mean within an hour; and some room
QUIETEST_DBFS, LOUDEST_DBFS = -60.0, -30.0  # between these the level that counts as silence is chosen by itself


@dataclass(frozen=True, kw_only=True)
class Trim:
    """Which silences are shortened."""

    silence_dbfs: float | None = None  # no sample over this is silence; None chooses by the noise of the recording
    ends_s: Fraction | None = Fraction(1, 4)  # left before the first and after the last sound; None leaves all
    pause_s: Fraction | None = None  # longer pauses become so long; None leaves them


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """What is done to a recording, in the order it is done."""

    high_pass_hz: int | None = None  # 80 takes the rumble from a voice
    hum_hz: int | None = None  # of the mains: 50, or 60 in the Americas; its overtones go too
    gate_dbfs: float | None = None  # what is softer between the words is turned down by 24 dB
    trim: Trim | None = None
    fade_in_s: Fraction = Fraction(0)
    fade_out_s: Fraction = Fraction(0)

    @property
    def digest(self) -> str:
        """The name of this recipe for good."""
        return digest(as_data(self))


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """What came of it."""

    time_map: TimeMap  # from the recording to what is left of it
    rate_hz: int  # every time in the map is a whole number of its samples


def clean(
    path: Path, cleaning: Cleaning, out: Path, *, report: Report = ignore, should_stop: ShouldStop = never
) -> Cleaned:
    """Writes the cleaned sound to `out`, a FLAC or WAV file of 24 bits, and says what was taken out of it.

    Raises Invalid for settings that make no sense or when nothing but silence is left, Unsupported without sound,
    Damaged or Cancelled; then nothing is left behind and `out` is as it was.
    """
    sniff_moving(path)
    _check(cleaning, out)
    report(Progress(done=Fraction(0), label="Listening"))
    wanted = Wanted(buckets=1, min_silence_s=Fraction(1, 50))
    found = analyse(path, wanted, should_stop=should_stop)
    if cleaning.trim:
        level_dbfs = silence_level(found, cleaning.trim)
        found = analyse(path, replace(wanted, silence_dbfs=level_dbfs), should_stop=should_stop)
    time_map = shortened(found, cleaning.trim)
    if not time_map.new_duration_s:
        raise Invalid.at(path.name, phrase("All of it is silent: nothing would be left."), code="sound.all_silent")
    _write(path, cleaning, time_map, out, report, should_stop)
    return Cleaned(time_map=time_map, rate_hz=found.rate_hz)


def _write(
    path: Path, cleaning: Cleaning, time_map: TimeMap, out: Path, report: Report, should_stop: ShouldStop
) -> None:
    report(Progress(done=Fraction(1, 3), label="Cleaning"))
    with making_beside(out) as folder:
        draft = folder / f"sound{out.suffix.lower()}"
        arguments = {"path": path, "cleaning": cleaning, "time_map": time_map, "out": draft}
        capped.call("sound.editing:write", int, caps=WRITE, should_stop=should_stop, **arguments)
        draft.replace(out)
    report(Progress(done=Fraction(1), label="Done"))


def cut(path: Path, times: TimeMap, out: Path, *, report: Report = ignore, should_stop: ShouldStop = never) -> Cleaned:
    """Writes what the map keeps of the sound to `out`, a FLAC or WAV file of 24 bits; each join is faded over 8 ms.

    The map that comes back has its times on whole samples. Raises Invalid when nothing is left, Unsupported without
    sound, Damaged or Cancelled; then nothing is left behind and `out` is as it was.
    """
    sniff_moving(path)
    _check(Cleaning(), out)
    found = analyse(path, Wanted(buckets=1), should_stop=should_stop)
    gone = ((_whole(span.start_s, found.rate_hz), _whole(span.end_s, found.rate_hz)) for span in times.removed)
    exact = without(found.duration_s, gone)
    if not exact.new_duration_s:
        raise Invalid.at("times", phrase("Nothing of the sound would be left."), code="sound.nothing_left")
    _write(path, Cleaning(), exact, out, report, should_stop)
    return Cleaned(time_map=exact, rate_hz=found.rate_hz)


def silence_level(found: SoundAnalysis, trim: Trim) -> float:
    """The level that counts as silence: as asked, else a little over the noise of the recording."""
    if trim.silence_dbfs is not None:
        return trim.silence_dbfs
    return min(max(found.noise_floor_dbfs + OVER_NOISE_DB, QUIETEST_DBFS), LOUDEST_DBFS)


def shortened(found: SoundAnalysis, trim: Trim | None) -> TimeMap:
    """What is taken out of the sound. Of a pause the middle goes, so that words keep their breath on both sides."""
    return without(found.duration_s, _taken_out(found, trim) if trim else ())


def _taken_out(found: SoundAnalysis, trim: Trim) -> Iterator[tuple[Fraction, Fraction]]:
    ends_s = None if trim.ends_s is None else _whole(trim.ends_s, found.rate_hz)
    pause_s = None if trim.pause_s is None else _whole(trim.pause_s, found.rate_hz)
    for span in found.silences:
        is_first, is_last = span.start_s == 0, span.end_s == found.duration_s
        if is_first and is_last:
            yield span.start_s, span.end_s
        elif is_first or is_last:
            if ends_s is not None and span.duration_s > ends_s:
                cut = (span.start_s, span.end_s - ends_s) if is_first else (span.start_s + ends_s, span.end_s)
                yield cut
        elif pause_s is not None and span.duration_s > pause_s:
            before_s = _whole(pause_s / 2, found.rate_hz)
            yield span.start_s + before_s, span.end_s - (pause_s - before_s)


def _whole(time_s: Fraction, rate_hz: int) -> Fraction:
    """The time as a whole number of samples."""
    return Fraction(round(time_s * rate_hz), rate_hz)


def _check(cleaning: Cleaning, out: Path) -> None:
    if out.suffix.lower() not in CLEANED:
        raise Invalid.at(
            "out", phrase("A cleaned sound is written as .flac or .wav, to lose nothing."), code="sound.format"
        )
    if cleaning.hum_hz not in (None, 50, 60):
        raise Invalid.at("hum", phrase("The mains hum at 50 or 60 Hz."), code="sound.hum")
    if cleaning.high_pass_hz is not None and not 10 <= cleaning.high_pass_hz <= 1000:
        raise Invalid.at("high-pass", phrase("A high-pass is set from 10 to 1000 Hz."), code="sound.high_pass")
    if cleaning.gate_dbfs is not None and not -90 <= cleaning.gate_dbfs <= -10:
        raise Invalid.at("gate", phrase("A gate opens between -90 and -10 dBFS."), code="sound.gate")
    trim = cleaning.trim or Trim()
    if min(cleaning.fade_in_s, cleaning.fade_out_s, trim.ends_s or 0, trim.pause_s or 0) < 0:
        raise Invalid.at("times", phrase("Fades and silences last no less than 0 s."), code="sound.times")
    if trim.silence_dbfs is not None and not -120 <= trim.silence_dbfs < 0:
        raise Invalid.at("silence", phrase("Silence is a level from -120 to 0 dBFS."), code="sound.silence")
