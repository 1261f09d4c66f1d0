"""Joining encoded parts of a picture stream, by counting frames."""

from fractions import Fraction
from pathlib import Path

import av

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase


def join(path: Path, paths: list[Path], starts: list[int], frame_rate: Fraction, out: Path) -> int:
    """How many packets were written to `out`: those of the parts in order, each part at its first frame.

    `path` is the first part and is named in errors. The time of a packet is the number of its frame in its part, which
    WebM tells in whole milliseconds only, plus the part's start, in a time base that divides a frame evenly: nothing is
    rounded at a border. Raises Damaged for parts that differ in
    codec, size or settings.
    """
    count = 0
    ticks = 1 if frame_rate.numerator > 10_000 else -(-10_000 // frame_rate.numerator)
    base = Fraction(1, frame_rate.numerator * ticks)
    with av.open(str(out), "w", format="mp4", options={"video_track_timescale": str(base.denominator)}) as whole:
        target, expected = None, None
        for part, start in zip(paths, starts, strict=True):
            with av.open(str(part), options={"protocol_whitelist": "file"}) as source:
                stream = source.streams.video[0]
                settings = (stream.codec_context.name, stream.width, stream.height, stream.codec_context.extradata)
                expected = expected or settings
                if settings != expected:
                    raise Damaged(part, phrase("The parts were not made with the same settings: make them again."))
                target = target or whole.add_stream_from_template(stream, opaque=False)
                frame = ticks * frame_rate.denominator
                for packet in source.demux(stream):
                    if packet.dts is None or packet.pts is None:
                        continue
                    own = packet.time_base
                    packet.pts = (round(packet.pts * own * frame_rate) + start) * frame
                    packet.dts = (round(packet.dts * own * frame_rate) + start) * frame
                    packet.duration = frame
                    packet.time_base = base
                    packet.stream = target
                    whole.mux(packet)
                    count += 1
    return count
