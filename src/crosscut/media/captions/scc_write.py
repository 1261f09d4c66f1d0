"""Cues written as Scenarist SCC: loaded beforehand, so that each appears at its own frame.

Line 21 takes one pair of bytes a frame, so a cue of 60 characters needs about 45 frames of loading. It is loaded while
the one before is still up; when that is too short, it appears late and the result says by how much.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from crosscut.media.captions import scc_codes as codes
from crosscut.media.captions.records import Cue, Document, Losses, Settings, in_time
from crosscut.media.captions.scc import SIGNATURE
from crosscut.media.captions.srt import note_settings

MAX_ROWS = 4
Atom = tuple[int, ...]  # pairs of bytes that must follow each other


@dataclass
class _Tape:
    """What is sent in which frame."""

    frames: dict[int, int] = field(default_factory=dict)

    def is_free(self, frame: int, length: int) -> bool:
        """Whether so many frames from there on carry nothing."""
        return all(frame + step not in self.frames for step in range(length))

    def put(self, frame: int, atom: Atom) -> None:
        """Writes the pairs from that frame on."""
        for step, pair in enumerate(atom):
            self.frames[frame + step] = pair

    def load(self, atoms: list[Atom], earliest: int, before: int) -> bool:
        """Writes the atoms in order as late as they fit between the two frames; False, and nothing, if they do not."""
        places, end = [], before
        for atom in reversed(atoms):
            start = end - len(atom)
            while start >= earliest and not self.is_free(start, len(atom)):
                start -= 1
            if start < earliest:
                return False
            places.append((start, atom))
            end = start
        for start, atom in places:
            self.put(start, atom)
        return True


def write(document: Document) -> tuple[str, Losses]:
    """The SCC text in drop-frame code and what line 21 cannot hold: how late cues are is said in seconds."""
    losses, tape = Losses(), _Tape()
    cues = [cue for cue in in_time(document.cues) if cue.plain.strip() and cue.end_s > cue.start_s]
    earliest, latest_delay = 0, 0
    for number, cue in enumerate(cues, 1):
        following = cues[number].start_s if number < len(cues) else None
        _note(cue, following, losses, f"caption {number}")
        atoms = _atoms(cue, losses, f"caption {number}")
        wanted = max(round(cue.start_s * codes.RATE), earliest)
        shown = wanted
        while not (tape.is_free(shown, 2) and tape.load(atoms, earliest, shown)):
            shown += 1
        latest_delay = max(latest_delay, shown - round(cue.start_s * codes.RATE))
        tape.put(shown, (codes.SHOW, codes.SHOW))
        earliest = shown + 2
        end = max(round(cue.end_s * codes.RATE), earliest)
        if following is None or end + 2 <= round(following * codes.RATE):
            tape.put(end, (codes.ERASE_SHOWN, codes.ERASE_SHOWN))
    if latest_delay:
        delay_s = float(latest_delay / codes.RATE)
        losses.add("late", f"Line 21 is too slow for them: captions appear up to {delay_s:.2f} s late.")
    return _text(tape), losses


def _note(cue: Cue, following_s: Fraction | None, losses: Losses, where: str) -> None:
    note_settings(cue.settings, losses, where)
    if following_s is not None and cue.end_s > following_s:
        losses.add("overlap", "Only one caption is shown at a time: the earlier one ends when the next begins.", where)
    if cue.plain != cue.text:
        losses.add("emphasis", "Italic, bold and underline are left out.", where)
    if cue.voice:
        losses.add("voice", "Speakers stand in front of their words.", where)


def _atoms(cue: Cue, losses: Losses, where: str) -> list[Atom]:
    """All that loads the cue."""
    prefix = f"{cue.voice}: " if cue.voice else ""
    rows = _rows((prefix + cue.plain).split("\n"), losses, where)
    first = _first_row(cue.settings, len(rows))
    atoms: list[Atom] = [(codes.RESUME_LOADING,) * 2, (codes.ERASE_LOADED,) * 2]
    for row, text in enumerate(rows, first):
        column = _column(cue.settings, len(text))
        high, low = codes.ROW_CODES[row]
        address = high << 8 | 0x50 | low | (column // 4) << 1
        atoms.append((address, address))
        if column % 4:
            atoms.append((codes.TABS[column % 4],) * 2)
        atoms += _characters(text)
    return atoms


def _rows(lines: list[str], losses: Losses, where: str) -> list[str]:
    """Lines of at most 32 characters, at most four."""
    rows: list[str] = []
    for line in lines:
        text = "".join(_known(character, losses, where) for character in " ".join(line.split()))
        while len(text) > codes.COLUMNS:
            cut = text.rfind(" ", 1, codes.COLUMNS + 1)
            cut = cut if cut > 0 else codes.COLUMNS
            rows.append(text[:cut].strip())
            text = text[cut:].strip()
            losses.add("rebroken", "Lines of over 32 characters are broken again.", where)
        rows += [text] if text else []
    if len(rows) > MAX_ROWS:
        losses.add("words", "Only four rows are shown: the rest of the words is left out.", where)
    return rows[:MAX_ROWS]


def _known(character: str, losses: Losses, where: str) -> str:
    if character in codes.BY_CHARACTER:
        return character
    plain = unicodedata.normalize("NFKD", character)[0]
    losses.add("characters", "Characters that line 21 does not have are replaced.", where)
    return plain if plain in codes.BY_CHARACTER else "?"


def _first_row(settings: Settings, count: int) -> int:
    if settings.line is not None and settings.line_is_percent and settings.line < 50:
        return min(round(settings.line * 15 / 100) + 1, 8)
    return 16 - count


def _column(settings: Settings, length: int) -> int:
    if settings.align in ("start", "left"):
        return 0
    return (codes.COLUMNS - length) // (1 if settings.align in ("end", "right") else 2)


def _characters(text: str) -> list[Atom]:
    """Two plain characters to a pair; others have a pair of their own, sent twice as control codes are."""
    atoms: list[Atom] = []
    pending: int | None = None
    for character in text:
        code = codes.BY_CHARACTER[character]
        if code < 0x100 and pending is not None:
            atoms.append((pending << 8 | code,))
            pending = None
        elif code < 0x100:
            pending = code
        elif code in codes.EXTENDED:  # goes over the plain letter before it, which old decoders show
            stand_in = (
                ord("?")
                if (plain := unicodedata.normalize("NFKD", character)[0]) not in codes.BASIC.values()
                else (codes.BY_CHARACTER[plain])
            )
            atoms.append((pending << 8 | stand_in,) if pending is not None else (stand_in << 8,))
            atoms.append((code, code))
            pending = None
        else:
            atoms += [(pending << 8,)] if pending is not None else []
            atoms.append((code, code))
            pending = None
    return atoms + ([(pending << 8,)] if pending is not None else [])


def _text(tape: _Tape) -> str:
    frames = sorted(tape.frames)
    starts = [frames[0]] if frames else []
    starts += [later for earlier, later in pairwise(frames) if later > earlier + 1]
    return f"{SIGNATURE}\n\n" + "\n".join(_line(start, tape) for start in starts)


def _line(start: int, tape: _Tape) -> str:
    return f"{codes.drop_frame_code(start)}\t{' '.join(_run(start, tape))}\n"


def _run(start: int, tape: _Tape) -> Iterable[str]:
    frame = start
    while frame in tape.frames:
        yield f"{codes.with_parity(tape.frames[frame]):04x}"
        frame += 1
