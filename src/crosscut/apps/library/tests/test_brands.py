# mypy: disable-error-code="union-attr"
"""A brand kit: set by seniors, filled from the library, told apart by eyes, and carried as a folder."""

from pathlib import Path

import pytest
from django.urls import reverse
from fontTools.ttLib import TTFont

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset, BrandFile, BrandKit
from crosscut.apps.library.services import bins, brand_folder, brands, remaking
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.consents import show_subject
from crosscut.apps.library.services.inheriting import pass_on_all
from crosscut.apps.library.services.remaking.ordering import as_written
from crosscut.apps.library.tasks import remake
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from crosscut.media.graphics import make_all
from crosscut.specs.brand import Colour, Must, Word

__all__ = ["store"]
FONT = Path(__file__).parents[5] / "examples" / "graphics" / "quote" / "fonts" / "DejaVuSans.ttf"
SEA, SAND = Colour(name="Deep sea", hex="#003355"), Colour(name="Sand", hex="#fff4e0")
TEMPLATE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#003355"/>'
    '<text x="40" y="90" font-family="DejaVu Sans" font-size="40" fill="#fff" data-slot="quote" data-width="320">Quote'
    "</text></svg>"
)


@pytest.fixture
def logo(cast, tmp_path) -> Asset:
    return making.taken_in(cast.junior, making.jpeg(tmp_path / "mark.jpg", colour="navy"))


@pytest.fixture
def kit(cast) -> BrandKit:
    return brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", voice="Warm and exact.", colours=[SEA, SAND]))


def template(cast, folder: Path) -> Asset:
    path = folder / "quote.svg"
    path.write_text(TEMPLATE)
    return making.taken_in(cast.junior, path)


def test_seniors_set_standards_and_everything_that_does_not_fit_is_said(cast, kit):
    with pytest.raises(NotAllowed):
        brands.make_kit(cast.specialist, brands.Kit(name="Mine"))
    wrong = brands.Kit(
        name=" ",
        colours=[Colour(name="Sea", hex="blue"), Colour(name="sea ", hex="#003355")],
        musts=[Must(words="#Reef", channels=("nowhere",))],
        logo_kinds=["sound"],
        least_contrast=0,
    )
    with pytest.raises(Invalid) as refused:
        brands.make_kit(cast.senior, wrong)
    places = ["name", "colours", "colours", "musts", "logo_kinds", "least_contrast"]
    assert [problem.where for problem in refused.value.problems] == places
    with pytest.raises(Conflict, match="already"):
        brands.make_kit(cast.senior, brands.Kit(name="Reef  Watch"))
    assert BrandKit.objects.get() == kit


def test_the_first_kit_is_the_usual_one_until_another_is(cast, kit):
    other = brands.make_kit(cast.senior, brands.Kit(name="Campaign"))
    assert queries.usual_brand_kit(cast.workspace.pk) == kit
    brands.make_usual(cast.senior, other.pk)
    assert queries.usual_brand_kit(cast.workspace.pk) == other
    brands.archive_kit(cast.senior, other.pk)
    assert queries.usual_brand_kit(cast.workspace.pk) is None
    with pytest.raises(Conflict):
        brands.change_kit(cast.senior, other.pk, brands.Kit(name="Campaign"))
    assert brands.restore_kit(cast.senior, other.pk).archived_at is None


def test_a_change_of_what_somebody_else_changed_meanwhile_is_a_conflict(cast, kit):
    brands.change_kit(cast.senior, kit.pk, brands.Kit(name="Reef"), revision=1)
    with pytest.raises(Conflict):
        brands.change_kit(cast.lead, kit.pk, brands.Kit(name="Watch"), revision=1)
    assert BrandKit.objects.get().name == "Reef"


def test_a_font_is_a_file_of_the_library_with_its_name_and_terms(cast, kit):
    font = making.taken_in(cast.junior, FONT)
    assert (font.kind, font.title, font.current.media_type) == ("document", "DejaVu Sans Book", "font/ttf")
    assert "Bitstream" in font.current.metadata["copyright"]
    assert {made.purpose for made in font.current.renditions.all()} == {"thumbnail", "proxy"}
    brands.put_file(cast.senior, kit.pk, font.pk, "font")
    with pytest.raises(Invalid, match="picture"):
        brands.put_file(cast.senior, kit.pk, font.pk, "logo")
    page = signed_in(cast.junior).get(reverse("brand", args=[kit.pk])).content.decode()
    assert "DejaVu Sans Book" in page


def test_a_logo_of_a_kit_is_named_before_it_is_deleted(cast, kit, logo):
    brands.put_file(cast.senior, kit.pk, logo.pk, "logo", note="On light grounds")
    with pytest.raises(Conflict, match="Reef Watch"):
        bins.put_into_bin(cast.junior, [logo.pk])
    brands.take_file_out(cast.senior, kit.pk, logo.pk, "logo")
    with pytest.raises(NotFound):
        brands.take_file_out(cast.senior, kit.pk, logo.pk, "logo")
    assert bins.put_into_bin(cast.junior, [logo.pk]) == 1


def test_a_kit_goes_out_as_a_folder_for_graphics_and_comes_in_again(cast, kit, logo, tmp_path):
    font, drawing = making.taken_in(cast.junior, FONT), template(cast, tmp_path)
    words = [Word(word="cheap", instead="affordable", is_forbidden=True)]
    brands.change_kit(cast.senior, kit.pk, brands.Kit(name="Reef Watch", colours=[SEA], words=words))
    for asset, role in ((logo, "logo"), (font, "font"), (drawing, "template")):
        brands.put_file(cast.senior, kit.pk, asset.pk, role, note="as it is")
    out = tmp_path / "out"
    assert len(brand_folder.write_folder(cast.junior, kit.pk, out)) == 3
    table = tmp_path / "table.csv"
    table.write_text("quote\nThe reef is waking up\n")
    batch = make_all(out / "templates", table, tmp_path / "made")
    assert [(graphic.layout, graphic.findings) for graphic in batch.graphics] == [("quote", ())]

    brands.change_kit(cast.senior, kit.pk, brands.Kit(name="Reef Watch"))
    BrandFile.objects.all().delete()
    back, job = brand_folder.bring_in(cast.senior, out)
    assert back == kit and job
    assert brand_folder.put_files(cast.senior, kit.pk, out, making.worked_off(job)) == []
    assert brands.kit_of(BrandKit.objects.get()).words == words
    assert set(kit.files.values_list("asset", "role", "note")) == {
        (logo.pk, "logo", "as it is"),
        (font.pk, "font", "as it is"),
        (drawing.pk, "template", "as it is"),
    }
    with pytest.raises(Invalid, match="not empty"):
        brand_folder.write_folder(cast.junior, kit.pk, out)


# What stands in kit.yaml, and what is said about it.
WRONG_FILES = (
    ("name: [", "kit.yaml"),
    ("colours: []", "name"),
    ("name: A\nfiles: [{file: ../../secret.jpg, role: logo}]", "files[0]"),
    ("name: A\nfiles: [{file: kit.yaml, role: hat}]", "files[0]"),
    ("name: A\nhats: 3", "hats"),
)


@pytest.mark.parametrize(("text", "where"), WRONG_FILES)
def test_a_folder_that_is_wrong_is_refused_before_anything_changes(cast, tmp_path, text, where):
    (tmp_path / "kit.yaml").write_text(text)
    with pytest.raises(Invalid) as refused:
        brand_folder.bring_in(cast.senior, tmp_path)
    assert refused.value.problems[0].where == where
    assert not BrandKit.objects.exists()


def test_a_person_fills_a_kit_on_its_page(cast, logo):
    browser = signed_in(cast.senior)
    made = browser.post(reverse("brands"), {"name": "Reef Watch", "voice": "Warm"})
    kit = BrandKit.objects.get()
    address, change = reverse("brand", args=[kit.pk]), reverse("brand-change", args=[kit.pk])
    assert made.headers["Location"] == address
    rules = {"least_contrast": "7", "logo_kinds": ["image"], "logo_clear_percent": "50", "logo_least_px": "60"}
    entries = (
        {"part": "colour", "name": "Deep sea", "hex": "#003355"},
        {"part": "colour", "name": "Night", "hex": "#0A1A2F"},
        {"part": "word", "word": "cheap", "instead": "affordable", "is_forbidden": "on"},
        {"part": "must", "words": "#ReefWatch", "channels": ["practice"]},
        {"part": "rules", **rules},
    )
    for entry in entries:
        assert browser.post(change, entry).status_code == 302, entry
    browser.post(reverse("brand-choose", args=[kit.pk, "logo"]), {"asset": logo.pk, "note": "On light grounds"})
    page = browser.get(address).content.decode()
    for words in ("Deep sea", "not for words", "Write “affordable”.", "#ReefWatch", "On light grounds", "50 per cent"):
        assert words in page, words
    kit.refresh_from_db()
    assert kit.colours[1]["hex"] == "#0a1a2f" and kit.words[0]["is_forbidden"]
    assert browser.post(change, {"part": "colour", "name": "", "hex": "blue"}).status_code == 422
    late = browser.post(change, {"part": "word", "word": "late", "revision": "1"})
    assert late.status_code == 422 and "meanwhile" in late.content.decode()
    browser.post(change, {"part": "colour", "remove": "1", "revision": kit.revision})
    browser.post(change, {"role": "logo", "asset": logo.pk})
    kit.refresh_from_db()
    assert len(kit.colours) == 1 and not kit.files.exists()
    assert "Add a colour" not in signed_in(cast.junior).get(address).content.decode()


def test_files_to_choose_from_are_of_the_kind_that_is_wanted(cast, kit, logo, tmp_path):
    making.taken_in(cast.junior, FONT)
    template(cast, tmp_path)
    browser = signed_in(cast.senior)
    offered = {
        role: browser.get(reverse("brand-choose", args=[kit.pk, role])).context["tiles"]
        for role in ("logo", "font", "template")
    }
    names = {role: sorted(tile.name for tile in tiles) for role, tiles in offered.items()}
    assert names == {"logo": ["mark", "quote"], "font": ["DejaVu Sans Book"], "template": ["quote"]}


WITH_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#003355"'
    ' data-fill-slot="ground"/><image data-slot="logo" x="20" y="{y}" width="90" height="60"/><text x="40" y="90"'
    ' font-family="DejaVu Sans" font-size="40" fill="#fff" data-slot="quote" data-width="320">Quote</text></svg>'
)


@pytest.fixture
def filled(cast, logo, tmp_path) -> tuple[BrandKit, Asset]:
    """A kit with a logo, a font, rules and a template that keeps them, and the template."""
    said = brands.Kit(name="Reef Watch", logo_kinds=["image"], logo_clear_percent=30, logo_least_px=60, colours=[SEA])
    kit = brands.make_kit(cast.senior, said)
    path = tmp_path / "card.svg"
    path.write_text(WITH_LOGO.format(y=200))
    drawing = making.taken_in(cast.junior, path)
    for asset, role in ((logo, "logo"), (making.taken_in(cast.junior, FONT), "font"), (drawing, "template")):
        brands.put_file(cast.senior, kit.pk, asset.pk, role)
    return kit, drawing


def worked(job: Job, drawing: Asset, operation: remaking.FillTemplate) -> Job:
    assert drawing.current
    remake.func(job.pk, drawing.current.pk, as_written(operation))
    job.refresh_from_db()
    return job


def test_a_picture_is_made_from_a_template_on_its_page_and_shows_the_logo(cast, filled, logo):
    kit, drawing = filled
    add_licence(cast.senior, drawing.pk, Terms(holder="Reef Watch", terms="Own work"))
    browser, address = signed_in(cast.junior), reverse("brand-fill", args=[kit.pk, drawing.pk])
    page = browser.get(address)
    assert [slot.name for slot in page.context["slots"]] == ["ground", "logo", "quote"]
    sent = {"title": "Turtles", "slot-0": "#003355", "slot-1": logo.pk, "slot-2": "Turtles count"}
    assert browser.post(address, {**sent, "slot-2": ""}).status_code == 422
    assert browser.post(address, sent).status_code == 302
    job = Job.objects.get(kind="remake")
    operation = remaking.FillTemplate(
        title="Turtles",
        kit=kit.pk,
        words={"ground": "#003355", "quote": "Turtles count"},
        pictures={"logo": logo.pk},
    )
    assert worked(job, drawing, operation).state == Job.State.DONE, job.problem
    made = Asset.objects.get(pk=job.result["asset"])
    assert (made.title, made.alt_text, made.kind) == ("Turtles", "Turtles count", "image")
    assert [licence.terms for licence in made.licences.all()] == ["Own work"]
    assert queries.logos_among(kit, [made.pk, drawing.pk]) == {made.pk}
    assert "Turtles" in browser.get(reverse("brand", args=[kit.pk])).content.decode()
    assert bins.put_into_bin(cast.junior, [made.pk]) == 1


def test_what_does_not_keep_the_rules_is_not_made_and_says_why(cast, filled, logo):
    kit, drawing = filled
    operation = remaking.FillTemplate(
        title="T", kit=kit.pk, words={"quote": "Turtles count " * 9}, pictures={"logo": logo.pk}
    )
    job = worked(remaking.order(cast.junior, drawing.current.pk, operation), drawing, operation)
    assert job.state == Job.State.FAILED and "logo" in job.problem
    assert not BrandFile.objects.filter(role="picture").exists()


def test_a_picture_of_others_and_a_kit_without_the_template_are_refused(cast, filled, logo):
    kit, drawing = filled
    other = brands.make_kit(cast.senior, brands.Kit(name="Other"))
    for wrong in (
        remaking.FillTemplate(title="T", kit=other.pk),
        remaking.FillTemplate(title="T", kit=kit.pk, pictures={"logo": 10**12}),
        remaking.FillTemplate(title=" ", kit=kit.pk),
    ):
        with pytest.raises(Invalid):
            remaking.order(cast.junior, drawing.current.pk, wrong)


def test_what_is_made_of_several_is_bound_by_all_and_allowed_by_none(cast, logo, tmp_path):
    other = making.taken_in(cast.junior, making.jpeg(tmp_path / "b.jpg", colour="teal"))
    made = making.taken_in(cast.junior, making.jpeg(tmp_path / "c.jpg", colour="red"))
    add_licence(cast.senior, logo.pk, Terms(holder="A", terms="Everything"))
    show_subject(cast.lead, other.pk, "Amina")
    pass_on_all([logo, other], made, by=cast.junior)
    assert not made.licences.exists() and [one.name for one in made.subjects.all()] == ["Amina"]


def test_programs_do_the_same(cast, logo):
    asking, at, kind = program(cast.senior), "/api/library/brand-kits", "application/json"
    said = {
        "name": "Reef",
        "colours": [{"name": "Sea", "hex": "#003355"}, {"name": "Sand", "hex": "#fff4e0"}],
        "words": [{"word": "cheap", "is_forbidden": True}],
        "musts": [{"words": "#Reef", "channels": ["practice"], "is_demanded": True}],
    }
    made = asking.post(at, said, content_type=kind).json()
    assert made["is_usual"] and made["pairs"][0] == {"words": "Sea", "ground": "Sand", "ratio": 12.0, "reads": "text"}
    one = f"{at}/{made['id']}"
    changed = asking.put(one, {**said, "voice": "Warm", "revision": 1}, content_type=kind).json()
    assert (changed["voice"], changed["revision"]) == ("Warm", 2)
    filled = asking.post(f"{one}/files", {"asset": logo.pk, "role": "logo"}, content_type=kind).json()
    assert filled["files"] == [{"asset_id": logo.pk, "role": "logo", "note": "", "title": "mark"}]
    assert asking.delete(f"{one}/files/{logo.pk}?role=logo").status_code == 204
    assert asking.post(f"{one}/archive").json()["archived_at"]
    assert asking.get(at).json()["count"] == 0
    assert asking.post(f"{one}/restore").json()["archived_at"] is None
    assert asking.post(f"{one}/usual").json()["is_usual"]


def open_font(path: Path) -> Path:
    """The same font under the open licence."""
    font = TTFont(FONT)
    font["name"].setName("This Font Software is licensed under the SIL Open Font License, 1.1.", 13, 3, 1, 0x409)
    font["name"].setName("https://scripts.sil.org/OFL", 14, 3, 1, 0x409)
    font.save(path)
    return path


def test_the_terms_of_a_font_count_by_themselves_only_when_they_are_open(cast, tmp_path):
    assert not making.taken_in(cast.junior, FONT).licences.exists()
    free = making.taken_in(cast.junior, open_font(tmp_path / "open.ttf"))
    assert [licence.terms for licence in free.licences.all()] == ["SIL OFL 1.1"]
