"""Views of the calendar that were kept: which somebody sees, and where each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.publish.filters import wanted_from
from crosscut.apps.publish.models import CalendarView
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

FILTERS = ("state", "channel", "account", "campaign", "person")
_TEXT = "q"
_DIVISIONS = ("channel", "campaign", "member")  # of the board, beside the usual one


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One of them above the calendar."""

    view: CalendarView
    is_on: bool  # the page shows it
    is_first: bool  # the member's calendar begins with it
    may_forget: bool


def kept_views_for(member: Member) -> QuerySet[CalendarView]:
    """The member's own and the shared ones, by name; none for guests."""
    rows = CalendarView.objects.filter(workspace=member.workspace_id).filter(Q(member=member) | Q(is_shared=True))
    is_first = Exists(CalendarView.begun_by.through.objects.filter(calendarview=OuterRef("pk"), member=member.pk))
    rows = rows.select_related("member__user").annotate(is_first=is_first)
    return rows.none() if member.role == Role.GUEST else rows


def kept_view_for(member: Member, view_id: int) -> CalendarView:
    """One of them. Raises NotFound."""
    row = kept_views_for(member).filter(pk=view_id).first()
    if row is None:
        raise NotFound(phrase("There is no such view in this workspace."))
    return row


def first_view_of(member: Member) -> CalendarView | None:
    """The one that the member's calendar begins with."""
    return kept_views_for(member).filter(begun_by=member).first()


def filters_in(query: QueryDict) -> dict[str, str]:
    """What narrows the calendar at that address, without what makes no sense.

    >>> filters_in(QueryDict("view=listWeek&state=sent&account=x&campaign=7&q=reef", encoding="utf-8"))
    {'state': 'sent', 'campaign': '7', 'q': 'reef'}
    """
    wanted = wanted_from(query)
    told = {name: str(getattr(wanted, name) or "") for name in FILTERS} | {_TEXT: wanted.text}
    by = query.get("by", "")
    return {name: value for name, value in (told | {"by": by if by in _DIVISIONS else ""}).items() if value}


def place_of(view: CalendarView) -> str:
    """Where the view shows what it shows, today."""
    return address_of(view.layout, view.filters)


def address_of(layout: str, filters: Mapping[str, str]) -> str:
    """The calendar in that layout, narrowed like that."""
    if layout == CalendarView.Layout.BOARD:
        return f"{reverse('calendar-board')}?{urlencode(filters)}" if filters else reverse("calendar-board")
    return f"{reverse('calendar')}?{urlencode({'view': layout, **filters})}"


def shown_above(member: Member, layout: str, query: QueryDict) -> list[Kept]:
    """All that the member sees; the one whose filters and layout are those of the page is on."""
    filters = filters_in(query)
    return [
        Kept(
            view=view,
            is_on=view.filters == filters and view.layout == layout,
            is_first=vars(view)["is_first"],
            may_forget=view.member_id == member.pk or member.role == Role.LEAD,
        )
        for view in kept_views_for(member)
    ]
