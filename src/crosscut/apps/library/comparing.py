"""Two versions of an asset side by side: what a page needs to show them in step, and how they differ in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from crosscut.apps.library import metadata_pages, showing
from crosscut.apps.library.models import Version
from crosscut.apps.library.services import derive

_SHOWABLE = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/svg+xml")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two."""

    version: Version
    url: str  # what the browser can show or play of it; empty when nothing was made
    media_type: str
    width_px: int
    height_px: int
    frame_s: float  # how long one frame of a film is shown
    peaks: list[float]  # of its sound, 0 to 1


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not the same."""

    name: str
    before: str
    after: str


def side_of(version: Version) -> Side:
    """The version as one side of a comparison."""
    made = derive.previews_made(version, version.renditions.all())
    facts = derive.facts_of(version)
    url, media_type = _address(version, made)
    rate = next((video.frame_rate for video in facts.video if video.frame_rate), None)
    return Side(
        version=version,
        url=url,
        media_type=media_type,
        width_px=facts.width_px or 0,
        height_px=facts.height_px or 0,
        frame_s=float(1 / rate) if rate else 0.04,
        peaks=showing.peaks_of(made.get("waveform")),
    )


def differences(before: Version, after: Version) -> list[Difference]:
    """What differs between the two files: name, size, what was measured, and what each says of itself."""
    first, second = _said(before), _said(after)
    names = [*first, *(name for name in second if name not in first)]
    pairs = ((name, first.get(name, ""), second.get(name, "")) for name in names)
    return [Difference(name=name, before=old, after=new) for name, old, new in pairs if old != new]


def _said(version: Version) -> dict[str, str]:
    return {
        _("Name"): version.filename,
        _("Size"): str(filesizeformat(version.size_bytes)),
        **dict(showing.facts_in_words(version)),
        **dict(metadata_pages.file_says(version)),
    }


def _address(version: Version, made: Mapping[str, Any]) -> tuple[str, str]:
    if proxy := made.get("proxy"):
        return reverse("rendition-file", args=[proxy.pk]), proxy.media_type
    if version.media_type in _SHOWABLE:
        return reverse("version-file", args=[version.pk]), version.media_type
    return "", version.media_type
