"""Files that a channel fetches itself: offered under the public address, each for one post and for as long as it needs.

The address holds a signed note of post and file. It works while that post is on its way, for a day at most, and shows
nothing but this file: it cannot be guessed, changed, or used later.
"""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.db.models import Q

from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.publish.models import Target
from crosscut.channels.protocol import PostMedia
from crosscut.kernel.errors import NotFound

_SALT = "crosscut.publish.offer"
_LIFE_S = 24 * 3600
State = Target.State
_NEEDED_IN = (State.SCHEDULED, State.STAGING, State.SENDING, State.PARTLY, State.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One file of a post, for whoever has its address."""

    sha256: str
    media_type: str
    size_bytes: int


def address_of(target: Target, media: PostMedia) -> str:
    """Where the channel can fetch the file."""
    note = signing.dumps([target.pk, media.sha256], salt=_SALT, compress=True)
    return f"{settings.PUBLIC_URL}/offered/{note}/{quote(media.filename)}"


def offered(note: str) -> Offered:
    """The file behind an address. Raises NotFound for every address that does not, or no longer, stand for one."""
    try:
        target_id, sha256 = signing.loads(note, salt=_SALT, max_age=_LIFE_S)
    except signing.BadSignature:
        raise NotFound from None
    is_needed = Q(state__in=_NEEDED_IN) | Q(state=State.SENT, url="")  # some fetch it after they took the post
    if not Target.objects.filter(is_needed, pk=target_id).exists():
        raise NotFound
    masters = Version.objects.filter(edition_uses__edition__targets=target_id)
    made = Rendition.objects.filter(version__in=masters, sha256=sha256).first()
    found = made or masters.filter(sha256=sha256).first()
    if found is None:
        raise NotFound
    return Offered(sha256=sha256, media_type=found.media_type, size_bytes=found.size_bytes)
