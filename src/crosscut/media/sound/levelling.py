"""Writes a sound at a wanted loudness: measured, raised, limited, encoded, measured again and corrected once."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import Loudness
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media import ffmpeg
from crosscut.media.beside import making_beside
from crosscut.media.probe import probe
from crosscut.media.sound.loudness import Aim, Gain, corrected, filters, measure_loudness, normalise, shortfall

ENCODINGS = {
    ".wav": ("-c:a", "pcm_s24le"),
    ".flac": ("-c:a", "flac", "-sample_fmt", "s32"),
    ".mp3": ("-c:a", "libmp3lame", "-b:a", "192k"),
    ".m4a": ("-c:a", "aac", "-b:a", "192k"),
    ".opus": ("-c:a", "libopus", "-b:a", "128k"),
}
RATES_HZ = {".mp3": (32_000, 44_100, 48_000), ".opus": (48_000,)}  # the encoder takes no others, or few play them
CHANNELS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, kw_only=True)
class Levelled:
    """What came of it."""

    gain: Gain
    found: Loudness  # of the written file
    encodings: int  # 2 when the first one missed
    shortfall: str = ""  # why the target was not reached; empty when it was


def level(path: Path, aim: Aim, out: Path, *, report: Report = ignore, should_stop: ShouldStop = never) -> Levelled:
    """Writes the first sound of the file at the loudness of the aim to `out`; its name says how: .wav .flac .mp3 …

    Raises Invalid for another ending, Unsupported without sound, Damaged or Cancelled; then nothing is left behind
    and `out` is as it was.
    """
    suffix = out.suffix.lower()
    if suffix not in ENCODINGS:
        raise Invalid.at(
            "out", phrase("A sound can be written as {encodings}.", encodings=", ".join(ENCODINGS)), code="sound.format"
        )
    facts = probe(path)
    if not facts.audio:
        raise Unsupported(phrase("{name} has no sound.", name=path.name))
    report(Progress(done=Fraction(0), label="Measuring"))
    limits = {"max_true_peak_dbtp": aim.max_true_peak_dbtp}
    gain = normalise(path, aim.target_lufs, channels=aim.channels, should_stop=should_stop, **limits)
    rate_hz = _rate(facts.audio[0].rate_hz, suffix)
    with making_beside(out) as folder:
        draft = folder / f"sound{suffix}"
        length_s = facts.duration_s or Fraction(1)

        def on_time(done_s: Fraction) -> None:
            report(Progress(done=min(Fraction(99, 100), done_s / length_s), label="Writing"))

        for encodings in (1, 2):
            arguments = _arguments(path, gain, aim, rate_hz, draft)
            ffmpeg.run(path, arguments, on_time=on_time, should_stop=should_stop)
            found = measure_loudness(draft, should_stop=should_stop)
            better = corrected(gain, aim, found) if encodings == 1 else None
            if better is None:
                break
            gain = better
        draft.replace(out)
    report(Progress(done=Fraction(1), label="Done"))
    missed = gain.shortfall or shortfall(aim.target_lufs, aim.max_true_peak_dbtp, found)
    return Levelled(gain=gain, found=found, encodings=encodings, shortfall=missed)


def _rate(rate_hz: int, suffix: str) -> int:
    """The sound's own rate where the encoder takes it, else 48 kHz."""
    return rate_hz if rate_hz in RATES_HZ.get(suffix, (rate_hz,)) else 48_000


def _arguments(path: Path, gain: Gain, aim: Aim, rate_hz: int, draft: Path) -> list[str]:
    mixed = [f"aformat=channel_layouts={CHANNELS[aim.channels]}"] if aim.channels else []
    chain = ",".join([*mixed, *filters(gain)])
    return [
        *ffmpeg.SAY, *ffmpeg.SAFE_INPUT, "-i", f"file:{path.resolve()}", "-map", "0:a:0", "-map_metadata", "0",
        "-af", chain, "-ar", str(rate_hz), *ENCODINGS[draft.suffix], f"file:{draft}",
    ]  # fmt: skip
