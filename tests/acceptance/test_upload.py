"""Uploads in a real browser: cut off in the middle, and gone on with in another tab."""

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from crosscut.apps.library.models import Arrival
from crosscut.apps.library.tests import making
from tests.cast import Cast

from .conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)
SIDE_PX = 1900  # as noise 10.8 MB: two pieces


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A picture that takes more than one piece."""
    path = tmp_path / "open sea.png"
    Image.frombytes("RGB", (SIDE_PX, SIDE_PX), os.urandom(SIDE_PX * SIDE_PX * 3)).save(path, compress_level=0)
    return path


def choose(page: Page, path: Path) -> None:
    page.goto("/library/add/")
    page.set_input_files("[data-drop-input]", path)


def test_a_killed_upload_goes_on_in_another_tab_where_it_was(cast: Cast, open_window: Open, large: Path):
    window = open_window(cast.junior)
    page, offsets = window.new_page(), []

    def only_the_first(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        offsets.append(int(route.request.headers["upload-offset"]))
        return route.continue_() if offsets == [0] else route.abort()

    page.route("**/api/library/uploads/*", only_the_first)
    choose(page, large)
    expect(page.locator(".upload")).to_contain_text("%")
    page.wait_for_timeout(50)
    while len(offsets) < 2:
        page.wait_for_timeout(50)
    page.close(run_before_unload=False)

    other, went_on_at = window.new_page(), []
    other.on("request", lambda asked: went_on_at.append(asked.headers.get("upload-offset")))
    other.goto("/library/add/")
    expect(other.get_by_role("heading", name="Not whole yet")).to_be_visible()
    other.set_input_files("[data-drop-input]", large)
    expect(other.locator(".upload", has_text="open sea.png")).to_contain_text("Waits to be read", timeout=20_000)
    assert [at for at in went_on_at if at] == [str(8 * 1024 * 1024)]
    arrival = Arrival.objects.get()
    assert arrival.size_bytes == large.stat().st_size
    making.work_off(arrival)
    expect(other.locator(".upload").get_by_role("link", name="open sea.png")).to_be_visible(timeout=10_000)
    expect(other.locator(".upload")).to_contain_text("In the library")
    expect(other.locator(".upload img")).to_be_visible()


def test_a_file_that_is_here_already_says_of_which_it_is_the_twin(cast: Cast, open_window: Open, tmp_path: Path):
    making.taken_in(cast.junior, making.jpeg(tmp_path / "coral reef.jpg"))
    page = open_window(cast.junior).new_page()
    choose(page, making.jpeg(tmp_path / "again.jpg"))
    row = page.locator(".upload", has_text="again.jpg")
    expect(row).to_contain_text("Waits to be read", timeout=20_000)
    making.work_off(Arrival.objects.get(filename="again.jpg"))
    expect(row).to_contain_text("“coral reef”", timeout=10_000)
    expect(row.locator("img")).to_be_visible()
