"""`crosscut cut` and `crosscut exchange`, as people call them."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscut.cli.main import app
from crosscut.media import exchange, provenance
from crosscut.media.cuts import Clip, Cut, Track, Words
from crosscut.media.cuts.tests import counted
from crosscut.media.provenance import State


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    counted.film(tmp_path / "a.mp4", 60)
    clips = tuple(
        Clip(name="a", media="a.mp4", start_s=Fraction(start, 25), duration_s=Fraction(10, 25)) for start in (5, 30)
    )
    cut = Cut(name="Plain", rate=Fraction(25), tracks=(Track(kind="video", items=clips),))
    exchange.write(cut, tmp_path / "plain.otio")
    return tmp_path


def test_it_makes_the_film_and_says_how(shelf: Path) -> None:
    answer = CliRunner().invoke(app, ["cut", str(shelf / "plain.otio"), "--out", str(shelf / "out.mp4"), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["frames"], told["warnings"]) == (20, [])
    assert counted.numbers(shelf / "out.mp4") == [*range(5, 15), *range(30, 40)]


def test_it_encodes_the_sound_when_asked(shelf: Path) -> None:
    """Which is exact to the sample, and what is copied may be half a packet off: the answer tells."""
    order = ["cut", str(shelf / "plain.otio"), "--out", str(shelf / "out.mp4")]
    assert "from its picture" in " ".join(CliRunner().invoke(app, order).stdout.split())
    told = json.loads(CliRunner().invoke(app, [*order, "--encode", "sound", "--json"]).stdout)
    assert told["sound"] == "encoded" and Fraction(told["sound_moved_s"]) == 0


def test_what_it_makes_is_signed_with_what_it_was_made_of_or_not_made(shelf: Path) -> None:
    keys = shelf / "keys"
    told = json.loads(CliRunner().invoke(app, ["signer", str(keys), "--name", "Reef Watch", "--json"]).stdout)
    order = ["cut", str(shelf / "plain.otio"), "--out", str(shelf / "out.mp4"), "--sign", str(keys), "--json"]
    assert json.loads(CliRunner().invoke(app, order).stdout)["frames"] == 20
    found = provenance.read(shelf / "out.mp4", anchors=Path(told["anchors"]))
    assert (found.state, found.manifests[0].signer) == (State.TRUSTED, "Reef Watch, Reef Watch signer")
    assert [part.title for part in found.manifests[0].ingredients] == ["a.mp4"]
    assert found.manifests[0].title == "out.mp4"
    (shelf / "out.mp4").unlink()
    (keys / "signer.pem").write_text("no certificates")
    assert "cannot be signed" in str(CliRunner().invoke(app, order).exception)
    (keys / "signer.pem").unlink()
    assert "There is no signer.pem" in str(CliRunner().invoke(app, order).exception)
    assert sorted(path.name for path in shelf.iterdir()) == ["a.mp4", "keys", "plain.otio"]


def test_it_refuses_another_ending_and_a_timeline_without_media(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = CliRunner().invoke(app, ["cut", str(shelf / "plain.otio"), "--out", str(shelf / "out.avi")])
    assert "name the result .mp4" in str(wrong.exception)
    (shelf / "a.mp4").unlink()
    lost = CliRunner().invoke(app, ["cut", str(shelf / "plain.otio"), "--out", str(shelf / "out.mp4")])
    assert "a.mp4 is not in" in str(lost.exception)
    assert sorted(path.name for path in shelf.iterdir()) == ["plain.otio"]


def test_it_says_what_a_format_could_not_carry(tmp_path: Path) -> None:
    clip = Clip(name="a", media="a.mp4", start_s=Fraction(0), duration_s=Fraction(2))
    words = (Words(text="Reef", start_s=Fraction(0), duration_s=Fraction(1)),)
    cut = Cut(name="x", rate=Fraction(25), tracks=(Track(kind="video", items=(clip,)),), words=words)
    exchange.write(cut, tmp_path / "cut.otio")
    answer = CliRunner().invoke(app, ["exchange", str(tmp_path / "cut.otio"), str(tmp_path / "cut.edl")])
    assert answer.exit_code == 0 and 'The title "Reef" is not in it' in " ".join(answer.stdout.split())
    kept = CliRunner().invoke(app, ["exchange", str(tmp_path / "cut.otio"), str(tmp_path / "cut.fcpxml"), "--json"])
    assert json.loads(kept.stdout)["lost"] == []


def test_a_wrong_rate_is_refused(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["exchange", "cut.edl", str(tmp_path / "cut.otio"), "--rate", "many"])
    assert "is no frame rate" in str(answer.exception)
