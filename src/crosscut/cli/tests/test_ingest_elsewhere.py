"""`crosscut ingest --to`: a real server, a connection that breaks, and a run that goes on."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from crosscut.apps.accounts.services.people import create_token
from crosscut.apps.library.models import Arrival, Upload
from crosscut.apps.library.tests import making
from crosscut.cli import sending
from crosscut.cli.main import app
from crosscut.kernel.errors import Invalid, NotAllowed, Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch, settings, tmp_path) -> None:
    """No waits, small pieces, a folder of its own."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    settings.UPLOAD_FOLDER.mkdir()
    monkeypatch.setattr(sending, "PIECE_BYTES", 300)
    monkeypatch.setattr(sending, "_WAITS_S", (0, 0))


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
