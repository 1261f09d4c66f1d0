"""The files of what a guest is shown: addresses that are signed, end soon, and open nothing else.

An address names the link, the version and which of its small files is meant. It is believed only while the link works
and the version is part of what that link shows now: another piece's file, another asset's, or a master cannot be named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.core import signing
from django.urls import reverse

from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.services.derive import newest
from crosscut.apps.produce.guests import is_open, link_by_id, media_of_link
from crosscut.apps.produce.languages import captions_in
from crosscut.apps.produce.models import GuestLink
from crosscut.apps.produce.preview import Shown
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

LIFE_S = 2 * 3600  # a film watched with a break; the page gives new ones
_SALT = "crosscut guest file"
_PURPOSES = ("thumbnail", "proxy", "poster")
_CAPTIONS = "captions"
_GONE = phrase("This file is not shown here, or no longer. Load the page again.")


@dataclass(frozen=True, kw_only=True)
class Words:
    """Captions, as they were frozen."""

    text: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a signed address opens."""

    file: Rendition | Words
    ends_at: datetime  # when its link ends


def shown_media(link: GuestLink, channel: str) -> list[Shown]:
    """The media of one channel's post as the guest's browser can load them."""
    versions = {row.version_id: row.version for row in media_of_link(link)}
    made: dict[int, list[Rendition]] = {pk: [] for pk in versions}
    for row in Rendition.objects.filter(version__in=versions, purpose__in=_PURPOSES).order_by("-id"):
        made[row.version_id].append(row)
    return [
        _shown(link, media, versions[media["version"]], made[media["version"]])
        for media in link.edition.content["media"]
        if media["version"] in versions and (not media["channels"] or channel in media["channels"])
    ]


def file_named(token: str) -> Opened:
    """What a signed address opens. Raises NotFound for one that is forged, too old, or no longer shown."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=LIFE_S)
        link_id, version_id, purpose = int(named["l"]), int(named["v"]), str(named["p"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NotFound(_GONE) from None
    link = link_by_id(link_id)
    if link is None or not is_open(link) or not media_of_link(link).filter(version=version_id).exists():
        raise NotFound(_GONE)
    if purpose == _CAPTIONS:
        return Opened(file=_captions(link, version_id), ends_at=link.ends_at)
    rows = Rendition.objects.filter(version=version_id, purpose__in=_PURPOSES).select_related(
        "version__asset__workspace"
    )
    found = newest(list(rows.order_by("-id")), purpose)
    if found is None:
        raise NotFound(_GONE)
    return Opened(file=found, ends_at=link.ends_at)


def _captions(link: GuestLink, version_id: int) -> Words:
    for media in link.edition.content["media"]:
        if media["version"] == version_id and (track := _track(link, media)):
            return Words(text=track["text"], media_type=track["media_type"])
    raise NotFound(_GONE)


def _track(link: GuestLink, media: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The captions, those in the language of what is shown first."""
    tracks = [track for track in media["tracks"] if track["kind"] == _CAPTIONS and track["media_type"] == "text/vtt"]
    language = link.edition.content["language"]
    return next(iter(sorted(tracks, key=lambda track: not captions_in(language, [track["language"]]))), None)


def _address(link: GuestLink, version_id: int, purpose: str) -> str:
    named = {"l": link.pk, "v": version_id, "p": purpose}
    return reverse("review-file", args=[signing.dumps(named, salt=_SALT)])


def _shown(link: GuestLink, media: Mapping[str, Any], version: Version, made: list[Rendition]) -> Shown:
    there = {purpose: _address(link, version.pk, purpose) for purpose in _PURPOSES if newest(made, purpose)}
    length = version.facts.get("duration_s")
    return Shown(
        kind=media["kind"],
        url=there.get("proxy", "") or (there.get("thumbnail", "") if media["kind"] == "image" else ""),
        poster=there.get("poster", "") or there.get("thumbnail", ""),
        alt_text=media["alt_text"],
        name=media["filename"],
        duration_s=float(Fraction(length)) if length else None,
        words_url=_address(link, version.pk, _CAPTIONS) if _track(link, media) else "",
    )
