"""What lies on a camera's card: which files are shots, which the camera keeps for itself, and what belongs together.

Cards are laid out by the camera: DCIM (DCF, JEITA CP-3461), AVCHD, Sony's M4ROOT (XAVC S) and XDROOT, Panasonic's P2
(CONTENTS with CLIP, VIDEO and AUDIO), Canon's XF (CONTENTS/CLIPS…). Names tell most of what belongs together; where
only size and number hint at it, the group is not sure.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NoReturn

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase

MOST_FILES = 100_000  # of one card
_PICTURE_ENDINGS = ".jpg .jpeg .hif .heif .heic .png .tif .tiff"
_RAW_ENDINGS = (
    ".3fr .arw .cr2 .cr3 .dng .erf .fff .gpr .iiq .mrw .nef .nrw .orf .pef .raf .raw .rw2 .sr2 .srf .srw .x3f"
)
_FILM_ENDINGS = ".mp4 .mov .mts .m2ts .mxf .mpg .avi .m4v"
_SOUND_ENDINGS = ".wav .mp3 .aac .m4a"
_CAMERAS_ENDINGS = (  # indexes, thumbnails, small copies and settings: a camera makes them anew, and nobody misses them
    ".bdm .bin .bmp .ctg .cif .cpf .cpi .dat .db .idx .inp .lrv .log .mpl .sav .sif .smi .thm .txt .xml .cont .bim "
    ".ppn .biz .rsv .tmp .bnp .int .tid .tdt .pos .dpof .mrk .mif"
)
_PICTURES, RAW = frozenset(_PICTURE_ENDINGS.split()), frozenset(_RAW_ENDINGS.split())
_FILMS, _SOUNDS = frozenset(_FILM_ENDINGS.split()), frozenset(_SOUND_ENDINGS.split())
SHOTS = _PICTURES | RAW | _FILMS | _SOUNDS | {".xmp"}  # with words about a shot, which come along
_OWN_ENDINGS = frozenset(_CAMERAS_ENDINGS.split())
_OWN_FOLDERS = frozenset(["PROXY", "ICON", "SUB", "THMBNL", "MISC", "GENERAL", "AVF_INFO", "CANONMSC", "AVIN"])
_MARKS = ("DCIM", "AVCHD", "PRIVATE/AVCHD", "M4ROOT", "PRIVATE/M4ROOT", "XDROOT", "BPAV", "CONTENTS/CLIP", "CONTENTS")
_NUMBER = re.compile(r"(.*?)(\d{3,})")
_GOPRO = re.compile(r"G[HXPLS](\d{2})(\d{4})", re.IGNORECASE)  # GH01…, GH02…: chapter, then the film's number
_CANON_XF = re.compile(r"([A-Z]{2}\d{4})(\d{2})", re.IGNORECASE)  # AA000101.MXF, AA000102.MXF: clip, then part
_P2_SOUND = re.compile(r"(\w{6})(\d{2})", re.IGNORECASE)  # VIDEO/0001AB.MXF has its sound in AUDIO/0001AB00.MXF …
_BURST_LEAST = 3
_BURST_GAP_S = 1.0
_SPLIT_BYTES = (1 << 31, 1 << 32)  # where cameras begin the next file: 2 GB of AVCHD, 4 GB of FAT32
_SPLIT_SLACK = 0.01  # a camera stops at a whole group of pictures before it


class Kind(StrEnum):
    """Why files belong together."""

    PAIR = "pair"  # a raw file and the picture made of it by the camera
    BURST = "burst"  # pictures taken within a second of each other
    CLIP = "clip"  # one recording in several files


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One file that somebody shot."""

    path: str  # inside the card, with "/"
    size_bytes: int
    modified_ns: int  # as the card has it, since 1970


@dataclass(frozen=True, kw_only=True)
class Group:
    """Shots that belong together."""

    kind: Kind
    name: str  # what the camera calls it: "IMG_0041", or the first and the last
    paths: tuple[str, ...]  # in the order of shooting; of a pair the raw file first
    is_sure: bool = True  # False where only size and number hint at it


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card as it is now."""

    key: str  # the same at every insertion until it is formatted: the hash of its oldest shot
    layout: str  # the folders by which it was known: "DCIM, AVCHD"
    shots: tuple[Shot, ...]  # by path
    groups: tuple[Group, ...]
    unknown: tuple[str, ...]  # files that are neither shots nor the camera's own
    state: str  # another one as soon as any of these files is another, or there are more or fewer


def layout_of(root: Path) -> str:
    """Which of the usual folders are there; empty for what is no card."""
    found = [mark for mark in _MARKS if (root / mark).is_dir()]
    return ", ".join(mark for mark in found if not any(other.startswith(f"{mark}/") for other in found))


def read_card(root: Path) -> Card | None:
    """The card at that folder; None for what is no card, or an empty one.

    Raises Damaged where a folder on it cannot be read, Unsupported for one with more than MOST_FILES files: of neither
    all would be known.
    """
    layout = layout_of(root)
    files = list(_files(root)) if layout else []
    shots = sorted((one for one in files if _is_shot(one.path)), key=lambda one: one.path)
    if not shots:
        return None
    others = [one for one in files if not _is_shot(one.path) and not _is_cameras_own(one.path)]
    oldest = min(shots, key=lambda one: (one.modified_ns, one.path))
    return Card(
        key=_named([oldest]),
        layout=layout,
        shots=tuple(shots),
        groups=tuple(groups_of(shots)),
        unknown=tuple(one.path for one in others),
        state=_named([*shots, *others]),
    )


def _named(files: Iterable[Shot]) -> str:
    told = "\0".join(f"{one.path}\0{one.size_bytes}\0{one.modified_ns}" for one in files)
    return hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:16]


def groups_of(shots: Sequence[Shot]) -> list[Group]:
    """What belongs together; each file is in one group at most."""
    clips = [*_named_clips(shots), *_split_clips(shots)]
    taken = {path for group in clips for path in group.paths}
    stills = [shot for shot in shots if shot.path not in taken and _ending(shot.path) in _PICTURES | RAW]
    return [*clips, *_stills(stills)]


def _files(root: Path) -> Iterator[Shot]:
    def fails(fault: OSError) -> NoReturn:
        raise Damaged(root, phrase("Not all of the card can be read: {strerror}.", strerror=fault.strerror)) from fault

    count = 0
    for folder, folders, names in os.walk(root, onerror=fails):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "$RECYCLE.BIN")
        for name in sorted(names):
            path = Path(folder) / name
            count += 1
            if count > MOST_FILES:
                raise Unsupported(phrase("More than {most:,} files are on {card}.", most=MOST_FILES, card=root.name))
            if name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            status = path.stat()
            inside = path.relative_to(root).as_posix()
            yield Shot(path=inside, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _folders(path: str) -> set[str]:
    return {part.upper() for part in PurePosixPath(path).parts[:-1]}


def _is_shot(path: str) -> bool:
    return _ending(path) in SHOTS and not _folders(path) & _OWN_FOLDERS


def _is_cameras_own(path: str) -> bool:
    return bool(_folders(path) & _OWN_FOLDERS) or _ending(path) in _OWN_ENDINGS or not _ending(path)


def _named_clips(shots: Iterable[Shot]) -> Iterator[Group]:
    """Recordings in several files whose names say so."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for shot in shots:
        place = PurePosixPath(shot.path)
        folders = [part.upper() for part in place.parts[:-1]]
        if folders[-2:] in (["CONTENTS", "VIDEO"], ["CONTENTS", "AUDIO"]):
            is_sound = folders[-1] == "AUDIO" and (named := _P2_SOUND.fullmatch(place.stem))
            clip = named[1] if is_sound and named else place.stem
            found["/".join(folders[:-1]), clip.upper()].append((named[2] if is_sound and named else "", shot.path))
        elif named := _GOPRO.fullmatch(place.stem):
            found[str(place.parent), f"{place.stem[:2]}{named[2]}".upper()].append((named[1], shot.path))
        elif place.suffix.lower() == ".mxf" and (named := _CANON_XF.fullmatch(place.stem)):
            found[str(place.parent), named[1].upper()].append((named[2], shot.path))
    for (_folder, name), parts in found.items():
        if len(parts) > 1:
            yield Group(kind=Kind.CLIP, name=name, paths=tuple(path for _part, path in sorted(parts)))


def _split_clips(shots: Iterable[Shot]) -> Iterator[Group]:
    """Files as large as a card's file system or format allows, each with the one that follows by number."""
    runs: list[list[Shot]] = []
    films = sorted((one for one in shots if _ending(one.path) in _FILMS), key=lambda one: one.path)
    for before, after in pairwise(films):
        if not (_is_full(before.size_bytes) and _follows(before.path, after.path)):
            continue
        if runs and runs[-1][-1] is before:
            runs[-1].append(after)
        else:
            runs.append([before, after])
    for run in runs:
        paths = tuple(one.path for one in run)
        yield Group(kind=Kind.CLIP, name=_from_to(paths), paths=paths, is_sure=False)


def _is_full(size_bytes: int) -> bool:
    return any(limit * (1 - _SPLIT_SLACK) <= size_bytes <= limit for limit in _SPLIT_BYTES)


def _stills(stills: Iterable[Shot]) -> Iterator[Group]:
    """Bursts, and raw files with their pictures; a burst of pairs is one burst."""
    by_stem: dict[str, list[Shot]] = defaultdict(list)
    for one in stills:
        by_stem[PurePosixPath(one.path).with_suffix("").as_posix().upper()].append(one)
    frames = [sorted(group, key=lambda one: _ending(one.path) not in RAW) for _stem, group in sorted(by_stem.items())]
    for burst in _runs(frames):
        paths = tuple(one.path for frame in burst for one in frame)
        if len(burst) >= _BURST_LEAST:
            yield Group(kind=Kind.BURST, name=_from_to(paths), paths=paths)
            continue
        for frame in burst:
            if {_ending(one.path) in RAW for one in frame} == {True, False}:
                name = PurePosixPath(frame[0].path).stem
                yield Group(kind=Kind.PAIR, name=name, paths=tuple(one.path for one in frame))


def _runs(frames: Sequence[list[Shot]]) -> Iterator[list[list[Shot]]]:
    """The frames, those together that follow each other by number within a second."""
    run: list[list[Shot]] = []
    for frame in frames:
        if run and _is_next(run[-1][0], frame[0]):
            run.append(frame)
            continue
        if run:
            yield run
        run = [frame]
    if run:
        yield run


def _is_next(before: Shot, after: Shot) -> bool:
    gap_s = (after.modified_ns - before.modified_ns) / 1e9
    return _follows(before.path, after.path) and 0 <= gap_s <= _BURST_GAP_S


def _follows(before: str, after: str) -> bool:
    """Whether the second is the next file of the same camera folder: the number is one higher, all else alike."""
    first, second = PurePosixPath(before), PurePosixPath(after)
    one, two = _NUMBER.fullmatch(first.stem), _NUMBER.fullmatch(second.stem)
    if first.parent != second.parent or not one or not two:
        return False
    return one[1].upper() == two[1].upper() and int(two[2]) == int(one[2]) + 1


def _from_to(paths: Sequence[str]) -> str:
    return f"{PurePosixPath(paths[0]).stem} – {PurePosixPath(paths[-1]).stem}"
