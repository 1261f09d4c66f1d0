"""From the records of a cut to OpenTimelineIO, and with its adapters to other formats."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.layout import frame_at
from crosscut.media.cuts.metadata import NAMESPACE, of_clip, of_cut
from crosscut.media.cuts.model import Clip, Cut, Item, Marker, Style, Track, Transition

ADAPTERS = {"otio": "otio_json", "fcp7": "fcp_xml"}


def text(path: Path, cut: Cut, form: str) -> str:
    """The cut in a format that an OpenTimelineIO adapter writes. `path` is where it will go; nothing is written."""
    try:
        return str(otio.adapters.write_to_string(to_timeline(cut, form), adapter_name=ADAPTERS[form]))
    except (otio.exceptions.OTIOError, ValueError, KeyError, AttributeError, TypeError) as fault:
        raise Unsupported(
            phrase("This cut cannot be written to {name}: {fault}.", name=path.name, fault=fault)
        ) from fault


def to_timeline(cut: Cut, form: str = "otio") -> Any:
    """The timeline that says the cut; its times count frames where they are on the grid."""
    timeline = otio.schema.Timeline(name=cut.name, global_start_time=_time(cut.start_timecode_s, cut.rate))
    if form == "otio":
        timeline.metadata[NAMESPACE] = of_cut(cut)
    for track in cut.tracks:
        timeline.tracks.append(_track(track, cut, form))
    timeline.tracks.markers.extend(_marker(marker, cut.rate) for marker in cut.markers)
    if form == "fcp7":
        size = {"width": str(cut.width_px or 1920), "height": str(cut.height_px or 1080)}
        for number, clip in enumerate(timeline.find_clips()):  # the adapter takes two equal clips for one, at one place
            clip.metadata[NAMESPACE] = {"number": number}
        timeline.metadata["fcp_xml"] = {"media": {"video": {"format": {"samplecharacteristics": size}}}}
    return timeline


def _time(time_s: Fraction, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(float(time_s * rate), float(rate))


def _span(start_s: Fraction, duration_s: Fraction, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(_time(start_s, rate), _time(duration_s, rate))


def _track(track: Track, cut: Cut, form: str) -> Any:
    kinds = otio.schema.TrackKind
    made = otio.schema.Track(name=track.name, kind=kinds.Audio if track.kind == "audio" else kinds.Video)
    at_s = Fraction(0)
    for item in track.items:
        length_s = Fraction(0)
        if not isinstance(item, Transition):  # on the grid: what other programs expect
            frames = frame_at(at_s + item.duration_s, cut.rate) - frame_at(at_s, cut.rate)
            at_s, length_s = at_s + item.duration_s, frames / cut.rate
        made.append(_item(item, length_s, cut.rate, form))
    return made


def _item(item: Item, length_s: Fraction, rate: Fraction, form: str) -> Any:
    if isinstance(item, Transition):
        return _transition(item, rate)
    if isinstance(item, Clip):
        return _clip(item, length_s, rate, form)
    return otio.schema.Gap(name=item.name, source_range=_span(Fraction(0), length_s, rate))


def _transition(transition: Transition, rate: Fraction) -> Any:
    made = otio.schema.Transition(
        name=transition.name,
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=_time(transition.before_s, rate),
        out_offset=_time(transition.after_s, rate),
    )
    if transition.style is not Style.DISSOLVE:
        made.metadata[NAMESPACE] = {"style": transition.style.value}
    return made


def _clip(clip: Clip, length_s: Fraction, rate: Fraction, form: str) -> Any:
    available_s = clip.media_duration_s or max(clip.start_s + clip.used_s, length_s)
    name = Path(clip.media).name or clip.name
    reference: Any = otio.schema.MissingReference(name=name)
    if clip.media:
        reference = otio.schema.ExternalReference(target_url=clip.media)
        reference.name = name
        reference.available_range = _span(clip.origin_s, available_s, rate)
    made = otio.schema.Clip(
        name=clip.name or name,
        media_reference=reference,
        source_range=_span(clip.origin_s + clip.start_s, length_s, rate),
    )
    if clip.speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(clip.speed)))
    if form == "otio" and (told := of_clip(clip)):
        made.metadata[NAMESPACE] = told
    if clip.reel:
        made.metadata["cmx_3600"] = {"reel": clip.reel}
    return made


def _marker(marker: Marker, rate: Fraction) -> Any:
    made = otio.schema.Marker(name=marker.name, marked_range=_span(marker.start_s, marker.duration_s, rate))
    made.comment = marker.comment
    return made
