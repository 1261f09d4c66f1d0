"""Taking files in, one by one: what is wrong with one is said of that one, and the rest goes in.

Each file is entered in one transaction, after its bytes are safely stored. Killed at any moment and run again, the work
goes on where it was: what is entered is not entered twice, what is not is still waiting.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming, staging
from crosscut.apps.library.models import Arrival, ArrivalEvent, Asset, Track, Version
from crosscut.apps.library.services import (
    clear,
    derive,
    fingerprints,
    hearing,
    people,
    read,
    sidecars,
    unpack,
    xmp_beside,
)
from crosscut.apps.library.services.derive import Made
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.prepare import Prepared, read_ahead
from crosscut.apps.library.services.previews import are_missing, came_in_with, make_first, make_missing
from crosscut.apps.library.services.screening import plan_screening
from crosscut.apps.library.services.turns import HEAVY, Turn
from crosscut.kernel.errors import Cancelled, Conflict, Damaged, Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import as_data

MOST_TRIES = 3  # workers that may die at a file before it is set aside
_GROUP = 50  # files asked for at once
_TELL_EVERY_S = 0.5
Step = ArrivalEvent.Step
State = Arrival.State


@dataclass(frozen=True, kw_only=True)
class Work:
    """The running job, as each step needs it."""

    job_id: int
    report: Report
    should_stop: ShouldStop
    told: list[float] = field(default_factory=lambda: [float("-inf")])  # when it last said how far it is

    def tell(self, label: str) -> None:
        """Says how far the job is; at most twice a second, for that takes counting."""
        if time.monotonic() < self.told[0] + _TELL_EVERY_S:
            return
        self.told[0] = time.monotonic()
        rows = Arrival.objects.filter(job=self.job_id)
        done = rows.exclude(state__in=[State.WAITING, State.READING]).count()
        self.report(Progress(done=Fraction(done, 2 * max(1, rows.count())), label=label))

    def go_on(self) -> None:
        """Raises Cancelled when somebody asked to stop."""
        if self.should_stop():
            raise Cancelled(phrase("Stopped on request. What is already in the library stays."))


def take_in(job_id: int, report: Report, should_stop: ShouldStop, *, turn: Turn) -> dict[str, Any] | None:
    """Reads the waiting files of the job, each with what shows it; says how many ended how, or None when there is more.

    There is more when others wait and its turn is over, and when films and sounds still want their larger previews:
    `make_larger` does those.
    """
    work = Work(job_id=job_id, report=report, should_stop=should_stop)
    waiting = _Waiting(job_id, turn)
    for arrival, reading in read_ahead(waiting, should_stop, is_for_later=_is_for_later):
        work.go_on()
        work.tell(f"Reading {arrival.filename}")
        _take_one(arrival, reading, should_stop)
    if waiting.are_left or are_missing(job_id):
        return None
    return _counted(job_id)


def make_larger(job_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any] | None:
    """What films and sounds need beside what take_in made, in slices; None when there is more."""
    is_done = make_missing(job_id, came_in_with(job_id), report, should_stop, turn=Turn(HEAVY, job_id))
    return _counted(job_id) if is_done else None


def take_all_in(job_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Both in one go, for work that made the file itself and has its worker already; says how many ended how."""
    while True:
        done = take_in(job_id, report, should_stop, turn=Turn(HEAVY, job_id))
        done = done or make_larger(job_id, report, should_stop)
        if done is not None:
            return done


def _counted(job_id: int) -> dict[str, Any]:
    rows = Arrival.objects.filter(job=job_id).order_by().values_list("state").annotate(Count("pk"))
    return dict(sorted(rows))


class _Waiting:
    """The files to read now: media before what lies beside it, and last those at which a worker has died before."""

    def __init__(self, job_id: int, turn: Turn) -> None:
        self._rows = Arrival.objects.filter(job=job_id).select_related("workspace", "created_by__workspace", "asset")
        self._turn = turn
        self._begun: set[int] = set()
        self.are_left = False  # once it has ended: whether files wait that were not read

    def __iter__(self) -> Iterator[Arrival]:
        while group := self._next_group():
            for arrival in group:
                if self._begun and self._turn.is_over():
                    self.are_left = True
                    return
                self._begun.add(arrival.pk)
                if _begin(arrival):
                    yield arrival

    def _next_group(self) -> list[Arrival]:
        waiting = self._rows.filter(state=State.WAITING).order_by("id")
        media = waiting.filter(tries=0).exclude(filename__iregex=sidecars.PATTERN)
        if found := list(media[:_GROUP]):
            return found
        left = self._rows.filter(state=State.READING).exclude(pk__in=self._begun).order_by("id")
        return list(left[:_GROUP]) or list(waiting[:_GROUP])


def _begin(arrival: Arrival) -> bool:
    """Whether it may be read now. One at which workers died again and again is set aside."""
    arrival.tries += 1
    if arrival.tries > MOST_TRIES:
        Arrival.objects.filter(pk=arrival.pk).update(state=State.READING)
        words = f"Reading it ended the worker {MOST_TRIES} times. Look at it in another program."
        _end(arrival, State.QUARANTINED, words)
        return False
    with transaction.atomic():
        Arrival.objects.filter(pk=arrival.pk).update(state=State.READING, tries=arrival.tries)
        _note(arrival, Step.READING, f"Try {arrival.tries}" if arrival.tries > 1 else "")
    return _is_here(arrival)


def _is_here(arrival: Arrival) -> bool:
    """Whether its bytes are at hand, fetched from the store if they were sent there; what is lost there is refused."""
    try:
        staging.bring_here(arrival)
    except (Invalid, NotFound) as error:
        _end(arrival, State.REFUSED, _words(error.problems))
        return False
    return True


def _is_for_later(arrival: Arrival) -> bool:
    """Whether it is no media to be read: words, whose media must be entered before, and archives."""
    return sidecars.is_sidecar(arrival.filename) or unpack.is_archive(arrival)


def _take_one(arrival: Arrival, reading: Callable[[], Prepared], should_stop: ShouldStop) -> None:
    path = Path(arrival.path)
    try:
        owner = _owner_of(arrival)
        if owner:
            _attach(arrival, path, owner)
        elif sidecars.is_xmp(arrival.filename):
            _end(arrival, State.QUARANTINED, xmp_beside.WAITS)
        elif unpack.is_archive(arrival):
            unpack.unpack(arrival, should_stop)
        else:
            _store(arrival, reading(), should_stop)
    except Damaged as error:
        is_empty = error.problems[0].code == "media.empty"
        _end(arrival, State.REFUSED if is_empty else State.QUARANTINED, _words(error.problems))
    except (Invalid, Unsupported, NotFound, Conflict) as error:
        _end(arrival, State.REFUSED, _words(error.problems))


def _store(arrival: Arrival, found: Prepared, should_stop: ShouldStop) -> None:
    version = _enter(arrival, found)
    incoming.forget(Path(arrival.path))
    if version and found.heard:
        hearing.keep_shape(version, found.heard.peaks)
    if version and not found.made:
        make_first(version, arrival, should_stop)


@transaction.atomic
def _enter(arrival: Arrival, found: Prepared) -> Version | None:
    """The file as an asset, as a new version of one, or, giving None, as a duplicate of what is there already."""
    _one_at_a_time(arrival.workspace_id, found.stored.sha256)
    twins = Version.objects.filter(asset__workspace=arrival.workspace_id, sha256=found.stored.sha256)
    if twin := twins.select_related("asset").order_by("id").first():
        for made in found.made:
            if not _has(twin, made):
                derive.note_made(twin, made)
        _finish(arrival, State.DUPLICATE, twin.asset, _twin_words(twin))
        xmp_beside.call_waiting(arrival, twin.asset)
        return None
    asset = arrival.asset or _new_asset(arrival, found)
    version = _add_version(asset, arrival, found)
    refresh_search([asset.pk])
    verb = "asset.added" if version.number == 1 else "asset.version_added"
    by = arrival.created_by or arrival.workspace
    record(verb, asset, by=by, filename=arrival.filename, sha256=found.stored.sha256)
    plan_screening(by, version)
    _finish(arrival, State.STORED, asset, _words(found.facts.warnings) or found.problem)
    xmp_beside.call_waiting(arrival, asset)
    if found.seen:
        fingerprints.enter_first(version, found.seen)
    if found.made:
        derive.note_first(version, found.made)
        _note(arrival, Step.PREVIEWED)
    return version


def _has(version: Version, made: Made) -> bool:
    return derive.made_before(version, made.preview.recipe, made.preview.label) is not None


def _new_asset(arrival: Arrival, reading: Prepared) -> Asset:
    asset = Asset.objects.create(
        workspace_id=arrival.workspace_id,
        title=read.title_of(reading.metadata, arrival.filename),
        kind=reading.facts.kind.value,
        created_by=arrival.created_by,
        **read.described(reading.metadata),
    )
    people.note_faces(asset, reading.metadata.faces)
    path = Path(arrival.path)
    listed = [] if incoming.is_ours(path) else sidecars.licences_for(path)
    own = read.own_terms(reading.metadata)
    for terms in listed or ([own] if own and read.is_public_licence(own) else []):
        clear.enter(asset, terms, by=arrival.created_by)
    if listed and listed[0].credit_line:  # a person's word before the file's own
        Asset.objects.filter(pk=asset.pk).update(credit=listed[0].credit_line)
    return asset


def _add_version(asset: Asset, arrival: Arrival, reading: Prepared) -> Version:
    latest = _latest_of(asset) if arrival.asset else 0
    if latest and asset.kind != reading.facts.kind.value:
        kinds = f"{Asset.Kind(asset.kind).label.lower()}, and this is {reading.facts.media_type}"
        raise Invalid.at(
            arrival.filename,
            phrase("A new version must be of the same kind: “{asset}” is {kinds}.", asset=asset.title, kinds=kinds),
        )
    version = Version.objects.create(
        asset=asset,
        number=latest + 1,
        sha256=reading.stored.sha256,
        size_bytes=reading.stored.size_bytes,
        media_type=reading.facts.media_type,
        filename=arrival.filename,
        facts=as_data(reading.facts),
        metadata=as_data(reading.metadata),
        heard=hearing.without_peaks(reading.heard),
        provenance=as_data(reading.origin) if reading.origin else None,
        created_by=arrival.created_by,
    )
    Asset.objects.filter(pk=asset.pk).update(current=version)
    return version


def _latest_of(asset: Asset) -> int:
    """The number of its latest version; until the transaction ends nobody else adds one."""
    Asset.objects.select_for_update().get(pk=asset.pk)
    return asset.versions.order_by("-number").values_list("number", flat=True).first() or 0


def _owner_of(arrival: Arrival) -> Asset | None:
    """The asset of the same job that this file's words belong to."""
    if not sidecars.is_sidecar(arrival.filename):
        return None
    is_xmp = sidecars.is_xmp(arrival.filename)
    kinds = list(Asset.Kind) if is_xmp else [Asset.Kind.VIDEO, Asset.Kind.AUDIO]
    together = xmp_beside.lately_from(arrival) if is_xmp else Arrival.objects.filter(job=arrival.job_id)
    rows = together.filter(asset__kind__in=kinds, state__in=[State.STORED, State.DUPLICATE])
    folder = str(Path(arrival.path).parent)
    beside = [row for row in rows.select_related("asset") if _was_beside(row, arrival, folder)]
    media = [(row.filename, row.asset) for row in beside if row.asset]
    return sidecars.described_by(arrival.filename, media) if is_xmp else sidecars.owner_of(arrival.filename, media)


def _was_beside(media: Arrival, words: Arrival, folder: str) -> bool:
    """Files of one upload lie together; on disk only those of the same folder do."""
    if incoming.is_ours(Path(words.path)):
        return not sidecars.is_sidecar(media.filename)
    return str(Path(media.path).parent) == folder


def _attach(arrival: Arrival, path: Path, asset: Asset) -> None:
    if sidecars.is_xmp(arrival.filename):
        _describe(arrival, path, asset)
        return
    words = sidecars.words_of(path, arrival.filename, asset)
    language = words.language or arrival.workspace.language
    with transaction.atomic():
        Track.objects.update_or_create(
            asset=asset,
            kind=words.kind,
            language=language,
            defaults={"text": words.text, "media_type": words.media_type},
        )
        refresh_search([asset.pk])
        by = arrival.created_by or arrival.workspace
        record("asset.track_added", asset, by=by, kind=words.kind, language=language, filename=arrival.filename)
        _finish(arrival, State.STORED, asset, "")
    incoming.forget(path)


def _describe(arrival: Arrival, path: Path, asset: Asset) -> None:
    if arrival.created_by is None:
        raise Invalid.at(arrival.filename, phrase("Nobody is left on whose behalf it could be taken over."))
    with transaction.atomic():
        _finish(arrival, State.STORED, asset, xmp_beside.describe(arrival.created_by, asset, path))
    incoming.forget(path)


def _finish(arrival: Arrival, state: State, asset: Asset, problem: str) -> None:
    """Notes the end inside the transaction that made it. The path of a file in a person's folder stays known."""
    path = "" if incoming.is_ours(Path(arrival.path)) else arrival.path
    changed = Arrival.objects.filter(pk=arrival.pk, state=State.READING)
    if not changed.update(state=state, asset=asset, problem=problem[:1000], path=path):
        raise Conflict(phrase("{filename} was taken in by another worker.", filename=arrival.filename))
    _note(arrival, Step(state.value))


def _end(arrival: Arrival, state: State, problem: str) -> None:
    keeps_bytes = state == State.QUARANTINED
    path = Path(arrival.path)
    fields = {"state": state, "problem": problem[:1000], "path": arrival.path if keeps_bytes else ""}
    with transaction.atomic():
        if Arrival.objects.filter(pk=arrival.pk, state=State.READING).update(**fields):
            _note(arrival, Step(state.value))
    if not keeps_bytes:
        incoming.forget(path)


def _note(arrival: Arrival, step: Step, words: str = "") -> None:
    ArrivalEvent.objects.create(arrival=arrival, step=step, words=words)


def _one_at_a_time(workspace_id: int, sha256: str) -> None:
    """Until the transaction ends, nobody else enters the same bytes into this workspace: so nothing goes in twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"library:{workspace_id}:{sha256}"])


def _twin_words(twin: Version) -> str:
    archived = ", in the bin" if twin.asset.binned_at else ", among the archived" if twin.asset.archived_at else ""
    return f"The same file is already here{archived}: “{twin.asset.title}”, version {twin.number}."


def _words(problems: tuple[Problem, ...]) -> str:
    return " ".join(dict.fromkeys(problem.message for problem in problems))
