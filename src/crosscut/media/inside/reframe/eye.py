"""What catches the eye in a grey picture: what moves, and what differs from its surroundings."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

COLUMNS = 48  # of a profile, and rows
SIDE_PX = 64  # that saliency is reckoned at, as in the paper
WIDE_PX = 128  # that motion is reckoned at
NOISE = 10.0  # levels of 255 that frames differ by without anything moving
MUCH = 0.01  # of the picture moving is enough to go by motion alone
ALL = 0.4  # of the picture moving is the camera itself: motion then says nothing
STILL_SHARE = 0.3  # that saliency keeps beside motion
Map = npt.NDArray[np.float32]


@dataclass
class Motion:
    """What moved since the last glance; what the whole picture does, as in a pan, is no motion of something in it."""

    _last: Map | None = None

    def of(self, grey: npt.NDArray[np.uint8]) -> Map:
        """How much each part changed, 0 where nothing did."""
        small = _map(cv2.resize(grey, (WIDE_PX, WIDE_PX), interpolation=cv2.INTER_AREA))
        last, self._last = self._last, small
        if last is None:
            return np.zeros_like(small)
        change = np.abs(small - last)
        return _map(np.maximum(change - max(NOISE, 3 * float(np.median(change))), 0))


def saliency(grey: npt.NDArray[np.uint8]) -> Map:
    """The spectral residual (X. Hou and L. Zhang, "Saliency detection: a spectral residual approach", CVPR 2007)."""
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float64)
    if float(small.std()) < 1:
        return np.zeros((SIDE_PX, SIDE_PX), np.float32)
    spectrum = np.fft.fft2(small)
    size = np.log(np.abs(spectrum) + 1e-6)
    residual = size - cv2.blur(size, (3, 3))
    shown = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    blurred = cv2.GaussianBlur(shown, (0, 0), 2.5)
    return _map(np.maximum(blurred - float(blurred.mean()), 0))


def interest(grey: npt.NDArray[np.uint8], motion: Motion) -> Map:
    """Both as one map whose sum is 1, or 0 where nothing stands out."""
    still = _map(cv2.resize(saliency(grey), (COLUMNS, COLUMNS), interpolation=cv2.INTER_AREA))
    moved = motion.of(grey)
    part = float((moved > 0).mean())
    share = (1 - STILL_SHARE) * min(1.0, part / MUCH, max(0.0, 1 - part / ALL))
    moving = _map(cv2.resize(moved, (COLUMNS, COLUMNS), interpolation=cv2.INTER_AREA))
    return _even(_even(still) * (1 - share) + _even(moving) * share)


def _even(shown: Map) -> Map:
    total = float(shown.sum())
    return _map(shown / total) if total > 0 else shown


def _map(values: npt.ArrayLike) -> Map:
    return np.asarray(values, np.float32)


def profiles(grey: npt.NDArray[np.uint8], motion: Motion) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The map summed by columns and by rows, in thousandths."""
    shown = interest(grey, motion)
    across, down = (np.rint(shown.sum(axis=axis) * 1000).astype(int).tolist() for axis in (0, 1))
    return tuple(across), tuple(down)
