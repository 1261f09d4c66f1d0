"""Any caption format becomes any other, with what was lost; traps end in a plain refusal."""

from fractions import Fraction

import pysubs2
import pytest

from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unsupported
from crosscut.media.captions import WRITERS, Cue, Document, Settings, convert, parse_document, read_document

CUES = (
    Cue(start_s=Fraction(1), end_s=Fraction(3), text="<i>Ask</i> not\nwhat you can"),
    Cue(start_s=Fraction(4), end_s=Fraction(6), text="do", voice="Ana"),
)
DOCUMENT = Document(format="vtt", cues=CUES)
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, Italic, Alignment
Style: Up,Arial,20,-1,8

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:05.00,0:00:06.00,Up,,0,0,0,,Later\\Nand {\\c&H00FF00&}up
Dialogue: 0,0:00:01.05,0:00:02.00,Default,Ana,0,0,0,,{\\b1}Hi{\\b0}, you
Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not this
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,soon,0:00:02.00,Default,,0,0,0,,never
"""


@pytest.mark.parametrize("wanted", WRITERS)
def test_each_format_reads_back_what_it_wrote(tmp_path, wanted):
    path = tmp_path / "captions.any"
    path.write_bytes(convert(DOCUMENT, wanted).data)
    again = read_document(path)
    assert again.format == wanted
    assert [cue.plain.removeprefix("Ana: ") for cue in again.cues] == ["Ask not\nwhat you can", "do"]
    for before, after in zip(CUES, again.cues, strict=True):
        assert abs(before.start_s - after.start_s) < Fraction(1, 50)


@pytest.mark.parametrize("wanted", ["srt", "vtt", "ttml", "ass"])
def test_another_reader_agrees(wanted):
    read = pysubs2.SSAFile.from_string(convert(DOCUMENT, wanted).data.decode())
    assert [(event.start, event.end) for event in read] == [(1000, 3000), (4000, 6000)]
    assert read[0].plaintext == "Ask not\nwhat you can"


def test_ass_is_read_with_its_styles_and_says_what_it_dropped():
    document = parse_document(ASS.encode())
    assert [(cue.start_s, cue.text, cue.voice) for cue in document.cues] == [
        (Fraction(21, 20), "<b>Hi</b>, you", "Ana"),
        (5, "<i>Later\nand up</i>", ""),
    ]
    assert document.cues[1].settings.line == 0
    codes = {problem.code for problem in document.warnings}
    assert codes == {"captions.drawing", "captions.marks", "captions.time_unreadable"}


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ("vtt", set()),
        ("srt", {"captions.place", "captions.styles", "captions.vertical", "captions.voice"}),
        ("ttml", {"captions.styles", "captions.vertical", "captions.voice"}),
        ("ass", {"captions.styles", "captions.vertical"}),
        ("stl", {"captions.letters", "captions.styles", "captions.vertical", "captions.voice"}),
    ],
)
def test_converting_says_what_could_not_be_carried(wanted, codes):
    settings = Settings(vertical="rl", line=Fraction(40), line_is_percent=True)
    cue = Cue(start_s=Fraction(1), end_s=Fraction(2), text="縦", voice="Ana", settings=settings)
    document = Document(format="vtt", cues=(cue,), styles=("::cue {}",))
    assert {problem.code for problem in convert(document, wanted).lost} == codes


def test_srt_keeps_the_nine_places(data):
    document = parse_document((data / "alignment.srt").read_bytes())
    assert [cue.settings.align for cue in document.cues] == ["start", "center", "end"] * 3
    assert parse_document(convert(document, "srt").data).cues == document.cues
    assert convert(document, "srt").lost == ()


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("contained_tti", ["Subtitle One", "Subtitle Two"]),
        ("requirement-0071-002", ["Test1 Test2"]),
        ("requirement-0077-002", ["^ ! \" § % & / ( ) = ? * '\n< > ° ; : -"]),
        ("requirement-0062-002_modified", ["Some text Some text"]),
        ("vp20_2_newlines", ["This is row 20\nThis is row 22"]),
        ("requirement-0076-003", ["WhiteOnBlack RedOnBlack"]),
    ],
)
def test_ebu_stl_is_read(data, name, texts):
    document = parse_document((data / "stl" / f"{name}.stl").read_bytes(), name)
    assert [cue.text for cue in document.cues] == texts
    assert document.frame_rate == 25


def test_ebu_stl_is_written_as_its_document_says():
    """Fields by their places in Tech 3264, without our reader."""
    text = "Ça va\n<i>où ça</i> " + "ž" * 60
    cue = Cue(start_s=Fraction(3661), end_s=Fraction(91526, 25), text=text)
    made = convert(Document(format="srt", cues=(cue,)), "stl")
    head, blocks = made.data[:1024], [made.data[at : at + 128] for at in range(1024, len(made.data), 128)]
    assert (head[3:11], head[12:14], head[238:248]) == (b"STL25.01", b"00", b"0000200001")
    assert (head[248:256], head[264:272]) == (b"00140231", b"01010100")
    assert [block[3] for block in blocks] == [0x00, 0xFF] and made.lost == ()
    assert (blocks[0][5:9], blocks[0][9:13]) == (bytes((1, 1, 1, 0)), bytes((1, 1, 1, 1)))
    assert blocks[0][16:35] == b"\xcbCa va\x8a\x80o\xc1u \xcbca\x81 \xcfz"
    words = [block[16:].rstrip(b"\x8f") for block in blocks]
    assert len(words[0]) <= 112 and words[1] == b"\xcfz" * (60 - words[0].count(b"\xcfz"))


@pytest.mark.parametrize("text", ["Привет, мир", "Γειά σου", "שלום", "مرحبا", "A&B $5 «fin» 100 €"])
def test_ebu_stl_takes_the_alphabet_that_fits(text):
    made = convert(Document(format="srt", cues=(Cue(start_s=Fraction(1), end_s=Fraction(2), text=text),)), "stl")
    read = parse_document(made.data, "made.stl")
    assert read.cues[0].plain == text.replace("€", "?")
    assert [problem.code for problem in made.lost] == (["captions.letters"] if "€" in text else [])


def test_ebu_stl_files_of_others_come_back_the_same(data):
    for path in sorted((data / "stl").glob("*.stl")):
        document = parse_document(path.read_bytes(), path.name)
        again = parse_document(convert(document, "stl").data, path.name)
        assert [(cue.start_s, cue.end_s, cue.text) for cue in again.cues] == [
            (cue.start_s, cue.end_s, cue.text) for cue in document.cues
        ], path.name


def test_ebu_stl_says_what_it_leaves_out(data):
    document = parse_document((data / "stl" / "requirement-0076-003.stl").read_bytes())
    assert {problem.code for problem in document.warnings} == {"captions.colours", "captions.programme_start"}
    assert document.cues[0].start_s == 0


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", Damaged, "empty"),
        (b"just words", Unsupported, "none of SRT"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"x" * 10_000_000, Damaged, "10,000,000 characters"),
        (b"STLSTL25.01" + bytes(20), Damaged, "first subtitle"),
        (b"STLSTL99.01" + bytes(2000), Unsupported, "frame rate"),
    ],
)
def test_traps_are_refused_by_name(tmp_path, content, error, words):
    path = tmp_path / "trap.vtt"
    path.write_bytes(content)
    if content.startswith(b"STL"):
        path.write_bytes(b"   " + content[3:])
    with pytest.raises(error, match=words):
        read_document(path)


def test_what_is_not_there_and_what_is_not_written():
    from pathlib import Path

    with pytest.raises(NotFound):
        read_document(Path("/nowhere/talk.srt"))
    with pytest.raises(Invalid, match="vtt"):
        convert(DOCUMENT, "sub")


def test_a_guessed_encoding_is_said(tmp_path):
    path = tmp_path / "talk.srt"
    path.write_bytes("1\n00:00:01,000 --> 00:00:02,000\nGrüße\n".encode("cp1252"))
    assert [warning.code for warning in read_document(path).warnings] == ["captions.encoding_guessed"]
