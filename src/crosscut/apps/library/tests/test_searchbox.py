import pytest

from crosscut.apps.library.searchbox import Wanted, parse, toggled

# What is typed and what it asks for.
TYPED = (
    ("", Wanted()),
    ("reef fish", Wanted(words=("reef", "fish"))),
    ('"blue whale"', Wanted(words=("blue whale",))),
    ("type:video TYPE:photo", Wanted(kinds=("video", "image"))),
    ('tag:reef tag:"Blue Whale"', Wanted(tags=("reef", "blue whale"))),
    ("rights:none", Wanted(rights="none")),
    ("rights:expires<30d", Wanted(expires_within_days=30)),
    ("credit:missing alt:missing", Wanted(lacks_credit=True, lacks_alt=True)),
    ("is:archived", Wanted(is_archived=True)),
    ("12:30", Wanted(words=("12:30",))),
    ("\0", Wanted()),
)


@pytest.mark.parametrize(("text", "wanted"), TYPED)
def test_it_understands(text, wanted):
    assert parse(text) == wanted


@pytest.mark.parametrize("text", ["colour:loud", "type:poem", "rights:maybe", "credit:", "tag:"])
def test_it_says_what_it_does_not_understand(text):
    (note,) = parse(text).notes
    assert text in note
    assert "type:" in note


@pytest.mark.parametrize("text", ['"', ":::", 'tag:"open', "a" * 5000, "x " * 5000, "'; drop table"])
def test_it_never_fails(text):
    assert len(parse(text).words) <= 20


def test_a_facet_is_put_in_and_taken_out_again():
    assert toggled(toggled("reef", "tag:sea"), "tag:sea") == "reef"
