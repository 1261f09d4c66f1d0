"""Cues written as an IMSC 1.1 text profile document. https://www.w3.org/TR/ttml-imsc1.1/"""

import re
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from crosscut.media.captions.records import Document, Losses, Settings, clock

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"\n'
    '    xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:timeBase="media"\n'
    '    ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" xml:lang={language}>\n'
)
_TAG = re.compile(r"<(/?)([ibu])>")
_LOOKS = {"i": ("fontStyle", "italic"), "b": ("fontWeight", "bold"), "u": ("textDecoration", "underline")}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 cannot hold them, not even escaped
_MARGIN = Fraction(10)  # per cent kept free at the edges: EBU R95 safe area


def write(document: Document) -> tuple[str, Losses]:
    """The document's text and what TTML does not keep here."""
    losses = Losses()
    places = {cue.settings: "" for cue in document.cues}
    for number, settings in enumerate(places, 1):
        places[settings] = f"r{number}"
        _note(settings, losses)
    if document.styles:
        losses.add("styles", "WebVTT style sheets are left out.")
    if any(cue.voice for cue in document.cues):
        losses.add("voice", "Speakers stand in front of their words.")
    head = _HEAD.replace("{language}", quoteattr(document.language))
    regions = "".join(f"      {_region(name, settings)}\n" for settings, name in places.items())
    paragraphs = "".join(
        f'      <p begin="{clock(cue.start_s)}" end="{clock(cue.end_s)}" region="{places[cue.settings]}">'
        f"{_words(cue.spoken)}</p>\n"
        for cue in document.cues
    )
    layout = f"  <head>\n    <layout>\n{regions}    </layout>\n  </head>\n" if places else "  <head/>\n"
    return f"{head}{layout}  <body>\n    <div>\n{paragraphs}    </div>\n  </body>\n</tt>\n", losses


def _note(settings: Settings, losses: Losses) -> None:
    if settings.vertical:
        losses.add("vertical", "Vertical writing becomes horizontal.")
    if settings.region:
        losses.add("region", "WebVTT regions become a place at the bottom.")
    if settings.line is not None and not settings.line_is_percent:
        losses.add("line_number", "A place told in lines becomes the top or the bottom of the picture.")


def _region(name: str, settings: Settings) -> str:
    x, width = _across(settings)
    y, height, align = _down(settings)
    origin, extent = f"{_plain(x)}% {_plain(y)}%", f"{_plain(width)}% {_plain(height)}%"
    return (
        f'<region xml:id="{name}" tts:origin="{origin}" tts:extent="{extent}" tts:displayAlign="{align}" '
        f'tts:textAlign="{settings.align}" tts:showBackground="whenActive"/>'
    )


def _across(settings: Settings) -> tuple[Fraction, Fraction]:
    """Left edge and width of the box in per cent."""
    if settings.position is None:
        width = min(settings.size, 100 - 2 * _MARGIN) if settings.size == 100 else settings.size
        return (100 - width) / 2, width
    before = {"line-left": 0, "center": 1, "line-right": 2}
    default = {"left": 0, "start": 0, "right": 2, "end": 2}.get(settings.align, 1)
    halves = before.get(settings.position_align, default)
    room = [100 - settings.position, 2 * min(settings.position, 100 - settings.position), settings.position][halves]
    width = min(settings.size, room)
    return settings.position - width * halves / 2, width


def _down(settings: Settings) -> tuple[Fraction, Fraction, str]:
    """Top, height and the side that words keep to."""
    line = settings.line
    if line is None or not settings.line_is_percent:
        is_top = line is not None and 0 <= line < 6
        return _MARGIN, 100 - 2 * _MARGIN, "before" if is_top else "after"
    if settings.line_align == "start":
        return line, 100 - line, "before"
    if settings.line_align == "end":
        return Fraction(0), line, "after"
    half = min(line, 100 - line)
    return line - half, 2 * half, "center"


def _plain(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def _words(text: str) -> str:
    """The words with tags as spans and line ends as breaks, every span closed.

    >>> _words("<i>Up</i> &\\nout")
    '<span tts:fontStyle="italic">Up</span> &amp;<br/>out'
    """
    made, open_tags, last = "", [], 0
    for tag in _TAG.finditer(text):
        made += escape(_FORBIDDEN.sub("\ufffd", text[last : tag.start()]))
        last = tag.end()
        if not tag[1]:
            open_tags.append(tag[2])
            key, value = _LOOKS[tag[2]]
            made += f'<span tts:{key}="{value}">'
        elif open_tags:
            open_tags.pop()
            made += "</span>"
    made += escape(_FORBIDDEN.sub("\ufffd", text[last:])) + "</span>" * len(open_tags)
    return made.replace("\n", "<br/>")
