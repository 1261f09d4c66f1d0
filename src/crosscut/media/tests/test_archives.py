"""Archives, honest and hostile."""

import stat
import zipfile
from pathlib import Path

import pytest

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.media.archives import ArchiveLimits, is_archive, unpack

LIMITS = ArchiveLimits(total_bytes=200_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def test_files_come_out_and_rubbish_stays(tmp_path, folder):
    path = archive(
        tmp_path / "a.zip",
        {
            "shoot/reef.jpg": b"1",
            "shoot/deep/dive.mp4": b"22",
            "__MACOSX/._reef.jpg": b"3",
            ".hidden": b"4",
            "empty/": b"",
        },
    )
    found = unpack(path, folder, LIMITS)
    assert {entry.name: (folder / entry.place).read_bytes() for entry in found} == {
        "shoot/reef.jpg": b"1",
        "shoot/deep/dive.mp4": b"22",
    }


@pytest.mark.parametrize(
    "name", ["../../evil.jpg", "/etc/evil.jpg", "..\\..\\evil.jpg", "C:\\evil.jpg", "x" * 4000 + ".jpg"]
)
def test_no_name_leads_out_of_the_folder(tmp_path, folder, name):
    (entry,) = unpack(archive(tmp_path / "a.zip", {name: b"x"}), folder, LIMITS)
    assert entry.place == "00000"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["00000", "a.zip"]


def test_links_are_not_followed(tmp_path, folder):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        link = zipfile.ZipInfo("passwd.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert unpack(tmp_path / "a.zip", folder, LIMITS) == []


def test_a_bomb_is_stopped_before_it_has_grown(tmp_path, folder):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros", "w") as file:
        for _ in range(100):
            file.write(bytes(1_000_000))
    with pytest.raises(Invalid, match="ZIP bomb"):
        unpack(path, folder, LIMITS)
    assert sum(file.stat().st_size for file in folder.iterdir()) <= LIMITS.ratio_from_bytes


def test_limits_are_kept(tmp_path, folder):
    path = archive(tmp_path / "a.zip", {f"{number}.jpg": bytes(100) for number in range(20)})
    with pytest.raises(Invalid, match="at most 10 are taken"):
        unpack(path, folder, ArchiveLimits(total_bytes=10_000, files=10))
    with pytest.raises(Invalid, match="More is inside"):
        unpack(path, folder, ArchiveLimits(total_bytes=1000))


def test_one_broken_entry_costs_only_itself(tmp_path, folder):
    path = archive(tmp_path / "a.zip", {"good.jpg": b"good", "bad.jpg": bytes(range(256)) * 20})
    data = bytearray(path.read_bytes())
    at = data.index(b"bad.jpg") + 20
    data[at : at + 10] = b"\xff" * 10
    path.write_bytes(data)
    places = {entry.name: entry.place for entry in unpack(path, folder, LIMITS)}
    assert places == {"good.jpg": "00000", "bad.jpg": ""}


def test_a_locked_entry_says_so(tmp_path, folder):
    path = archive(tmp_path / "a.zip", {"a.jpg": b"x"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    (entry,) = unpack(path, folder, LIMITS)
    assert "password" in entry.problem


def test_what_is_no_archive_is_said_to_be_none(tmp_path, folder):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(Damaged, match="cannot be read"):
        unpack(path, folder, LIMITS)


def test_only_what_is_called_so_is_taken_for_an_archive(tmp_path):
    made = archive(tmp_path / "a.zip", {"a": b"x"})
    assert is_archive(made)
    assert not is_archive(made.rename(tmp_path / "a.jpg"))
    (tmp_path / "b.zip").write_bytes(b"\xff\xd8\xff")
    assert not is_archive(tmp_path / "b.zip")
