"""`crosscut ingest --to`: a real server, a connection that breaks, and a run that goes on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from crosscut.apps.accounts.services.people import create_token
from crosscut.apps.library.models import Arrival, Upload
from crosscut.apps.library.tests import making, storing
from crosscut.apps.library.tests.storing import PART_BYTES
from crosscut.cli import sending, sending_parts
from crosscut.cli.main import app
from crosscut.kernel.errors import Invalid, NotAllowed, Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch, settings, tmp_path) -> None:
    """No waits, small pieces, a folder of its own."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    settings.UPLOAD_FOLDER.mkdir()
    monkeypatch.setattr(sending, "PIECE_BYTES", 300)
    monkeypatch.setattr(sending, "WAITS_S", (0, 0))


@pytest.fixture
def store_server(settings, monkeypatch) -> Iterator[None]:
    """An S3 server on the desk's own host, as its store."""
    with storing.server() as address:
        storing.use(settings, address, monkeypatch)
        yield


@pytest.fixture
def token(cast) -> str:
    return create_token(cast.junior, "script")[1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return making.jpeg(tmp_path / "shoot" / "reef.jpg")


def test_a_run_that_was_cut_off_is_gone_on_with_by_the_next(live_server, token, file, monkeypatch):
    real, count = sending._send_piece, iter(range(100))

    def breaks(*args):
        if next(count) >= 1:
            raise httpx.ReadError("the line is dead")
        return real(*args)

    with sending.desk(live_server.url, token) as client:
        with monkeypatch.context() as patch:
            patch.setattr(sending, "_send_piece", breaks)
            with pytest.raises(Unavailable, match="goes on where it was"):
                sending.send(client, file, lambda *told: None)
        offsets: list[int] = []
        sent = sending.send(client, file, lambda name, done, size: offsets.append(done))
        assert offsets[0] == 300
        assert Upload.objects.count() == 1
        making.work_off(Arrival.objects.get())
        (ended,) = sending.became(client, [sent])
    assert (ended[0].path, ended[1]["state"]) == (file, "stored")


def test_it_says_plainly_what_does_not_work(live_server, token, file):
    run = CliRunner().invoke
    with sending.desk(live_server.url, "cc_wrong") as client, pytest.raises(NotAllowed):
        sending.send(client, file, lambda *told: None)
    with pytest.raises(Invalid, match="address of the desk"):
        sending.desk("desk", token)
    assert isinstance(
        run(app, ["ingest", str(file), "--to", live_server.url], env={"CROSSCUT_TOKEN": ""}).exception, Invalid
    )


def test_a_desk_with_a_store_gets_the_parts_there_and_a_killed_run_sends_the_rest(
    live_server, token, tmp_path, store_server
):
    file = making.jpeg(tmp_path / "shoot" / "reef.jpg")
    with file.open("ab") as end:
        end.write(os.urandom(2 * PART_BYTES))
    sent_parts: list[int] = []
    real = sending_parts._put

    def dies_at_the_second(*args: Any) -> None:
        if len(sent_parts) == 1:
            raise KeyboardInterrupt
        real(*args)
        sent_parts.append(args[4])

    with sending.desk(live_server.url, token) as client:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(sending_parts, "_put", dies_at_the_second)
            sending_parts.send(client, file, lambda *told: None)
        begun_at: list[int] = []
        sent = sending_parts.send(client, file, lambda name, done, size: begun_at.append(done))
        assert sent
        assert begun_at[0] == PART_BYTES  # the first part stayed
        making.work_off(Arrival.objects.get())
        (ended,) = sending.became(client, [sent])
    assert (ended[0].path, ended[1]["state"]) == (file, "stored")


def test_a_store_that_is_not_reached_leaves_nothing_and_the_desk_takes_the_file_itself(
    live_server, token, file, store_server, settings
):
    settings.S3_PUBLIC_ENDPOINT = "http://localhost:9"  # nobody listens there
    with sending.desk(live_server.url, token) as client:
        assert sending_parts.send(client, file, lambda *told: None) is None
        assert not Upload.objects.exists()
        sending.send(client, file, lambda *told: None)
    assert Arrival.objects.get().size_bytes == file.stat().st_size
