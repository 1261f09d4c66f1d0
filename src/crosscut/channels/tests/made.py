"""Posts, media and servers made for the tests of channels."""

import hashlib
import io
import math
import struct
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from PIL import Image

from crosscut.channels.protocol import Post, PostMedia, Track
from crosscut.kernel.facts import Kind

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>The reef\n\n00:01.000 --> 00:02.000\n<v Ada>is alive.\n"
CHAPTERS = (
    '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Welcome"}, {"startTime": 1, "title": "Corals"}]}'
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Tests read the answer, not the log."""


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[str]:
    """The application on a free port of this machine: its host and port."""
    with make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def post(key: str = "reef-2026-11-22-0001", **changes: Any) -> Post:
    """A post that every channel of ours takes."""
    values: dict[str, Any] = {
        "key": key,
        "post_type": "article",
        "title": "Half of the reef",
        "text": "Half of the reef is gone.\n\nThe other half is alive & growing.",
        "tags": ("reef",),
        "due_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
    }
    return Post(**{**values, **changes})


def picture(folder: Path, name: str = "reef.jpg", **changes: Any) -> PostMedia:
    """A small photograph."""
    size = changes.pop("size", (64, 48))
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.putpixel((0, 0), (sum(name.encode()) % 256, 9, 9))
    buffer = io.BytesIO()
    image.save(buffer, {"jpg": "JPEG", "png": "PNG"}[name.rpartition(".")[2]], quality=95)
    values = {
        "alt_text": "A reef from above",
        "width_px": size[0],
        "height_px": size[1],
        "credit": "Photo: Ada, CC BY 4.0",
    }
    return _media(folder / name, buffer.getvalue(), Kind.IMAGE, "image/jpeg", {**values, **changes})


def sound(folder: Path, name: str = "reef.wav", **changes: Any) -> PostMedia:
    """Two seconds of a tone, with words."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 4))) for n in range(16000)))
    tracks = (
        Track(kind="transcript", language="en", media_type="text/vtt", text=VTT),
        Track(kind="chapters", language="en", media_type="application/json+chapters", text=CHAPTERS),
    )
    values = {"duration_s": Fraction(2), "tracks": tracks, "credit": "Voice: Ada"}
    return _media(folder / name, buffer.getvalue(), Kind.AUDIO, "audio/wav", {**values, **changes})


def film(folder: Path, name: str = "reef.mp4", **changes: Any) -> PostMedia:
    """A file that passes for a film where nobody looks inside."""
    content = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 64
    tracks = (Track(kind="captions", language="en", media_type="text/vtt", text=VTT),)
    values = {
        "duration_s": Fraction(2),
        "width_px": 640,
        "height_px": 360,
        "alt_text": "Fish over corals",
        "tracks": tracks,
    }
    return _media(folder / name, content, Kind.VIDEO, "video/mp4", {**values, **changes})


def _media(path: Path, content: bytes, kind: Kind, media_type: str, values: dict[str, Any]) -> PostMedia:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return PostMedia(
        path=path,
        filename=path.name,
        kind=kind,
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        **values,
    )
