"""Doing the work: the file is made, taken in as any other file, and its captions and chapters move with it.

Killed at any moment and run again, nothing is made twice: what was made is noted with the job before it is taken in.
"""

import tempfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Arrival, Asset, BrandFile, Track, Version
from crosscut.apps.library.services import ingest, inheriting
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.library.services.remaking.ordering import as_read
from crosscut.apps.library.services.remaking.records import Made, Source
from crosscut.apps.library.services.sidecars import CHAPTERS_TYPE
from crosscut.apps.library.services.signing import sign_made
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import keep_note, note_of
from crosscut.kernel.errors import Conflict, Damaged, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import canonical_json
from crosscut.media import captions
from crosscut.media.podcast import chapters_json, moved, read_chapters
from crosscut.media.provenance import Action
from crosscut.media.timemap import TimeMap
from crosscut.media.transcripts import moved_captions

MAKING = Fraction(4, 5)  # of all the work; the rest is reading what was made and its previews


def run(
    job_id: int, version_id: int, operation: Mapping[str, Any], report: Report, should_stop: ShouldStop
) -> dict[str, Any]:
    """Does what the job says; answers the asset that has it now and what was done, in sentences.

    Raises NotFound when the version is gone, Conflict when the result is in the library already, and what the media
    engine raises.
    """
    version = Version.objects.select_related("asset").filter(pk=version_id).first()
    if version is None:
        raise NotFound(phrase("It was taken out of the library meanwhile."))
    if not Arrival.objects.filter(job=job_id).exists():
        _make(job_id, version, operation, _part_of(report, Fraction(0), MAKING), should_stop)
    ingest.take_all_in(job_id, _part_of(report, MAKING, 1 - MAKING), should_stop)
    return _settle(version, Arrival.objects.select_related("asset__current").get(job=job_id), note_of(job_id))


def _make(job_id: int, version: Version, operation: Mapping[str, Any], report: Report, should_stop: ShouldStop) -> None:
    with (
        storage.plain_disk_errors(phrase("make another version")),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        source = Source(
            version=version,
            master=master,
            facts=facts_of(version),
            folder=Path(folder),
            report=report,
            should_stop=should_stop,
        )
        made = as_read(operation).make(source)
        sign_made(made.path, version, master, (Action.EDITED,), should_stop=should_stop)
        path = incoming.adopt(made.path, made.filename)
    try:
        _note(job_id, version, made, path)
    except BaseException:  # whatever stopped it, nobody would ever take the file in
        incoming.forget(path)
        raise


@transaction.atomic
def _note(job_id: int, version: Version, made: Made, path: Path) -> None:
    """From here on the file is on its way in, whatever happens to us."""
    job = Job.objects.get(pk=job_id)
    Arrival.objects.create(
        workspace_id=version.asset.workspace_id,
        job=job,
        filename=incoming.safe_name(made.filename),
        path=str(path),
        size_bytes=path.stat().st_size,
        asset=None if made.title else version.asset,
        created_by=job.member,
    )
    tracks = [*_tracks(version.asset, made)] if made.times or made.words is not None or made.title else []
    noted = {"title": made.title, "tracks": tracks, "alt_text": made.alt_text, "sources": list(made.sources)}
    keep_note(job_id, {**noted, "said": [str(said) for said in made.said], "shows_logo_of": made.shows_logo_of})


def _tracks(asset: Asset, made: Made) -> Iterator[dict[str, str]]:
    """The words of the asset at their new times."""
    for track in asset.tracks.all():
        is_replaced = made.words is not None and track.language == made.words_language
        if is_replaced and track.kind != Track.Kind.CHAPTERS:
            text = made.words or ""
        else:
            text = moved_words(track, made.times) if made.times else track.text
        if text:
            yield {"kind": track.kind, "language": track.language, "media_type": track.media_type, "text": text}


def moved_words(track: Track, times: TimeMap) -> str:
    """The track's text where its moments are now; empty when nothing of it is left."""
    if track.kind == Track.Kind.CHAPTERS or track.media_type == CHAPTERS_TYPE:
        chapters = moved(read_chapters(track.text), times)
        return canonical_json(chapters_json(chapters)) if chapters else ""
    document = captions.parse_document(track.text.encode())
    cues = moved_captions(document.cues, times)
    return captions.convert(captions.with_cues(document, cues), "vtt").data.decode() if cues else ""


@transaction.atomic
def _settle(version: Version, arrival: Arrival, noted: Mapping[str, Any]) -> dict[str, Any]:
    """What became of the file; its words and its rights go with it."""
    asset = arrival.asset
    if arrival.state == Arrival.State.DUPLICATE:
        raise Conflict(arrival.problem)
    if arrival.state != Arrival.State.STORED or asset is None:
        raise Damaged(Path(arrival.filename), arrival.problem or phrase("What was made could not be read."))
    by = arrival.created_by or arrival.workspace
    if noted["title"]:
        about = {"title": noted["title"][:200], "alt_text": noted.get("alt_text", "")}
        Asset.objects.filter(pk=asset.pk).update(**about)
        sources = list(Asset.objects.filter(pk__in=noted.get("sources", []))) or [version.asset]
        inheriting.pass_on_all(sources, asset, by=arrival.created_by)
    if kit_id := noted.get("shows_logo_of"):
        BrandFile.objects.get_or_create(kit_id=kit_id, asset=asset, role=BrandFile.Role.PICTURE)
    for track in noted["tracks"]:
        _put(asset, track, by)
    refresh_search([asset.pk])
    return {"asset": asset.pk, "said": noted["said"]}


def _put(asset: Asset, words: Mapping[str, str], by: Any) -> None:
    """The words beside the new file; those before stay in the history."""
    named: dict[str, Any] = {"kind": words["kind"], "language": words["language"]}
    before = asset.tracks.filter(**named).first()
    if before and before.text == words["text"]:
        return
    fields: dict[str, Any] = {"text": words["text"], "media_type": words["media_type"]}
    Track.objects.update_or_create(asset=asset, **named, defaults=fields)
    if before:
        record("asset.track_moved", asset, by=by, **named, text=before.text)


def _part_of(report: Report, start: Fraction, share: Fraction) -> Report:
    def part(progress: Progress) -> None:
        report(Progress(done=start + progress.done * share, label=progress.label))

    return part
