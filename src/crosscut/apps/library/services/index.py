"""The text search of assets: what a search can find, and how much it weighs."""

from collections.abc import Iterable

from django.db import connection

# A: what somebody chose to call it. B: what it shows. C: whose it is, its file's name and every other field
# (`library_words`, made by the migration "metadata"). D: the words spoken in it.
# Each text goes in as it is and, stemmed, as English; accents are taken off. 200 000 characters of speech are a day of
# talking, and keep the vector under PostgreSQL's limit of 1 MB.
_REFRESH = """
UPDATE library_asset AS asset SET search =
    setweight(to_tsvector('simple', unaccent(asset.title || ' ' || array_to_string(asset.tags, ' '))), 'A')
    || setweight(to_tsvector('english', unaccent(asset.title || ' ' || array_to_string(asset.tags, ' '))), 'A')
    || setweight(to_tsvector('simple', unaccent(asset.description || ' ' || asset.alt_text)), 'B')
    || setweight(to_tsvector('english', unaccent(asset.description || ' ' || asset.alt_text)), 'B')
    || setweight(to_tsvector('simple', unaccent(asset.credit || ' ' || coalesce(
        (SELECT translate(filename, '_-.', '   ') FROM library_version WHERE id = asset.current_id), ''))), 'C')
    || setweight(to_tsvector('simple', unaccent(left(library_words(asset.about), 100000))), 'C')
    || setweight(to_tsvector('english', unaccent(left(coalesce(
        (SELECT string_agg(text, ' ') FROM library_track WHERE asset_id = asset.id AND kind <> 'chapters'), ''),
        200000))), 'D')
WHERE asset.id = ANY(%s)
"""


def refresh_search(asset_ids: Iterable[int]) -> None:
    """Makes the assets findable by what they say now. Call it in the transaction that changed them."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [list(asset_ids)])
