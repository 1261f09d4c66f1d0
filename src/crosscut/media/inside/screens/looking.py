"""Looks through a film: one decode of picture and sound, and a closer look where the hazard is not beyond doubt."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.facts import Screening, Seen, Sighting, Span
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media, real_video
from crosscut.media.inside.screens.flashes import WINDOW_S
from crosscut.media.inside.screens.light import light_of
from crosscut.media.inside.screens.watch import FlashWatch, PictureWatch, SoundWatch, beside, is_turned
from crosscut.media.screens.profiles import FlashProfile

CLOSE_SCALE = Fraction(1)  # every pixel of the screen
CLOSE_MOST_S = Fraction(30)  # so much of a film at most is looked at closely: a frame takes thirty times as long


def look_through(path: Path, profile: FlashProfile) -> Screening:
    """What was found in the first picture and the first sound stream, without repairs."""
    try:
        with open_media(path) as container:
            videos, sounds = real_video(container), list(container.streams.audio)
            if not videos and not sounds:
                raise Unsupported(phrase("{name} has neither moving pictures nor sound.", name=path.name))
            picture = PictureWatch(videos[0], profile) if videos else None
            sound = SoundWatch() if sounds else None
            broken = _watch(container, [*videos[:1], *sounds[:1]], picture, sound)
            rate = videos[0].average_rate if videos else None
        if not (picture and picture.start_s is not None) and not (sound and sound.start_s is not None):
            raise Damaged(path, phrase("Nothing in the file can be decoded."))
        flashes = list(_looked_closely(path, profile, picture.flashes.found())) if picture else []
    except FFmpegError as fault:
        raise Damaged(path, phrase("The file cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault
    return _screening(profile, picture, sound, flashes, broken, rate)


def _watch(container: Any, streams: list[Any], picture: PictureWatch | None, sound: SoundWatch | None) -> int:
    """Decodes everything once; how many packets could not be, which players step over too."""
    broken = 0
    for stream in streams:
        stream.thread_type = "AUTO" if stream.type == "video" else stream.thread_type
    for packet in container.demux(streams):
        try:
            frames = packet.decode()
        except FFmpegError:
            broken += 1
            continue
        for frame in frames:
            if packet.stream.type == "video" and picture:
                picture.see(frame)
            elif sound:
                sound.hear(frame)
    return broken


def _looked_closely(path: Path, profile: FlashProfile, found: list[Sighting]) -> Iterator[Sighting]:
    """The same, with those that are not beyond doubt judged at full size, which tells exactly what is a hazard."""
    left_s = CLOSE_MOST_S
    for one in found:
        if is_sure(one, profile) or one.span.duration_s > left_s:
            yield one
            continue
        left_s -= one.span.duration_s
        yield from _closely(path, profile, one.span) or [replace(one, kind=Seen.NEAR_FLASH)]


def is_sure(one: Sighting, profile: FlashProfile) -> bool:
    """Whether a look at full size could not change what it is."""
    if one.kind is Seen.LONG_FLASH:
        return True
    return one.kind is not Seen.NEAR_FLASH and (one.share or 0) >= profile.sure_share


def _closely(path: Path, profile: FlashProfile, span: Span) -> list[Sighting]:
    watch = FlashWatch(profile, scale=CLOSE_SCALE)
    with open_media(path) as container:
        stream = real_video(container)[0]
        stream.thread_type = "AUTO"
        usual_s = 1 / (stream.average_rate or Fraction(25))
        container.seek(max(0, int((span.start_s - WINDOW_S) / stream.time_base)), stream=stream)
        for frame in container.decode(stream):
            start_s = frame.pts * frame.time_base if frame.pts is not None else Fraction(0)
            if start_s > span.end_s:
                break
            if start_s >= span.start_s - WINDOW_S / 5:
                light = light_of(frame, is_turned=is_turned(frame), measure=profile.measure, scale=CLOSE_SCALE)
                watch.see_hazards(start_s, start_s + usual_s, light)
    return [one for one in watch.found() if one.kind in (Seen.FLASH, Seen.RED_FLASH)]


def _screening(
    profile: FlashProfile,
    picture: PictureWatch | None,
    sound: SoundWatch | None,
    flashes: list[Sighting],
    broken: int,
    rate: Fraction | None,
) -> Screening:
    hazards = [one for one in flashes if one.kind in (Seen.FLASH, Seen.RED_FLASH)]
    others = [one for one in flashes if one not in hazards and not beside(one, hazards)]
    both = picture and sound and picture.start_s is not None and sound.start_s is not None
    return Screening(
        checked_s=max(picture.end_s if picture else Fraction(0), sound.end_s if sound else Fraction(0)),
        black=picture.black.result() if picture else (),
        silence=sound.silence.result() if sound else (),
        flashes=_spans(hazards),
        near_flashes=_spans(others),
        profile=profile.name,
        freezes=picture.frozen.result() if picture else (),
        clipping=sound.clipped.result() if sound else (),
        start_offset_s=_later(sound.start_s, picture.start_s) if both and picture and sound else None,
        end_offset_s=sound.end_s - picture.end_s if both and picture and sound else None,
        drift_s=sound.drift_s if sound else None,
        broken_packets=broken,
        frame_rate=rate,
        sightings=tuple(sorted([*hazards, *others], key=lambda one: one.span.start_s)),
    )


def _later(one_s: Fraction | None, other_s: Fraction | None) -> Fraction | None:
    return None if one_s is None or other_s is None else one_s - other_s


def _spans(sightings: list[Sighting]) -> tuple[Span, ...]:
    """Their times in order, those that overlap (light and red at once) as one."""
    joined: list[Span] = []
    for span in sorted((one.span for one in sightings), key=lambda span: span.start_s):
        if joined and span.start_s <= joined[-1].end_s:
            joined[-1] = Span(start_s=joined[-1].start_s, end_s=max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(joined)
