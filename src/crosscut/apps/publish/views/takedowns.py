"""What people take down by hand: the list, and saying that something is gone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library.queries import endings_for, refuse_guests
from crosscut.apps.publish import queries
from crosscut.apps.publish.services.takedowns import close_takedown


@members_only
@require_GET
def takedowns(request: MemberRequest) -> HttpResponse:
    """Everything open, the most urgent first, and the rights that end soon."""
    refuse_guests(request.member)
    context = {
        "takedowns": queries.takedowns_for(request.member),
        "endings": endings_for(request.member),
        "now": timezone.now(),
        "can_close": can(request.member, "schedule"),
    }
    return render(request, "publish/takedowns.html", context)


@members_only
@require_POST
def close(request: MemberRequest, takedown_id: int) -> HttpResponse:
    """It is gone, a person says."""
    close_takedown(request.member, takedown_id, note=request.POST.get("note", ""))
    messages.success(request, _("Noted: it is gone."))
    return redirect("takedowns")
