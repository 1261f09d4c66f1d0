"""Assets put together by hand, and what guests see of them: no more than was meant, and no longer than it may be."""

import io
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import lightbox
from crosscut.apps.library.models import Asset, Collection, CollectionLink, LinkEvent, Rendition
from crosscut.apps.library.services import collecting, consents, guest_previews, showing_guests
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.clear import Terms, add_licence, set_embargo, withdraw_licence
from crosscut.apps.library.services.describe import tag
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

JSON = "application/json"
OWN = Terms(holder="Rosa Diaz", terms="Own work")
Showing = showing_guests.Showing


@pytest.fixture
def two(cast, photo, tmp_path) -> list[Asset]:
    """Two pictures with licences."""
    kelp = making.taken_in(cast.junior, making.jpeg(tmp_path / "kelp.jpg", colour="green", size=(600, 400)))
    for asset in (photo, kelp):
        add_licence(cast.senior, asset.pk, OWN)
    return [photo, kelp]


@pytest.fixture
def reef(cast, two) -> Collection:
    """A collection of the two."""
    return collecting.make_collection(cast.junior, "Reef", notes="For Ben", asset_ids=[asset.pk for asset in two])


def shown(cast, reef, **wish) -> tuple[CollectionLink, str]:
    link, url = showing_guests.show_collection(cast.specialist, reef.pk, Showing(name="Ben Client", **wish))
    return link, url.removeprefix("http://127.0.0.1:8000").removeprefix("http://testserver")


def status(client: Client, url: str) -> int:
    """What the address answers; the file it gives is read to its end."""
    answer = client.get(url)
    assert answer.getvalue()
    return answer.status_code


def path_of(url: str) -> str:
    return "/lightbox/" + url.split("/lightbox/")[1]


def order_of(row: Collection) -> list[int]:
    return list(row.items.values_list("asset_id", flat=True))


def test_a_collection_is_made_filled_ordered_and_emptied(cast, reef, two, film):
    assert collecting.collect(cast.junior, reef.pk, [film.pk, two[0].pk]) == 1
    assert order_of(reef) == [two[0].pk, two[1].pk, film.pk]
    collecting.move(cast.junior, reef.pk, film.pk, steps=-1)
    assert order_of(reef) == [two[0].pk, film.pk, two[1].pk]
    collecting.put_in_order(cast.junior, reef.pk, [film.pk, two[1].pk, two[0].pk])
    collecting.describe_collection(cast.junior, reef.pk, collecting.About(title="Reefs", cover=film.pk))
    collecting.take_out(cast.junior, reef.pk, film.pk)
    reef.refresh_from_db()
    assert (order_of(reef), reef.title, reef.cover) == ([two[1].pk, two[0].pk], "Reefs", None)
    assert Asset.objects.filter(pk=film.pk).exists()


@pytest.fixture
def greens(cast, two) -> Collection:
    """A collection that fills itself with what is tagged so."""
    tag(cast.junior, [two[1].pk], add=["green"])
    return collecting.make_collection(cast.junior, "Greens", search="tag:green type:image")


def test_a_collection_with_a_search_holds_what_it_finds_now(cast, greens, two):
    browser, at = signed_in(cast.junior), f"/api/library/collections/{greens.pk}"
    assert program(cast.junior).get(at).json()["asset_ids"] == [two[1].pk]
    assert "kelp" in browser.get(reverse("collection", args=[greens.pk])).content.decode()
    tag(cast.junior, [two[0].pk], add=["green"])
    assert set(program(cast.junior).get(at).json()["asset_ids"]) == {asset.pk for asset in two}
    shelf = browser.get(reverse("collections"))
    ((row, cover),) = shelf.context["collections"]
    assert (row.assets_count, cover.pk) == (2, two[1].pk) and "fills itself" in shelf.content.decode()
    body = {"search": "tag:nothing"}
    assert program(cast.junior).patch(at, body, content_type=JSON).json()["asset_ids"] == []


def test_a_guest_of_a_search_sees_what_it_finds_and_no_file_besides(cast, greens, two):
    link, url = shown(cast, greens)
    (one,) = lightbox.exhibits_of(link)
    assert one.asset == two[1] and status(Client(), one.large_url) == 200
    assert "kelp" in Client().get(path_of(url)).content.decode()
    tag(cast.junior, [two[1].pk], remove=["green"])
    assert Client().get(one.large_url).status_code == 404
    assert lightbox.exhibits_of(link) == []


def test_what_a_search_fills_is_not_filled_by_hand_nor_the_other_way(cast, greens, reef, two):
    refused = (
        lambda: collecting.collect(cast.junior, greens.pk, [two[0].pk]),
        lambda: collecting.take_out(cast.junior, greens.pk, two[1].pk),
        lambda: collecting.put_in_order(cast.junior, greens.pk, []),
        lambda: collecting.describe_collection(cast.junior, reef.pk, collecting.About(search="reef")),
    )
    for act in refused:
        with pytest.raises(Conflict):
            act()
    for text in ("hat:red", "  "):
        with pytest.raises(Invalid):
            collecting.describe_collection(cast.junior, greens.pk, collecting.About(search=text))
    with pytest.raises(Invalid):
        collecting.make_collection(cast.junior, "Both", search="reef", asset_ids=[two[0].pk])
    greens.refresh_from_db()
    assert greens.search == "tag:green type:image"


def test_a_search_becomes_a_collection_in_the_library_and_changes_on_its_page(cast, two):
    browser = signed_in(cast.junior)
    made = browser.post(reverse("search-save"), {"q": "type:image", "name": "Pictures", "as": "collection"})
    row = Collection.objects.get()
    assert made.headers["Location"] == reverse("collection", args=[row.pk]) and row.search == "type:image"
    browser.post(reverse("collection-describe", args=[row.pk]), {"title": "Films", "search": "type:video"})
    assert (
        browser.post(reverse("collection-describe", args=[row.pk]), {"title": "x", "search": "hat:1"}).status_code
        == 422
    )
    row.refresh_from_db()
    assert (row.title, row.search) == ("Films", "type:video")
    browser.post(reverse("collections"), {"title": "Sounds", "search": "type:audio"})
    assert Collection.objects.filter(search="type:audio").exists()


def test_what_does_not_fit_is_said_and_changes_nothing(cast, reef, two, film):
    with pytest.raises(Conflict):
        collecting.put_in_order(cast.junior, reef.pk, [two[0].pk])
    with pytest.raises(Invalid):
        collecting.describe_collection(cast.junior, reef.pk, collecting.About(cover=film.pk))
    with pytest.raises(Invalid):
        collecting.make_collection(cast.junior, "  ")
    with pytest.raises(NotFound):
        collecting.collect(cast.stranger, reef.pk, [two[0].pk])
    with pytest.raises(NotAllowed):
        collecting.make_collection(cast.guest, "Mine")
    with pytest.raises(NotAllowed):
        showing_guests.show_collection(cast.junior, reef.pk, Showing(name="Ben"))
    with pytest.raises(Invalid) as wrong:
        wish = Showing(name="", ends_at=timezone.now(), password="short", downloads="all", watermark="x" * 61)
        showing_guests.show_collection(cast.specialist, reef.pk, wish)
    fields = ["name", "ends_at", "password", "downloads", "watermark"]
    assert [problem.where for problem in wrong.value.problems] == fields
    assert order_of(reef) == [asset.pk for asset in two]


def test_a_guest_looks_and_what_they_did_is_noted(cast, reef, two):
    _link, url = shown(cast, reef, downloads="original")
    guest = Client()
    page = guest.get(path_of(url))
    words = page.content.decode()
    assert page.status_code == 200 and "For Ben" in words and "kelp" in words
    assert "noindex" in page.headers["X-Robots-Tag"] and "no-store" in page.headers["Cache-Control"]
    one = guest.get(path_of(url), {"item": two[1].pk}).content.decode()
    files = {part.split('"')[0] for part in one.split('href="/lightbox/files/')[1:]}
    assert len(files) == 2
    for token in files:
        answer = guest.get(f"/lightbox/files/{token}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.getvalue()
    guest.get(path_of(url))
    kinds = list(LinkEvent.objects.order_by("id").values_list("kind", flat=True))
    assert sorted(kinds) == ["downloaded", "downloaded", "opened", "viewed"]
    signed_in(cast.specialist).get(path_of(url))
    assert LinkEvent.objects.count() == 4
    log = signed_in(cast.specialist).get(reverse("collection", args=[reef.pk])).content.decode()
    assert "Ben Client downloaded kelp (image/jpeg)" in log


def test_a_link_opens_with_its_password_only_until_it_ends(cast, reef):
    link, url = shown(cast, reef, password="kelp-and-coral")
    guest = Client()
    locked = guest.get(path_of(url)).content.decode()
    assert "This is protected" in locked and "kelp" not in locked.replace("kelp-and-coral", "")
    assert guest.post(path_of(url), {"password": "wrong-and-long"}).status_code == 422
    assert guest.post(path_of(url), {"password": "kelp-and-coral"}).status_code == 302
    assert "For Ben" in guest.get(path_of(url)).content.decode()
    CollectionLink.objects.filter(pk=link.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert guest.get(path_of(url)).status_code == 404


def test_a_link_cannot_be_guessed_widened_or_used_after_its_end(cast, reef, two, film):
    link, url = shown(cast, reef, downloads="web")
    guest = Client()
    assert guest.get("/lightbox/ccl_guess/").status_code == 404
    exhibits = lightbox.exhibits_of(link)
    assert [len(one.downloads) for one in exhibits] == [1, 1]
    small = exhibits[0].small_url
    assert status(guest, small) == 200
    CollectionLink.objects.filter(pk=link.pk).update(ends_at=timezone.now() + timedelta(seconds=90))
    seen = guest.get(small)
    kept = seen.headers["Cache-Control"]
    assert (
        seen.getvalue() and kept.startswith("private, max-age=") and int(kept.rpartition("=")[2]) <= 90
    )  # no cache outlives the link
    for forged in (
        {"l": link.pk, "v": exhibits[0].version.pk, "w": "original"},  # more than the link allows
        {"l": link.pk, "v": film.current_id, "w": "thumbnail"},  # what is not in the collection
        {"l": link.pk + 1, "v": exhibits[0].version.pk, "w": "thumbnail"},  # another link
        {"l": link.pk, "v": exhibits[0].version.pk, "w": "waveform"},  # what no guest is shown
    ):
        token = signing.dumps(forged, salt="crosscut lightbox file")
        assert status(guest, f"/lightbox/files/{token}/") == 404, forged
    assert status(guest, small[:-3] + "xx/") == 404
    collecting.take_out(cast.junior, reef.pk, two[0].pk)
    assert status(guest, small) == 404
    other = exhibits[1].small_url
    assert status(guest, other) == 200
    showing_guests.end_showing(cast.specialist, link.pk)
    assert status(guest, other) == 404
    assert guest.get(path_of(url)).status_code == 404


def test_an_earlier_version_is_not_shown_any_more(cast, reef, two, tmp_path):
    link, _url = shown(cast, reef)
    before = lightbox.exhibits_of(link)[0].small_url
    making.work_off(add_version(cast.junior, two[0], making.jpeg(tmp_path / "new.jpg", colour="navy")))
    assert status(Client(), before) == 404
    assert status(Client(), lightbox.exhibits_of(link)[0].small_url) == 200


def test_what_loses_its_rights_vanishes_from_the_guests_page_and_the_team_reads_why(cast, reef, two):
    link, url = shown(cast, reef, downloads="original")
    licence = two[0].licences.get()
    small = lightbox.exhibits_of(link)[0].small_url
    amina = consents.show_subject(cast.specialist, two[1].pk, "Amina")
    assert [one.asset for one in lightbox.exhibits_of(link)] == [two[0]]
    consents.give_consent(cast.specialist, amina.pk, consents.Agreement(agreed="Release"))
    assert len(lightbox.exhibits_of(link)) == 2
    consents.withdraw_all(cast.specialist, amina.pk)
    set_embargo(cast.specialist, two[0].pk, timezone.now() + timedelta(days=1))
    assert lightbox.exhibits_of(link) == []
    assert status(Client(), small) == 404
    assert "Nothing to see" in Client().get(path_of(url)).content.decode()
    page = signed_in(cast.specialist).get(reverse("collection", args=[reef.pk])).content.decode()
    assert "Amina can be recognised" in page and "Nobody may see it before" in page
    set_embargo(cast.specialist, two[0].pk, None)
    withdraw_licence(cast.specialist, licence.pk)
    (left,) = lightbox.exhibits_of(link)
    assert left.downloads == ()  # to be looked at, not taken away


def test_marked_previews_are_all_a_guest_gets_and_never_bare(cast, reef, two, film, settings):
    collecting.collect(cast.junior, reef.pk, [film.pk])
    link, url = shown(cast, reef, watermark="Ben <Client>")
    assert {(one.small_url, one.large_url) for one in lightbox.exhibits_of(link)} == {("", "")}
    assert "Being prepared" in Client().get(path_of(url)).content.decode()
    assert guest_previews.make_previews(link.pk) == 7  # two of each picture, three of the film
    assert guest_previews.make_previews(link.pk) == 0
    exhibits = lightbox.exhibits_of(link)
    guest = Client()
    bare = _pixels(signed_in(cast.junior), _proxy_url(two[1]))
    marked = _pixels(guest, exhibits[1].large_url)
    assert marked.size == bare.size
    assert len(marked.getcolors() or range(256)) > 20 > len(bare.getcolors() or range(256))
    film_answer = guest.get(exhibits[2].large_url)
    assert film_answer.headers["Content-Type"] == "video/mp4"
    assert film_answer.getvalue()
    assert exhibits[2].version.renditions.get(purpose="proxy with mark").sha256 != (
        exhibits[2].version.renditions.get(purpose="proxy").sha256
    )


def test_marked_previews_whose_room_was_given_back_are_made_again_and_never_bare(cast, reef):
    link, url = shown(cast, reef, watermark="Ben")
    assert guest_previews.make_previews(link.pk) == 4
    Rendition.objects.filter(purpose__endswith="with mark").update(freed_at=timezone.now())
    ProcrastinateJob.objects.all().delete()
    assert "Being prepared" in Client().get(path_of(url)).content.decode()
    assert ProcrastinateJob.objects.filter(task_name=guest_previews.MARK, args__link_id=link.pk).count() == 1
    assert guest_previews.make_previews(link.pk) == 4
    assert all(status(Client(), one.large_url) == 200 for one in lightbox.exhibits_of(link))


def test_an_archived_collection_shows_nothing_until_it_is_back(cast, reef):
    _link, url = shown(cast, reef)
    collecting.archive_collection(cast.junior, reef.pk)
    assert Client().get(path_of(url)).status_code == 404
    with pytest.raises(Conflict):
        shown(cast, reef)
    collecting.restore_collection(cast.junior, reef.pk)
    assert Client().get(path_of(url)).status_code == 200


def test_a_person_does_it_all_on_the_pages(cast, reef, two):
    browser = signed_in(cast.specialist)
    assert "Reef" in browser.get(reverse("collections")).content.decode()
    made = browser.post(reverse("library-collect"), {"asset": two[0].pk, "title": "Winter"})
    winter = Collection.objects.get(title="Winter")
    assert made.headers["Location"] == reverse("collection", args=[winter.pk])
    browser.post(reverse("library-collect"), {"asset": two[1].pk, "collection": winter.pk})
    browser.post(reverse("collection-order", args=[winter.pk]), {"asset": two[1].pk, "steps": "-1"})
    assert order_of(winter) == [two[1].pk, two[0].pk]
    both = {"asset": [two[0].pk, two[1].pk]}
    assert browser.post(reverse("collection-order", args=[winter.pk]), both).status_code == 204
    page = browser.get(reverse("asset", args=[two[0].pk])).content.decode()
    assert "Winter" in page
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    wish = {"name": "Ben", "ends_on": day, "downloads": "web", "watermark": "", "password": ""}
    shown_once = browser.post(reverse("collection-show", args=[winter.pk]), wish).content.decode()
    assert "/lightbox/ccl_" in shown_once
    assert "/lightbox/ccl_" not in browser.get(reverse("collection", args=[winter.pk])).content.decode()
    assert browser.post(reverse("collection-show", args=[winter.pk]), {**wish, "name": ""}).status_code == 422
    link = CollectionLink.objects.get()
    browser.post(reverse("collection-link-end", args=[link.pk]))
    assert "ended" in browser.get(reverse("collection", args=[winter.pk])).content.decode()
    assert AuditEvent.objects.filter(verb="collection.hidden").exists()


def test_programs_do_the_same(cast, two):
    asking = program(cast.specialist)
    made = asking.post(
        "/api/library/collections", {"title": "Reef", "asset_ids": [two[1].pk]}, content_type=JSON
    ).json()
    at = f"/api/library/collections/{made['id']}"
    assert asking.post(f"{at}/assets", {"asset_ids": [two[0].pk]}, content_type=JSON).json() == {"changed": 1}
    assert (
        asking.put(f"{at}/order", {"asset_ids": [two[0].pk, two[1].pk]}, content_type=JSON).json()["asset_ids"][0]
        == two[0].pk
    )
    assert asking.patch(at, {"notes": "New"}, content_type=JSON).json()["notes"] == "New"
    link = asking.post(f"{at}/links", {"name": "Ben", "downloads": "web"}, content_type=JSON).json()
    assert Client().get(path_of(link["url"])).status_code == 200
    log = asking.get(f"/api/library/collection-links/{link['link']['id']}/log").json()["items"]
    assert [event["kind"] for event in log] == ["opened"]
    assert asking.get(f"{at}/hidden").json() == []
    assert asking.delete(f"/api/library/collection-links/{link['link']['id']}").status_code == 204
    assert asking.get(f"{at}/links").json()["items"][0]["is_open"] is False
    assert asking.delete(f"{at}/assets/{two[0].pk}").status_code == 204
    assert asking.get("/api/library/collections").json()["count"] == 1
    assert program(cast.stranger).get("/api/library/collections").json()["count"] == 0


def _proxy_url(asset: Asset) -> str:
    version = Asset.objects.select_related("current").get(pk=asset.pk).current
    assert version
    return reverse("rendition-file", args=[version.renditions.get(purpose="proxy").pk])


def _pixels(client: Client, url: str) -> Image.Image:
    answer = client.get(url)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.getvalue())).convert("L")
