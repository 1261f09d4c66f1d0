"""Who works here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import InvitationForm, show_problems
from crosscut.apps.accounts.models import Role
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.services import people
from crosscut.apps.accounts.wording import ROLES
from crosscut.kernel.errors import Invalid


@never_cache
@members_only
def team(request: MemberRequest) -> HttpResponse:
    """Members, what their roles mean, and for leads the invitations."""
    return _team(request, InvitationForm())


@require_POST
@never_cache
@members_only
def invite(request: MemberRequest) -> HttpResponse:
    """A link to hand over, shown this once."""
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            _invitation, secret = people.invite(request.member, **form.cleaned_data)
        except Invalid as error:
            show_problems(form, error)
        else:
            return _team(request, InvitationForm(), link=people.invitation_url(secret))
    return _team(request, form)


@require_POST
@members_only
def withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Makes a link useless."""
    people.revoke_invitation(request.member, invitation_id)
    messages.success(request, _("The link no longer works."))
    return redirect("team")


@require_POST
@members_only
def change_role(request: MemberRequest, member_id: int) -> HttpResponse:
    """Gives somebody another role."""
    member = people.change_role(request.member, member_id, request.POST.get("role", ""))
    messages.success(
        request, _("%(name)s is now %(role)s.") % {"name": member.user, "role": member.get_role_display().lower()}
    )
    return redirect("team")


@require_POST
@members_only
def remove(request: MemberRequest, member_id: int) -> HttpResponse:
    """Ends a membership."""
    people.remove_member(request.member, member_id)
    messages.success(request, _("They are no longer on the team. What they made stays."))
    return redirect("team")


def _team(request: MemberRequest, form: InvitationForm, *, link: str = "") -> HttpResponse:
    context = {
        "members": queries.members_for(request.member),
        "invitations": queries.invitations_for(request.member),
        "roles": [(role.value, role.label, ROLES[role]) for role in reversed(Role)],
        "can_invite": can(request.member, "members"),
        "form": form,
        "link": link,
    }
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)
