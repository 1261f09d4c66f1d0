"""Piece files: every problem named, nothing silently taken."""

import pytest

from crosscut.kernel.errors import Invalid
from crosscut.kernel.piece_file import PieceFile, parse

GOOD = "crosscut: 1\ntitle: A leaf\nchannels:\n  site: {type: article}\n"


def test_it_reads_a_small_piece() -> None:
    piece = parse(GOOD, PieceFile)
    assert piece.title == "A leaf" and piece.channels["site"].type == "article"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "titel: typo\n", "no such field"),
        (GOOD + "title: Again\n", "stands here twice"),
        (GOOD + "tags: &a [x]\nsummary: *a\n", "aliases"),  # the way to a file that grows without end
        (GOOD + "schedule: {zone: Europe/Atlantis, to: [{account: x}]}\n", "no time zone"),
        (GOOD + "schedule: {at: 2026-12-01T09:00:00Z, to: [{account: x}]}\n", "without an offset"),
        ("- a list\n", "must hold fields"),
        ("a: [", "not YAML"),
    ],
)
def test_it_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        parse(text, PieceFile, name="piece.yaml")


def test_it_names_every_problem_and_its_field() -> None:
    with pytest.raises(Invalid) as caught:
        parse("crosscut: 1\ntitle: ''\nchannels: {}\n", PieceFile, name="piece.yaml")
    assert {problem.where for problem in caught.value.problems} == {"piece.yaml: title", "piece.yaml: channels"}
