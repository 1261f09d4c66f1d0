"""The found assets on a map and on a time line; both are lists, too."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.library import queries, search, searchbox, spread
from crosscut.apps.library.showing import tile_of
from crosscut.apps.library.spread import WORLD, Box, Spot

TILES = 60  # shown below the map
MONTHS = 36  # on one page


@members_only
@require_GET
def on_map(request: MemberRequest) -> HttpResponse:
    """Where the found assets were made, and those in the box that is looked at."""
    text = request.GET.get("q", "")[:1000]
    box = spread.box_of(request.GET.get("box", "")[:100])
    found = search.find(request.member, searchbox.parse(text))
    places = spread.places_of(request.member, found, box)
    context = {
        "q": text,
        "tiles": _tiles(request, places.assets[:TILES]),
        "count": len(places.assets),
        "without": places.without,
        "spots": [_drawn(text, box, spot) for spot in places.spots],
        "view_box": f"{box.west * 10:g} {-box.north * 10:g} {box.width * 10:g} {box.height * 10:g}",
        "world_url": _address("library-map", text) if box != WORLD else "",
        **_ways(text),
    }
    return render(request, "library/map.html", context)


@members_only
@require_GET
def in_time(request: MemberRequest) -> HttpResponse:
    """When the found assets were made, month by month, the last first."""
    text, start = request.GET.get("q", "")[:1000], request.GET.get("start", "")
    months = spread.months_of(search.find(request.member, searchbox.parse(text)))
    first = min(int(start), len(months)) if start.isdecimal() and len(start) < 6 else 0
    shown = months[first : first + MONTHS]
    most = max((month.count for month in months), default=1)
    tiles = {tile.pk: tile for tile in _tiles(request, [number for month in shown for number in month.assets])}
    more = f"{_address('library-time', text)}{'&' if text else '?'}start={first + MONTHS}"
    context = {
        "q": text,
        "months": [
            {
                "start": month.start,
                "count": month.count,
                "share": max(2, round(100 * month.count / most)),
                "tiles": [tiles[number] for number in month.assets if number in tiles],
                "url": _address("library", f"{text} year:{month.start.year}".strip()),
            }
            for month in shown
        ],
        "more_url": more if first + MONTHS < len(months) else "",
        **_ways(text),
    }
    return render(request, "library/time.html", context)


def _tiles(request: MemberRequest, numbers: Any) -> list[Any]:
    today = queries.today_in(request.member.workspace)
    return [tile_of(asset, today) for asset in search.read(request.member, list(numbers))]


def _drawn(text: str, box: Box, spot: Spot) -> dict[str, Any]:
    """The spot as the drawing and the list show it."""
    unit = box.width * 10 / 360
    size = 1 + min(2.0, len(str(spot.count)) * 0.5)
    return {
        "spot": spot,
        "x": f"{spot.longitude_deg * 10:.2f}",  # as text: a drawing knows no decimal commas
        "y": f"{-spot.latitude_deg * 10:.2f}",
        "radius": f"{unit * 4 * size:.3f}",
        "font": f"{unit * 5:.3f}",
        "url": f"{_address('library-map', text)}{'&' if text else '?'}box={spot.box}",
    }


def _ways(text: str) -> dict[str, Any]:
    """The other ways to see the same."""
    named = (("library", _("Grid")), ("library-map", _("Map")), ("library-time", _("Time line")))
    return {"looks": [(name, label, _address(name, text)) for name, label in named]}


def _address(name: str, text: str) -> str:
    return reverse(name) + (f"?{urlencode({'q': text})}" if text else "")
