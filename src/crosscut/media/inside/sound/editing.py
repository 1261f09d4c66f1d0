"""Writes a sound with parts of it taken out, cleaned and faded, sample by sample."""

from pathlib import Path
from typing import Any

import av
import numpy as np

from crosscut.media.inside.sound.counters import Samples
from crosscut.media.inside.sound.listening import Decoding, Listener, Steps, listen
from crosscut.media.sound.cleaning import Cleaning
from crosscut.media.timemap import TimeMap

JOIN_S = 0.004  # faded on each side of a cut: too short to be heard, long enough for no click
OVERTONES = 5  # of the hum; those above are lost in the voice
HUM_WIDTH_HZ = 4
GATE_RANGE = 0.063  # -24 dB: noise that vanishes wholly between words is heard as a hole
ENCODERS = {".flac": "flac", ".wav": "pcm_s24le"}
FULL = 2**31 - 1


def write(path: Path, cleaning: Cleaning, time_map: TimeMap, out: Path) -> int:
    """How many samples were written."""
    written: list[Writer] = []

    def hear(decoding: Decoding) -> Listener:
        written.append(Writer(out, decoding, cleaning, time_map))
        return written[0].hear

    try:
        listen(path, lambda _: steps(cleaning), hear, None)
        written[0].finish()
    finally:
        for writer in written:
            writer.close()
    return written[0].count


def steps(cleaning: Cleaning) -> Steps:
    """The filters of the cleaning; none of them moves the sound in time."""
    made: Steps = [("aformat", "sample_fmts=fltp")]
    if cleaning.high_pass_hz:
        made.append(("highpass", f"f={cleaning.high_pass_hz}:poles=2"))
    if cleaning.hum_hz:
        tones = [cleaning.hum_hz * number for number in range(1, OVERTONES + 1)]
        made += [("bandreject", f"f={tone}:width_type=h:width={HUM_WIDTH_HZ}") for tone in tones]
    if cleaning.gate_dbfs is not None:
        threshold = 10 ** (cleaning.gate_dbfs / 20)
        made.append(("agate", f"threshold={threshold:.6f}:range={GATE_RANGE}:ratio=4:attack=8:release=180"))
    return made


class Writer:
    """Takes chunks of the old sound and writes the new one."""

    def __init__(self, out: Path, decoding: Decoding, cleaning: Cleaning, time_map: TimeMap) -> None:
        rate = decoding.rate_hz
        self.kept = [(round(span.start_s * rate), round(span.end_s * rate)) for span in time_map.kept]
        self.total = sum(end - start for start, end in self.kept)
        self.fades = (round(cleaning.fade_in_s * rate), round(cleaning.fade_out_s * rate))
        self.join = round(JOIN_S * rate)
        self.heard = self.count = 0
        self.container = av.open(f"file:{out}", "w")
        self.layout, self.rate = decoding.layout, rate
        stream: Any = self.container.add_stream(ENCODERS[out.suffix], rate=rate)
        stream.layout, stream.format = self.layout, "s32"
        self.stream = stream

    def hear(self, samples: Samples) -> None:
        """Takes the next chunk of the old sound."""
        first, end = self.heard, self.heard + samples.shape[1]
        self.heard = end
        for start, stop in self.kept:
            low, high = max(start, first), min(stop, end)
            if low < high:
                part = samples[:, low - first : high - first].copy()
                self._smooth(part, low - start, stop - low, (start > 0, stop))
                self._write(self._faded(part))

    def _smooth(self, part: Samples, since: int, left: int, edges: tuple[bool, int]) -> None:
        """Fades the few samples at each side of a cut; the ends of the whole sound are no cuts."""
        moments = np.arange(part.shape[1])
        if edges[0] and since < self.join:
            part *= np.clip((moments + since) / self.join, 0, 1).astype(np.float32)
        if edges[1] != self.kept[-1][1] and left - part.shape[1] < self.join:
            part *= np.clip((left - 1 - moments) / self.join, 0, 1).astype(np.float32)

    def _faded(self, part: Samples) -> Samples:
        """The fades of the whole sound, a quarter of a sine wave each."""
        fade_in, fade_out = self.fades
        moments = self.count + np.arange(part.shape[1])
        if fade_in and self.count < fade_in:
            part *= np.sin(np.clip(moments / fade_in, 0, 1) * np.pi / 2).astype(np.float32)
        if fade_out and self.count + part.shape[1] > self.total - fade_out:
            part *= np.sin(np.clip((self.total - 1 - moments) / fade_out, 0, 1) * np.pi / 2).astype(np.float32)
        return part

    def _write(self, part: Samples) -> None:
        numbers = np.rint(np.clip(part, -1, 1).astype(np.float64) * FULL).astype(np.int32)
        packed = np.ascontiguousarray(numbers.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s32", layout=self.layout)
        frame.sample_rate, frame.pts = self.rate, self.count
        self.count += part.shape[1]
        self.container.mux(self.stream.encode(frame))

    def finish(self) -> None:
        """Writes what the encoder still holds."""
        self.container.mux(self.stream.encode(None))

    def close(self) -> None:
        self.container.close()
