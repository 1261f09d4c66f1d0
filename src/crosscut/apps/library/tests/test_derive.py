from fractions import Fraction

import pytest

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition
from crosscut.apps.library.services import arrive, derive, sweep
from crosscut.apps.library.services.packing import Want, rendition_for
from crosscut.apps.library.tests import making
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media.recipes import Focus

SQUARE = MediaRequirement(
    post_type="practice/images",
    kind=Kind.IMAGE,
    media_types=("image/jpeg",),
    min_aspect=Fraction(1),
    max_aspect=Fraction(1),
)


def squared(asset, focus: Focus | None = None) -> Rendition:
    made = rendition_for(asset.current, Want(need=SQUARE, focus=focus))
    assert made
    return made


def test_a_master_that_conforms_is_used_as_it_is(photo):
    anything = MediaRequirement(post_type="site/article", kind=Kind.IMAGE, media_types=("image/jpeg",))
    assert rendition_for(photo.current, Want(need=anything)) is None


def test_it_makes_what_the_requirement_asks_for(photo):
    made = squared(photo)
    assert made.purpose == "practice/images"
    assert derive.facts_of(made).aspect == 1
    with storage.local_copy(made.sha256) as path:
        assert path.stat().st_size == made.size_bytes


def test_it_is_made_once_and_again_only_for_another_recipe(photo, monkeypatch):
    first = squared(photo)
    with monkeypatch.context() as patch:
        patch.setattr(derive, "render", lambda *args, **kwargs: pytest.fail("made again"))
        assert squared(photo) == first
    other = squared(photo, Focus(x=Fraction(0), y=Fraction(0)))
    assert other != first


def test_a_lost_derived_file_is_made_again(photo):
    first = squared(photo)
    storage.remove(first.sha256, is_old=lambda at: True)
    again = squared(photo)
    assert again.pk == first.pk
    assert storage.exists(again.sha256)


def test_the_sweep_frees_only_what_nothing_names(photo, settings, tmp_path, monkeypatch):
    orphan = tmp_path / "orphan.bin"
    orphan.write_bytes(b"made and never noted")
    stored = storage.keep(orphan)
    leftover = settings.UPLOAD_FOLDER / "make-killed"
    leftover.mkdir()
    assert sweep.sweep_files() == sweep.Swept(files=0, size_bytes=0, leftovers=0)
    monkeypatch.setattr(sweep, "AGE_S", -60)
    assert sweep.sweep_files() == sweep.Swept(files=1, size_bytes=stored.size_bytes, leftovers=1)
    assert storage.exists(photo.current.sha256)
    assert all(storage.exists(made.sha256) for made in Rendition.objects.all())


def test_the_sweep_leaves_files_that_still_wait(cast, settings, monkeypatch):
    path = making.jpeg(settings.UPLOAD_FOLDER / "folder" / "a.jpg")
    arrive.receive(cast.junior, [arrive.Incoming(path=path, filename="a.jpg")])
    monkeypatch.setattr(sweep, "AGE_S", -60)
    sweep.sweep_files()
    assert path.exists()
