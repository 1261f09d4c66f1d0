"""The hold switch: what is stopped, by whom and why; stopping more, and letting go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.publish import queries
from crosscut.apps.publish.forms import HoldForm
from crosscut.apps.publish.models import Hold
from crosscut.apps.publish.services import hold as services
from crosscut.apps.publish.wording import hold_words
from crosscut.kernel.errors import Invalid


@members_only
def place(request: MemberRequest) -> HttpResponse:
    """What is held now, and the form to hold more; only the form for the side of another page."""
    if request.method == "POST":
        demand(request.member, "hold")
    form = HoldForm(request.POST or None, by=request.member, initial={"scope": Hold.Scope.WORKSPACE})
    if form.is_valid():
        try:
            held = _place(request, form)
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.warning(request, _("On hold: %(what)s.") % {"what": hold_words(held)})
            return redirect("hold-place")
    context = {
        "form": form,
        "holds": [(held, hold_words(held)) for held in queries.active_holds(request.member.workspace_id)],
        "can_hold": can(request.member, "hold"),
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "publish/hold_form.html" if is_part else "publish/holds.html", context, status=_status(form))


@members_only
@require_POST
def lift(request: MemberRequest, hold_id: int) -> HttpResponse:
    """Things go out again."""
    held = services.lift_hold(request.member, hold_id)
    messages.success(request, _("Lifted: %(reason)s. What is due goes out one by one.") % {"reason": held.reason})
    return redirect("hold-place")


def _place(request: MemberRequest, form: HoldForm) -> Hold:
    campaign = form.cleaned_data["campaign"]
    return services.place_hold(
        request.member,
        reason=form.cleaned_data["reason"],
        scope=form.cleaned_data["scope"],
        campaign=campaign_for(request.member, int(campaign)) if campaign else None,
        value=form.value(),
    )


def _status(form: HoldForm) -> int:
    return 422 if form.is_bound and form.errors else 200
