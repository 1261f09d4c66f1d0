"""A small film that needs something made for every target, and its pack."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media.cache import Cache
from crosscut.media.tests.conftest import H264, picture, tone
from crosscut.media.tests.conftest import film as film
from crosscut.media.tests.conftest import make as make


@pytest.fixture(scope="session")
def master(make: Callable[..., Path]) -> Path:
    """Three seconds, 320 x 180, 25 frames a second, H.264 and AAC at -20 dBFS, in a QuickTime file."""
    return make("master.mov", *picture(seconds=3), *tone(seconds=3), *H264, "-g", "25", "-c:a", "aac", "-shortest")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def takes(**limits: object) -> MediaRequirement:
    """An MP4 of H.264 and AAC, with the limits."""
    usual: dict[str, object] = {"media_types": ("video/mp4",), "video_codecs": ("h264",), "audio_codecs": ("aac",)}
    return MediaRequirement(post_type="test/video", kind=Kind.VIDEO, **(usual | limits))  # type: ignore[arg-type]
