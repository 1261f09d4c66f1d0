"""What people say about the asset: its words, and the words that belong to it."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.forms.assets import DescribeForm, TrackForm
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import captioning
from crosscut.media import captions


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The form of its words; captions, transcript and chapters with what is hard to read in them."""
    rows = list(asset.tracks.all())
    return {
        "describe_form": DescribeForm.of(asset),
        "track_form": TrackForm(initial={"language": asset.workspace.language}),
        "tracks": [(track, captions.parse(track.text), captioning.findings_of(track)) for track in rows],
        "has_words": bool(rows) or asset.kind in (Asset.Kind.VIDEO, Asset.Kind.AUDIO),
    }
