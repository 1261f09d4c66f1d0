"""Fills a library with as many assets as one wants, inside PostgreSQL, the same every time.

Words have the frequencies they have in texts (the n-th is n times rarer than the first), so a few stand in most assets
and most in few; tags, licences, sizes, lengths, colours and dates are spread as in working libraries. There are no
files: the pictures' hashes are drawn by chance, in groups of near ones.
"""

from collections.abc import Callable

import numpy as np
from django.db import connection
from psycopg import Cursor

from crosscut.apps.accounts.models import Member, User
from crosscut.apps.accounts.services.people import found_workspace

_HEADS = ("ba", "ko", "mi", "ru", "sel", "tan", "vor", "nel", "gri", "lum", "pas", "dor", "fen", "hal", "qui", "zem")
_TAILS = ("nera", "tolk", "vina", "rost", "mede", "lira", "kant", "sunde", "pola", "grave", "with", "dane", "mos")
_ENDS = ("", "ra", "sto", "lin", "che", "mar", "dun", "vek")
VOCABULARY = (
    *("sea", "light", "people", "city", "water", "morning", "reef", "diver"),
    *(head + tail + end for head in _HEADS for tail in _TAILS for end in _ENDS),
)
TITLE_WORDS, WORDS = 4, 16
_AT_ONCE = 100_000
_ASSETS = """
INSERT INTO library_asset (workspace_id, title, kind, description, alt_text, credit, tags, rights_needed, about,
    created_at, archived_at, search)
SELECT %(workspace)s, title, kind, description, alt_text, credit, tags, '{}', '{}', created_at, archived_at,
    setweight(library_vector('english', title || ' ' || array_to_string(tags, ' ')), 'A')
    || setweight(library_vector('english', description), 'B')
FROM (
    SELECT title, description, (ARRAY['image', 'image', 'image', 'image', 'image', 'image', 'image', 'video', 'video',
            'audio'])[1 + n %% 10] AS kind,
        CASE WHEN random() < 0.7 THEN 'What is seen' ELSE '' END AS alt_text,
        CASE WHEN random() < 0.9 THEN 'Full House' ELSE '' END AS credit,
        ARRAY[(ARRAY['sea', 'forest', 'city', 'people'])[1 + floor(random() * 4)::int],
            'series ' || floor(exp(random() * ln(4000)))::int, 'shoot ' || n / 300]::varchar[] AS tags,
        now() - random() * interval '6 years' AS created_at,
        CASE WHEN random() < 0.02 THEN now() END AS archived_at
    FROM seeded
) AS made
"""
_VERSIONS = """
INSERT INTO library_version (asset_id, number, sha256, size_bytes, media_type, filename, facts, metadata, created_at)
SELECT id, 1, md5(id::text) || md5((-id)::text), 1000000 + id %% 9000000, kind || '/x', 'file-' || id || '.bin',
    CASE WHEN kind = 'image' THEN jsonb_build_object('picture', jsonb_build_object('width_px', wide, 'height_px', high))
        WHEN kind = 'video' THEN jsonb_build_object('duration_s', (id %% 900)::text,
            'video', jsonb_build_array(jsonb_build_object('width_px', wide, 'height_px', high)))
        ELSE jsonb_build_object('duration_s', (id %% 3600)::text) END,
    '{}', created_at
FROM (SELECT *, (ARRAY[4000, 3000, 3000, 6000, 1080])[1 + id %% 5] AS wide,
    (ARRAY[3000, 4000, 3000, 2000, 1920])[1 + id %% 5] AS high
    FROM library_asset WHERE workspace_id = %(workspace)s AND id > %(after)s) AS asset
"""
_CURRENT = """
UPDATE library_asset AS asset SET current_id = version.id FROM library_version AS version
WHERE version.asset_id = asset.id AND asset.workspace_id = %(workspace)s AND asset.id > %(after)s
"""
_LICENCES = """
INSERT INTO library_licence (asset_id, holder, terms, terms_url, credit_line, territories, channels, starts_on, ends_on,
    "right", uses, edits, note)
SELECT id, 'Full House', 'CC BY 4.0', '', 'Full House', '{}', '{}', NULL,
    CASE WHEN random() < 0.4 THEN current_date + (random() * 900 - 200)::int END, '', '{}', 'any', ''
FROM library_asset WHERE workspace_id = %(workspace)s AND id > %(after)s AND random() < 0.9
"""
_LOOKS = """
INSERT INTO library_fingerprint (version_id, workspace_id, maker, is_film, whole, parts, sketch, colours, hues,
    seen_text, pixels_sha256, camera, taken_at)
SELECT current_id, workspace_id, 2, FALSE,
    CASE WHEN kind = 'image' THEN hashtextextended((id / 4)::text, 7) # (1::bigint << (id %% 4)::int) ELSE 0 END,
    decode(repeat(md5(id::text), 8), 'hex'), '', '[]', (1 << (id %% 12)::int) | (1 << (id / 7 %% 12)::int), '', '', '',
    created_at - interval '3 days'
FROM library_asset WHERE workspace_id = %(workspace)s AND id > %(after)s AND kind <> 'audio'
"""
_WORDS = """
INSERT INTO library_word (workspace_id, word) SELECT %(workspace)s, unnest(%(words)s::text[])
"""


def fill_library(assets: int, *, say: Callable[[str], None]) -> Member:
    """The lead of a new workspace with so many assets."""
    user = User.objects.create_user("archive@full-house.example", "archive-of-full-house", name="Ada Archive")
    lead = found_workspace("Full archive", owner=user, time_zone="Europe/Berlin")
    chance = np.random.default_rng(20261130)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.26)")
        cursor.execute("CREATE TEMPORARY TABLE seeded (n int, title text, description text)")
        cursor.execute(_WORDS, {"workspace": lead.workspace_id, "words": [one for one in VOCABULARY if len(one) > 3]})
        for first in range(0, assets, _AT_ONCE):
            _fill_some(lead.workspace_id, first, min(_AT_ONCE, assets - first), chance)
            say(f"{min(first + _AT_ONCE, assets):,} assets")
        cursor.execute("DROP TABLE seeded")
        cursor.execute("VACUUM ANALYZE library_asset, library_version, library_licence, library_fingerprint")
        cursor.execute("VACUUM ANALYZE library_touched, library_word")
    say("Vacuumed")
    return lead


def _fill_some(workspace_id: int, first: int, count: int, chance: np.random.Generator) -> None:
    ranks = np.exp(chance.random((count, WORDS)) * np.log(len(VOCABULARY))).astype(int) - 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM library_asset")
        values = {"workspace": workspace_id, "after": cursor.fetchone()[0]}
        cursor.execute("TRUNCATE seeded")
        _copy(first, ranks)
        for sql in (_ASSETS, _VERSIONS, _CURRENT, _LICENCES, _LOOKS):
            cursor.execute(sql, values)


def _copy(first: int, ranks: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> None:
    with Cursor(connection.connection) as cursor, cursor.copy("COPY seeded FROM STDIN") as copy:
        for number, row in enumerate(ranks.tolist()):
            words = [VOCABULARY[rank] for rank in row]
            copy.write_row((first + number, " ".join(words[:TITLE_WORDS]), " ".join(words[TITLE_WORDS:])))
