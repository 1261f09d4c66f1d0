"""Reading files ahead: what takes long and needs no row is done here, for the next files while one is being entered.

Nothing here asks the database. What is stored for a file that is never entered belongs to nothing and is swept.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from django.conf import settings

from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival
from crosscut.apps.library.services import derive, read
from crosscut.apps.library.services.derive import Made
from crosscut.apps.library.storage import Stored
from crosscut.kernel.errors import Damaged, Invalid, NotFound, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop
from crosscut.kernel.records import storable
from crosscut.media.metadata import Metadata
from crosscut.media.provenance import Provenance
from crosscut.media.sound import SoundAnalysis
from crosscut.media.stills import Fingerprint, fingerprint, survey

AHEAD = 3  # files read at the same time: each keeps a core busy, but while it waits for the disk or to be entered
_LOOK_EVERY_S = 0.5  # for a stop, while a file is read


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A file that was read and stored, ready to be entered."""

    facts: MediaFacts
    metadata: Metadata
    heard: SoundAnalysis | None  # of its sound
    origin: Provenance | None  # what it says of its origin
    stored: Stored
    made: tuple[Made, ...]  # its small previews, where making them is quick
    problem: str  # why there are none, in plain words; empty
    seen: Fingerprint | None  # what a still looks like; None of films, which take longer, and of what cannot be seen


Ahead = tuple[Arrival, Callable[[], Prepared]]  # calling it raises what is wrong with the file


def read_ahead(
    arrivals: Iterable[Arrival], should_stop: ShouldStop, *, is_for_later: Callable[[Arrival], bool]
) -> Iterator[Ahead]:
    """Each file in its order with what gives the reading of it, once that has ended; it is not read yet if for later.

    One at which a worker died before is read alone: when it kills this one too, no other file is to blame.
    """
    stopping = Event()
    under_way: deque[tuple[Arrival, Future[Prepared]]] = deque()

    def settled() -> Ahead:
        arrival, future = under_way.popleft()
        while wait([future], timeout=_LOOK_EVERY_S).not_done:
            if should_stop():
                stopping.set()
        return arrival, future.result

    with ThreadPoolExecutor(AHEAD, thread_name_prefix="reader") as pool:
        try:
            for arrival in arrivals:
                if is_for_later(arrival):
                    while under_way:
                        yield settled()
                    yield arrival, partial(prepare, arrival, should_stop)
                    continue
                is_suspect = arrival.tries > 1
                while under_way and (is_suspect or len(under_way) >= AHEAD):
                    yield settled()
                under_way.append((arrival, pool.submit(prepare, arrival, stopping.is_set)))
                if is_suspect:
                    yield settled()
            while under_way:
                yield settled()
        finally:
            stopping.set()


def prepare(arrival: Arrival, should_stop: ShouldStop) -> Prepared:
    """The file read and stored, with its small previews. Raises what `read.read` and `storage.keep` raise."""
    path = Path(arrival.path)
    _refuse_changed(arrival, path, should_stop)
    with storage.plain_disk_errors(phrase("store {file}", file=path.name)):
        return _at_once(path, should_stop) or _step_by_step(path, should_stop)


def _at_once(path: Path, should_stop: ShouldStop) -> Prepared | None:
    """A JPEG with its previews and looks from one decode in one child, a third of the work.

    None for all else, and wherever a part of it is odd: step by step it is said what is wrong, and the rest is had.
    """
    read.refuse_too_large(path)
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder:
        try:
            found = survey(path, Path(folder), should_stop=should_stop)
        except (Damaged, Invalid, Unsupported, NotFound):
            return None
        if found is None:
            return None
        stored = storage.keep(path, should_stop=should_stop)
        return Prepared(
            facts=storable(found.facts),
            metadata=storable(found.metadata),
            heard=None,
            origin=storable(found.origin),
            stored=stored,
            made=derive.keep_surveyed(found, Path(folder), should_stop=should_stop),
            problem="",
            seen=found.looks,
        )


def _step_by_step(path: Path, should_stop: ShouldStop) -> Prepared:
    with read.read(path, should_stop=should_stop) as reading:
        stored = storage.keep(reading.path, should_stop=should_stop)
        made, problem = _shown(reading, should_stop)
        seen = _seen(reading, should_stop)
        return Prepared(
            facts=reading.facts,
            metadata=reading.metadata,
            heard=reading.heard,
            origin=reading.origin,
            stored=stored,
            made=made,
            problem=problem,
            seen=seen,
        )


def _shown(reading: read.Reading, should_stop: ShouldStop) -> tuple[tuple[Made, ...], str]:
    """The small previews, or why there are none: that costs the asset nothing."""
    try:
        return derive.small_previews(reading.path, reading.facts, reading.metadata, should_stop=should_stop), ""
    except (Damaged, Invalid, Unsupported) as error:
        return (), derive.no_preview("preview", error)


def _seen(reading: read.Reading, should_stop: ShouldStop) -> Fingerprint | None:
    if not reading.facts.picture:
        return None
    try:
        return fingerprint(reading.path, should_stop=should_stop)
    except (Damaged, Invalid, Unsupported):
        return None


def _refuse_changed(arrival: Arrival, path: Path, should_stop: ShouldStop) -> None:
    """Raises Invalid when these are not the bytes that the sender named by their hash."""
    if arrival.sha256 and storage.hash_of(path, should_stop=should_stop) != arrival.sha256:
        message = phrase("What arrived is not what was sent: the fingerprints differ. Send it again.")
        raise Invalid.at(arrival.filename, message, code="upload.changed")
