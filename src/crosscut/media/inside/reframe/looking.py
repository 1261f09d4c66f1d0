"""Looks at a film for the camera: shots frame by frame, and a few times a second faces and what catches the eye."""

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media, real_video
from crosscut.media.inside.reframe.eye import Motion, profiles
from crosscut.media.inside.reframe.faces import faces_in
from crosscut.media.reframe.records import Glance, Look

FACE_SIDE_PX = 512  # of the longer side: a face of a twentieth of the width still has 25 pixels
SHOT_SIDE_PX = 48
CUT_LEVEL = 14.0  # mean difference of two frames, in levels of 255, that may be a cut
CUT_RATIO = 4.0  # times what the frames before changed: a swift pan changes much too, but evenly
STAYS = 0.6  # of the difference must remain a frame later: a flash goes back
LEAST_SHOT_S = Fraction(1, 3)
BEFORE = 8  # frames that a difference is compared with
Grey = npt.NDArray[np.uint8]


@dataclass
class Shots:
    """Finds where shots begin, one small grey frame after the other."""

    starts_s: list[Fraction] = field(default_factory=lambda: [Fraction(0)])
    _last: Grey | None = None
    _changes: deque[float] = field(default_factory=lambda: deque(maxlen=BEFORE))
    _maybe: tuple[Fraction, Grey, float] | None = None  # a cut waiting for the frame after it; the frame before it

    def see(self, at_s: Fraction, grey: Grey) -> None:
        """Takes the next frame."""
        if self._maybe:
            cut_s, before, change = self._maybe
            self._maybe = None
            if _difference(before, grey) > STAYS * change:
                self.starts_s.append(cut_s)
                self._changes.clear()
            else:
                self._last = before
        if self._last is not None:
            change = _difference(self._last, grey)
            usual = median(self._changes) if self._changes else 0.0
            if change > max(CUT_LEVEL, CUT_RATIO * usual) and at_s - self.starts_s[-1] >= LEAST_SHOT_S:
                self._maybe = (at_s, self._last, change)
            else:
                self._changes.append(change)
        self._last = grey


def _difference(one: Grey, other: Grey) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


@dataclass
class Watch:
    """What has been seen so far."""

    every_s: Fraction
    origin_s: Fraction  # the file's first moment on its own clock
    width_px: int
    height_px: int
    shots: Shots = field(default_factory=Shots)
    motion: Motion = field(default_factory=Motion)
    glances: list[Glance] = field(default_factory=list)
    end_s: Fraction = Fraction(0)
    _shots_seen: int = 1

    def see(self, frame: Any, usual_s: Fraction) -> None:
        """Takes the next frame; every now and then looks closely."""
        if frame.pts is None:
            return
        at_s = max(Fraction(0), frame.pts * frame.time_base - self.origin_s)
        self.end_s = max(self.end_s, at_s + usual_s)
        self.shots.see(at_s, self._grey(frame, SHOT_SIDE_PX))
        is_new = len(self.shots.starts_s) != self._shots_seen
        if is_new:
            self.motion = Motion()
            self._shots_seen = len(self.shots.starts_s)
        if is_new or not self.glances or at_s - self.glances[-1].at_s >= self.every_s:
            grey = self._grey(frame, FACE_SIDE_PX)
            across, down = profiles(grey, self.motion)
            self.glances.append(Glance(at_s=at_s, faces=faces_in(grey), across=across, down=down))

    def _grey(self, frame: Any, side_px: int) -> Grey:
        """The frame upright in square pixels, small."""
        scale = side_px / max(self.width_px, self.height_px)
        width, height = max(8, round(self.width_px * scale)), max(8, round(self.height_px * scale))
        turns = round(frame.rotation / 90) % 4  # counter-clockwise, as the display matrix counts
        sides = (height, width) if turns % 2 else (width, height)
        small = frame.reformat(width=sides[0], height=sides[1], format="gray", interpolation="AREA")
        return np.ascontiguousarray(np.rot90(small.to_ndarray(), turns))


def look(path: Path, every_s: Fraction, width_px: int, height_px: int) -> Look:
    """What the first picture stream shows; sizes are those of the upright picture."""
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            watch = _watched(container, videos[0], Watch(every_s, _origin_s(container), width_px, height_px))
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault
    if not watch.glances:
        raise Damaged(path, phrase("No picture of the film can be decoded."))
    return Look(
        width_px=width_px,
        height_px=height_px,
        duration_s=watch.end_s,
        shots_s=tuple(watch.shots.starts_s),
        glances=tuple(watch.glances),
    )


def _watched(container: Any, stream: Any, watch: Watch) -> Watch:
    """After everything is decoded; what is broken is stepped over, as players do."""
    stream.thread_type = "AUTO"
    usual_s = 1 / (stream.average_rate or Fraction(25))
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except FFmpegError:
            continue
        for frame in frames:
            watch.see(frame, usual_s)
    return watch


def _origin_s(container: Any) -> Fraction:
    return Fraction(container.start_time or 0, 1_000_000)


def frame_times(path: Path) -> list[Fraction]:
    """When each frame of the first picture stream is shown, in order, without decoding; the file begins at 0."""
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            origin_s = _origin_s(container)
            packets = (packet for packet in container.demux(videos[0]) if packet.size and not packet.is_discard)
            moments = ((packet.dts if packet.pts is None else packet.pts, packet.time_base) for packet in packets)
            shown = [at * time_base - origin_s for at, time_base in moments if at is not None]  # AVI has no pts
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be read: {strerror}.", strerror=fault.strerror)) from fault
    return sorted(shown)
