from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Arrival, Asset, Consent, Licence, Subject
from crosscut.apps.library.schemas.assets import AssetPage, FacetOut, FoundAsset
from crosscut.apps.library.tasks import ingest_files
from crosscut.apps.library.tests import making

JSON = "application/json"


@pytest.fixture
def api(cast) -> Client:
    return program(cast.specialist)


def test_a_program_adds_a_file_and_follows_it(api, tmp_path):
    content = making.jpeg(tmp_path / "x.jpg").read_bytes()
    answer = api.post("/api/library/assets", {"files": SimpleUploadedFile("sea lion.jpg", content)})
    assert answer.status_code == 202, answer.content
    (arrival,) = answer.json()
    assert (arrival["state"], arrival["filename"]) == ("waiting", "sea lion.jpg")
    ingest_files.func(arrival["job_id"])
    (told,) = api.get(f"/api/library/arrivals?job={arrival['job_id']}").json()["items"]
    assert told["state"] == "stored"
    asset = api.get(f"/api/library/assets/{told['asset_id']}").json()
    assert (asset["title"], asset["kind"], asset["rights"]) == ("sea lion", "image", "none")
    assert asset["current"]["facts"]["picture"]["width_px"] == 64
    file = api.get(asset["current"]["url"])
    assert b"".join(file.streaming_content) == content
    made = api.get(f"/api/library/assets/{asset['id']}/renditions").json()
    assert {row["purpose"] for row in made["items"]} == {"thumbnail", "proxy"}


def test_a_program_adds_a_version(api, photo, tmp_path):
    newer = making.jpeg(tmp_path / "x.jpg", colour="olive").read_bytes()
    answer = api.post(f"/api/library/assets/{photo.pk}/versions", {"file": SimpleUploadedFile("b.jpg", newer)})
    assert answer.status_code == 202
    ingest_files.func(answer.json()["job_id"])
    assert [row["number"] for row in api.get(f"/api/library/assets/{photo.pk}").json()["versions"]] == [2, 1]


def test_what_is_wrong_with_an_upload_is_a_problem(api, settings):
    missing = api.post("/api/library/assets", {})
    assert (missing.status_code, missing.json()["problems"][0]["code"]) == (422, "upload.missing")
    settings.MAX_UPLOAD_BYTES = 10
    large = api.post("/api/library/assets", {"files": SimpleUploadedFile("a.jpg", bytes(50))})
    assert (large.status_code, large.json()["problems"][0]["code"]) == (422, "media.too_large")
    assert not Arrival.objects.exists()


def test_a_program_finds_describes_and_clears(api, photo):
    assert api.get("/api/library/assets?q=corall").json()["count"] == 1
    assert api.get("/api/library/assets?q=type:video").json()["count"] == 0
    changed = api.patch(f"/api/library/assets/{photo.pk}", {"title": "Reef", "tags": ["Sea"]}, content_type=JSON)
    assert (changed.json()["title"], changed.json()["tags"]) == ("Reef", ["sea"])
    licence = {"holder": "Rosa", "terms": "Contract", "ends_on": "2020-01-01"}
    made = api.post(f"/api/library/assets/{photo.pk}/licences", licence, content_type=JSON)
    assert made.status_code == 201
    assert api.get(f"/api/library/assets/{photo.pk}").json()["rights"] == "expired"
    address = f"/api/library/licences/{made.json()['id']}"
    assert api.put(address, {**licence, "ends_on": None}, content_type=JSON).json()["ends_on"] is None
    assert api.delete(address).status_code == 204
    assert api.post(f"{address}/reinstate").status_code == 200
    assert api.get(f"/api/library/assets/{photo.pk}/licences").json()["count"] == 1


def test_a_program_changes_several(api, photo):
    several = {"asset_ids": [photo.pk]}
    assert api.post("/api/library/assets/tags", {**several, "add": ["a"]}, content_type=JSON).json() == {"changed": 1}
    assert api.post("/api/library/assets/archive", several, content_type=JSON).json() == {"changed": 1}
    assert api.post("/api/library/assets/restore", several, content_type=JSON).json() == {"changed": 1}


# What is sent and the field that is named.
WRONG: tuple[tuple[str, str, dict[str, object], str], ...] = (
    ("patch", "assets/{asset}", {"title": ""}, "title"),
    ("patch", "assets/{asset}", {"colour": "red"}, "colour"),
    ("post", "assets/{asset}/licences", {"holder": "", "terms": "x"}, "holder"),
    ("post", "assets/{asset}/licences", {"holder": "x", "terms": "x", "channels": ["nowhere"]}, "channels"),
    ("post", "assets/archive", {"asset_ids": []}, "asset_ids"),
)


@pytest.mark.parametrize(("method", "path", "body", "where"), WRONG)
def test_wrong_input_names_the_field(api, photo, method, path, body, where):
    answer = getattr(api, method)(f"/api/library/{path.format(asset=photo.pk)}", body, content_type=JSON)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert where in {problem["where"] for problem in answer.json()["problems"]}


def test_what_was_set_aside_is_tried_again_by_a_program(api, cast, tmp_path):
    path = tmp_path / "cut.jpg"
    path.write_bytes(making.jpeg(tmp_path / "x.jpg").read_bytes()[:400])
    making.ingest(cast.specialist, path)
    (arrival,) = api.get("/api/library/arrivals?state=quarantined").json()["items"]
    assert api.post(f"/api/library/arrivals/{arrival['id']}/retry").status_code == 202
    assert api.post(f"/api/library/arrivals/{arrival['id']}/retry").status_code == 409
    making.work_off(Arrival.objects.get())
    assert api.post(f"/api/library/arrivals/{arrival['id']}/discard").json()["state"] == "refused"
    assert not Asset.objects.exists()


def test_listed_assets_say_what_each_by_itself_says(api, cast, photo, django_assert_max_num_queries):
    own = {"holder": "Reef", "terms": "Ours.", "channels": ["practice"]}
    assert api.post(f"/api/library/assets/{photo.pk}/licences", own, content_type=JSON).status_code < 300
    amina, reef = (Subject.objects.create(workspace=cast.workspace, name=name) for name in ("Amina", "The reef"))
    shown, bare = (Asset.objects.create(workspace=cast.workspace, title="Bare", kind="video") for _ in range(2))
    soon = timezone.now() + timedelta(days=2, microseconds=500)
    later = Asset.objects.create(workspace=cast.workspace, title="Soon", kind="audio", embargo_until=soon, tags=["a"])
    for asset in (shown, bare, later):
        Licence.objects.create(asset=asset, holder="Reef", terms="Ours.")
    Licence.objects.create(asset=bare, holder="Reef", terms="Old.", withdrawn_at=timezone.now())
    for subject, agreed in ((amina, shown), (reef, None)):
        Consent.objects.create(subject=subject, asset=agreed, agreed="Signed")
        subject.assets.add(shown, bare)
    Asset.objects.create(workspace=cast.stranger.workspace, title="Not ours", kind="image")
    api.get("/api/library/assets")
    with django_assert_max_num_queries(12):
        answer = api.get("/api/library/assets?facets=true")
    assert set(answer.json()) == set(AssetPage.model_fields)
    assert all(set(facet) == set(FacetOut.model_fields) for facet in answer.json()["facets"])
    items = {row["id"]: row for row in answer.json()["items"]}
    why: dict[str, object] = {"found_by": [], "meant_at_s": None}  # only a list says why something is in it
    for asset_id, listed in items.items():
        whole = api.get(f"/api/library/assets/{asset_id}").json()
        assert set(listed) == set(FoundAsset.model_fields)
        assert listed == {name: whole[name] for name in listed if name not in why} | why
    assert {asset: row["rights"] for asset, row in items.items()} == {
        photo.pk: "valid",
        shown.pk: "valid",
        bare.pk: "no_consent",  # Amina agreed to be seen in another
        later.pk: "embargo",
    }
    assert items[photo.pk]["current"]["facts"] and items[bare.pk]["current"] is None
