"""Small media, made when a test needs them, good and bad; and the shortest way into the library."""

import subprocess
import zipfile
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imageio_ffmpeg
from django.core.files.storage import InMemoryStorage
from PIL import Image

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Arrival, Asset
from crosscut.apps.library.services import arrive
from crosscut.apps.library.tasks import ingest_files, make_larger_previews
from crosscut.apps.work.models import Job
from crosscut.kernel.facts import Screening
from crosscut.kernel.records import as_data

SCRIPTED_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="alert(1)">'
    '<script>alert(2)</script><rect width="40" height="30" fill="#0a5"/></svg>'
)
CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nBubbles rise.\n"
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Down"}, {"startTime": 1, "title": "Up"}]}'


class Elsewhere(InMemoryStorage):
    """A storage that tells no path, as S3 tells none."""

    def path(self, name: str) -> str:
        if name == "x":  # what our storage asks in order to learn whether there are paths
            raise NotImplementedError
        return super().path(name)


def jpeg(path: Path, *, colour: str = "teal", size: tuple[int, int] = (64, 48)) -> Path:
    """A picture of one colour. Another colour is another file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, "JPEG")
    return path


def described_jpeg(path: Path, **tags: str) -> Path:
    """A picture that says something of itself in XMP and IPTC, by pyexiv2's names with "_" for "."."""
    import pyexiv2  # its engine is heavy: only the tests that need it load it

    jpeg(path, colour="navy")
    with pyexiv2.Image(str(path)) as image:
        image.modify_xmp({name.replace("_", "."): value for name, value in tags.items()})
    return path


def film(path: Path) -> Path:
    """Two seconds of a moving test picture with a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_film_bytes())
    return path


def other_film(path: Path) -> Path:
    """One second of another test picture, without sound."""
    picture = ("-f", "lavfi", "-i", "smptebars=size=160x90:rate=25:duration=1")
    ffmpeg(*picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path))
    return path


def sound(path: Path, *, rate_hz: int = 330) -> Path:
    """Two seconds of a tone as FLAC."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg("-f", "lavfi", "-i", f"sine=frequency={rate_hz}:duration=2", str(path))
    return path


def sparse(path: Path, size_bytes: int) -> Path:
    """A huge file that takes no room."""
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def zip_bomb(path: Path) -> Path:
    """A hundred megabytes of nothing in a hundred kilobytes, under any name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as file:
        for _ in range(100):
            file.write(bytes(1_000_000))
    return path


def ingest(by: Member, *paths: Path) -> Job:
    """The job that took the files in, ended."""
    return worked_off(arrive.ingest_paths(by, paths))


def work_off(arrival: Arrival) -> None:
    """Does the job the file waits for."""
    assert arrival.job
    worked_off(arrival.job)


def worked_off(job: Job) -> Job:
    """The job after its slices: the reading, and what films and sounds want besides."""
    while not job.ended_at:
        is_read = not job.arrivals.filter(state__in=[Arrival.State.WAITING, Arrival.State.READING]).exists()
        (make_larger_previews if is_read else ingest_files).func(job.pk)
        job.refresh_from_db()
    return job


def taken_in(by: Member, path: Path) -> Asset:
    """The asset the file became."""
    arrival = Arrival.objects.get(job=ingest(by, path))
    assert arrival.asset, arrival.problem
    return arrival.asset


def streamed(answer: Any) -> Iterable[bytes]:
    """What an answer sends piece by piece."""
    pieces: Iterable[bytes] = answer.streaming_content
    return pieces


def looked_through(asset: Asset, screening: Screening | None = None) -> Asset:
    """The film, as it is after a look through that found this; nothing unless said."""
    found = screening or Screening(checked_s=Fraction(2))
    asset.versions.update(screening=as_data(found))
    return asset


@cache
def _film_bytes() -> bytes:
    with TemporaryDirectory() as folder:
        made = Path(folder) / "film.mp4"
        ffmpeg(
            *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2"),
            *("-f", "lavfi", "-i", "sine=frequency=440:duration=2"),
            *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", str(made)),
        )
        return made.read_bytes()


def ffmpeg(*arguments: str) -> None:
    """Runs FFmpeg with these arguments."""
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)
