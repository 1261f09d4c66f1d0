# mypy: disable-error-code="union-attr,arg-type,type-arg"
"""What is known about an asset: read on ingest, shown, edited, kept in its history, undone."""

import pytest
from django.urls import reverse

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset, ChangeSet, FacePlace, FieldChange, Subject
from crosscut.apps.library.search import window
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.services import about, consents, people
from crosscut.apps.library.services.describe import Description, describe, tag
from crosscut.apps.library.services.fields import values_of
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

UNLIMITED = "http://ns.useplus.org/ldf/vocab/MR-UMR"
REGION = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"><mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList>
<rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Name>amina odhiambo</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>
<mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.2" stArea:h="0.2"/></rdf:li><rdf:li rdf:parseType="Resource">
<mwg-rs:Name>Ben Okoro</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Area stArea:x="0.2" stArea:y="0.2"
 stArea:w="0.1" stArea:h="0.1"/></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.fixture
def asset(cast) -> Asset:
    return Asset.objects.create(workspace=cast.workspace, title="Reef", kind="image")


def now(asset: Asset) -> dict:
    return values_of(Asset.objects.get(pk=asset.pk))


def test_a_file_fills_the_fields_and_says_where_from(cast, tmp_path):
    path = making.described_jpeg(
        tmp_path / "in" / "reef.jpg",
        Xmp_dc_title="Reef",
        Xmp_photoshop_City="Watamu",
        Xmp_plus_ModelReleaseStatus=UNLIMITED,
        Xmp_photoshop_Headline="x" * 5000,
    )
    asset = making.taken_in(cast.junior, path)
    assert asset.about["city"] == "Watamu"
    assert asset.about["model_release"] == UNLIMITED
    assert len(asset.about["headline"]) == 4000
    assert asset.origins["city"] == "XMP photoshop:City"
    assert asset.origins["title"] == "XMP dc:title"
    assert window(cast.junior, parse("watamu")).assets[0].pk == asset.pk


def test_a_change_is_kept_with_before_and_after(cast, asset):
    about.change(cast.junior, {asset.pk: {"city": "Watamu", "creator": ["Ana", "Bo"], "title": "Coral"}})
    done = about.change(cast.senior, {asset.pk: {"city": "Malindi"}})
    assert done and done.by == cast.senior
    assert now(asset) == {"title": "Coral", "city": "Malindi", "creator": ["Ana", "Bo"]}
    change = FieldChange.objects.get(change_set=done)
    assert (change.field, change.before, change.after) == ("city", "Watamu", "Malindi")
    assert AuditEvent.objects.filter(verb="asset.described", subject=f"asset:{asset.pk}").count() == 2
    assert window(cast.junior, parse("malindi")).assets
    assert not window(cast.junior, parse("watamu")).assets


def test_nothing_changed_is_nothing_kept(cast, asset):
    assert about.change(cast.junior, {asset.pk: {"title": "Reef", "city": ""}}) is None
    assert not ChangeSet.objects.exists()


def test_all_that_is_wrong_is_said_and_nothing_changed(cast, asset):
    wrong = {"created_on": "soon", "title": "", "camera": "Mine", "no_such": "x", "city": "Watamu"}
    with pytest.raises(Invalid) as refused:
        about.change(cast.junior, {asset.pk: wrong})
    assert {problem.where for problem in refused.value.problems} == {"created_on", "title", "camera", "no_such"}
    assert now(asset) == {"title": "Reef"}


def test_undoing_sets_back_what_nobody_changed_since(cast, asset):
    other = Asset.objects.create(workspace=cast.workspace, title="Kelp", kind="image", about={"city": "Oban"})
    done = about.change(cast.junior, {asset.pk: {"city": "A", "genre": "B"}, other.pk: {"city": "C"}})
    about.change(cast.senior, {asset.pk: {"genre": "mine"}})
    undone = about.undo(cast.junior, done.pk)
    assert undone.reverted == 2
    assert undone.kept == ["Reef: Kind of picture"]
    assert now(asset) == {"title": "Reef", "genre": "mine"}
    assert now(other)["city"] == "Oban"
    with pytest.raises(Conflict):
        about.undo(cast.junior, done.pk)
    about.undo(cast.junior, undone.change_set.pk)  # an undoing can be undone
    assert now(other)["city"] == "C"


def test_the_page_and_tags_leave_the_same_history(cast, asset):
    describe(cast.junior, asset.pk, Description(title="Coral", tags=["sea"]))
    tag(cast.junior, [asset.pk], add=["reef"])
    rows = list(FieldChange.objects.order_by("pk").values_list("field", "before", "after"))
    assert ("keywords", ["sea"], ["reef", "sea"]) in [(key, before, sorted(after)) for key, before, after in rows[2:]]
    about.undo(cast.junior, ChangeSet.objects.order_by("pk")[0].pk)
    assert now(asset)["title"] == "Reef"


def test_strangers_and_guests_change_and_undo_nothing(cast, asset):
    done = about.change(cast.junior, {asset.pk: {"city": "Watamu"}})
    for act in (
        lambda by: about.change(by, {asset.pk: {"city": "mine"}}),
        lambda by: about.undo(by, done.pk),
    ):
        with pytest.raises(NotFound):
            act(cast.stranger)
        with pytest.raises(NotAllowed):
            act(cast.guest)
    assert now(asset)["city"] == "Watamu"


def test_a_named_face_of_somebody_known_asks_for_a_consent_at_once(cast, tmp_path):
    import pyexiv2

    amina = Subject.objects.create(workspace=cast.workspace, name="Amina Odhiambo")
    path = making.jpeg(tmp_path / "in" / "boat.jpg", colour="red")
    with pyexiv2.Image(str(path)) as image:
        image.modify_raw_xmp(REGION)
    asset = making.taken_in(cast.junior, path)
    known, unknown = FacePlace.objects.filter(asset=asset).order_by("pk")
    assert (known.subject, unknown.subject, unknown.name) == (amina, None, "Ben Okoro")
    assert list(asset.subjects.all()) == [amina]
    assert asset.rights_changed_at is not None
    assert people.unknown_names(cast.specialist, asset.pk) == ["Ben Okoro"]
    people.name_face(cast.specialist, unknown.pk, "")
    assert people.unknown_names(cast.specialist, asset.pk) == []
    assert {subject.name for subject in asset.subjects.all()} == {"Amina Odhiambo", "Ben Okoro"}
    with pytest.raises(NotFound):
        people.name_face(cast.stranger, unknown.pk, "Me")
    with pytest.raises(NotAllowed):
        people.name_face(cast.junior, unknown.pk, "Me")


def test_a_region_is_seen_and_edited_on_its_page(cast, asset):
    browser = signed_in(cast.junior)
    about.change(cast.junior, {asset.pk: {"city": "Watamu", "model_release": "MR-UMR"}})
    page = browser.get(reverse("asset-section", args=[asset.pk, "metadata"])).content.decode()
    assert "Watamu" in page and "Unlimited model releases" in page and "Written here" in page
    address = reverse("asset-fields", args=[asset.pk, "people"])
    form = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'value="Watamu"' in form and "<html" not in form
    assert "<html" in browser.get(address).content.decode()
    answer = browser.post(address, {"city": "Malindi", "persons": "Ana\nBo"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Malindi" in answer.content.decode()
    assert now(asset)["persons"] == ["Ana", "Bo"]
    wrong = browser.post(address, {"city": "x", "latitude_deg": "north"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422 and "Write a number" in wrong.content.decode()
    assert now(asset)["city"] == "Malindi"
    story = browser.get(reverse("asset-changes", args=[asset.pk])).content.decode()
    assert "Junior Person" in story and "Watamu" in story and "Malindi" in story
    newest = ChangeSet.objects.order_by("-pk")[0]
    assert browser.post(reverse("changes-undo", args=[newest.pk])).status_code == 302
    assert now(asset)["city"] == "Watamu" and "persons" not in now(asset)


def test_saving_a_form_untouched_changes_nothing(cast, tmp_path):
    """A choice that is on no list, a date with its offset and a list stay as the file has them."""
    path = making.described_jpeg(
        tmp_path / "in" / "reef.jpg",
        Xmp_iptcExt_DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/softwareImage",
        Xmp_photoshop_DateCreated="2026-05-03T14:30:00+03:00",
        Xmp_photoshop_Source="Boat",
    )
    asset = making.taken_in(cast.junior, path)
    browser = signed_in(cast.junior)
    for group in ("what", "people", "who", "rights", "origin"):
        form = browser.get(reverse("asset-fields", args=[asset.pk, group])).context["form"]
        written = {key: form.initial.get(key, "") for key in form.fields}
        answer = browser.post(reverse("asset-fields", args=[asset.pk, group]), written)
        assert answer.status_code == 302, (group, answer.context["form"].errors if answer.context else "")
    assert not ChangeSet.objects.exists()


def test_a_group_that_is_none_is_not_found(cast, asset):
    assert signed_in(cast.junior).get(reverse("asset-fields", args=[asset.pk, "nonsense"])).status_code == 404


def test_consents_still_ask_for_names_of_one_line(cast, asset):
    consents.show_subject(cast.lead, asset.pk, "Ana")
    asset.about["persons"] = ["ana", "Bo"]
    asset.save()
    assert people.unknown_names(cast.junior, asset.pk) == ["Bo"]


def test_programs_read_and_set_fields(cast, asset):
    client = program(cast.junior)
    address = f"/api/library/assets/{asset.pk}/fields"
    wrong = client.patch(address, {"fields": {"created_on": "soon"}}, content_type="application/json")
    assert wrong.status_code == 422 and "created_on" in wrong.content.decode()
    sent = {"fields": {"city": "Watamu", "creator": ["Ana"], "rating": 4, "title": "Coral"}}
    answer = client.patch(address, sent, content_type="application/json").json()
    assert answer["rating"] == {"value": 4, "origin": "api"}
    [city] = [
        row for row in client.get(f"/api/library/assets/{asset.pk}/changes").json()["items"] if row["field"] == "city"
    ]
    assert (city["before"], city["after"], city["how"]) == (None, "Watamu", "api")
    undone = client.post(f"/api/library/changes/{city['change_set']}/undo").json()
    assert undone == {"reverted": 4, "kept": []}
    assert client.get(address).json() == {"title": {"value": "Reef", "origin": "undo"}}
    described = {field["key"]: field for field in client.get("/api/library/fields").json()}
    assert "IPTC Photo Metadata Standard 2025.1" in described["ai_system"]["sources"][0]
    assert program(cast.guest).get("/api/library/fields").status_code == 403
