"""Other shapes: what posts get, what a person sets, and how the page shows it."""

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Framing, Rendition, Version
from crosscut.apps.library.services import framing, reframing
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.focusing import focus_at
from crosscut.apps.library.services.packing import Want, rendition_for, renditions_for
from crosscut.apps.library.tasks import frame_film
from crosscut.apps.library.tests import making
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media.reframe import KeyPoint

TALL = Fraction(9, 16)
STORY = MediaRequirement(
    post_type="practice/video",
    kind=Kind.VIDEO,
    media_types=("video/mp4",),
    video_codecs=("h264",),
    min_aspect=TALL,
    max_aspect=TALL,
)


def standing(path: Path) -> Path:
    """Two seconds of grey with a bright square at the right end, and a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    square = "drawbox=x=iw-45:y=60:w=30:h=30:color=white:t=fill"
    picture = ("-f", "lavfi", "-i", f"color=0x404040:size=320x180:rate=25:duration=2,{square}")
    sound = ("-f", "lavfi", "-i", "sine=duration=2", "-pix_fmt", "yuv420p", "-c:v", "libx264")
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, *sound, str(path)], check=True)
    return path


def light_of(rendition: Rendition | None) -> float:
    """The brightest line of the made film's first frame, 0 to 255: the square is either seen or not."""
    assert rendition
    with storage.local_copy(rendition.sha256) as path:
        raw = ["-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
        done = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw], check=True, capture_output=True)
    return max(done.stdout)


@pytest.fixture
def walk(cast, tmp_path) -> Asset:
    return making.taken_in(cast.junior, standing(tmp_path / "walk.mp4"))


@pytest.fixture
def version(walk: Asset) -> Version:
    assert walk.current
    return walk.current


def test_a_post_in_another_shape_follows_what_matters(version):
    made = rendition_for(version, Want(need=STORY))
    facts = facts_of(made) if made else None
    assert facts and facts.aspect and abs(facts.aspect / TALL - 1) < Fraction(1, 50)
    assert light_of(made) > 200  # in the middle of the film there is nothing
    assert made and made.recipe["video"]["crop"]  # so that licences that forbid crops are held to
    assert rendition_for(version, Want(need=STORY)) == made


def test_key_points_of_a_person_rule(cast, version):
    framing.set_points(cast.junior, version.pk, TALL, [KeyPoint(at_s=Fraction(0), x=0.2, y=0.5)])
    wants = [Want(need=STORY, framing=framing.framing_of(version)), Want(need=STORY)]
    led, alone = renditions_for(version, wants)
    assert light_of(led) < 100 < light_of(alone)  # frozen pieces keep the camera they were approved with


def test_posts_of_one_shape_share_the_film_in_it(version):
    smaller = MediaRequirement(**{**vars(STORY), "post_type": "site/story", "max_width_px": 60})
    made = renditions_for(version, [Want(need=STORY), Want(need=smaller)])
    assert version.renditions.filter(purpose=reframing.WHOLE).count() == 1
    assert version.renditions.filter(purpose="look").count() == 1
    assert [facts_of(row).width_px for row in made if row] == [100, 60]


def test_a_point_for_the_whole_film_of_the_piece_still_counts(version):
    assert light_of(rendition_for(version, Want(need=STORY, focus=focus_at(0.1, 0.5)))) < 100
    assert not version.renditions.filter(purpose="look").exists()


def test_the_page_shows_the_path_and_keeps_points(cast, walk, version):
    browser = signed_in(cast.junior)
    assert (
        reverse("asset-framing", args=[walk.pk])
        in browser.get(reverse("asset-section", args=[walk.pk, "shapes"])).content.decode()
    )
    panel = reverse("asset-framing", args=[walk.pk])
    assert "Nobody has looked" in browser.get(panel).content.decode()
    browser.post(reverse("version-preview", args=[version.pk]), {"aspect": "9:16"})
    job = Job.objects.get(kind="frame")
    assert 'hx-trigger="every 2s"' in browser.get(panel).content.decode()
    frame_film.func(job.pk, version.pk, "9/16")
    shown = browser.get(panel, {"aspect": "9:16"}).content.decode()
    assert '"side": "across"' in shown and "as posts get it" in shown and "every 2s" not in shown
    sent = {"aspect": "9:16", "at_s": ["0.5", "1,5"], "x": ["0.25", "0.75"], "y": ["0.5", "0.5"]}
    assert browser.post(reverse("version-framing", args=[version.pk]), sent).status_code == 302
    assert Framing.objects.get().points == [
        {"at_s": "1/2", "x": 0.25, "y": 0.5},
        {"at_s": "3/2", "x": 0.75, "y": 0.5},
    ]
    shown = browser.get(panel, {"aspect": "9:16"}).content.decode()
    assert 'value="0.250"' in shown and "Make a preview in 9:16" in shown  # the old one shows another path
    assert browser.post(reverse("version-framing", args=[version.pk]), {"aspect": "9:16"}).status_code == 302
    assert not Framing.objects.exists()


def test_a_still_has_one_point_for_every_shape(cast, photo):
    browser = signed_in(cast.junior)
    panel = reverse("asset-framing", args=[photo.pk])
    assert "Nobody chose a point" in browser.get(panel).content.decode()
    browser.post(reverse("version-framing", args=[photo.current_id]), {"x": "0.9", "y": "0.5"})
    shown = browser.get(panel).content.decode()
    assert "kept in every shape" in shown and 'viewBox="16 0 48 48"' in shown  # 64 x 48: the square at the right end
    answer = program(cast.junior).get(f"/api/library/versions/{photo.current_id}/framing")
    assert answer.json() == {"focus": [0.9, 0.5], "cameras": {}}


def test_programs_lead_the_camera(cast, version):
    client, base = program(cast.junior), f"/api/library/versions/{version.pk}"
    body = {"aspect": "1:1", "points": [{"at_s": 1.5, "x": 0.5, "y": 0.5}]}
    told = client.put(f"{base}/camera", body, content_type="application/json").json()
    assert told["cameras"] == {"1": body["points"]}
    assert client.post(f"{base}/preview", {"aspect": "1:1"}, content_type="application/json").status_code == 202
    assert client.put(f"{base}/camera", {"aspect": "1:0"}, content_type="application/json").status_code == 422
    assert client.put(f"{base}/focus", {"x": 0.5, "y": 0.5}, content_type="application/json").status_code == 422


# Points that cannot be followed, and words of the reason.
WRONG = (
    ([KeyPoint(at_s=Fraction(9), x=0.5, y=0.5)], "not in the film"),
    ([KeyPoint(at_s=Fraction(1), x=1.5, y=0.5)], "from 0 to 1"),
    ([KeyPoint(at_s=Fraction(1), x=0.5, y=0.5)] * 2, "at one moment"),
)


@pytest.mark.parametrize(("points", "words"), WRONG)
def test_points_that_cannot_be_followed_are_refused(cast, version, points, words):
    with pytest.raises(Invalid, match=words):
        framing.set_points(cast.junior, version.pk, TALL, points)
    assert not Framing.objects.exists()


def test_a_still_has_no_camera(cast, photo):
    with pytest.raises(Unsupported):
        framing.set_points(cast.junior, photo.current_id, TALL, [])
    with pytest.raises(Unsupported):
        reframing.order_preview(cast.junior, photo.current_id, TALL)
