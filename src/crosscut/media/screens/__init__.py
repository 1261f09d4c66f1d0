"""Looks through a film for what disturbs or harms: black, freezes, silence, clipping, offset, and flashes."""

from crosscut.media.screens.calming import calm
from crosscut.media.screens.looking import screen
from crosscut.media.screens.profiles import FlashProfile, flash_profile, flash_profiles
from crosscut.media.screens.words import clock, in_words

__all__ = ["FlashProfile", "calm", "clock", "flash_profile", "flash_profiles", "in_words", "screen"]
