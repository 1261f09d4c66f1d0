"""Where each word occurs, written down in blocks of assets, so that a search for a common word reads no asset.

A block is made anew as a whole, some time after its assets changed. Triggers note which assets changed since
(`Unposted`); a search asks those themselves, and knows nothing of blocks being late.
"""

import time

from django.db import connection, transaction

from crosscut.apps.library.postings import BLOCK

POST = "library.post_words"
FEW = 1_000  # changed assets that every search can ask without being slow
SLICE_S = 20.0  # how long to make blocks at a stretch
_WORKSPACES = """
SELECT workspace_id FROM library_unposted GROUP BY workspace_id HAVING count(*) > %s ORDER BY count(*) DESC
"""
_BLOCKS = "SELECT DISTINCT asset_id / %s FROM library_unposted WHERE workspace_id = %s ORDER BY 1"
# A transaction under way may have written what nobody sees yet: its assets stay noted. Numbers above all that can have
# been given out come from another machine's backup.
_NOTED = """
SELECT asset_id, written_in FROM library_unposted, pg_current_snapshot() AS now
WHERE workspace_id = %(workspace)s AND asset_id >= %(first)s AND asset_id < %(end)s
    AND (written_in < pg_snapshot_xmin(now)::text::bigint OR written_in >= pg_snapshot_xmax(now)::text::bigint)
"""
_EMPTY = "DELETE FROM library_posting WHERE workspace_id = %(workspace)s AND block = %(block)s"
_FILL = """
INSERT INTO library_posting (workspace_id, word, block, assets)
SELECT %(workspace)s, word, %(block)s, string_agg(int2send((id - %(first)s)::int2), '' ORDER BY id)
FROM (
    SELECT id, unnest(tsvector_to_array(search)) COLLATE "C" AS word FROM library_asset
    WHERE workspace_id = %(workspace)s AND id >= %(first)s AND id < %(end)s
) AS said GROUP BY word
"""
# What somebody is writing at this moment is left noted: nobody waits for them, nor they for us.
_STRIKE_OUT = """
DELETE FROM library_unposted WHERE asset_id IN (
    SELECT noted.asset_id FROM library_unposted AS noted JOIN unnest(%s::bigint[], %s::bigint[]) AS known
        (asset_id, written_in) ON noted.asset_id = known.asset_id AND noted.written_in = known.written_in
    FOR UPDATE OF noted SKIP LOCKED)
"""


def post_words() -> int:
    """Makes the blocks whose assets changed, of every workspace where many did; how many were made in this slice."""
    until_s, made = time.monotonic() + SLICE_S, 0
    with connection.cursor() as cursor:
        cursor.execute(_WORKSPACES, [FEW])
        workspaces = [row[0] for row in cursor.fetchall()]
    for workspace_id in workspaces:
        for block in _blocks(workspace_id):
            if time.monotonic() > until_s:
                return made
            post_block(workspace_id, block)
            made += 1
    return made


def post_everything(workspace_id: int) -> None:
    """Makes every block whose assets changed."""
    for block in _blocks(workspace_id):
        post_block(workspace_id, block)


@transaction.atomic
def post_block(workspace_id: int, block: int) -> None:
    """Writes down which words the assets of the block say now."""
    first = block * BLOCK
    values = {"workspace": workspace_id, "block": block, "first": first, "end": first + BLOCK}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('library_posting', %s))", [workspace_id])
        cursor.execute(_NOTED, values)
        noted = cursor.fetchall()
        cursor.execute(_EMPTY, values)
        cursor.execute(_FILL, values)
        cursor.execute(_STRIKE_OUT, [[row[0] for row in noted], [row[1] for row in noted]])


def _blocks(workspace_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKS, [BLOCK, workspace_id])
        return [row[0] for row in cursor.fetchall()]
