"""Whether the captions of an asset can be read, and mending them."""

from fractions import Fraction

from django.db import transaction
from django.utils import translation

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.queries import track_for
from crosscut.apps.library.services import derive
from crosscut.apps.library.services.index import refresh_search
from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Finding
from crosscut.kernel.phrases import phrase
from crosscut.media import captions
from crosscut.specs import caption_limits, check_captions

PROFILE = "house"


def findings_of(track: Track) -> tuple[Finding, ...]:
    """What is hard to read in the track by our own rules, in the reader's language; nothing for chapters."""
    if track.kind == Track.Kind.CHAPTERS:
        return ()
    cues = captions.parse(track.text)
    found = check_captions(cues, PROFILE, language=track.language, frame_rate=_frame_rate(track.asset))
    return tuple(finding.said_in(translation) for finding in found)


@transaction.atomic
def mend(by: Member, track_id: int) -> tuple[Track, captions.Fixed]:
    """The track with captions mended as far as their words allow; the text as it was is kept in the history.

    Raises Invalid for chapters, which have nothing to mend.
    """
    demand(by, "draft")
    track = track_for(by, track_id)
    if track.kind == Track.Kind.CHAPTERS:
        raise Invalid.at("track", phrase("Chapters are not captions: there is nothing to mend."), code="track.chapters")
    document = captions.parse_document(track.text.encode())
    limits = caption_limits(PROFILE, language=track.language, frame_rate=_frame_rate(track.asset))
    fixed = captions.fix(document.cues, limits, duration_s=_duration_s(track.asset))
    if fixed.cues != document.cues:
        record("asset.track_mended", track.asset, by=by, kind=track.kind, language=track.language, text=track.text)
        track.text = captions.convert(captions.with_cues(document, fixed.cues), "vtt").data.decode()
        track.save(update_fields=["text"])
        refresh_search([track.asset_id])
    return track, fixed


def _frame_rate(asset: Asset) -> Fraction | None:
    """That of the film, where it has pictures."""
    if asset.current is None or not asset.current.facts:
        return None
    streams = derive.facts_of(asset.current).video
    return streams[0].frame_rate if streams else None


def _duration_s(asset: Asset) -> Fraction | None:
    return derive.facts_of(asset.current).duration_s if asset.current and asset.current.facts else None
