"""Other shapes of a picture that keep what matters: a camera for a film, the film made with it, crops of stills."""

from crosscut.media.reframe.camera import plan_camera
from crosscut.media.reframe.looking import look, track
from crosscut.media.reframe.making import reframe
from crosscut.media.reframe.records import (
    Box,
    CameraPath,
    CameraShot,
    Kept,
    KeyPoint,
    Look,
    Reframed,
    Suggestion,
)
from crosscut.media.reframe.smoothing import Manner
from crosscut.media.reframe.suggesting import suggest_crops

__all__ = [
    "Box",
    "CameraPath",
    "CameraShot",
    "Kept",
    "KeyPoint",
    "Look",
    "Manner",
    "Reframed",
    "Suggestion",
    "look",
    "plan_camera",
    "reframe",
    "suggest_crops",
    "track",
]
