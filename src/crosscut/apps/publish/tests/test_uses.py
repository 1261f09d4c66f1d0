"""Where a file is used, from its version to the address the public sees, and back."""

import pytest
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import protecting, queries, search
from crosscut.apps.library.models import Asset, LiveOn, Rendition
from crosscut.apps.library.searchbox import parse
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.live import note_live
from crosscut.apps.publish.tests.made import a_post, an_asset
from crosscut.kernel.errors import Conflict

__all__ = ["store"]
State = Target.State
MADE = "b" * 64


@pytest.fixture
def used(cast) -> Asset:
    """A picture in a live post, a planned one and a cancelled one; the live one got a file made from it."""
    asset = an_asset(cast.senior)
    assert asset.current
    values = {"recipe": {}, "recipe_digest": "y", "size_bytes": 9, "media_type": "image/jpeg"}
    Rendition.objects.create(version=asset.current, purpose="practice/images", sha256=MADE, **values)
    live = a_post(cast.senior, asset=asset, state=State.PROVEN, url="https://reef.example/1", text="Out there")
    live.attempts.all().delete()
    for number, files in ((1, ["a" * 64]), (2, [MADE])):
        state = "refused" if number == 1 else "confirmed"
        live.attempts.create(number=number, files=files, state=state, digest="d", worker="w", deadline_at=live.due_at)
    a_post(cast.senior, asset=asset, text="Still to come")
    a_post(cast.senior, asset=asset, state=State.CANCELLED, text="Never mind")
    draft = cast.workspace.pieces.create(title="A thought", owner=cast.junior)
    draft.media.create(asset=asset)
    return asset


def test_the_tree_leads_from_the_version_to_what_the_public_sees(used):
    (version,) = queries.tree_of(used)
    by_file = {file.rendition.purpose if file.rendition else "": file for file in version.files}
    (made,) = by_file["practice/images"].pieces
    assert [(post.state, post.url) for post in made.posts] == [("proven", "https://reef.example/1")]
    titles = {piece.title: piece for piece in by_file[""].pieces}
    assert titles["A thought"].is_draft and titles["A thought"].posts == ()
    assert len(version.posts) == 3


def test_the_tree_takes_as_many_queries_for_many_posts_as_for_few(cast, used, django_assert_max_num_queries):
    for _ in range(5):
        a_post(cast.senior, asset=used)
    with django_assert_max_num_queries(5):
        queries.tree_of(used)


def test_an_address_and_a_fingerprint_lead_back(cast, used):
    asking = program(cast.junior)
    (origin,) = asking.get("/api/library/origins", {"url": "https://reef.example/1"}).json()
    assert (origin["asset_id"], origin["version"]["number"], origin["posts"][0]["state"]) == (used.pk, 1, "proven")
    (made,) = asking.get("/api/library/origins", {"sha256": MADE.upper()}).json()
    assert made["rendition"]["purpose"] == "practice/images"
    assert asking.get("/api/library/origins", {"url": "https://elsewhere.example/"}).json() == []
    assert asking.get("/api/library/origins").json() == []
    assert program(cast.stranger).get("/api/library/origins", {"url": "https://reef.example/1"}).json() == []
    assert program(cast.guest).get("/api/library/origins", {"sha256": MADE}).status_code == 403


def test_what_is_planned_or_live_must_be_named_before_it_can_be_deleted(used):
    found = protecting.protectors_of([used])
    kinds = sorted(one.key.split(":")[0] for one in found)
    assert kinds == ["piece", "post", "post"]
    assert any("is live on Practice" in one.message for one in found)
    with pytest.raises(Conflict) as refused:
        protecting.demand_named([used], [one.key for one in found[:-1]])
    assert [problem.where for problem in refused.value.problems] == [found[-1].key]
    protecting.demand_named([used], [one.key for one in found])


def test_the_page_shows_the_tree_and_the_list(cast, used):
    shown = signed_in(cast.junior).get(reverse("asset-section", args=[used.pk, "uses"])).content.decode()
    for words in ("1 post is live with it.", "1 is planned.", "https://reef.example/1", "practice/images", "A thought"):
        assert words in shown
    answer = program(cast.junior).get(f"/api/library/assets/{used.pk}/uses").json()
    assert answer[0]["files"][0]["pieces"]
    assert len(program(cast.junior).get(f"/api/library/assets/{used.pk}/protection").json()) == 3


def test_the_library_finds_what_is_live_on_a_channel_and_only_while_it_is(cast, used):
    an_asset(cast.senior, "another.jpg")

    def found() -> tuple[list[int], dict[str, int]]:
        facets = search.narrowing(cast.junior, parse("")).facets
        live = {facet.token: facet.count for facet in facets if facet.group == "live"}
        return [asset.pk for asset in search.window(cast.junior, parse("live:practice")).assets], live

    assert found() == ([], {})
    assert note_live() == 1 and found() == ([used.pk], {"live:practice": 1})
    assert note_live() == 0
    assert search.window(cast.stranger, parse("live:practice")).assets == ()
    assert parse("live:nowhere").notes
    Target.objects.filter(state=State.PROVEN).update(state=State.RECALLED)
    assert note_live() == 1 and found() == ([], {})


def test_only_what_changed_is_asked_for(cast, used):
    assert note_live() == 1
    LiveOn.objects.all().delete()
    assert note_live() == 0  # nothing became live since: no asset is looked at again
    a_post(cast.senior, asset=used, state=State.UNKNOWN)
    assert note_live() == 1 and LiveOn.objects.filter(asset=used, channel="practice").exists()
    Target.objects.filter(state=State.UNKNOWN).update(state=State.SCHEDULED)
    assert note_live() == 0 and LiveOn.objects.filter(asset=used).exists()  # another post shows it still


def test_what_a_piece_keeps_from_a_channel_is_not_live_there(cast, used):
    live = Target.objects.get(state=State.PROVEN)
    live.edition.content["media"] = [{"channels": ["bluesky"]}]
    live.edition.save()
    assert note_live() == 0
