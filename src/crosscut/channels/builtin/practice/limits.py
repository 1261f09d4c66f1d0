"""The network's own rules, written apart from those that preflight knows, so that one mistake cannot hide in both."""

from pathlib import Path
from typing import Any

import regex
from PIL import Image, UnidentifiedImageError

from crosscut.kernel.errors import Invalid

MAX_TEXT = 300  # characters as a person counts them: an emoji with all its parts is one
MAX_IMAGES = 4
MAX_ALT = 2000
MAX_IMAGE_BYTES = 2_000_000
MAX_IMAGE_PX = 4096
MAX_VIDEO_BYTES = 100_000_000
IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
VIDEO_TYPES = ("video/mp4",)
_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_ORIENTATION = 0x0112


def as_told() -> dict[str, int]:
    """The limits as the network tells them to programs."""
    return {
        "max_text_graphemes": MAX_TEXT,
        "max_images": MAX_IMAGES,
        "max_videos": 1,
        "max_alt_text": MAX_ALT,
        "max_image_bytes": MAX_IMAGE_BYTES,
        "max_video_bytes": MAX_VIDEO_BYTES,
    }


def length(text: str) -> int:
    """How many characters a person sees.

    >>> length("👩‍👩‍👧‍👦 é")
    3
    """
    return len(regex.findall(r"\X", text))


def check_post(text: str, media: list[dict[str, Any]]) -> None:
    """Raises Invalid for a post that this network does not take."""
    kinds = [one["kind"] for one in media]
    if length(text) > MAX_TEXT:
        raise Invalid.at("text", f"The text has {length(text)} characters; at most {MAX_TEXT} are possible.")
    if not text.strip() and not media:
        raise Invalid.at("text", "A post needs words or media.")
    if kinds.count("video") > 1 or ("video" in kinds and "image" in kinds):
        raise Invalid.at("media", "A post holds up to four pictures or one video.")
    if kinds.count("image") > MAX_IMAGES:
        raise Invalid.at("media", f"A post holds up to {MAX_IMAGES} pictures; these are {kinds.count('image')}.")


def check_upload(media_type: str, size_bytes: int, alt: str) -> str:
    """The kind of the file, by what is said of it. Raises Invalid for one that this network does not take."""
    if not alt.strip():
        raise Invalid.at("alt", "Every picture and video needs a description for people who cannot see it.")
    if length(alt) > MAX_ALT:
        raise Invalid.at("alt", f"The description has {length(alt)} characters; at most {MAX_ALT} are possible.")
    kind = "image" if media_type in IMAGE_TYPES.values() else "video" if media_type in VIDEO_TYPES else ""
    most_bytes = {"image": MAX_IMAGE_BYTES, "video": MAX_VIDEO_BYTES}.get(kind)
    if most_bytes is None:
        raise Invalid.at("media", f"The type {media_type or 'unknown'} is not taken: JPEG, PNG, WebP and MP4 are.")
    if not 0 < size_bytes <= most_bytes:
        raise Invalid.at("media", f"The file has {size_bytes} bytes; this network takes up to {most_bytes}.")
    return kind


def measure(path: Path, media_type: str) -> tuple[int | None, int | None]:
    """Width and height as displayed, None for a video. Raises Invalid when the content is not what was said."""
    if media_type in VIDEO_TYPES:
        with path.open("rb") as file:
            if file.read(12)[4:8] != b"ftyp":  # ISO/IEC 14496-12 section 4.3
                raise Invalid.at("media", "This file is no MP4 video.")
        return None, None
    try:
        with Image.open(path, formats=list(IMAGE_TYPES)) as image:
            (width, height), found = image.size, IMAGE_TYPES[str(image.format)]
            is_turned = image.getexif().get(_ORIENTATION) in _TURNED
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise Invalid.at("media", "This file is no picture that can be read.") from error
    if found != media_type:
        raise Invalid.at("media", f"This file is {found} and was called {media_type}.")
    if max(width, height) > MAX_IMAGE_PX:
        raise Invalid.at(
            "media", f"The picture is {width}×{height} pixels; at most {MAX_IMAGE_PX} a side are possible."
        )
    return (height, width) if is_turned else (width, height)
