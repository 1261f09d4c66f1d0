"""`crosscut captions` from the outside: what it says, writes and ends with."""

import json

import pytest
from typer.testing import CliRunner

from crosscut.cli.answers import exit_code_of
from crosscut.cli.main import app
from crosscut.kernel.errors import CrosscutError

FAST = """1
00:00:01,000 --> 00:00:01,300
Nobody had listened to the reef.

2
00:00:05,000 --> 00:00:07,000
It breathes.
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "reef.srt"
    path.write_text(FAST)
    return path


def run(*arguments):
    """The exit code and what was printed; errors as the command's first step turns them into codes."""
    answer = CliRunner().invoke(app, ["captions", *map(str, arguments)])
    if isinstance(answer.exception, CrosscutError):
        return int(exit_code_of(answer.exception)), str(answer.exception)
    return answer.exit_code, answer.stdout


def test_check_says_what_where_why_and_what_to_do(file):
    code, said = run("check", file, "--profile", "netflix")
    assert code == 0
    assert "00:00:01.000 The caption stays 0.3 s; Netflix wants at least 0.833 s." in said
    assert "→ Keep it 0.533 s longer." in said
    assert "partnerhelp.netflixstudios.com" in said
    code, said = run("check", file, "--json")
    assert {found["code"] for found in json.loads(said)["findings"]} == {"captions.too_short", "captions.too_fast"}


def test_broken_captions_end_with_1(tmp_path):
    path = tmp_path / "broken.srt"
    path.write_text("1\n00:00:05,000 --> 00:00:01,000\nBackwards.\n")
    assert run("check", path)[0] == 1


def test_fix_writes_beside_and_then_nothing_is_left_to_say(file):
    code, said = run("fix", file)
    assert code == 0
    assert "Done: 1 caption retimed." in said
    fixed = file.with_name("reef.fixed.srt")
    assert "00:00:01,000 --> 00:00:02,600\nNobody had listened to the reef." in fixed.read_text()
    assert json.loads(run("check", fixed, "--json")[1])["findings"] == []
    assert file.read_text() == FAST


def test_fix_sets_captions_on_shot_changes(file, tmp_path):
    shots = tmp_path / "shots.txt"
    shots.write_text("4.9\n\n12\n")
    code, _ = run("fix", file, "--profile", "netflix", "--shots", shots, "--rate", "25")
    assert code == 0
    assert "00:00:04,900 --> " in file.with_name("reef.fixed.srt").read_text()


def test_convert_says_what_is_lost(file, tmp_path):
    target = tmp_path / "reef.scc"
    file.write_text(FAST.replace("It breathes", "<i>It</i> breathes"))
    code, said = run("convert", file, target)
    assert code == 0
    assert target.read_text().startswith("Scenarist_SCC V1.0")
    assert "Not kept: caption 2: Italic, bold and underline are left out." in said
    assert run("convert", file, tmp_path / "reef.ttml", "--json")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("convert", "FILE", "reef.docx"), "no caption format"),
        (("check", "FILE", "--profile", "disney"), "netflix"),
        (("check", "FILE", "--rate", "fast"), "25 or 30000/1001"),
        (("check", "FILE", "--shots", "FILE"), "one time in seconds"),
        (("check", "missing.srt"), "cannot be opened"),
        (("align", "FILE", "missing.txt"), "UTF-8"),
        (("transcribe", "FILE", "--model", "/nowhere"), "no folder"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(file, arguments, words):
    code, said = run(*(file if argument == "FILE" else argument for argument in arguments))
    assert code == 2
    assert words in said
