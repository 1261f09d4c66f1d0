"""A sound as a film for networks that take no sound: cover, title, waveform that fills as it plays, captions."""

from crosscut.media.audiogram.look import Box, Look, layout
from crosscut.media.audiogram.making import Design, audiogram

__all__ = ["Box", "Design", "Look", "audiogram", "layout"]
