"""The character and control codes of CEA-608 line 21 captions, channel 1. ANSI/CTA-608-E; 47 CFR 15.119."""

from fractions import Fraction

RATE = Fraction(30000, 1001)  # frames a second; one pair of bytes goes with each

RESUME_LOADING, ROLL_UP, RESUME_DIRECT, ERASE_SHOWN = 0x1420, (0x1425, 0x1426, 0x1427), 0x1429, 0x142C
CARRIAGE_RETURN, ERASE_LOADED, SHOW, BACKSPACE, CLEAR_TO_END = 0x142D, 0x142E, 0x142F, 0x1421, 0x1424
TABS = {1: 0x1721, 2: 0x1722, 3: 0x1723}
ROW_CODES = {  # first byte of a row's address, and the bit that picks the second row of the two
    1: (0x11, 0), 2: (0x11, 0x20), 3: (0x12, 0), 4: (0x12, 0x20), 5: (0x15, 0), 6: (0x15, 0x20), 7: (0x16, 0),
    8: (0x16, 0x20), 9: (0x17, 0), 10: (0x17, 0x20), 11: (0x10, 0), 12: (0x13, 0), 13: (0x13, 0x20), 14: (0x14, 0),
    15: (0x14, 0x20),
}  # fmt: skip
ROWS = {code: row for row, code in ROW_CODES.items()}
COLUMNS = 32
_ODD = {0x2A: "á", 0x5C: "é", 0x5E: "í", 0x5F: "ó", 0x60: "ú", 0x7B: "ç", 0x7C: "÷", 0x7D: "Ñ", 0x7E: "ñ", 0x7F: "█"}
BASIC = {code: _ODD.get(code, chr(code)) for code in range(0x20, 0x80)}
SPECIAL = dict(zip(range(0x1130, 0x1140), "®°½¿™¢£♪à èâêîôû", strict=True))  # 1139 is a see-through space
EXTENDED = dict(zip(range(0x1220, 0x1240), "ÁÉÓÚÜü‘¡*’—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»", strict=True)) | dict(
    zip(range(0x1320, 0x1340), "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘", strict=True)
)
BY_CHARACTER = {character: code for code, character in (EXTENDED | SPECIAL).items() if character != " "} | {
    character: code for code, character in BASIC.items()
}


def with_parity(pair: int) -> int:
    """Both bytes with their top bit set so that each has an odd number of ones.

    >>> f"{with_parity(0x1420):04x}"
    '9420'
    """
    high, low = (byte | 0x80 if byte.bit_count() % 2 == 0 else byte for byte in (pair >> 8, pair & 0xFF))
    return high << 8 | low


def frame_of(hours: int, minutes: int, seconds: int, frames: int, *, is_drop_frame: bool) -> int:
    """The number of the frame that a time code names, from 00:00:00:00. SMPTE 12M.

    >>> frame_of(0, 1, 0, 2, is_drop_frame=True), frame_of(1, 0, 0, 0, is_drop_frame=False)
    (1800, 108000)
    """
    whole_minutes = hours * 60 + minutes
    dropped = 2 * (whole_minutes - whole_minutes // 10) if is_drop_frame else 0
    return (whole_minutes * 60 + seconds) * 30 + frames - dropped


def drop_frame_code(frame: int) -> str:
    """The drop-frame time code of a frame.

    >>> drop_frame_code(1799), drop_frame_code(1800), drop_frame_code(17982)
    ('00:00:59;29', '00:01:00;02', '00:10:00;00')
    """
    tens, rest = divmod(frame, 17982)  # frames in ten minutes; the first minute has 1800, the others 1798
    number = frame + 18 * tens + (2 * ((rest - 2) // 1798) if rest >= 1800 else 0)
    seconds, frames = divmod(number, 30)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02};{frames:02}"
