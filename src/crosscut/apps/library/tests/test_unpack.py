"""Archives on their way in: what is inside arrives, each file for itself, and no trick gets anything else."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from crosscut.apps.library import incoming
from crosscut.apps.library.models import Arrival, Asset, Track
from crosscut.apps.library.services import arrive, unpack
from crosscut.apps.library.tasks import ingest_files
from crosscut.apps.library.tests import making

State = Arrival.State


def archive(path: Path, files: Mapping[str, Path | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content if isinstance(content, bytes) else content.read_bytes())
    return path


def ended(by, path: Path) -> dict[str, str]:
    """What became of each file, by its name."""
    job = making.ingest(by, path)
    return dict(job.arrivals.values_list("filename", "state"))


def test_what_is_inside_goes_in_file_by_file(junior, tmp_path, settings):
    inside: dict[str, Path | bytes] = {
        "shoot/coral reef.jpg": making.jpeg(tmp_path / "a.jpg"),
        "shoot/dive.mp4": making.film(tmp_path / "b.mp4"),
        "shoot/dive.de.vtt": making.CAPTIONS.encode(),
        "notes.txt": b"hello",
    }
    states = ended(junior, archive(tmp_path / "shoot.zip", inside))
    assert states == {
        "shoot.zip": State.UNPACKED,
        "coral reef.jpg": State.STORED,
        "dive.mp4": State.STORED,
        "dive.de.vtt": State.STORED,
        "notes.txt": State.REFUSED,
    }
    assert set(Asset.objects.values_list("title", flat=True)) == {"coral reef", "dive"}
    assert Track.objects.get().language == "de"
    assert Arrival.objects.get(filename="shoot.zip").problem == "4 files were inside."
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_an_archive_in_an_archive_is_opened_and_no_deeper(junior, tmp_path):
    reef = making.jpeg(tmp_path / "reef.jpg")
    path = archive(tmp_path / "0.zip", {"reef.jpg": reef})
    for depth in (1, 2, 3):
        content: dict[str, Path | bytes] = {
            f"{depth - 1}.zip": path,
            f"{depth}.jpg": making.jpeg(tmp_path / "x.jpg", size=(64, depth)),
        }
        path = archive(tmp_path / f"{depth}.zip", content)
    states = ended(junior, path)
    assert states["2.zip"] == states["3.zip"] == State.UNPACKED
    assert states["1.zip"] == State.REFUSED
    assert states["2.jpg"] == states["3.jpg"] == State.STORED
    assert "in an archive in an archive" in Arrival.objects.get(filename="1.zip").problem


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/evil.jpg", "evil.jpg"),
        ("/absolute.jpg", "absolute.jpg"),
        ("n" * 4000 + ".jpg", "n" * 200 + ".jpg"),
        ("photo\u202egpj.exe.jpg", "photogpj.exe.jpg"),
        ("珊瑚/🐠 риф.jpg", "🐠 риф.jpg"),
    ],
)
def test_hostile_names_become_plain_ones(junior, tmp_path, name, kept):
    states = ended(junior, archive(tmp_path / "a.zip", {name: making.jpeg(tmp_path / "x.jpg")}))
    assert states == {"a.zip": State.UNPACKED, kept: State.STORED}


def test_a_bomb_is_refused_and_leaves_nothing(junior, tmp_path, settings):
    making.zip_bomb(tmp_path / "bomb.zip")
    assert ended(junior, tmp_path / "bomb.zip") == {"bomb.zip": State.REFUSED}
    assert "ZIP bomb" in Arrival.objects.get().problem
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_a_broken_archive_is_set_aside(junior, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and then nothing")
    assert ended(junior, tmp_path / "a.zip") == {"a.zip": State.QUARANTINED}


class Killed(BaseException):
    """The worker ends here."""


@pytest.mark.parametrize(("place", "name"), [(unpack, "_enter"), (incoming, "forget"), (incoming, "adopt")])
def test_killed_anywhere_nothing_arrives_twice(junior, tmp_path, monkeypatch, place, name):
    inside = {
        f"{colour}.jpg": making.jpeg(tmp_path / "x" / f"{colour}.jpg", colour=colour) for colour in ("red", "lime")
    }
    job = arrive.ingest_paths(junior, [archive(tmp_path / "a.zip", inside)])

    def dies(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(place, name, dies)
        with pytest.raises(Killed):
            ingest_files.func(job.pk)
    making.worked_off(job)
    assert sorted(job.arrivals.values_list("filename", "state")) == [
        ("a.zip", State.UNPACKED),
        ("lime.jpg", State.STORED),
        ("red.jpg", State.STORED),
    ]
