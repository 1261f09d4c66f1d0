"""Assets as pages show them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival, Asset, Rendition, Upload, Version
from crosscut.apps.library.rights import RightsState, rights_of
from crosscut.apps.library.services.arrive import is_stopped
from crosscut.apps.library.services.derive import facts_of, newest
from crosscut.apps.library.services.uploads import offset_of
from crosscut.apps.library.spoken import Moment
from crosscut.kernel.errors import NotFound
from crosscut.kernel.facts import MediaFacts


@dataclass(frozen=True, kw_only=True)
class Tile:
    """An asset as a card: what `components/tile.html` draws."""

    pk: int
    url: str
    name: str
    kind: str
    thumb: str  # address of its small picture, or empty
    alt: str
    duration_s: float | None
    sub: str
    flag: str  # a state that stands in the way of using it, or empty
    said: Moment | None = None  # where in it the words of the search are spoken
    meant_ms: int | None = None  # alike in meaning: where in it; -1 where it has no times

    @property
    def meant_s(self) -> float | None:
        """Where in it what is alike in meaning begins; None without times."""
        return None if self.meant_ms is None or self.meant_ms < 0 else self.meant_ms / 1000


def tile_of(asset: Asset, today: date, *, said: Moment | None = None, meant_ms: int | None = None) -> Tile:
    """The asset as a card. Read it with `queries.with_card_parts`."""
    facts: Mapping[str, Any] = asset.current.facts if asset.current else {}
    thumbnail = newest(getattr(asset.current, "thumbnails", ()), "thumbnail") if asset.current else None
    return Tile(
        pk=asset.pk,
        url=reverse("asset", args=[asset.pk]),
        name=asset.title,
        kind=asset.kind,
        thumb=reverse("rendition-file", args=[thumbnail.pk]) if thumbnail else "",
        alt=asset.alt_text,
        duration_s=float(Fraction(facts["duration_s"])) if facts.get("duration_s") else None,
        sub=_size_words(facts),
        flag=_rights_flag(asset, today),
        said=said,
        meant_ms=meant_ms,
    )


def _rights_flag(asset: Asset, today: date) -> str:
    flags = {
        RightsState.NO_CONSENT: _("Consent missing"),
        RightsState.EMBARGO: _("Embargo"),
        RightsState.EXPIRED: _("Rights ended"),
        RightsState.NOT_YET: _("Rights begin later"),
        RightsState.ENDS_SOON: _("Rights end soon"),
    }
    return flags.get(rights_of(asset, today).state, "")


def _size_words(facts: Mapping[str, Any]) -> str:
    picture = facts.get("picture") or next(iter(facts.get("video") or ()), None)
    return f"{picture['width_px']} × {picture['height_px']}" if picture else ""


def facts_in_words(version: Version) -> list[tuple[str, str]]:
    """What the file is, as pairs of a name and plain words."""
    facts = facts_of(version)
    rows = [(_("Kind of file"), f"{facts.media_type}")]
    if facts.width_px and facts.height_px:
        rows.append((_("Picture"), f"{facts.width_px} × {facts.height_px} px{_shape(facts)}"))
    for video in facts.video[:1]:
        rate = f"{float(video.frame_rate):.3g} " + _("frames a second") if video.frame_rate else ""
        extra = [rate, _("HDR") if video.is_hdr else "", _("interlaced") if video.is_interlaced else ""]
        rows.append((_("Film"), ", ".join(part for part in (video.codec, *extra) if part)))
    for sound in facts.audio[:1]:
        rows.append((_("Sound"), f"{sound.codec}, {sound.rate_hz / 1000:g} kHz, {_channels(sound.channels)}"))
    if facts.picture and facts.picture.colour_profile:
        rows.append((_("Colours"), facts.picture.colour_profile))
    return rows


def peaks_of(rendition: Rendition | None) -> list[float]:
    """The waveform's heights, 0 to 1; empty without one."""
    if rendition is None:
        return []
    try:
        with storage.open_stored(rendition.sha256) as file:
            pairs: Sequence[Sequence[int]] = json.load(file)["peaks"]
    except NotFound:  # it is made again by the next job; the page works without
        return []
    return [max(abs(low), abs(high)) / 128 for low, high in pairs]


def arrival_state(arrival: Arrival) -> tuple[str, str]:
    """The state's key for the badge and what to say beneath the file's name."""
    if is_stopped(arrival):
        return _("Stopped"), _("The work was stopped before this file was read. Go on with it, or discard it.")
    shown: dict[str, tuple[str, str]] = {
        Arrival.State.WAITING: ("waiting", _("Waits to be read.")),
        Arrival.State.READING: ("running", _("Being read.")),
        Arrival.State.STORED: ("done", _("In the library.")),
        Arrival.State.DUPLICATE: (_("Already here"), ""),
        Arrival.State.QUARANTINED: (_("Set aside"), ""),
        Arrival.State.REFUSED: ("refused", ""),
        Arrival.State.UNPACKED: ("done", ""),
    }
    state, words = shown[arrival.state]
    return state, arrival.problem or words


@dataclass(frozen=True, kw_only=True)
class OpenUpload:
    """An upload that was cut off."""

    upload: Upload
    offset_bytes: int  # how much of it is here


def open_upload(upload: Upload) -> OpenUpload:
    """The upload with how much of it is here."""
    try:
        return OpenUpload(upload=upload, offset_bytes=offset_of(upload))
    except NotFound:
        return OpenUpload(upload=upload, offset_bytes=0)


def upload_for_script(upload: Upload) -> dict[str, Any]:
    """What the uploader's line says of the file. Read it with `queries.with_upload_thumbnails`."""
    arrival = upload.arrival
    state, words = arrival_state(arrival) if arrival else ("waiting", _("Waits to be read."))
    asset = arrival.asset if arrival else None
    good = (Arrival.State.STORED, Arrival.State.DUPLICATE, Arrival.State.UNPACKED)
    thumbnail = newest(getattr(asset.current, "thumbnails", ()), "thumbnail") if asset and asset.current else None
    return {
        "key": str(upload.key),
        "state": arrival.state if arrival else state,
        "words": words,
        "is_ended": bool(arrival and arrival.state not in (Arrival.State.WAITING, Arrival.State.READING)),
        "is_good": bool(arrival and arrival.state in good),
        "url": reverse("asset", args=[asset.pk]) if asset else "",
        "thumb": reverse("rendition-file", args=[thumbnail.pk]) if thumbnail else "",
    }


def _shape(facts: MediaFacts) -> str:
    """The usual name of an aspect ratio within one part in a hundred."""
    usual = {"16:9": 16 / 9, "9:16": 9 / 16, "4:3": 4 / 3, "3:2": 3 / 2, "1:1": 1.0, "4:5": 4 / 5}
    aspect = float(facts.aspect or 0)
    return next((f", {name}" for name, value in usual.items() if abs(aspect / value - 1) < 0.01), "")


def _channels(count: int) -> str:
    return {1: _("mono"), 2: _("stereo")}.get(count, _("%(count)d channels") % {"count": count})
