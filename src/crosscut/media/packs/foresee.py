"""What a rendition will be, before it is made; and what no rendition can mend."""

from dataclasses import replace
from fractions import Fraction

from crosscut.kernel.facts import AudioStream, Loudness, MediaFacts, MediaRequirement, Picture, VideoStream
from crosscut.media.packs.regions import frame_of_still
from crosscut.media.plan import ASPECT_SLACK
from crosscut.media.recipes import Recipe, SoundPart, VideoPart

CONTAINERS = {"video/mp4": "mp4", "video/webm": "webm", "audio/mpeg": "mp3", "audio/mp4": "m4a"}
USUAL_BITS_PER_PX = Fraction(1, 12)  # of x264 at crf 21 on ordinary footage; only for estimates of room and time


def foreseen(facts: MediaFacts, recipe: Recipe) -> MediaFacts:
    """The facts of what the recipe will make of this master. The size is an estimate, kept under the recipe's limit."""
    made = replace(
        facts,
        media_type=recipe.media_type,
        container=CONTAINERS.get(recipe.media_type, recipe.media_type.partition("/")[2]),
        picture=_picture(facts, recipe) if recipe.picture else None,
        video=(_video(facts.video[0], recipe.video),) if recipe.video else (),
        audio=(_audio(facts.audio[0], recipe.sound),) if recipe.sound else (),
        loudness=_loudness(facts.loudness, recipe.sound),
        warnings=(),
    )
    limit = recipe.max_size_bytes or (recipe.picture.max_size_bytes if recipe.picture else None)
    size_bytes = _size_bytes(facts, recipe, made)
    return replace(made, size_bytes=min(size_bytes, limit) if limit is not None else size_bytes)


def _video(stream: VideoStream, part: VideoPart) -> VideoStream:
    if part.codec == "copy":
        return stream
    return VideoStream(
        codec=part.codec,
        width_px=part.width_px,
        height_px=part.height_px,
        frame_rate=part.frame_rate or stream.frame_rate,
        duration_s=stream.duration_s,
        bit_rate_bps=part.max_bit_rate_bps,
        pixel_format="yuv420p",
    )


def _audio(stream: AudioStream, part: SoundPart) -> AudioStream:
    if part.codec == "copy":
        return stream
    return replace(
        stream, codec=part.codec, rate_hz=part.rate_hz, channels=part.channels, bit_rate_bps=part.bit_rate_bps
    )


def _loudness(has: Loudness | None, part: SoundPart | None) -> Loudness | None:
    if part is None or part.loudness_lufs is None or part.codec == "copy":
        return has
    return Loudness(
        integrated_lufs=part.loudness_lufs,
        true_peak_dbtp=part.max_true_peak_dbtp,
        range_lu=has.range_lu if has else 0.0,
    )


def _picture(facts: MediaFacts, recipe: Recipe) -> Picture | None:
    part = recipe.picture
    if facts.picture is None or part is None:
        return None
    width_px, height_px = frame_of_still(facts, recipe)
    limits = ((part.max_width_px, width_px), (part.max_height_px, height_px))
    scale = min([Fraction(1), *(Fraction(limit, side) for limit, side in limits if limit is not None)])
    return replace(facts.picture, width_px=int(width_px * scale), height_px=int(height_px * scale), orientation=1)


def _size_bytes(facts: MediaFacts, recipe: Recipe, made: MediaFacts) -> int:
    if made.picture:
        return made.picture.width_px * made.picture.height_px // 3
    duration_s = facts.duration_s or Fraction(0)
    sound_bps = made.audio[0].bit_rate_bps or 192_000 if made.audio else 0
    if not recipe.video:
        return int(sound_bps * duration_s / 8)
    stream = made.video[0]
    if recipe.video.codec == "copy":
        picture_bps = stream.bit_rate_bps or facts.size_bytes * 8 / max(duration_s, Fraction(1))
    else:
        usual = USUAL_BITS_PER_PX * stream.width_px * stream.height_px * (stream.frame_rate or 30)
        picture_bps = min(usual, stream.bit_rate_bps or usual)
    return int((picture_bps + sound_bps) * duration_s / 8)


def unmet(facts: MediaFacts, requirement: MediaRequirement) -> tuple[str, ...]:
    """What of the requirement these facts do not meet and no rendition mends: a sentence each."""
    return (*_length_unmet(facts, requirement), *_frame_unmet(facts, requirement))


def _length_unmet(facts: MediaFacts, requirement: MediaRequirement) -> list[str]:
    found, duration_s = [], facts.duration_s
    if duration_s is not None and requirement.max_duration_s is not None and duration_s > requirement.max_duration_s:
        found.append(
            f"It is {float(duration_s):.1f} s long; at most {float(requirement.max_duration_s):g} s are taken."
        )
    if duration_s is not None and requirement.min_duration_s is not None and duration_s < requirement.min_duration_s:
        found.append(f"It is {float(duration_s):.1f} s long; at least {float(requirement.min_duration_s):g} s are due.")
    return found


def _frame_unmet(facts: MediaFacts, requirement: MediaRequirement) -> list[str]:
    width_px, height_px, aspect = facts.width_px, facts.height_px, facts.aspect
    if width_px is None or height_px is None or aspect is None:
        return []
    found = []
    least = (requirement.min_width_px or 0, requirement.min_height_px or 0)
    if width_px < least[0] or height_px < least[1]:
        found.append(f"The picture is {width_px} x {height_px} px; at least {least[0]} x {least[1]} px are due.")
    low, high = requirement.min_aspect or aspect, requirement.max_aspect or aspect
    if not low * (1 - ASPECT_SLACK) <= aspect <= high * (1 + ASPECT_SLACK):
        found.append(f"The picture is {float(aspect):.3f} wide for its height, which is not taken.")
    return found
