"""Finds letters that no font here has, before a film with empty boxes in it is made."""

import re
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.media import capped
from crosscut.media.caps import READ
from crosscut.media.cuts.graph import FONTS_NAME, WORDS_NAME
from crosscut.media.ffmpeg import program

MISSING = re.compile(r"failed to find any fallback with glyph 0x([0-9A-Fa-f]+)")  # libass, ass_fontselect.c
SHOWN = re.compile(r"^(Dialogue: \d+,)[^,]*,[^,]*,", re.MULTILINE)
NAMED = 12  # letters in a message


def check_letters(folder: Path, *, has_fonts: bool) -> None:
    """Raises Invalid with the letters of the folder's words that would come out as empty boxes."""
    script = folder / WORDS_NAME
    at_once = folder / f"all-{WORDS_NAME}"
    at_once.write_text(SHOWN.sub(r"\g<1>0:00:00.00,0:00:09.00,", script.read_text(encoding="utf-8")), encoding="utf-8")
    fonts = f":fontsdir={FONTS_NAME}" if has_fonts else ""
    missing: set[str] = set()

    def hear(line: str) -> None:
        missing.update(chr(int(code, 16)) for code in MISSING.findall(line))

    blank = ["-f", "lavfi", "-i", "color=black:s=320x180:r=1:d=1", "-vf", f"subtitles={at_once.name}{fonts}"]
    arguments = ["-nostdin", "-hide_banner", "-loglevel", "verbose", *blank, "-frames:v", "1", "-f", "null", "-"]
    capped.run([program(), *arguments], caps=READ, cwd=folder, each_line=hear)
    if missing:
        some = " ".join(sorted(missing)[:NAMED])
        message = f"No font here has {some}: install one that does, such as fonts-noto-cjk, or give a folder of fonts."
        raise Invalid.at("words", message, code="cuts.letters_missing", letters=sorted(missing))
