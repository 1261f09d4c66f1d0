"""The static server gives browsers and players what they ask for, and nobody what they should not have."""

import os
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from crosscut.channels.staticserver import static_app


class _Site:
    """A public folder with a few files, and a secret beside it."""

    def __init__(self, folder):
        self.public = folder / "public"
        (self.public / "reef").mkdir(parents=True)
        (self.public / "index.html").write_text("home")
        (self.public / "reef" / "index.html").write_text("reef")
        (self.public / "größe.mp3").write_bytes(bytes(range(100)))
        (self.public / ".hidden").write_text("no")
        (self.public / "404.html").write_text("nothing here")
        (self.public / "410.html").write_text("taken down")
        (folder / "secret.txt").write_text("no")
        (self.public / "out").symlink_to(folder / "secret.txt")
        self.app = static_app(self.public, is_gone=lambda path: path == "old/page")

    def get(self, path, method="GET", **headers):
        environ = {"PATH_INFO": path.encode().decode("latin-1"), "REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        told: dict[str, Any] = {}

        def start_response(status, pairs):
            told.update(status=int(status[:3]), headers=dict(pairs))

        body = self.app(environ, start_response)
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        return told["status"], told["headers"], content


@pytest.fixture
def site(tmp_path):
    return _Site(tmp_path)


def test_it_shows_a_folders_page(site):
    status, headers, content = site.get("/reef/")
    assert (status, content, headers["Content-Type"]) == (200, b"reef", "text/html; charset=utf-8")


def test_it_adds_the_slash_a_folder_needs(site):
    status, headers, _ = site.get("/reef")
    assert (status, headers["Location"]) == (301, "/reef/")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",  # one level up
        "/reef/../../secret.txt",  # through a folder
        "/..\\secret.txt",  # as another system writes it
        "/.hidden",  # a file nobody should see
        "/out",  # a link that leaves the folder
        "/\0",  # no name at all
        "/" + "a" * 300,  # longer than a name can be
        "/%2e%2e/secret.txt",  # what a server has not decoded stays a name
    ],
)
def test_it_shows_nothing_hidden_and_nothing_outside(site, path):
    assert site.get(path)[0] == 404


def test_it_says_that_nothing_is_there_with_the_sites_own_page(site):
    status, _, content = site.get("/nowhere")
    assert (status, content) == (404, b"nothing here")


def test_it_says_that_a_page_was_taken_down(site):
    status, _, content = site.get("/old/page/")
    assert (status, content) == (410, b"taken down")


@pytest.mark.parametrize(
    ("wanted", "status", "content", "told"),
    [
        ("bytes=0-9", 206, bytes(range(10)), "bytes 0-9/100"),
        ("bytes=90-", 206, bytes(range(90, 100)), "bytes 90-99/100"),
        ("bytes=-5", 206, bytes(range(95, 100)), "bytes 95-99/100"),
        ("bytes=50-900", 206, bytes(range(50, 100)), "bytes 50-99/100"),
        ("bytes=-500", 200, bytes(range(100)), None),  # more than there is: all of it
        ("bytes=100-", 416, None, "bytes */100"),  # beyond the end
        ("bytes=-0", 416, None, "bytes */100"),  # nothing
        ("bytes=9-2", 200, bytes(range(100)), None),  # no range: ignored
        ("bytes=0-1,5-6", 200, bytes(range(100)), None),  # several: the whole file
        ("lines=1-2", 200, bytes(range(100)), None),  # another unit: ignored
    ],
)
def test_it_gives_players_the_part_they_ask_for(site, wanted, status, content, told):
    answer, headers, body = site.get("/größe.mp3", range=wanted)
    assert (answer, headers.get("Content-Range")) == (status, told)
    assert content is None or (body == content and headers["Content-Length"] == str(len(content)))


def test_it_gives_the_whole_file_when_it_changed_since_the_first_part(site):
    status, _, content = site.get("/größe.mp3", range="bytes=0-9", if_range='"another"')
    assert (status, len(content)) == (200, 100)


def test_it_answers_head_without_a_body(site):
    status, headers, content = site.get("/größe.mp3", method="HEAD")
    assert (status, headers["Content-Length"], headers["Content-Type"], content) == (200, "100", "audio/mpeg", b"")


def test_it_does_not_repeat_what_the_browser_has(site):
    _, headers, _ = site.get("/")
    assert site.get("/", if_none_match=headers["ETag"])[0] == 304
    assert site.get("/", if_none_match=f"W/{headers['ETag']}")[0] == 304
    assert site.get("/", if_modified_since=headers["Last-Modified"])[0] == 304
    assert site.get("/", if_modified_since=format_datetime(datetime(2000, 1, 1, tzinfo=UTC), usegmt=True))[0] == 200


def test_it_tells_a_changed_file_apart(site):
    _, headers, _ = site.get("/")
    os.utime(site.public / "index.html", ns=(1, 1))
    assert site.get("/", if_none_match=headers["ETag"])[0] == 200


def test_it_takes_nothing(site):
    status, headers, _ = site.get("/", method="POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_it_protects_every_answer(site):
    for path in ("/", "/nowhere", "/größe.mp3"):
        headers = site.get(path)[1]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_it_lets_no_copy_outlive_a_licence_by_more_than_an_hour(site):
    for path in ("/", "/größe.mp3"):
        assert int(site.get(path)[1]["Cache-Control"].rpartition("=")[2]) <= 3600
