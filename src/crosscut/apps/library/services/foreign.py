"""What other systems export, as rows: a file name and fields. Each tells its columns, and which of ours they mean."""

import html
import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from crosscut.apps.library.models import Intake
from crosscut.apps.library.services import sheets
from crosscut.channels import http
from crosscut.kernel.errors import Cancelled, Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop

_A_PAGE, _MOST_PAGES = 100, 1000

# What the systems' own columns mean here, in small letters. Bynder: asset export of the portal's bulk download,
# support.bynder.com "Export metadata"; ResourceSpace: "CSV export - metadata", default fields of a new installation.
_USUAL = {
    "title": "title", "name": "title", "asset name": "title", "headline": "headline", "description": "description",
    "caption": "description", "abstract": "description", "notes": "instructions", "tags": "keywords",
    "keywords": "keywords", "keywords - subject": "keywords", "creator": "creator", "photographer": "creator",
    "author": "creator", "credit": "credit", "source": "source", "copyright": "copyright", "date": "created_on",
    "date created": "created_on", "publication date": "", "country": "country", "city": "city", "event": "event",
    "named person(s)": "persons", "people": "persons", "person": "persons", "camera make / model": "",
    "alt text": "alt_text", "alternative text": "alt_text", "brand": "", "usage rights": "usage_terms",
}  # fmt: skip
_FILE_COLUMNS = ("original filename", "file name", "filename", "original file name", "file", "asset filename")
_LIGHTROOM = {
    "rating": "rating", "keywords": "keywords", "collections": "keywords", "caption": "description",
    "copyright": "copyright", "creator": "creator", "city": "city", "state": "region", "country": "country",
    "sublocation": "sublocation", "latitude": "latitude_deg", "longitude": "longitude_deg", "taken": "created_on",
}  # fmt: skip
_PICTURES = """
SELECT image.id_local AS id, file.baseName || '.' || file.extension AS filename, image.rating,
       image.captureTime AS taken, iptc.caption, iptc.copyright
FROM Adobe_images AS image
JOIN AgLibraryFile AS file ON file.id_local = image.rootFile
LEFT JOIN AgLibraryIPTC AS iptc ON iptc.image = image.id_local
WHERE image.masterImage IS NULL ORDER BY image.id_local
"""
_KEYWORDS = """
SELECT links.image, words.name FROM AgLibraryKeywordImage AS links
JOIN AgLibraryKeyword AS words ON words.id_local = links.tag WHERE words.name IS NOT NULL ORDER BY words.name
"""
_COLLECTIONS = """
SELECT links.image, sets.name FROM AgLibraryCollectionImage AS links
JOIN AgLibraryCollection AS sets ON sets.id_local = links.collection
WHERE sets.creationId = 'com.adobe.ag.library.collection' ORDER BY sets.name
"""
_PLACES = """
SELECT harvested.image, creator.value AS creator, city.value AS city, state.value AS state, country.value AS country,
       place.value AS sublocation
FROM AgHarvestedIptcMetadata AS harvested
LEFT JOIN AgInternedIptcCreator AS creator ON creator.id_local = harvested.creatorRef
LEFT JOIN AgInternedIptcCity AS city ON city.id_local = harvested.cityRef
LEFT JOIN AgInternedIptcState AS state ON state.id_local = harvested.stateRef
LEFT JOIN AgInternedIptcCountry AS country ON country.id_local = harvested.countryRef
LEFT JOIN AgInternedIptcLocation AS place ON place.id_local = harvested.locationRef
"""
_POSITIONS = (
    "SELECT image, gpsLatitude AS latitude, gpsLongitude AS longitude FROM AgHarvestedExifMetadata WHERE hasGPS = 1"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What another system says of one file."""

    number: int
    filename: str
    values: Mapping[str, Any]  # by the other system's names


def rows_of(kind: str, path: Path) -> Iterator[Told]:
    """What the file tells. Raises Invalid and Damaged."""
    yield from _READERS[kind](path)


def proposed(kind: str, columns: Iterable[str]) -> dict[str, str]:
    """Which of our fields each column most likely means; "" for none."""
    usual = _LIGHTROOM if kind == Intake.Kind.LIGHTROOM else _USUAL
    return {column: usual.get(column.strip().casefold(), "") for column in columns}


def fetched_wordpress(site: str, folder: Path, should_stop: ShouldStop) -> Path:
    """What a site says of every file in its media library, a line of JSON each. Raises Invalid, Unavailable, Cancelled.

    WordPress REST API Handbook, "Media" and "Pagination", as of 2026-08.
    """
    place = folder / uuid.uuid4().hex / "media.jsonl"
    place.parent.mkdir(mode=0o700)
    with http.client(allowed_hosts=settings.ALLOWED_PRIVATE_HOSTS) as web, place.open("w", encoding="utf-8") as out:
        for page in range(1, _MOST_PAGES + 1):
            if should_stop():
                raise Cancelled(phrase("Stopped on request. Nothing was changed."))
            entries = _page_of(web, site, page)
            for entry in entries:
                out.write(json.dumps(entry) + "\n")
            if len(entries) < _A_PAGE:
                break
    return place


def _page_of(web: httpx.Client, site: str, page: int) -> list[dict[str, Any]]:
    found = http.fetch(web, f"{site}/wp-json/wp/v2/media?per_page={_A_PAGE}&page={page}&orderby=id&order=asc")
    if found.status == 400 and page > 1:  # WordPress says so after the last page
        return []
    try:
        entries = json.loads(found.content)
    except ValueError:
        entries = None
    if found.status != 200 or not isinstance(entries, list):
        message = phrase("{site} has no open list of media. Is it WordPress, with its REST API on?", site=site)
        raise Invalid.at("address", message, code="intake.wordpress")
    return [entry for entry in entries if isinstance(entry, dict)]


def _table_rows(path: Path) -> Iterator[Told]:
    for row in sheets.read(path):
        low = {name.strip().casefold(): name for name in row.cells}
        named = next((low[name] for name in _FILE_COLUMNS if name in low), "")
        values = {name: cell for name, cell in row.cells.items() if name != named and cell.strip()}
        yield Told(number=row.number, filename=row.cells.get(named, "").strip(), values=values)


def _lightroom_rows(path: Path) -> Iterator[Told]:
    """Keywords, collections, ratings, captions and places of a Lightroom Classic catalogue, read without a write."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as catalogue:
            catalogue.row_factory = sqlite3.Row
            catalogue.execute("PRAGMA trusted_schema = OFF")
            beside = _beside(catalogue)
            for number, row in enumerate(catalogue.execute(_PICTURES), start=1):
                values = {key: row[key] for key in ("rating", "taken", "caption", "copyright")} | beside.get(
                    row["id"], {}
                )
                said = {key: value for key, value in values.items() if value not in (None, "", [])}
                yield Told(number=number, filename=str(row["filename"]), values=said)
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        raise Damaged(
            path,
            phrase("It is not a Lightroom catalogue that can be read: {fault}.", fault=str(fault)),
            code="lightroom",
        ) from fault


def _beside(catalogue: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for name, query in (("keywords", _KEYWORDS), ("collections", _COLLECTIONS)):
        for image, word in _asked(catalogue, query):
            found.setdefault(image, {}).setdefault(name, []).append(str(word))
    for query in (_PLACES, _POSITIONS):
        for row in _asked(catalogue, query):
            found.setdefault(row["image"], {}).update({key: row[key] for key in row.keys() if key != "image"})  # noqa: SIM118
    return found


def _asked(catalogue: sqlite3.Connection, query: str) -> list[sqlite3.Row]:
    """The rows; none where this version of the catalogue has no such table."""
    try:
        return catalogue.execute(query).fetchall()
    except sqlite3.OperationalError as fault:
        if "no such" in str(fault):
            return []
        raise


def _wordpress_rows(path: Path) -> Iterator[Told]:
    """The answers of `/wp-json/wp/v2/media`, kept as lines of JSON. WordPress REST API Handbook, Media."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            entry = json.loads(line)
            address = str(entry.get("source_url") or "")
            values = {
                "title": _rendered(entry, "title"),
                "caption": _rendered(entry, "caption"),
                "alt text": str(entry.get("alt_text") or ""),
                "description": _rendered(entry, "description"),
                "date": str(entry.get("date") or ""),
            }
            said = {name: value for name, value in values.items() if value.strip()}
            yield Told(number=number, filename=address.rsplit("/", 1)[-1], values=said)


def _rendered(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    text = str(value.get("raw") or value.get("rendered") or "") if isinstance(value, dict) else str(value or "")
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


_READERS: Mapping[str, Callable[[Path], Iterator[Told]]] = {
    Intake.Kind.BYNDER: _table_rows,
    Intake.Kind.RESOURCESPACE: _table_rows,
    Intake.Kind.LIGHTROOM: _lightroom_rows,
    Intake.Kind.WORDPRESS: _wordpress_rows,
}
