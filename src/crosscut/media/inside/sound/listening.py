"""Decodes sound once and hands it to what listens: FFmpeg's ebur128 filter and counters over blocks of samples."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.error import FFmpegError
from av.filter import Graph

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.facts import Loudness
from crosscut.kernel.phrases import phrase
from crosscut.media import sound
from crosscut.media.inside.films.facts import open_media
from crosscut.media.inside.sound.counters import Channels, Clippings, Grid, Levels, Samples, Shape
from crosscut.media.inside.sound.loudness import SILENT_LUFS, Meter
from crosscut.media.inside.sound.true_peak import TruePeak

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}  # FFmpeg's own defaults for so many channels
TURNS = 64  # frames pushed before what came out is collected
CHUNK_WINDOWS = 200  # about two seconds of samples at a time: few calls, little memory
Steps = list[tuple[str, str | None]]
Listener = Callable[[Samples], None]


@dataclass(kw_only=True)
class Decoding:
    """One pass over a sound, with what it came across."""

    rate_hz: int
    channels: int
    layout: str = "stereo"
    length: int = 0  # samples decoded
    broken_packets: int = 0

    @property
    def grid(self) -> Grid:
        """How its samples are cut into blocks."""
        return Grid.at(self.rate_hz)


def first_sound(path: Path, container: Any) -> Any:
    """The stream that counts when there are several. Raises Unsupported when there is none."""
    if not container.streams.audio:
        raise Unsupported(phrase("{name} has no sound.", name=path.name))
    return container.streams.audio[0]


def decoded(container: Any, stream: Any, decoding: Decoding | None = None) -> Iterator[Any]:
    """The frames that can be decoded; a broken packet is stepped over, as players do, and counted."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except FFmpegError:
            if decoding:
                decoding.broken_packets += 1


def treatment_steps(treatment: sound.Treatment, rate_hz: int) -> Steps:
    """The filters that do what the treatment says, ending at the rate the sound had."""
    steps: Steps = []
    if treatment.channels:
        steps.append(("aformat", f"channel_layouts={LAYOUTS[treatment.channels]}"))
    if treatment.ceiling_dbtp is not None:
        texts = (*sound.limited(treatment.gain_db, treatment.ceiling_dbtp), f"aresample={rate_hz}")
        steps += [(name, options) for name, _, options in (text.partition("=") for text in texts)]
    elif treatment.gain_db:
        steps.append(("volume", f"{treatment.gain_db}dB"))
    return steps


def listen(
    path: Path, steps: Callable[[Decoding], Steps], hear: Callable[[Decoding], Listener], meter: Meter | None
) -> Decoding:
    """Decodes the sound once through the steps; `hear` gets it in chunks of whole windows, the meter for loudness.

    Raises Damaged when it cannot be decoded, Unsupported when there is none.
    """
    try:
        with open_media(path) as container:
            stream = first_sound(path, container)
            layout = LAYOUTS.get(stream.channels) if stream.layout.name.endswith("channels") else stream.layout.name
            decoding = Decoding(rate_hz=stream.rate, channels=stream.channels, layout=layout or stream.layout.name)
            taps = _Taps(stream, steps(decoding), decoding, meter)
            listener = hear(decoding)
            for number, frame in enumerate(decoded(container, stream, decoding), 1):
                taps.graph.push(frame)
                if number % TURNS == 0:
                    taps.collect(listener)
            taps.graph.push(None)
            taps.collect(listener)
    except FFmpegError as fault:
        raise Damaged(path, phrase("The sound cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault
    if not decoding.length:
        raise Damaged(path, phrase("The sound cannot be decoded: it holds no whole frame."))
    return decoding


class _Taps:
    """The filters, with one end that gives samples and one that gives loudness."""

    def __init__(self, stream: Any, steps: Steps, decoding: Decoding, meter: Meter | None) -> None:
        self.graph, self.decoding, self.meter = Graph(), decoding, meter
        chunk = decoding.grid.window * CHUNK_WINDOWS
        last = self.graph.add_abuffer(template=stream)
        first = [("aformat", f"channel_layouts={decoding.layout}")] if decoding.layout in LAYOUTS.values() else []
        # The layout is said because equalisers do nothing to channels that have no name.
        for name, options in [*first, *steps, ("aformat", "sample_fmts=fltp")]:
            last = self._after(last, name, options)
        split = self._after(last, "asplit", "2" if meter else "1")
        self.samples = self._after(self._after(split, "asetnsamples", f"n={chunk}:p=0"), "abuffersink")
        if meter:
            ebur128 = self.graph.add("ebur128", "metadata=1:framelog=quiet")
            split.link_to(ebur128, 1, 0)
            self.figures = self._after(ebur128, "abuffersink")
        self.graph.configure()

    def _after(self, earlier: Any, name: str, options: str | None = None) -> Any:
        node = self.graph.add(name, options)
        earlier.link_to(node)
        return node

    def collect(self, listener: Listener) -> None:
        for frame in _pulled(self.samples):
            block = frame.to_ndarray()
            self.decoding.channels = block.shape[0]
            self.decoding.length += block.shape[1]
            listener(np.nan_to_num(block, copy=False, posinf=1.0, neginf=-1.0))
        if self.meter:
            for frame in _pulled(self.figures):
                self.meter.note(frame.metadata)


def _pulled(sink: Any) -> Iterator[Any]:
    while True:
        try:
            yield sink.pull()
        except (BlockingIOError, EOFError):
            return


def measure(path: Path, treatment: sound.Treatment) -> Loudness:
    """The loudness after the treatment."""
    meter, true_peak = Meter(), TruePeak()

    def hear(decoding: Decoding) -> Listener:
        grid = decoding.grid
        return lambda samples: true_peak.hear(samples, grid.extremes(samples), grid)

    listen(path, lambda decoding: treatment_steps(treatment, decoding.rate_hz), hear, meter)
    found = loudness_of(meter, true_peak.finished())
    if found is None:
        raise Damaged(path, phrase("The sound is too short to measure: EBU R128 needs 0.4 s."), code="media.too_short")
    return found


def loudness_of(meter: Meter, true_peak: float) -> Loudness | None:
    """The figures of a finished pass; None when it was too short for any."""
    if not len(meter.momentary):
        return None
    return Loudness(
        integrated_lufs=max(SILENT_LUFS, meter.integrated_lufs),
        true_peak_dbtp=round(sound.decibels(true_peak), 2),
        range_lu=meter.range_lu,
    )


def analyse(path: Path, wanted: sound.Wanted) -> sound.SoundAnalysis:
    """Everything in one decode."""
    meter, true_peak, shape, levels = Meter(), TruePeak(), Shape(), Levels()
    clippings, channels = Clippings(), Channels()

    def hear(decoding: Decoding) -> Listener:
        grid = decoding.grid

        def listener(samples: Samples) -> None:
            extremes = grid.extremes(samples)
            shape.hear(extremes)
            levels.hear(samples, extremes, grid)
            channels.hear(samples, extremes)
            clippings.hear(samples, extremes, grid)
            true_peak.hear(samples, extremes, grid)

        return listener

    decoding = listen(path, lambda _: [], hear, meter)
    length, rate_hz = decoding.length, decoding.rate_hz
    return sound.SoundAnalysis(
        duration_s=Fraction(length, rate_hz),
        rate_hz=rate_hz,
        loudness=loudness_of(meter, true_peak.finished()),
        max_momentary_lufs=meter.max_momentary_lufs,
        max_short_term_lufs=meter.max_short_term_lufs,
        noise_floor_dbfs=levels.noise_floor_dbfs(),
        peaks=tuple(shape.buckets(wanted.buckets)),
        silences=tuple(levels.silences(wanted, decoding.grid, length)),
        clippings=tuple(clippings.spans(rate_hz)),
        channels=tuple(channels.facts(true_peak.highest, clippings.counts)),
        stereo=channels.stereo(),
        broken_packets=decoding.broken_packets,
    )


def peaks(path: Path, buckets: int) -> list[tuple[int, int]]:
    """Lowest and highest 8-bit sample per bucket."""
    shape = Shape()

    def hear(decoding: Decoding) -> Listener:
        return lambda samples: shape.hear(decoding.grid.extremes(samples))

    listen(path, lambda _: [], hear, None)
    return shape.buckets(buckets)
