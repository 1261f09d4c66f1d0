"""Which assets the public sees on which channels, kept with the library so that its search can ask.

Nothing here touches the ledger's own words: sending and settling wait for no search. Each target remembers what was
told of it, so only what became live, or is so no longer, is looked at; with it everything else that shows its assets.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from crosscut.apps.produce.models import EditionMedia
from crosscut.apps.publish.models import Target

_AT_ONCE = 1000  # targets
_NOTE = """
WITH seen AS (
    SELECT DISTINCT version.asset_id, account.channel
    FROM library_version AS version
    JOIN produce_editionmedia AS media ON media.version_id = version.id
    JOIN produce_edition AS edition ON edition.id = media.edition_id
    JOIN publish_target AS target ON target.edition_id = edition.id
    JOIN accounts_account AS account ON account.id = target.account_id
    CROSS JOIN LATERAL (SELECT edition.content -> 'media' -> media.position::int -> 'channels') AS shown (channels)
    WHERE version.asset_id = ANY(%(assets)s) AND target.state = ANY(%(states)s)
        AND (coalesce(shown.channels, '[]') = '[]' OR shown.channels ? account.channel)
), gone AS (
    DELETE FROM library_liveon AS live
    WHERE live.asset_id = ANY(%(assets)s)
        AND NOT EXISTS (SELECT FROM seen WHERE seen.asset_id = live.asset_id AND seen.channel = live.channel)
    RETURNING 1
), come AS (
    INSERT INTO library_liveon (asset_id, channel)
    SELECT asset_id, channel FROM seen EXCEPT SELECT asset_id, channel FROM library_liveon
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM come)
"""


def note_live() -> int:
    """Brings it up to date, in every workspace; says how much changed. Only what changed is asked for and written."""
    count = 0
    while True:
        told, changed = _note_some()
        count += changed
        if told < _AT_ONCE:
            return count


@transaction.atomic
def _note_some() -> tuple[int, int]:
    """Of how many targets there was news, and how much that changed. One that somebody holds is left for next time."""
    news = Target.objects.select_for_update(skip_locked=True, no_key=True).filter(Target.HAS_LIVE_NEWS).order_by("pk")
    changed = dict(news.values_list("pk", "state")[:_AT_ONCE])
    assets = EditionMedia.objects.filter(edition__targets__in=changed).values_list("version__asset", flat=True)
    count = _noted(list(assets.distinct())) if changed else 0
    seen = [pk for pk, state in changed.items() if state in Target.SEEN_STATES]
    Target.objects.filter(pk__in=seen).update(noted_live=True)
    Target.objects.filter(pk__in=changed.keys() - set(seen)).update(noted_live=False)
    return len(changed), count


def _noted(assets: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"assets": list(assets), "states": [state.value for state in Target.SEEN_STATES]})
        return int(cursor.fetchone()[0])
