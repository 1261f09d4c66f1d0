"""Taking the files out of a ZIP archive, in a capped child: never more than is allowed, and all into one folder."""

from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import GIBI, Caps

UNPACK = Caps(wall_s=3600, cpu_s=3600, file_bytes=16 * GIBI)
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and empty. APPNOTE 6.3.10, 4.3.7 and 4.3.16


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    """How much may come out of one archive."""

    total_bytes: int  # of all files together
    files: int = 10_000
    ratio: int = 200  # times the archive's own size; photographs and films hardly shrink, bombs do by thousands
    ratio_from_bytes: int = 50_000_000  # below this nobody is harmed


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """One entry of the archive."""

    name: str  # as the archive has it, with its folders: never use it as a path
    place: str  # the file in the folder that holds its bytes; empty when it could not be taken out
    problem: str = ""  # why not, in plain words


def is_archive(path: Path) -> bool:
    """Whether the file is a ZIP archive by its name and its first bytes.

    By both: many formats are ZIP inside, and an archive that is called a picture is a trick.
    """
    if path.suffix.lower() != ".zip":
        return False
    with path.open("rb") as file:
        return file.read(4) in MAGIC


def unpack(path: Path, folder: Path, limits: ArchiveLimits, *, should_stop: ShouldStop = never) -> list[Unpacked]:
    """Every file of the archive, written into the folder under a name of ours; folders, links and rubbish left out.

    An entry that cannot be read says why, and the others come out. Raises Damaged when the archive itself cannot be
    read, Invalid when more would come out than the limits allow: then nothing of it is to be used.
    """
    return capped.call(
        "archives:unpack",
        list[Unpacked],
        caps=UNPACK,
        should_stop=should_stop,
        path=path,
        folder=folder,
        limits=limits,
    )
