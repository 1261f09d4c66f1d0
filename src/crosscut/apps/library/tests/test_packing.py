"""Posts that can share a file do, and find it later as if it were their own."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition
from crosscut.apps.library.services import packing
from crosscut.apps.library.services.packing import Want, renditions_for
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media import ffmpeg
from crosscut.media.recipes import Focus

SMALL = MediaRequirement(
    post_type="practice/video",
    kind=Kind.VIDEO,
    media_types=("video/mp4",),
    video_codecs=("h264",),
    audio_codecs=("aac",),
    max_width_px=100,
)
LIKE_IT = replace(SMALL, post_type="bluesky/video", max_size_bytes=90_000_000)
SQUARE = replace(SMALL, post_type="youtube/short", max_aspect=Fraction(1))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each FFmpeg command."""
    heard: list[int] = []
    real = ffmpeg.run

    def run(*args: Any, **rest: Any) -> None:
        heard.append(1)
        real(*args, **rest)

    monkeypatch.setattr(ffmpeg, "run", run)
    return heard


def test_three_posts_are_served_by_two_files_from_one_decode(film, runs):
    middle = Focus(x=Fraction(1, 2), y=Fraction(1, 2))  # a person's point for the whole film: no camera has to move
    wants = [Want(need=SMALL), Want(need=LIKE_IT), Want(need=SQUARE, focus=middle)]
    made = [rendition for rendition in renditions_for(film.current, wants) if rendition]
    assert [rendition.purpose for rendition in made] == ["practice/video", "bluesky/video", "youtube/short"]
    assert made[0].sha256 == made[1].sha256 != made[2].sha256
    assert len(runs) == 1
    assert all(storage.exists(rendition.sha256) for rendition in made)


def test_a_shared_file_is_found_again_by_each_post_alone(film, runs):
    first = renditions_for(film.current, [Want(need=SMALL), Want(need=LIKE_IT)])
    assert packing.rendition_for(film.current, Want(need=LIKE_IT)) == first[1]
    assert renditions_for(film.current, [Want(need=SMALL), Want(need=LIKE_IT)]) == first
    assert len(runs) == 1


def test_a_lost_shared_file_is_made_again(film):
    first = renditions_for(film.current, [Want(need=SMALL), Want(need=LIKE_IT)])
    assert first[0]
    storage.remove(first[0].sha256, is_old=lambda at: True)
    again = packing.rendition_for(film.current, Want(need=SMALL))
    assert again
    assert again.pk == first[0].pk
    assert storage.exists(again.sha256)


def test_one_want_that_cannot_be_met_does_not_keep_the_others_from_being_made(film):
    hopeless = replace(SMALL, post_type="site/article", media_types=("video/x-msvideo",))
    with pytest.raises(Unsupported):
        renditions_for(film.current, [Want(need=hopeless), Want(need=SMALL), Want(need=SQUARE)])
    assert Rendition.objects.filter(purpose__in=["practice/video", "youtube/short"]).count() == 2


def test_nothing_is_made_for_whom_the_master_serves(film, monkeypatch):
    monkeypatch.setattr(packing, "render_pack", lambda *args, **rest: pytest.fail("made"))
    anything = MediaRequirement(post_type="site/article", kind=Kind.VIDEO)
    assert renditions_for(film.current, [Want(need=anything)]) == [None]
