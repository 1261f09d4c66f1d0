"""Sound made better: brought to a loudness, cleaned, silence shortened."""

from dataclasses import dataclass, replace
from fractions import Fraction

from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.sound import Aim, Cleaning, Trim, clean
from crosscut.media.sound.in_film import with_sound
from crosscut.media.sound.levelling import level

QUIETEST_LUFS, LOUDEST_LUFS = -36.0, -9.0  # between these somebody may want a sound; ours


@dataclass(frozen=True, kw_only=True)
class Level:
    """Brings the sound to a loudness, within half a unit, with no true peak over the limit."""

    target_lufs: float = -16.0
    max_true_peak_dbtp: float = -1.0

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Bringing {filename} to {lufs:g} LUFS", filename=filename, lufs=self.target_lufs)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for figures nobody could want, Unsupported without sound."""
        demand_sound(version)
        if not QUIETEST_LUFS <= self.target_lufs <= LOUDEST_LUFS:
            limits = {"low": QUIETEST_LUFS, "high": LOUDEST_LUFS}
            raise Invalid.at("target_lufs", phrase("A loudness is from {low:g} to {high:g} LUFS.", **limits))
        if not -9 <= self.max_true_peak_dbtp <= 0:
            raise Invalid.at("max_true_peak_dbtp", phrase("A peak limit is from -9 to 0 dBTP."))

    def make(self, source: Source) -> Made:
        """The same sound, as loud as asked; of a film, under the same picture."""
        sound = source.folder / "level.flac"
        aim = Aim(target_lufs=self.target_lufs, max_true_peak_dbtp=self.max_true_peak_dbtp)
        done = level(source.master, aim, sound, report=source.report, should_stop=source.should_stop)
        found = done.found
        figures = {"lufs": found.integrated_lufs, "peak": found.true_peak_dbtp}
        said = [phrase("It is at {lufs:.1f} LUFS with a true peak of {peak:.1f} dBTP.", **figures)]
        made = _put_under(source, Made(path=sound, filename=f"{source.stem} level.flac", said=said))
        return replace(made, said=(*made.said, *([done.shortfall] if done.shortfall else [])))


@dataclass(frozen=True, kw_only=True)
class Clean:
    """Takes hum, rumble and noise between words away and shortens silence."""

    hum_hz: int | None = None  # of the mains: 50, or 60 in the Americas
    high_pass_hz: int | None = None  # 80 takes the rumble from a voice
    gate_dbfs: float | None = None  # what is softer between the words is turned down
    ends_s: float | None = None  # left of the silence at both ends; sounds only
    pause_s: float | None = None  # longer pauses become so long; sounds only

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Cleaning {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid when nothing is asked for, or for a film whose sound would become shorter."""
        demand_sound(version)
        is_shorter = self.ends_s is not None or self.pause_s is not None
        if not is_shorter and self.hum_hz is self.high_pass_hz is self.gate_dbfs is None:
            raise Invalid.at("cleaning", phrase("Choose at least one thing to clean away."))
        if is_shorter and facts_of(version).video:
            message = phrase("The silence of a film is cut with its picture: use the repairs under Checks.")
            raise Invalid.at("pause_s", message)

    def make(self, source: Source) -> Made:
        """The cleaned sound; of a film, under the same picture."""
        is_shorter = self.ends_s is not None or self.pause_s is not None
        trim = Trim(ends_s=_seconds(self.ends_s), pause_s=_seconds(self.pause_s)) if is_shorter else None
        cleaning = Cleaning(high_pass_hz=self.high_pass_hz, hum_hz=self.hum_hz, gate_dbfs=self.gate_dbfs, trim=trim)
        out = source.folder / "clean.flac"
        done = clean(source.master, cleaning, out, report=source.report, should_stop=source.should_stop)
        times = done.time_map
        gone_s = float(times.duration_s - times.new_duration_s)
        said = [phrase("{gone:.2f} s of silence were taken out.", gone=gone_s)] if is_shorter else []
        made = Made(path=out, filename=f"{source.stem} clean.flac", said=said, times=times if is_shorter else None)
        return _put_under(source, made)


def demand_sound(version: Version) -> None:
    """Raises Unsupported for what has no sound."""
    if not facts_of(version).audio:
        raise Unsupported(phrase("It has no sound."))


def _put_under(source: Source, sound: Made) -> Made:
    """The sound by itself, or of a film under its picture, which is copied."""
    if not source.is_film:
        return sound
    out = sound.path.with_suffix(".mp4")
    with_sound(source.master, sound.path, out, report=source.report, should_stop=source.should_stop)
    return replace(sound, path=out, filename=sound.filename.removesuffix(".flac") + ".mp4")


def _seconds(time_s: float | None) -> Fraction | None:
    return None if time_s is None else Fraction(str(time_s))
