"""A sentence is English to the code and said in the reader's language at the border."""

import copy
import json
import pickle
from gettext import NullTranslations

import pytest

from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import Phrase, counted, packed, phrase, spoken, unpacked
from crosscut.kernel.records import as_data

GERMAN = {
    "{place} takes {limit} {unit}.": "Bei {place} sind {limit} {unit} erlaubt.",
    "characters": "Zeichen",
    "It lasts {found}.": "Es dauert {gefunden}.",  # a translator's slip
    "Cut {over}.": "Kürze um {over",  # another
}
DAYS = {1: "{n} Tag", 3: "{n} Tage"}


class German(NullTranslations):
    """A translator with a few words."""

    def gettext(self, message: str) -> str:
        return GERMAN.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return DAYS.get(n, msgid2)


def test_it_is_english_until_somebody_says_it_in_another_language():
    said = phrase("{place} takes {limit} {unit}.", place="Bluesky", limit=300, unit=phrase("characters"))
    assert said == "Bluesky takes 300 characters."
    assert spoken(said, German()) == "Bei Bluesky sind 300 Zeichen erlaubt."


@pytest.mark.parametrize(("number", "words"), [(1, "1 Tag"), (3, "3 Tage")])
def test_it_takes_the_form_that_goes_with_the_number(number: int, words: str):
    assert spoken(counted("{n} day", "{n} days", number), German()) == words


@pytest.mark.parametrize("said", [phrase("It lasts {found}.", found="2 s"), phrase("Cut {over}.", over="2 s")])
def test_a_slip_in_a_translation_gives_english_and_no_fault(said: Phrase):
    assert spoken(said, German()) == str(said)


def test_words_of_people_are_never_taken_for_a_template():
    said = phrase("It lasts {found}.", found="{limit.__class__} {")
    assert spoken(said, NullTranslations()) == "It lasts {limit.__class__} {."


def test_other_texts_stay_as_they_are():
    assert spoken("{not} a phrase", German()) == "{not} a phrase"


@pytest.mark.parametrize("carried", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_it_survives_being_copied_and_sent_to_another_process(carried):
    said = carried(phrase("{place} takes {limit} {unit}.", place="X", limit=1, unit=phrase("characters")))
    assert spoken(said, German()) == "Bei X sind 1 Zeichen erlaubt."


@pytest.mark.parametrize(
    "said",
    [
        phrase("{place} takes {limit:,.1f} {unit}.", place="{X}", limit=2.25, unit=phrase("characters")),
        counted("{n} day", "{n} days", 3),
        "no phrase",
    ],
)
def test_it_goes_through_json_to_a_process_and_back(said: str):
    back = unpacked(json.loads(json.dumps(packed(said))))
    assert (type(back), back, spoken(back, German())) == (type(said), said, spoken(said, German()))


@pytest.mark.parametrize(
    "template", ["{a.__class__}", "{a[0]}", "{a:>999999999}", "{a!a}", "{0.x}", "{a", "{a:{b}}", "a}", "{}"]
)
def test_a_template_from_outside_cannot_ask_for_more_than_a_value(template: str):
    with pytest.raises(ValueError, match="no template"):
        unpacked({"template": template, "plural": "", "number": 1, "values": {"a": "x", "b": "9"}})


@pytest.mark.parametrize(
    "changed", [{"values": None}, {"values": []}, {"values": {}}, {"number": None}, {"number": "x"}]
)
def test_what_is_no_packed_text_is_refused(changed: dict[str, object]):
    whole = packed(phrase("{a}", a="x"))
    assert unpacked(whole) == "x"
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpacked({**whole, **changed})


@pytest.mark.parametrize("data", [None, 3, ["x"], {}])
def test_what_is_no_text_at_all_is_refused(data: object):
    with pytest.raises(ValueError, match="no packed text"):
        unpacked(data)


def test_it_is_stored_as_a_text():
    finding = Finding(
        code="a.b", level=Level.BLOCK, message=phrase("characters"), values={"unit": phrase("characters")}
    )
    stored = json.loads(json.dumps(as_data(finding)))
    assert (stored["message"], stored["values"]) == ("characters", {"unit": "characters"})


def test_a_finding_keeps_its_code_place_and_values():
    finding = Finding(code="a.b", level=Level.BLOCK, message=phrase("characters"), where="text", values={"n": 1})
    said = finding.said_in(German())
    assert (said.message, said.code, said.where, said.values) == ("Zeichen", "a.b", "text", {"n": 1})


def test_an_error_says_all_its_problems():
    one, other = Problem(code="a", message=phrase("characters"), where="text"), Problem(code="b", message="As it is.")
    assert Invalid(problems=[one, other]).said_in(German()) == "text: Zeichen; As it is."
    assert NotFound(phrase("characters")).said_in(German()) == "Zeichen"
    assert NotFound(phrase("characters")).problems_in(German())[0].message == "Zeichen"
