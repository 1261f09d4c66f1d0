"""A film with everything that a master can say, and one file of each way to make another of it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscut.media.carrying import carry_on
from crosscut.media.ffmpeg import program
from crosscut.media.provenance import SigningKey, make_authority, sign
from crosscut.media.stills import kept_fields
from tests.media.renditions import ABOUT, WAYS


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_authority(tmp_path_factory.mktemp("key"), organisation="Reef Trust")


@pytest.fixture(scope="session")
def film(key: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds that a model made, and say so, signed."""
    master = tmp_path_factory.mktemp("film") / "master.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc2=s=128x72:r=25:d=2", "-f", "lavfi", "-i", "sine=r=48000:d=2"]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac"]
    subprocess.run([program(), "-v", "error", *sources, *encode, str(master)], check=True)
    carry_on(master, kept_fields(ABOUT))
    sign(master, key=key, source_type=ABOUT.digital_source_type)
    return master


@pytest.fixture(scope="session")
def made(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The film that is made of the master in one of the WAYS, once; whoever changes it takes a copy."""
    folder = tmp_path_factory.mktemp("renditions")

    def rendition(how: str) -> Path:
        out = folder / f"{how}.mp4"
        if not out.exists():
            work = folder / f"{how} made"
            work.mkdir()
            WAYS[how](film, work / "out.mp4")
            shutil.move(work / "out.mp4", out)
        return out

    return rendition
