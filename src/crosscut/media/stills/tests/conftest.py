"""The small media of the engine's tests, for these too."""

from crosscut.media.tests.conftest import make, photo, svg_file

__all__ = ["make", "photo", "svg_file"]
