# mypy: disable-error-code="union-attr"
"""At every entry point: whom it lets in, and that nobody else learns or changes anything."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import (
    Arrival,
    Asset,
    BrandFile,
    BrandKit,
    Card,
    Collection,
    CollectionLink,
    Consent,
    CustomField,
    FacePlace,
    FieldChange,
    Framing,
    Intake,
    Licence,
    Merge,
    Paper,
    Placement,
    Subject,
    Term,
    TwinPair,
    Upload,
    WayIn,
)
from crosscut.apps.library.services import (
    brands,
    collecting,
    consents,
    custom,
    intake,
    papers,
    placements,
    saved,
    showing_guests,
    tracks,
    uploads,
    vocabularies,
)
from crosscut.apps.library.services.about import change as changed
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests import making
from crosscut.apps.library.urls import urlpatterns
from crosscut.apps.work.models import Job

FOR_GUESTS = ("lightbox", "lightbox-file")  # whoever has the link may look: test_collections tells how far


@pytest.fixture
def things(cast, film, tmp_path) -> dict[str, object]:
    """One of each thing, by the name that addresses have for its number."""
    words = tmp_path / "words.vtt"
    words.write_text(making.CAPTIONS)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff broken")
    making.ingest(cast.junior, bad)
    licence = add_licence(cast.lead, film.pk, Terms(holder="Rosa", terms="Contract"))
    papers.attach_to_licence(cast.lead, licence.pk, words, filename="contract.pdf")
    return {
        "asset_id": film.pk,
        "version_id": film.current_id,
        "rendition_id": film.current.renditions.first().pk,
        "licence_id": licence.pk,
        "track_id": tracks.put_track(cast.junior, film.pk, words, kind="captions", language="en").pk,
        "subject_id": (amina := consents.show_subject(cast.lead, film.pk, "Amina")).pk,
        "consent_id": consents.give_consent(cast.lead, amina.pk, consents.Agreement(agreed="Release")).pk,
        "section": "rights",
        "kit_id": brands.make_kit(cast.lead, brands.Kit(name="Reef")).pk,
        "role": "logo",
        "what": "level",
        "group_key": "people",
        "form": "csv",
        "field_id": custom.create_field(cast.lead, custom.Plan(label="Season")).pk,
        "vocabulary_id": (words := vocabularies.create_vocabulary(cast.lead, "Sea life")).pk,
        "term_id": Term.objects.create(vocabulary=words, label="Shark").pk,
        "intake_id": intake.begin(cast.junior, "bynder", [SimpleUploadedFile("b.csv", b"Filename,Name\n")]).pk,
        "change_set_id": changed(cast.junior, {film.pk: {"city": "Watamu"}}).pk,
        "face_id": FacePlace.objects.create(asset=film, name="Ben", x=0, y=0, width=0.1, height=0.1).pk,
        "paper_id": Paper.objects.get().pk,
        "placement_id": placements.note_placement(cast.junior, film.pk, "A brochure").pk,
        "upload_key": uploads.begin(cast.junior, uploads.Announced(filename="a.jpg", size_bytes=9)).key,
        "card_id": Card.objects.create(
            way=WayIn.objects.create(workspace=cast.workspace, kind="card", name="c", created_by=cast.lead),
            seen_at=timezone.now(),
        ).pk,
        "way_id": WayIn.objects.create(workspace=cast.workspace, kind="folder", name="w", created_by=cast.lead).pk,
        "search_id": saved.save_search(cast.junior, "mine", "dive").pk,
        "collection_id": (reef := collecting.make_collection(cast.lead, "Reef", asset_ids=[film.pk])).pk,
        "link_id": showing_guests.show_collection(cast.lead, reef.pk, showing_guests.Showing(name="Ben"))[0].pk,
        "arrival_id": Arrival.objects.get(filename="bad.jpg").pk,
        "tier": "copy",
        "merge_id": Merge.objects.create(workspace=cast.workspace, kept=film, by=cast.junior).pk,
    }


def addresses(things: dict[str, object], *, of_things: bool) -> list[str]:
    """Every page address of the library, filled in."""
    found = []
    for pattern in urlpatterns:
        names = list(pattern.pattern.converters)
        if pattern.name in FOR_GUESTS:
            continue
        if bool(names) is of_things:
            found.append(reverse(pattern.name, kwargs={name: things[name] for name in names}))
    return found


def state() -> tuple[object, ...]:
    """All that could have been changed."""
    return (
        list(Asset.objects.order_by("pk").values()),
        list(Licence.objects.order_by("pk").values()),
        list(Subject.objects.order_by("pk").values("name", "assets")),
        list(Consent.objects.order_by("pk").values()),
        list(Paper.objects.order_by("pk").values()),
        list(Placement.objects.order_by("pk").values()),
        list(Arrival.objects.order_by("pk").values("state", "path")),
        list(Job.objects.order_by("pk").values("kind", "subject")),
        list(Framing.objects.values()),
        list(FieldChange.objects.order_by("pk").values()),
        list(CustomField.objects.order_by("pk").values()),
        list(Term.objects.order_by("pk").values("label", "vocabulary__name", "vocabulary__is_for_tags")),
        list(Intake.objects.order_by("pk").values("state", "mapping")),
        list(FacePlace.objects.order_by("pk").values()),
        list(Upload.objects.values()),
        list(WayIn.objects.values("is_on")),
        list(Collection.objects.order_by("pk").values("title", "archived_at", "items")),
        list(CollectionLink.objects.order_by("pk").values("revoked_at")),
        list(BrandKit.objects.order_by("pk").values()),
        list(BrandFile.objects.values()),
        list(TwinPair.objects.values()),
        list(Merge.objects.values()),
    )


def ask(client: Client, method: str, address: str):
    return getattr(client, method)(address)


def test_whoever_is_not_signed_in_is_sent_to_sign_in(things):
    before = state()
    for address in addresses(things, of_things=True) + addresses(things, of_things=False):
        for method in ("get", "post"):
            answer = ask(Client(), method, address)
            assert answer.status_code == 302, address
            assert "sign-in" in answer.headers["Location"]
    assert state() == before


def test_a_stranger_finds_nothing_of_ours(cast, things):
    before = state()
    client = signed_in(cast.stranger)
    for address in addresses(things, of_things=True):
        statuses = {ask(client, method, address).status_code for method in ("get", "post")}
        assert statuses <= {404, 405}, address
        assert 404 in statuses, address
    assert "dive" not in client.get(reverse("library")).content.decode()
    assert "dive" not in client.get(reverse("library-arrivals")).content.decode()
    changed = client.post(reverse("library-change"), {"asset": things["asset_id"], "action": "archive"})
    assert changed.status_code == 404
    assert state() == before


def test_a_guest_is_kept_out(cast, things):
    before = state()
    client = signed_in(cast.guest)
    for address in addresses(things, of_things=True) + addresses(things, of_things=False):
        for method in ("get", "post"):
            # Pages send guests to what was shared with them; everything else refuses.
            answer = client.generic(method.upper(), address, headers={"HX-Request": "true"})
            assert answer.status_code in (403, 405), address
    assert state() == before


# Every operation of the API: the method, the address and what is sent.
OPERATIONS: tuple[tuple[str, str, Any], ...] = (
    ("get", "brand-kits/{kit_id}", None),
    ("put", "brand-kits/{kit_id}", {"name": "Mine"}),
    ("post", "brand-kits/{kit_id}/usual", None),
    ("post", "brand-kits/{kit_id}/archive", None),
    ("post", "brand-kits/{kit_id}/restore", None),
    ("post", "brand-kits/{kit_id}/files", {"asset": 1, "role": "logo"}),
    ("delete", "brand-kits/{kit_id}/files/1?role=logo", None),
    ("get", "assets/{asset_id}", None),
    ("patch", "assets/{asset_id}", {"title": "mine"}),
    ("get", "assets/{asset_id}/renditions", None),
    ("get", "assets/{asset_id}/licences", None),
    ("post", "assets/{asset_id}/licences", {"holder": "Me", "terms": "Mine"}),
    ("post", "assets/{asset_id}/versions", None),
    ("post", "assets/archive", {"asset_ids": ["{asset_id}"]}),
    ("post", "assets/restore", {"asset_ids": ["{asset_id}"]}),
    ("post", "assets/tags", {"asset_ids": ["{asset_id}"], "add": ["mine"]}),
    ("put", "licences/{licence_id}", {"holder": "Me", "terms": "Mine"}),
    ("delete", "licences/{licence_id}", None),
    ("post", "licences/{licence_id}/reinstate", None),
    ("get", "assets/{asset_id}/odrl", None),
    ("post", "assets/{asset_id}/odrl", {"permission": [{"action": "display", "assigner": "Me"}]}),
    ("put", "assets/{asset_id}/embargo", {"until": None}),
    ("put", "assets/{asset_id}/rights-needed", {"rights": ["sync"]}),
    ("get", "assets/{asset_id}/may?channel=site", None),
    ("get", "assets/{asset_id}/answers", None),
    ("post", "assets/{asset_id}/subjects", {"name": "Me"}),
    ("delete", "assets/{asset_id}/subjects/{subject_id}", None),
    ("post", "subjects/{subject_id}/consents", {"agreed": "Mine"}),
    ("delete", "consents/{consent_id}", None),
    ("post", "consents/{consent_id}/reinstate", None),
    ("post", "assets/{asset_id}/licences/ready-made", {"preset": "cc-by-4.0", "holder": "Me"}),
    ("post", "licences/{licence_id}/papers", None),
    ("post", "consents/{consent_id}/papers", None),
    ("get", "papers/{paper_id}/file", None),
    ("get", "versions/{version_id}/link", None),
    ("post", "assets/delete", {"asset_ids": ["{asset_id}"]}),
    ("post", "bin/restore", {"asset_ids": ["{asset_id}"]}),
    ("get", "assets/{asset_id}/placements", None),
    ("post", "assets/{asset_id}/placements", {"place": "Mine"}),
    ("delete", "placements/{placement_id}", None),
    ("delete", "searches/{search_id}", None),
    ("get", "versions/{version_id}/file", None),
    ("get", "versions/{version_id}/looks", None),
    ("post", "versions/{version_id}/looks", {"profile": "iso"}),
    ("post", "versions/{version_id}/remake", {"name": "calm"}),
    ("get", "versions/{version_id}/origin", None),
    ("get", "renditions/{rendition_id}/origin", None),
    ("get", "versions/{version_id}/framing", None),
    ("put", "versions/{version_id}/focus", {"x": 0.5, "y": 0.5}),
    ("put", "versions/{version_id}/camera", {"aspect": "1:1"}),
    ("post", "versions/{version_id}/preview", {"aspect": "1:1"}),
    ("get", "renditions/{rendition_id}/file", None),
    ("get", "tracks/{track_id}/file", None),
    ("get", "tracks/{track_id}/findings", None),
    ("post", "tracks/{track_id}/mend", None),
    ("get", "assets/{asset_id}/uses", None),
    ("get", "assets/{asset_id}/protection", None),
    ("get", "assets/{asset_id}/differences?before=1&after=1", None),
    ("post", "versions/{version_id}/make-current", None),
    ("get", "assets/{asset_id}/fields", None),
    ("patch", "assets/{asset_id}/fields", {"fields": {"city": "mine"}}),
    ("get", "assets/{asset_id}/changes", None),
    ("post", "changes/{change_set_id}/undo", None),
    ("patch", "ways-in/{way_id}", {"is_on": False}),
    ("delete", "ways-in/{way_id}", None),
    ("post", "cards/{card_id}/compare", None),
    ("get", "arrivals/{arrival_id}", None),
    ("post", "assets/fields", {"asset_ids": ["{asset_id}"], "edits": [{"field": "city", "action": "set"}]}),
    ("get", "assets/table?assets={asset_id}", None),
    ("get", "versions/{version_id}/copy", None),
    ("get", "imports/{intake_id}", None),
    ("get", "imports/{intake_id}/rows", None),
    ("post", "imports/{intake_id}/mapping", {"mapping": {}}),
    ("post", "imports/{intake_id}/confirm", {"takes_conflicts": True}),
    ("delete", "imports/{intake_id}", None),
    ("put", "own-fields/{field_id}", {"label": "Mine"}),
    ("delete", "own-fields/{field_id}", None),
    ("get", "vocabularies/{vocabulary_id}", None),
    ("post", "vocabularies/{vocabulary_id}/words", {"words": "Mine"}),
    ("delete", "vocabularies/{vocabulary_id}", None),
    ("get", "collections/{collection_id}", None),
    ("patch", "collections/{collection_id}", {"title": "Mine"}),
    ("post", "collections/{collection_id}/archive", None),
    ("post", "collections/{collection_id}/restore", None),
    ("post", "collections/{collection_id}/assets", {"asset_ids": []}),
    ("delete", "collections/{collection_id}/assets/{asset_id}", None),
    ("put", "collections/{collection_id}/order", {"asset_ids": []}),
    ("get", "collections/{collection_id}/links", None),
    ("post", "collections/{collection_id}/links", {"name": "Me"}),
    ("get", "collections/{collection_id}/hidden", None),
    ("delete", "collection-links/{link_id}", None),
    ("get", "collection-links/{link_id}/log", None),
    ("post", "arrivals/{arrival_id}/retry", None),
    ("post", "arrivals/{arrival_id}/discard", None),
    ("get", "assets/{asset_id}/twins", None),
    ("post", "duplicates/apart", {"asset_ids": ["{asset_id}"], "only": 1}),
    ("post", "duplicates/together", {"asset_ids": ["{asset_id}"], "only": 1}),
    ("post", "merges/preview", {"keep": "{asset_id}", "merge": [1]}),
    ("post", "merges", {"keep": "{asset_id}", "merge": [1]}),
    ("post", "merges/{merge_id}/undo", None),
)


def call(client: Client, method: str, path: str, body, things: dict[str, object]):
    if body and "asset_ids" in body:
        body = {**body, "asset_ids": [things["asset_id"]]}
    if body and "keep" in body:
        body = {**body, "keep": things["asset_id"]}
    address = f"/api/library/{path.format(**things)}"
    return getattr(client, method)(address, body or {}, **({"content_type": "application/json"} if body else {}))


def test_programs_of_strangers_guests_and_nobody_are_refused(cast, things):
    before = state()
    stranger, guest = program(cast.stranger), program(cast.guest)
    for method, path, body in OPERATIONS:
        assert call(Client(), method, path, body, things).status_code == 401, path
        answer = call(stranger, method, path, body, things)
        assert answer.status_code == 404, (path, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert call(guest, method, path, body, things).status_code in (403, 404), path
    assert state() == before


def test_lists_of_programs_hold_nothing_of_others(cast, things):
    for path in (
        "assets?facets=true",
        "arrivals",
        "subjects",
        "uploads",
        "ways-in",
        "cards",
        "searches",
        "collections",
        "duplicates",
        "merges",
        "brand-kits",
    ):
        assert Client().get(f"/api/library/{path}").status_code == 401
        told = program(cast.stranger).get(f"/api/library/{path}").json()
        assert (told["items"], told["count"], told.get("facets", [])) == ([], 0, [])
        answer = program(cast.guest).get(f"/api/library/{path}")
        assert answer.status_code == 403 or answer.json()["count"] == 0
    for path in ("likeness", "searches"):
        for client, status in ((Client(), 401), (program(cast.guest), 403)):
            body = {"name": "x", "q": "dive"}
            answer = client.post(f"/api/library/{path}", body, content_type="application/json")
            assert answer.status_code == status, path
