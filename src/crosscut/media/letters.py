"""Finds letters that no font here has: in a film they would be empty boxes."""

import re
from collections.abc import Sequence
from pathlib import Path

from crosscut.kernel.errors import Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import READ
from crosscut.media.ffmpeg import program, words_filter

SCRIPT_NAME = "letters.ass"
MISSING = re.compile(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)")  # libass, ass_fontselect.c
SHOWN = re.compile(r"^(Dialogue: \d+,)[^,]*,[^,]*,", re.MULTILINE)
NAMED = 12  # letters in a message


def missing_letters(script: str, folder: Path, *, fonts: str = "", should_stop: ShouldStop = never) -> tuple[str, ...]:
    """The letters of an ASS script that neither the machine's fonts nor those in the folder `fonts` have, in order.

    Told by libass itself: all words are shown at once, on one small frame. `folder` is for half-done work.
    """
    at_once = SHOWN.sub(r"\g<1>0:00:00.00,0:00:09.00,", script)
    (folder / SCRIPT_NAME).write_text(at_once, encoding="utf-8")
    missing: set[str] = set()

    def hear(line: str) -> None:
        missing.update(chr(int(code, 16)) for code in MISSING.findall(line))

    shown = words_filter(SCRIPT_NAME, fonts)
    blank = ["-f", "lavfi", "-i", "color=black:s=320x180:r=1:d=1", "-vf", shown]
    arguments = ["-nostdin", "-hide_banner", "-loglevel", "verbose", *blank, "-frames:v", "1", "-f", "null", "-"]
    capped.run([program(), *arguments], caps=READ, cwd=folder, each_line=hear, should_stop=should_stop)
    return tuple(sorted(missing))


def letters_problem(missing: Sequence[str], *, where: str = "captions") -> Problem:
    """What to say of letters that are missing, with the way out."""
    message = phrase(
        "No font here has {missing}: install one that does, such as fonts-noto-cjk.", missing=" ".join(missing[:NAMED])
    )
    return Problem(code="media.letters_missing", where=where, message=message, values={"letters": list(missing)})
