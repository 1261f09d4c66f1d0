"""A file's type is what its bytes say."""

import zipfile

import pytest

from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.media.sniff import SizeLimits, sniff

GIGABYTE = 10**9


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(20), Kind.IMAGE, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), Kind.IMAGE, "image/png"),
        (b"GIF89a" + bytes(20), Kind.IMAGE, "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Kind.IMAGE, "image/webp"),
        (b"\0\0\0\x18ftypheic" + bytes(20), Kind.IMAGE, "image/heic"),
        (b"\0\0\0\x18ftypavif" + bytes(20), Kind.IMAGE, "image/avif"),
        (b"\0\0\0\x18ftypisom" + bytes(20), Kind.VIDEO, "video/mp4"),
        (b"\0\0\0\x18ftypqt  " + bytes(20), Kind.VIDEO, "video/quicktime"),
        (b"\0\0\0\x18ftypM4A " + bytes(20), Kind.AUDIO, "audio/mp4"),
        (b"\x1aE\xdf\xa3\x01\0\0\0\x42\x82\x84webm", Kind.VIDEO, "video/webm"),
        (b"ID3\x04" + bytes(20), Kind.AUDIO, "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(20), Kind.AUDIO, "audio/mpeg"),
        (b"fLaC" + bytes(20), Kind.AUDIO, "audio/flac"),
        (b"8BPS\0\x01", Kind.IMAGE, "image/vnd.adobe.photoshop"),
        (b"II*\0\x10\0\0\0CR\x02\0" + bytes(20), Kind.IMAGE, "image/x-canon-cr2"),  # a TIFF too
        (b"\0\0\0\x18ftypcrx " + bytes(20), Kind.IMAGE, "image/x-canon-cr3"),
        (b"%PDF-1.7\n", Kind.DOCUMENT, "application/pdf"),
        (b"\0\1\0\0\0\x0c" + bytes(20), Kind.DOCUMENT, "font/ttf"),
        (b"OTTO\0\x0c" + bytes(20), Kind.DOCUMENT, "font/otf"),
        (b"WEBVTT\n\n", Kind.CAPTIONS, "text/vtt"),
        (b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n", Kind.CAPTIONS, "application/x-subrip"),
        (
            b'<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>',
            Kind.IMAGE,
            "image/svg+xml",
        ),
    ],
)
def test_it_knows_a_type_by_its_first_bytes(tmp_path, head, kind, media_type):
    path = tmp_path / "unnamed"
    path.write_bytes(head)
    found = sniff(path)
    assert (found.kind, found.media_type, found.warnings) == (kind, media_type, ())


def test_it_warns_when_the_name_says_something_else(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(20))
    assert [warning.code for warning in sniff(path).warnings] == ["media.misnamed"]


def test_it_refuses_an_empty_file(tmp_path):
    path = tmp_path / "clip.mp4"
    path.touch()
    with pytest.raises(Damaged, match="empty"):
        sniff(path)


def test_it_refuses_ten_sparse_gigabytes_without_reading_them(tmp_path):
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(10 * GIGABYTE)
    with pytest.raises(Invalid, match="too large"):
        sniff(path)


def test_it_refuses_a_picture_larger_than_pictures_are(tmp_path):
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(GIGABYTE)
    with pytest.raises(Invalid, match="too large"):
        sniff(path)
    assert sniff(path, limits=SizeLimits(picture_bytes=2 * GIGABYTE)).media_type == "image/jpeg"


def test_it_refuses_a_zip_bomb_that_is_named_a_picture(tmp_path):
    path = tmp_path / "holiday.jpg"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(10_000_000))
    with pytest.raises(Unsupported, match="ZIP archive"):
        sniff(path)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"wOF2\0\1\0\0", "packed for web pages"),
        (b"ttcf\0\1\0\0", "several fonts"),
        (b"#EXTM3U\n/etc/passwd\n", "playlist"),  # would lead FFmpeg to other files
        (b"<!DOCTYPE html><script>", "web page"),
        (b"\x7fELF\x02", "program"),
        (b"no idea", "known"),
    ],
)
def test_it_refuses_by_name_what_it_does_not_take(tmp_path, head, words):
    path = tmp_path / "thing.mp4"
    path.write_bytes(head)
    with pytest.raises(Unsupported, match=words):
        sniff(path)


def test_it_says_when_there_is_no_such_file(tmp_path):
    with pytest.raises(NotFound):
        sniff(tmp_path / "gone.mp4")
