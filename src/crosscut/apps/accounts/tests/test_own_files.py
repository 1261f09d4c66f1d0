"""A podcast's cover is handed over; nobody has a file of the machine published by naming it."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.cast import Cast

from crosscut.apps.accounts.connecting import questions
from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import Login, connect_account, reconnect
from crosscut.apps.accounts.services.own_files import put_file
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound

SHOW = {
    "title": "Below the Surface",
    "description": "Talks about the sea.",
    "author": "Reef Watch",
    "owner_email": "sea@example.org",
    "category": "Science > Nature",
}


@pytest.fixture
def podcast(cast: Cast, tmp_path: Path, settings) -> Account:
    settings.PUBLIC_FOLDER = tmp_path / "public"
    return connect_account(cast.lead, Login(channel="podcast", name="Show", settings=SHOW, secrets={}))


def _picture(folder: Path, size: tuple[int, int] = (1400, 1400), form: str = "JPEG") -> Path:
    path = folder / f"picture.{form.lower()}"
    Image.new("RGB", size, "teal").save(path, form)
    return path


def test_a_cover_is_kept_in_the_accounts_own_folder(cast: Cast, podcast: Account, tmp_path: Path):
    picture = _picture(tmp_path)
    cover = Path(put_file(cast.lead, podcast.pk, "cover", picture).settings["cover"])
    assert (
        cover.is_relative_to(podcast.settings["folder"])
        and "public" not in cover.relative_to(podcast.settings["folder"]).parts
    )
    assert cover.read_bytes() == picture.read_bytes()


@pytest.mark.parametrize(
    ("size", "form", "words"),
    [((1400, 1000), "JPEG", "square"), ((300, 300), "PNG", "1400 to 3000"), ((1400, 1400), "WEBP", "JPEG or PNG")],
)
def test_a_picture_that_apps_would_refuse_is_refused(size, form, words, cast: Cast, podcast: Account, tmp_path: Path):
    with pytest.raises(Invalid, match=words):
        put_file(cast.lead, podcast.pk, "cover", _picture(tmp_path, size, form))
    assert "cover" not in podcast.settings or not podcast.settings["cover"]


def test_what_is_no_picture_is_refused_and_nothing_stays(cast: Cast, podcast: Account, tmp_path: Path):
    (tmp_path / "secrets.jpg").write_text("root:x:0:0")
    with pytest.raises(Invalid):
        put_file(cast.lead, podcast.pk, "cover", tmp_path / "secrets.jpg")
    assert not (Path(podcast.settings["folder"]) / "own").exists()


def test_a_path_on_the_machine_is_refused_when_connecting_and_later(cast: Cast, podcast: Account, tmp_path: Path):
    picture = str(_picture(tmp_path))
    with pytest.raises(Invalid, match="Hand the file over"):
        connect_account(cast.lead, Login(channel="podcast", name="B", settings={**SHOW, "cover": picture}, secrets={}))
    with pytest.raises(Invalid, match="Hand the file over"):
        reconnect(cast.lead, podcast.pk, settings={"cover": picture})
    body = {"channel": "podcast", "name": "C", "settings": {**SHOW, "cover": "/etc/passwd"}, "secrets": {}}
    answer = program(cast.lead).post("/api/accounts", body, content_type="application/json")
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (422, "settings.cover")


def test_a_cover_comes_along_with_the_form_and_stays_when_none_comes(cast: Cast, podcast: Account, tmp_path: Path):
    browser, page = signed_in(cast.lead), f"/accounts/{podcast.pk}/"
    assert 'type="file"' in browser.get(page).content.decode()
    filled = {f"settings.{name}": value for name, value in {**SHOW, "language": "en"}.items()}
    upload = SimpleUploadedFile("cover.jpg", _picture(tmp_path).read_bytes(), "image/jpeg")
    assert browser.post(page, {**filled, "settings.cover": upload}).status_code == 302
    cover = Account.objects.get(pk=podcast.pk).settings["cover"]
    assert Path(cover).is_file()
    assert browser.post(page, filled).status_code == 302
    assert Account.objects.get(pk=podcast.pk).settings["cover"] == cover


def test_a_wrong_cover_is_told_at_its_field(cast: Cast, podcast: Account):
    filled = {f"settings.{name}": value for name, value in {**SHOW, "language": "en"}.items()}
    small = io.BytesIO()
    Image.new("RGB", (40, 40)).save(small, "PNG")
    upload = SimpleUploadedFile("cover.png", small.getvalue(), "image/png")
    answer = signed_in(cast.lead).post(f"/accounts/{podcast.pk}/", {**filled, "settings.cover": upload})
    assert answer.status_code == 422 and "square one of 1400 to 3000" in answer.content.decode()


def test_only_leads_of_the_workspace_change_it(cast: Cast, podcast: Account, tmp_path: Path):
    picture = _picture(tmp_path)
    with pytest.raises(NotAllowed):
        put_file(cast.senior, podcast.pk, "cover", picture)
    with pytest.raises(NotFound):
        put_file(cast.stranger, podcast.pk, "cover", picture)


@pytest.mark.parametrize("slug", ["site", "podcast", "practice", "bluesky", "mastodon", "wordpress"])
def test_whoever_connects_reads_what_to_have_where_to_get_it_and_what_will_happen(slug: str, cast: Cast):
    page = signed_in(cast.lead).get(f"/accounts/connect/{slug}/").content.decode()
    for heading in ("What you need", "Where to get it", "What Crosscut will do"):
        assert heading in page
    for word in ("items/KEY.json", "RetryLater", "post.extra", "adapter", "Idempotency"):
        assert word not in page


@pytest.mark.parametrize(("slug", "name"), [("ghost", "tags"), ("wordpress", "categories")])
def test_several_names_are_asked_for_in_one_line(slug: str, name: str):
    asked = {one.name: one.value for one in questions(slug, known={name: ["Sea", "News"]})}
    assert asked[f"settings.{name}"] == "Sea, News"
    assert {one.name: one.value for one in questions(slug)}[f"settings.{name}"] == ""
