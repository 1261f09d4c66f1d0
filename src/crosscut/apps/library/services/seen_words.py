"""Reading words that stand in pictures and films, after everything that anybody waits for, so that they are found."""

import time
from collections.abc import Iterable

import structlog
from django.db import transaction
from django.db.models import F

from crosscut.apps.library import storage
from crosscut.apps.library.models import Fingerprint
from crosscut.apps.library.services.fingerprints import SEEN_KINDS
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.turns import is_taking_in
from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unavailable, Unsupported
from crosscut.media import sight
from crosscut.media.sight import Reader

AT_ONCE = 200  # of one run, or as many as it reads in RUN_S
RUN_S = 50.0
_log = structlog.get_logger(__name__)


def read_some(*, limit: int = AT_ONCE) -> int:
    """Reads versions in use that nobody read yet, the newest first; how many.

    None at all without the engine, and none while files are being taken in, which goes on with the next run.
    """
    if not sight.can_read() or is_taking_in():
        return 0
    unread = Fingerprint.objects.filter(reader__lt=sight.READER, version__asset__kind__in=SEEN_KINDS)
    rows = unread.filter(version=F("version__asset__current")).select_related("version").order_by("-version_id")[:limit]
    try:
        return _read_all(rows) if rows else 0
    except Unavailable as error:
        _log.warning("seen_words.not_read", problem=str(error))
        return 0


def _read_all(rows: Iterable[Fingerprint]) -> int:
    """How many of them were read in the time there is."""
    read, until_s = 0, time.monotonic() + RUN_S
    reader = Reader()
    try:
        for row in rows:
            if not reader.is_usable():  # it broke on the file before
                reader = Reader()
            _read(reader, row)
            read += 1
            if time.monotonic() > until_s or is_taking_in():
                break
    finally:
        reader.close()
    return read


def _read(reader: Reader, row: Fingerprint) -> None:
    """What cannot be read is read as empty, so that nobody tries it again and again."""
    try:
        with storage.local_copy(row.version.sha256) as path:
            words = reader.words_in(path)
    except (Damaged, Invalid, Unsupported, NotFound):
        words = ""
    with transaction.atomic():
        Fingerprint.objects.filter(pk=row.pk).update(seen_text=words.replace("\0", ""), reader=sight.READER)
        if words:
            refresh_search([row.version.asset_id])
