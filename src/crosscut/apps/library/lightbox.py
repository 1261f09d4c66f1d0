"""What a guest sees of a collection, and the files of it: addresses that are signed, end soon, and open nothing else.

An asset is shown only while its rights stand: an embargo, a missing or withdrawn consent, a licence that has ended or
not begun takes it off the guest's page at once, and the team reads why. Without any licence it can be looked at and not
taken away. An address names the link, the version and one of its files, and is believed only while all of that holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from crosscut.apps.library import gathering, queries, showing
from crosscut.apps.library.models import Asset, CollectionItem, CollectionLink, Rendition, Track, Version
from crosscut.apps.library.rights import Rights, RightsState, rights_of
from crosscut.apps.library.services import derive
from crosscut.apps.library.services.guest_previews import LARGE, SMALL, STILL, preview
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

LIFE_S = 2 * 3600  # a film watched with a break; the page gives new ones
_SALT = "crosscut lightbox file"
_PREVIEWS = (SMALL, LARGE, STILL)
WEB, ORIGINAL, CAPTIONS = "web", "original", "captions"
_GONE = phrase("This file is not shown here, or no longer. Load the page again.")
_SEEN = (RightsState.VALID, RightsState.ENDS_SOON, RightsState.NONE)
_TAKEN = (RightsState.VALID, RightsState.ENDS_SOON)
Downloads = CollectionLink.Downloads


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One asset as a guest sees it."""

    asset: Asset
    version: Version
    small_url: str  # empty while it is being prepared
    large_url: str
    still_url: str  # what a film shows before it plays
    captions_url: str
    media_type: str  # of the large one
    width_px: int
    height_px: int
    duration_s: float | None
    peaks: list[float]
    downloads: tuple[tuple[str, str, int], ...]  # what it is called, its address, its size in bytes


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """An asset that guests do not see, and why: for the team."""

    asset: Asset
    reason: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a signed address opens."""

    link: CollectionLink
    asset: Asset
    file: Rendition | Version | Track
    is_download: bool


def exhibits_of(link: CollectionLink) -> list[Exhibit]:
    """What the guest sees now, in the collection's order."""
    today = queries.today_in(link.collection.workspace)
    return [
        _exhibit(link, item.asset, version, today)
        for item in gathering.items_in(link.collection)
        if (version := item.asset.current) and _is_seen(item, today)
    ]


def hidden_from_guests(items: Iterable[CollectionItem], today: date) -> list[Hidden]:
    """The collection's assets that guests do not see on that day, each with its reason."""
    return [Hidden(asset=item.asset, reason=_reason(item, today)) for item in items if not _is_seen(item, today)]


def opened(token: str) -> Opened:
    """What a signed address opens. Raises NotFound for one that is forged, too old, or no longer shown."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=LIFE_S)
        link_id, version_id, what = int(named["l"]), int(named["v"]), str(named["w"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NotFound(_GONE) from None
    link = queries.link_by_id(link_id)
    if link is None or not queries.is_open(link):
        raise NotFound(_GONE)
    today = queries.today_in(link.collection.workspace)
    item = gathering.item_of(link.collection, version_id)
    if item is None or item.asset.current is None or not _is_seen(item, today):
        raise NotFound(_GONE)
    found = _file(link, item.asset, item.asset.current, what, rights_of(item.asset, today))
    if found is None:
        raise NotFound(_GONE)
    return Opened(link=link, asset=item.asset, file=found, is_download=what in (WEB, ORIGINAL))


def _is_seen(item: CollectionItem, today: date) -> bool:
    asset = item.asset
    is_put_away = asset.archived_at is not None or asset.binned_at is not None
    return not is_put_away and asset.current is not None and rights_of(asset, today).state in _SEEN


def _reason(item: CollectionItem, today: date) -> str:
    if item.asset.binned_at is not None:
        return _("It is in the bin.")
    if item.asset.archived_at is not None:
        return _("It is in the archive.")
    return rights_of(item.asset, today).sentence


def _file(
    link: CollectionLink, asset: Asset, version: Version, what: str, rights: Rights
) -> Rendition | Version | Track | None:
    made = list(version.renditions.all())
    if what in _PREVIEWS:
        return preview(version, what, link.watermark, made)
    if what == CAPTIONS:
        return _captions(asset)
    if rights.state not in _TAKEN:
        return None
    if what == WEB and link.downloads in (Downloads.WEB, Downloads.ORIGINAL):
        return preview(version, LARGE, "", made)
    return version if what == ORIGINAL and link.downloads == Downloads.ORIGINAL else None


def _captions(asset: Asset) -> Track | None:
    tracks = (row for row in asset.tracks.all() if row.kind == Track.Kind.CAPTIONS and row.media_type == "text/vtt")
    return next(tracks, None)


def _exhibit(link: CollectionLink, asset: Asset, version: Version, today: date) -> Exhibit:
    rights, facts = rights_of(asset, today), derive.facts_of(version)
    found = {what: _file(link, asset, version, what, rights) for what in (*_PREVIEWS, CAPTIONS, WEB, ORIGINAL)}
    at = {what: _address(link, version, what) if file else "" for what, file in found.items()}
    names = ((WEB, _("In web size")), (ORIGINAL, _("The original")))
    large = found[LARGE]
    waveform = derive.previews_made(version, version.renditions.all()).get("waveform")
    return Exhibit(
        asset=asset,
        version=version,
        small_url=at[SMALL],
        large_url=at[LARGE],
        still_url=at[STILL] or at[SMALL],
        captions_url=at[CAPTIONS],
        media_type=large.media_type if large else "",
        width_px=facts.width_px or 4,
        height_px=facts.height_px or 3,
        duration_s=float(Fraction(facts.duration_s)) if facts.duration_s else None,
        peaks=showing.peaks_of(waveform) if asset.kind == Asset.Kind.AUDIO else [],
        downloads=tuple(
            (label, at[what], file.size_bytes)
            for what, label in names
            if (file := found[what]) and not isinstance(file, Track)
        ),
    )


def _address(link: CollectionLink, version: Version, what: str) -> str:
    return reverse("lightbox-file", args=[signing.dumps({"l": link.pk, "v": version.pk, "w": what}, salt=_SALT)])
