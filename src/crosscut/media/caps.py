"""How much a child process that decodes foreign media may take."""

from dataclasses import dataclass

MEBI = 1024 * 1024
GIBI = 1024 * MEBI


@dataclass(frozen=True, kw_only=True)
class Caps:
    """The limits of one child process. The kernel keeps them, so a decoder that misbehaves cannot."""

    wall_s: float = 120  # then it is killed
    cpu_s: int = 120  # of all its threads together
    memory_bytes: int = 3 * GIBI  # address space, not only what is touched
    file_bytes: int = 2 * GIBI  # the largest file it may write
    open_files: int = 128


READ = Caps()  # probing, metadata, one still
ANALYSE = Caps(wall_s=3 * 3600, cpu_s=3 * 3600)  # decoding a whole film or episode
RENDER = Caps(wall_s=6 * 3600, cpu_s=24 * 3600, memory_bytes=8 * GIBI, file_bytes=16 * GIBI)  # one FFmpeg encode
