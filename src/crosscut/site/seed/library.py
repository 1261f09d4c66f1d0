"""Fills a library with as many assets as one wants, inside PostgreSQL, the same every time.

Words have the frequencies they have in texts (the n-th is n times rarer than the first), so a few stand in most assets
and most in few; tags, licences, sizes, lengths and colours are spread as in working libraries, and assets came one
after the other in six years. There are no files: the pictures' hashes are drawn by chance, in groups of near ones.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from psycopg import Cursor

from crosscut.apps.accounts.models import Member, User
from crosscut.apps.accounts.services.people import found_workspace
from crosscut.apps.library.services.postings import post_everything

_HEADS = ("ba", "ko", "mi", "ru", "sel", "tan", "vor", "nel", "gri", "lum", "pas", "dor", "fen", "hal", "qui", "zem")
_TAILS = ("nera", "tolk", "vina", "rost", "mede", "lira", "kant", "sunde", "pola", "grave", "with", "dane", "mos")
_ENDS = ("", "ra", "sto", "lin", "che", "mar", "dun", "vek")
VOCABULARY = (
    *("sea", "light", "people", "city", "water", "morning", "reef", "diver"),
    *(head + tail + end for head in _HEADS for tail in _TAILS for end in _ENDS),
)
NAME, SLUG, EMAIL = "Full archive", "full-archive", "archive@full-house.example"
TITLE_WORDS, WORDS = 4, 16
_AT_ONCE = 100_000
Ranks = npt.NDArray[np.int64]
_SEEDED = """
CREATE TEMPORARY TABLE seeded (n int, title text, description text, asset_id bigint, version_id bigint,
    kind text, chance float, created_at timestamptz)
"""
# Numbers are drawn before the rows are written, so that no asset is written twice to name its file.
_NUMBERED = """
UPDATE seeded SET asset_id = nextval(pg_get_serial_sequence('library_asset', 'id')),
    version_id = nextval(pg_get_serial_sequence('library_version', 'id')),
    kind = CASE WHEN n %% 10 < 7 THEN 'image' WHEN n %% 10 < 9 THEN 'video' ELSE 'audio' END,
    chance = random(), created_at = now() - interval '6 years' * (1 - (n + 1) / %(assets)s::float)
"""
_ASSETS = """
INSERT INTO library_asset (id, workspace_id, current_id, title, kind, description, alt_text, credit, tags,
    rights_needed, about, origins, created_at, archived_at, search)
SELECT asset_id, %(workspace)s, version_id, title, kind, description, alt_text, credit, tags, '{}', '{}', '{}',
    created_at, CASE WHEN random() < 0.02 THEN now() END,
    setweight(library_vector('english', title || ' ' || array_to_string(tags, ' ')), 'A')
    || setweight(library_vector('english', description || ' ' || alt_text), 'B')
    || setweight(to_tsvector('simple', credit || ' file ' || asset_id || ' bin'), 'C')
FROM (
    SELECT *, CASE WHEN random() < 0.7 THEN 'What is seen' ELSE '' END AS alt_text,
        CASE WHEN random() < 0.9 THEN 'Full House' ELSE '' END AS credit,
        ARRAY[(ARRAY['sea', 'forest', 'city', 'people'])[1 + floor(random() * 4)::int],
            'series ' || floor(exp(random() * ln(4000)))::int, 'shoot ' || n / 300]::varchar[] AS tags
    FROM seeded
) AS made
"""
_VERSIONS = """
INSERT INTO library_version (id, asset_id, number, sha256, size_bytes, media_type, filename, facts, metadata,
    created_at)
SELECT version_id, asset_id, 1, md5(asset_id::text) || md5((-asset_id)::text), 1000000 + asset_id %% 9000000,
    kind || '/x', 'file-' || asset_id || '.bin',
    CASE WHEN kind = 'image' THEN jsonb_build_object('picture', jsonb_build_object('width_px', wide, 'height_px', high))
        WHEN kind = 'video' THEN jsonb_build_object('duration_s', (n %% 900)::text,
            'video', jsonb_build_array(jsonb_build_object('width_px', wide, 'height_px', high)))
        ELSE jsonb_build_object('duration_s', (n %% 3600)::text) END,
    '{}', created_at
FROM (SELECT *, (ARRAY[4000, 3000, 3000, 6000, 1080])[1 + n %% 5] AS wide,
    (ARRAY[3000, 4000, 3000, 2000, 1920])[1 + n %% 5] AS high FROM seeded) AS sized
"""
_LICENCES = """
INSERT INTO library_licence (asset_id, holder, terms, terms_url, credit_line, territories, channels, starts_on, ends_on,
    "right", uses, edits, note, currency, renewal)
SELECT asset_id, 'Full House', 'CC BY 4.0', '', 'Full House', '{}', '{}', NULL,
    CASE WHEN chance < 0.4 THEN current_date + (random() * 900 - 200)::int END, '', '{}', 'any', '', '', ''
FROM seeded WHERE chance < 0.9
"""
_LOOKS = """
INSERT INTO library_fingerprint (version_id, workspace_id, maker, is_film, whole, parts, sketch, colours, hues,
    seen_text, pixels_sha256, camera, taken_at, is_compared)
SELECT version_id, %(workspace)s, 2, FALSE,
    CASE WHEN kind = 'image' THEN hashtextextended((n / 4)::text, 7) # (1::bigint << n %% 4) ELSE 0 END,
    CASE WHEN kind = 'audio' THEN '' ELSE decode(repeat(md5(n::text), 8), 'hex') END, '', '[]',
    CASE WHEN kind = 'audio' THEN 0 ELSE (1 << n %% 12) | (1 << n / 7 %% 12) END, '', '', '',
    created_at - interval '3 days', TRUE
FROM seeded
"""
_WORDS = """
INSERT INTO library_word (workspace_id, word) SELECT %(workspace)s, unnest(%(words)s::text[])
"""


def fill_library(assets: int, *, password: str, say: Callable[[str], None]) -> Member:
    """The lead of a new workspace with so many assets. Raises IntegrityError when it is there already."""
    chance = np.random.default_rng(20261130)
    with transaction.atomic():
        user = User.objects.create_user(EMAIL, password, name="Ada Archive")
        lead = found_workspace(NAME, owner=user, time_zone="Europe/Berlin")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.26), set_config('gin_pending_list_limit', '512MB', FALSE)")
        cursor.execute(_SEEDED)
        cursor.execute(_WORDS, {"workspace": lead.workspace_id, "words": [one for one in VOCABULARY if len(one) > 3]})
        for first in range(0, assets, _AT_ONCE):
            ranks = np.exp(chance.random((min(_AT_ONCE, assets - first), WORDS)) * np.log(len(VOCABULARY)))
            _fill_some({"workspace": lead.workspace_id, "assets": assets}, first, ranks.astype(int) - 1)
            say(f"{min(first + _AT_ONCE, assets):,} assets")
        cursor.execute("DROP TABLE seeded")
    return lead


def settle_library(workspace_id: int) -> None:
    """Leaves the tables as a database that has had some quiet nights would; not inside a transaction."""
    post_everything(workspace_id)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE library_asset, library_version, library_licence, library_fingerprint")
        cursor.execute("VACUUM ANALYZE library_touched, library_word, library_posting, library_unposted")


def _fill_some(values: dict[str, int], first: int, ranks: Ranks) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE seeded")
        _copy(first, ranks)
        for sql in (_NUMBERED, _ASSETS, _VERSIONS, _LICENCES, _LOOKS):
            cursor.execute(sql, values)


def _copy(first: int, ranks: Ranks) -> None:
    with Cursor(connection.connection) as cursor, cursor.copy("COPY seeded (n, title, description) FROM STDIN") as copy:
        for number, row in enumerate(ranks.tolist()):
            words = [VOCABULARY[rank] for rank in row]
            copy.write_row((first + number, " ".join(words[:TITLE_WORDS]), " ".join(words[TITLE_WORDS:])))
