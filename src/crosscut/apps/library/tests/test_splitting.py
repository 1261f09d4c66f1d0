"""A long film is made in parts by several workers, and whoever dies costs a part only."""

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from django.conf import settings
from django.db import connection

from crosscut.apps.library import storage
from crosscut.apps.library.models import SplitPart, SplitRender, Version
from crosscut.apps.library.services import packing, splitting
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.packing import Want, rendition_for
from crosscut.apps.library.services.splitting import Watch
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Cancelled
from crosscut.kernel.facts import Depth, Kind, MediaFacts, MediaRequirement
from crosscut.kernel.progress import Progress, never
from crosscut.media import probe
from crosscut.media.packs import divide, plan_pack

SMALL = MediaRequirement(post_type="practice/video", kind=Kind.VIDEO, media_types=("video/mp4",), max_width_px=100)
LENGTH_S = 8
STUCK = """
import json, sys, time
import django
from django.conf import settings
told = json.loads(sys.argv[1])
settings.DATABASES["default"].update(told["database"])
settings.UPLOAD_FOLDER = told["uploads"]
settings.STORAGES["default"] = told["storage"]
django.setup()
from crosscut.apps.library.services import splitting

def stuck(*given, **named):
    print("at it", flush=True)
    time.sleep(600)

splitting.render_part = stuck
splitting.help_along(told["render"])
"""


def lasting(path: Path) -> Path:
    """Eight seconds of a moving test picture with a tone."""
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=25:duration={LENGTH_S}")
    sound = ("-f", "lavfi", "-i", f"sine=duration={LENGTH_S}", "-pix_fmt", "yuv420p", "-c:v", "libx264")
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, *sound, str(path)], check=True)
    return path


@pytest.fixture
def version(cast, tmp_path, monkeypatch) -> Version:
    """A film that counts as long, in four parts and its sound."""
    monkeypatch.setattr(splitting, "FROM_S", Fraction(4))
    monkeypatch.setattr(splitting, "PART_S", Fraction(2))
    found = making.taken_in(cast.junior, lasting(tmp_path / "long.mp4")).current
    assert found
    return found


def begun(version: Version) -> SplitRender:
    """The work as it stands right after somebody asked for it."""
    return splitting._begun(version, version.sha256, _division(version))


def _division(version: Version):
    (planned,) = plan_pack(facts_of(version), {"a": SMALL}).files
    return divide(facts_of(version), planned.recipe, part_s=splitting.PART_S)


def frames_in(sha256: str) -> int | None:
    with storage.local_copy(sha256) as path:
        return probe(path, depth=Depth.EXACT).video[0].frame_count


def test_a_long_film_is_made_in_parts_and_whole_in_the_end(version):
    heard: list[Progress] = []
    made = rendition_for(version, Want(need=SMALL), report=heard.append)
    assert made and frames_in(made.sha256) == LENGTH_S * 25
    assert facts_of(made).audio and facts_of(made).width_px == 100
    assert any("of 5 parts are done" in one.label for one in heard)
    done = [one.done for one in heard if "parts" in one.label]
    assert done == sorted(done) and done[-1] > Fraction(9, 10)  # the sum of the parts, never backwards
    assert not SplitRender.objects.exists()
    assert rendition_for(version, Want(need=SMALL)) == made


def test_captions_in_the_picture_go_to_every_worker(version, monkeypatch):
    told: list[str] = []
    real: Any = vars(splitting)["render_part"]

    def seen(master, division, part, out, **more):
        told.append(division.captions)
        return real(master, division, part, out, **more)

    monkeypatch.setattr(splitting, "render_part", seen)
    words = "WEBVTT\n\n00:01.500 --> 00:02.600\nHello\n"
    made = rendition_for(version, Want(need=SMALL, captions=words))
    assert made and frames_in(made.sha256) == LENGTH_S * 25
    assert told == [words] * 5


def test_a_short_film_is_made_whole(film, monkeypatch):
    monkeypatch.setattr(packing, "render_in_parts", None)
    assert rendition_for(film.current, Want(need=SMALL))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_costs_its_part_only(version, monkeypatch):
    monkeypatch.setattr(splitting, "LOST_S", 0.5)
    row = begun(version)
    told = {
        "database": {name: connection.settings_dict[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")},
        "uploads": str(settings.UPLOAD_FOLDER),
        "storage": json.loads(json.dumps(settings.STORAGES["default"], default=str)),
        "render": row.pk,
    }
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crosscut.site.settings"}
    command = [sys.executable, "-c", STUCK, json.dumps(told)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout and worker.stdout.readline() == "at it\n"
        lost = row.parts.get(state=SplitPart.State.MAKING)
        worker.send_signal(signal.SIGKILL)
    tries: dict[int, int] = {}
    real = splitting._join

    def join(joined: SplitRender) -> tuple[Path, MediaFacts]:
        tries.update(joined.parts.values_list("number", "tries"))
        return real(joined)

    monkeypatch.setattr(splitting, "_join", join)
    made = rendition_for(version, Want(need=SMALL))
    assert made and frames_in(made.sha256) == LENGTH_S * 25
    assert tries == {number: 2 if number == lost.number else 1 for number in range(5)}


def test_two_workers_never_make_the_same_part(version):
    row = begun(version)
    first, second = splitting._claim(row), splitting._claim(row)
    assert first and second and first.number != second.number


def test_what_a_lost_worker_hands_in_late_does_not_count(version, monkeypatch):
    row = begun(version)
    slow = splitting._claim(row)
    monkeypatch.setattr(splitting, "LOST_S", -1.0)
    again = splitting._claim(row)
    assert slow and again and slow.number == again.number and slow.token != again.token
    with pytest.raises(Cancelled):  # it learns at its next sign of life that the part is another's
        splitting._make(row, slow, splitting._flags_of(row))
    assert row.parts.get(number=again.number).token == again.token


def test_stopped_work_keeps_its_parts_and_goes_on_with_them(version, monkeypatch):
    asked: list[int] = []

    def after_two() -> bool:
        asked.append(1)
        return SplitPart.objects.filter(state=SplitPart.State.DONE).count() >= 2

    watch = Watch(report=lambda progress: None, should_stop=after_two, should_pause=never)
    with pytest.raises(Cancelled):
        splitting.render_in_parts(version, version.sha256, _division(version), watch)
    row = SplitRender.objects.get()
    assert row.is_stopped and splitting.help_along(row.pk) == 0  # helpers elsewhere stop too
    kept = set(row.parts.filter(state=SplitPart.State.DONE).values_list("sha256", flat=True))
    made: list[int] = []
    real: Any = vars(splitting)["render_part"]

    def counted(*given, **named):
        made.append(1)
        return real(*given, **named)

    monkeypatch.setattr(splitting, "render_part", counted)
    assert rendition_for(version, Want(need=SMALL))
    assert len(kept) >= 2 and len(made) == 5 - len(kept)


def test_a_helper_makes_parts_and_rests_while_told_to(version):
    row = begun(version)
    SplitRender.objects.filter(pk=row.pk).update(is_paused=True)
    flags = splitting._flags_of(row)
    assert flags.should_pause() and not flags.should_stop()
    SplitRender.objects.filter(pk=row.pk).update(is_paused=False)
    assert splitting.help_along(row.pk) == 5
    row.delete()
    assert flags.should_stop()
    assert splitting.help_along(row.pk) == 0


def test_a_part_that_ends_every_worker_fails_with_its_number(version):
    row = begun(version)
    SplitPart.objects.filter(render=row, number=0).update(tries=splitting.MOST_TRIES)
    assert splitting._claim(row) is None
    assert "Part 1 ended" in row.parts.get(number=0).problem
