"""Captions, transcripts and chapters of an asset."""

from pathlib import Path

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.queries import asset_for, track_for
from crosscut.apps.library.services import sidecars
from crosscut.apps.library.services.index import refresh_search
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


def put_track(by: Member, asset_id: int, path: Path, *, kind: str, language: str) -> Track:
    """The track from an SRT, WebVTT or chapters file; one of the same kind and language is replaced.

    Raises Invalid, Unsupported or Damaged with what is wrong with the file.
    """
    demand(by, "draft")
    asset = asset_for(by, asset_id)
    if asset.kind not in (Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        raise Invalid.at("file", phrase("Only films and sound have captions, transcripts and chapters."))
    if kind not in Track.Kind.values:
        raise Invalid.at(
            "kind",
            phrase("There are {values}; {kind} is none of them.", values=", ".join(Track.Kind.values), kind=repr(kind)),
        )
    if not 2 <= len(language) <= 12:
        raise Invalid.at("language", phrase("Name the language by its code, such as en or pt-BR."))
    is_chapters = kind == Track.Kind.CHAPTERS
    text = sidecars.read_chapters(path) if is_chapters else sidecars.read_captions(path)
    media_type = sidecars.CHAPTERS_TYPE if is_chapters else "text/vtt"
    with transaction.atomic():
        fields = {"text": text, "media_type": media_type}
        track, _is_new = Track.objects.update_or_create(asset=asset, kind=kind, language=language, defaults=fields)
        refresh_search([asset.pk])
        record("asset.track_added", asset, by=by, kind=kind, language=language)
    return track


@transaction.atomic
def remove_track(by: Member, track_id: int) -> Asset:
    """Takes a track away; its text is kept in the history, from where it can be added again."""
    demand(by, "draft")
    track = track_for(by, track_id)
    record("asset.track_removed", track.asset, by=by, kind=track.kind, language=track.language, text=track.text)
    track.delete()
    refresh_search([track.asset_id])
    return track.asset
