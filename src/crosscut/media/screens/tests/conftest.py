"""The small media of the engine's tests."""

from crosscut.media.tests.conftest import make, photo, sound_file

__all__ = ["make", "photo", "sound_file"]
