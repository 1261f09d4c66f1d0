"""Sound: how loud it is (EBU R128), its shape and its faults, and what gain brings it to a target."""

from crosscut.media.sound.analysis import Channel, SoundAnalysis, Stereo, Wanted, analyse, peaks
from crosscut.media.sound.loudness import (
    TOLERANCE_LU,
    Gain,
    Treatment,
    decibels,
    filters,
    limited,
    measure_loudness,
    normalise,
    shortfall,
)

__all__ = [
    "TOLERANCE_LU",
    "Channel",
    "Gain",
    "SoundAnalysis",
    "Stereo",
    "Treatment",
    "Wanted",
    "analyse",
    "decibels",
    "filters",
    "limited",
    "measure_loudness",
    "normalise",
    "peaks",
    "shortfall",
]
