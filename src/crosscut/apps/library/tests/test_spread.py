"""The found assets on a map and on a time line: in the page, as a list and for programs, and to members alone."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import search, searchbox, spread
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import about
from crosscut.kernel.errors import Invalid

WATAMU = {"latitude_deg": -3.354, "longitude_deg": 40.02, "city": "Watamu", "created_on": "2026-05-03"}
MALINDI = {"latitude_deg": -3.219, "longitude_deg": 40.117, "city": "Malindi", "created_on": "2026-05-20"}
OBAN = {"latitude_deg": 56.41, "longitude_deg": -5.47, "created_on": "2025-11-09"}


@pytest.fixture
def assets(cast) -> list[Asset]:
    """Three pictures whose places are known and one whose place is not."""
    made = []
    for number, told in enumerate((WATAMU, MALINDI, OBAN, {})):
        asset = Asset.objects.create(workspace=cast.workspace, title=f"Number {number}", kind="image")
        if told:
            about.change(cast.junior, {asset.pk: told})
        made.append(asset)
    return made


def places(member, box: str = "", q: str = "") -> spread.Places:
    return spread.places_of(member, search.find(member, searchbox.parse(q)), spread.box_of(box))


def test_near_places_are_one_spot_until_one_looks_closer(cast, assets):
    world = places(cast.junior)
    assert [spot.count for spot in world.spots] == [2, 1]
    assert world.spots[0].name in ("Watamu", "Malindi") and world.spots[1].name == ""
    assert (len(world.assets), world.without) == (3, 1)
    assert world.spots[1].coordinates == "56.41° N, 5.47° W"
    closer = places(cast.junior, box="39.5,-4,40.5,-3")
    assert {(spot.count, spot.name) for spot in closer.spots} == {(1, "Watamu"), (1, "Malindi")}
    assert set(closer.assets) == {assets[0].pk, assets[1].pk}
    assert places(cast.junior, q="tag:nothing").spots == ()


@pytest.mark.parametrize("box", ["x", "1,2,3", "10,0,5,5", "-200,0,5,5", "0,0,nan,5"])
def test_a_box_that_is_none_is_refused(box):
    with pytest.raises(Invalid):
        spread.box_of(box)


def test_both_are_pages_with_lists_and_lead_on(cast, assets):
    page = signed_in(cast.junior)
    shown = page.get(reverse("library-map")).content.decode()
    assert shown.count("map-spot") == 2 and "56.41° N, 5.47° W" in shown and "Of 1 found file" in shown
    assert "http" not in shown.split('<svg class="map"')[1].split("</svg>")[0]  # nobody else is asked
    time = page.get(reverse("library-time")).content.decode()
    assert (
        f"year%3A{timezone.now().year}" in time
        and page.get(reverse("library-time"), {"start": "99"}).status_code == 200
    )
    assert reverse("library-map") in page.get(reverse("library")).content.decode()


def test_programs_get_the_same_and_strangers_nothing(cast, assets):
    api = program(cast.junior)
    spots = api.get("/api/library/assets/places").json()
    assert [spot["count"] for spot in spots] == [2, 1]
    assert api.get("/api/library/assets/places", {"box": "x"}).status_code == 422
    months = api.get("/api/library/assets/months").json()
    assert sum(month["count"] for month in months) == 4
    assert all(date.fromisoformat(month["start"]).day == 1 for month in months)
    for path in ("places", "months"):
        assert Client().get(f"/api/library/assets/{path}").status_code == 401
        assert program(cast.stranger).get(f"/api/library/assets/{path}").json() == []
        assert program(cast.guest).get(f"/api/library/assets/{path}").status_code == 403
    for name in ("library-map", "library-time"):
        assert signed_in(cast.guest).get(reverse(name)).status_code in (302, 403)
        assert "Oban" not in signed_in(cast.stranger).get(reverse(name)).content.decode()
