"""Which assets the public sees on which channels, kept with the library so that its search can ask.

Nothing here touches the ledger: sending and settling wait for no search.
"""

from django.db import connection

from crosscut.apps.publish.models import Target

State = Target.State
_SEEN = (*Target.LIVE_STATES, State.PARTLY, State.UNKNOWN, State.RECALLING)  # the public sees it, or may
_NOTE = """
WITH seen AS (
    SELECT DISTINCT version.asset_id, account.channel
    FROM publish_target AS target
    JOIN accounts_account AS account ON account.id = target.account_id
    JOIN produce_edition AS edition ON edition.id = target.edition_id
    JOIN produce_editionmedia AS media ON media.edition_id = edition.id
    JOIN library_version AS version ON version.id = media.version_id
    CROSS JOIN LATERAL (SELECT edition.content -> 'media' -> media.position::int -> 'channels') AS shown (channels)
    WHERE target.state = ANY(%(states)s)
        AND (coalesce(shown.channels, '[]') = '[]' OR shown.channels ? account.channel)
), gone AS (
    DELETE FROM library_liveon AS live
    WHERE NOT EXISTS (SELECT FROM seen WHERE seen.asset_id = live.asset_id AND seen.channel = live.channel) RETURNING 1
), come AS (
    INSERT INTO library_liveon (asset_id, channel)
    SELECT asset_id, channel FROM seen EXCEPT SELECT asset_id, channel FROM library_liveon
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM come)
"""


def note_live() -> int:
    """Brings it up to date, in every workspace; says how much changed. Only what changed is written."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"states": [state.value for state in _SEEN]})
        return int(cursor.fetchone()[0])
