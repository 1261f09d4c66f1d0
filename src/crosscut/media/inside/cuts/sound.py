"""Carries the sound of a smart cut over packet by packet; only the few packets around a join are encoded.

A packet of AAC stands for 1024 samples and overlaps the next, so packets cannot be put down anywhere: all of a result
lie on one grid. The grid is laid so that the first stretch is where it belongs to the sample; a later one is moved to
the nearest place on it, half a packet at most. What overlaps a join is decoded on both sides, put together there with
short fades, and encoded anew.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import dropwhile, groupby, islice, pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.pieces import CarriedSound, Kept
from crosscut.media.formats import DEMUXERS
from crosscut.media.inside.cuts.aac import BLOCK, Window, window

OPTIONS = {"protocol_whitelist": "file", "format_whitelist": DEMUXERS}
STRAY_S = Fraction(1, 500)  # how far a packet's time may be from where counting puts it: Matroska rounds to 1 ms
MARGIN = 4  # packets on each side among which one is looked for whose window fits
LEAD = 4  # blocks that the encoder hears before, to settle
LONGEST_RUN = 2000  # packets to encode in one go: about 43 s
FADE_S = 0.004  # on each side of a join, as where a recording is cut: too short to be heard, long enough for no click
BITS_A_SAMPLE = 3  # of the encoded packets: 144 kb/s a channel at 48 kHz; they are few, and AAC ends at 6

Samples = NDArray[np.float32]  # channels, samples


class _Obstacle(Exception):
    """Why the packets cannot be carried over, in words for a person."""


@dataclass(frozen=True, kw_only=True)
class _Track:
    """The packets of the film's sound: one every 1024 samples without a gap."""

    container: Any
    stream: Any
    first: int  # when the first one's block begins, in samples
    stamps: list[int]  # of each packet, in the stream's own time base
    rate_hz: int

    def packets(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes of these packets."""
        if begin >= end:
            return
        self.container.seek(self.stamps[begin], stream=self.stream, backward=True)
        found = (packet for packet in self.container.demux(self.stream) if packet.size)
        for packet in islice(dropwhile(lambda one: one.pts != self.stamps[begin], found), end - begin):
            yield bytes(packet)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A stretch in the result. Times are in samples."""

    begin: int
    end: int
    shift: int  # the number of a packet in the film, less its number in the result
    moved: int  # how much later than its picture it is heard


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """The packets of the result: number 0 begins at or before its first sample."""

    parts: list[_Part]
    phase: int  # when block 0 begins: 0 or earlier
    end: int  # of the result, in samples
    count: int  # packets of the film

    @property
    def packets(self) -> range:
        """Their numbers. The one before the first block lets it be heard from its beginning; a film may have none."""
        first = self.parts[0].shift - 1
        return range(-1 if 0 <= first < self.count else 0, -(-(self.end - self.phase) // BLOCK))

    def begin(self, number: int) -> int:
        """When its block begins."""
        return self.phase + number * BLOCK

    def source(self, number: int) -> int | None:
        """Which packet of the film it is; None when it must be encoded."""
        begin, end = max(0, self.begin(number)), min(self.end, self.begin(number) + 2 * BLOCK)
        part = self.parts[bisect_right(self.parts, begin, key=lambda one: one.begin) - 1]
        place = number + part.shift
        return place if end <= part.end and 0 <= place < self.count else None


def carry(path: Path, kept: list[Kept], out: Path) -> CarriedSound:
    """Writes the sound of the stretches to the MP4 at `out`, or says what hinders it; then nothing is written.

    Raises Damaged when the sound cannot be read.
    """
    try:
        with av.open(str(path), options=OPTIONS) as container:
            track = _track(container)
            grid = _grid(track, kept)
            runs = _runs(grid)
            return _write(track, grid, [_Encoded.of(track, grid, run) for run in runs], out)
    except _Obstacle as obstacle:
        return CarriedSound(obstacle=str(obstacle))
    except FFmpegError as fault:
        raise Damaged(path, phrase("The sound cannot be read: {strerror}.", strerror=fault.strerror)) from fault


def _track(container: Any) -> _Track:
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context.name != "aac" or context.profile != "LC" or len(context.extradata or b"") < 2:
        raise _Obstacle(phrase("only plain AAC in MP4, MOV or Matroska is carried over"))
    rate = context.sample_rate
    stamps = [packet.pts for packet in container.demux(stream) if packet.size]
    if not stamps or None in stamps:
        raise _Obstacle(phrase("some of its packets carry no time"))
    first = round(stamps[0] * stream.time_base * rate)
    if any(abs(pts * stream.time_base * rate - first - n * BLOCK) > STRAY_S * rate for n, pts in enumerate(stamps)):
        raise _Obstacle(phrase("its packets do not follow each other without a gap"))
    return _Track(container=container, stream=stream, first=first, stamps=stamps, rate_hz=rate)


def _grid(track: _Track, kept: list[Kept]) -> _Grid:
    parts: list[_Part] = []
    at_s, phase = Fraction(0), 0
    for part in kept:
        begin, source = round(at_s * track.rate_hz), round(part.start_s * track.rate_hz)
        at_s += part.end_s - part.start_s
        end = round(at_s * track.rate_hz)
        if not parts:
            phase = -((source - track.first) % BLOCK)
        off = phase - begin - track.first + source
        shift = round(Fraction(off, BLOCK))
        found = _Part(begin=begin, end=end, shift=shift, moved=off - shift * BLOCK)
        if parts and parts[-1].shift == shift and abs(parts[-1].moved - found.moved) <= 1:  # it goes on without a cut
            found = _Part(begin=parts.pop().begin, end=end, shift=shift, moved=found.moved)
        parts.append(found)
    return _Grid(parts=parts, phase=phase, end=parts[-1].end, count=len(track.stamps))


def _runs(grid: _Grid) -> list[tuple[int, int]]:
    """The numbers from the first to the last of each run of packets to encode; those too near for margins are one."""
    wanted = [number for number in grid.packets if grid.source(number) is None]
    breaks = [place for place, (one, other) in enumerate(pairwise(wanted)) if other - one > 2 * MARGIN + 2]
    edges = [-1, *breaks, len(wanted) - 1]
    runs = [(wanted[before + 1], wanted[last]) for before, last in pairwise(edges)] if wanted else []
    if sum(last - first + 1 for first, last in runs) * 2 > len(grid.packets):
        raise _Obstacle(phrase("most of its packets lie around a cut or outside the film's sound"))
    if any(last - first > LONGEST_RUN for first, last in runs):
        raise _Obstacle(phrase("much of the picture has no sound"))
    return runs


@dataclass(frozen=True, kw_only=True)
class _Encoded:
    """A run of encoded packets, by their number in the result."""

    packets: dict[int, bytes] = field(repr=False)
    first: int
    last: int

    @classmethod
    def of(cls, track: _Track, grid: _Grid, run: tuple[int, int]) -> "_Encoded":
        first, last = run
        begin, end = first - MARGIN - LEAD, last + MARGIN + LEAD
        packets = _encode(track, begin, _sound(track, grid, begin, end + 1))
        beside = {number: _copied(track, grid, number) for number in range(first - MARGIN - 1, last + MARGIN + 2)}
        return cls(packets=packets, first=_left(first, packets, beside), last=_right(last, packets, beside))


def _copied(track: _Track, grid: _Grid, number: int) -> tuple[Window | None, Window | None]:
    """The windows of a packet that is carried over and of the one before it in the film."""
    place = grid.source(number) if number in grid.packets else None
    if not place:
        return None, None
    before, own = track.packets(place - 1, place + 1)
    return window(own), window(before)


Beside = dict[int, tuple[Window | None, Window | None]]


def _left(first: int, packets: dict[int, bytes], beside: Beside) -> int:
    """The number of the first encoded packet, chosen so that it fits the one before it."""
    for number in range(first, first - MARGIN - 1, -1):
        kept, own, before = beside[number - 1][0], window(packets[number]), window(packets[number - 1])
        if kept and own and before and kept.meets(own, before):
            return number
    return first


def _right(last: int, packets: dict[int, bytes], beside: Beside) -> int:
    """The number of the last encoded packet, chosen so that the one after it fits."""
    for number in range(last, last + MARGIN + 1):
        (kept, before), own = beside[number + 1], window(packets[number])
        if kept and own and before and own.meets(kept, before):
            return number
    return last


# Sound


def _sound(track: _Track, grid: _Grid, begin: int, end: int) -> Samples:
    """What is to be heard in these blocks of the result, with fades where two parts meet."""
    channels = track.stream.codec_context.channels
    sound = np.zeros((channels, (end - begin) * BLOCK), np.float32)
    origin = grid.begin(begin)
    for part in grid.parts:
        since = origin if part is grid.parts[0] else max(origin, part.begin)
        until = origin + sound.shape[1] if part is grid.parts[-1] else min(origin + sound.shape[1], part.end)
        if since >= until:
            continue
        blocks = range((since - grid.phase) // BLOCK, -(-(until - grid.phase) // BLOCK))
        heard = _decoded(track, blocks.start + part.shift, blocks.stop + part.shift)
        heard = heard[:, since - grid.begin(blocks.start) : until - grid.begin(blocks.start)] * _fades(
            np.arange(since, until), part, grid, round(FADE_S * track.rate_hz)
        )
        sound[:, since - origin : until - origin] = heard
    return sound


def _fades(moments: NDArray[np.int_], part: _Part, grid: _Grid, length: int) -> NDArray[np.float32]:
    """The level of a part at each moment: it comes and goes within a few milliseconds where another is beside it."""
    level = np.ones(len(moments))
    if part is not grid.parts[0]:
        level *= np.sin(np.clip((moments - part.begin + 0.5) / length, 0, 1) * np.pi / 2)
    if part is not grid.parts[-1]:
        level *= np.sin(np.clip((part.end - moments - 0.5) / length, 0, 1) * np.pi / 2)
    return level.astype(np.float32)


def _decoded(track: _Track, begin: int, end: int) -> Samples:
    """The blocks of these packets of the film; silence where there are none."""
    context = track.stream.codec_context
    sound = np.zeros((context.channels, (end - begin) * BLOCK), np.float32)
    decoder: Any = av.CodecContext.create("aac", "r")
    decoder.extradata = context.extradata
    decoder.sample_rate, decoder.layout = context.sample_rate, context.layout
    lead = max(0, begin - 1)  # a block needs the packet before it
    for number, packet in enumerate(track.packets(lead, min(end, len(track.stamps))), lead):
        for frame in decoder.decode(av.Packet(packet)):
            if (frame.samples, frame.sample_rate) != (BLOCK, track.rate_hz):
                raise _Obstacle(phrase("only plain AAC is carried over, and it has extensions"))
            if number >= begin:
                place = (number - begin) * BLOCK
                sound[:, place : place + BLOCK] = frame.to_ndarray()
    return sound


def _encode(track: _Track, begin: int, sound: Samples) -> dict[int, bytes]:
    """The packets of a sound whose first block has the number `begin`."""
    context = track.stream.codec_context
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = context.sample_rate, context.layout, "fltp"
    encoder.bit_rate = BITS_A_SAMPLE * context.sample_rate * context.channels
    encoder.open()
    if (
        encoder.extradata[:2] != context.extradata[:2]
    ):  # kind, rate, channels and length of a packet (AudioSpecificConfig)
        raise _Obstacle(phrase("its AAC is of a kind that is not written here"))
    found: list[bytes] = []
    for place in range(0, sound.shape[1], BLOCK):
        block = np.ascontiguousarray(sound[:, place : place + BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=context.layout.name)
        frame.sample_rate, frame.pts = context.sample_rate, place
        found += [bytes(packet) for packet in encoder.encode(frame)]
    found += [bytes(packet) for packet in encoder.encode(None)]
    return dict(enumerate(found, begin - 1))  # its first packet comes before the first block


# Writing


def _write(track: _Track, grid: _Grid, encoded: list[_Encoded], out: Path) -> CarriedSound:
    ours = {number: run.packets[number] for run in encoded for number in range(run.first, run.last + 1)}
    with av.open(str(out), "w", format="mp4") as target:
        stream = target.add_stream_from_template(track.stream)
        stream.time_base = Fraction(1, track.rate_hz)
        for number, data in _packets(track, grid, ours):
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, track.rate_hz)
            packet.pts = packet.dts = grid.begin(number)
            packet.duration = min(BLOCK, grid.end - grid.begin(number))
            packet.is_keyframe = True
            target.mux(packet)
    moved = max(abs(part.moved) for part in grid.parts)
    return CarriedSound(
        packets=len(grid.packets),
        encoded_packets=sum(number in grid.packets for number in ours),
        moved_s=Fraction(moved, track.rate_hz),
    )


def _packets(track: _Track, grid: _Grid, ours: dict[int, bytes]) -> Iterator[tuple[int, bytes]]:
    """Every packet of the result with its number: encoded ones, and runs of the film's own."""

    def run(number: int) -> int | None:
        place = None if number in ours else grid.source(number)
        return None if place is None else place - number

    for shift, numbers in groupby(grid.packets, key=run):
        found = list(numbers)
        if shift is None:
            yield from ((number, ours[number]) for number in found)
        else:
            yield from zip(found, track.packets(found[0] + shift, found[-1] + 1 + shift), strict=True)
