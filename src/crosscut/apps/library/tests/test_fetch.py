"""Files from addresses: a real server that behaves and misbehaves."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library.models import Arrival
from crosscut.apps.library.services import fetch
from crosscut.apps.library.tasks import fetch_file
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Invalid, NotAllowed


@pytest.fixture
def server(tmp_path, settings) -> Iterator[str]:
    """Serves a picture under several names."""
    content = making.jpeg(tmp_path / "served.jpg").read_bytes()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/gone.jpg":
                return self.send_error(404)
            if self.path == "/home":
                self.send_response(302)
                self.send_header("Location", "http://localhost:1/secret")
                return self.end_headers()
            self.send_response(200)
            if self.path == "/named":
                self.send_header("Content-Disposition", 'attachment; filename="../../evil reef.jpg"')
            if self.path != "/endless":
                self.send_header("Content-Length", str(len(content) + (100 if self.path == "/short.jpg" else 0)))
            self.end_headers()
            try:
                self.wfile.write(content)
                for _ in range(1000 if self.path == "/endless" else 0):
                    self.wfile.write(bytes(1000))
            except OSError:
                return None

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{httpd.server_port}",)
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def fetched(by, url: str) -> Job:
    job = fetch.plan_fetch(by, url)
    fetch_file.func(job.pk, url)
    job.refresh_from_db()
    return job


def test_a_file_comes_from_its_address(junior, server):
    job = fetched(junior, f"{server}/coral%20reef.jpg?key=secret")
    assert job.state == Job.State.DONE, job.problem
    arrival = Arrival.objects.get()
    assert arrival.filename == "coral reef.jpg"
    making.work_off(arrival)
    arrival.refresh_from_db()
    assert arrival.state == Arrival.State.STORED
    assert "secret" not in job.label


def test_a_name_that_leads_elsewhere_stays_in_its_folder(junior, server, settings):
    fetched(junior, f"{server}/named")
    arrival = Arrival.objects.get()
    assert arrival.filename == "evil reef.jpg"
    assert arrival.path.startswith(str(settings.UPLOAD_FOLDER))


# What is asked for, and words of the reason; nothing stays.
REFUSED = (
    ("/gone.jpg", "answered 404"),
    ("/short.jpg", "does not answer"),
    ("/endless", "too large"),
    ("/home", "not on the public internet"),
)


@pytest.mark.parametrize(("path", "words"), REFUSED)
def test_what_cannot_be_brought_says_why_and_leaves_nothing(junior, server, settings, path, words):
    settings.MAX_UPLOAD_BYTES = 100_000
    job = fetched(junior, f"{server}{path}")
    assert job.state == Job.State.FAILED
    assert words in job.problem
    assert not Arrival.objects.exists()
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_addresses_of_our_own_network_are_refused(junior, settings):
    settings.ALLOWED_PRIVATE_HOSTS = ()
    job = fetched(junior, "http://127.0.0.1:9/x.jpg")
    assert job.state == Job.State.FAILED
    assert "not on the public internet" in job.problem


@pytest.mark.parametrize(
    "url", ["", "reef.jpg", "ftp://example.org/a.jpg", "file:///etc/passwd", "http://", "http://x/" + "a" * 3000]
)
def test_what_is_no_web_address_starts_nothing(junior, url):
    with pytest.raises(Invalid, match="whole address"):
        fetch.plan_fetch(junior, url)
    assert not Job.objects.exists()


def test_only_the_team_fetches(cast):
    address = "/api/library/fetch"
    body = {"url": "https://example.org/reef.jpg"}
    assert Client().post(address, body, content_type="application/json").status_code == 401
    assert program(cast.guest).post(address, body, content_type="application/json").status_code == 403
    assert program(cast.junior).post(address, body, content_type="application/json").status_code == 202
    with pytest.raises(NotAllowed):
        fetch.plan_fetch(cast.guest, body["url"])
