"""Mending what a look through found: dimming flashes, cutting stretches out, putting sound right."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import Repair, Span
from crosscut.kernel.phrases import counted, phrase
from crosscut.media.cuts import smart_cut
from crosscut.media.screens import calm, flash_profile
from crosscut.media.sound import cut
from crosscut.media.sound.in_film import mend_sound, sound_filter
from crosscut.media.timemap import TimeMap, without

MOST_SPANS = 500  # more cuts than an hour's talk has sentences


@dataclass(frozen=True, kw_only=True)
class Calm:
    """Dims what flashes, and takes the colour out of red flashes, until a look through the result finds none."""

    profile: str = "wcag"  # the rule for flashes

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Dimming what flashes in {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Unsupported for what is no film, Invalid for no such rule."""
        flash_profile(self.profile)
        if asset.kind != Asset.Kind.VIDEO:
            raise Unsupported(phrase("Only a film can flash."))

    def make(self, source: Source) -> Made:
        """The calmed film."""
        out = source.folder / "calm.mp4"
        found = calm(source.master, out, profile=self.profile, should_stop=source.should_stop)
        near = counted(
            "One stretch is still nearly more than is safe: look at it.",
            "{n} stretches are still nearly more than is safe: look at them.",
            len(found.near_flashes),
        )
        said = [phrase("Nothing flashes more often than is safe any more."), *([near] if found.near_flashes else [])]
        return Made(path=out, filename=f"{source.stem} calm.mp4", said=said)


@dataclass(frozen=True, kw_only=True)
class CutOut:
    """Takes stretches out; of a film only what lies around the cuts is encoded anew."""

    spans: tuple[Span, ...]

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Cutting {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for stretches that are none, lie outside, or leave nothing."""
        refuse_stills(asset)
        duration_s = facts_of(version).duration_s
        if not duration_s:
            raise Unsupported(phrase("It does not say how long it lasts, so nothing can be cut out of it."))
        if not self.spans or any(not 0 <= span.start_s < span.end_s for span in self.spans):
            raise Invalid.at("spans", phrase("Name at least one stretch: from when to when, in seconds."))
        if len(self.spans) > MOST_SPANS:
            raise Invalid.at("spans", phrase("At most {n} stretches are cut out at once.", n=MOST_SPANS))
        if any(span.start_s >= duration_s for span in self.spans):
            raise Invalid.at("spans", phrase("It ends before that, after {s:.3f} s.", s=float(duration_s)))
        if not self.times(duration_s).new_duration_s:
            raise Invalid.at("spans", phrase("Nothing of it would be left."))

    def times(self, duration_s: Fraction) -> TimeMap:
        """What is left."""
        return without(duration_s, [(span.start_s, span.end_s) for span in self.spans])

    def make(self, source: Source) -> Made:
        """The shorter film or sound."""
        return cut_to(source, self.times(source.duration_s))


@dataclass(frozen=True, kw_only=True)
class MendSound:
    """Moves, stretches or declips the sound; the picture stays as it is, bit by bit where MP4 can hold it."""

    repair: Repair

    def label(self, filename: str) -> str:
        """What is being done."""
        return phrase("Mending the sound of {filename}", filename=filename)

    def check(self, asset: Asset, version: Version) -> None:
        """Raises Invalid for a repair of something else, Unsupported without sound."""
        sound_filter(self.repair)
        if not facts_of(version).audio:
            raise Unsupported(phrase("It has no sound."))

    def make(self, source: Source) -> Made:
        """The film or sound with its sound mended."""
        out = source.folder / f"mended{'.mp4' if source.is_film else '.flac'}"
        mend_sound(source.master, self.repair, out, report=source.report, should_stop=source.should_stop)
        return Made(path=out, filename=f"{source.stem} mended{out.suffix}")


def cut_to(source: Source, times: TimeMap) -> Made:
    """The film or sound with only what the map keeps."""
    out = source.folder / f"cut{'.mp4' if source.is_film else '.flac'}"
    said = cut_film(source, times, out) if source.is_film else ()
    if not source.is_film:
        times = cut(source.master, times, out, report=source.report, should_stop=source.should_stop).time_map
    gone_s = float(times.duration_s - times.new_duration_s)
    took = phrase(
        "{gone:.2f} s were taken out; it lasts {left:.2f} s now.", gone=gone_s, left=float(times.new_duration_s)
    )
    return Made(path=out, filename=f"{source.stem} cut{out.suffix}", said=(took, *said), times=times)


def cut_film(source: Source, times: TimeMap, out: Path) -> Sequence[str]:
    """Writes what is kept, and says why more was encoded than had to be."""
    keep = [Span(start_s=span.start_s, end_s=span.end_s) for span in times.kept]
    made = smart_cut(source.master, keep, out, report=source.report, should_stop=source.should_stop)
    return made.reasons


def refuse_stills(asset: Asset) -> None:
    """Raises Unsupported for what has no length."""
    if asset.kind not in (Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        raise Unsupported(phrase("Only films and sound last, so only they can be cut."))
