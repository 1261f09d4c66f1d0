"""Places from which files come, as far as the asker may see them."""

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.library.models import WayIn
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def ways_for(member: Member) -> QuerySet[WayIn]:
    """The workspace's, by name; none for guests."""
    rows = WayIn.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def way_for(member: Member, way_id: int) -> WayIn:
    """One of them. Raises NotFound."""
    way = ways_for(member).filter(pk=way_id).first()
    if way is None:
        raise NotFound(phrase("There is no such way in in this workspace."))
    return way
