"""Files and rows through deaths and full disks: no asset lost, none half there, no row without its file.

A work is broken off at one moment, by a death or a full disk. Then everything is looked at twice: as the dead left it,
and after the same work was done again and a sweep went by. MOMENTS says how many there are. A plain run takes some of
them; CROSSCUT_EVERY_MOMENT=1 takes each, and one more, at which all is done: so MOMENTS cannot say too few.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival, Asset, Paper, Rendition, Version
from crosscut.apps.library.queries.rooms import named
from crosscut.apps.library.services import arrive, bins, derive, papers, rooms, sweep
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tasks import ingest_files
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.kernel.errors import CrosscutError
from tests.cast import Cast
from tests.faults.dying import Death, fated

__all__ = ["store"]
IS_EVERY = bool(os.environ.get("CROSSCUT_EVERY_MOMENT"))  # some ten minutes

Work = Callable[[Cast, Asset, Path], None]


def ingest(cast: Cast, asset: Asset, folder: Path) -> None:
    """Two files arrive; the same again after a death. An upload that was not noted is sent again by its sender."""
    if not Arrival.objects.filter(filename="new.jpg").exists():
        arrive.ingest_paths(cast.junior, [folder / "new.jpg", folder / "bad.jpg"])
    _read(cast, "new.jpg", "bad.jpg")


def replace(cast: Cast, asset: Asset, folder: Path) -> None:
    """A new version of the asset."""
    if not Arrival.objects.filter(asset=asset, filename="newer.jpg").exists():
        arrive.receive(cast.junior, [arrive.Incoming(path=folder / "newer.jpg", filename="newer.jpg")], asset=asset)
    _read(cast, "newer.jpg")


def _read(cast: Cast, *names: str) -> None:
    """A worker reads them; where an earlier one stopped for want of room, a person asks for them again first."""
    for arrival in Arrival.objects.filter(filename__in=names):
        if arrive.can_retry(arrival):
            arrive.retry(cast.junior, arrival.pk)
    for job_id in set(Arrival.objects.filter(filename__in=names).values_list("job", flat=True)):
        ingest_files.func(job_id)


def give_back_and_make_again(cast: Cast, asset: Asset, folder: Path) -> None:
    """A preview's room is given back, and it is made again."""
    for made in Rendition.objects.filter(version__asset=asset).select_related("version__asset"):
        rooms.free(made)
        derive.make_again(Rendition.objects.select_related("version__asset").get(pk=made.pk))


def cool_and_warm(cast: Cast, asset: Asset, folder: Path) -> None:
    """The master goes into the cold and comes back."""
    (sha256,) = set(asset.versions.filter(number=1).values_list("sha256", flat=True))
    if storage.is_warm(sha256):
        rooms._cool(sha256)
    rooms.warm(sha256)


def delete_for_good(cast: Cast, asset: Asset, folder: Path) -> None:
    """Another asset goes into the bin and then for good."""
    for other in Asset.objects.filter(title="doomed"):
        if other.binned_at is None:
            bins.put_into_bin(cast.junior, [other.pk])
        bins.remove_for_good(other, by=cast.lead)


def sweep_up(cast: Cast, asset: Asset, folder: Path) -> None:
    """Files that nothing names are taken away, in earnest."""
    sweep.check_storage(is_deep=False, is_dry=False)


def attach(cast: Cast, asset: Asset, folder: Path) -> None:
    """A contract is kept with the licence."""
    licence = asset.licences.get()
    if not licence.papers.exists():
        papers.attach_to_licence(cast.lead, licence.pk, folder / "contract.pdf", filename="contract.pdf")


# Of each work, at how many moments a death can differ at most, and at how many a disk can be full.
MOMENTS: dict[Work, tuple[int, int]] = {
    ingest: (41, 20),
    replace: (39, 19),
    give_back_and_make_again: (41, 16),
    cool_and_warm: (14, 8),
    delete_for_good: (11, 3),
    sweep_up: (3, 1),
    attach: (9, 6),
}


def breaks() -> list[tuple[Work, str, int]]:
    """What is played: the work, how it breaks off, and at which of its moments."""
    found = []
    for number, (work, counts) in enumerate(MOMENTS.items()):
        for kind, count in zip(("kill", "full"), counts, strict=True):
            every = range(1, count + 2)
            some = [1 + (number * 7 + 3) % max(count, 1)] if count else []
            found += [(work, kind, moment) for moment in (every if IS_EVERY else some)]
    return found


@pytest.fixture
def asset(cast: Cast, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asset:
    """An asset that must outlive everything, a doomed one, an orphan, and files that are to come in."""
    cold = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "cold"}}
    settings.STORAGES = {**settings.STORAGES, "cold": cold}
    for module, age in ((sweep, "AGE_S"), (rooms, "FRESH_S")):
        monkeypatch.setattr(module, age, -5)
    found = making.taken_in(cast.junior, making.jpeg(tmp_path / "kept.jpg"))
    add_licence(cast.lead, found.pk, Terms(holder="Rosa", terms="Contract"))
    making.taken_in(cast.junior, making.jpeg(tmp_path / "doomed.jpg", colour="maroon"))
    folder = tmp_path / "in"
    making.jpeg(folder / "new.jpg", colour="gold")
    making.jpeg(folder / "newer.jpg", colour="navy")
    (folder / "bad.jpg").write_bytes(b"\xff\xd8\xff broken")
    (folder / "contract.pdf").write_bytes(b"%PDF-1.7 We agree.")
    (folder / "orphan").write_bytes(b"nobody names this")
    storage.keep(folder / "orphan")
    return found


@pytest.mark.parametrize(("work", "kind", "moment"), breaks(), ids=lambda one: getattr(one, "__name__", str(one)))
def test_nothing_is_lost_half_there_or_without_its_file(
    work: Work, kind: str, moment: int, cast: Cast, asset: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fated(monkeypatch, moment, kind, by="moments") as fate:
        try:
            work(cast, asset, tmp_path / "in")
        except (Death, CrosscutError, OSError):
            assert fate.has_struck
    assert not fate.has_struck or moment <= MOMENTS[work][kind == "full"], "there are more moments than MOMENTS says"
    _every_row_has_its_file(f"{work.__name__} {kind} at {moment}")
    _again(work, cast, asset, tmp_path / "in")
    sweep.sweep_files()
    _every_row_has_its_file("after it was done again")
    _every_file_has_its_row()
    assert Asset.objects.filter(pk=asset.pk, current__isnull=False, binned_at=None).exists()
    _is_done(work, asset)


def _again(work: Work, cast: Cast, asset: Asset, folder: Path) -> None:
    """The work, as the queue or a person does it again."""
    work(cast, Asset.objects.get(pk=asset.pk), folder)


def _every_row_has_its_file(when: str) -> None:
    rows = (Version.objects.all(), Rendition.objects.filter(freed_at=None), Paper.objects.all())
    for sha256 in {name for found in rows for name in found.values_list("sha256", flat=True)}:
        assert storage.exists(sha256), when
        with storage.opened_anywhere(sha256) as file:
            assert storage.hashlib.file_digest(file, "sha256").hexdigest() == sha256, when  # type: ignore[arg-type]


def _every_file_has_its_row() -> None:
    stored = set(storage.stored_hashes())
    assert stored == named(stored)
    incoming = Path(default_storage.path(storage.INCOMING))
    assert not list(incoming.iterdir())
    cold = storage.cold_store()
    assert cold is not None
    left = [path for path in Path(cold.path("")).rglob("*") if path.is_file()]
    assert not left


def _is_done(work: Work, asset: Asset) -> None:
    """What was asked for happened once."""
    if work is ingest:
        assert Asset.objects.filter(title="new").count() == 1
        assert Arrival.objects.get(filename="bad.jpg").state in ("quarantined", "refused")
    elif work is replace:
        assert list(asset.versions.order_by("number").values_list("number", flat=True)) == [1, 2]
    elif work is delete_for_good:
        assert not Asset.objects.filter(title="doomed").exists()
    elif work is attach:
        assert asset.licences.get().papers.count() == 1


def test_it_would_notice_a_file_that_goes_before_its_row_says_so(asset: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    """These runs can fail: with the two in the wrong order, a death between them is seen."""
    made = Rendition.objects.filter(version__asset=asset).latest("pk")
    with pytest.raises(AssertionError):
        for step in range(1, 10):
            with fated(monkeypatch, step, "kill"), contextlib.suppress(Death):
                storage.remove(made.sha256, is_old=lambda stored_at: True)
                Rendition.objects.filter(pk=made.pk).update(freed_at=made.created_at)
            _every_row_has_its_file(f"killed at {step}")
