"""Views of the calendar that people keep."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.publish.kept_views import address_of, filters_in, kept_view_for, place_of
from crosscut.apps.publish.models import CalendarView
from crosscut.apps.publish.services.kept_views import begin_with, forget_view, keep_view


@members_only
@require_safe
def kept(request: MemberRequest, view_id: int) -> HttpResponse:
    """Its address, which can be bookmarked: leads to what it shows, also after it was changed."""
    return redirect(place_of(kept_view_for(request.member, view_id)))


@members_only
@require_POST
def keep(request: MemberRequest) -> HttpResponse:
    """Keeps what the page shows under a name."""
    filters = filters_in(QueryDict(request.POST.get("filters", "")[:2000]))
    layout = request.POST.get("layout", "") or CalendarView.Layout.MONTH
    is_shared = request.POST.get("is_shared") == "on"
    view = keep_view(request.member, request.POST.get("name", ""), layout, filters, is_shared=is_shared)
    if request.POST.get("is_first") == "on":
        begin_with(request.member, view.pk)
    messages.success(request, _("Kept as “%(name)s”.") % {"name": view.name})
    return redirect(place_of(view))


@members_only
@require_POST
def act(request: MemberRequest, view_id: int) -> HttpResponse:
    """What the pressed button says: begin with it, begin with none, forget it."""
    view = kept_view_for(request.member, view_id)
    wanted, back = request.POST.get("act", ""), place_of(view)
    if wanted == "forget":
        forget_view(request.member, view.pk)
        messages.success(request, _("Forgotten. Nothing that it showed has changed."))
        back = address_of(view.layout, {})
    elif wanted == "first":
        begin_with(request.member, view.pk)
        messages.success(request, _("Your calendar begins with “%(name)s”.") % {"name": view.name})
    elif wanted == "not-first":
        begin_with(request.member, None)
        messages.success(request, _("Your calendar begins as it does for everybody."))
    return redirect(back)
