"""Decodes a whole film or sound and tells what is broken in its middle, and whether its lines are really combed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from av.error import FFmpegError
from av.filter import Graph

from crosscut.kernel.errors import Problem
from crosscut.kernel.facts import MediaFacts, Span
from crosscut.kernel.phrases import phrase

JOINED_S = Fraction(1)  # broken packets this close are one stretch
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}  # a decoder that hides damage does not help to find it
COMBED_FRAMES = 500  # enough to tell, and idet costs as much as decoding
COMBED = ("tff", "bff")  # what FFmpeg's idet says of a frame of two fields


@dataclass
class Decoded:
    """What decoding one stream came to."""

    frames: int = 0
    samples: int = 0
    broken: list[Span] = field(default_factory=list)
    combed: int = 0
    judged: int = 0


def deepened(facts: MediaFacts, container: Any, streams: list[Any]) -> MediaFacts:
    """The facts with exact counts of frames and samples, the damage inside, and interlacing as it looks."""
    found = {stream.index: Decoded() for stream in streams}
    combs = {stream.index: Comb(stream) for stream in streams if stream.type == "video"}
    for stream in streams:
        stream.codec_context.options = STRICT
    for packet in container.demux(streams):
        _decode(packet, found[packet.stream.index], combs.get(packet.stream.index))
    damage = tuple(_joined(span for each in found.values() for span in each.broken))
    videos = [found[stream.index] for stream in streams if stream.type == "video"]
    sounds = [found[stream.index] for stream in streams if stream.type == "audio"]
    return replace(
        facts,
        damage=damage,
        warnings=(*facts.warnings, *map(_warning, damage)),
        video=tuple(
            replace(each, frame_count=seen.frames, interlaced_share=seen.combed / seen.judged if seen.judged else None)
            for each, seen in zip(facts.video, videos, strict=True)
        ),
        audio=tuple(replace(each, sample_count=heard.samples) for each, heard in zip(facts.audio, sounds, strict=True)),
    )


def _decode(packet: Any, seen: Decoded, comb: "Comb | None") -> None:
    try:
        for frame in packet.decode():
            seen.frames += 1
            seen.samples += getattr(frame, "samples", 0)
            if getattr(frame, "is_corrupt", False):
                seen.broken.append(_place(frame.pts, frame.time_base, frame.duration))
            if comb and seen.judged < COMBED_FRAMES:
                seen.judged += 1
                seen.combed += comb.is_combed(frame)
    except FFmpegError:
        time = packet.pts if packet.pts is not None else packet.dts
        seen.broken.append(_place(time, packet.time_base, packet.duration))


def _place(time: int | None, time_base: Fraction | None, duration: int | None) -> Span:
    start_s = (time or 0) * (time_base or Fraction(0))
    return Span(start_s=start_s, end_s=start_s + (duration or 0) * (time_base or Fraction(0)))


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in sorted(spans, key=lambda span: span.start_s):
        if last and span.start_s <= last.end_s + JOINED_S:
            last = Span(start_s=last.start_s, end_s=max(last.end_s, span.end_s))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _warning(span: Span) -> Problem:
    start_s, end_s = float(span.start_s), float(span.end_s)
    message = phrase(
        "The file is damaged from {start_s:.2f} s to {end_s:.2f} s: players stumble or show blocks there.",
        start_s=start_s,
        end_s=end_s,
    )
    return Problem(code="media.damaged_inside", where=f"{start_s:.2f} s", message=message)


class Comb:
    """Whether frames hold two moments in their odd and even lines, by FFmpeg's idet filter."""

    def __init__(self, stream: Any) -> None:
        self.graph = Graph()  # kept: filters do not keep it alive
        self.source = self.graph.add_buffer(template=stream)
        judge, sink = self.graph.add("idet"), self.graph.add("buffersink")
        self.source.link_to(judge)
        judge.link_to(sink)
        self.sink = sink
        self.graph.configure()

    def is_combed(self, frame: Any) -> bool:
        """Of the frame, or of one a little earlier."""
        try:
            self.source.push(frame)
            judged = self.sink.pull()
        except (FFmpegError, BlockingIOError):  # it waits for the next frame, or the picture changed its size
            return False
        return judged.metadata.get("lavfi.idet.multiple.current_frame") in COMBED
