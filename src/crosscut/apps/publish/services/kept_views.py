"""Views of the calendar that people keep under a name, for themselves or for everybody in the workspace."""

from collections.abc import Mapping

from django.db import transaction

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.kept_views import kept_view_for
from crosscut.apps.publish.models import CalendarView
from crosscut.kernel.errors import Invalid, NotAllowed
from crosscut.kernel.phrases import phrase

NAME_LIMIT = 80
MOST = 100  # of one member


@transaction.atomic
def keep_view(
    by: Member, name: str, layout: str, filters: Mapping[str, str], *, is_shared: bool = False
) -> CalendarView:
    """The layout and filters under this name; one of the member's of that name is changed, and keeps its address.

    Raises Invalid, and NotAllowed for guests, and for who shares what they may not write.
    """
    if by.role == Role.GUEST:
        raise NotAllowed(phrase("Guests have no calendar."))
    if is_shared:
        demand(by, "draft")
    said = " ".join(name.split())
    if not 0 < len(said) <= NAME_LIMIT or "\0" in said:
        raise Invalid.at("name", phrase("Give it a name of at most {most} letters.", most=NAME_LIMIT))
    if layout not in CalendarView.Layout.values:
        raise Invalid.at("layout", phrase("Nobody knows this layout."))
    known = CalendarView.objects.filter(member=by)
    if not known.filter(name=said).exists() and known.count() >= MOST:
        raise Invalid.at("name", phrase("You keep {most} views already. Forget some first.", most=MOST))
    told = {"layout": layout, "filters": dict(filters), "is_shared": is_shared, "workspace_id": by.workspace_id}
    view, _is_new = CalendarView.objects.update_or_create(member=by, name=said, defaults=told)
    if not is_shared:
        view.begun_by.remove(*view.begun_by.exclude(pk=by.pk))  # others do not see it any more
    record("calendar_view.kept", view, by=by, layout=layout, is_shared=is_shared)
    return view


@transaction.atomic
def forget_view(by: Member, view_id: int) -> None:
    """Forgets it. Raises NotFound, and NotAllowed for somebody else's; leads may forget every shared one."""
    view = kept_view_for(by, view_id)
    if view.member_id != by.pk and by.role != Role.LEAD:
        who = str(view.member.user)
        message = phrase("“{name}” was shared by {who}. Only they or a lead can forget it.", name=view.name, who=who)
        raise NotAllowed(message)
    record("calendar_view.forgotten", view, by=by)
    view.delete()


@transaction.atomic
def begin_with(by: Member, view_id: int | None) -> CalendarView | None:
    """From now on the member's calendar begins with that view; with None as it does for everybody. Raises NotFound."""
    view = None if view_id is None else kept_view_for(by, view_id)
    by.first_views.clear()
    if view is not None:
        view.begun_by.add(by)
        return kept_view_for(by, view.pk)
    return None
