"""Plans a smart cut from a film's packets, and puts copied and encoded pieces together."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import dropwhile, islice, pairwise
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.facts import Span
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.pieces import Kept, Piece, SmartPlan
from crosscut.media.formats import DEMUXERS
from crosscut.media.inside.cuts import avc

OPTIONS = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}
PROFILES = {66: "baseline", 77: "main", 100: "high"}  # profile_idc of what x264 writes in 8 bits 4:2:0
QUARTER = Fraction(1, 4)


@dataclass(frozen=True, kw_only=True)
class _Film:
    """The packets of a film, in the order of decoding."""

    pts: list[int]
    order: list[int]  # sorted pts: the order of showing
    end: int  # when the last frame has been shown
    starts: list[int]  # decoding positions of pictures where decoding can begin afresh
    hidden: frozenset[int]  # positions of packets that an edit list hides
    time_base: Fraction

    def time_of(self, frame: int) -> Fraction:
        """When the frame is shown; the frame after the last is the end."""
        return (self.order[frame] if frame < len(self.order) else self.end) * self.time_base


class _Obstacle(Exception):
    """Why a smart cut is not possible, in words for a person."""


def plan(path: Path, keep: list[Span]) -> SmartPlan:
    """What to copy and what to encode so that just these stretches stay, or the obstacle.

    Raises Damaged, and Invalid when a stretch holds no frame.
    """
    try:
        with av.open(str(path), options=OPTIONS) as container:
            stream = container.streams.video[0]
            sets = _checked_sets(container, stream)
            film = _film(container, stream, sets)
            begin_s = Fraction(container.start_time or 0, 1_000_000)
            level = sets.head[3]
            return SmartPlan(
                kept=tuple(_kept(film, span, begin_s) for span in keep),
                profile=PROFILES[sets.head[1]],
                level=f"{level // 10}.{level % 10}",
                set_id=sets.free_id or 0,
                begin_s=begin_s,
            )
    except _Obstacle as obstacle:
        return SmartPlan(obstacle=str(obstacle))
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be read: {strerror}.", strerror=fault.strerror)) from fault


def _checked_sets(container: Any, stream: Any) -> avc.Sets:
    context = stream.codec_context
    if context.name != "h264":
        raise _Obstacle(
            phrase(
                "its picture is coded as {name}; only H.264 can be cut without encoding all of it", name=context.name
            )
        )
    sets = avc.parse(context.extradata or b"")
    if sets is None:
        raise _Obstacle(
            phrase("its container ({name}) keeps no H.264 configuration; rewrap it as MP4", name=container.format.name)
        )
    if sets.head[1] not in PROFILES or context.pix_fmt not in ("yuv420p", "yuvj420p") or len(sets.sequence) != 1:
        raise _Obstacle(phrase("its H.264 profile is not one that can be matched"))
    if sets.free_id is None:
        raise _Obstacle(phrase("it uses every number for parameter sets"))
    return sets


def _film(container: Any, stream: Any, sets: avc.Sets) -> _Film:
    pts: list[int] = []
    starts: list[int] = []
    hidden: set[int] = set()
    end = 0
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.pts is None:
            raise _Obstacle(phrase("some of its frames carry no time"))
        if packet.is_discard:
            hidden.add(len(pts))
        if packet.is_keyframe and _begins_afresh(bytes(packet), sets):
            starts.append(len(pts))
        pts.append(packet.pts)
        end = max(end, packet.pts + (packet.duration or 0))
    order = sorted(pt for place, pt in enumerate(pts) if place not in hidden)
    if len(order) < 2 or len(set(order)) != len(order):
        raise _Obstacle(phrase("its frames do not follow each other in time"))
    if end <= order[-1]:
        end = 2 * order[-1] - order[-2]
    return _Film(
        pts=pts, order=order, end=end, starts=starts, hidden=frozenset(hidden), time_base=Fraction(stream.time_base)
    )


def _begins_afresh(packet: bytes, sets: avc.Sets) -> bool:
    """Whether it is an IDR picture: nothing after it needs anything before it."""
    found = list(avc.units(packet))
    if any(avc.kind(unit) == avc.SPS and unit not in sets.sequence for unit in found):
        raise _Obstacle(phrase("its encoder's settings change on the way"))
    return any(avc.kind(unit) == avc.IDR for unit in found)


def _kept(film: _Film, span: Span, begin_s: Fraction) -> Kept:
    first, end = _frame_near(film, begin_s + span.start_s), _frame_near(film, begin_s + span.end_s)
    if end <= first:
        where = f"{float(span.start_s):.3f} s"
        raise Invalid.at(where, phrase("This stretch holds no frame of the film: make it longer."), code="cuts.empty")
    copied = _copied(film, first, end)
    at = first
    pieces: list[Piece] = []
    for begin, stop in [*copied, (end, end)]:
        if begin > at:
            pieces.append(_piece(film, at, begin, is_copied=False))
        if stop > begin:
            pieces.append(_piece(film, begin, stop, is_copied=True))
        at = stop
    return Kept(start_s=film.time_of(first), end_s=film.time_of(end), pieces=tuple(pieces))


def _frame_near(film: _Film, time_s: Fraction) -> int:
    """The first frame at or after the time; one that began just before is meant, too."""
    slack_s = QUARTER * (film.end - film.order[0]) * film.time_base / len(film.order)
    return bisect_left(film.order, (time_s - slack_s) / film.time_base)


def _copied(film: _Film, first: int, end: int) -> list[tuple[int, int]]:
    """The stretches of frames that can be copied.

    Each begins with a picture where decoding begins afresh, and ends after a packet up to which all that came is shown.
    """
    found: list[tuple[int, int]] = []
    at = first
    for begin, following in pairwise([*film.starts, len(film.pts)]):
        frame = bisect_left(film.order, film.pts[begin])
        if frame >= end:
            break
        stop = _clean(film, begin, following, frame, end) if frame >= at else frame
        if stop > frame:
            joins = bool(found) and found[-1][1] == frame
            found[-1:] = [(found[-1][0], stop)] if joins else [*found[-1:], (frame, stop)]
            at = stop
    return found


def _clean(film: _Film, begin: int, following: int, frame: int, end: int) -> int:
    """How far the group of pictures from the packet `begin` can be copied: the frame after the last of them."""
    highest, stop = frame - 1, frame
    for place in range(begin, following):
        shown = bisect_left(film.order, film.pts[place])
        if place in film.hidden or not frame <= shown < end:
            break
        highest = max(highest, shown)
        if highest - frame == place - begin:
            stop = highest + 1
    return stop


def _piece(film: _Film, first: int, end: int, *, is_copied: bool) -> Piece:
    around = film.order[max(0, first - 1) : end + 1]
    gap = min(later - earlier for earlier, later in pairwise([*around, film.end]) if later > earlier)
    return Piece(
        is_copied=is_copied,
        first=first,
        end=end,
        start_s=film.time_of(first),
        end_s=film.time_of(end),
        gap_s=gap * film.time_base,
    )


def join(path: Path, plan: SmartPlan, films: list[Path], out: Path) -> int:
    """How many frames the film at `out` has: the plan's, copied from `path` or taken from the encoded films in turn.

    Raises Damaged when an encoded piece does not have the frames it should.
    """
    try:
        with av.open(str(path), options=OPTIONS) as container:
            stream = container.streams.video[0]
            sets = _checked_sets(container, stream)
            film = _film(container, stream, sets)
            encoded = [_Encoded.read(one) for one in films]
            return _write(container, film, plan, encoded, _configuration(path, sets, encoded), out)
    except _Obstacle as obstacle:
        raise Damaged(path, phrase("The film changed while it was cut: {obstacle}.", obstacle=obstacle)) from obstacle
    except FFmpegError as fault:
        raise Damaged(path, phrase("The pieces cannot be joined: {strerror}.", strerror=fault.strerror)) from fault


@dataclass(frozen=True, kw_only=True)
class _Encoded:
    """An encoded piece."""

    packets: list[Any]  # in the order of decoding
    ranks: list[int]  # of each packet in the order of showing
    sets: avc.Sets | None

    @classmethod
    def read(cls, path: Path) -> "_Encoded":
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            ranks = {pts: rank for rank, pts in enumerate(sorted(packet.pts or 0 for packet in packets))}
            sets = avc.parse(stream.codec_context.extradata or b"")
        return cls(packets=packets, ranks=[ranks[packet.pts or 0] for packet in packets], sets=sets)


def _configuration(path: Path, sets: avc.Sets, encoded: list[_Encoded]) -> bytes:
    """The parameter sets of both encoders under one roof."""
    found = {one.sets for one in encoded}
    if len(found) > 1 or None in found:
        raise Damaged(path, phrase("The encoder did not keep to its settings."))
    theirs = next(iter(found), None)
    return sets.with_more(theirs) if theirs else sets.with_more(sets)


def _write(
    container: Any, film: _Film, plan: SmartPlan, encoded: list[_Encoded], configuration: bytes, out: Path
) -> int:
    moments = list(_moments(film, plan, encoded))
    order = sorted(moments)
    late = max(shown - moment for shown, moment in zip(order, moments, strict=True))
    end = sum(round((part.end_s - part.start_s) / film.time_base) for part in plan.kept)
    lengths = {moment: following - moment for moment, following in pairwise([*order, end])}
    with av.open(str(out), "w", format="mp4") as target:
        stream = target.add_stream_from_template(container.streams.video[0])
        stream.codec_context.extradata = configuration
        stream.time_base = film.time_base
        for packet, moment, decoded in zip(_packets(container, film, plan, encoded), moments, order, strict=True):
            packet.stream = stream
            packet.time_base = film.time_base
            packet.pts, packet.dts, packet.duration = moment, decoded - late, lengths[moment]
            target.mux(packet)
    return len(moments)


def _moments(film: _Film, plan: SmartPlan, encoded: list[_Encoded]) -> Iterator[int]:
    """When each packet of the result is shown, in the order of decoding."""
    films, offset = iter(encoded), 0
    places = {pts: place for place, pts in enumerate(film.pts)}
    for part in plan.kept:
        base = film.order[part.pieces[0].first]
        for piece in part.pieces:
            count = piece.end - piece.first
            if piece.is_copied:
                begin = places[film.order[piece.first]]
                shown = film.pts[begin : begin + count]
            else:
                ranks = next(films).ranks
                if len(ranks) != count:
                    raise _Obstacle(
                        phrase(
                            "{ranks} frames came out of the encoder instead of {count}", ranks=len(ranks), count=count
                        )
                    )
                shown = [film.order[piece.first + rank] for rank in ranks]
            yield from (moment - base + offset for moment in shown)
        offset += round((part.end_s - part.start_s) / film.time_base)


def _packets(container: Any, film: _Film, plan: SmartPlan, encoded: list[_Encoded]) -> Iterator[Any]:
    films = iter(encoded)
    for part in plan.kept:
        for piece in part.pieces:
            if piece.is_copied:
                yield from islice(_from(container, film.order[piece.first]), piece.end - piece.first)
            else:
                yield from next(films).packets


def _from(container: Any, pts: int) -> Iterator[Any]:
    """The packets from the one that is shown at this time."""
    stream = container.streams.video[0]
    container.seek(pts, stream=stream, backward=True)
    packets = (packet for packet in container.demux(stream) if packet.size)
    return dropwhile(lambda packet: packet.pts != pts, packets)
