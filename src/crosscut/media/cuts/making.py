"""Makes a cut the cheapest way that is exact: by copying where its plainness allows it, else by rendering."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.facts import MediaFacts, Span
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Report, ShouldStop, ignore, never
from crosscut.media.cuts.model import Clip, Cut, Track, media_of
from crosscut.media.cuts.render import Encoding, MadeCut, render_cut
from crosscut.media.cuts.smart import smart_cut
from crosscut.media.cuts.sources import check_rate, find_media, sources_of


def make_cut(
    cut: Cut,
    folders: Sequence[Path],
    out: Path,
    *,
    encoding: Encoding | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> MadeCut:
    """The cut as an MP4 at `out`, as `render_cut` makes it; a plain cut of one film as `smart_cut` does.

    `reasons` says why so much was encoded. Raises what those two raise.
    """
    reason = what_needs_rendering(cut)
    if not reason:
        check_rate(cut.rate)
        source = next(iter(sources_of(cut, find_media(cut, folders)).values()))
        reason = _differs(cut, source.facts)
        if not reason:
            spans = [_span(clip) for clip in _plain(cut.pictures[0])]
            return smart_cut(source.path, spans, out, encoding=encoding, report=report, should_stop=should_stop)
    made = render_cut(cut, folders, out, encoding=encoding, report=report, should_stop=should_stop)
    return replace(made, reasons=(phrase("All of it was encoded: {reason}.", reason=reason),))


def what_needs_rendering(cut: Cut) -> str:
    """What of the cut is more than pieces of one film one after the other; "" when nothing is."""
    if cut.words or cut.captions or cut.music:
        return phrase("it has words or music of its own")
    if len(cut.pictures) != 1:
        return phrase("it has several picture tracks") if cut.pictures else phrase("it has no picture track")
    clips = _plain(cut.pictures[0])
    if len(clips) != len(cut.pictures[0].items):
        return phrase("it has transitions or gaps")
    if len({media_of(clip) for clip in clips}) != 1:
        return phrase("it is made of several media")
    if any(clip != _bare(clip) for clip in clips):
        return phrase("its clips change speed, level or place")
    if any(_places(track) != _places(cut.pictures[0]) for track in cut.sounds):
        return phrase("its sound is cut at other places than its picture")
    return ""


def _plain(track: Track) -> list[Clip]:
    return [item for item in track.items if isinstance(item, Clip)]


def _bare(clip: Clip) -> Clip:
    """The clip without anything that changes it."""
    return replace(clip, speed=Fraction(1), gain_db=Fraction(0), is_muted=False, box=None, is_filling=False)


def _places(track: Track) -> list[tuple[Fraction, str, Fraction, Fraction]]:
    clips = ((at_s, item) for at_s, item in track.placed() if isinstance(item, Clip) and item == _bare(item))
    return [(at_s, media_of(clip), clip.start_s, clip.duration_s) for at_s, clip in clips]


def _differs(cut: Cut, facts: MediaFacts) -> str:
    if not facts.video:
        return phrase("it is made of a still")
    stream = facts.video[0]
    if stream.frame_rate != cut.rate:
        return phrase(
            "its frame rate is {rate:g} and its film's is {frame_rate:g}",
            rate=float(cut.rate),
            frame_rate=float(stream.frame_rate or 0),
        )
    size = (cut.width_px or stream.width_px, cut.height_px or stream.height_px)
    if size != (stream.width_px, stream.height_px):
        return phrase(
            "its frame is {wanted_width_px} x {wanted_height_px} and its film's is {width_px} x {height_px}",
            wanted_width_px=size[0],
            wanted_height_px=size[1],
            width_px=stream.width_px,
            height_px=stream.height_px,
        )
    return ""


def _span(clip: Clip) -> Span:
    return Span(start_s=clip.start_s, end_s=clip.start_s + clip.duration_s)
