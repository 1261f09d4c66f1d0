"""What a person sees and does, through the pages."""

import errno
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival, Asset, Licence, Track
from crosscut.apps.library.services import tracks
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests import making, uploading
from crosscut.apps.library.views.sections import SECTIONS, address


@pytest.fixture
def browser(cast) -> Client:
    return signed_in(cast.specialist)


def page(browser: Client, name: str, *args, status: int = 200, **query) -> str:
    answer = browser.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def part(browser: Client, asset: Asset, section: str) -> str:
    return page(browser, "asset-section", asset.pk, section)


def test_an_empty_library_says_what_to_do(browser):
    assert "Drop a folder" in page(browser, "library")


def test_the_grid_shows_what_there_is_and_what_narrows_it(browser, photo):
    shown = page(browser, "library")
    assert "coral reef" in shown
    assert "64 × 48" in shown
    assert "No licence" in shown
    assert reverse("asset", args=[photo.pk]) in shown


def test_a_search_changes_only_the_results(browser, photo):
    answer = browser.get(reverse("library"), {"q": "corall type:image"}, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert "coral reef" in shown
    assert "<html" not in shown
    assert "Nothing found" in page(browser, "library", q="shark")
    assert "is not a filter known here" in page(browser, "library", q="colour:loud")


def test_thousands_come_in_windows(browser, cast):
    Asset.objects.bulk_create(
        Asset(workspace=cast.workspace, title=f"fish {number}", kind="image") for number in range(130)
    )
    first = page(browser, "library")
    assert first.count('class="tile"') == 60
    assert "130 assets" in first
    following = first.split('hx-get="/library/?after=')[1].split('"')[0]
    answer = browser.get(f"/library/?after={following}", headers={"HX-Request": "true"})
    assert answer.content.decode().count('class="tile"') == 60


def test_the_grid_takes_the_same_number_of_queries_for_any_number_of_assets(
    browser, cast, django_assert_max_num_queries
):
    Asset.objects.bulk_create(Asset(workspace=cast.workspace, title=str(n), kind="image") for n in range(50))
    with django_assert_max_num_queries(16):
        page(browser, "library")


def test_several_are_chosen_tagged_archived_and_brought_back(browser, photo):
    assert "1 chosen" in page(browser, "library-selection", asset=photo.pk)
    assert page(browser, "library-selection").strip() == ""
    for action, extra in (("tag", {"tags": "reef, sea"}), ("archive", {}), ("restore", {})):
        answer = browser.post(reverse("library-change"), {"asset": photo.pk, "action": action, "q": "reef", **extra})
        assert answer.headers["Location"] == "/library/?q=reef"
    photo.refresh_from_db()
    assert (photo.tags, photo.archived_at) == (["reef", "sea"], None)


def test_an_upload_goes_in_and_is_told_of(browser, tmp_path):
    content = making.jpeg(tmp_path / "x.jpg").read_bytes()
    begun = uploading.begin(browser, len(content), filename="../../sea lion.jpg")
    uploading.send(browser, begun["Location"], content[:100], 0)
    shown = page(browser, "upload")
    assert "sea lion.jpg" in shown
    assert "goes on where it was cut off" in shown
    key = begun["Location"].rsplit("/", 1)[1]
    uploading.send(browser, begun["Location"], content[100:], 100)
    assert watched(browser, key)["is_ended"] is False
    assert "Waits to be read" in page(browser, "upload")
    making.work_off(Arrival.objects.get())
    shown = page(browser, "library-arrivals")
    assert "sea lion.jpg" in shown
    assert "every 2s" not in shown
    told = watched(browser, key)
    assert (told["is_good"], told["url"]) == (True, reverse("asset", args=[Asset.objects.get().pk]))
    assert told["thumb"].startswith("/library/files/renditions/")


def test_a_duplicate_is_told_with_the_picture_of_its_twin(browser, photo, tmp_path):
    content = making.jpeg(tmp_path / "x.jpg").read_bytes()
    address = uploading.begin(browser, len(content), filename="again.jpg")["Location"]
    uploading.send(browser, address, content, 0)
    making.work_off(Arrival.objects.get(filename="again.jpg"))
    told = watched(browser, address.rsplit("/", 1)[1])
    assert (told["state"], told["url"]) == ("duplicate", reverse("asset", args=[photo.pk]))
    assert "coral reef" in told["words"]
    assert told["thumb"]


def test_an_upload_that_was_cut_off_can_be_discarded(browser, settings, django_capture_on_commit_callbacks):
    begun = uploading.begin(browser, 100, filename="cut.mov")
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("upload-discard", args=[begun["Location"].rsplit("/", 1)[1]]))
    assert "cut.mov</span>" not in page(browser, "upload")
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def watched(browser: Client, key: str) -> dict[str, Any]:
    told: dict[str, Any]
    (told,) = browser.get(reverse("upload-watch"), {"key": key}).json()["uploads"]
    return told


def test_a_look_at_no_upload_finds_none(browser):
    for keys in ([], ["x"], ["0" * 32]):
        assert browser.get(reverse("upload-watch"), {"key": keys}).json() == {"uploads": []}


FILES = "/api/library/assets"


def test_an_upload_with_a_nul_or_a_path_in_its_name_stays_in_its_folder(browser, settings):
    browser.post(FILES, {"files": SimpleUploadedFile("..\\..\\evil\x01.svg", b"<svg/>")})
    path = Path(Arrival.objects.get().path)
    assert path.parent.parent == settings.UPLOAD_FOLDER


def test_an_upload_over_the_limit_is_refused_in_words_and_leaves_nothing(browser, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    answer = browser.post(FILES, {"files": SimpleUploadedFile("big.jpg", bytes(5000))})
    assert answer.status_code == 422
    assert "big.jpg is too large" in answer.json()["problems"][0]["message"]
    assert not Arrival.objects.exists()
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_an_upload_on_a_full_disk_is_refused_in_words_and_leaves_nothing(browser, settings, monkeypatch):
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crosscut.apps.library.incoming.os.fsync", no_room)
    answer = browser.post(FILES, {"files": SimpleUploadedFile("a.jpg", b"x")})
    assert answer.status_code == 503
    assert "no room left" in answer.json()["problems"][0]["message"]
    assert not Arrival.objects.exists()
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_the_asset_page_tells_all_of_a_film(browser, film):
    tracks.put_track(film.created_by, film.pk, _captions(film), kind="captions", language="en")
    shown = page(browser, "asset", film.pk)
    for words in (
        "<video",
        "160 × 90",
        "Bubbles rise.",
        "No licence entered",
        "0:02",
    ):
        assert words in shown
    assert "25 frames a second" in part(browser, film, "file")
    assert "Version 1" in part(browser, film, "versions")
    assert "Nowhere yet" in part(browser, film, "uses")
    assert "Nothing is known yet" in part(browser, film, "metadata")
    assert "Junior Person added" in part(browser, film, "activity")


def test_each_part_of_the_asset_page_stands_alone_and_changes_beside_the_player(browser, film):
    for section in (one for one in SECTIONS if one.fits(film)):
        whole = page(browser, "asset-section", film.pk, section.name)
        assert "<video" in whole and f'id="tab-{section.name}"' in whole
        assert re.search(rf'id="tab-{section.name}"[^>]*aria-current="page"', whole)
        alone = browser.get(address(film, section.name), headers={"HX-Request": "true"}).content.decode()
        assert "<video" not in alone and "<html" not in alone
        assert "dive</title>" in alone
    page(browser, "asset-section", film.pk, "nothing", status=404)


def test_whatever_is_sent_from_a_part_comes_back_to_it(browser, photo):
    added = browser.post(
        reverse("licence-add", args=[photo.pk]), {"licence-holder": "Rosa", "licence-terms": "Contract"}
    )
    assert added.headers["Location"] == address(photo, "rights")
    wrong = browser.post(reverse("licence-add", args=[photo.pk]), {"licence-holder": "Rosa"})
    assert re.search(r'id="tab-rights"[^>]*aria-current="page"', wrong.content.decode())


def test_the_asset_page_shows_pieces_and_posts_that_use_it(browser, cast, photo):
    piece = cast.workspace.pieces.create(title="Six things", owner=cast.junior)
    piece.media.create(asset=photo)
    assert "Six things" in part(browser, photo, "uses")


def test_words_are_kept_and_what_is_wrong_is_said_at_its_field(browser, photo):
    address = reverse("asset-describe", args=[photo.pk])
    assert browser.post(address, {"title": "Reef", "alt_text": "A reef", "tags": "sea"}).status_code == 302
    photo.refresh_from_db()
    assert (photo.title, photo.alt_text, photo.tags) == ("Reef", "A reef", ["sea"])
    answer = browser.post(address, {"title": "", "tags": "x" * 70})
    assert answer.status_code == 422
    answer = browser.post(address, {"title": "Reef", "tags": "x" * 70})
    assert "at most 60 characters" in answer.content.decode()


def test_licences_are_entered_changed_withdrawn_and_brought_back(browser, photo):
    entered = {"licence-holder": "Rosa", "licence-terms": "Contract", "licence-territories": "DE"}
    assert browser.post(reverse("licence-add", args=[photo.pk]), entered).status_code == 302
    licence = Licence.objects.get()
    assert "in Germany" in part(browser, photo, "rights")
    change = {f"licence-{licence.pk}-{name}": value for name, value in (("holder", "Rosa"), ("terms", "Buy-out"))}
    assert "Rosa" in page(browser, "licence-change", licence.pk)
    assert browser.post(reverse("licence-change", args=[licence.pk]), change).status_code == 302
    assert browser.post(reverse("licence-withdraw", args=[licence.pk])).status_code == 302
    assert "Withdrawn licences" in part(browser, photo, "rights")
    assert browser.post(reverse("licence-reinstate", args=[licence.pk])).status_code == 302
    assert "Every channel, worldwide" in page(browser, "asset", photo.pk)


def test_a_wrong_licence_is_said_at_its_field(browser, photo):
    answer = browser.post(
        reverse("licence-add", args=[photo.pk]),
        {"licence-holder": "Rosa", "licence-terms": "Contract", "licence-territories": "Germany"},
    )
    assert answer.status_code == 422
    assert "two-letter country codes" in answer.content.decode()


def test_captions_are_added_and_removed(browser, film):
    address = reverse("track-add", args=[film.pk])
    upload = SimpleUploadedFile("c.vtt", making.CAPTIONS.encode())
    assert browser.post(address, {"file": upload, "kind": "captions", "language": "en"}).status_code == 302
    track = Track.objects.get()
    assert browser.get(reverse("track-file", args=[track.pk])).content.startswith(b"WEBVTT")
    bad = browser.post(address, {"file": SimpleUploadedFile("c.vtt", b"no"), "kind": "captions", "language": "en"})
    assert bad.status_code == 422
    assert browser.post(reverse("track-remove", args=[track.pk])).status_code == 302
    assert not Track.objects.exists()


def test_an_asset_is_archived_and_brought_back(browser, photo):
    browser.post(reverse("asset-archive", args=[photo.pk]))
    assert "in the archive" in page(browser, "asset", photo.pk)
    browser.post(reverse("asset-restore", args=[photo.pk]))
    assert "in the archive" not in page(browser, "asset", photo.pk)


def test_a_file_is_given_whole_in_parts_and_harmless(browser, film):
    address = reverse("version-file", args=[film.current_id])
    with storage.open_stored(film.current.sha256) as file:
        content = file.read()
    whole = browser.get(address)
    assert b"".join(whole.streaming_content) == content
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert whole.headers["Content-Disposition"] == 'inline; filename="dive.mp4"'
    unchanged = browser.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert unchanged.status_code == 304
    # What is asked for, the status, and the bytes.
    size = len(content)
    parts = (
        ("bytes=0-9", 206, content[:10]),
        ("bytes=10-", 206, content[10:]),
        ("bytes=-10", 206, content[-10:]),
        (f"bytes={size - 5}-{size + 100}", 206, content[-5:]),
        (f"bytes={size}-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=9-3", 416, b""),
        ("bytes=0-1,5-6", 200, content),
        ("pages=1-2", 200, content),
    )
    for wanted, status, expected in parts:
        answer = browser.get(address, headers={"Range": wanted})
        assert answer.status_code == status, wanted
        assert (b"".join(answer.streaming_content) if answer.streaming else answer.content) == expected, wanted
    stale = browser.get(address, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert stale.status_code == 200
    stale.close()


def test_a_document_is_downloaded_and_not_shown(browser, cast, tmp_path):
    path = tmp_path / "plan.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    asset = making.taken_in(cast.junior, path)
    answer = browser.get(reverse("version-file", args=[asset.current_id]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()


def test_a_lost_file_is_said_plainly(browser, photo):
    storage.remove(photo.current.sha256, is_old=lambda at: True)
    assert "missing" in page(browser, "version-file", photo.current_id, status=404)


def test_a_junior_sees_rights_and_cannot_change_them(cast, photo):
    licence = add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract"))
    browser = signed_in(cast.junior)
    assert "A specialist or somebody above enters licences" in part(browser, photo, "rights")
    assert browser.post(reverse("licence-withdraw", args=[licence.pk])).status_code == 403


def _captions(film: Asset) -> Path:
    path = Path(settings.UPLOAD_FOLDER) / "words.vtt"
    path.write_text(making.CAPTIONS)
    return path
