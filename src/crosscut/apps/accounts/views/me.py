"""A person's own things: profile, password, tokens, which workspace."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import MemberRequest, address_of, members_and_guests, members_only
from crosscut.apps.accounts.forms import PasswordForm, ProfileForm, TokenForm, show_problems
from crosscut.apps.accounts.services import people
from crosscut.apps.accounts.services.profile import change_password, change_profile
from crosscut.kernel.errors import Invalid, NotFound, Unavailable


@members_and_guests
def profile(request: MemberRequest) -> HttpResponse:
    """Name, language and zone."""
    user = request.member.user
    now = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = ProfileForm(request.POST or None, initial=now)
    if form.is_valid():
        try:
            change_profile(request.member, **form.cleaned_data)
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("Your profile is saved."))
            response = redirect("profile")
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
            return response
    return _profile(request, form, PasswordForm())


@require_POST
@members_and_guests
@sensitive_post_parameters()
def password(request: MemberRequest) -> HttpResponse:
    """Another password; every other session ends."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            user = change_password(request.member, **form.cleaned_data, address=address_of(request))
        except (Invalid, Unavailable) as error:
            show_problems(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. You are signed out everywhere else."))
            return redirect("profile")
    user = request.member.user
    now = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    return _profile(request, ProfileForm(initial=now), form)


@require_POST
@members_and_guests
def switch_workspace(request: MemberRequest) -> HttpResponse:
    """Goes to another of the person's workspaces. Raises NotFound for one that is not theirs."""
    wanted = request.POST.get("workspace", "")
    row = queries.workspaces_for(request.member.user).filter(pk=wanted).first() if wanted.isdecimal() else None
    if row is None:
        raise NotFound(_("You belong to no such workspace."))
    request.session["workspace"] = row.pk
    return redirect("/")


@never_cache
@members_only
def tokens(request: MemberRequest) -> HttpResponse:
    """The person's API tokens; a new one is shown this once."""
    form, made = TokenForm(request.POST or None), None
    if form.is_valid():
        try:
            made = people.create_token(request.member, form.cleaned_data["name"], days=form.cleaned_data["days"])
        except Invalid as error:
            show_problems(form, error)
        else:
            form = TokenForm()
    context = {"form": form, "made": made, "tokens": queries.tokens_for(request.member), "api_url": settings.DESK_URL}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def revoke_token(request: MemberRequest, token_id: int) -> HttpResponse:
    """Ends one."""
    people.revoke_token(request.member, token_id)
    messages.success(request, _("The token no longer works."))
    return redirect("tokens")


def _profile(request: MemberRequest, form: ProfileForm, password_form: PasswordForm) -> HttpResponse:
    is_wrong = form.errors or password_form.errors
    context = {"form": form, "password_form": password_form}
    return render(request, "accounts/profile.html", context, status=422 if is_wrong else 200)
