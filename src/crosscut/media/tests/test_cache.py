# mypy: disable-error-code="union-attr"
"""What the cache gives back is what was put in, or nothing."""

import os
from pathlib import Path

import pytest

from crosscut.kernel.errors import Cancelled, Invalid
from crosscut.media.cache import Cache, sha256_of
from crosscut.media.recipes import PicturePart, Purpose, Recipe

VERSION = "ab" * 32


def recipe(width_px: int = 100) -> Recipe:
    return Recipe(purpose=Purpose.POST, media_type="image/jpeg", picture=PicturePart(max_width_px=width_px))


def put(cache: Cache, width_px: int = 100, text: bytes = b"made") -> Path:
    made = cache.folder / "made.jpg"
    made.write_bytes(text)
    return cache.keep(VERSION, recipe(width_px), made, None).path


def test_a_kept_file_is_found_by_version_and_recipe_only(tmp_path):
    cache = Cache(tmp_path)
    path = put(cache)
    kept = cache.find(VERSION, recipe())
    assert (kept.path, kept.sha256, kept.size_bytes) == (path, sha256_of(path), 4)
    assert cache.find("cd" * 32, recipe()) is None
    assert cache.find(VERSION, recipe(200)) is None


def test_a_new_engine_does_not_take_over_what_an_old_one_made(tmp_path, monkeypatch):
    cache = Cache(tmp_path)
    put(cache)
    monkeypatch.setattr("crosscut.media.recipes.ENGINE", "next")
    assert cache.find(VERSION, recipe()) is None


@pytest.mark.parametrize("harm", [b"mad3", b"made and more", b""])
def test_a_damaged_file_is_removed_so_that_it_is_made_again(tmp_path, harm):
    cache = Cache(tmp_path)
    path = put(cache)
    path.write_bytes(harm)
    assert cache.find(VERSION, recipe()) is None
    assert not path.exists()


def test_a_damaged_record_does_not_count(tmp_path):
    cache = Cache(tmp_path)
    put(cache).with_suffix(".json").write_text('{"sha256":')
    assert cache.find(VERSION, recipe()) is None


def test_the_longest_unused_goes_first(tmp_path):
    cache = Cache(tmp_path, max_bytes=10)
    paths = {width_px: put(cache, width_px) for width_px in (1, 2, 3)}
    for age_s, width_px in ((300, 1), (200, 2), (100, 3)):
        note = paths[width_px].with_suffix(".json")
        os.utime(note, (note.stat().st_atime, note.stat().st_mtime - age_s))
    cache.find(VERSION, recipe(1))  # used now
    assert cache.sweep() == 4
    assert [width_px for width_px in paths if cache.find(VERSION, recipe(width_px))] == [1, 3]


def test_what_is_in_use_stays_even_when_it_is_too_much(tmp_path):
    cache = Cache(tmp_path, max_bytes=1)
    path = put(cache)
    assert cache.sweep(spare=[path]) == 0
    assert cache.sweep() == 4


def test_half_done_work_of_a_dead_process_goes_after_a_day(tmp_path):
    cache = Cache(tmp_path)
    old, new = (tmp_path / "ff" / name for name in ("old.jpg", "new.jpg"))
    old.parent.mkdir()
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    cache.sweep()
    assert (old.exists(), new.exists()) == (False, True)


def test_it_delivers_a_copy_that_can_be_changed_without_harm(tmp_path):
    cache = Cache(tmp_path / "cache")
    put(cache)
    cache.deliver(VERSION, recipe(), tmp_path / "out" / "a.jpg")
    (tmp_path / "out" / "a.jpg").write_bytes(b"edited")
    assert cache.find(VERSION, recipe())
    assert cache.deliver(VERSION, recipe(7), tmp_path / "b.jpg") is None
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jpg"]


def test_waiting_for_another_process_can_be_stopped(tmp_path):
    cache = Cache(tmp_path)
    with cache.making(VERSION), pytest.raises(Cancelled), cache.making(VERSION, should_stop=lambda: True):
        pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Invalid, match="cannot be kept"):
        Cache(tmp_path / "file" / "cache")
