"""A memory of another tool comes in as TMX, once, and can be taken out again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.memory import matches_for, segments_for
from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.services.remember import bring_in, take_out
from crosscut.apps.produce.tests import translated
from crosscut.apps.produce.tmx import LARGEST_BYTES, Pair, as_tmx, read_tmx
from crosscut.kernel.errors import Invalid, NotAllowed

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
FILE = (
    HEAD
    + """<tmx version="1.4"><header creationtool="Other" creationtoolversion="9" segtype="sentence" o-tmf="x"
 adminlang="en-US" srclang="de" datatype="html"/><body>
<tu><tuv xml:lang="en-GB"><seg>Half of the <bpt i="1">&lt;b&gt;</bpt>reef<ept i="1">&lt;/b&gt;</ept> is
   gone<ph>{1}</ph>.</seg></tuv><tuv xml:lang="DE"><seg>Die <hi>halbe</hi> Riffwand ist weg.</seg></tuv>
 <tuv lang="fr_FR"><seg>La moitié du récif a disparu.</seg></tuv></tu>
<tu srclang="fr"><tuv xml:lang="es"><seg>Hola</seg></tuv><tuv xml:lang="fr"><seg>Bonjour</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg> </seg></tuv><tuv xml:lang="not a language"><seg>Words</seg></tuv></tu>
</body></tmx>"""
).encode()


def test_a_file_of_another_tool_is_read_with_its_languages_and_without_its_codes() -> None:
    found = read_tmx(FILE)
    german = "Die halbe Riffwand ist weg."
    assert found.pairs == (
        Pair(source_language="DE", language="en-GB", source=german, target="Half of the reef is gone."),
        Pair(source_language="DE", language="fr-FR", source=german, target="La moitié du récif a disparu."),
        Pair(source_language="fr", language="es", source="Bonjour", target="Hola"),
    )
    assert found.left_out == 2
    wide = FILE.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert read_tmx(wide) == found


TRAPS = {
    "tmx.damaged": b"<tmx><body>",
    "tmx.other": b"<html/>",
    "tmx.entities": b'<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tmx><body>&b;</body></tmx>',
    "tmx.large": b"<tmx>" + b" " * LARGEST_BYTES,
}


@pytest.mark.parametrize("code", TRAPS)
def test_what_is_no_sound_file_is_refused_in_plain_words(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_tmx(TRAPS[code])
    assert refused.value.problems[0].code == code


def test_it_is_offered_from_then_on_and_taken_out_again(cast: Cast) -> None:
    done = bring_in(cast.specialist, FILE)
    assert (done.added, done.known, done.left_out) == (3, 0, 2)
    (match,) = matches_for(cast.junior, "Die halbe Riffwand ist weg.", languages=("de", "en"))
    assert (match.percent, match.segment.target) == (100, "Half of the reef is gone.")
    again = bring_in(cast.specialist, FILE)
    assert (again.added, again.known) == (0, 3)
    assert take_out(cast.specialist, again.at) == 0 and Segment.objects.count() == 3
    with pytest.raises(NotAllowed):
        take_out(cast.junior, done.at)
    assert take_out(cast.stranger, done.at) == 0
    assert take_out(cast.specialist, done.at) == 3 and not Segment.objects.exists()


def test_what_we_write_we_read(cast: Cast) -> None:
    translated.german(cast)
    before = set(segments_for(cast.lead).values_list("source_language", "language", "source", "target"))
    file = b"".join(as_tmx(segments_for(cast.lead)))
    assert {(one.source_language, one.language, one.source, one.target) for one in read_tmx(file).pairs} == before
    assert bring_in(cast.stranger, file).added == len(before)
    assert set(segments_for(cast.lead).values_list("source_language", "language", "source", "target")) == before


def test_page_and_programs_bring_it_in_and_others_may_not(cast: Cast) -> None:
    def sent() -> dict[str, SimpleUploadedFile]:
        return {"file": SimpleUploadedFile("memory.tmx", FILE)}

    browser = signed_in(cast.specialist)
    answer = browser.post("/translation-memory/bring-in/", sent(), follow=True)
    shown = answer.content.decode()
    assert "3 texts were brought in." in shown and "2 were left out" in shown
    at = answer.context["at"]
    assert browser.post("/translation-memory/take-out/", {"at": "yesterday"}).status_code == 422
    browser.post("/translation-memory/take-out/", {"at": at})
    assert not Segment.objects.exists()
    wrong = browser.post(
        "/translation-memory/bring-in/", {"file": SimpleUploadedFile("a.tmx", b"<html/>")}, follow=True
    )
    assert "This is no TMX file." in wrong.content.decode()
    kind = "application/x-tmx+xml"
    told = program(cast.specialist).post("/api/translation-memory.tmx", FILE, content_type=kind)
    assert told.json() == {"added": 3, "known": 0, "left_out": 2}
    for who in (cast.junior, cast.guest):
        hx = {"HX-Request": "true"}
        assert signed_in(who).post("/translation-memory/bring-in/", sent(), headers=hx).status_code == 403
        assert program(who).post("/api/translation-memory.tmx", FILE, content_type=kind).status_code == 403
    program(cast.stranger).post("/api/translation-memory.tmx", FILE, content_type=kind)
    assert segments_for(cast.lead).count() == 3
