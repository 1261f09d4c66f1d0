"""What the commands answer, and how they end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscut.apps.library.tests import making
from crosscut.cli import doctor
from crosscut.cli.main import WORDS, app, run
from crosscut.kernel.errors import Invalid, NotAllowed, Rejected, Unavailable
from crosscut.site.checkup.outcome import fine, missing
from crosscut.site.supervisor import state
from crosscut.site.supervisor.state import State


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSCUT_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("outcome", "code"), [(fine("Python", "3.11"), 0), (missing("FFmpeg", "none", "get it"), 3)])
def test_the_doctor_ends_with_3_only_when_something_needed_is_missing(outcome, code, home, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda folder: [outcome])
    assert CliRunner().invoke(app, ["doctor"]).exit_code == code
    answer = CliRunner().invoke(app, ["doctor", "--json"])
    assert answer.exit_code == code
    assert json.loads(answer.stdout) == [
        {"name": outcome.name, "grade": outcome.grade, "found": outcome.found, "repair": outcome.repair}
    ]


def test_a_missing_thing_is_shown_with_how_to_get_it(home, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda folder: [missing("FFmpeg", "none", "pip install imageio-ffmpeg")])
    assert "pip install imageio-ffmpeg" in CliRunner().invoke(app, ["doctor"]).stdout


def test_up_beside_a_running_one_says_where_and_ends_well(home):
    with state.held(home):
        state.write(home, State(pid=4, desk_url="http://127.0.0.1:8000", public_url="http://127.0.0.1:8001"))
        answer = CliRunner().invoke(app, ["up"])
    assert answer.exit_code == 0
    assert "running already at http://127.0.0.1:8000" in answer.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [(Invalid("bad"), 2), (NotAllowed("no"), 2), (Unavailable("later"), 3), (Rejected("refused"), 3)],
)
def test_an_error_becomes_words_and_an_exit_code(error, code, home, monkeypatch, capsys):
    def fails(folder):
        raise error

    monkeypatch.setattr(doctor, "examine", fails)
    for arguments in (["crosscut", "doctor"], ["crosscut", "doctor", "--json"]):
        monkeypatch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as ended:
            run()
        assert ended.value.code == code
    said = capsys.readouterr()
    assert str(error) in said.err
    assert json.loads(said.out)["problems"][0]["message"] == str(error)


def test_migrating_without_a_database_address_is_refused_with_a_reason(home, monkeypatch, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["crosscut", "migrate"])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert "DATABASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name, word in WORDS.items() if not word.is_hidden])
def test_the_list_says_of_each_command_what_its_own_help_says(name: str):
    assert WORDS[name].command().help.startswith(WORDS[name].says)


@pytest.mark.parametrize("name", WORDS)
def test_every_word_leads_to_a_command(name: str):
    found = WORDS[name].command()
    assert found.callback or getattr(found, "commands", {})  # a word of its own, or a group of words


def test_a_plan_says_what_is_copied_and_why_the_rest_is_not(tmp_path: Path):
    film = making.film(tmp_path / "dive.mp4")
    answer = CliRunner().invoke(app, ["render", str(film), "--for", "practice/video", "--plan"])
    assert answer.exit_code == 0
    assert "picture copied, sound encoded as aac" in answer.stdout
    assert "the loudness is brought to -16 LUFS" in answer.stdout
    assert list(tmp_path.iterdir()) == [film]


def test_a_plan_says_which_post_types_share_a_file(tmp_path: Path):
    film = making.film(tmp_path / "dive.mp4")
    wanted = "practice/video,bluesky/video,youtube/short"
    answer = CliRunner().invoke(app, ["render", str(film), "--for", wanted, "--plan"])
    assert "bluesky/video, practice/video video/mp4: picture copied" in answer.stdout
    assert "one file for 2 post types" in answer.stdout
    assert "not one file with youtube/short: part of the picture" in answer.stdout
    assert "2 files to make for 3 post types; the picture is encoded once" in answer.stdout
    data = json.loads(CliRunner().invoke(app, ["render", str(film), "--for", wanted, "--plan", "--json"]).stdout)
    assert [file["targets"] for file in data["files"]] == [["bluesky/video", "practice/video"], ["youtube/short"]]


def test_a_pack_is_made_and_the_cache_spares_the_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    film = making.film(tmp_path / "dive.mp4")
    wanted = [
        "render",
        str(film),
        "--for",
        "practice/video,bluesky/video",
        "--cache",
        str(tmp_path / "cache"),
        "--json",
    ]
    first = json.loads(CliRunner().invoke(app, [*wanted, "--out", str(tmp_path / "a")]).stdout)
    assert first["practice/video"] == first["bluesky/video"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["dive-bluesky-video-and-1-more.mp4"]
    monkeypatch.setattr("crosscut.media.ffmpeg.run", lambda *args, **rest: pytest.fail("made again"))
    CliRunner().invoke(app, [*wanted, "--out", str(tmp_path / "b")], catch_exceptions=False)
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["dive-bluesky-video-and-1-more.mp4"]


def test_a_render_without_a_folder_says_so(tmp_path: Path):
    film = making.film(tmp_path / "dive.mp4")
    answer = CliRunner().invoke(app, ["render", str(film), "--for", "practice/video"])
    assert "--out FOLDER" in str(answer.exception)


def test_a_deep_check_hears_what_a_quick_one_does_not(tmp_path: Path):
    film, wanted = making.film(tmp_path / "dive.mp4"), ["--for", "practice/video", "--json"]
    quick, deep = (CliRunner().invoke(app, ["check", str(film), *wanted, *more]) for more in ([], ["--deep"]))
    assert "loudness.off" in deep.stdout
    assert "loudness.off" not in quick.stdout


def test_help_reads_the_code_of_no_command():
    asks = "import sys; sys.argv = ['crosscut', '--help']\nfrom crosscut.cli.main import app\n"
    asks += "try:\n    app()\nexcept SystemExit:\n    pass\n"
    asks += (
        "heavy = {'pydantic', 'httpx', 'numpy', 'psycopg', 'crosscut.media', 'crosscut.cli.up'} & set(sys.modules)\n"
    )
    asks += "assert not heavy, heavy"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
