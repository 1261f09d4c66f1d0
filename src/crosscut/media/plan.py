"""Decides what has to be made of a master: as little as the requirement allows."""

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind, MediaFacts, MediaRequirement, VideoStream
from crosscut.kernel.phrases import phrase
from crosscut.media.recipes import SUFFIXES, Crop, Focus, PicturePart, Purpose, Recipe, SoundPart, VideoPart

THUMBNAIL_PX = 480  # a library card at twice its 240 px, for dense screens
PREVIEW_PX = 1600  # a still as large as the asset page shows it
PROXY_HEIGHT_PX = 720
PROXY_RATE = Fraction(30)
LOUDNESS_TOLERANCE_LU = 0.5  # EBU R128 s1 allows this for programmes that are hard to hit
RATE_SLACK = Fraction(1, 20)  # frames per second: an average is measured, and 29.97 and 30 are one to every network
SIZE_MARGIN = Fraction(95, 100)  # encoders miss their bit rate by less than this
LEAST_VIDEO_BPS = 150_000  # below this a film is not worth looking at
MOST_VIDEO_BPS = 2_000_000_000  # FFmpeg counts a buffer in 31 bits, and nothing we make comes near
ASPECT_SLACK = Fraction(1, 100)  # documents round aspects to two digits, and a side is an even number of pixels
DEFAULT_TYPE = {Kind.VIDEO: "video/mp4", Kind.AUDIO: "audio/mpeg", Kind.IMAGE: "image/jpeg"}
VIDEO_CODECS = {"video/mp4": ("h264", "hevc"), "video/webm": ("vp9",)}
SOUND_CODECS = {
    "video/mp4": ("aac", "mp3"),
    "video/webm": ("opus",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("aac",),
    "audio/wav": ("pcm_s16le",),
    "audio/flac": ("flac",),
}


def thumbnail(facts: MediaFacts) -> Recipe | None:
    """A small JPEG of anything that can be seen or heard; None for captions and documents without a page to show."""
    if facts.kind not in (Kind.VIDEO, Kind.AUDIO, Kind.IMAGE) and facts.picture is None:
        return None
    moment_s = facts.duration_s / 10 if facts.video and facts.duration_s else None  # past the usual black and title
    picture = PicturePart(max_width_px=THUMBNAIL_PX, max_height_px=THUMBNAIL_PX, quality=80, at_s=moment_s)
    return Recipe(purpose=Purpose.THUMBNAIL, media_type="image/jpeg", picture=picture)


def proxy(facts: MediaFacts) -> Recipe | None:
    """What a browser can play or show in the master's place: 720p MP4, MP3, or a JPEG or WebP; None without one."""
    if facts.kind is Kind.IMAGE or facts.picture:
        preview = PicturePart(max_width_px=PREVIEW_PX, max_height_px=PREVIEW_PX, quality=82)
        is_clear = facts.picture is not None and facts.picture.has_alpha
        media_type = "image/webp" if is_clear else "image/jpeg"  # which takes a quarter of the time to make
        return Recipe(purpose=Purpose.PROXY, media_type=media_type, picture=preview)
    if facts.kind not in (Kind.VIDEO, Kind.AUDIO):
        return None
    sound = SoundPart(codec="aac", bit_rate_bps=128_000) if facts.audio else None
    if facts.kind is Kind.AUDIO:
        sound = SoundPart(codec="mp3", rate_hz=44_100, bit_rate_bps=128_000)
        return Recipe(purpose=Purpose.PROXY, media_type="audio/mpeg", sound=sound)
    stream = facts.video[0]
    scale = min(Fraction(1), Fraction(PROXY_HEIGHT_PX, min(stream.width_px, stream.height_px)))
    video = replace(
        _picture_changes(stream),
        width_px=even(stream.width_px * scale),
        height_px=even(stream.height_px * scale),
        frame_rate=PROXY_RATE if (stream.frame_rate or 0) > PROXY_RATE else None,
        crf=26,
    )
    return Recipe(purpose=Purpose.PROXY, media_type="video/mp4", video=video, sound=sound)


def waveform(facts: MediaFacts) -> Recipe | None:
    """The peaks of the first sound stream; None without sound."""
    return Recipe(purpose=Purpose.WAVEFORM, media_type="application/json") if facts.audio else None


def plan(
    facts: MediaFacts, requirement: MediaRequirement, *, focus: Focus | None = None, burns_captions: bool = False
) -> Recipe | None:
    """What to make so that the requirement is met, or None when the master already meets it as it is.

    Streams that conform are copied. Length is never cut to fit: what is too long or too short stays a finding for a
    person. Raises Unsupported when the requirement asks for a type that cannot be made of this master.
    """
    wanted = _Wanted(facts, requirement, focus, burns_captions)
    planned = _plan_as(wanted, _wanted_type(facts, requirement))
    if planned and planned.media_type not in SUFFIXES:  # its own type is taken but cannot be made
        planned = _plan_as(wanted, makeable_types(facts, requirement)[0])
    return planned


class _Wanted(NamedTuple):
    """What a plan is made from."""

    facts: MediaFacts
    requirement: MediaRequirement
    focus: Focus | None
    burns_captions: bool


def _plan_as(wanted: _Wanted, media_type: str) -> Recipe | None:
    facts, requirement, focus, _ = wanted
    if facts.kind is Kind.IMAGE:
        return _plan_still(facts, requirement, media_type, focus)
    if facts.kind not in (Kind.VIDEO, Kind.AUDIO):
        return None
    video = _plan_video(wanted, media_type) if facts.video else None
    sound = _plan_sound(facts, requirement, media_type) if facts.audio else None
    reasons = [*(video or (None, []))[1], *(sound or (None, []))[1]]
    if media_type != facts.media_type:
        reasons.append(f"{facts.media_type} becomes {media_type}")
    if _is_over(facts.size_bytes, requirement.max_size_bytes):
        reasons.append(f"{facts.size_bytes:,} bytes are over {requirement.max_size_bytes:,}")
    if not reasons:
        return None
    recipe = Recipe(
        purpose=Purpose.POST,
        media_type=media_type,
        video=video[0] if video else None,
        sound=sound[0] if sound else None,
        max_size_bytes=requirement.max_size_bytes,
        reasons=tuple(reasons),
    )
    return _within_size(_without_misfit_copies(recipe, facts), facts)


def _wanted_type(facts: MediaFacts, requirement: MediaRequirement) -> str:
    """The master's own type where that is taken, else the first that can be made."""
    is_taken = facts.media_type in (requirement.media_types or SUFFIXES)
    can_be_made = facts.kind in DEFAULT_TYPE
    return facts.media_type if is_taken or not can_be_made else makeable_types(facts, requirement)[0]


def makeable_types(facts: MediaFacts, requirement: MediaRequirement) -> tuple[str, ...]:
    """The accepted types that can be made of this master, its own first, then in the requirement's order.

    Where the requirement names none, its own and the usual one. Raises Unsupported when there is none.
    """
    accepted = requirement.media_types or (facts.media_type, DEFAULT_TYPE[facts.kind])
    family = facts.kind.value + "/"
    found = [media_type for media_type in accepted if media_type in SUFFIXES and media_type.startswith(family)]
    if not found:
        kinds = ", ".join(accepted)
        raise Unsupported(
            phrase(
                "{post_type} takes {kinds}; none of these can be made of {media_type}.",
                post_type=requirement.post_type,
                kinds=kinds,
                media_type=facts.media_type,
            )
        )
    return tuple(dict.fromkeys(sorted(found, key=lambda media_type: media_type != facts.media_type)))


def _is_over(value: int | Fraction | None, limit: int | Fraction | None) -> bool:
    return value is not None and limit is not None and value > limit


# Stills


def _plan_still(
    facts: MediaFacts, requirement: MediaRequirement, media_type: str, focus: Focus | None
) -> Recipe | None:
    picture, aspect = facts.picture, facts.aspect
    if picture is None or aspect is None:
        return None
    wanted_aspect = nearest_aspect(aspect, requirement)
    reasons = []
    if media_type != facts.media_type:
        reasons.append(f"{facts.media_type} becomes {media_type}")
    if wanted_aspect != aspect:
        reasons.append(f"cropped from {float(aspect):.3f} to {float(wanted_aspect):.3f} width over height")
    if _is_over(picture.width_px, requirement.max_width_px) or _is_over(picture.height_px, requirement.max_height_px):
        reasons.append(f"{picture.width_px} x {picture.height_px} px are made smaller")
    if _is_over(facts.size_bytes, requirement.max_size_bytes):
        reasons.append(f"{facts.size_bytes:,} bytes are over {requirement.max_size_bytes:,}")
    if not reasons:
        return None
    part = PicturePart(
        max_width_px=requirement.max_width_px,
        max_height_px=requirement.max_height_px,
        aspect=wanted_aspect if wanted_aspect != aspect else None,
        focus=focus if wanted_aspect != aspect else None,
        max_size_bytes=requirement.max_size_bytes,
    )
    return Recipe(purpose=Purpose.POST, media_type=media_type, picture=part, reasons=tuple(reasons))


def nearest_aspect(aspect: Fraction, requirement: MediaRequirement) -> Fraction:
    """The accepted width over height that is nearest; one within a hundredth of an accepted one is kept.

    >>> square = MediaRequirement(post_type="x", kind=Kind.IMAGE, min_aspect=Fraction(4, 5), max_aspect=Fraction(1))
    >>> nearest_aspect(Fraction(16, 9), square), nearest_aspect(Fraction(9, 16), square)
    (Fraction(1, 1), Fraction(4, 5))
    """
    if requirement.min_aspect is not None and aspect < requirement.min_aspect * (1 - ASPECT_SLACK):
        return requirement.min_aspect
    if requirement.max_aspect is not None and aspect > requirement.max_aspect * (1 + ASPECT_SLACK):
        return requirement.max_aspect
    return aspect


# Film


def _picture_changes(stream: VideoStream) -> VideoPart:
    """What every encode of this stream does, whatever it is for."""
    return VideoPart(is_deinterlaced=stream.is_interlaced, is_tone_mapped=stream.is_hdr)


def _plan_video(wanted: _Wanted, media_type: str) -> tuple[VideoPart, list[str]]:
    """The part and the reasons for it; no reason means that the stream is copied."""
    facts, requirement, focus, burns_captions = wanted
    stream = facts.video[0]
    possible = VIDEO_CODECS.get(media_type, (*VIDEO_CODECS["video/mp4"], *requirement.video_codecs))
    codec = _wanted_codec(stream.codec, requirement.video_codecs, possible)
    crop, width_px, height_px = _frame(stream, requirement, focus)
    rate = requirement.max_frame_rate
    rate = rate if rate is not None and _is_over(stream.frame_rate, rate + RATE_SLACK) else None
    checks = {
        f"{stream.codec} becomes {codec}": codec != stream.codec,
        f"{stream.width_px} x {stream.height_px} px become {width_px} x {height_px}": (width_px, height_px)
        != (stream.width_px, stream.height_px),
        f"at most {rate} frames per second": rate is not None,
        "the bit rate is lowered": _is_over(stream.bit_rate_bps, requirement.max_bit_rate_bps),
        "the fields are joined to whole frames": stream.is_interlaced,
        "HDR is mapped to standard range": stream.is_hdr,
        "the turn is made part of the picture": stream.rotation_deg != 0,
        "captions are burnt in": burns_captions,
    }
    reasons = [reason for reason, is_so in checks.items() if is_so]
    if not reasons:
        return VideoPart(codec="copy"), []
    part = replace(
        _picture_changes(stream),
        codec=codec,
        crop=crop,
        width_px=width_px,
        height_px=height_px,
        frame_rate=rate,
        max_bit_rate_bps=requirement.max_bit_rate_bps,
        burns_captions=burns_captions,
    )
    return part, reasons


def _wanted_codec(has: str, accepted: tuple[str, ...], possible: tuple[str, ...]) -> str:
    """The codec to end up with: the one it has if that is accepted and fits the container, else the first that is."""
    if has in (accepted or possible[:1]) and has in possible:
        return has
    return next((codec for codec in accepted if codec in possible), possible[0])


def _frame(stream: VideoStream, requirement: MediaRequirement, focus: Focus | None) -> tuple[Crop | None, int, int]:
    """The crop and the size of the result: the accepted aspect, as large as is allowed, never enlarged, even sides."""
    aspect = Fraction(stream.width_px, stream.height_px)
    wanted = nearest_aspect(aspect, requirement)
    crop = crop_to(stream.width_px, stream.height_px, wanted, focus) if wanted != aspect else None
    width_px, height_px = (crop.width_px, crop.height_px) if crop else (stream.width_px, stream.height_px)
    limits = [
        Fraction(limit, side)
        for limit, side in ((requirement.max_width_px, width_px), (requirement.max_height_px, height_px))
        if limit is not None
    ]
    scale = min([Fraction(1), *limits])
    return crop, even(width_px * scale), even(height_px * scale)


def crop_to(width_px: int, height_px: int, aspect: Fraction, focus: Focus | None = None) -> Crop:
    """The largest part with this aspect around the focus, or around the middle.

    >>> crop_to(1920, 1080, Fraction(1), Focus(x=Fraction(1), y=Fraction(0)))
    Crop(x_px=840, y_px=0, width_px=1080, height_px=1080)
    """
    if Fraction(width_px, height_px) > aspect:
        kept_width_px, kept_height_px = even(height_px * aspect), height_px
    else:
        kept_width_px, kept_height_px = width_px, even(width_px / aspect)
    centre = focus or Focus(x=Fraction(1, 2), y=Fraction(1, 2))
    return Crop(
        x_px=_start(centre.x, width_px, kept_width_px),
        y_px=_start(centre.y, height_px, kept_height_px),
        width_px=kept_width_px,
        height_px=kept_height_px,
    )


def _start(centre: Fraction, whole_px: int, kept_px: int) -> int:
    return max(0, min(whole_px - kept_px, round(centre * whole_px - Fraction(kept_px, 2))))


def even(side_px: Fraction | int) -> int:
    """The side rounded down to an even number, as 4:2:0 colour asks; at least 2.

    >>> even(Fraction(853)), even(1)
    (852, 2)
    """
    return max(2, int(side_px) // 2 * 2)


# Sound


def _plan_sound(facts: MediaFacts, requirement: MediaRequirement, media_type: str) -> tuple[SoundPart, list[str]]:
    """The part and the reasons for it; no reason means that the stream is copied."""
    stream = facts.audio[0]
    possible = SOUND_CODECS.get(media_type, ("aac", *requirement.audio_codecs))
    codec = _wanted_codec(stream.codec, requirement.audio_codecs or possible, possible)
    target, peak = requirement.loudness_lufs, requirement.max_true_peak_dbtp
    allowed_hz = requirement.audio_rate_hz
    checks = {
        f"{stream.codec} becomes {codec}": codec != stream.codec,
        f"{stream.rate_hz} Hz are over {requirement.audio_rate_hz}": _is_over(
            stream.rate_hz, requirement.audio_rate_hz
        ),
        f"{stream.channels} channels are mixed to 2": _is_over(stream.channels, requirement.max_audio_channels),
        f"the loudness is brought to {target} LUFS": target is not None and not _is_loud_as(facts, target, peak),
    }
    reasons = [reason for reason, is_so in checks.items() if is_so]
    if not reasons:
        return SoundPart(codec="copy"), []
    highest_hz = min(48_000, allowed_hz or 48_000)
    part = SoundPart(
        codec=codec,
        rate_hz=stream.rate_hz if stream.rate_hz <= highest_hz and stream.rate_hz in (44_100, 48_000) else highest_hz,
        channels=min(2, stream.channels),
        loudness_lufs=target,
        max_true_peak_dbtp=-1.0 if peak is None else peak,
    )
    return part, reasons


def _is_loud_as(facts: MediaFacts, target_lufs: float, peak_dbtp: float | None) -> bool:
    """Whether a measured loudness is on target; what was never measured is not."""
    loudness = facts.loudness
    if loudness is None:
        return False
    is_near = abs(loudness.integrated_lufs - target_lufs) <= LOUDNESS_TOLERANCE_LU
    return is_near and loudness.true_peak_dbtp <= (-1.0 if peak_dbtp is None else peak_dbtp)


# The whole file


def _without_misfit_copies(recipe: Recipe, facts: MediaFacts) -> Recipe:
    """Too large a file cannot be mended by copying: then the picture, or without one the sound, is encoded anew."""
    if not _is_over(facts.size_bytes, recipe.max_size_bytes):
        return recipe
    if recipe.video and recipe.video.codec == "copy":
        stream = facts.video[0]
        codec = stream.codec if stream.codec in VIDEO_CODECS[recipe.media_type] else "h264"
        size = replace(_picture_changes(stream), width_px=even(stream.width_px), height_px=even(stream.height_px))
        return replace(recipe, video=replace(size, codec=codec))
    if not recipe.video and recipe.sound and recipe.sound.codec == "copy":
        return replace(recipe, sound=SoundPart(codec=SOUND_CODECS[recipe.media_type][0]))
    return recipe


def _within_size(recipe: Recipe, facts: MediaFacts) -> Recipe:
    """With the highest bit rate that the size limit leaves. Raises Unsupported when that is too little to be of use."""
    if recipe.max_size_bytes is None or not facts.duration_s:
        return recipe
    all_bps = int(recipe.max_size_bytes * 8 * SIZE_MARGIN / facts.duration_s)
    if not recipe.video:
        if recipe.sound and recipe.sound.codec in ("aac", "mp3", "opus") and recipe.sound.bit_rate_bps > all_bps:
            return replace(recipe, sound=replace(recipe.sound, bit_rate_bps=max(32_000, all_bps)))
        return recipe
    sound_bps = _sound_bps(recipe.sound, facts)
    video_bps = all_bps - sound_bps
    if video_bps < LEAST_VIDEO_BPS:
        message = phrase(
            "{duration_s:.0f} s do not fit into {max_size_bytes:,} bytes: shorten the film.",
            duration_s=float(facts.duration_s),
            max_size_bytes=recipe.max_size_bytes,
        )
        raise Unsupported(message)
    if recipe.video.codec == "copy" or not _is_over(recipe.video.max_bit_rate_bps or MOST_VIDEO_BPS, video_bps):
        return recipe
    return replace(recipe, video=replace(recipe.video, max_bit_rate_bps=video_bps))


def _sound_bps(sound: SoundPart | None, facts: MediaFacts) -> int:
    if sound is None:
        return 0
    return (facts.audio[0].bit_rate_bps or 192_000) if sound.codec == "copy" else sound.bit_rate_bps
