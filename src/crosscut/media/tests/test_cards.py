"""Cards as cameras lay them out: what is a shot, what belongs together, and whether it is the same card again."""

import os
from pathlib import Path

import pytest

from crosscut.kernel.errors import Unsupported
from crosscut.media import cards
from crosscut.media.cards import Kind, layout_of, read_card

AT_S = 1_790_000_000


def put(root: Path, name: str, *, size_bytes: int = 9, at_s: float = AT_S) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size_bytes)  # as large as it says, and takes no room
    os.utime(path, (at_s, at_s))


# The files of a card, which of them are shots, and how it is called.
LAYOUTS = (
    (("DCIM/100CANON/IMG_0001.JPG", "DCIM/CANONMSC/M0100.CTG", "DCIM/100CANON/IMG_0001.THM"), 1, "DCIM"),
    (("PRIVATE/AVCHD/BDMV/STREAM/00001.MTS", "PRIVATE/AVCHD/BDMV/CLIPINF/00001.CPI"), 1, "PRIVATE/AVCHD"),
    (("PRIVATE/M4ROOT/CLIP/C0001.MP4", "PRIVATE/M4ROOT/CLIP/C0001M01.XML", "PRIVATE/M4ROOT/SUB/C0001S03.MP4",
      "PRIVATE/M4ROOT/THMBNL/C0001T01.JPG"), 1, "PRIVATE/M4ROOT"),
    (("CONTENTS/CLIP/0001AB.XML", "CONTENTS/VIDEO/0001AB.MXF", "CONTENTS/AUDIO/0001AB00.MXF",
      "CONTENTS/PROXY/0001AB.MP4", "CONTENTS/ICON/0001AB.BMP", "LASTCLIP.TXT"), 2, "CONTENTS/CLIP"),
    (("CONTENTS/CLIPS001/AA0001/AA000101.MXF", "CONTENTS/CLIPS001/AA0001/AA000101.CIF", "CONTENTS/CLIPS001/INDEX.MIF"),
     1, "CONTENTS"),
    (("DCIM/100GOPRO/GH010007.MP4", "DCIM/100GOPRO/GL010007.LRV", "DCIM/100GOPRO/GH010007.THM"), 1, "DCIM"),
)  # fmt: skip


@pytest.mark.parametrize(("files", "count", "layout"), LAYOUTS)
def test_it_takes_shots_and_leaves_what_the_camera_keeps(tmp_path, files, count, layout):
    for name in files:
        put(tmp_path, name)
    card = read_card(tmp_path)
    assert card and (len(card.shots), card.layout) == (count, layout)
    assert card.unknown == ()


def test_a_folder_without_such_folders_or_without_shots_is_no_card(tmp_path):
    put(tmp_path, "holiday/IMG_0001.JPG")
    assert layout_of(tmp_path) == "" and read_card(tmp_path) is None
    (tmp_path / "holiday/IMG_0001.JPG").unlink(), (tmp_path / "DCIM").mkdir()
    assert read_card(tmp_path) is None


def test_files_of_which_nothing_is_known_are_named(tmp_path):
    put(tmp_path, "DCIM/100MEDIA/IMG_0001.JPG")
    put(tmp_path, "DCIM/100MEDIA/A001.BRAW")
    card = read_card(tmp_path)
    assert card and card.unknown == ("DCIM/100MEDIA/A001.BRAW",)


def test_a_card_of_which_not_all_would_be_known_is_refused(tmp_path, monkeypatch):
    put(tmp_path, "DCIM/100MEDIA/IMG_0001.JPG")
    put(tmp_path, "DCIM/100MEDIA/IMG_0002.JPG")
    monkeypatch.setattr(cards, "MOST_FILES", 1)
    with pytest.raises(Unsupported, match="More than 1 files"):
        read_card(tmp_path)


def test_it_is_the_same_card_until_it_is_formatted(tmp_path):
    put(tmp_path, "DCIM/100CANON/IMG_0001.JPG")
    first = read_card(tmp_path)
    put(tmp_path, "DCIM/100CANON/IMG_0002.JPG", at_s=AT_S + 60)
    again = read_card(tmp_path)
    assert first and again and first.key == again.key and first.state != again.state
    (tmp_path / "DCIM/100CANON/IMG_0001.JPG").unlink(), (tmp_path / "DCIM/100CANON/IMG_0002.JPG").unlink()
    put(tmp_path, "DCIM/100CANON/IMG_0001.JPG", at_s=AT_S + 9000)  # the counter began anew
    formatted = read_card(tmp_path)
    assert formatted and formatted.key != first.key


def test_raw_files_and_pictures_are_pairs_and_quick_pictures_are_bursts(tmp_path):
    put(tmp_path, "DCIM/100MEDIA/IMG_0001.JPG")
    put(tmp_path, "DCIM/100MEDIA/IMG_0001.CR3")
    for number in range(10, 14):  # five a second
        put(tmp_path, f"DCIM/100MEDIA/IMG_00{number}.JPG", at_s=AT_S + 100 + number / 5)
    for number in (20, 21):  # two are none yet
        put(tmp_path, f"DCIM/100MEDIA/IMG_00{number}.JPG", at_s=AT_S + 200)
    for number in (30, 31, 32):  # slowly one after the other
        put(tmp_path, f"DCIM/100MEDIA/IMG_00{number}.JPG", at_s=AT_S + 300 + 3 * number)
    card = read_card(tmp_path)
    assert card and [(group.kind, group.name, len(group.paths)) for group in card.groups] == [
        (Kind.PAIR, "IMG_0001", 2),
        (Kind.BURST, "IMG_0010 – IMG_0013", 4),
    ]
    assert card.groups[0].paths[0].endswith(".CR3")


def test_a_burst_of_pairs_is_one_burst(tmp_path):
    for number in (1, 2, 3):
        for ending in ("JPG", "NEF"):
            put(tmp_path, f"DCIM/100NIKON/DSC_000{number}.{ending}", at_s=AT_S + number / 8)
    card = read_card(tmp_path)
    assert card and [(group.kind, len(group.paths)) for group in card.groups] == [(Kind.BURST, 6)]


# The files of one recording, and whether that is sure.
GIGA = 1 << 30
RECORDINGS = (
    ((("DCIM/100GOPRO/GH010123.MP4", 9), ("DCIM/100GOPRO/GH020123.MP4", 9)), "GH0123", True),
    ((("CONTENTS/VIDEO/0001AB.MXF", 9), ("CONTENTS/AUDIO/0001AB00.MXF", 9), ("CONTENTS/AUDIO/0001AB01.MXF", 9)),
     "0001AB", True),
    ((("CONTENTS/CLIPS001/AA0001/AA000101.MXF", 9), ("CONTENTS/CLIPS001/AA0001/AA000102.MXF", 9)), "AA0001", True),
    ((("PRIVATE/AVCHD/BDMV/STREAM/00001.MTS", 2 * GIGA - 999), ("PRIVATE/AVCHD/BDMV/STREAM/00002.MTS", 9)),
     "00001 – 00002", False),
    ((("DCIM/100CANON/MVI_0001.MP4", 4 * GIGA - 999), ("DCIM/100CANON/MVI_0002.MP4", 4 * GIGA - 7),
      ("DCIM/100CANON/MVI_0003.MP4", 9)), "MVI_0001 – MVI_0003", False),
)  # fmt: skip


@pytest.mark.parametrize(("files", "name", "is_sure"), RECORDINGS)
def test_one_recording_in_several_files_is_told(tmp_path, files, name, is_sure):
    for path, size_bytes in files:
        put(tmp_path, path, size_bytes=size_bytes)
    put(tmp_path, "DCIM/100OTHER/MVI_0009.MP4", size_bytes=GIGA)
    card = read_card(tmp_path)
    assert card is not None
    (group,) = card.groups
    assert (group.kind, group.name, group.is_sure) == (Kind.CLIP, name, is_sure)
    assert group.paths == tuple(path for path, _size in files)
