"""The media library of a WordPress site, read over HTTP as its REST API answers."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crosscut.apps.library.models import Intake
from crosscut.apps.library.services import intake
from crosscut.apps.library.tasks import apply_intake, read_intake
from crosscut.apps.library.tests.test_several import named, now
from crosscut.kernel.errors import Invalid, NotAllowed


def entry(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "date": "2026-05-03T14:30:00",
        "source_url": f"https://site.example/uploads/fish-{number}.jpg",
        "title": {"rendered": f"Fish &#8211; {number}"},
        "caption": {"rendered": "<p>A <em>fish</em></p>"},
        "alt_text": "A fish",
        "description": {"rendered": ""},
    }


@pytest.fixture
def site(settings: Any) -> Iterator[str]:
    """A site with 101 files: two pages of its list."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            page = int(parse_qs(address.query).get("page", ["0"])[0])
            numbers = {1: range(1, 101), 2: range(101, 102)}.get(page, range(0))
            is_known = address.path == "/wp-json/wp/v2/media"
            content = json.dumps([entry(number) for number in numbers]).encode() if is_known else b"<html>"
            self.send_response(200 if is_known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{httpd.server_port}",)
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def read(row: Intake) -> Intake:
    assert row.job_id
    read_intake.func(row.job_id, row.pk)
    row.refresh_from_db()
    return row


def test_its_words_come_to_the_files_that_are_here_and_never_twice(cast, site):
    first, last = named(cast, "fish-1.jpg"), named(cast, "fish-101.jpg")
    row = read(intake.begin_wordpress(cast.junior, f"{site}/"))
    assert row.counts == {"change": 2, "unknown": 99}, row.problem
    intake.confirm(cast.junior, row.pk)
    row.refresh_from_db()
    assert row.job_id
    apply_intake.func(row.job_id, row.pk)
    for number, asset in ((1, first), (101, last)):
        found = now(asset)
        assert (found["title"], found["alt_text"]) == (f"Fish – {number}", "A fish")
        assert found["description"] == "A fish"
        assert found["created_on"] == "2026-05-03T14:30:00"
    again = read(intake.begin_wordpress(cast.junior, site))
    assert again.counts == {"same": 2, "unknown": 99}


def test_what_is_no_wordpress_says_so_and_what_is_inside_is_not_asked(cast, site, settings):
    row = read(intake.begin_wordpress(cast.junior, f"{site}/elsewhere"))
    assert row.state == "failed" and "no open list of media" in row.problem
    settings.ALLOWED_PRIVATE_HOSTS = ()
    row = read(intake.begin_wordpress(cast.junior, site))
    assert row.state == "failed" and row.counts == {}
    for address in ("ftp://x.example", "javascript:alert(1)", ""):
        with pytest.raises(Invalid):
            intake.begin_wordpress(cast.junior, address)
    with pytest.raises(NotAllowed):
        intake.begin_wordpress(cast.guest, site)
