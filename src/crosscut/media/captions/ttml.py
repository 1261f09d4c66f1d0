"""TTML and its profiles IMSC and EBU-TT-D, read into cues. https://www.w3.org/TR/ttml-imsc1.1/

Each change of what a paragraph shows becomes a cue of its own: words that appear one by one are cues one after another.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.captions.records import Cue, Document, Losses, Settings, in_time, tidy
from crosscut.media.captions.ttml_place import place_of
from crosscut.media.captions.ttml_time import Interval, Rates, active, earlier, rates_of

TT = "{http://www.w3.org/ns/ttml}"
OLD_TT = "{http://www.w3.org/2006/10/ttaf1}"  # DFXP, the drafts before TTML: same words, other name
PARAMETER, STYLING = "#parameter}", "#styling}"
XML = "{http://www.w3.org/XML/1998/namespace}"
DEPTH_LIMIT = 50  # no caption nests deeper; the stack would not bear it
CUE_LIMIT = 200_000
OPEN_END_S = Fraction(10)  # how long something without any end is kept
_OPEN_S = Fraction(-1)
_SPACE = re.compile(r"\s+")
_EMPHASIS = {"fontStyle": ("italic oblique", "i"), "fontWeight": ("bold", "b"), "textDecoration": ("underline", "u")}
_CARRIED = {"textAlign", "displayAlign", "origin", "extent", "fontStyle", "fontWeight", "textDecoration", "display"}


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of words with one look and one time."""

    text: str
    during: Interval
    tags: tuple[str, ...] = ()


@dataclass
class _Reader:
    """What the walk through the document carries along."""

    rates: Rates
    styles: Mapping[str, Mapping[str, str]]
    regions: Mapping[str, Mapping[str, str]]
    losses: Losses = field(default_factory=Losses)
    cues: list[Cue] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What an element inherits."""

    styles: Mapping[str, str]
    region: str = ""
    is_preserved: bool = False  # xml:space


def parse(data: bytes, name: str) -> Document:
    """The document. Raises Damaged when it is no XML, Unsupported for entities, DTDs and what is no TTML."""
    root = _root(data, name)
    parameters = {key.split("}")[1]: value for key, value in root.attrib.items() if PARAMETER in key}
    styles = {style.get(f"{XML}id", ""): style for style in root.iter() if _local(style) == "style"}
    reader = _Reader(
        rates=rates_of(parameters),
        styles={key: _all_styles(style, styles) for key, style in styles.items()},
        regions=_regions(root, styles),
    )
    body = next((child for child in root if _local(child) == "body"), None)
    if body is not None:
        _Walk(reader).container(body, Interval(begin_s=Fraction(0), end_s=None), _Look(styles={}), depth=0)
    language = root.get(f"{XML}lang", "")
    frame_rate = reader.rates.frame_rate if "frameRate" in parameters else None
    cues = in_time(_closed(reader))
    return Document(
        format="ttml", cues=cues, language=language, frame_rate=frame_rate, warnings=reader.losses.problems()
    )


def _root(data: bytes, name: str) -> Element:
    from defusedxml import ElementTree  # here, not above: who reads SRT need not pay for it
    from defusedxml.common import DefusedXmlException

    try:
        root: Element = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as fault:
        message = phrase(
            "{name} declares entities or a document type, which captions do not need and which can be a trap.",
            name=name,
        )
        raise Unsupported(message) from fault
    except (ParseError, ValueError, LookupError) as fault:
        raise Damaged(name, phrase("It is not readable XML: {fault}.", fault=fault)) from fault
    except RecursionError as fault:
        raise Damaged(name, phrase("It is nested too deeply to be captions.")) from fault
    if _local(root) != "tt" or not root.tag.startswith("{http://www.w3.org/"):
        raise Unsupported(phrase("{name} is XML but no TTML: its root is not <tt> of the W3C.", name=name))
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _own_styles(element: Element) -> dict[str, str]:
    return {key.split("}")[1]: value for key, value in element.attrib.items() if STYLING in key}


def _all_styles(element: Element, styles: Mapping[str, Element], seen: frozenset[str] = frozenset()) -> dict[str, str]:
    """The element's styles with those it refers to; a circle ends where it closes. TTML1, 8.4.1."""
    found: dict[str, str] = {}
    for name in element.get("style", "").split():
        if name in styles and name not in seen and len(seen) < DEPTH_LIMIT:
            found |= _all_styles(styles[name], styles, seen | {name})
    return found | _own_styles(element)


def _regions(root: Element, styles: Mapping[str, Element]) -> dict[str, dict[str, str]]:
    found = {}
    for region in (element for element in root.iter() if _local(element) == "region"):
        nested = [_all_styles(child, styles) for child in region if _local(child) == "style"]
        merged: dict[str, str] = {}
        for each in (*nested, _all_styles(region, styles)):
            merged |= each
        found[region.get(f"{XML}id", "")] = merged
    return found


@dataclass
class _Walk:
    """Goes through body, div, p and span in time."""

    reader: _Reader

    def container(self, element: Element, outer: Interval, look: _Look, *, depth: int) -> Fraction | None:
        """Walks a body or div; returns when its content ends, None if never."""
        during, look = active(element.attrib, self.reader.rates, outer), self._look(element, look)
        if during.is_empty or depth > DEPTH_LIMIT or len(self.reader.cues) > CUE_LIMIT:
            return during.end_s
        is_sequence, last_s = element.get("timeContainer") == "seq", during.begin_s
        ends: list[Fraction | None] = []
        for child in element:
            walk = {"div": self.container, "p": self.paragraph}.get(_local(child))
            if walk is None:
                self._note(child)
                continue
            begin_s = last_s if is_sequence else during.begin_s
            end_s = walk(child, Interval(begin_s=begin_s, end_s=during.end_s), look, depth=depth + 1)
            ends.append(end_s)
            if is_sequence and end_s is None:
                break
            last_s = last_s if end_s is None else max(last_s, end_s)
        return _content_end(element, during, ends, is_sequence=is_sequence)

    def paragraph(self, element: Element, outer: Interval, look: _Look, *, depth: int) -> Fraction | None:
        """Makes the cues of a paragraph; returns when it ends."""
        during, look = active(element.attrib, self.reader.rates, outer), self._look(element, look)
        if during.is_empty:
            return during.end_s
        pieces, ends = self._pieces(element, during, look, depth)
        region = self.reader.regions.get(look.region, {})
        settings = place_of({**region, **look.styles}, self.reader.losses)
        if region.get("writingMode", "")[:2] == "tb":
            settings = replace(settings, vertical="lr" if region["writingMode"] == "tblr" else "rl")
        self.reader.cues += _cues(pieces, element.get(f"{XML}id", ""), settings)
        return _content_end(element, during, ends, is_sequence=element.get("timeContainer") == "seq")

    def _pieces(
        self, element: Element, during: Interval, look: _Look, depth: int
    ) -> tuple[list[Piece], list[Fraction | None]]:
        """The words in an element with their times, and when its parts end."""
        is_sequence, last_s = element.get("timeContainer") == "seq", during.begin_s
        # In a sequence bare words have no duration of their own, so they never show (TTML1, 10.4).
        bare = Interval(begin_s=during.begin_s, end_s=during.begin_s) if is_sequence else during
        pieces = [_piece(element.text, bare, look)]
        ends: list[Fraction | None] = [] if is_sequence or not (element.text or "").strip() else [during.end_s]
        for child in element if depth < DEPTH_LIMIT else ():
            if _local(child) == "br":
                pieces.append(Piece(text="\n", during=during))
            elif _local(child) == "span":
                begin_s = last_s if is_sequence else during.begin_s
                span = active(child.attrib, self.reader.rates, Interval(begin_s=begin_s, end_s=during.end_s))
                inner, inner_ends = self._pieces(child, span, self._look(child, look), depth + 1)
                pieces += inner
                end_s = _content_end(child, span, inner_ends, is_sequence=child.get("timeContainer") == "seq")
                ends.append(end_s)
                last_s = last_s if end_s is None else max(last_s, end_s)
            else:
                self._note(child)
            pieces.append(_piece(child.tail, bare, look))
        return pieces, ends

    def _look(self, element: Element, look: _Look) -> _Look:
        styles = dict(look.styles)
        for name in element.get("style", "").split():
            styles |= self.reader.styles.get(name, {})
        styles |= _own_styles(element)
        if any(_local(child) == "set" and {"display", "visibility"} & set(_own_styles(child)) for child in element):
            styles |= {"display": "auto", "visibility": "visible"}  # shown for a part of the time: words come first
        if set(styles) - _CARRIED:
            self.reader.losses.add("looks", "Colours, fonts and other looks of TTML are left out.")
        space = element.get(f"{XML}space")
        is_preserved = space == "preserve" if space else look.is_preserved
        return _Look(styles=styles, region=element.get("region", look.region), is_preserved=is_preserved)

    def _note(self, element: Element) -> None:
        if _local(element) == "set":
            self.reader.losses.add("animation", "Looks that change while a caption is up stay as they begin.")


def _content_end(
    element: Element, during: Interval, ends: list[Fraction | None], *, is_sequence: bool
) -> Fraction | None:
    """When an element ends: where it says so, else with the last of its content."""
    if "dur" in element.attrib or "end" in element.attrib or (not ends and not is_sequence):
        return during.end_s
    if any(end_s is None for end_s in ends):
        return during.end_s
    return earlier(during.end_s, max((end_s for end_s in ends if end_s is not None), default=during.begin_s))


def _piece(text: str | None, during: Interval, look: _Look) -> Piece:
    words = text or ""
    if not look.is_preserved:
        words = _SPACE.sub(" ", words)
    is_hidden = look.styles.get("display") == "none" or look.styles.get("visibility") == "hidden"
    tags = tuple(tag for key, (values, tag) in _EMPHASIS.items() if look.styles.get(key, "-") in values.split())
    return Piece(text="" if is_hidden else words.replace("\n", " "), during=during, tags=tags)


def _cues(pieces: list[Piece], name: str, settings: Settings) -> Iterator[Cue]:
    """One cue for each stretch of time in which the paragraph shows the same words."""
    shown = [piece for piece in pieces if piece.text and not piece.during.is_empty]
    worded = [piece for piece in shown if piece.text.strip()]
    begins, ends = {piece.during.begin_s for piece in worded}, {piece.during.end_s for piece in worded}
    edges = sorted(begins | {end_s for end_s in ends if end_s is not None})
    # An open end is marked by an end before the start and closed when all cues are known.
    for begin_s, end_s in (*pairwise(edges), *([(edges[-1], _OPEN_S)] if None in ends else [])):
        text = _joined([piece for piece in shown if _is_up(piece, begin_s)])
        if text:
            yield Cue(start_s=begin_s, end_s=end_s, text=text, name=name, settings=settings)


def _is_up(piece: Piece, time_s: Fraction) -> bool:
    during = piece.during
    return during.begin_s <= time_s and (during.end_s is None or during.end_s > time_s)


def _joined(pieces: list[Piece]) -> str:
    text = ""
    before: tuple[str, ...] = ()
    for piece in pieces:
        tags = piece.tags if piece.text.strip() else before
        text += "".join(f"</{tag}>" for tag in reversed(before) if tag not in tags)
        text += "".join(f"<{tag}>" for tag in tags if tag not in before)
        text += piece.text
        before = tags
    text += "".join(f"</{tag}>" for tag in reversed(before))
    return tidy(text)


def _closed(reader: _Reader) -> Iterator[Cue]:
    """The cues with an end for those that had none: the end of the last cue, at least ten seconds."""
    last_s = max((cue.end_s for cue in reader.cues), default=Fraction(0))
    for cue in reader.cues:
        if cue.end_s >= 0:
            yield cue
            continue
        reader.losses.add(
            "no_end", "The file does not say when it ends; it is kept for ten seconds or to the last end."
        )
        yield replace(cue, end_s=max(last_s, cue.start_s + OPEN_END_S))
