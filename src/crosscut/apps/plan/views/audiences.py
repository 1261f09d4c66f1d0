"""Audiences."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.permissions import can
from crosscut.apps.plan import queries
from crosscut.apps.plan.forms import AudienceForm
from crosscut.apps.plan.services import audiences as services
from crosscut.kernel.errors import Invalid


@members_only
def audiences(request: MemberRequest) -> HttpResponse:
    """For whom; and one more."""
    form = AudienceForm(request.POST or None)
    if form.is_valid():
        try:
            services.describe_audience(request.member, **form.cleaned_data)
        except Invalid as error:
            show_problems(form, error)
        else:
            return redirect("audiences")
    context = {"rows": queries.audiences_for(request.member), "form": form, "can_plan": can(request.member, "plan")}
    return render(request, "plan/audiences.html", context, status=422 if form.errors else 200)


@members_only
def audience(request: MemberRequest, audience_id: int) -> HttpResponse:
    """Says it in other words."""
    row = queries.audience_for(request.member, audience_id)
    form = AudienceForm(request.POST or None, initial={"name": row.name, "description": row.description})
    if form.is_valid():
        try:
            services.change_audience(request.member, audience_id, **form.cleaned_data)
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The audience is saved."))
            return redirect("audiences")
    context = {"row": row, "form": form, "can_plan": can(request.member, "plan")}
    return render(request, "plan/audience.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def remove(request: MemberRequest, audience_id: int) -> HttpResponse:
    """Takes it away."""
    services.remove_audience(request.member, audience_id)
    messages.success(request, _("The audience is removed."))
    return redirect("audiences")
