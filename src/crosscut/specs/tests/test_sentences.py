"""Findings can be said again after they were stored."""

import json

from crosscut.kernel.findings import Finding, Level, once_rendered
from crosscut.kernel.phrases import Phrase
from crosscut.kernel.records import as_data, from_data
from crosscut.specs.sentences import said_again, say


def _stored(finding: Finding) -> Finding:
    return from_data(Finding, json.loads(json.dumps(as_data(finding))))


def test_a_stored_finding_is_a_phrase_again():
    found = say("hashtags.too_many", Level.BLOCK, place="Threads", used=3, limit=1, over=2)
    assert not isinstance(_stored(found).message, Phrase)
    again = said_again(_stored(found))
    assert isinstance(again.message, Phrase) and isinstance(again.repair, Phrase)
    assert again == found


def test_what_was_rendered_says_so_again():
    (found,) = once_rendered([say("media.interlaced", Level.BLOCK, place="X")])
    assert isinstance(said_again(_stored(found)).repair, Phrase)


def test_words_of_an_exception_stay_as_they_were_written():
    found = Finding(code="media.interlaced", level=Level.ADVICE, message="Old words.", repair="Lena allowed this.")
    assert said_again(found) == found


def test_a_finding_of_an_unknown_code_or_with_other_values_stays_as_it_was():
    for code in ("of.old", "hashtags.too_many"):
        found = Finding(code=code, level=Level.BLOCK, message="Old words.")
        assert said_again(found) is found


def test_one_is_told_as_one():
    found = say("rights.ends_soon", Level.ADVICE, holder="Ana", ends_on="3 May 2026", days=1)
    assert "1 day after" in found.message
