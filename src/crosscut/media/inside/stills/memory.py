"""Gives back what is freed, so that an encoder's peak comes on top of the master alone. GNU C library only."""

import ctypes
from typing import Any

ARENA_MAX, MMAP_THRESHOLD = -8, -3  # mallopt(3)
LARGE_BYTES = 256 * 1024  # what is this large goes back to the system at once when it is freed


def spare_memory() -> None:
    """One heap for all threads, and large pieces by themselves."""
    if hasattr(_libc(), "mallopt"):
        _libc().mallopt(ARENA_MAX, 1)
        _libc().mallopt(MMAP_THRESHOLD, LARGE_BYTES)


def give_back_memory() -> None:
    """Hands what a decoder or an encoder freed in small pieces back to the system."""
    if hasattr(_libc(), "malloc_trim"):
        _libc().malloc_trim(0)


def _libc() -> Any:
    return ctypes.CDLL(None)
