"""Who comes first, what is done with files that kill, and with work that got stuck."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Arrival, ArrivalEvent, Rendition
from crosscut.apps.library.services import arrive, ingest, prepare, previews, stuck, turns
from crosscut.apps.library.tasks import ingest_files, remake_previews
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import NotAllowed

State = Arrival.State


class Killed(BaseException):
    """The worker ends here, as kill -9 would end it."""


@pytest.fixture
def hurried(monkeypatch) -> None:
    """Slices that are over as soon as they may be."""
    monkeypatch.setattr(turns, "SLICE_S", 0)


def waiting_tasks() -> list[str]:
    """What is in the queue, as workers would take it."""
    rows = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")
    return list(rows.values_list("task_name", flat=True))


def take_all_away() -> None:
    """Empties the queue."""
    ProcrastinateJob.objects.all().delete()


def story(arrival: Arrival) -> list[str]:
    return list(arrival.events.values_list("step", flat=True))


def test_an_upload_goes_before_folders_and_those_before_everything(cast, tmp_path, monkeypatch):
    monkeypatch.setattr(arrive, "_MANY", 1)
    previews.plan_remake(cast.lead)
    folder = [making.jpeg(tmp_path / "in" / f"{name}.jpg", colour=name) for name in ("red", "lime")]
    arrive.ingest_paths(cast.senior, folder)
    film = making.film(tmp_path / "dive.mp4")
    arrive.receive(cast.junior, [arrive.Incoming(path=film, filename="dive.mp4")])
    first, second, third = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")
    assert Job.objects.get(pk=first.args["job_id"]).member == cast.junior
    assert Job.objects.get(pk=second.args["job_id"]).member == cast.senior
    assert third.task_name == "library.remake_previews"
    assert (second.lock, third.lock) == (
        turns.lane("folder", second.args["job_id"]),
        turns.lane("bulk", third.args["job_id"]),
    )


def test_a_folder_lets_others_go_first_after_a_slice(cast, hurried, tmp_path, monkeypatch):
    monkeypatch.setattr(arrive, "_MANY", 1)
    folder = [making.jpeg(tmp_path / "in" / f"{name}.jpg", colour=name) for name in ("red", "lime", "blue")]
    job = arrive.ingest_paths(cast.senior, folder)
    take_all_away()
    arrive.receive(cast.junior, [arrive.Incoming(path=making.jpeg(tmp_path / "a.jpg"), filename="a.jpg")])
    ingest_files.func(job.pk)
    job.refresh_from_db()
    assert (job.state, job.ended_at) == (Job.State.RUNNING, None)
    assert job.arrivals.filter(state=State.STORED).count() == 1
    assert waiting_tasks() == ["library.ingest", "library.ingest"]  # the upload's, and the folder's next slice
    while not job.ended_at:
        ingest_files.func(job.pk)
        job.refresh_from_db()
    assert job.result == {"stored": 3}


def test_a_picture_can_be_seen_as_soon_as_it_is_in(junior, tmp_path, monkeypatch):
    seen = []
    real = ingest._finish

    def finish(arrival, *args):
        seen.append(Rendition.objects.filter(purpose="thumbnail").count())
        real(arrival, *args)

    monkeypatch.setattr(ingest, "_finish", finish)
    for name in ("red", "lime", "blue"):
        making.jpeg(tmp_path / "in" / f"{name}.jpg", colour=name)
    making.ingest(junior, tmp_path / "in")
    assert seen == [0, 1, 2]


def test_a_films_thumbnail_comes_before_what_takes_long(junior, tmp_path):
    job = arrive.ingest_paths(junior, [making.film(tmp_path / "dive.mp4")])
    ingest_files.func(job.pk)
    job.refresh_from_db()
    assert job.ended_at is None
    made = set(Rendition.objects.values_list("purpose", flat=True))
    assert "thumbnail" in made
    assert not made & {"poster", "proxy"}
    assert waiting_tasks()[-1] == "library.larger_previews"
    late = making.jpeg(tmp_path / "late.jpg")
    (arrival,) = arrive.receive(junior, [arrive.Incoming(path=late, filename="late.jpg")])
    assert arrival.job_id != job.pk  # it does not wait for the film


def test_a_file_that_kills_workers_is_set_aside_and_harms_no_other(junior, tmp_path, monkeypatch):
    for name in ("red", "lime", "blue"):
        making.jpeg(tmp_path / "in" / f"{name}.jpg", colour=name)
    job = arrive.ingest_paths(junior, [tmp_path / "in"])
    real = prepare.prepare

    def kills(arrival, should_stop):
        if arrival.filename == "lime.jpg":
            raise Killed
        return real(arrival, should_stop)

    monkeypatch.setattr(prepare, "prepare", kills)
    deaths = 0
    while not Job.objects.get(pk=job.pk).ended_at:
        try:
            ingest_files.func(job.pk)
        except Killed:
            deaths += 1
    assert deaths == ingest.MOST_TRIES
    states = dict(Arrival.objects.values_list("filename", "state"))
    assert states == {"red.jpg": State.STORED, "lime.jpg": State.QUARANTINED, "blue.jpg": State.STORED}
    poison = Arrival.objects.get(filename="lime.jpg")
    assert "ended the worker 3 times" in poison.problem
    assert story(poison) == ["received", "reading", "reading", "reading", "quarantined"]
    monkeypatch.undo()
    making.work_off(arrive.retry(junior, poison.pk))
    poison.refresh_from_db()
    assert poison.state == State.STORED


def test_work_that_no_entry_of_the_queue_is_about_is_sent_again(cast, tmp_path):
    job = arrive.ingest_paths(cast.junior, [making.jpeg(tmp_path / "a.jpg")])
    remake = previews.plan_remake(cast.lead)
    assert stuck.send_again() == 0  # young
    Job.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert stuck.send_again() == 0  # still in the queue
    take_all_away()
    assert stuck.send_again() == 2
    assert sorted(waiting_tasks()) == ["library.ingest", "library.remake_previews"]
    assert story(Arrival.objects.get()) == ["received", "sent_again"]
    making.worked_off(job)
    remake_previews.func(remake.pk)
    Job.objects.update(created_at=timezone.now() - timedelta(hours=1))
    take_all_away()
    assert stuck.send_again() == 0  # ended


def test_missing_previews_of_everything_are_made_in_slices(cast, hurried, tmp_path):
    for name in ("red", "lime", "blue"):
        making.jpeg(tmp_path / "in" / f"{name}.jpg", colour=name)
    making.ingest(cast.junior, tmp_path / "in")
    Rendition.objects.filter(purpose="thumbnail").delete()
    job = previews.plan_remake(cast.lead)
    arrive.receive(cast.senior, [arrive.Incoming(path=making.jpeg(tmp_path / "new.jpg"), filename="new.jpg")])
    made = []
    while not Job.objects.get(pk=job.pk).ended_at:
        remake_previews.func(job.pk)
        made.append(Rendition.objects.filter(purpose="thumbnail").count())
    assert Job.objects.get(pk=job.pk).problem == ""
    assert made[:3] == [1, 2, 3]


def test_only_a_lead_starts_work_on_everything(cast):
    for member in (cast.senior, cast.guest):
        with pytest.raises(NotAllowed):
            previews.plan_remake(member)


def test_the_story_of_a_file_is_told(cast, tmp_path):
    making.ingest(cast.junior, making.jpeg(tmp_path / "a.jpg"))
    address = f"/api/library/arrivals/{Arrival.objects.get().pk}"
    told = program(cast.junior).get(address).json()
    assert [event["step"] for event in told["events"]] == ["received", "reading", "stored", "previewed"]
    assert told["events"][0]["said"] == "Received"
    assert program(cast.stranger).get(address).status_code == 404
    assert Client().get(address).status_code == 401
    assert ArrivalEvent.objects.count() == 4


def test_a_program_asks_for_missing_previews(cast):
    assert program(cast.lead).post("/api/library/previews").status_code == 202
    assert program(cast.junior).post("/api/library/previews").status_code == 403
