"""The small media of the engine's tests, for these too."""

from crosscut.media.tests.conftest import film, make, photo, sound_file

__all__ = ["film", "make", "photo", "sound_file"]
