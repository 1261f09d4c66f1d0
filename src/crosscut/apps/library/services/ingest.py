"""Taking files in, one by one: what is wrong with one is said of that one, and the rest goes in.

Each file is entered in one transaction, after its bytes are safely stored. Killed at any moment and run again, the work
goes on where it was: what is entered is not entered twice, what is not is still waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Arrival, Asset, Track, Version
from crosscut.apps.library.services import clear, derive, fingerprints, hearing, people, read, sidecars
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.screening import plan_screening
from crosscut.apps.library.storage import Stored
from crosscut.kernel.errors import Cancelled, Conflict, Damaged, Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import as_data

State = Arrival.State


@dataclass(frozen=True, kw_only=True)
class Work:
    """The running job, as each step needs it."""

    job_id: int
    report: Report
    should_stop: ShouldStop

    def go_on(self) -> None:
        """Raises Cancelled when somebody asked to stop."""
        if self.should_stop():
            raise Cancelled("Stopped on request. What is already in the library stays.")


def take_in(job_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Reads every waiting file of the job and makes the previews; says how many ended how."""
    work = Work(job_id=job_id, report=report, should_stop=should_stop)
    while arrival := _next(job_id):
        work.go_on()
        _tell(work, f"Reading {arrival.filename}")
        _take_one(arrival, should_stop)
    _make_previews(work)
    states = Arrival.objects.filter(job=job_id).values_list("state", flat=True)
    return {state.value: count for state in State if (count := sum(found == state for found in states))}


def _next(job_id: int) -> Arrival | None:
    """The file to read now: media before what lies beside it. One at which we were killed comes again."""
    rows = Arrival.objects.filter(job=job_id, state__in=[State.READING, State.WAITING]).order_by("id")
    rows = rows.select_related("workspace", "created_by__workspace", "asset")
    return min(rows, key=lambda arrival: sidecars.is_sidecar(arrival.filename), default=None)


def _take_one(arrival: Arrival, should_stop: ShouldStop) -> None:
    Arrival.objects.filter(pk=arrival.pk).update(state=State.READING)
    path = Path(arrival.path)
    try:
        owner = _owner_of(arrival)
        if owner:
            _attach(arrival, path, owner)
        else:
            _store(arrival, path, should_stop)
    except Damaged as error:
        is_empty = error.problems[0].code == "media.empty"
        _end(arrival, State.REFUSED if is_empty else State.QUARANTINED, _words(error.problems))
    except (Invalid, Unsupported, NotFound, Conflict) as error:
        _end(arrival, State.REFUSED, _words(error.problems))


def _store(arrival: Arrival, path: Path, should_stop: ShouldStop) -> None:
    with read.read(path, should_stop=should_stop) as reading:
        stored = storage.keep(reading.path, should_stop=should_stop)
        version = _enter(arrival, reading, stored)
        if version and reading.heard:
            hearing.keep_shape(version, reading.heard.peaks)
    incoming.forget(path)


@transaction.atomic
def _enter(arrival: Arrival, reading: read.Reading, stored: Stored) -> Version | None:
    """The file as an asset or as a new version of one; None when it is a duplicate of what is there already."""
    _one_at_a_time(arrival.workspace_id, stored.sha256)
    twins = Version.objects.filter(asset__workspace=arrival.workspace_id, sha256=stored.sha256)
    if twin := twins.select_related("asset").order_by("id").first():
        _finish(arrival, State.DUPLICATE, twin.asset, _twin_words(twin))
        return None
    asset = arrival.asset or _new_asset(arrival, reading)
    version = _add_version(asset, arrival, reading, stored)
    refresh_search([asset.pk])
    verb = "asset.added" if version.number == 1 else "asset.version_added"
    by = arrival.created_by or arrival.workspace
    record(verb, asset, by=by, filename=arrival.filename, sha256=stored.sha256)
    plan_screening(by, version)
    _finish(arrival, State.STORED, asset, _words(reading.facts.warnings))
    return version


def _new_asset(arrival: Arrival, reading: read.Reading) -> Asset:
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


def _add_version(asset: Asset, arrival: Arrival, reading: read.Reading, stored: Stored) -> Version:
    Asset.objects.select_for_update().get(pk=asset.pk)  # two new versions at once get two numbers
    latest = asset.versions.order_by("-number").values_list("number", flat=True).first() or 0
    if latest and asset.kind != reading.facts.kind.value:
        kinds = f"{Asset.Kind(asset.kind).label.lower()}, and this is {reading.facts.media_type}"
        raise Invalid.at(arrival.filename, f"A new version must be of the same kind: “{asset.title}” is {kinds}.")
    version = Version.objects.create(
        asset=asset,
        number=latest + 1,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
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


def _owner_of(arrival: Arrival) -> Asset | None:
    """The asset of the same job that this file's words belong to."""
    if not sidecars.is_sidecar(arrival.filename):
        return None
    kinds = (Asset.Kind.VIDEO, Asset.Kind.AUDIO)
    rows = Arrival.objects.filter(job=arrival.job_id, asset__kind__in=kinds, state__in=[State.STORED, State.DUPLICATE])
    folder = str(Path(arrival.path).parent)
    beside = [row for row in rows.select_related("asset") if _was_beside(row, arrival, folder)]
    return sidecars.owner_of(arrival.filename, [(row.filename, row.asset) for row in beside if row.asset])


def _was_beside(media: Arrival, words: Arrival, folder: str) -> bool:
    """Files of one upload lie together; on disk only those of the same folder do."""
    if incoming.is_ours(Path(words.path)):
        return not sidecars.is_sidecar(media.filename)
    return str(Path(media.path).parent) == folder


def _attach(arrival: Arrival, path: Path, asset: Asset) -> None:
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


def _finish(arrival: Arrival, state: State, asset: Asset, problem: str) -> None:
    """Notes the end inside the transaction that made it. The path of a file in a person's folder stays known."""
    path = "" if incoming.is_ours(Path(arrival.path)) else arrival.path
    changed = Arrival.objects.filter(pk=arrival.pk, state=State.READING)
    if not changed.update(state=state, asset=asset, problem=problem[:1000], path=path):
        raise Conflict(f"{arrival.filename} was taken in by another worker.")


def _end(arrival: Arrival, state: State, problem: str) -> None:
    keeps_bytes = state == State.QUARANTINED
    path = Path(arrival.path)
    fields = {"state": state, "problem": problem[:1000], "path": arrival.path if keeps_bytes else ""}
    Arrival.objects.filter(pk=arrival.pk, state=State.READING).update(**fields)
    if not keeps_bytes:
        incoming.forget(path)


def _make_previews(work: Work) -> None:
    """The previews of all that came in with the job; one that cannot be made costs the asset nothing.

    Of duplicates too: adding a file again mends what an interrupted job left out.
    """
    arrivals = Arrival.objects.filter(job=work.job_id, state__in=[State.STORED, State.DUPLICATE])
    versions = Version.objects.filter(pk__in=arrivals.values("asset__current")).select_related("asset").order_by("pk")
    fingerprints.take_missing(versions, should_stop=work.should_stop)
    todo = [(version, preview) for version in versions for preview in derive.missing_previews(version)]
    todo.sort(key=lambda pair: pair[1].label != "thumbnail")
    for number, (version, preview) in enumerate(todo):
        work.go_on()
        _make_preview(work, version, preview, _share(work, number, len(todo)))


def _make_preview(
    work: Work, version: Version, preview: derive.Preview, within: Callable[[Progress], Progress]
) -> None:
    def report(progress: Progress) -> None:
        work.report(within(progress))

    label = f"Making the {preview.label} of {version.filename}"
    report(Progress(done=Fraction(0), label=label))
    try:
        derive.make(
            version,
            preview.recipe,
            purpose=preview.label,
            report=lambda progress: report(Progress(done=progress.done, label=label)),
            should_stop=work.should_stop,
        )
    except (Damaged, Invalid, Unsupported) as error:
        words = f"It is in the library, but there is no {preview.label}: {_words(error.problems)}"
        Arrival.objects.filter(job=work.job_id, asset=version.asset_id).update(problem=words[:1000])


def _share(work: Work, number: int, total: int) -> Callable[[Progress], Progress]:
    """Turns the progress of one preview into that of the job: reading is its first half, previews the second."""

    def within(progress: Progress) -> Progress:
        return Progress(done=Fraction(1, 2) + (number + progress.done) / total / 2, label=progress.label)

    return within


def _tell(work: Work, label: str) -> None:
    rows = Arrival.objects.filter(job=work.job_id)
    done = rows.exclude(state__in=[State.WAITING, State.READING]).count()
    work.report(Progress(done=Fraction(done, 2 * max(1, rows.count())), label=label))


def _one_at_a_time(workspace_id: int, sha256: str) -> None:
    """Until the transaction ends, nobody else enters the same bytes into this workspace: so nothing goes in twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"library:{workspace_id}:{sha256}"])


def _twin_words(twin: Version) -> str:
    archived = ", in the bin" if twin.asset.binned_at else ", among the archived" if twin.asset.archived_at else ""
    return f"The same file is already here{archived}: “{twin.asset.title}”, version {twin.number}."


def _words(problems: tuple[Problem, ...]) -> str:
    return " ".join(dict.fromkeys(problem.message for problem in problems))
