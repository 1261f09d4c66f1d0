"""Chapters come from the files that people have them in."""

import pytest

from crosscut.kernel.errors import Invalid
from crosscut.media.podcast import parse_chapters, read_chapter_file

FORMS = {
    "label track": "0.000000\t0.000000\tHello\n62.500000\t70.000000\tReef\n",
    "label track of a comma country": "0,0\t0,0\tHello\n62,5\t70,0\tReef\n",
    "lines": "Shownotes:\n\n00:00 Hello\n01:02.5 - Reef\n",
    "lines with hours": "0:00:00 | Hello\n0:01:02.500 — Reef",
    "webvtt": "WEBVTT\n\n00:00.000 --> 01:02.500\nHello\n\n01:02.500 --> 02:00.000\nReef\n",
    "json": '{"chapters": [{"startTime": 62.5, "title": "Reef"}, {"startTime": 0, "title": "Hello"}]}',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_chapters(form, tmp_path):
    path = tmp_path / "chapters.txt"
    path.write_text(FORMS[form], encoding="utf-8-sig")
    found = read_chapter_file(path)
    assert [(float(chapter.start_s), chapter.title) for chapter in found] == [(0.0, "Hello"), (62.5, "Reef")]


@pytest.mark.parametrize("text", ["", "Hello", "{}", "12 monkeys\n", "WEBVTT\n\n --> \n"])
def test_what_holds_no_chapters_is_refused_with_a_way_out(text):
    with pytest.raises(Invalid):
        parse_chapters(text)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "chapters.txt"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(Invalid, match="UTF-8"):
        read_chapter_file(path)
