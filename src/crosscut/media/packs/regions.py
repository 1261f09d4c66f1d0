"""Which renditions a target puts up with: its region, and where the regions of several targets meet.

A requirement is a set of constraints, and so is our promise not to make one target's picture worse in order to share a
file. Both together are a region: a box in the space of recipes. One rendition can serve several targets exactly when
their regions have a point in common. A region is closed under `meet`, so "can these share?" is asked once per group.

The promise, the *sharing rule*, dimension by dimension. What a target would get alone is its best; it puts up with

- forms: any type and codecs it accepts; a stream that it could have copied bit by bit is copied for it, and what it
  would get without loss stays without loss;
- framing: the very same part of the picture, the same captions in it, none where it asked for none;
- size: at least LEAST_SIDE of each side it would get alone;
- frame rate and channels: what it would get alone;
- bit rate: at least LEAST_BIT_RATE of its ceiling, or one so high (ENOUGH_BITS_PER_PX) that it takes nothing away;
- sound: 44.1 kHz or its own if lower, LEAST_BIT_RATE of the bit rate, the same loudness, a peak ceiling at most 1 dB
  lower.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from crosscut.kernel.facts import MediaFacts, MediaRequirement
from crosscut.media.plan import SOUND_CODECS, VIDEO_CODECS, makeable_types
from crosscut.media.recipes import Crop, Focus, Recipe, SoundPart, VideoPart

LEAST_SIDE = Fraction(95, 100)  # five percent smaller is not seen at the size of a feed
LEAST_BIT_RATE = Fraction(9, 10)
ENOUGH_BITS_PER_PX = Fraction(1, 5)  # x264 at crf 21 asks for 0.03 to 0.15 on ordinary footage: see benchmarks/media
ENOUGH_BYTES_PER_PX = Fraction(1, 2)  # a JPEG of quality 85 takes 0.1 to 0.4
LEAST_SOUND_HZ = 44_100
LEAST_CEILING_DB = Fraction(1)
UNLIMITED = Fraction(10**15)
LOSSLESS = frozenset({"flac", "pcm_s16le"})
LOSSY_STILLS = ("image/jpeg", "image/webp")
COPY = "copy"


class Quality(StrEnum):
    """A dimension with a more and a less, named as a person would say what is apart in it."""

    SCALE = "size of the picture"
    FRAME_RATE = "frame rate"
    PICTURE_BPS = "bit rate of the picture"
    FILE_BYTES = "size of the file"
    SOUND_HZ = "sample rate of the sound"
    SOUND_BPS = "bit rate of the sound"
    CEILING = "peak level of the sound"


@dataclass(frozen=True, kw_only=True, order=True)
class Form:
    """A type with its codecs. "copy" takes a stream over; "" where there is none."""

    media_type: str
    picture: str = ""
    sound: str = ""


@dataclass(frozen=True, kw_only=True)
class Range:
    """From the least that is put up with for the sake of sharing to the best, which a target gets when alone."""

    least: Fraction
    best: Fraction

    def meet(self, other: "Range") -> "Range":
        """What both put up with; empty when `least` is over `best`.

        >>> Range(least=Fraction(2), best=Fraction(4)).meet(Range(least=Fraction(1), best=Fraction(3)))
        Range(least=Fraction(2, 1), best=Fraction(3, 1))
        """
        return Range(least=max(self.least, other.least), best=min(self.best, other.best))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return self.least > self.best


@dataclass(frozen=True, kw_only=True)
class Framing:
    """What must be the very same for two targets to share."""

    crop: Crop | None = None  # of a film
    aspect: Fraction | None = None  # of a still that is cropped
    focus: Focus | None = None  # of a still that is cropped
    beside: tuple[str, ...] = ()  # captions that become part of the picture, by hash
    channels: int = 0
    loudness_lufs: float | None = None


@dataclass(frozen=True, kw_only=True)
class Region:
    """All renditions that serve a target, or each of several."""

    forms: frozenset[Form]
    framing: Framing
    ranges: Mapping[Quality, Range]  # what does not matter, as the size of a copied picture, is not in it

    def meet(self, other: "Region") -> "Region | None":
        """The renditions that serve both, or None."""
        if self.clash(other):
            return None
        ranges = dict(self.ranges)
        for quality, found in other.ranges.items():
            ranges[quality] = ranges[quality].meet(found) if quality in ranges else found
        return Region(forms=self.forms & other.forms, framing=self.framing, ranges=ranges)

    def clash(self, other: "Region") -> str:
        """The first dimension in which the two have nothing in common, for a person; empty when they meet."""
        if self.framing != other.framing:
            return _framing_clash(self.framing, other.framing)
        if not self.forms & other.forms:
            return _form_clash(self.forms, other.forms)
        shared = (quality for quality in Quality if quality in self.ranges and quality in other.ranges)
        return next((quality for quality in shared if self.ranges[quality].meet(other.ranges[quality]).is_empty), "")

    def loss_against(self, alone: "Region") -> Fraction:
        """How far the bests here are below those of the target alone, summed over the dimensions; 0 is no loss."""
        both = (quality for quality in alone.ranges if quality in self.ranges and alone.ranges[quality].best > 0)
        return sum((1 - self.ranges[quality].best / alone.ranges[quality].best for quality in both), Fraction(0))


def _framing_clash(one: Framing, other: Framing) -> str:
    if one.beside != other.beside:
        return "captions in the picture"
    if (one.crop, one.aspect, one.focus) != (other.crop, other.aspect, other.focus):
        return "part of the picture"
    return "loudness" if one.loudness_lufs != other.loudness_lufs else "number of channels"


def _form_clash(one: Iterable[Form], other: Iterable[Form]) -> str:
    for name in ("picture", "sound"):
        mine, theirs = ({getattr(form, name) for form in forms} for forms in (one, other))
        if not mine & theirs:
            return f"{name}: copied for one, encoded for the other" if COPY in mine ^ theirs else f"codec of the {name}"
    return "type of the file"


def region_of(facts: MediaFacts, requirement: MediaRequirement, alone: Recipe) -> Region:
    """The region of a target that would get `alone` if it had a file to itself."""
    crop = alone.video.crop if alone.video else None
    still = alone.picture
    framing = Framing(
        crop=crop,
        aspect=still.aspect if still else None,
        focus=still.focus if still else None,
        beside=alone.beside,
        channels=alone.sound.channels if alone.sound and alone.sound.codec != COPY else 0,
        loudness_lufs=alone.sound.loudness_lufs if alone.sound else None,
    )
    return Region(forms=_forms(facts, requirement, alone), framing=framing, ranges=_ranges(facts, alone, requirement))


# Forms


def form_of(recipe: Recipe) -> Form:
    """The type and codecs of what a recipe makes."""
    return Form(
        media_type=recipe.media_type,
        picture=recipe.video.codec if recipe.video else "",
        sound=recipe.sound.codec if recipe.sound else "",
    )


def _forms(facts: MediaFacts, requirement: MediaRequirement, alone: Recipe) -> frozenset[Form]:
    types = makeable_types(facts, requirement)
    if alone.picture:
        lossy = (media_type for media_type in types if media_type in LOSSY_STILLS)
        names = {alone.media_type, *(lossy if alone.media_type in LOSSY_STILLS else ())}
        return frozenset(Form(media_type=name) for name in names)
    found = {form_of(alone)}
    for media_type in types:
        for picture in _pictures(facts, requirement, alone.video, media_type):
            sounds = _sounds(facts, requirement, alone.sound, media_type)
            found |= {Form(media_type=media_type, picture=picture, sound=sound) for sound in sounds}
    return frozenset(found)


def _pictures(
    facts: MediaFacts, requirement: MediaRequirement, alone: VideoPart | None, media_type: str
) -> tuple[str, ...]:
    if alone is None:
        return ("",)
    possible = VIDEO_CODECS.get(media_type, ())
    if alone.codec == COPY:
        return (COPY,) if facts.video[0].codec in possible else ()
    accepted = requirement.video_codecs or possible[:1]
    return tuple(codec for codec in possible if codec in accepted)


def _sounds(
    facts: MediaFacts, requirement: MediaRequirement, alone: SoundPart | None, media_type: str
) -> tuple[str, ...]:
    if alone is None:
        return ("",)
    possible = SOUND_CODECS.get(media_type, ())
    if alone.codec == COPY:
        return (COPY,) if facts.audio[0].codec in possible else ()
    accepted = requirement.audio_codecs or possible
    is_lossless = alone.codec in LOSSLESS
    return tuple(codec for codec in possible if codec in accepted and (codec in LOSSLESS) == is_lossless)


# Ranges


def _ranges(facts: MediaFacts, alone: Recipe, requirement: MediaRequirement) -> dict[Quality, Range]:
    ranges: dict[Quality, Range] = {}
    if alone.video and alone.video.codec != COPY:
        ranges |= _video_ranges(facts, alone.video, requirement)
    if alone.sound and alone.sound.codec != COPY:
        ranges |= _sound_ranges(alone.sound)
    if alone.picture:
        ranges |= _still_ranges(facts, alone, requirement)
    elif alone.max_size_bytes is not None and facts.duration_s is None:
        ranges[Quality.FILE_BYTES] = Range(least=Fraction(alone.max_size_bytes), best=Fraction(alone.max_size_bytes))
    return ranges


def _video_ranges(facts: MediaFacts, alone: VideoPart, requirement: MediaRequirement) -> dict[Quality, Range]:
    stream = facts.video[0]
    width_px, height_px = (
        (alone.crop.width_px, alone.crop.height_px) if alone.crop else (stream.width_px, stream.height_px)
    )
    rate = alone.frame_rate or stream.frame_rate
    ceiling = Fraction(alone.max_bit_rate_bps) if alone.max_bit_rate_bps else UNLIMITED
    enough = ENOUGH_BITS_PER_PX * alone.width_px * alone.height_px * (rate or 30)
    ranges = {
        Quality.SCALE: _scale((width_px, height_px), scale_of((width_px, height_px), requirement), requirement),
        Quality.PICTURE_BPS: Range(least=min(ceiling, enough) * LEAST_BIT_RATE, best=ceiling),
    }
    return ranges | ({Quality.FRAME_RATE: Range(least=rate, best=rate)} if rate else {})


def _still_ranges(facts: MediaFacts, alone: Recipe, requirement: MediaRequirement) -> dict[Quality, Range]:
    frame = frame_of_still(facts, alone)
    scale = scale_of(frame, requirement)
    most = Fraction(requirement.max_size_bytes) if requirement.max_size_bytes is not None else UNLIMITED
    enough = ENOUGH_BYTES_PER_PX * frame[0] * frame[1] * scale**2
    least = enough if alone.media_type in LOSSY_STILLS else most
    return {
        Quality.SCALE: _scale(frame, scale, requirement),
        Quality.FILE_BYTES: Range(least=min(most, least) * LEAST_BIT_RATE, best=most),
    }


def frame_of_still(facts: MediaFacts, recipe: Recipe) -> tuple[int, int]:
    """Width and height of what is left of a still after the recipe's crop, before it is made smaller."""
    if facts.picture is None:
        return 1, 1
    width_px, height_px = facts.picture.width_px, facts.picture.height_px
    aspect = recipe.picture.aspect if recipe.picture else None
    if aspect is None:
        return width_px, height_px
    return min(width_px, round(height_px * aspect)), min(height_px, round(width_px / aspect))


def scale_of(frame: tuple[int, int], requirement: MediaRequirement) -> Fraction:
    """How large the frame may be shown: 1 is as it is, never more."""
    limits = zip((requirement.max_width_px, requirement.max_height_px), frame, strict=True)
    return min([Fraction(1), *(Fraction(limit, side) for limit, side in limits if limit is not None)])


def _scale(frame: tuple[int, int], best: Fraction, requirement: MediaRequirement) -> Range:
    """Down to the tolerance, and to the least size that the place takes where the master reaches that at all."""
    limits = zip((requirement.min_width_px, requirement.min_height_px), frame, strict=True)
    # two pixels more than asked for: sides are rounded down to even numbers
    floor = max([best * LEAST_SIDE, *(Fraction(limit + 2, side) for limit, side in limits if limit is not None)])
    return Range(least=min(best, floor), best=best)


def _sound_ranges(alone: SoundPart) -> dict[Quality, Range]:
    rate, ceiling = Fraction(alone.rate_hz), Fraction(str(alone.max_true_peak_dbtp))
    # the ceiling is below zero: counted up from a floor, so that more is better here too
    height = ceiling + 100
    ranges = {
        Quality.SOUND_HZ: Range(least=min(rate, Fraction(LEAST_SOUND_HZ)), best=rate),
        Quality.SOUND_BPS: Range(least=alone.bit_rate_bps * LEAST_BIT_RATE, best=Fraction(alone.bit_rate_bps)),
    }
    if alone.loudness_lufs is not None:
        ranges[Quality.CEILING] = Range(least=height - LEAST_CEILING_DB, best=height)
    return ranges
