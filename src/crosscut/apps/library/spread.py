"""Where and when the found assets were made: spots on the map, and months on the time line."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.search import Found
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

MOST = 20_000  # assets whose places are asked for, in the order in which they are shown
ACROSS = 24  # so many spots side by side at most; what lies nearer together is one
_LEAST_DEG = 0.02  # across: some two kilometres, nearer than the outlines are drawn


@dataclass(frozen=True, kw_only=True)
class Box:
    """A stretch of the map, in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{edge:g}" for edge in (self.west, self.south, self.east, self.north))

    @property
    def width(self) -> float:
        """From west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From south to north."""
        return self.north - self.south


WORLD = Box(west=-180, south=-90, east=180, north=90)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on the map at which something was made."""

    latitude_deg: float  # the middle of what lies there
    longitude_deg: float
    count: int
    name: str  # as most files there call it; empty
    box: Box  # what to look at for more

    @property
    def coordinates(self) -> str:
        """For a person: "3.35° S, 40.02° E"."""
        north, east = self.latitude_deg, self.longitude_deg
        return f"{abs(north):.2f}° {'N' if north >= 0 else 'S'}, {abs(east):.2f}° {'E' if east >= 0 else 'W'}"


@dataclass(frozen=True, kw_only=True)
class Places:
    """What lies in a box."""

    spots: tuple[Spot, ...]  # the fullest first
    assets: tuple[int, ...]  # in the order in which they were found
    without: int  # found assets of which no place is known


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month in which something was made."""

    start: date
    count: int
    assets: tuple[int, ...]  # the first few, in the order in which they were found


def box_of(text: str) -> Box:
    """The box as "west,south,east,north" names it; the whole world for no text. Raises Invalid."""
    if not text:
        return WORLD
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid.at("box", phrase("Give a box as west,south,east,north in degrees.")) from error
    box = Box(west=west, south=south, east=east, north=north)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Invalid.at("box", phrase("The box lies outside of the world, or has no inside."))
    return box


def places_of(member: Member, found: Found, box: Box) -> Places:
    """The spots in the box at which the found assets were made, and these assets."""
    numbers = found.assets(0, MOST)
    rows = queries.assets_for(member).filter(pk__in=numbers, about__has_keys=["latitude_deg", "longitude_deg"])
    told = rows.order_by().values_list("pk", "about__latitude_deg", "about__longitude_deg", "about__city")
    known = {pk: (float(north), float(east), str(city or "")) for pk, north, east, city in told}
    inside = {pk: place for pk, place in known.items() if _is_inside(box, place)}
    here = tuple(number for number in numbers if number in inside)
    spots = tuple(_spots(box, (inside[number] for number in here)))
    return Places(spots=spots, assets=here, without=len(numbers) - len(known))


def months_of(found: Found, *, some: int = 6) -> list[Month]:
    """The months in which the found assets were made, the last first; when they came, where nobody knows that."""
    made = np.ascontiguousarray(found.columns.rows["taken_us"]).astype("datetime64[us]")[found.rows]
    months = made.astype("datetime64[M]").astype(np.int64)
    order = np.argsort(-months, kind="stable")  # the last month first, in each as they were found
    numbers = found.columns.assets[found.rows][order]
    each, starts, counts = np.unique(-months[order], return_index=True, return_counts=True)
    answer = []
    for month, start, count in zip(-each, starts, counts, strict=True):
        year, index = divmod(int(month) + 1970 * 12, 12)
        few = tuple(int(number) for number in numbers[start : start + min(count, some)])
        if 1 <= year <= 9999:
            answer.append(Month(start=date(year, index + 1, 1), count=int(count), assets=few))
    return answer


def _is_inside(box: Box, place: tuple[float, float, str]) -> bool:
    return box.south <= place[0] <= box.north and box.west <= place[1] <= box.east


def _spots(box: Box, places: Iterable[tuple[float, float, str]]) -> list[Spot]:
    side = max(box.width / ACROSS, _LEAST_DEG)
    cells: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
    for place in places:
        cells[int((place[0] + 90) // side), int((place[1] + 180) // side)].append(place)
    return sorted((_spot(group, side) for group in cells.values()), key=lambda spot: -spot.count)


def _spot(group: list[tuple[float, float, str]], side: float) -> Spot:
    north = sum(place[0] for place in group) / len(group)
    east = sum(place[1] for place in group) / len(group)
    names = Counter(place[2] for place in group if place[2])
    reach = max(side * 0.75, _LEAST_DEG)
    box = Box(
        west=round(max(-180.0, east - reach), 3),
        south=round(max(-90.0, north - reach / 2), 3),
        east=round(min(180.0, east + reach), 3),
        north=round(min(90.0, north + reach / 2), 3),
    )
    name = names.most_common(1)[0][0] if names else ""
    return Spot(latitude_deg=round(north, 4), longitude_deg=round(east, 4), count=len(group), name=name, box=box)
