"""TTML's timing rules, on the W3C's own test documents, whose words say when they must be shown."""

import re
from fractions import Fraction

import pytest

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.media.captions import Cue, Document, Settings, convert, parse_document

SAYS_FROM = re.compile(r"appear at\s+([\d.]+) seconds?\s.*?(?:to|till|disappear at) ([\d.]+) seconds", re.DOTALL)


def times(document):
    return [(cue.start_s, cue.end_s) for cue in document.cues]


@pytest.fixture
def parsed(data):
    return lambda name: parse_document((data / "ttml" / f"{name}.ttml").read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("BasicTiming002", 1),
        ("BasicTiming007", 1),
        ("BasicTiming010", 2),
        ("MediaParTiming001", 2),
        ("MediaParTiming003", 4),
        ("MediaSeqTiming002", 4),
        ("MediaSeqTiming004", 2),
        ("MediaSeqTiming006", 2),
    ],
)
def test_words_are_shown_when_they_say_so(parsed, name, count):
    document = parsed(name)
    assert len(document.cues) == count
    for cue in document.cues:
        said = SAYS_FROM.search(cue.text)
        assert said, cue.text
        begin, end = said.groups()
        assert (cue.start_s, cue.end_s) == (Fraction(begin), Fraction(end)), cue.text
        assert "not appear" not in cue.text


def test_every_time_expression_is_exact(parsed):
    document = parsed("TimeExpressions001")
    expected = ["1.2", "72", "4320", "1.001", "2", "3723", "3723.235", "3723.235", None, "360000.1", "360000"]
    lasts = [cue.end_s - cue.start_s for cue in document.cues]
    for found, wanted in zip(lasts, expected, strict=True):
        assert found == (3723 + Fraction(20 * 1001, 24000) if wanted is None else Fraction(wanted))


def test_words_that_come_one_by_one_are_cues_one_after_another(parsed):
    document = parsed("BasicTimeContainment002")
    assert [(cue.start_s, cue.end_s, cue.text[:13]) for cue in document.cues] == [
        (0, 5, "This first se"),
        (5, 10, "This second s"),
        (10, 20, "This sentence"),
    ]
    crawl = parsed("BasicTiming012")
    assert [cue.text for cue in crawl.cues][:2] == ["This", "This text"]
    assert "captions.no_end" in [warning.code for warning in crawl.warnings]


def test_what_lies_outside_its_container_is_not_shown(parsed):
    assert times(parsed("BasicTimeContainment004")) == [(5, 10)]


def test_breaks_regions_and_unicode_are_kept(parsed):
    assert parsed("Br001").cues[0].text == "This text must be on the first line.\nThis text on a second line."
    assert parsed("br-in-span-001").cues[0].text == "Two-\nline Subtitle."
    assert parsed("unicode-non-bmp-character").cues[0].text == "Hello, I am Mork from Ork 😀"
    assert parsed("textalign-left-001").cues[0].settings == Settings(
        line=Fraction(10), line_is_percent=True, size=Fraction(80), align="left"
    )
    assert parsed("textalign-center-001").cues[0].settings == Settings(size=Fraction(80))


def test_all_of_the_w3c_documents_are_read(data):
    paths = sorted((data / "ttml").glob("*.ttml"))
    assert len(paths) == 38
    for path in paths:
        document = parse_document(path.read_bytes(), path.name)
        assert document.cues, path.name
        assert all(0 <= cue.start_s < cue.end_s for cue in document.cues), path.name


def test_what_is_written_is_read_again():
    cues = (
        Cue(start_s=Fraction(1), end_s=Fraction(2), text="<i>Up & <b>out</b></i>\nhere"),
        Cue(
            start_s=Fraction(3),
            end_s=Fraction(9, 2),
            text="Top",
            settings=Settings(line=Fraction(10), line_is_percent=True, size=Fraction(80), align="start"),
        ),
    )
    written = convert(Document(format="srt", cues=cues, language="de"), "ttml")
    again = parse_document(written.data)
    assert [(cue.start_s, cue.end_s, cue.text) for cue in again.cues] == [
        (cue.start_s, cue.end_s, cue.text) for cue in cues
    ]
    assert again.cues[1].settings == cues[1].settings
    assert (again.language, written.lost) == ("de", ())


BOMB = b"""<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="0s" end="1s">&b;</p></div></body></tt>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="0s" end="1s">&a;</p></div></body></tt>"""


@pytest.mark.parametrize(
    ("bytes_read", "error", "words"),
    [
        (BOMB, Unsupported, "entities"),
        (OUTSIDE, Unsupported, "entities"),
        (b"<?xml version='1.0'?><tt", Damaged, "XML"),
        (b"<?xml version='1.0' encoding='no-such'?><tt/>", Damaged, "XML"),
        (b"<?xml version='1.0'?><html/>", Unsupported, "TTML"),
    ],
)
def test_traps_are_refused_by_name(bytes_read, error, words):
    with pytest.raises(error, match=words):
        parse_document(bytes_read, "talk.ttml")


def test_deep_nesting_and_circular_styles_do_no_harm():
    deep = b'<tt xmlns="http://www.w3.org/ns/ttml"><body>' + b"<div>" * 300 + b'<p begin="0s" end="1s">x</p>'
    assert parse_document(deep + b"</div>" * 300 + b"</body></tt>").cues == ()
    circle = b"""<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><head><styling>
    <style xml:id="a" style="b"/><style xml:id="b" style="a" tts:fontStyle="italic"/></styling></head>
    <body><div><p begin="0s" end="1s" style="a">x</p></div></body></tt>"""
    assert parse_document(circle).cues[0].text == "<i>x</i>"
