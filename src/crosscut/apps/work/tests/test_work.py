"""Long work as people see it."""

from fractions import Fraction

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.work import services
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Cancelled, Conflict, NotAllowed, NotFound, Unavailable
from crosscut.kernel.progress import Progress


@pytest.fixture
def job(cast: Cast) -> Job:
    """Work the junior started."""
    return services.plan_job(cast.junior, kind="ingest", label="Adding 14 files", subject="folder:reef")


def test_it_follows_work_to_its_end(job: Job):
    def work(report, should_stop):
        report(Progress(done=Fraction(1, 2), label="file 7"))
        job.refresh_from_db()
        assert (job.state, job.done_permille, job.step) == ("running", 500, "file 7")
        assert services.time_left_s(job) is not None
        return {"assets": 14}

    services.run_job(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.done_permille, job.result) == ("done", 1000, {"assets": 14})


def test_it_keeps_our_own_words_of_a_failure_and_hides_a_fault(job: Job):
    services.run_job(job.pk, _raiser(Unavailable("The disk is full.")))
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "The disk is full.")
    other = services.plan_job(job.workspace, kind="x", label="x")
    with pytest.raises(KeyError):
        services.run_job(other.pk, _raiser(KeyError("inside")))
    other.refresh_from_db()
    assert other.state == "failed" and "inside" not in other.problem.replace("inside Crosscut", "")


def test_it_stops_waiting_work_at_once_and_running_work_at_its_next_step(cast: Cast, job: Job):
    assert services.cancel_job(cast.junior, job.pk).state == "cancelled"
    running = services.plan_job(cast.junior, kind="x", label="x")

    def work(report, should_stop):
        services.cancel_job(cast.senior, running.pk)
        assert should_stop()
        raise Cancelled("stopped")

    services.run_job(running.pk, work)
    running.refresh_from_db()
    assert running.state == "cancelled"
    with pytest.raises(Conflict):
        services.cancel_job(cast.junior, running.pk)


def test_it_lets_only_who_started_it_or_a_senior_stop_it(cast: Cast, job: Job):
    with pytest.raises(NotAllowed):
        services.cancel_job(cast.specialist, job.pk)
    for outsider in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            services.cancel_job(outsider, job.pk)
    assert signed_in(cast.specialist).post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert signed_in(cast.stranger).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert program(cast.stranger).get(f"/api/jobs/{job.pk}").status_code == 404
    assert program(cast.specialist).post(f"/api/jobs/{job.pk}/cancel").status_code == 403


def test_it_shows_the_menu_what_is_running_with_a_way_to_stop_it(cast: Cast, job: Job):
    pages = [signed_in(member).get("/jobs/running/") for member in (cast.junior, cast.specialist)]
    mine, others = (page.content.decode() for page in pages)
    assert "Adding 14 files" in mine and f"/jobs/{job.pk}/cancel/" in mine
    assert "Adding 14 files" in others and "cancel" not in others
    answer = signed_in(cast.junior).post(f"/jobs/{job.pk}/cancel/")
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "jobs-changed")
    assert "Adding 14 files" not in signed_in(cast.stranger).get("/jobs/running/").content.decode()


def test_it_tells_programs_how_far_work_is(cast: Cast, job: Job):
    Job.objects.filter(pk=job.pk).update(done_permille=250, state="running")
    asking = program(cast.junior)
    assert asking.get(f"/api/jobs/{job.pk}").json()["done"] == 0.25
    assert asking.get("/api/jobs?state=running&kind=ingest").json()["count"] == 1
    assert asking.get("/api/jobs?state=done").json()["count"] == 0
    assert asking.post(f"/api/jobs/{job.pk}/cancel").json()["is_cancel_requested"] is True


def _raiser(error: Exception):
    def work(report, should_stop):
        raise error

    return work


def test_renders_rest_and_go_on_and_other_work_does_not(cast: Cast, job: Job):
    render = services.plan_job(cast.junior, kind="render", label="Making files")
    is_asked = services.pause_asked(render.pk)
    client = program(cast.junior)
    assert client.post(f"/api/jobs/{render.pk}/pause").json()["is_pause_requested"] is True
    assert is_asked()
    browser = signed_in(cast.junior)
    shown = browser.get("/jobs/running/").content.decode()
    assert "Rests" in shown and f"/jobs/{render.pk}/resume/" in shown and f"/jobs/{render.pk}/cancel/" in shown
    assert browser.post(f"/jobs/{render.pk}/resume/").status_code == 204
    assert not is_asked()
    assert f"/jobs/{render.pk}/pause/" in browser.get("/jobs/running/").content.decode()
    assert browser.post(f"/jobs/{render.pk}/pause/").status_code == 204
    services.cancel_job(cast.senior, render.pk)
    assert not is_asked()  # whoever rests must wake up to stop
    with pytest.raises(Conflict, match="cannot rest"):
        services.pause_job(cast.junior, job.pk)
    with pytest.raises(Conflict, match="ended"):
        services.resume_job(cast.junior, render.pk)


def test_only_who_started_it_or_a_senior_lets_work_rest(cast: Cast):
    render = services.plan_job(cast.lead, kind="render", label="Making files")
    for name in ("pause", "resume"):
        assert program(cast.stranger).post(f"/api/jobs/{render.pk}/{name}").status_code == 404
        assert program(cast.guest).post(f"/api/jobs/{render.pk}/{name}").status_code == 404
        assert program(cast.junior).post(f"/api/jobs/{render.pk}/{name}").status_code == 403
        assert program(cast.senior).post(f"/api/jobs/{render.pk}/{name}").status_code == 200
        assert signed_in(cast.stranger).post(f"/jobs/{render.pk}/{name}/").status_code == 404
