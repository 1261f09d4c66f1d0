"""Decodes sound: loudness by FFmpeg's ebur128 filter, peaks by counting."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from av.filter import Graph

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.facts import Loudness
from crosscut.media import sound
from crosscut.media.inside.av_facts import open_media

LAYOUTS = {1: "mono", 2: "stereo"}
BLOCK = 64  # samples kept as one pair until the length is known


def measure(path: Path, treatment: sound.Treatment) -> Loudness:
    """The loudness after the treatment."""
    try:
        with open_media(path) as container:
            stream = first_sound(path, container)
            graph, last = _graph(stream, treatment), None
            for frame in decoded(container, stream):
                graph.push(frame)
                last = _latest(graph) or last
            graph.push(None)
            last = _latest(graph) or last
    except FFmpegError as fault:
        raise Damaged(path, f"The sound cannot be decoded: {fault.strerror}.") from fault
    if last is None:
        raise Damaged(path, "The sound is too short to measure: EBU R128 needs 0.4 s.", code="media.too_short")
    return last


def first_sound(path: Path, container: Any) -> Any:
    """The stream that counts when there are several. Raises Unsupported when there is none."""
    if not container.streams.audio:
        raise Unsupported(f"{path.name} has no sound.")
    return container.streams.audio[0]


def decoded(container: Any, stream: Any) -> Iterator[Any]:
    """The frames that can be decoded; a broken packet is stepped over, as players do."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except FFmpegError:
            continue


def _graph(stream: Any, treatment: sound.Treatment) -> Graph:
    graph = Graph()
    steps: list[tuple[str, str | None]] = []
    if treatment.channels:
        steps.append(("aformat", f"channel_layouts={LAYOUTS[treatment.channels]}"))
    if treatment.gain_db:
        steps.append(("volume", f"{treatment.gain_db}dB"))
    if treatment.ceiling_dbtp is not None:
        gain = sound.Gain(gain_db=0, ceiling_dbtp=treatment.ceiling_dbtp, reached=NOTHING)
        steps += [(name, options) for name, _, options in (text.partition("=") for text in sound.filters(gain)[1:])]
    steps += [("ebur128", "metadata=1:peak=true:framelog=quiet"), ("abuffersink", None)]
    nodes = [graph.add_abuffer(template=stream), *(graph.add(name, options) for name, options in steps)]
    graph.link_nodes(*nodes).configure()
    return graph


NOTHING = Loudness(integrated_lufs=-70.0, true_peak_dbtp=-144.0, range_lu=0.0)


def _latest(graph: Graph) -> Loudness | None:
    """The newest figures that came out; they are running values, so the last is the sound's."""
    found = None
    while True:
        try:
            frame = graph.pull()
        except (BlockingIOError, EOFError):
            return found
        figures = frame.metadata
        if "lavfi.r128.I" in figures:
            channels = (value for key, value in figures.items() if key.startswith("lavfi.r128.true_peaks_ch"))
            highest = max(map(float, channels), default=0.0)  # linear, not decibels
            found = Loudness(
                integrated_lufs=max(-70.0, float(figures["lavfi.r128.I"])),
                true_peak_dbtp=round(sound.decibels(highest), 2),
                range_lu=float(figures.get("lavfi.r128.LRA", 0)),
            )


def peaks(path: Path, buckets: int) -> list[tuple[int, int]]:
    """Lowest and highest 8-bit sample per bucket."""
    try:
        with open_media(path) as container:
            stream = first_sound(path, container)
            pairs = _block_pairs(decoded(container, stream))
    except FFmpegError as fault:
        raise Damaged(path, f"The sound cannot be decoded: {fault.strerror}.") from fault
    if not len(pairs):
        raise Damaged(path, "The sound cannot be decoded: it holds no whole frame.")
    edges = [int(Fraction(index * len(pairs), min(buckets, len(pairs)))) for index in range(min(buckets, len(pairs)))]
    lows = np.minimum.reduceat(pairs[:, 0], edges) >> 8
    highs = np.maximum.reduceat(pairs[:, 1], edges) >> 8
    return [(int(low), int(high)) for low, high in zip(lows, highs, strict=True)]


def _block_pairs(frames: Iterator[Any]) -> np.ndarray[Any, np.dtype[np.int16]]:
    """One row of lowest and highest 16-bit sample for each block of mono samples."""
    mono = av.AudioResampler(format="s16", layout="mono")
    rows, rest = [], np.empty(0, np.int16)
    for frame in frames:
        for part in mono.resample(frame):
            rest = np.concatenate([rest, part.to_ndarray().reshape(-1)])
        whole = len(rest) // BLOCK * BLOCK
        blocks = rest[:whole].reshape(-1, BLOCK)
        rows.append(np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=1) if whole else np.empty((0, 2), np.int16))
        rest = rest[whole:]
    if len(rest):
        rows.append(np.array([[rest.min(), rest.max()]], np.int16))
    return np.concatenate(rows) if rows else np.empty((0, 2), np.int16)
