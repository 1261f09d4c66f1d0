"""What the files themselves make of a check: flashes that were seen, loudness, captions that become the picture."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library.models import Asset, Track, Version
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.packing import Want, rendition_for
from crosscut.apps.library.tasks import screen_film
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.preflight import burning
from crosscut.apps.preflight import making as making_files
from crosscut.apps.preflight.services import check_piece, is_passing, waive
from crosscut.apps.preflight.tasks import make_files as make_piece_files
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.work.models import Job
from crosscut.kernel.facts import Kind
from crosscut.kernel.findings import Finding, Level, blocking
from crosscut.media.ffmpeg import has_fonts, program
from crosscut.media.plan import plan
from crosscut.specs.requirements import requirement

__all__ = ["store"]
STROBE = "color=black:s=160x90:r=30:d=6,geq=lum='if(between(T,2,4),if(mod(floor(N/3),2),220,30),30)':cb=128:cr=128"


def _made(path: Path, *arguments: str) -> Path:
    subprocess.run([program(), "-nostdin", "-loglevel", "error", "-y", *arguments, str(path)], check=True)
    return path


def _flashing(path: Path) -> Path:
    """Six seconds, of which two flash five times a second. It is never shown."""
    return _made(path, "-f", "lavfi", "-i", STROBE, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def _piece(cast: Cast, asset: Asset, *, channel: str, post_type: str, **words: Any) -> Piece:
    piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
    set_media(cast.senior, piece, asset, alt_text="A reef at dawn, seen from above.")
    set_outlet(cast.senior, piece, channel_slug=channel, post_type=post_type, **words)
    return piece


def _found(piece: Piece, prefix: str) -> list[Finding]:
    return [one for found in check_piece(piece).values() for one in found if one.code.startswith(prefix)]


def test_a_film_that_flashes_blocks_once_it_was_looked_through(cast: Cast, tmp_path: Path) -> None:
    asset = making.taken_in(cast.senior, _flashing(tmp_path / "strobe.mp4"))
    piece = _piece(cast, asset, channel="practice", post_type="video")
    (waiting,) = blocking(_found(piece, "flashes."))
    assert "still being looked through for flashes" in waiting.message
    assert is_passing(waiting)
    job = Job.objects.get(kind="screen")
    screen_film.func(job.pk, asset.versions.get().pk)
    job.refresh_from_db()
    assert (job.state, job.result["flashes"]) == (Job.State.DONE, 1)
    (finding,) = blocking(_found(piece, "flashes."))
    assert finding.where.startswith("media[0] 00:0")
    assert "“strobe.mp4”" in finding.message
    assert "WCAG" in finding.source


def test_a_film_that_was_looked_through_without_a_find_goes_out(cast: Cast, tmp_path: Path) -> None:
    asset = making.looked_through(making.taken_in(cast.senior, making.film(tmp_path / "dive.mp4")))
    assert _found(_piece(cast, asset, channel="practice", post_type="video"), "flashes.") == []


def test_a_film_whose_look_through_failed_stops_until_a_person_decides(cast: Cast, tmp_path: Path) -> None:
    asset = making.taken_in(cast.senior, making.film(tmp_path / "dive.mp4"))
    Job.objects.filter(kind="screen").update(state=Job.State.FAILED)
    piece = _piece(cast, asset, channel="practice", post_type="video")
    (finding,) = blocking(_found(piece, "flashes."))
    assert (finding.code, is_passing(finding)) == ("flashes.not_looked_for", False)
    waive(cast.senior, piece, code=finding.code, reason="I looked.", ends_on=today_in(piece.workspace))
    assert blocking(_found(piece, "flashes.")) == ()


def test_the_panel_looks_again_while_a_film_is_looked_through(cast: Cast, tmp_path: Path) -> None:
    asset = making.taken_in(cast.senior, making.film(tmp_path / "dive.mp4"))
    piece = _piece(cast, asset, channel="practice", post_type="video")
    browser = signed_in(cast.senior)
    assert "every 5s" in browser.get(f"/pieces/{piece.pk}/findings/").content.decode()
    making.looked_through(asset)
    assert "every 5s" not in browser.get(f"/pieces/{piece.pk}/findings/").content.decode()


def test_no_sound_is_made_that_the_channel_sends_as_an_episode_of_its_own(cast: Cast, tmp_path: Path) -> None:
    sound = making.taken_in(cast.senior, making.sound(tmp_path / "waves.flac"))
    piece = _piece(cast, sound, channel="podcast", post_type="episode", title="Waves")
    set_outlet(cast.senior, piece, channel_slug="site", post_type="article")
    job = making_files.ask_to_make(cast.senior, piece)
    make_piece_files.func(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.DONE, {"files": 1})
    assert [row.purpose for row in sound.versions.get().renditions.filter(purpose__contains="/")] == ["site/article"]


def test_the_same_film_is_not_looked_through_twice(cast: Cast, tmp_path: Path, monkeypatch: Any) -> None:
    path = making.film(tmp_path / "dive.mp4")
    first = making.taken_in(cast.senior, path).versions.get()
    screen_film.func(Job.objects.get(kind="screen").pk, first.pk)
    second = making.taken_in(cast.stranger, path).versions.get()
    monkeypatch.setattr("crosscut.apps.library.services.screening.screen", None)
    screen_film.func(Job.objects.get(kind="screen", workspace=cast.stranger.workspace).pk, second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.screening and second.screening == first.screening


def test_pictures_and_sound_are_not_looked_through(cast: Cast, tmp_path: Path) -> None:
    making.taken_in(cast.senior, making.jpeg(tmp_path / "reef.jpg"))
    making.taken_in(cast.senior, making.sound(tmp_path / "waves.flac"))
    assert not Job.objects.filter(kind="screen").exists()


def test_a_sound_that_is_loud_enough_is_left_as_it_is(cast: Cast, tmp_path: Path) -> None:
    # A tone of 997 Hz in both channels is as loud as its level says, give or take 0.01: EBU Tech 3341, case 1.
    tone = "aevalsrc='0.159*sin(997*2*PI*t)|0.159*sin(997*2*PI*t)':s=48000:c=stereo:d=4"
    path = _made(tmp_path / "tone.mp3", "-f", "lavfi", "-i", tone, "-c:a", "libmp3lame", "-b:a", "192k")
    facts = facts_of(Version.objects.get(asset=making.taken_in(cast.senior, path)))
    wanted = requirement("site/article", Kind.AUDIO)
    assert facts.loudness and facts.loudness.integrated_lufs == pytest.approx(-16, abs=0.4)
    assert wanted and plan(facts, wanted) is None


@pytest.fixture
def spoken(cast: Cast, tmp_path: Path) -> Asset:
    """A film with captions."""
    asset = making.taken_in(cast.senior, making.film(tmp_path / "dive.mp4"))
    Track.objects.create(asset=asset, kind="captions", language="en", text=making.CAPTIONS)
    return asset


def test_a_place_without_captions_only_says_so(cast: Cast, spoken: Asset) -> None:
    piece = _piece(cast, spoken, channel="mastodon", post_type="video")
    assert [finding.level for finding in _found(piece, "captions.")] == [Level.ADVICE]


def test_captions_that_become_the_picture_are_fine(cast: Cast, spoken: Asset) -> None:
    extra = {"burn_captions": True}
    piece = _piece(cast, spoken, channel="mastodon", post_type="video", extra=extra)
    assert _found(piece, "captions.") == []


def test_without_a_font_it_says_what_to_install(cast: Cast, spoken: Asset, monkeypatch: Any) -> None:
    monkeypatch.setattr(burning, "has_fonts", lambda: False)
    extra = {"burn_captions": True}
    piece = _piece(cast, spoken, channel="mastodon", post_type="video", extra=extra)
    (finding,) = blocking(_found(piece, "captions."))
    assert "fonts-dejavu-core" in finding.repair


@pytest.mark.skipif(not has_fonts(), reason="this machine has no font to write captions with")
def test_other_captions_make_another_file(cast: Cast, spoken: Asset) -> None:
    wanted = requirement("mastodon/video", Kind.VIDEO)
    assert wanted
    words = (making.CAPTIONS, making.CAPTIONS, making.CAPTIONS.replace("Bubbles", "Fishes"))
    made = [rendition_for(spoken.versions.get(), Want(need=wanted, captions=text)) for text in words]
    assert [row.recipe["video"]["burns_captions"] for row in made if row] == [True, True, True]
    assert made[0] == made[1] != made[2]


def test_five_channels_ask_the_database_no_more_than_one(cast: Cast, tmp_path: Path, django_assert_num_queries) -> None:
    asset = making.taken_in(cast.senior, making.jpeg(tmp_path / "reef.jpg"))
    piece = _piece(cast, asset, channel="practice", post_type="images")
    with CaptureQueriesContext(connection) as one:
        check_piece(piece)
    for slug, post_type in {"mastodon": "image", "bluesky": "images", "x": "image", "discord": "message"}.items():
        set_outlet(cast.senior, piece, channel_slug=slug, post_type=post_type)
    with django_assert_num_queries(len(one)):
        assert len(check_piece(piece)) == 5
