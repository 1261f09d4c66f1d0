"""What one file must be like: format, size, length, frame, streams and loudness."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from crosscut.kernel.facts import AudioStream, Kind, MediaFacts, VideoStream
from crosscut.kernel.findings import Finding
from crosscut.specs.citations import cite
from crosscut.specs.formats import codecs, is_codec, media_type, media_types
from crosscut.specs.house import cite_house, house
from crosscut.specs.post_types import PostType, VideoRule
from crosscut.specs.requirements import exact
from crosscut.specs.sentences import advise, breach
from crosscut.specs.wording import box_in_words, decimal, listed, seconds_in_words, size_in_words

_ROUNDING_S = Fraction(1, 10)
_ASPECT_SLACK = Fraction(1, 100)
_RATE_SLACK = Fraction(1, 20)
_PEAK_SLACK_DB = 0.1
MONO_LU = 3  # one channel alone sounds as loud so much lower: AES TD1008 (2021), -16 LUFS in stereo and -19 in mono


def check_type(facts: MediaFacts, found: PostType, section: str, where: str) -> Iterator[Finding]:
    """The format, by the block's `formats` or `containers`."""
    rule: Any = found.rule(section)
    accepted = media_types(facts.kind, rule.containers if section == "video" else rule.formats)
    if accepted and media_type(facts.media_type) not in accepted:
        names = listed(name.partition("/")[2].upper() for name in accepted)
        kind = media_type(facts.media_type).partition("/")[2].upper()
        yield breach("media.type", found, section, where=where, found=kind, accepted=names)


def check_size(size_bytes: int, limit: int | None, found: PostType, section: str, where: str) -> Iterator[Finding]:
    """The size against a limit of the block."""
    if limit is not None and size_bytes > limit:
        sizes = {"found": size_in_words(size_bytes), "limit": size_in_words(limit)}
        yield breach("media.too_large", found, section, where=where, **sizes, size_bytes=size_bytes, limit_bytes=limit)


def check_duration(
    facts: MediaFacts, found: PostType, limits: tuple[float | None, float | None], section: str, where: str
) -> Iterator[Finding]:
    """The length against (least, most) seconds."""
    least_s, most_s = exact(limits[0]), exact(limits[1])
    lasts_s = facts.duration_s
    if lasts_s is None:
        return
    if least_s is not None and lasts_s < least_s:
        times = {"found": seconds_in_words(lasts_s), "limit": seconds_in_words(least_s)}
        yield breach("media.too_short", found, section, where=where, **times, under=seconds_in_words(least_s - lasts_s))
    # A last frame or sound packet may stick out; no place counts it.
    if most_s is not None and lasts_s > most_s + _ROUNDING_S:
        times = {"found": seconds_in_words(lasts_s), "limit": seconds_in_words(most_s)}
        yield breach("media.too_long", found, section, where=where, **times, over=seconds_in_words(lasts_s - most_s))


def check_frame(facts: MediaFacts, found: PostType, section: str, where: str) -> Iterator[Finding]:
    """Width, height and aspect."""
    rule: Any = found.rule(section)
    width, height = facts.width_px, facts.height_px
    if not width or not height:
        return
    values = {"width": width, "height": height}
    if width < (rule.min_width_px or 0) or height < (rule.min_height_px or 0):
        limit = box_in_words(rule.min_width_px, rule.min_height_px)
        yield breach("media.too_small", found, section, where=where, **values, limit=limit)
    if width > (rule.max_width_px or width) or height > (rule.max_height_px or height):
        limit = box_in_words(rule.max_width_px, rule.max_height_px)
        yield breach("media.too_big", found, section, where=where, **values, limit=limit)
    yield from _aspect(facts, found, section, where)


def _aspect(facts: MediaFacts, found: PostType, section: str, where: str) -> Iterator[Finding]:
    rule: Any = found.rule(section)
    aspect, least, most = facts.aspect, exact(rule.aspect_min), exact(rule.aspect_max)
    if aspect is None:
        return
    values = {"width": facts.width_px, "height": facts.height_px, "found": decimal(aspect)}
    # Documents round aspects to two digits, and a side is a whole number of pixels.
    if least is not None and aspect < least * (1 - _ASPECT_SLACK):
        yield breach("media.too_tall", found, section, where=where, **values, limit=decimal(least))
    if most is not None and aspect > most * (1 + _ASPECT_SLACK):
        yield breach("media.too_wide", found, section, where=where, **values, limit=decimal(most))


def check_pictures(stream: VideoStream, found: PostType, rule: VideoRule, where: str) -> Iterator[Finding]:
    """The picture stream of a film: codec, frame rate, fields, bit rate."""
    accepted = codecs(rule.video_codecs)
    if accepted and not is_codec(stream.codec, accepted):
        yield breach("media.video_codec", found, "video", where=where, found=stream.codec, accepted=listed(accepted))
    rate = stream.frame_rate
    if rate is not None and rule.max_fps is not None and rate > Fraction(str(rule.max_fps)) + _RATE_SLACK:
        yield breach(
            "media.frame_rate_high", found, "video", where=where, found=decimal(rate), limit=f"{rule.max_fps:g}"
        )
    # 23.976 is called 24 by everybody.
    if rate is not None and rule.min_fps is not None and rate < Fraction(str(rule.min_fps)) - _RATE_SLACK:
        yield breach(
            "media.frame_rate_low", found, "video", where=where, found=decimal(rate), limit=f"{rule.min_fps:g}"
        )
    if stream.is_interlaced and rule.scan == "progressive":
        yield breach("media.interlaced", found, "video", where=where)
    limit = rule.max_video_bitrate_bps
    if limit is not None and stream.bit_rate_bps is not None and stream.bit_rate_bps > limit:
        yield breach("media.bit_rate", found, "video", where=where, found=stream.bit_rate_bps, limit=limit)


def check_sound(
    stream: AudioStream,
    found: PostType,
    accepted: tuple[str, tuple[str, ...]],
    limits: tuple[int | None, int | None],
    where: str,
) -> Iterator[Finding]:
    """The sound stream: codec by (block, names), then sample rate and channels by limits."""
    (section, names), (most_hz, most_channels) = accepted, limits
    if names and not is_codec(stream.codec, names):
        yield breach("media.audio_codec", found, section, where=where, found=stream.codec, accepted=listed(names))
    if most_hz is not None and stream.rate_hz > most_hz:
        yield breach("media.audio_rate", found, section, where=where, found=stream.rate_hz, limit=most_hz)
    if most_channels is not None and stream.channels > most_channels:
        yield breach("media.audio_channels", found, section, where=where, found=stream.channels, limit=most_channels)


def check_loudness(facts: MediaFacts, found: PostType, where: str) -> Iterator[Finding]:
    """The loudness against the place's own target, else ours. Only advice, and only where it was measured."""
    if facts.loudness is None:
        return
    wanted = dict(house("loudness"))
    source = cite_house("loudness")
    if facts.kind is Kind.AUDIO and found.audio and found.audio.loudness_lufs is not None:
        wanted["target_lufs"], wanted["tolerance_lu"] = (
            found.audio.loudness_lufs,
            found.audio.loudness_tolerance_lu or 1,
        )
        if facts.audio and facts.audio[0].channels == 1:
            wanted["target_lufs"] -= MONO_LU
        wanted["max_true_peak_dbtp"] = found.audio.max_true_peak_dbtp or wanted["max_true_peak_dbtp"]
        source = cite(found.audio.source)
    measured, target, tolerance = facts.loudness, wanted["target_lufs"], wanted["tolerance_lu"]
    if abs(measured.integrated_lufs - target) > tolerance:
        values = {"found": f"{measured.integrated_lufs:.1f}", "limit": f"{target:g}", "tolerance": f"{tolerance:g}"}
        yield advise("loudness.off", found, where=where, source=source, **values)
    if measured.true_peak_dbtp > wanted["max_true_peak_dbtp"] + _PEAK_SLACK_DB:
        peaks = {"found": f"{measured.true_peak_dbtp:.1f}", "limit": f"{wanted['max_true_peak_dbtp']:g}"}
        yield advise("loudness.peak", found, where=where, source=source, **peaks)
