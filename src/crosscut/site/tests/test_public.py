"""The public side of accounts that are folders of ours."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import Login, connect_account, disconnect
from crosscut.kernel.errors import Invalid

PUBLIC = {"host": "127.0.0.1:8001"}


@pytest.fixture
def site(cast: Cast, settings: Any, tmp_path: Path) -> Account:
    """A website of the workspace's."""
    settings.PUBLIC_FOLDER = tmp_path / "public"
    return connect_account(cast.lead, _login())


def _login(**given: str) -> Login:
    return Login(channel="site", name="Our site", settings={"title": "Reef Watch", **given}, secrets={})


@pytest.fixture
def public() -> Client:
    """Somebody out there."""
    return Client(headers=PUBLIC)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_gives_each_account_a_folder_and_an_address_of_its_own(cast: Cast, site: Account, settings: Any):
    assert site.settings["folder"] == str(settings.PUBLIC_FOLDER / "reef-watch-site-1")
    assert site.settings["base_url"] == "http://127.0.0.1:8001/reef-watch-site-1"


def test_it_shows_the_account_to_the_public_and_not_on_the_desk(site: Account, public: Client):
    answer = public.get("/reef-watch-site-1/")
    assert answer.status_code == 200
    assert b"Reef Watch" in _body(answer)
    assert "Cookie" not in answer.get("Vary", "")
    assert Client().get("/reef-watch-site-1/").status_code == 404


def test_it_passes_heads_parts_and_conditions_through(site: Account, public: Client):
    whole = public.get("/reef-watch-site-1/")
    content = _body(whole)
    part = public.get("/reef-watch-site-1/", headers={"Range": "bytes=1-4"})
    assert (part.status_code, _body(part)) == (206, content[1:5])
    head = public.head("/reef-watch-site-1/")
    assert (head["Content-Length"], _body(head)) == (str(len(content)), b"")
    known = public.get("/reef-watch-site-1/", headers={"If-None-Match": whole["ETag"]})
    assert known.status_code == 304


def test_it_adds_the_slash_that_relative_links_need(site: Account, public: Client):
    assert public.get("/reef-watch-site-1")["Location"] == "/reef-watch-site-1/"


@pytest.mark.parametrize("path", ["/", "/nobody-site-1/", "/reef-watch-site-1/../../secret.key", "/team/", "/api/me"])
def test_it_answers_404_for_everything_else(site: Account, public: Client, path: str):
    assert public.get(path).status_code == 404


def test_it_goes_on_showing_what_was_published_once_disconnected(cast: Cast, site: Account, public: Client):
    disconnect(cast.lead, site.pk)
    answer = public.get("/reef-watch-site-1/")
    assert answer.status_code == 200
    answer.close()


def test_it_closes_a_file_nobody_wants_the_rest_of(site: Account, public: Client):
    public.get("/reef-watch-site-1/").close()  # an open file would be a warning, and warnings are errors


def test_it_writes_only_where_the_installation_allows(cast: Cast, site: Account, settings: Any, tmp_path: Path):
    with pytest.raises(Invalid):
        connect_account(cast.stranger, _login(folder="/etc", base_url="https://www.example.org"))
    with pytest.raises(Invalid):
        connect_account(cast.stranger, _login(folder=site.settings["folder"], base_url="https://www.example.org"))
    settings.ALLOWED_FOLDERS = [str(tmp_path)]
    with pytest.raises(Invalid):
        connect_account(cast.stranger, _login(folder=site.settings["folder"], base_url="https://www.example.org"))
    account = connect_account(cast.stranger, _login(folder=str(tmp_path / "www"), base_url="https://www.example.org"))
    assert account.settings["folder"] == str(tmp_path / "www")


def test_it_leaves_no_account_when_the_folder_cannot_be_made(cast: Cast, settings: Any, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    settings.PUBLIC_FOLDER = tmp_path / "file"
    with pytest.raises(Exception, match="folder"):
        connect_account(cast.lead, _login())
    assert not Account.objects.exists()
