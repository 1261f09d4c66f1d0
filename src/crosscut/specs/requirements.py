"""What a post type accepts of one kind of media, in the words rendering understands."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache

from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.specs.formats import codecs, media_types
from crosscut.specs.house import house
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import PostType


@cache
def requirement(post_type: str, kind: Kind) -> MediaRequirement | None:
    """What the post type ("platform/type") accepts of files of that kind.

    None when it takes none of that kind or nothing is known of it: such a file goes as it is, and `check_media` says
    whether it may go at all. Raises NotFound for an unknown post type.

    >>> found = requirement("practice/video", Kind.VIDEO)
    >>> found.media_types, found.max_duration_s
    (('video/mp4',), Fraction(60, 1))
    >>> requirement("practice/images", Kind.VIDEO) is None
    True
    """
    found = find_post_type(post_type)
    reader = _READERS.get(kind)
    return reader(found) if reader else None


def _image(found: PostType) -> MediaRequirement | None:
    rule = found.image
    if rule is None:
        return None
    return MediaRequirement(
        post_type=found.key,
        kind=Kind.IMAGE,
        media_types=media_types(Kind.IMAGE, rule.formats),
        max_size_bytes=rule.max_bytes,
        min_width_px=rule.min_width_px,
        max_width_px=rule.max_width_px,
        min_height_px=rule.min_height_px,
        max_height_px=rule.max_height_px,
        min_aspect=exact(rule.aspect_min),
        max_aspect=exact(rule.aspect_max),
        source=found.cite("image"),
    )


def _video(found: PostType) -> MediaRequirement | None:
    rule = found.video
    if rule is None:
        return None
    wanted = house("loudness")
    return MediaRequirement(
        post_type=found.key,
        kind=Kind.VIDEO,
        media_types=media_types(Kind.VIDEO, rule.containers),
        video_codecs=codecs(rule.video_codecs),
        audio_codecs=codecs(rule.audio_codecs),
        max_size_bytes=rule.max_bytes,
        min_duration_s=exact(rule.min_seconds),
        max_duration_s=exact(rule.max_seconds),
        min_width_px=rule.min_width_px,
        max_width_px=rule.max_width_px,
        min_height_px=rule.min_height_px,
        max_height_px=rule.max_height_px,
        min_aspect=exact(rule.aspect_min),
        max_aspect=exact(rule.aspect_max),
        max_frame_rate=exact(rule.max_fps),
        max_bit_rate_bps=rule.max_video_bitrate_bps,
        audio_rate_hz=rule.max_audio_sample_rate_hz,
        max_audio_channels=rule.max_audio_channels,
        loudness_lufs=wanted["target_lufs"],
        max_true_peak_dbtp=wanted["max_true_peak_dbtp"],
        source=found.cite("video"),
    )


def _audio(found: PostType) -> MediaRequirement | None:
    rule = found.audio
    if rule is None:
        return None
    wanted = house("loudness")
    return MediaRequirement(
        post_type=found.key,
        kind=Kind.AUDIO,
        media_types=media_types(Kind.AUDIO, rule.formats),
        audio_codecs=codecs(rule.codecs),
        max_size_bytes=rule.max_bytes or rule.soft_max_bytes,
        min_duration_s=exact(rule.min_seconds),
        max_duration_s=exact(rule.max_seconds),
        audio_rate_hz=rule.max_sample_rate_hz,
        max_audio_channels=rule.max_channels,
        loudness_lufs=wanted["target_lufs"] if rule.loudness_lufs is None else rule.loudness_lufs,
        max_true_peak_dbtp=(
            wanted["max_true_peak_dbtp"] if rule.max_true_peak_dbtp is None else rule.max_true_peak_dbtp
        ),
        source=found.cite("audio"),
    )


def _document(found: PostType) -> MediaRequirement | None:
    rule = found.document
    if rule is None:
        return None
    return MediaRequirement(
        post_type=found.key,
        kind=Kind.DOCUMENT,
        media_types=media_types(Kind.DOCUMENT, rule.formats),
        max_size_bytes=rule.max_bytes,
        source=found.cite("document"),
    )


def exact(figure: float | None) -> Fraction | None:
    """The figure as it is written in the data: 1.91 is 191/100, and the rounded 0.5625 stays 9/16.

    >>> exact(1.91), exact(None)
    (Fraction(191, 100), None)
    """
    return None if figure is None else Fraction(str(figure))


_READERS: Mapping[Kind, Callable[[PostType], MediaRequirement | None]] = {
    Kind.IMAGE: _image,
    Kind.VIDEO: _video,
    Kind.AUDIO: _audio,
    Kind.DOCUMENT: _document,
}
