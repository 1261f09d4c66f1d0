"""Scenarist SCC (CEA-608 line 21) read by playing it: every pair of bytes takes a frame, and a cue is what is shown."""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from crosscut.media.captions import scc_codes as codes
from crosscut.media.captions.records import BOTTOM, Cue, Document, Losses, Settings, tidy

_LINE = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;.,])(\d{2})[ \t]+((?:[0-9a-f]{4}[ \t]*)+)", re.IGNORECASE | re.ASCII)
SIGNATURE = "Scenarist_SCC V1.0"
LONGEST_S = Fraction(10)  # what nothing ends is taken away after this

Cells = dict[int, tuple[str, str]]  # by column: the character and its tags, such as "i"


@dataclass
class _Screen:
    """One memory of the decoder: rows of cells and where the next character goes."""

    rows: dict[int, Cells] = field(default_factory=dict)
    row: int = 15
    column: int = 0
    tags: str = ""

    def put(self, character: str) -> None:
        """Writes one character; past the last column the last one is overwritten, as decoders do."""
        self.rows.setdefault(self.row, {})[self.column] = (character, self.tags)
        self.column = min(self.column + 1, codes.COLUMNS - 1)

    def back(self) -> None:
        """Takes the last character away."""
        self.column = max(self.column - 1, 0)
        self.rows.get(self.row, {}).pop(self.column, None)

    def text(self) -> str:
        """The rows that have words, from the top."""
        lines = (_row_text(self.rows[row]) for row in sorted(self.rows))
        return "\n".join(line for line in lines if line)


def _row_text(cells: Cells) -> str:
    if not cells:
        return ""
    text, before = "", ""
    for column in range(min(cells), max(cells) + 1):
        character, tags = cells.get(column, (" ", before))
        text += "".join(f"</{tag}>" for tag in reversed(before) if tag not in tags)
        text += "".join(f"<{tag}>" for tag in tags if tag not in before)
        text += character
        before = tags
    return tidy(text + "".join(f"</{tag}>" for tag in reversed(before)))


@dataclass
class _Player:
    """The decoder, and the cues it has shown."""

    shown: _Screen = field(default_factory=_Screen)
    loading: _Screen = field(default_factory=_Screen)
    mode: str = "pop"  # "pop", "roll", "paint"
    since: int | None = None  # the frame from which what is shown has been shown
    cues: list[Cue] = field(default_factory=list)
    last_control: int = 0
    channel: int = 1
    losses: Losses = field(default_factory=Losses)

    @property
    def screen(self) -> _Screen:
        """Where characters go now."""
        return self.loading if self.mode == "pop" else self.shown

    def take(self, pair: int, frame: int) -> None:
        """Plays the pair of bytes of one frame."""
        high = pair >> 8
        if not 0x10 <= high <= 0x1F:
            self.last_control = 0
            if self.channel == 1:
                self._characters(pair, frame)
            return
        if pair == self.last_control:  # control codes are sent twice, to survive a bad frame
            self.last_control = 0
            return
        self.last_control, self.channel = pair, 2 if high & 8 else 1
        if self.channel == 2:
            self.losses.add("second_channel", "The second caption channel is left out.")
        else:
            self._control(pair, frame)

    def _characters(self, pair: int, frame: int) -> None:
        for byte in (pair >> 8, pair & 0xFF):
            if byte in codes.BASIC:
                self._put(codes.BASIC[byte], frame)

    def _put(self, character: str, frame: int) -> None:
        if self.mode != "pop" and self.since is None:
            self.since = frame
        self.screen.put(character)

    def _control(self, pair: int, frame: int) -> None:
        high, low = pair >> 8, pair & 0xFF
        if pair in codes.SPECIAL:
            self._put(codes.SPECIAL[pair], frame)
        elif pair in codes.EXTENDED:
            self.screen.back()  # it replaces a plain character sent for decoders that do not know it
            self._put(codes.EXTENDED[pair], frame)
        elif low >= 0x40:
            self._address(high, low)
        elif high == 0x11 and 0x20 <= low <= 0x2F:
            self._put(" ", frame)
            self.screen.tags = _tags(low)
        elif high == 0x17 and 0x21 <= low <= 0x23:
            self.screen.column = min(self.screen.column + low - 0x20, codes.COLUMNS - 1)
        elif high in (0x14, 0x15):
            self._mode(0x1400 | low, frame)

    def _address(self, high: int, low: int) -> None:
        row = codes.ROWS.get((high, low & 0x20), codes.ROWS.get((high, 0)))
        if row is None:
            return
        screen = self.screen
        if self.mode != "roll":
            screen.row = row
        attributes = low & 0x1F
        screen.column = (attributes >> 1 & 7) * 4 if attributes & 0x10 else 0
        screen.tags = ("i" if attributes & 0x1E == 0x0E else "") + ("u" if attributes & 1 else "")

    def _mode(self, code: int, frame: int) -> None:
        if code == codes.RESUME_LOADING:
            self.mode = "pop"
        elif code in codes.ROLL_UP:
            self.finish(frame)
            self.mode, self.shown = "roll", _Screen()
            self.losses.add("roll_up", "Lines that rolled up are read one by one.")
        elif code == codes.RESUME_DIRECT:
            self.mode = "paint"
        elif code == codes.SHOW:
            self.finish(frame)
            self.shown, self.loading, self.mode = self.loading, self.shown, "pop"
            self.since = frame
        elif code in (codes.ERASE_SHOWN, codes.CARRIAGE_RETURN):
            self.finish(frame)
            self.shown = replace(self.shown, rows={}, column=0)
        elif code == codes.ERASE_LOADED:
            self.loading = _Screen()
        elif code == codes.BACKSPACE:
            self.screen.back()

    def finish(self, frame: int) -> None:
        """What was shown until now is a cue."""
        text = self.shown.text()
        if self.since is not None and text and frame > self.since:
            start_s = self.since / codes.RATE
            self.cues.append(Cue(start_s=start_s, end_s=frame / codes.RATE, text=text, settings=_place(self.shown)))
        self.since = None


def _tags(low: int) -> str:
    return ("i" if low & 0x0E == 0x0E else "") + ("u" if low & 1 else "")


def _place(screen: _Screen) -> Settings:
    """The upper half of the picture stays up there; columns become the alignment where the words lean."""
    rows = [row for row in screen.rows if screen.rows[row]]
    lefts = [min(screen.rows[row]) for row in rows]
    rights = [codes.COLUMNS - 1 - max(screen.rows[row]) for row in rows]
    align = "center"
    if all(left <= 2 for left in lefts) and any(right > 6 for right in rights):
        align = "start"
    elif all(right <= 2 for right in rights) and any(left > 6 for left in lefts):
        align = "end"
    settings = replace(BOTTOM, align=align)
    if max(rows) <= 7:
        settings = replace(settings, line=Fraction((min(rows) - 1) * 100, 15), line_is_percent=True)
    return settings


def parse(text: str) -> Document:
    """What a decoder would show of the file, timed by its time codes plus one frame for each pair of bytes.

    >>> [cue.text for cue in parse(SIGNATURE + "\\n\\n00:00:01:00\\t9420 9420 94f2 94f2 c869 942f 942f").cues]
    ['Hi']
    """
    player, frame = _Player(), 0
    for line in text.split("\n"):
        found = _LINE.fullmatch(line.strip())
        if not found:
            continue
        hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
        frame = codes.frame_of(hours, minutes, seconds, frames, is_drop_frame=found[4] != ":")
        for word in found[6].split():
            player.take(int(word, 16) & 0x7F7F, frame)
            frame += 1
    player.finish(frame + int(LONGEST_S * codes.RATE))
    return Document(format="scc", cues=tuple(player.cues), frame_rate=codes.RATE, warnings=player.losses.problems())
