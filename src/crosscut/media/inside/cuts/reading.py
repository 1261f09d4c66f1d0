"""From an OpenTimelineIO timeline to the records of a cut. Runs in a capped child: the file may come from anywhere."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from crosscut.kernel.errors import Damaged, Invalid, Problem, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.metadata import NAMESPACE, clip_settings, cut_settings
from crosscut.media.cuts.model import Clip, Cut, Gap, Item, Marker, Style, Track, Transition

LARGEST_BYTES = 64 * 1024 * 1024  # a day's edit is a few megabytes
DEPTH = 6  # of timelines in timelines
NTSC = (24, 30, 48, 60, 120)  # rates that have a 1000/1001 sibling, SMPTE ST 12-1


def read(path: Path) -> Cut:
    """The cut of an .otio file. Raises Damaged, Unsupported or Invalid."""
    if path.stat().st_size > LARGEST_BYTES:
        raise Unsupported(phrase("This file is larger than any timeline."))
    try:
        found = otio.adapters.read_from_string(path.read_text(encoding="utf-8"), adapter_name="otio_json")
    except UnicodeDecodeError as fault:
        raise Damaged(path, phrase("This is no OpenTimelineIO file: it is not text.")) from fault
    except (otio.exceptions.OTIOError, ValueError) as fault:
        raise Damaged(path, phrase("This is no OpenTimelineIO file that can be read: {fault}.", fault=fault)) from fault
    return from_timeline(only_timeline(found))


def only_timeline(found: Any) -> Any:
    """The timeline in what an adapter returned. Raises Invalid when there is none or a choice."""
    if isinstance(found, otio.schema.Timeline):
        return found
    items = list(found) if isinstance(found, otio.schema.SerializableCollection) else []
    timelines = [item for item in items if isinstance(item, otio.schema.Timeline)]
    if len(timelines) == 1:
        return timelines[0]
    if timelines:
        names = ", ".join(str(timeline.name) for timeline in timelines)
        raise Invalid(
            phrase(
                "The file holds {timelines} timelines ({names}): export the one you want alone.",
                timelines=len(timelines),
                names=names,
            )
        )
    raise Invalid(phrase("The file holds no timeline, only loose clips: export the sequence."))


def from_timeline(timeline: Any, rate: Fraction | None = None) -> Cut:
    """The cut that a timeline says; `rate` counts when the timeline itself does not give one."""
    settings = cut_settings(_plain(timeline.metadata.get(NAMESPACE, {})))
    reading = Reading()
    tracks = tuple(reading.track(track) for track in timeline.tracks)
    start = timeline.global_start_time
    width_px, height_px = _size(timeline)
    return Cut(
        name=timeline.name or "",
        rate=settings.rate or rate or reading.rate() or Fraction(25),
        tracks=tuple(track for track in tracks if track.items),
        width_px=settings.width_px or width_px,
        height_px=settings.height_px or height_px,
        words=settings.words,
        captions=settings.captions,
        music=settings.music,
        markers=tuple(markers_of(timeline.tracks)),
        start_timecode_s=seconds(start) if start else Fraction(0),
        warnings=tuple(reading.warnings),
    )


def _size(timeline: Any) -> tuple[int | None, int | None]:
    """The frame size that Final Cut Pro 7 XML has kept for itself."""
    found: Any = _plain(timeline.metadata.get("fcp_xml", {}))
    for step in ("media", "video", "format", "samplecharacteristics"):
        found = found.get(step, {}) if isinstance(found, dict) else {}
    sides = (str(found.get(side, "")) if isinstance(found, dict) else "" for side in ("width", "height"))
    width, height = (int(side) if side.isdigit() else None for side in sides)
    return width, height


def exact_rate(rate: float) -> Fraction:
    """The rate that a rounded number means.

    >>> exact_rate(29.97), exact_rate(23.976), exact_rate(25.0)
    (Fraction(30000, 1001), Fraction(24000, 1001), Fraction(25, 1))
    """
    for whole in NTSC:
        if abs(rate - whole * 1000 / 1001) < 0.006:
            return Fraction(whole * 1000, 1001)
    return Fraction(rate).limit_denominator(1001)


def seconds(time: Any) -> Fraction:
    """An OpenTimelineIO time in exact seconds."""
    if time.rate <= 0:
        raise Invalid(phrase("A time in this file has no rate: export it again."))
    return Fraction(time.value).limit_denominator(1_000_000) / exact_rate(time.rate)


def markers_of(item: Any) -> Iterator[Marker]:
    """The markers on an item, in its own time."""
    for marker in item.markers:
        span = marker.marked_range
        yield Marker(
            start_s=seconds(span.start_time),
            duration_s=seconds(span.duration),
            name=marker.name or "",
            comment=str(getattr(marker, "comment", "") or ""),
        )


class Reading:
    """Goes through the tracks and remembers what could not be taken over."""

    def __init__(self) -> None:
        self.warnings: list[Problem] = []
        self.rates: dict[Fraction, int] = {}

    def rate(self) -> Fraction | None:
        """The rate that most clips use."""
        return max(self.rates, key=lambda rate: self.rates[rate]) if self.rates else None

    def track(self, track: Any) -> Track:
        kind = "audio" if track.kind == otio.schema.TrackKind.Audio else "video"
        items = tuple(self._items(track, depth=0))
        return Track(kind="audio" if kind == "audio" else "video", items=items, name=track.name or "")

    def _items(self, track: Any, *, depth: int) -> Iterator[Item]:
        for item in track:
            match item:
                case otio.schema.Clip():
                    yield self._clip(item)
                case otio.schema.Gap():
                    yield Gap(duration_s=seconds(item.duration()), name=item.name or "")
                case otio.schema.Transition():
                    yield self._transition(item)
                case _:
                    yield from self._nested(item, depth=depth)

    def _nested(self, item: Any, *, depth: int) -> Iterator[Item]:
        """A timeline inside: taken apart where it is one track, a gap of its length where it is more."""
        children = [item] if isinstance(item, otio.schema.Track) else list(item)
        track = children[0] if len(children) == 1 and isinstance(children[0], otio.schema.Track) else None
        fades = [child for child in track if isinstance(child, otio.schema.Transition)] if track is not None else []
        if track is not None and depth < DEPTH and not (fades and item.source_range):
            whole = item.source_range or track.available_range()
            trimmed = track if fades else otio.algorithms.track_trimmed_to_range(track, whole)
            yield from self._items(trimmed, depth=depth + 1)
            return
        self._warn(
            "nested", item.name, phrase("it is a timeline of several tracks inside the timeline; render it on its own")
        )
        yield Gap(duration_s=seconds(item.duration()), name=item.name or "")

    def _clip(self, clip: Any) -> Clip:
        span, reference = clip.trimmed_range(), clip.media_reference
        available = reference.available_range if reference else None
        available = available if available and available.duration.value > 0 else None
        rate = exact_rate(span.duration.rate)
        self.rates[rate] = self.rates.get(rate, 0) + 1
        name = clip.name or ""
        settings = clip_settings(_plain(clip.metadata.get(NAMESPACE, {})), name)
        speed, unknown = _effects(clip)
        origin_s = seconds(available.start_time) if available else Fraction(0)
        return Clip(
            name=name,
            media=str(getattr(reference, "target_url", "") or ""),
            start_s=seconds(span.start_time) - origin_s,
            duration_s=seconds(span.duration),
            speed=settings.speed or speed,
            gain_db=settings.gain_db,
            is_muted=settings.is_muted,
            box=settings.box,
            is_filling=settings.is_filling,
            reel=_reel(clip),
            origin_s=origin_s,
            media_duration_s=seconds(available.duration) if available else None,
            unknown_effects=unknown,
        )

    def _transition(self, transition: Any) -> Transition:
        named = str(_plain(transition.metadata.get(NAMESPACE, {})).get("style", ""))
        style = Style.DISSOLVE
        if named in {known.value for known in Style}:
            style = Style(named)
        elif named or transition.transition_type != otio.schema.TransitionTypes.SMPTE_Dissolve:
            kind = named or transition.transition_type or transition.name
            self._warn("transition", str(kind), phrase("this transition is not known; a dissolve takes its place"))
        return Transition(
            before_s=seconds(transition.in_offset),
            after_s=seconds(transition.out_offset),
            style=style,
            name=transition.name or "",
        )

    def _warn(self, code: str, name: str | None, message: str) -> None:
        where = name or "timeline"
        self.warnings.append(
            Problem(
                code=f"cuts.{code}_not_read",
                where=where,
                message=phrase("{where}: {message}.", where=where, message=message),
            )
        )


def _effects(clip: Any) -> tuple[Fraction, tuple[str, ...]]:
    """The clip's speed and the names of the effects that are not speeds."""
    speed, unknown = Fraction(1), []
    for effect in clip.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= Fraction(effect.time_scalar).limit_denominator(10_000)
        else:
            unknown.append(str(effect.effect_name or effect.name or type(effect).__name__))
    return speed, tuple(unknown)


def _reel(clip: Any) -> str:
    told = clip.metadata.get("cmx_3600", {})
    return str(told.get("reel", "") or "") if isinstance(told, Mapping) else ""


def _plain(data: Any) -> dict[str, Any]:
    """Metadata as ordinary dicts and lists."""
    plain = _plain_value(data)
    return plain if isinstance(plain, dict) else {}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain_value(inner) for key, inner in value.items()}
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return [_plain_value(inner) for inner in value]
    return value
