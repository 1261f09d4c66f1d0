"""Translations as XLIFF, the form in which translators' tools exchange work: 2.1 and, for older tools, 1.2.

A passage is a `unit` (2.1) or a `group` (1.2), each of its paragraphs a segment. Standards: XLIFF 2.1, OASIS, 13
February 2018, https://docs.oasis-open.org/xliff/xliff-core/v2.1/; XLIFF 1.2, OASIS, 1 February 2008,
https://docs.oasis-open.org/xliff/v1.2/.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crosscut.apps.produce.paragraphs import paired
from crosscut.apps.produce.translating import Language, LanguageState, Passage, PassageState, is_words
from crosscut.apps.produce.translators_xml import parsed
from crosscut.channels.feedxml import node
from crosscut.channels.markup import direction
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

VERSIONS = ("2.1", "1.2")
MEDIA_TYPE = "application/xliff+xml"
LARGEST_BYTES = 2_000_000  # of a file that is read; a piece's words take some kilobytes
_TWO, _ONE = "urn:oasis:names:tc:xliff:document:2.0", "urn:oasis:names:tc:xliff:document:1.2"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARKUP = ("ph", "pc", "sc", "ec", "g", "x", "bx", "ex", "bpt", "ept", "it")  # inline codes of the standards


@dataclass(frozen=True, kw_only=True)
class Returned:
    """One passage as a file brings it back."""

    key: str
    sources: tuple[str, ...]  # its paragraphs as the translator saw them
    targets: tuple[str | None, ...]  # one each; None: not translated
    has_markup: bool  # a tool put codes into the words, which are left out


@dataclass(frozen=True, kw_only=True)
class TranslatedFile:
    """A file as it was read."""

    original: str  # which piece and translation it was made of
    source_language: str
    language: str  # empty where the file does not say
    passages: tuple[Returned, ...]


def original_of(found: Language) -> str:
    """How a file names what it was made of; only that takes it back."""
    return f"crosscut:piece/{found.source.piece.pk}/in/{found.piece.pk}"


def as_xliff(found: Language, version: str = "2.1") -> bytes:
    """The translation as a file for translators, with what is done already. Raises Invalid for another version."""
    if version not in VERSIONS:
        raise Invalid.at("version", phrase("There is XLIFF {versions}.", versions=", ".join(VERSIONS)))
    root = _two(found) if version == "2.1" else _one(found)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=False))


def read_xliff(data: bytes) -> TranslatedFile:
    """A file as it comes back. Raises Invalid in plain words for what is no XLIFF, is damaged, too large or a trap."""
    root = _parsed(data)
    if root.tag == f"{{{_TWO}}}xliff":
        return _read_two(root)
    if root.tag == f"{{{_ONE}}}xliff":
        return _read_one(root)
    raise Invalid.at("file", phrase("This is no XLIFF file of version 1.2, 2.0 or 2.1."), code="xliff.other")


def _two(found: Language) -> etree._Element:
    languages: dict[str, Any] = {"srcLang": found.source.piece.language, "trgLang": found.piece.language}
    ways: dict[str, Any] = {"srcDir": direction(languages["srcLang"]), "trgDir": direction(languages["trgLang"])}
    units = [_unit(passage, found.state) for passage in _offered(found)]
    file = node(f"{{{_TWO}}}file", *units, id=f"p{found.piece.pk}", original=original_of(found), **ways)
    return node(f"{{{_TWO}}}xliff", file, names={None: _TWO}, version="2.1", **languages)


def _unit(passage: Passage, state: LanguageState) -> etree._Element:
    told = _note_of(passage)
    notes = node(f"{{{_TWO}}}notes", node(f"{{{_TWO}}}note", told)) if told else None
    pairs = paired(passage.source, _target(passage))
    segments = [
        node(
            f"{{{_TWO}}}segment",
            _words(_TWO, "source", source),
            _words(_TWO, "target", target) if target else None,
            id=f"s{number}",
            state=_state_two(passage, state, target),
        )
        for number, (source, target) in enumerate(pairs, start=1)
    ]
    return node(f"{{{_TWO}}}unit", notes, *segments, id=passage.key, name=passage.key, canResegment="no")


def _state_two(passage: Passage, state: LanguageState, target: str) -> str:
    if passage.state is not PassageState.DONE or not target:
        return "initial"
    return "reviewed" if state is LanguageState.REVIEWED else "translated"


def _one(found: Language) -> etree._Element:
    groups = [_group(passage) for passage in _offered(found)]
    languages: dict[str, Any] = {
        "source-language": found.source.piece.language,
        "target-language": found.piece.language,
    }
    body = node(f"{{{_ONE}}}body", *groups)
    file = node(f"{{{_ONE}}}file", body, original=original_of(found), datatype="plaintext", **languages)
    return node(f"{{{_ONE}}}xliff", file, names={None: _ONE}, version="1.2")


def _group(passage: Passage) -> etree._Element:
    state = "translated" if passage.state is PassageState.DONE else "needs-translation"
    told = _note_of(passage)
    units = []
    for number, (source, target) in enumerate(paired(passage.source, _target(passage)), start=1):
        translated = _words(_ONE, "target", target) if target else None
        if translated is not None:
            translated.set("state", state)
        note = node(f"{{{_ONE}}}note", told) if told else None
        name = f"{passage.key}/{number}"
        units.append(node(f"{{{_ONE}}}trans-unit", _words(_ONE, "source", source), translated, note, id=name))
    return node(f"{{{_ONE}}}group", *units, id=passage.key, resname=passage.key)


def _words(namespace: str, name: str, text: str) -> etree._Element:
    made = node(f"{{{namespace}}}{name}", text)
    made.set(_SPACE, "preserve")
    return made


def _target(passage: Passage) -> str:
    """What is translated: a title that is still the source's is not."""
    return "" if passage.state is PassageState.MISSING else passage.target


def _offered(found: Language) -> Iterator[Passage]:
    return (passage for passage in found.passages if is_words(passage.key) and passage.source)


def _note_of(passage: Passage) -> str:
    """What a translator should know, in English as the names of the standard are."""
    if passage.state is PassageState.STALE:
        return f"The source was changed after it was translated. It was: {passage.before}"
    return "A description of a picture or film for people who do not see it." if passage.key.endswith(".alt") else ""


def _parsed(data: bytes) -> etree._Element:
    root = parsed(data, kind="xliff", largest_bytes=LARGEST_BYTES)
    told: Any = root.getroottree().docinfo
    if told.doctype:
        words = phrase("This file declares its own document type, which can be a trap. Export it anew as plain XLIFF.")
        raise Invalid.at("file", words, code="xliff.doctype")
    return root


def _read_two(root: etree._Element) -> TranslatedFile:
    file = _only_file(root, _TWO)
    passages = []
    for unit in file.iter(f"{{{_TWO}}}unit"):
        pairs = [_pair(segment, _TWO) for segment in unit.iter(f"{{{_TWO}}}segment")]
        passages.append(_returned(unit.get("id", ""), pairs))
    return TranslatedFile(
        original=file.get("original", ""),
        source_language=root.get("srcLang", ""),
        language=root.get("trgLang", ""),
        passages=tuple(passages),
    )


def _read_one(root: etree._Element) -> TranslatedFile:
    file = _only_file(root, _ONE)
    units: dict[str, list[etree._Element]] = {}
    for unit in file.iter(f"{{{_ONE}}}trans-unit"):
        units.setdefault(unit.get("id", "").rpartition("/")[0], []).append(unit)
    passages = [_returned(key, [_pair(row, _ONE) for row in rows]) for key, rows in units.items()]
    return TranslatedFile(
        original=file.get("original", ""),
        source_language=file.get("source-language", ""),
        language=file.get("target-language", ""),
        passages=tuple(passages),
    )


def _only_file(root: etree._Element, namespace: str) -> etree._Element:
    files = root.findall(f"{{{namespace}}}file")
    if len(files) != 1:
        words = phrase("This XLIFF holds {n} files. Bring the translations back one by one.", n=len(files))
        raise Invalid.at("file", words, code="xliff.files")
    return files[0]


def _returned(key: str, pairs: Iterable[tuple[str, str | None, bool]]) -> Returned:
    rows = list(pairs)
    return Returned(
        key=key,
        sources=tuple(source for source, _target, _has in rows),
        targets=tuple(target for _source, target, _has in rows),
        has_markup=any(has for _source, _target, has in rows),
    )


def _pair(segment: etree._Element, namespace: str) -> tuple[str, str | None, bool]:
    """The words of both languages, and whether there are codes among ours."""
    source, target = (segment.find(f"{{{namespace}}}{name}") for name in ("source", "target"))
    text = _text(target, namespace) if target is not None else ""
    has_markup = target is not None and any(True for name in _MARKUP for _one in target.iter(f"{{{namespace}}}{name}"))
    return _text(source, namespace) if source is not None else "", text or None, has_markup


def _text(element: etree._Element, namespace: str) -> str:
    """The words, those inside marks too; a `cp` of 2.1 is the character it names."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{{{namespace}}}cp":
            parts.append(_character(child.get("hex", "")))
        elif isinstance(child.tag, str):
            parts.append(_text(child, namespace))
        parts.append(child.tail or "")
    return "".join(parts)


def _character(code: str) -> str:
    """What a `cp` stands for; characters that no text here may hold are left out."""
    try:
        number = int(code, 16)
        return chr(number) if number >= 32 else ""
    except (ValueError, OverflowError):
        return ""
