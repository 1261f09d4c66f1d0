"""The text search of assets: what a search can find, and how much it weighs."""

from collections.abc import Iterable

from django.db import connection

# A: what somebody chose to call it. B: what it shows. C: whose it is, its file's name and every other field
# (`library_words`, made by the migration "metadata"). D: the words spoken in it and those that stand in it.
# Each text goes in as it is and by its stems in English and in the language of the workspace or of the track, and by
# pairs of signs where words have no spaces between them; accents are taken off. 200 000 characters of speech are a day
# of talking, and keep the vector under PostgreSQL's limit of 1 MB.
_REFRESH = """
UPDATE library_asset AS asset SET search =
    setweight(library_vector(config, unaccent(asset.title || ' ' || array_to_string(asset.tags, ' '))), 'A')
    || setweight(library_vector(config, unaccent(asset.description || ' ' || asset.alt_text)), 'B')
    || setweight(to_tsvector('simple', unaccent(asset.credit || ' ' || coalesce(
        (SELECT translate(filename, '_-.', '   ') FROM library_version WHERE id = asset.current_id), ''))), 'C')
    || setweight(to_tsvector('simple', unaccent(left(library_words(asset.about), 100000))), 'C')
    || setweight(spoken.vector, 'D')
    || setweight(library_vector(config, unaccent(coalesce(
        (SELECT left(seen_text, 20000) FROM library_fingerprint WHERE version_id = asset.current_id), ''))), 'D')
FROM (
    SELECT one.id, library_config(workspace.language) AS config
    FROM library_asset AS one JOIN accounts_workspace AS workspace ON workspace.id = one.workspace_id
    WHERE one.id = ANY(%(assets)s)
) AS told, LATERAL (
    SELECT coalesce(library_vector(config, words), ''::tsvector) AS vector
    FROM (
        SELECT unaccent(left(string_agg(text, ' '), 200000)) AS words,
            library_config(min(language)) AS config
        FROM library_track WHERE asset_id = told.id AND kind <> 'chapters'
    ) AS track
) AS spoken
WHERE asset.id = told.id
"""
_LEARN = """
INSERT INTO library_word (workspace_id, word)
SELECT DISTINCT asset.workspace_id, found.lexeme
FROM library_asset AS asset, unnest(asset.search) AS found
WHERE asset.id = ANY(%(assets)s) AND found.lexeme ~ '^[[:alpha:]]{4,40}$'
    AND NOT EXISTS (SELECT FROM library_word AS known
        WHERE known.workspace_id = asset.workspace_id AND known.word = found.lexeme)
"""

# What is said now is not what the vectors of its meaning were made of: `services.meaning` looks whether it differs.
_UNTOLD = """
UPDATE library_meaning AS meaning SET is_told = FALSE FROM library_asset AS asset
WHERE asset.id = ANY(%(assets)s) AND meaning.version_id = asset.current_id AND meaning.is_told
"""


def refresh_search(asset_ids: Iterable[int]) -> None:
    """Makes the assets findable by what they say now. Call it in the transaction that changed them."""
    values = {"assets": list(asset_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, values)
        cursor.execute(_LEARN, values)
        cursor.execute(_UNTOLD, values)
