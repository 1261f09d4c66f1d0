# mypy: disable-error-code="union-attr,arg-type,type-arg"
"""The same field of many assets: by selection, by spreadsheet, by sidecar; previewed, applied once, undone together."""

import csv
import io
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library.models import Asset, ChangeSet, Intake, IntakeRow, Version
from crosscut.apps.library.services import about, custom, intake, several, sheets, vocabularies
from crosscut.apps.library.services.fields import values_of
from crosscut.apps.library.services.several import Action, Edit
from crosscut.apps.library.tasks import apply_intake, read_intake
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="{city}"/>
</rdf:RDF></x:xmpmeta>"""


def named(cast, filename: str, **values) -> Asset:
    asset = Asset.objects.create(workspace=cast.workspace, title=Path(filename).stem, kind="image", about=values)
    version = Version.objects.create(
        asset=asset, number=1, sha256="0" * 64, size_bytes=1, media_type="image/jpeg", filename=filename
    )
    asset.current = version
    asset.save()
    return asset


@pytest.fixture
def assets(cast) -> list[Asset]:
    return [named(cast, f"{name}.jpg") for name in ("reef", "kelp", "seal")]


def now(asset: Asset) -> dict:
    return values_of(Asset.objects.get(pk=asset.pk))


def brought(cast, kind: str, name: str, data: bytes) -> Intake:
    """The import, read."""
    row = intake.begin(cast.junior, kind, [SimpleUploadedFile(name, data)])
    read_intake.func(row.job_id, row.pk)
    row.refresh_from_db()
    return row


def applied(cast, row: Intake, **options) -> Intake:
    intake.confirm(cast.junior, row.pk, **options)
    row.refresh_from_db()
    apply_intake.func(row.job_id, row.pk)
    row.refresh_from_db()
    return row


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def as_bytes(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


# What is there, what to do, and what becomes of it.
EDITS = (
    ({"creator": ["Ana"]}, Edit(field="creator", action=Action.APPEND, value="Bo; Ana"), ["Ana", "Bo"]),
    ({"creator": ["Ana", "Bo"]}, Edit(field="creator", action=Action.REMOVE, value="ana"), ["Bo"]),
    ({"creator": ["Ana", "Bo"]}, Edit(field="creator", action=Action.REPLACE, find="Ana", value="Eva"), ["Eva", "Bo"]),
    ({"city": "Watamu"}, Edit(field="city", action=Action.SET, value="Malindi"), "Malindi"),
    ({"city": "Watamu"}, Edit(field="city", action=Action.SET), None),
    ({"city": "Old Town"}, Edit(field="city", action=Action.REPLACE, find="Old", value="New"), "New Town"),
    ({"city": "Watamu"}, Edit(field="city", action=Action.APPEND, value="Bay"), "Watamu Bay"),
)


@pytest.mark.parametrize(("before", "edit", "after"), EDITS)
def test_each_way_of_changing_does_what_was_shown(cast, before, edit, after):
    asset = named(cast, "reef.jpg", **before)
    [shown] = several.preview(cast.junior, [asset.pk], [edit]).shown
    assert shown.changes[edit.field][1] == after
    assert now(asset).get(edit.field) == before[edit.field]
    several.apply(cast.junior, [asset.pk], [edit])
    assert now(asset).get(edit.field) == after


def test_one_undo_sets_all_back(cast, assets):
    ids = [asset.pk for asset in assets]
    about.change(cast.junior, {ids[0]: {"city": "Watamu"}})
    made = several.apply(cast.junior, ids, [Edit(field="city", action=Action.SET, value="Oban")])
    assert [now(asset)["city"] for asset in assets] == ["Oban"] * 3
    about.undo(cast.senior, made.pk)
    assert [now(asset).get("city") for asset in assets] == ["Watamu", None, None]


def test_one_that_refuses_stops_all_and_is_shown_first(cast, assets):
    ids = [asset.pk for asset in assets]
    about.change(cast.junior, {ids[2]: {"title": "x" * 199}})
    edit = Edit(field="title", action=Action.APPEND, value="again")
    found = several.preview(cast.junior, ids, [edit])
    assert (found.changing, found.refused, found.shown[0].asset.pk) == (2, 1, ids[2])
    with pytest.raises(Invalid, match="at most 200"):
        several.apply(cast.junior, ids, [edit])
    assert now(assets[0])["title"] == "reef"


def test_strangers_and_guests_change_nothing_at_once(cast, assets):
    edit = [Edit(field="city", action=Action.SET, value="mine")]
    for act in (several.preview, several.apply):
        with pytest.raises(NotFound):
            act(cast.stranger, [assets[0].pk], edit)
        with pytest.raises(NotAllowed):
            act(cast.guest, [assets[0].pk], edit)
    with pytest.raises(NotFound):
        sheets.as_csv(cast.stranger, [assets[0].pk])
    with pytest.raises(NotFound):
        sheets.as_csv(cast.guest, [assets[0].pk])


def test_no_cell_is_a_formula_and_every_cell_comes_back_as_it_was(cast, assets):
    evil = '=HYPERLINK("http://evil.example";"x")'
    about.change(cast.junior, {assets[0].pk: {"headline": evil, "latitude_deg": -4.5, "description": "two\nlines"}})
    head, line = table(sheets.as_csv(cast.junior, [assets[0].pk]))
    cells = dict(zip(head, line, strict=True))
    assert cells["Headline [headline]"] == f"'{evil}"
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(cast.junior, [assets[0].pk])))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert not any(str(cell.value or "").startswith("=") for row in book.active.iter_rows() for cell in row)
    for data, name in ((as_bytes([head, line]), "a.csv"), (sheets.as_xlsx(cast.junior, [assets[0].pk]), "a.xlsx")):
        assert brought(cast, "sheet", name, data).counts == {"same": 1}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_table_that_was_changed_shows_what_changes_and_then_does_it(cast, assets, name):
    head, *lines = table(sheets.as_csv(cast.junior, [asset.pk for asset in assets]))
    city = head.index("City where it was taken [city]")
    lines[0][city], lines[1][head.index("Tags [keywords]")] = "Watamu", "reef; sea"
    data = as_bytes([head, *lines])
    if name.endswith("xlsx"):
        book = openpyxl.Workbook()
        for line in (head, *lines):
            book.active.append(line)
        book.save(out := io.BytesIO())
        data = out.getvalue()
    row = brought(cast, "sheet", name, data)
    assert (row.state, row.counts) == ("ready", {"change": 2, "same": 1})
    assert now(assets[0]).get("city") is None
    row = applied(cast, row)
    assert (row.state, row.counts) == ("applied", {"applied": 2, "same": 1})
    assert now(assets[0])["city"] == "Watamu"
    assert now(assets[1])["keywords"] == ["reef", "sea"]
    assert about.undo(cast.junior, row.change_set_id).reverted == 2
    assert now(assets[0]).get("city") is None


def test_what_changed_here_meanwhile_is_kept_unless_asked(cast, assets):
    first, second, third = (asset.pk for asset in assets)
    about.change(cast.junior, {first: {"city": "A"}, second: {"city": "B"}, third: {"city": "C"}})
    head, *lines = table(sheets.as_csv(cast.junior, [first, second, third]))
    city = head.index("City where it was taken [city]")
    about.change(cast.senior, {first: {"city": "mine"}, second: {"city": "mine too"}})
    lines[0][city] = "theirs"  # both changed: a conflict; the second only here, the third only there
    lines[2][city] = "theirs"
    row = brought(cast, "sheet", "a.csv", as_bytes([head, *lines]))
    assert row.counts == {"conflict": 1, "same": 1, "change": 1}
    other = brought(cast, "sheet", "a.csv", as_bytes([head, *lines]))
    applied(cast, row)
    assert [now(asset)["city"] for asset in assets] == ["mine", "mine too", "theirs"]
    applied(cast, other, takes_conflicts=True)
    assert [now(asset)["city"] for asset in assets] == ["theirs", "mine too", "theirs"]


def test_what_changes_between_showing_and_applying_is_kept(cast, assets):
    head, line = table(sheets.as_csv(cast.junior, [assets[0].pk]))
    line[head.index("City where it was taken [city]")] = "theirs"
    row = brought(cast, "sheet", "a.csv", as_bytes([head, line]))
    about.change(cast.senior, {assets[0].pk: {"city": "mine"}})
    assert applied(cast, row).counts == {"conflict": 1}
    assert now(assets[0])["city"] == "mine"


def test_wrong_rows_are_named_and_cost_the_others_nothing(cast, assets):
    other = Asset.objects.create(workspace=cast.stranger.workspace, title="theirs", kind="image")
    head, *lines = table(sheets.as_csv(cast.junior, [asset.pk for asset in assets]))
    lines[0][head.index("Made on [created_on]")] = "soon"
    lines[1][head.index("City where it was taken [city]")] = "Oban"
    lines[2][0] = str(other.pk)
    row = applied(cast, brought(cast, "sheet", "a.csv", as_bytes([head, *lines])))
    assert row.counts == {"problem": 1, "applied": 1, "unknown": 1}
    assert "Made on: Write a date" in row.rows.get(state=IntakeRow.State.PROBLEM).problem
    assert Asset.objects.get(pk=other.pk).about == {}


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04 no workbook", b"Crosscut id\n1\n", b"\0" * 50]
)
def test_what_is_no_table_of_ours_fails_with_its_reason(cast, data):
    row = intake.begin(cast.junior, "sheet", [SimpleUploadedFile("a.csv", data or b" ")])
    read_intake.func(row.job_id, row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and row.problem
    intake.discard(cast.junior, row.pk)
    assert not Intake.objects.exists()


def test_a_table_of_thousands_is_a_job_with_one_undo(cast):
    made = Asset.objects.bulk_create(
        Asset(workspace=cast.workspace, title=f"fish {number}", kind="image") for number in range(1200)
    )
    head, *lines = table(sheets.as_csv(cast.junior, [asset.pk for asset in made]))
    for line in lines:
        line[head.index("City where it was taken [city]")] = "Oban"
    row = applied(cast, brought(cast, "sheet", "a.csv", as_bytes([head, *lines])))
    assert row.counts == {"applied": 1200}
    assert row.job.state == "done" and row.job.done_permille == 1000
    assert Asset.objects.filter(about__city="Oban").count() == 1200
    assert ChangeSet.objects.count() == 1
    assert about.undo(cast.junior, row.change_set_id).reverted == 1200


def test_sidecars_beside_or_afterwards_change_what_they_are_about(cast, assets):
    named(cast, "twin.jpg"), named(cast, "twin.jpg")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("folder/reef.xmp", SIDECAR.format(city="Watamu"))
        archive.writestr("kelp.jpg.xmp", SIDECAR.format(city="Oban"))
        archive.writestr("gone.xmp", SIDECAR.format(city="Nowhere"))
        archive.writestr("twin.xmp", SIDECAR.format(city="Which"))
        archive.writestr("seal.xmp", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    row = applied(cast, brought(cast, "sidecars", "all.zip", out.getvalue()))
    assert row.counts == {"applied": 2, "unknown": 1, "problem": 2}
    assert (now(assets[0])["city"], now(assets[1])["city"]) == ("Watamu", "Oban")
    assert Asset.objects.get(pk=assets[0].pk).origins["city"] == "sidecar"


def test_another_librarys_export_is_mapped_and_never_taken_twice(cast, assets):
    about.change(cast.junior, {assets[1].pk: {"title": "Written by hand"}})
    data = b"Original filename,Name,Tags,Photographer,Shelf\nreef.jpg,Coral,reef|sea,Ana,12\nkelp.jpg,Kelp forest,,,\n"
    row = brought(cast, "bynder", "bynder.csv", data)
    assert row.mapping == {"Name": "title", "Tags": "keywords", "Photographer": "creator", "Shelf": ""}
    assert row.counts == {"change": 1, "conflict": 1}
    intake.remap(cast.junior, row.pk, {**row.mapping, "Shelf": "job_id"})
    row.refresh_from_db()
    read_intake.func(row.job_id, row.pk)
    row.refresh_from_db()
    applied(cast, row)
    assert now(assets[0]) == {"title": "Coral", "keywords": ["reef", "sea"], "creator": ["Ana"], "job_id": "12"}
    assert now(assets[1])["title"] == "Written by hand"
    again = brought(cast, "bynder", "bynder.csv", data)
    assert again.counts == {"same": 1, "conflict": 1}
    with pytest.raises(Conflict):
        intake.confirm(cast.junior, row.pk)


def test_a_lightroom_catalogue_gives_keywords_collections_ratings_and_captions(cast, assets, tmp_path):
    path = tmp_path / "cat.lrcat"
    with sqlite3.connect(path) as made:
        made.executescript(
            """
            CREATE TABLE Adobe_images (id_local, rootFile, rating, captureTime, masterImage);
            CREATE TABLE AgLibraryFile (id_local, baseName, extension);
            CREATE TABLE AgLibraryIPTC (image, caption, copyright);
            CREATE TABLE AgLibraryKeyword (id_local, name);
            CREATE TABLE AgLibraryKeywordImage (image, tag);
            CREATE TABLE AgLibraryCollection (id_local, name, creationId);
            CREATE TABLE AgLibraryCollectionImage (image, collection);
            INSERT INTO AgLibraryFile VALUES (7, 'reef', 'jpg');
            INSERT INTO Adobe_images VALUES (1, 7, 4.0, '2026-05-03T14:30:00', NULL);
            INSERT INTO AgLibraryIPTC VALUES (1, 'Corals at dawn', '(c) Ana');
            INSERT INTO AgLibraryKeyword VALUES (1, NULL), (2, 'reef'), (3, 'Sea');
            INSERT INTO AgLibraryKeywordImage VALUES (1, 2), (1, 3), (1, 1);
            INSERT INTO AgLibraryCollection VALUES (5, 'Best of May', 'com.adobe.ag.library.collection');
            INSERT INTO AgLibraryCollectionImage VALUES (1, 5);
            """
        )
    row = applied(cast, brought(cast, "lightroom", "cat.lrcat", path.read_bytes()))
    assert row.counts == {"applied": 1}, row.problem
    found = now(assets[0])
    assert (found["rating"], found["description"], found["created_on"]) == (4, "Corals at dawn", "2026-05-03T14:30:00")
    assert sorted(found["keywords"]) == ["best of may", "reef", "sea"]
    broken = brought(cast, "lightroom", "cat.lrcat", b"SQLite format 3\0 broken")
    assert broken.state == "failed"


def test_imports_are_for_their_own_workspace(cast, assets):
    row = brought(cast, "bynder", "b.csv", b"Filename,Name\nreef.jpg,Coral\n")
    for act in (intake.confirm, intake.discard, lambda by, pk: intake.remap(by, pk, {})):
        with pytest.raises(NotFound):
            act(cast.stranger, row.pk)
        with pytest.raises(NotAllowed):
            act(cast.guest, row.pk)
    with pytest.raises(NotAllowed):
        intake.begin(cast.guest, "sheet", [SimpleUploadedFile("a.csv", b"x")])
    theirs = intake.begin(cast.stranger, "bynder", [SimpleUploadedFile("b.csv", b"Filename,Name\nreef.jpg,Mine\n")])
    read_intake.func(theirs.job_id, theirs.pk)
    theirs.refresh_from_db()
    assert theirs.counts == {"unknown": 1}


def test_fields_of_ones_own_are_asked_checked_and_put_away(cast, assets):
    season = custom.create_field(cast.lead, custom.Plan(label="Season", kind="choice", choices=["Dry", "Rainy"]))
    must = custom.create_field(cast.lead, custom.Plan(label="Project", is_required=True))
    about.change(cast.junior, {assets[0].pk: {season.key: "dry", must.key: "R-7"}})
    assert now(assets[0])[season.key] == "Dry"
    for wrong in ({season.key: "Winter"}, {must.key: ""}):
        with pytest.raises(Invalid):
            about.change(cast.junior, {assets[0].pk: wrong})
    with pytest.raises(Conflict, match="must stay"):
        custom.change_field(cast.lead, season.pk, custom.Plan(label="Season", kind="number"))
    assert "Season [own.season]" in table(sheets.as_csv(cast.junior, [assets[0].pk]))[0]
    custom.put_away(cast.lead, season.pk)
    with pytest.raises(Invalid):
        about.change(cast.junior, {assets[0].pk: {season.key: "Rainy"}})
    assert now(assets[0])[season.key] == "Dry"
    custom.bring_back(cast.lead, season.pk)
    for act in (lambda by: custom.put_away(by, season.pk), lambda by: custom.create_field(by, custom.Plan(label="x"))):
        with pytest.raises(NotAllowed):
            act(cast.senior)
    with pytest.raises(NotFound):
        custom.put_away(cast.stranger, season.pk)


def test_agreed_words_replace_their_synonyms_and_refuse_strangers(cast, assets):
    words = vocabularies.create_vocabulary(cast.lead, "Sea life")
    text = "term,synonyms,code\nAnimals > Fish > Shark,selachian; hai,medtop:1\nAnimals > Seal,,\n"
    assert vocabularies.add_words(cast.lead, words.pk, vocabularies.words_in(text)) == 4
    about.change(cast.junior, {assets[0].pk: {"keywords": ["free"]}})
    vocabularies.let_tags_come_from(cast.lead, words.pk, True)
    about.change(cast.junior, {assets[0].pk: {"keywords": ["free", "Hai"]}})  # what is there may stay
    assert now(assets[0])["keywords"] == ["free", "shark"]
    with pytest.raises(Invalid, match="agreed words"):
        about.change(cast.junior, {assets[1].pk: {"keywords": ["free"]}})
    again = vocabularies.create_vocabulary(cast.lead, "Again")
    import json

    skos = json.dumps(vocabularies.as_skos(words))
    vocabularies.add_words(cast.lead, again.pk, vocabularies.words_in(skos))
    assert vocabularies.as_csv(again) == vocabularies.as_csv(words)
    with pytest.raises(Invalid, match="beneath itself"):
        vocabularies.add_words(cast.lead, words.pk, vocabularies.words_in("Shark > Animals"))
    with pytest.raises(Invalid):
        vocabularies.words_in('{"concepts": 3}')
    with pytest.raises(NotAllowed):
        vocabularies.add_words(cast.senior, words.pk, [])
    with pytest.raises(NotFound):
        vocabularies.remove_vocabulary(cast.stranger, words.pk)
    drawn = custom.create_field(cast.lead, custom.Plan(label="Animal", kind="choices", vocabulary_id=words.pk))
    about.change(cast.junior, {assets[0].pk: {drawn.key: "selachian; Seal"}})
    assert now(assets[0])[drawn.key] == ["Shark", "Seal"]
    with pytest.raises(Conflict, match="draws from it"):
        vocabularies.remove_vocabulary(cast.lead, words.pk)


def test_the_pages_lead_from_selection_to_undo(cast, assets):
    browser = signed_in(cast.lead)
    ids = [asset.pk for asset in assets]
    address = reverse("library-fields")
    assert "Change 3 assets" in browser.post(address, {"asset": ids}).content.decode()
    edit = {"asset": ids, "field": "city", "action": "set", "value": "Oban", "find": ""}
    shown = browser.post(address, edit | {"step": "preview"}).content.decode()
    assert "3 assets change." in shown and "Oban" in shown and now(assets[0]).get("city") is None
    done = browser.post(address, edit | {"step": "apply"}, follow=True).content.decode()
    assert "3 assets changed" in done and "Undo all of it" in done
    made = ChangeSet.objects.get()
    browser.post(reverse("changes-undo", args=[made.pk]))
    assert now(assets[0]).get("city") is None
    answer = browser.post(reverse("library-table"), {"asset": ids, "format": "csv"})
    assert table(answer.content)[1][1] == "reef.jpg"
    upload = {"kind": "bynder", "file": SimpleUploadedFile("b.csv", b"Filename,Name\nreef.jpg,Coral\n")}
    answer = browser.post(reverse("intakes"), upload)
    row = Intake.objects.get()
    assert answer.headers["Location"] == reverse("intake", args=[row.pk])
    assert "Being read" in browser.get(answer.headers["Location"]).content.decode()
    read_intake.func(row.job_id, row.pk)
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Apply the changes" in page and "Coral" in page and "What becomes what" in page
    browser.post(reverse("intake-act", args=[row.pk]), {"action": "apply"})
    row.refresh_from_db()
    apply_intake.func(row.job_id, row.pk)
    assert "undo it" in browser.get(reverse("intake", args=[row.pk])).content.decode()
    browser.post(reverse("own-fields"), {"label": "Season", "kind": "choice", "choices": "Dry\nRainy"})
    browser.post(reverse("vocabulary-new"), {"name": "Sea life"})
    page = browser.get(reverse("own-fields")).content.decode()
    assert "Season" in page and "Sea life" in page
    words = cast.workspace.vocabularies.get()
    browser.post(reverse("vocabulary", args=[words.pk]), {"words": "Animals > Shark"})
    assert "Shark" in browser.get(reverse("vocabulary", args=[words.pk])).content.decode()
    plain = Asset.objects.create(workspace=cast.workspace, title="plain", kind="image")
    assert "Our own fields" in browser.get(reverse("asset-section", args=[plain.pk, "metadata"])).content.decode()
