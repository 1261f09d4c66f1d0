"""What a place demands of the files: which, how many, and how each must be made."""

from collections.abc import Iterator

from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.findings import Finding
from crosscut.kernel.phrases import phrase
from crosscut.specs.draft import DraftMedia
from crosscut.specs.file_checks import (
    check_duration,
    check_frame,
    check_loudness,
    check_pictures,
    check_size,
    check_sound,
    check_type,
)
from crosscut.specs.formats import codecs
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import AudioRule, ImageRule, MediaRule, PostType, VideoRule
from crosscut.specs.sentences import advise, breach
from crosscut.specs.wording import size_in_words

_COUNTED = {Kind.IMAGE: "max_images", Kind.VIDEO: "max_videos", Kind.AUDIO: "max_audios"}
_KIND_NAMES = {
    Kind.IMAGE: phrase("picture"),
    Kind.VIDEO: phrase("film"),
    Kind.AUDIO: phrase("sound"),
    Kind.DOCUMENT: phrase("document"),
}


def check_media(media: tuple[DraftMedia, ...], post_type: str) -> tuple[Finding, ...]:
    """What is wrong with the files for that post type ("platform/type"): first all together, then each in order.

    Findings whose `action` is "render" go away by themselves when the file is rendered for the post type. Raises
    NotFound for an unknown post type.
    """
    found = find_post_type(post_type)
    together = list(_selection(media, found)) if found.media else []
    each = [finding for place, one in enumerate(media) for finding in _file(one.facts, found, f"media[{place}]")]
    return (*together, *each)


def _selection(media: tuple[DraftMedia, ...], found: PostType) -> Iterator[Finding]:
    rule, used = found.media, len(media)
    if rule is None:
        return
    if rule.max_items == 0:
        if used:
            yield breach("media.not_taken", found, "media", where="media", used=used)
        return
    least = rule.min_items or int(bool(rule.required))
    if used < least and (rule.required or used):
        yield breach("media.missing", found, "media", where="media", used=used, limit=least, under=least - used)
    if rule.max_items is not None and used > rule.max_items:
        values = {"used": used, "limit": rule.max_items, "over": used - rule.max_items}
        yield breach("media.too_many", found, "media", where="media", **values)
    yield from _kinds(media, found, rule)


def _kinds(media: tuple[DraftMedia, ...], found: PostType, rule: MediaRule) -> Iterator[Finding]:
    kinds = [one.facts.kind for one in media]
    for kind, name in _COUNTED.items():
        used, limit = kinds.count(kind), getattr(rule, name)
        if limit and used > limit:
            values = {"kind": _KIND_NAMES[kind], "used": used, "limit": limit, "over": used - limit}
            yield breach("media.too_many_of_kind", found, "media", where="media", **values)
    for needed in rule.needs or ():
        if Kind(needed) not in kinds:
            yield breach("media.kind_missing", found, "media", where="media", kind=_KIND_NAMES[Kind(needed)])
    if rule.mix_images_and_video is False and {Kind.IMAGE, Kind.VIDEO} <= set(kinds):
        yield breach("media.mixed", found, "media", where="media")


def _file(facts: MediaFacts, found: PostType, where: str) -> Iterator[Finding]:
    if found.media and found.media.max_items == 0:
        return
    if _is_refused(facts.kind, found):
        yield breach(
            "media.kind_not_taken", found, "media", where=where, kind=_KIND_NAMES.get(facts.kind, facts.kind.value)
        )
    elif facts.kind is Kind.IMAGE and found.image:
        yield from _image(facts, found, found.image, where)
    elif facts.kind is Kind.VIDEO and found.video:
        yield from _video(facts, found, found.video, where)
    elif facts.kind is Kind.AUDIO and found.audio:
        yield from _audio(facts, found, found.audio, where)
    elif facts.kind is Kind.DOCUMENT and found.document:
        yield from check_type(facts, found, "document", where)
        yield from check_size(facts.size_bytes, found.document.max_bytes, found, "document", where)


def _is_refused(kind: Kind, found: PostType) -> bool:
    """Whether the place certainly takes none of that kind. Where nothing is known, nothing is said."""
    rule = found.media
    if rule is None or kind is Kind.CAPTIONS or found.rule(kind.value) is not None:
        return False
    if kind in _COUNTED and getattr(rule, _COUNTED[kind]) == 0:
        return True
    others_known = any(found.rule(other.value) for other in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT))
    return others_known and rule.max_items is not None


def _image(facts: MediaFacts, found: PostType, rule: ImageRule, where: str) -> Iterator[Finding]:
    yield from check_type(facts, found, "image", where)
    is_moving = facts.picture is not None and facts.picture.frame_count > 1
    limit = rule.gif_max_bytes if is_moving and rule.gif_max_bytes else rule.max_bytes
    yield from check_size(facts.size_bytes, limit, found, "image", where)
    yield from check_frame(facts, found, "image", where)
    pixels = (facts.width_px or 0) * (facts.height_px or 0)
    if rule.max_pixels is not None and pixels > rule.max_pixels:
        yield breach("media.too_many_pixels", found, "image", where=where, found=pixels, limit=rule.max_pixels)
    if is_moving and rule.animated is False:
        yield breach("media.animated", found, "image", where=where)


def _video(facts: MediaFacts, found: PostType, rule: VideoRule, where: str) -> Iterator[Finding]:
    yield from check_type(facts, found, "video", where)
    yield from check_size(facts.size_bytes, rule.max_bytes, found, "video", where)
    if rule.min_bytes is not None and facts.size_bytes < rule.min_bytes:
        sizes = {"found": size_in_words(facts.size_bytes), "limit": size_in_words(rule.min_bytes)}
        yield breach("media.too_light", found, "video", where=where, **sizes)
    yield from check_duration(facts, found, (rule.min_seconds, rule.max_seconds), "video", where)
    yield from check_frame(facts, found, "video", where)
    if facts.video:
        yield from check_pictures(facts.video[0], found, rule, where)
    if facts.audio:
        limits = (rule.max_audio_sample_rate_hz, rule.max_audio_channels)
        yield from check_sound(facts.audio[0], found, ("video", codecs(rule.audio_codecs)), limits, where)
    yield from check_loudness(facts, found, where)


def _audio(facts: MediaFacts, found: PostType, rule: AudioRule, where: str) -> Iterator[Finding]:
    yield from check_type(facts, found, "audio", where)
    yield from check_size(facts.size_bytes, rule.max_bytes, found, "audio", where)
    if rule.soft_max_bytes is not None and facts.size_bytes > rule.soft_max_bytes:
        sizes = {"found": size_in_words(facts.size_bytes), "limit": size_in_words(rule.soft_max_bytes)}
        yield advise("media.large", found, where=where, source=found.cite("audio"), **sizes)
    yield from check_duration(facts, found, (rule.min_seconds, rule.max_seconds), "audio", where)
    if facts.audio:
        limits = (rule.max_sample_rate_hz, rule.max_channels)
        yield from check_sound(facts.audio[0], found, ("audio", codecs(rule.codecs)), limits, where)
    yield from check_loudness(facts, found, where)
