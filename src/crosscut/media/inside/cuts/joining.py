"""Joins films of the same encoder into one by copying their packets, with exact time stamps."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase

OPTIONS = {"protocol_whitelist": "file"}


def join(path: Path, films: list[Path], out: Path, rate: Fraction) -> int:
    """How many frames the film at `out` has: those of each film in turn, one every 1/rate s. `path` names the first."""
    try:
        return _join(films, out, rate)
    except FFmpegError as fault:
        raise Damaged(path, phrase("The parts cannot be joined: {strerror}.", strerror=fault.strerror)) from fault


def _join(films: list[Path], out: Path, rate: Fraction) -> int:
    packets: list[tuple[Any, int]] = []
    first = av.open(str(films[0]), options=OPTIONS)
    with first, av.open(str(out), "w", format="mp4") as target:
        stream = target.add_stream_from_template(first.streams.video[0])
        stream.time_base = 1 / rate
        begun = 0
        for film in films:
            with av.open(str(film), options=OPTIONS) as source:
                found = [packet for packet in source.demux(source.streams.video[0]) if packet.pts is not None]
            ranks = {pts: rank for rank, pts in enumerate(sorted(packet.pts or 0 for packet in found))}
            packets += [(packet, begun + ranks[packet.pts or 0]) for packet in found]
            begun += len(found)
        late = max((place - moment for place, (_, moment) in enumerate(packets)), default=0)
        for place, (packet, moment) in enumerate(packets):
            packet.stream = stream
            packet.time_base = 1 / rate
            packet.pts, packet.dts, packet.duration = moment, place - late, 1
            target.mux(packet)
    return begun
