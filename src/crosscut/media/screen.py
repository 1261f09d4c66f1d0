"""The look through a film, under its first name; the work is in `crosscut.media.screens`."""

from crosscut.media.screens import calm, in_words, screen

__all__ = ["calm", "in_words", "screen"]
