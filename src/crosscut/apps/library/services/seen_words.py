"""Reading words that stand in pictures and films, after everything that anybody waits for, so that they are found."""

from django.db import transaction
from django.db.models import F

from crosscut.apps.library import storage
from crosscut.apps.library.models import Fingerprint
from crosscut.apps.library.services.fingerprints import SEEN_KINDS
from crosscut.apps.library.services.index import refresh_search
from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unsupported
from crosscut.media import sight

AT_ONCE = 10  # of one run: each takes some seconds


def read_some(*, limit: int = AT_ONCE) -> int:
    """Reads versions in use that nobody read yet, the newest first; how many. None at all without the engine."""
    if not sight.can_read():
        return 0
    unread = Fingerprint.objects.filter(reader__lt=sight.READER, version__asset__kind__in=SEEN_KINDS)
    rows = unread.filter(version=F("version__asset__current")).select_related("version").order_by("-version")[:limit]
    return sum(_read(row) for row in rows)


def _read(row: Fingerprint) -> bool:
    """Whether it was read. What cannot be is read as empty, so that nobody tries it again and again."""
    try:
        with storage.local_copy(row.version.sha256) as path:
            words = sight.words_in(path)
    except (Damaged, Invalid, Unsupported, NotFound):
        words = ""
    with transaction.atomic():
        Fingerprint.objects.filter(pk=row.pk).update(seen_text=words.replace("\0", ""), reader=sight.READER)
        if words:
            refresh_search([row.version.asset_id])
    return True
