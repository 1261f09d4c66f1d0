"""The media of the engine's own tests."""

from crosscut.media.tests.conftest import make, sound_file

__all__ = ["make", "sound_file"]
