import errno
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Arrival, Asset, Rendition, Track, Version
from crosscut.apps.library.services import arrive, derive, ingest, prepare
from crosscut.apps.library.tasks import ingest_files
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import cancel_job
from crosscut.kernel.errors import Conflict, Damaged, Invalid, NotAllowed, NotFound
from crosscut.media.stills import survey

State = Arrival.State


def arrival_of(job: Job, filename: str) -> Arrival:
    return Arrival.objects.get(job=job, filename=filename)


def test_a_folder_becomes_assets_with_facts_and_previews(junior, tmp_path):
    folder = tmp_path / "in"
    making.jpeg(folder / "coral_reef.jpg")
    making.film(folder / "deep" / "dive.mp4")
    making.sound(folder / "waves.flac")
    job = making.ingest(junior, folder)
    assert (job.state, job.result) == (Job.State.DONE, {"stored": 3})
    assert set(Asset.objects.values_list("title", "kind")) == {
        ("coral reef", "image"),
        ("dive", "video"),
        ("waves", "audio"),
    }
    made = set(Rendition.objects.values_list("version__filename", "purpose"))
    assert made == {
        ("coral_reef.jpg", "thumbnail"),
        ("coral_reef.jpg", "proxy"),
        *(("dive.mp4", purpose) for purpose in ("thumbnail", "poster", "proxy", "waveform")),
        *(("waves.flac", purpose) for purpose in ("thumbnail", "proxy", "waveform")),
    }
    facts = derive.facts_of(Version.objects.get(filename="dive.mp4"))
    assert (facts.width_px, facts.height_px, facts.video[0].codec) == (160, 90, "h264")
    assert AuditEvent.objects.filter(verb="asset.added").count() == 3


def test_a_persons_own_files_stay_where_they_are(junior, tmp_path):
    path = making.jpeg(tmp_path / "mine.jpg")
    before = path.read_bytes()
    making.ingest(junior, path)
    assert path.read_bytes() == before


def test_the_same_bytes_go_in_once_and_say_where_they_are(junior, photo, tmp_path):
    job = making.ingest(junior, making.jpeg(tmp_path / "copy.jpg"))
    arrival = arrival_of(job, "copy.jpg")
    assert (arrival.state, arrival.asset) == (State.DUPLICATE, photo)
    assert "“coral reef”, version 1" in arrival.problem
    assert Asset.objects.count() == 1


def test_another_workspace_learns_nothing_of_the_same_bytes(cast, photo, tmp_path):
    other = making.taken_in(cast.stranger, making.jpeg(tmp_path / "copy.jpg"))
    assert other != photo
    assert other.workspace == cast.stranger.workspace


# What must be refused or set aside: a name, how it is made, what becomes of it, words of the reason.
BAD = (
    ("nothing.jpg", lambda path: path.write_bytes(b""), State.REFUSED, "empty"),
    ("huge.mov", lambda path: making.sparse(path, 10_000_000_000), State.REFUSED, "too large"),
    ("bomb.jpg", making.zip_bomb, State.REFUSED, "ZIP archive"),
    ("page.html", lambda path: path.write_text("<!doctype html><script>1</script>"), State.REFUSED, "web page"),
    ("cut.jpg", lambda path: path.write_bytes(making.jpeg(path).read_bytes()[:400]), State.QUARANTINED, ""),
    ("cut.mp4", lambda path: path.write_bytes(making.film(path).read_bytes()[:300]), State.QUARANTINED, ""),
    ("note.txt", lambda path: path.write_text("hello"), State.REFUSED, "not a kind of media file"),
    ("tree.json", lambda path: path.write_text("[1]"), State.REFUSED, "not a kind of media file"),
)


@pytest.mark.parametrize(("name", "make", "state", "words"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_file_is_said_plainly_and_the_rest_goes_in(junior, tmp_path, store, name, make, state, words):
    folder = tmp_path / "in"
    good = making.jpeg(folder / "good.jpg", colour="gold")
    make(folder / name)
    job = making.ingest(junior, folder)
    bad = arrival_of(job, name)
    assert job.state == Job.State.DONE
    assert (bad.state, bad.asset) == (state, None)
    assert words in bad.problem
    assert bad.problem.endswith((".", "!")) or bad.state == State.QUARANTINED
    assert arrival_of(job, good.name).state == State.STORED
    assert Asset.objects.count() == 1
    versions, renditions = Version.objects.count(), Rendition.objects.count()
    assert len([path for path in store.rglob("*") if path.is_file()]) == versions + renditions


def test_a_drawing_is_stored_without_what_could_act(junior, tmp_path):
    path = tmp_path / "map.svg"
    path.write_text(making.SCRIPTED_SVG)
    job = making.ingest(junior, path)
    arrival = arrival_of(job, "map.svg")
    assert arrival.state == State.STORED
    assert "script" in arrival.problem
    assert arrival.asset and arrival.asset.current
    with storage.open_stored(arrival.asset.current.sha256) as file:
        text = file.read().decode()
    assert "<rect" in text
    assert "script" not in text and "onload" not in text


def test_the_size_cap_is_the_installations(junior, tmp_path, settings):
    settings.MAX_UPLOAD_BYTES = 500
    job = making.ingest(junior, making.jpeg(tmp_path / "big.jpg"))
    assert "too large" in arrival_of(job, "big.jpg").problem


def test_a_file_that_is_gone_is_said_plainly(junior, tmp_path):
    path = making.jpeg(tmp_path / "gone.jpg")
    job = arrive.ingest_paths(junior, [path])
    path.unlink()
    ingest_files.func(job.pk)
    assert arrival_of(job, "gone.jpg").state == State.REFUSED


def test_it_reads_what_the_file_says_of_itself(junior, tmp_path):
    path = making.described_jpeg(
        tmp_path / "x.jpg",
        Xmp_dc_title="Clownfish",
        Xmp_dc_creator="Rosa Diaz",
        Xmp_photoshop_Credit="Rosa Diaz / Reef Watch",
        Xmp_dc_subject="Fish",
        Xmp_xmpRights_WebStatement="https://creativecommons.org/licenses/by/4.0/",
    )
    asset = making.taken_in(junior, path)
    assert (asset.title, asset.credit, asset.tags) == ("Clownfish", "Rosa Diaz / Reef Watch", ["fish"])
    licence = asset.licences.get()
    assert (licence.holder, licence.terms) == ("Rosa Diaz", "CC BY 4.0")


def test_a_copyright_notice_alone_allows_nothing(junior, tmp_path):
    asset = making.taken_in(junior, making.described_jpeg(tmp_path / "x.jpg", Xmp_dc_rights="© Big Agency 2024"))
    assert not asset.licences.exists()


def test_words_beside_a_film_become_its_captions(junior, tmp_path):
    making.film(tmp_path / "dive.mp4")
    (tmp_path / "dive.de.vtt").write_text(making.CAPTIONS)
    (tmp_path / "dive.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nBubbles\n")
    (tmp_path / "dive.json").write_text(making.CHAPTERS)
    making.ingest(junior, tmp_path / "dive.mp4", *sorted(tmp_path.glob("dive.*t")), tmp_path / "dive.json")
    asset = Asset.objects.get()
    assert set(asset.tracks.values_list("kind", "language", "media_type")) == {
        ("captions", "de", "text/vtt"),
        ("captions", "en", "text/vtt"),
        ("chapters", "en", "application/json+chapters"),
    }
    assert Track.objects.get(language="de").text.startswith("WEBVTT")


def test_words_beside_a_sound_are_its_transcript(junior, tmp_path):
    making.sound(tmp_path / "talk.flac")
    (tmp_path / "talk.vtt").write_text(making.CAPTIONS)
    making.ingest(junior, tmp_path / "talk.vtt", tmp_path / "talk.flac")
    assert Asset.objects.get().tracks.get().kind == Track.Kind.TRANSCRIPT


def test_broken_chapters_do_not_hold_up_the_film(junior, tmp_path):
    making.film(tmp_path / "dive.mp4")
    (tmp_path / "dive.json").write_text('{"chapters": [{"startTime": "soon"}]}')
    job = making.ingest(junior, tmp_path / "dive.mp4", tmp_path / "dive.json")
    assert job.result == {"stored": 1, "refused": 1}
    assert "chapters" in arrival_of(job, "dive.json").problem


def test_captions_alone_are_an_asset(junior, tmp_path):
    path = tmp_path / "alone.vtt"
    path.write_text(making.CAPTIONS)
    assert making.taken_in(junior, path).kind == Asset.Kind.CAPTIONS


LICENCES = """
coral.jpg:
  - {holder: Rosa Diaz, terms: One year online, credit: Photo Rosa Diaz, from: 2024-01-01, until: 2024-12-31}
"*": {holder: Reef Watch, terms: Own work, territories: [DE, EU]}
"""


def test_a_licences_file_gives_each_file_its_licences(junior, tmp_path):
    making.jpeg(tmp_path / "in" / "coral.jpg")
    making.jpeg(tmp_path / "in" / "kelp.jpg", colour="green")
    (tmp_path / "in" / "licences.yaml").write_text(LICENCES)
    making.ingest(junior, tmp_path / "in")
    coral, kelp = Asset.objects.get(title="coral"), Asset.objects.get(title="kelp")
    assert (coral.credit, str(coral.licences.get().ends_on)) == ("Photo Rosa Diaz", "2024-12-31")
    assert kelp.licences.get().territories == ["DE", "EU"]


# What must be told of a licences file, each before anything is started: its text and words of the reason.
BAD_LICENCES = (
    ("coral.jpg: {holder: Rosa}", "terms"),
    ("coral.jpg: {holder: Rosa, terms: x, colour: red}", "colour"),
    ("shark.jpg: {holder: Rosa, terms: x}", "shark.jpg"),
    ("coral.jpg: [", "not readable YAML"),
    ("coral.jpg: {holder: Rosa, terms: x, until: soon}", "until"),
)


@pytest.mark.parametrize(("text", "words"), BAD_LICENCES)
def test_a_wrong_licences_file_starts_nothing(junior, tmp_path, text, words):
    making.jpeg(tmp_path / "in" / "coral.jpg")
    (tmp_path / "in" / "licences.yaml").write_text(text)
    with pytest.raises(Invalid, match=words):
        arrive.ingest_paths(junior, [tmp_path / "in"])
    assert not Job.objects.exists()
    assert not Arrival.objects.exists()


def test_a_path_that_is_not_there_starts_nothing(junior, tmp_path):
    with pytest.raises(NotFound, match="is not there"):
        arrive.ingest_paths(junior, [making.jpeg(tmp_path / "a.jpg"), tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(Invalid, match="no files"):
        arrive.ingest_paths(junior, [tmp_path / "empty"])
    assert not Job.objects.exists()


def test_a_guest_adds_nothing(cast, tmp_path):
    with pytest.raises(NotAllowed):
        arrive.ingest_paths(cast.guest, [making.jpeg(tmp_path / "a.jpg")])


def test_a_new_version_keeps_words_and_becomes_current(junior, photo, tmp_path):
    newer = making.jpeg(tmp_path / "newer.jpg", colour="olive")
    arrival = arrive.add_version(junior, photo, newer)
    making.work_off(arrival)
    photo.refresh_from_db()
    assert photo.title == "coral reef"
    assert photo.current and photo.current.number == 2
    assert photo.versions.count() == 2
    assert photo.current.renditions.filter(purpose="thumbnail").exists()


def test_a_version_of_another_kind_is_refused(junior, photo, tmp_path):
    arrival = arrive.add_version(junior, photo, making.sound(tmp_path / "waves.flac"))
    making.work_off(arrival)
    arrival.refresh_from_db()
    assert arrival.state == State.REFUSED
    assert "same kind" in arrival.problem
    assert photo.versions.count() == 1


def test_a_version_for_a_strangers_asset_is_refused(cast, photo, tmp_path):
    with pytest.raises(NotFound):
        arrive.add_version(cast.stranger, photo, making.jpeg(tmp_path / "x.jpg"))


def test_files_that_follow_join_the_same_job(junior, tmp_path):
    files = [making.jpeg(tmp_path / f"{name}.jpg", colour=name) for name in ("red", "blue", "lime")]
    first = arrive.receive(junior, [arrive.Incoming(path=files[0], filename="red.jpg")])[0]
    rest = [arrive.receive(junior, [arrive.Incoming(path=path, filename=path.name)])[0] for path in files[1:]]
    assert {arrival.job_id for arrival in rest} == {first.job_id}
    assert Job.objects.get().label == "Adding 3 files"


def test_a_file_that_joins_in_the_last_moment_gets_a_job_of_its_own(junior, tmp_path):
    job = making.ingest(junior, making.jpeg(tmp_path / "a.jpg"))
    late = Arrival.objects.create(
        workspace=junior.workspace,
        job=job,
        filename="late.jpg",
        path=str(making.jpeg(tmp_path / "late.jpg", colour="pink")),
        size_bytes=1,
        created_by=junior,
    )
    arrive.pick_up_leftovers(job.pk)
    late.refresh_from_db()
    assert late.job_id != job.pk
    making.work_off(late)
    late.refresh_from_db()
    assert late.state == State.STORED


class Killed(BaseException):
    """The process ends here, as kill -9 would end it: nothing after this runs, open transactions are rolled back."""


def _dying(function, *, calls_before: int = 0, after: bool = False):
    count = iter(range(10_000))

    def dies(*args, **kwargs):
        is_now = next(count) == calls_before
        if is_now and not after:
            raise Killed
        result = function(*args, **kwargs)
        if is_now:
            raise Killed
        return result

    return dies


# Where the worker is killed: the module and function at whose n-th call it dies, before or after it has run.
MOMENTS = (
    (storage, "keep", 0, False),
    (storage, "keep", 1, True),
    (ingest, "_enter", 0, False),
    (ingest, "_enter", 0, True),
    (ingest, "_enter", 1, False),
    (ingest, "_finish", 0, True),  # inside the transaction: all of it must be rolled back
    (ingest, "refresh_search", 1, True),
    (incoming, "forget", 0, False),
    (prepare, "survey", 0, True),  # previews made and not stored
    (derive, "keep_surveyed", 0, False),
    (derive, "small_previews", 0, False),
    (derive, "derive_all", 0, True),
    (derive, "note_first", 1, True),
    (ingest, "_begin", 1, True),
)


@pytest.mark.parametrize(("module", "name", "calls", "after"), MOMENTS)
def test_killed_anywhere_and_run_again_nothing_is_twice_and_nothing_lost(
    junior, tmp_path, monkeypatch, module, name, calls, after
):
    folder = tmp_path / "in"
    making.jpeg(folder / "a.jpg")
    Image.new("RGB", (64, 48), "red").save(folder / "b.png")  # what is no JPEG is read step by step
    (folder / "c.jpg").write_bytes(b"")
    job = arrive.ingest_paths(junior, [folder])
    with monkeypatch.context() as patch:
        patch.setattr(module, name, _dying(getattr(module, name), calls_before=calls, after=after))
        with pytest.raises(Killed):
            ingest_files.func(job.pk)
    making.worked_off(job)
    assert (job.state, job.result) == (Job.State.DONE, {"stored": 2, "refused": 1})
    assert sorted(Asset.objects.values_list("title", flat=True)) == ["a", "b"]
    assert Version.objects.count() == 2
    assert Rendition.objects.count() == 4
    assert AuditEvent.objects.filter(verb="asset.added").count() == 2


@pytest.mark.parametrize("call", ["fsync", "mkdir"])  # while the bytes are stored, and before anything is read
def test_a_full_disk_stops_the_job_and_loses_nothing(junior, tmp_path, store, monkeypatch, call):
    path = making.jpeg(tmp_path / "a.jpg")
    job = arrive.ingest_paths(junior, [path])

    def no_room(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"crosscut.apps.library.storage.os.{call}", no_room)
        ingest_files.func(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "no room left" in job.problem
    assert not Asset.objects.exists()
    assert [found for found in store.rglob("*") if found.is_file()] == []
    again = arrive.retry(junior, Arrival.objects.get().pk)
    making.work_off(again)
    assert Asset.objects.get().title == "a"


def test_a_stop_keeps_what_is_in_and_the_rest_can_go_on(junior, tmp_path, monkeypatch):
    folder = tmp_path / "in"
    making.jpeg(folder / "a.jpg")
    making.jpeg(folder / "b.jpg", colour="red")
    job = arrive.ingest_paths(junior, [folder])
    real = ingest._take_one

    def take_one_then_stop(*args):
        real(*args)
        Job.objects.filter(pk=job.pk).update(is_cancel_requested=True)

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "_take_one", take_one_then_stop)
        ingest_files.func(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    left = Arrival.objects.get(filename="b.jpg")
    assert arrive.is_stopped(left)
    making.work_off(arrive.retry(junior, left.pk))
    assert Asset.objects.count() == 2


def fails(*args, **kwargs):
    raise Damaged(Path("a.jpg"), "No frame can be decoded.")


def test_a_preview_that_cannot_be_made_costs_the_asset_nothing(junior, tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "survey", fails)
    monkeypatch.setattr(derive, "derive_all", fails)
    job = making.ingest(junior, making.jpeg(tmp_path / "a.jpg"))
    arrival = Arrival.objects.get()
    assert (job.state, arrival.state) == (Job.State.DONE, State.STORED)
    assert "No frame can be decoded" in arrival.problem


def test_what_cannot_be_had_at_once_is_had_step_by_step_and_alike(junior, tmp_path, monkeypatch):
    """The same for the library: facts, previews and looks."""
    told: list[tuple[dict[str, Any], list[tuple[str, str, str]], int]] = []
    for name, way in (("once.jpg", survey), ("steps.jpg", fails)):
        monkeypatch.setattr(prepare, "survey", way)
        asset = making.taken_in(junior, making.jpeg(tmp_path / name, colour="tan" if told else "teal"))
        version = asset.current
        assert version and version.provenance == {"state": "none", "manifests": [], "problems": []}
        rows = version.renditions.order_by("purpose").values_list("purpose", "recipe_digest", "media_type")
        told.append((version.facts | {"size_bytes": 0}, list(rows), version.fingerprint.maker))
    assert told[0] == told[1] and len(told[0][1]) == 2


def test_what_was_set_aside_can_be_tried_again_or_discarded(
    junior, tmp_path, settings, django_capture_on_commit_callbacks
):
    place = settings.UPLOAD_FOLDER / "folder" / "cut.jpg"
    place.parent.mkdir()
    place.write_bytes(making.jpeg(tmp_path / "x.jpg").read_bytes()[:400])
    arrival = arrive.receive(junior, [arrive.Incoming(path=place, filename="cut.jpg")])[0]
    making.work_off(arrival)
    arrival.refresh_from_db()
    assert arrival.state == State.QUARANTINED
    assert place.exists()
    making.work_off(arrive.retry(junior, arrival.pk))
    with django_capture_on_commit_callbacks(execute=True):
        arrive.discard(junior, arrival.pk)
    assert not place.parent.exists()
    with pytest.raises(Conflict):
        arrive.retry(junior, arrival.pk)


def test_uploads_are_cleared_away_once_they_are_in(junior, tmp_path, settings):
    place = settings.UPLOAD_FOLDER / "folder" / "a.jpg"
    making.jpeg(place)
    arrival = arrive.receive(junior, [arrive.Incoming(path=place, filename="a.jpg")])[0]
    making.work_off(arrival)
    assert list(Path(settings.UPLOAD_FOLDER).iterdir()) == []
    arrival.refresh_from_db()
    assert arrival.path == ""


def test_a_waiting_job_can_be_cancelled(junior, tmp_path):
    job = arrive.ingest_paths(junior, [making.jpeg(tmp_path / "a.jpg")])
    cancel_job(junior, job.pk)
    ingest_files.func(job.pk)
    assert not Asset.objects.exists()
    assert arrive.is_stopped(Arrival.objects.get())
