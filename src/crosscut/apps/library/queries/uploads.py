"""Files that are being sent. They are nobody's but their sender's."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import Upload
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def uploads_for(member: Member, *, keys: Sequence[UUID] = (), is_open: bool | None = None) -> QuerySet[Upload]:
    """The member's own uploads of the last days, newest first; none for guests."""
    rows = Upload.objects.filter(created_by=member).select_related("arrival__asset").order_by("-created_at", "key")
    if keys:
        rows = rows.filter(key__in=keys)
    if is_open is not None:
        rows = rows.filter(arrival__isnull=is_open)
    return rows.none() if member.role == Role.GUEST else rows


def upload_for(member: Member, key: UUID) -> Upload:
    """One of the member's own uploads. Raises NotFound."""
    upload = uploads_for(member).select_related("asset", "created_by").filter(key=key).first()
    if upload is None:
        raise NotFound(phrase("There is no such upload: it is over, or not yours. Send the file from its beginning."))
    return upload
