# mypy: disable-error-code="union-attr,arg-type,type-arg,misc,attr-defined"
"""What is here twice is found, shown with its reason, told apart or made one; and everything can be taken back."""

from datetime import date

import pytest
from django.urls import reverse
from PIL import Image

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset, Collection, CollectionItem, Fingerprint, Merge, Track, TwinPair, Version
from crosscut.apps.library.services import about, bins, consents, duplicates, merging
from crosscut.apps.library.services.arrive import add_version
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.describe import archive
from crosscut.apps.library.services.fields import values_of
from crosscut.apps.library.services.placements import note_placement
from crosscut.apps.library.tasks import compare_versions
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from crosscut.media.stills.fingerprints import MAKER
from crosscut.media.stills.tests.test_fingerprints import scene


@pytest.fixture
def files(cast, tmp_path) -> dict[str, Asset]:
    """A picture; the same pixels in another file; the same made smaller."""
    scene(tmp_path / "master.png")
    with Image.open(tmp_path / "master.png") as picture:
        picture.save(tmp_path / "lossless.webp", lossless=True)
        picture.resize((300, 200)).save(tmp_path / "small.jpg", quality=70)
    names = ("master.png", "lossless.webp", "small.jpg")
    found = {name.split(".")[0]: making.taken_in(cast.junior, tmp_path / name) for name in names}
    compare_versions.func(0)
    return found


def pair(cast, *, tier: int = 3, **about_them) -> tuple[Asset, Asset]:
    """Two assets that somebody found to be alike, without files."""
    assets = []
    for number in (1, 2):
        row = Asset.objects.create(workspace=cast.workspace, title=f"reef {number}", kind="image", **about_them)
        facts: dict[str, object] = {"kind": "image", "media_type": "image/jpeg", "container": "jpeg", "size_bytes": 9}
        facts["picture"] = {"width_px": 400 // number, "height_px": 300 // number}
        row.current = Version.objects.create(
            asset=row, number=1, sha256=f"{row.pk:064}", size_bytes=9, media_type="image/jpeg", facts=facts
        )
        row.save()
        Fingerprint.objects.create(version=row.current, workspace=cast.workspace, maker=MAKER)
        assets.append(row)
    one, other = assets
    TwinPair.objects.create(workspace=cast.workspace, one=one.current, other=other.current, tier=tier)
    return one, other


def now(asset: Asset) -> dict:
    return values_of(Asset.objects.get(pk=asset.pk))


def ids(*assets: Asset) -> list[int]:
    return [asset.pk for asset in assets]


def test_new_files_are_compared_by_themselves_and_hang_together(cast, files):
    (group,) = queries.twin_groups_for(cast.junior)
    assert (group.tier, set(group.asset_ids)) == ("copy", {one.pk for one in files.values()})
    assert {row.tier for row in TwinPair.objects.all()} == {2, 3}
    assert duplicates.compare_new() == 0
    assert queries.twin_groups_for(cast.stranger) == queries.twin_groups_for(cast.guest) == []


def test_a_page_shows_them_side_by_side_with_the_reason(cast, files):
    browser = signed_in(cast.junior)
    page = browser.get(reverse("duplicates")).content.decode()
    assert "master" in page and "3 files" in page and "Saved anew or resized" in page
    address = reverse("duplicate-group", args=["copy", files["small"].pk])
    page = browser.get(address).content.decode()
    assert "The same in another size: 300 × 200 instead of 600 × 400." in page
    assert "The same picture to the last pixel, in another file." in page
    answer = program(cast.junior).get(f"/api/library/assets/{files['small'].pk}/twins").json()
    assert {one["tier"] for one in answer} == {"copy"} and len(answer) == 2


def test_what_is_binned_archived_or_replaced_is_asked_about_no_more(cast, files, tmp_path):
    bins.put_into_bin(cast.junior, ids(files["lossless"]))
    (group,) = queries.twin_groups_for(cast.junior)
    assert files["lossless"].pk not in group.asset_ids
    making.work_off(add_version(cast.junior, files["small"], making.jpeg(tmp_path / "other.jpg", colour="red")))
    assert queries.twin_groups_for(cast.junior) == []
    bins.take_out_of_bin(cast.junior, ids(files["lossless"]))
    (group,) = queries.twin_groups_for(cast.junior)
    assert (group.tier, set(group.asset_ids)) == ("pixels", set(ids(files["master"], files["lossless"])))
    browser = signed_in(cast.junior)
    assert browser.get(reverse("duplicate-group", args=["copy", files["small"].pk])).status_code == 302


def test_crops_and_bursts_are_groups_of_their_own(cast):
    one, other = pair(cast)
    third, fourth = pair(cast, tier=5)
    TwinPair.objects.create(workspace=cast.workspace, one=one.current, other=third.current, tier=5)
    found = queries.twin_groups_for(cast.junior)
    assert [(group.tier, group.asset_ids) for group in found] == [
        ("copy", tuple(ids(one, other))),
        ("burst", tuple(ids(one, third, fourth))),
    ]
    told = program(cast.junior).get("/api/library/duplicates?tier=burst").json()
    assert told["count"] == 1 and told["items"][0]["asset_ids"] == ids(one, third, fourth)


def test_thousands_are_paged(cast):
    for _number in range(31):
        pair(cast)
    browser = signed_in(cast.junior)
    first, second = (browser.get(reverse("duplicates"), {"page": page}).content.decode() for page in (1, 2))
    assert first.count('btn btn-sm" href="/library/duplicates/copy/') == 30
    assert second.count('btn btn-sm" href="/library/duplicates/copy/') == 1


@pytest.mark.django_db(transaction=True)  # what a test's own transaction wrote is still being written, and read again
def test_they_are_put_into_groups_once_until_something_changes(cast, django_assert_max_num_queries):
    one, other = pair(cast)
    pair(cast)
    assert len(queries.twin_groups_for(cast.junior)) == 2
    with django_assert_max_num_queries(8) as asked:
        queries.twin_groups_for(cast.junior)
        assert queries.twin_group_for(cast.junior, "copy", other.pk).key == one.pk
    assert not [query for query in asked.captured_queries if "binned_at" in query["sql"]]
    archive(cast.junior, [one.pk])
    assert len(queries.twin_groups_for(cast.junior)) == 1
    pair(cast)
    assert len(queries.twin_groups_for(cast.junior)) == 2


def test_not_the_same_is_remembered_and_taken_back(cast):
    one, other = pair(cast)
    browser = signed_in(cast.junior)
    answer = browser.post(reverse("duplicates-apart"), {"twin": ids(one, other)})
    assert queries.twin_groups_for(cast.junior) == []
    assert "Undo" in browser.get(answer.url).content.decode()
    duplicates.compare(one.current)  # looked at again, it stays so
    assert queries.twin_groups_for(cast.junior) == []
    assert "They may be the same" in browser.get(reverse("duplicates"), {"tier": "apart"}).content.decode()
    browser.post(reverse("duplicates-together"), {"twin": ids(one, other)})
    assert len(queries.twin_groups_for(cast.junior)) == 1
    with pytest.raises(Invalid):
        duplicates.set_apart(cast.junior, ids(one))
    for who, refusal in ((cast.stranger, NotFound), (cast.guest, NotAllowed)):
        with pytest.raises(refusal):
            duplicates.set_apart(who, ids(one, other))
        with pytest.raises(refusal):
            duplicates.put_together(who, ids(one, other))


def test_one_that_is_none_of_the_others_leaves_the_rest_together(cast):
    one, other = pair(cast)
    third, _fourth = pair(cast)
    TwinPair.objects.create(workspace=cast.workspace, one=one.current, other=third.current, tier=3)
    assert duplicates.set_apart(cast.junior, ids(one, other, third), only=other.pk) == 1
    assert ids(other)[0] not in {pk for group in queries.twin_groups_for(cast.junior) for pk in group.asset_ids}
    assert set(ids(one, third)) <= set(queries.twin_groups_for(cast.junior)[0].asset_ids)


def test_one_choice_makes_one_of_them_and_one_undo_takes_it_back(cast):
    keep, gone = pair(cast)
    about.change(cast.junior, {keep.pk: {"keywords": ["reef"], "city": "Watamu"}})
    said = {"keywords": ["sea", "reef"], "city": "Malindi", "headline": "Dawn", "description": "A long look at it."}
    about.change(cast.junior, {gone.pk: said})
    before = now(keep)
    row = merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk]))
    assert now(keep) == {
        **before,
        "keywords": ["reef", "sea"],  # lists are joined
        "city": "Watamu",  # what stands there stays
        "headline": "Dawn",  # what was missing comes
        "description": "A long look at it.",
    }
    assert list(queries.binned_for(cast.junior)) == [gone]
    assert queries.twin_groups_for(cast.junior) == []
    done = merging.undo_merge(cast.junior, row.pk)
    assert (now(keep), done.kept) == (before, ())
    assert gone in queries.assets_for(cast.junior) and len(queries.twin_groups_for(cast.junior)) == 1
    with pytest.raises(Conflict, match="undone already"):
        merging.undo_merge(cast.junior, row.pk)


def test_each_field_takes_the_value_that_was_chosen(cast):
    keep, gone = pair(cast)
    about.change(cast.junior, {keep.pk: {"keywords": ["reef"], "city": "Watamu"}, gone.pk: {"keywords": ["sea"]}})
    values = {"title": gone.pk, "keywords": keep.pk, "city": gone.pk}
    merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk], values=values))
    assert now(keep) == {"title": "reef 2", "keywords": ["reef"]}


@pytest.mark.parametrize(
    "values",
    [
        {"title": 10**9},  # a file that is not among them
        {"title": "all"},  # two titles are no title
        {"no-such-field": "all"},
    ],
)
def test_a_choice_that_makes_no_sense_changes_nothing(cast, values):
    keep, gone = pair(cast)
    with pytest.raises(Invalid):
        merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk], values=values))
    assert not Merge.objects.exists() and not queries.binned_for(cast.junior).exists()


def test_what_was_changed_since_stays_and_is_named(cast):
    keep, gone = pair(cast)
    about.change(cast.junior, {gone.pk: {"city": "Malindi", "headline": "Dawn"}})
    row = merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk]))
    about.change(cast.senior, {keep.pk: {"city": "Oban"}})
    done = merging.undo_merge(cast.junior, row.pk)
    assert now(keep)["city"] == "Oban" and "headline" not in now(keep)
    assert len(done.kept) == 1 and done.kept[0].startswith("reef 1")


def test_licences_and_consents_of_both_stay_and_never_in_silence(cast):
    keep, gone = pair(cast)
    add_licence(cast.lead, keep.pk, Terms(holder="Rosa", terms="Contract", channels=["site"]))
    for asset in (keep, gone):  # the same words twice are one licence
        add_licence(cast.lead, asset.pk, Terms(holder="Ben", terms="One year", ends_on=date(2030, 1, 1)))
    add_licence(cast.lead, gone.pk, Terms(holder="Eva", terms="CC BY 4.0"))
    amina = consents.show_subject(cast.lead, gone.pk, "Amina")
    consents.give_consent(cast.lead, amina.pk, consents.Agreement(agreed="Release"), asset_id=gone.pk)
    choice = merging.Choice(keep=keep.pk, gone=[gone.pk])
    with pytest.raises(NotAllowed, match="enter licences"):
        merging.merge(cast.junior, choice)
    with pytest.raises(Conflict, match="Say that you have seen it"):
        merging.merge(cast.specialist, choice)
    accepted = merging.Choice(keep=keep.pk, gone=[gone.pk], accepts_rights=True)
    row = merging.merge(cast.specialist, accepted)
    keep.refresh_from_db()
    assert sorted(keep.licences.values_list("holder", flat=True)) == ["Ben", "Eva", "Rosa"]
    assert list(keep.subjects.values_list("name", flat=True)) == ["Amina"]
    assert keep.consents.get().agreed == "Release" and keep.rights_changed_at
    assert gone.licences.count() == 2  # each stays where it was, too
    with pytest.raises(NotAllowed):
        merging.undo_merge(cast.junior, row.pk)
    merging.undo_merge(cast.specialist, row.pk)
    assert sorted(keep.licences.values_list("holder", flat=True)) == ["Ben", "Rosa"]
    assert not keep.subjects.exists() and not keep.consents.exists()


def test_the_stricter_of_embargo_and_rights_holds(cast):
    keep, gone = pair(cast)
    Asset.objects.filter(pk=gone.pk).update(rights_needed=["sync"], embargo_until="2030-01-01T00:00Z")
    plan = merging.plan(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk]))
    assert plan.changes_rights and not plan.cargo.needs_clearing
    row = merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk], accepts_rights=True))
    keep.refresh_from_db()
    assert keep.rights_needed == ["sync"] and keep.embargo_until.year == 2030
    merging.undo_merge(cast.junior, row.pk)
    keep.refresh_from_db()
    assert (keep.rights_needed, keep.embargo_until) == ([], None)


def test_words_and_places_go_along_and_come_back(cast):
    keep, gone = pair(cast)
    for asset, language in ((keep, "en"), (gone, "en"), (gone, "de")):
        Track.objects.create(asset=asset, kind="captions", language=language, text=f"{asset.title} {language}")
    place = note_placement(cast.junior, gone.pk, "A brochure")
    box = Collection.objects.create(workspace=cast.workspace, title="Press")
    CollectionItem.objects.create(collection=box, asset=gone, position=1)
    row = merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[gone.pk]))
    assert sorted(keep.tracks.values_list("text", flat=True)) == ["reef 1 en", "reef 2 de"]
    assert list(keep.placements.all()) == [place] and box.items.get().asset == keep
    merging.undo_merge(cast.junior, row.pk)
    assert keep.tracks.count() == 1 and list(gone.placements.all()) == [place]
    assert box.items.get().asset == gone


def test_the_page_merges_what_is_ticked_and_offers_to_undo(cast):
    keep, gone = pair(cast)
    about.change(cast.junior, {gone.pk: {"headline": "Dawn"}})
    browser, address = signed_in(cast.junior), reverse("duplicate-group", args=["copy", keep.pk])
    page = browser.get(address).content.decode()
    assert "Merge 1 file into “reef 1”" in page and "<ins>Dawn</ins>" in page
    other = browser.get(address, {"keep": gone.pk, "merge": keep.pk}).content.decode()
    assert "Merge 1 file into “reef 2”" in other
    answer = browser.post(address, {"keep": keep.pk, "merge": gone.pk, "value-title": gone.pk, "step": "merge"})
    assert now(keep)["title"] == "reef 2" and now(keep)["headline"] == "Dawn"
    page = browser.get(answer.url).content.decode()
    assert "1 file became one with “reef 2”." in page
    assert "reef 2" in browser.get(reverse("duplicates"), {"tier": "merged"}).content.decode()
    row = Merge.objects.get()
    browser.post(reverse("merge-undo", args=[row.pk]))
    assert now(keep)["title"] == "reef 1" and "headline" not in now(keep)


def test_a_page_says_why_it_cannot_be(cast):
    keep, gone = pair(cast)
    add_licence(cast.lead, gone.pk, Terms(holder="Eva", terms="CC BY 4.0"))
    address = reverse("duplicate-group", args=["copy", keep.pk])
    answer = signed_in(cast.specialist).post(address, {"keep": keep.pk, "merge": gone.pk, "step": "merge"})
    assert answer.status_code == 422 and "Say that you have seen it" in answer.content.decode()
    assert "Ask somebody who may enter licences" in signed_in(cast.junior).get(address).content.decode()


def test_programs_see_merge_and_undo(cast):
    keep, gone = pair(cast)
    about.change(cast.junior, {gone.pk: {"headline": "Dawn"}})
    client, body = program(cast.junior), {"keep": keep.pk, "merge": [gone.pk]}
    plan = client.post("/api/library/merges/preview", body, content_type="application/json").json()
    assert plan["changes"] == {"headline": [None, "Dawn"]} and plan["to_bin"] == [gone.pk]
    made = client.post("/api/library/merges", body, content_type="application/json").json()
    assert (made["kept_id"], made["gone"][0]["to"]) == (keep.pk, "bin")
    assert client.get("/api/library/merges").json()["count"] == 1
    assert client.post(f"/api/library/merges/{made['id']}/undo").json() == {"kept": []}
    assert "headline" not in now(keep)


def test_strangers_and_guests_merge_nothing(cast):
    keep, gone = pair(cast)
    choice = merging.Choice(keep=keep.pk, gone=[gone.pk])
    row = Merge.objects.create(workspace=cast.workspace, kept=keep)
    for who, refusal in ((cast.stranger, NotFound), (cast.guest, NotAllowed)):
        for act in (merging.plan, merging.merge):
            with pytest.raises(refusal):
                act(who, choice)
        with pytest.raises(refusal):
            merging.undo_merge(who, row.pk)
    with pytest.raises(Invalid):
        merging.merge(cast.junior, merging.Choice(keep=keep.pk, gone=[keep.pk]))
