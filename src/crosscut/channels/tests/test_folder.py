"""A folder of ours is whole at every moment, whatever is killed or full."""

import errno
import hashlib
import os
import time
from dataclasses import replace

import pytest

from crosscut.channels import folder as folders
from crosscut.channels.folder import keep, locked, sweep, write
from crosscut.channels.shelf import Shelf, slug
from crosscut.channels.tests.made import picture, post
from crosscut.kernel.errors import Rejected, RetryLater, Unavailable


def test_it_leaves_a_file_alone_that_already_says_this(tmp_path):
    path = tmp_path / "a.txt"
    assert write(path, b"reef")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert not write(path, b"reef")
    assert before == (path.stat().st_mtime_ns, path.stat().st_ino)


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write(path, b"old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(path, b"new", is_durable=True)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_means_later(tmp_path):
    trouble = folders.trouble(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert isinstance(trouble, RetryLater)
    assert "full" in str(trouble)


def test_a_folder_that_cannot_be_made_is_a_refusal_that_says_why(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Rejected, match="cannot be written"), locked(tmp_path / "file" / "site"):
        """Not reached."""


def test_a_process_that_does_not_let_go_keeps_nobody_waiting_for_good(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "WAITS_S", 0.1)
    with locked(tmp_path), pytest.raises(RetryLater, match="does not let go"), locked(tmp_path):
        """Not reached."""
    with locked(tmp_path):
        """It is free again."""


def test_who_has_waited_too_long_writes_nothing(tmp_path):
    with pytest.raises(RetryLater, match="time for this try is over"), locked(tmp_path, not_after_s=time.monotonic()):
        """Not reached."""


def test_media_are_kept_by_their_content_once(tmp_path):
    one, two = picture(tmp_path / "in", "a.jpg"), picture(tmp_path / "in2", "a.jpg")
    assert keep(one, tmp_path / "media") == keep(two, tmp_path / "media")
    kept = list((tmp_path / "media").iterdir())
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in kept] == [one.sha256]


def test_a_file_that_changed_after_the_approval_is_refused_without_a_rest(tmp_path):
    media = picture(tmp_path / "in")
    media.path.write_bytes(b"another picture")
    with pytest.raises(Rejected, match="content has changed"):
        keep(media, tmp_path / "media")
    assert not list((tmp_path / "media").iterdir())


def test_a_file_that_is_not_at_hand_means_later(tmp_path):
    media = picture(tmp_path / "in")
    media.path.unlink()
    with pytest.raises(RetryLater, match=r"reef\.jpg is not at hand"):
        keep(media, tmp_path / "media")


def test_what_a_kill_left_unfinished_is_swept(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".page.html.77.part").write_text("half")
    (tmp_path / "deep" / "page.html").write_text("whole")
    sweep(tmp_path)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["page.html"]


@pytest.mark.parametrize("key", ["../../etc/passwd", "short", "UPPER-CASE-KEY", "a" * 41, "with/slash-in-it"])
def test_a_key_cannot_leave_the_folder(tmp_path, key):
    with pytest.raises(Rejected, match="13 to 40"):
        Shelf(tmp_path).put(post(key), post().due_at)
    assert Shelf(tmp_path).get(key) is None


def test_the_same_title_gets_its_own_address(tmp_path):
    shelf = Shelf(tmp_path)
    paths = [shelf.put(post(f"reef-post-000{n}"), post().due_at).path for n in range(3)]
    assert paths == ["2026/half-of-the-reef", "2026/half-of-the-reef-2", "2026/half-of-the-reef-3"]


def test_the_address_of_a_post_taken_down_is_never_used_again(tmp_path):
    shelf = Shelf(tmp_path)
    first = shelf.put(post("reef-post-0001"), post().due_at)
    shelf.bury(first, post().due_at)
    assert shelf.put(post("reef-post-0002"), post().due_at).path != first.path
    buried = shelf.get("reef-post-0001")
    assert buried
    assert (buried.text, buried.gone_at) == ("", post().due_at)


def test_a_new_title_keeps_the_address(tmp_path):
    shelf = Shelf(tmp_path)
    first = shelf.put(post(), post().due_at)
    again = shelf.put(replace(post(), title="All of the reef"), post().due_at)
    assert (again.path, again.title, again.revision) == (first.path, "All of the reef", 2)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Reef's half: what's left?", "reefs-half-whats-left"),
        ("हिन्दी में", "हिन्दी-में"),  # marks belong to their letters
        ("../../etc", "etc"),
        ("  ", ""),
        ("a" * 300, "a" * 80),  # one endless word
        ("🐙", ""),
    ],
)
def test_a_slug_is_safe_in_every_script(title, wanted):
    assert slug(title) == wanted


def test_a_damaged_item_is_named(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.put(post(), post().due_at)
    (tmp_path / "items" / f"{post().key}.json").write_text("{half")
    with pytest.raises(Unavailable, match=f"{post().key}.json cannot be read"):
        shelf.all()
