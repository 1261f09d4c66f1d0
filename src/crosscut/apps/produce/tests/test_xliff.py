"""Translations as files: out for translators, back in, and what is refused."""

import pytest
from lxml import etree
from tests.cast import Cast

from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.memory import segments_for
from crosscut.apps.produce.services import returned
from crosscut.apps.produce.services.translate import add_language
from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.produce.tests import translated
from crosscut.apps.produce.tmx import as_tmx
from crosscut.apps.produce.xliff import LARGEST_BYTES, VERSIONS, as_xliff
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound

TWO, ONE = "{urn:oasis:names:tc:xliff:document:2.0}", "{urn:oasis:names:tc:xliff:document:1.2}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _translated(data: bytes, words: dict[str, str]) -> bytes:
    """The file as a translator's tool sends it back: a target for each paragraph these know."""
    root = etree.fromstring(data)
    for source in list(root.iter(f"{TWO}source", f"{ONE}source")):
        target = words.get(source.text or "")
        if target:
            parent = source.getparent()
            assert parent is not None
            for old in parent.findall(source.tag.replace("source", "target")):
                parent.remove(old)
            made = etree.Element(source.tag.replace("source", "target"))
            made.text = target
            source.addnext(made)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _in(element: etree._Element, name: str) -> etree._Element:
    found = element.find(name)
    assert found is not None
    return found


def _words(cast: Cast) -> dict[str, str]:
    english, german = (text.split("\n\n") for text in (translated.TEXT, translated.GERMAN))
    rest = {"A plan": "Ein Plan", "reef": "riff", "Half is gone.": "Die Hälfte ist weg."}
    return dict(zip(english, german, strict=True)) | rest | {"A diver above a pale reef.": "Eine Taucherin."}


def test_it_writes_units_of_paragraphs_in_xliff_2_1(cast: Cast):
    found = translated.german(cast)
    root = etree.fromstring(as_xliff(found))
    assert root.tag == f"{TWO}xliff"
    assert [root.get(name) for name in ("version", "srcLang", "trgLang")] == ["2.1", "en", "de"]
    [file] = root
    assert (file.get("srcDir"), file.get("trgDir")) == ("ltr", "ltr")
    units = {unit.get("id"): unit for unit in file}
    assert "link" not in units and {"title", "text", "tags", "practice.text"} < set(units)
    segments = units["text"].findall(f"{TWO}segment")
    assert [one.findtext(f"{TWO}target") for one in segments] == translated.GERMAN.split("\n\n")
    assert {one.get("state") for one in segments} == {"translated"}
    assert _in(segments[0], f"{TWO}source").get(SPACE) == "preserve"
    assert b"ns0:" not in as_xliff(found) and b"ns0:" not in as_xliff(found, "1.2")  # tools take prefixes badly


def test_it_writes_and_says_what_to_know_in_xliff_1_2(cast: Cast):
    piece = translated.german(cast).piece
    change_piece(cast.junior, piece.translation.source, title="The plan")
    root = etree.fromstring(as_xliff(language_for(cast.junior, piece.pk), "1.2"))
    [file] = root
    assert (file.get("source-language"), file.get("target-language"), file.get("datatype")) == ("en", "de", "plaintext")
    units = {unit.get("id"): unit for unit in file.iter(f"{ONE}trans-unit")}
    assert units["text/2"].findtext(f"{ONE}target") == translated.GERMAN.split("\n\n")[1]
    assert _in(units["title/1"], f"{ONE}target").get("state") == "needs-translation"
    assert "It was: A plan" in (_in(units["title/1"], f"{ONE}note").text or "")
    with pytest.raises(Invalid):
        as_xliff(language_for(cast.junior, piece.pk), "3")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_comes_back_whole_and_is_remembered(cast: Cast, version: str):
    piece = add_language(cast.specialist, translated.source(cast), "de")
    data = as_xliff(language_for(cast.junior, piece.pk), version)
    sent = _translated(data, _words(cast))
    rows = returned.look(cast.junior, piece, sent)
    assert len(rows) == 5 and all(row.is_clean for row in rows)
    assert [row.warnings for row in rows] == [()] * 5
    assert language_for(cast.junior, piece.pk).state == "not-begun"  # looking keeps nothing
    found = returned.take(cast.junior, piece, sent)
    assert found.state == "translated" and found.piece.text == translated.GERMAN
    assert segments_for(cast.lead).filter(target="Eine Taucherin.", member=cast.junior).exists()
    assert all(row.problem == "It says this already." for row in returned.look(cast.junior, piece, sent))
    with pytest.raises(Invalid, match="can be taken"):
        returned.take(cast.junior, piece, sent)


def test_it_says_which_passages_are_not_whole_and_takes_the_others(cast: Cast):
    piece = add_language(cast.specialist, translated.source(cast), "de")
    words = _words(cast)
    _first, second = translated.TEXT.split("\n\n")
    del words[second], words["A plan"]
    sent = _translated(as_xliff(language_for(cast.junior, piece.pk)), words)
    rows = {row.key: row for row in returned.look(cast.junior, piece, sent)}
    assert rows["text"].problem == "1 of 2 paragraphs have no translation yet."
    assert rows["title"].problem == "The file has no translation of it yet."
    with pytest.raises(Invalid):
        returned.take(cast.junior, piece, sent, ["tags", "text"])
    assert language_for(cast.junior, piece.pk).state == "not-begun"  # nothing half
    found = returned.take(cast.junior, piece, sent)
    assert (found.piece.text, found.done) == ("", 4)


def test_it_warns_of_links_people_topics_and_placeholders_that_were_lost(cast: Cast):
    source = translated.source(cast)
    change_piece(cast.junior, source, text="Hi {name}, see https://reef.example/a with @reef.example #reef #rain")
    piece = add_language(cast.specialist, source, "de")
    sent = _translated(
        as_xliff(language_for(cast.junior, piece.pk)),
        {"Hi {name}, see https://reef.example/a with @reef.example #reef #rain": "Hallo https://reef.example/b #riff"},
    )
    row = next(row for row in returned.look(cast.junior, piece, sent) if row.key == "text")
    assert set(row.warnings) == {
        "{name} is missing.",
        "https://reef.example/a is missing.",
        "@reef.example is missing.",
        "https://reef.example/b is not in the source.",
        "The source has 2 topics (#), this has 1.",
    }


def test_a_stale_file_is_taken_only_by_hand_and_then_stands_as_out_of_date(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.specialist, source, "de")
    sent = _translated(as_xliff(language_for(cast.junior, piece.pk)), _words(cast))
    change_piece(cast.junior, source, text=translated.TEXT.replace("Half of", "Most of"))
    row = next(row for row in returned.look(cast.junior, piece, sent) if row.key == "text")
    assert row.is_stale and not row.is_clean
    assert returned.take(cast.junior, piece, sent).piece.text == ""
    found = returned.take(cast.junior, piece, sent, ["text"])
    assert (found.state, found.piece.text) == ("out-of-date", translated.GERMAN)
    stale = next(passage for passage in found.passages if passage.key == "text")
    assert stale.before == translated.TEXT


def test_codes_of_other_programs_are_left_out_with_a_word_and_characters_are_read(cast: Cast):
    piece = add_language(cast.specialist, translated.source(cast), "de")
    sent = as_xliff(language_for(cast.junior, piece.pk)).replace(
        b"Half is gone.</source>",
        b'Half is gone.</source><target>Die <mrk id="m1" type="term">H\xc3\xa4lfte</mrk><ph id="1"/> ist'
        b' <cp hex="0007"/>weg.</target>',
    )
    row = next(row for row in returned.look(cast.junior, piece, sent) if row.key == "practice.text")
    assert row.target == "Die Hälfte ist weg."
    assert any("codes of another program" in words for words in row.warnings)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"><file id="f">&b;</file></xliff>"""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no sound XML"),
        (b"<xliff", "no sound XML"),
        (b"<html/>", "no XLIFF"),
        (BOMB, "declares its own document type"),
        (b" " * (LARGEST_BYTES + 1), "larger than 2 MB"),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"/>', "holds 0 files"),
    ],
)
def test_it_refuses_what_is_damaged_a_trap_or_something_else(cast: Cast, data: bytes, words: str):
    piece = add_language(cast.specialist, translated.source(cast), "de")
    with pytest.raises(Invalid, match=words):
        returned.look(cast.junior, piece, data)


def test_it_refuses_the_file_of_another_piece_or_language(cast: Cast):
    source = translated.source(cast)
    german, french = (add_language(cast.specialist, source, language) for language in ("de", "fr"))
    data = as_xliff(language_for(cast.junior, german.pk))
    with pytest.raises(Invalid, match="another piece or another of its languages"):
        returned.look(cast.junior, french, data)
    with pytest.raises(Invalid, match="The file is in nl"):
        returned.look(cast.junior, german, data.replace(b'trgLang="de"', b'trgLang="nl"'))
    with pytest.raises(NotFound):
        returned.look(cast.stranger, german, data)
    with pytest.raises(NotAllowed):
        returned.look(cast.guest, german, data)


def test_the_memory_is_tmx_that_says_languages_who_and_when(cast: Cast):
    translated.german(cast)
    root = etree.fromstring(b"".join(as_tmx(segments_for(cast.lead))))
    assert (root.tag, root.get("version")) == ("tmx", "1.4")
    assert _in(root, "header").get("srclang") == "*all*"
    units = {unit.findtext("tuv/seg"): unit for unit in root.iter("tu")}
    unit = units["Half of the reef is gone."]
    languages = [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in unit.findall("tuv")]
    assert languages == ["en", "de"] and unit.get("changeid") == "Specialist Person"
    assert [prop.get("type") for prop in unit.findall("prop")] == ["x-piece", "x-passage"]
