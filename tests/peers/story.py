"""What the stories on every real server have in common: a context, a post, and media made on the spot."""

import hashlib
import io
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import imageio_ffmpeg
from PIL import Image
from pydantic import BaseModel

from crosscut.channels import http
from crosscut.channels.protocol import Context, Post, PostMedia, Track
from crosscut.kernel.facts import Kind

opened: list[httpx.Client] = []  # closed by the fixture in conftest.py
LOOPBACK = ("127.0.0.1", "localhost")
CAPTIONS = Track(
    kind="captions", language="en", media_type="text/vtt", text="WEBVTT\n\n00:00.000 --> 00:01.000\nThe reef.\n"
)


def context(settings: BaseModel, secrets: Mapping[str, str]) -> Context:
    """What an adapter gets, with the guarded client that may reach this machine."""
    client = http.client(allowed_hosts=LOOPBACK, timeout_s=20)
    opened.append(client)
    return Context(http=client, settings=settings, secrets=secrets, now=lambda: datetime.now(UTC))


def post(text: str, *media: PostMedia, **fields: Any) -> Post:
    """A post with a key of its own."""
    post_type = fields.pop("post_type", "text")
    made = Post(key=f"test-{token_hex(10)}", post_type=post_type, text=text, media=media, due_at=datetime.now(UTC))
    return replace(made, **fields)


def fetch_json(url: str, **params: str) -> Any:
    """What the server itself says there, past the adapter."""
    response = httpx.get(url, params=params, timeout=30, trust_env=False)
    response.raise_for_status()
    return response.json()


def picture(folder: Path, *, colour: str = "teal", name: str = "reef.jpg", **fields: Any) -> PostMedia:
    """A plain JPEG of 320 by 200 pixels."""
    content = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(content, "JPEG")
    path = folder / name
    path.write_bytes(content.getvalue())
    words = {"alt_text": "A teal reef from above", "width_px": 320, "height_px": 200} | fields
    return _media(path, Kind.IMAGE, "image/jpeg", words)


def film(folder: Path, **fields: Any) -> PostMedia:
    """One second of H.264 with captions."""
    path = folder / "reef.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=320x180:r=10"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-y", path], check=True)
    words = {"alt_text": "Fish pass", "width_px": 320, "height_px": 180, "duration_s": Fraction(1)}
    return _media(path, Kind.VIDEO, "video/mp4", words | {"tracks": (CAPTIONS,)} | fields)


def _media(path: Path, kind: Kind, media_type: str, fields: Mapping[str, Any]) -> PostMedia:
    content = path.read_bytes()
    return PostMedia(
        path=path,
        filename=path.name,
        kind=kind,
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        **fields,
    )
