"""Camera cards: only what is new is taken, what belongs together stays told, and nothing is formatted by mistake."""

import os
import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import queries, storage
from crosscut.apps.library.models import Arrival, Asset, Card, WayIn
from crosscut.apps.library.services import arrive, cards, ways
from crosscut.apps.library.tasks import compare_card
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Conflict, NotFound

AT_S = 1_790_000_000


@pytest.fixture
def reader(tmp_path: Path, settings) -> Path:
    """Where cards appear."""
    place = tmp_path / "cards"
    place.mkdir()
    settings.WATCH_FOLDERS = [str(tmp_path)]
    return place


@pytest.fixture
def way(cast, reader: Path) -> WayIn:
    return ways.add_way(cast.lead, "card", "Card reader", {"path": str(reader)})


def shot(card: Path, name: str, number: int) -> Path:
    """A picture of that number on the card: each is another file, a minute after the one before."""
    path = making.jpeg(card / "DCIM" / "100CANON" / name, colour=f"#{number * 25:02x}8090")
    os.utime(path, (AT_S + 60 * number, AT_S + 60 * number))
    return path


@pytest.fixture
def card(reader: Path, way: WayIn) -> Path:
    """An inserted card with two pictures."""
    place = reader / "EOS_DIGITAL"
    shot(place, "IMG_0001.JPG", 1), shot(place, "IMG_0002.JPG", 2)
    return place


def came() -> list[str]:
    return list(Arrival.objects.order_by("id").values_list("filename", flat=True))


def read_all() -> None:
    for arrival in Arrival.objects.filter(state="waiting"):
        making.work_off(arrival)


def compared(by) -> Card:
    row = Card.objects.get()
    job = cards.ask_comparison(by, row.pk)
    compare_card.func(job.pk, row.pk)
    row.refresh_from_db()
    return row


def test_a_second_insertion_brings_only_what_is_new(way, card, reader, tmp_path):
    assert (ways.look_everywhere(), ways.look_everywhere()) == (2, 0)
    pulled = shutil.move(card, tmp_path / "pulled")
    assert ways.look_everywhere() == 0
    read_all()  # the copies are ours: the card need not be there
    assert Asset.objects.count() == 2
    shutil.move(pulled, reader / "EOS_DIGITAL 1")  # the system calls it something else this time
    shot(reader / "EOS_DIGITAL 1", "IMG_0003.JPG", 3)
    assert ways.look_everywhere() == 1
    assert came() == ["IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.JPG"]
    assert Card.objects.get().label == "EOS_DIGITAL 1"


def test_after_formatting_the_same_names_are_new(way, card):
    ways.look_everywhere()
    for path in card.rglob("*.JPG"):
        path.unlink()
    shot(card, "IMG_0001.JPG", 9)
    assert ways.look_everywhere() == 1
    assert Card.objects.count() == 2


class Killed(BaseException):
    """The worker ends here."""


def test_killed_between_copying_and_noting_nothing_comes_twice_and_nothing_is_left(way, card, monkeypatch, settings):
    real = arrive.receive

    def dies(*args):
        real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(arrive, "receive", dies)
        with pytest.raises(Killed):
            ways.look_everywhere()
    assert came() == [] and not [path for path in settings.UPLOAD_FOLDER.rglob("*") if path.is_file()]
    assert ways.look_everywhere() == 2


def test_it_may_be_formatted_only_when_every_byte_is_in_the_library(cast, way, card):
    ways.look_everywhere()
    assert not Card.objects.get().may_be_formatted
    before = compared(cast.junior)  # taken, and not read yet
    assert len(before.lacking) == 2 and not before.may_be_formatted
    read_all()
    assert compared(cast.junior).may_be_formatted
    shot(card, "IMG_0003.JPG", 3)
    (card / "DCIM" / "100CANON" / "IMG_0002.JPG").unlink()
    ways.look_everywhere()
    assert not Card.objects.get().may_be_formatted  # as many files, and one of them nobody compared


def test_a_changed_file_a_lost_one_and_an_unknown_one_are_named(cast, way, card, store):
    ways.look_everywhere()
    read_all()
    assert compared(cast.junior).may_be_formatted
    (card / "DCIM" / "100CANON" / "A001.BRAW").write_bytes(b"nobody here reads this")
    broken = card / "DCIM" / "100CANON" / "IMG_0002.JPG"
    status = broken.stat()
    broken.write_bytes(broken.read_bytes()[:-1] + b"x")  # the card reads something else than the first time
    os.utime(broken, ns=(status.st_atime_ns, status.st_mtime_ns))
    lost = Asset.objects.get(title="IMG 0001").current
    assert lost
    (store / storage.name_of(lost.sha256)).write_bytes(b"not what it was")
    row = compared(cast.junior)
    assert {Path(path).name for path in row.lacking} == {"A001.BRAW", "IMG_0001.JPG", "IMG_0002.JPG"}
    assert not row.may_be_formatted


def test_a_card_that_is_pulled_while_it_is_read_is_said_and_holds_up_nobody(way, card, monkeypatch):
    def pulled(source: Path) -> tuple[Path, str]:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(cards, "_copy", pulled)
        assert ways.look_everywhere() == 0
    way.refresh_from_db()
    assert "Was it pulled out?" in way.problem
    assert ways.look_everywhere() == 2


def test_a_card_that_was_pulled_cannot_be_compared_and_says_so(cast, way, card, tmp_path):
    ways.look_everywhere()
    shutil.move(card, tmp_path / "pulled")
    job = cards.ask_comparison(cast.junior, Card.objects.get().pk)
    with pytest.raises(Conflict, match="already"):
        cards.ask_comparison(cast.junior, Card.objects.get().pk)
    compare_card.func(job.pk, Card.objects.get().pk)
    job.refresh_from_db()
    assert job.state == "failed" and "Insert it" in job.problem
    assert not Card.objects.get().compared_at


def test_what_belongs_together_is_told_on_each_ones_page(cast, way, reader):
    place = reader / "EOS"
    for number in (1, 2, 3):
        path = shot(place, f"IMG_000{number}.JPG", number)
        os.utime(path, (AT_S + number / 5, AT_S + number / 5))
    ways.look_everywhere()
    read_all()
    first = Asset.objects.order_by("pk").first()
    assert first
    ((group, others),) = queries.belonging_to(first)
    assert (group.kind, [asset.title for asset in others]) == ("burst", ["IMG 0002", "IMG 0003"])
    page = signed_in(cast.junior).get(reverse("asset-section", args=[first.pk, "file"])).content.decode()
    assert "Burst" in page and "IMG 0003" in page
    assert "Burst: IMG_0001 – IMG_0003" in signed_in(cast.lead).get(reverse("ways-in")).content.decode()


def test_a_lead_sets_it_up_and_the_team_compares_by_page_and_program(cast, reader, card):
    lead, json = program(cast.lead), "application/json"
    ways.look_everywhere()
    read_all()
    row, page = Card.objects.get(), signed_in(cast.junior)
    assert "Not compared yet" in page.get(reverse("ways-in")).content.decode()
    page.post(reverse("card-compare", args=[row.pk]))
    row.refresh_from_db()
    assert row.job
    compare_card.func(row.job.pk, row.pk)
    assert "You may format this card." in page.get(reverse("ways-in")).content.decode()
    assert lead.get("/api/library/cards").json()["items"][0]["may_be_formatted"] is True
    assert lead.post(f"/api/library/cards/{row.pk}/compare").status_code == 202
    made = lead.post("/api/library/ways-in/cards", {"name": "Desk 2", "path": str(reader)}, content_type=json)
    assert made.status_code == 201, made.content
    for member in (cast.senior, cast.junior, cast.guest):
        body = {"name": "x", "path": str(reader)}
        assert program(member).post("/api/library/ways-in/cards", body, content_type=json).status_code == 403
    assert Client().get("/api/library/cards").status_code == 401
    for member in (cast.stranger, cast.guest):
        assert program(member).get("/api/library/cards").json()["count"] == 0
        assert program(member).post(f"/api/library/cards/{row.pk}/compare").status_code in (403, 404)
        assert signed_in(member).post(reverse("card-compare", args=[row.pk])).status_code in (403, 404)
        with pytest.raises(NotFound):
            queries.card_for(member, row.pk)
