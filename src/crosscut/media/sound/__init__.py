"""Sound: how loud it is (EBU R128), its shape and its faults, and what gain brings it to a target."""

from crosscut.media.sound.analysis import Channel, SoundAnalysis, Stereo, Wanted, analyse, peaks
from crosscut.media.sound.cleaning import Cleaned, Cleaning, Trim, clean, cut
from crosscut.media.sound.loudness import (
    CODEC_MARGIN_DB,
    SILENCE_LUFS,
    TOLERANCE_LU,
    Aim,
    Gain,
    Treatment,
    corrected,
    decibels,
    filters,
    limited,
    measure_loudness,
    normalise,
    shortfall,
)

__all__ = [
    "CODEC_MARGIN_DB",
    "SILENCE_LUFS",
    "TOLERANCE_LU",
    "Aim",
    "Channel",
    "Cleaned",
    "Cleaning",
    "Gain",
    "SoundAnalysis",
    "Stereo",
    "Treatment",
    "Trim",
    "Wanted",
    "analyse",
    "clean",
    "corrected",
    "cut",
    "decibels",
    "filters",
    "limited",
    "measure_loudness",
    "normalise",
    "peaks",
    "shortfall",
]
