"""The way in: signing in and out, setting up, accepting an invitation."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import address_of
from crosscut.apps.accounts.forms import NewPersonForm, SetupForm, SignInForm, show_problems
from crosscut.apps.accounts.models import Invitation, Member, Role, User
from crosscut.apps.accounts.services import people
from crosscut.apps.accounts.services.setup import check_setup_token, needs_setup, set_up
from crosscut.apps.accounts.services.signing_in import sign_in
from crosscut.apps.accounts.wording import ROLES
from crosscut.kernel.errors import Invalid, Unavailable

_FIRST_PAGE = "/"


@never_cache
@sensitive_post_parameters("password")
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """E-mail and password; then the page that was asked for."""
    if needs_setup():
        return redirect("setup")
    form, status = SignInForm(request.POST or None), 200
    if form.is_valid():
        try:
            user = sign_in(**form.cleaned_data, address=address_of(request))
        except (Invalid, Unavailable) as error:
            form.add_error(None, error.problems_in(translation)[0].message)
            status = 429 if isinstance(error, Unavailable) else 422
        else:
            return _enter(request, user, _next_page(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": _next_page(request, "")}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters("password")
def setup_page(request: HttpRequest, token: str = "") -> HttpResponse:
    """The first person and workspace; without the link's token, where to find it."""
    if not needs_setup():
        return redirect("sign-in")
    if not token:
        return render(request, "accounts/setup_hint.html")
    check_setup_token(token)
    form = SetupForm(request.POST or None)
    if form.is_valid():
        try:
            return _enter_as(request, set_up(token, **form.cleaned_data))
        except Invalid as error:
            show_problems(form, error)
    return render(request, "accounts/setup.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
def invitation_page(request: HttpRequest, secret: str) -> HttpResponse:
    """What one is invited to; joining as who is signed in, or as somebody new."""
    invitation = people.open_invitation(secret)
    form = NewPersonForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST":
        if isinstance(request.user, User):
            return _enter_as(request, people.accept_invitation(secret, request.user))
        if form.is_valid():
            try:
                return _enter_as(request, people.join_as_new(secret, **form.cleaned_data))
            except Invalid as error:
                show_problems(form, error)
    return _invitation(request, invitation, form)


def _invitation(request: HttpRequest, invitation: Invitation, form: NewPersonForm) -> HttpResponse:
    context = {"invitation": invitation, "form": form, "role_words": ROLES[Role(invitation.role)]}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def _enter_as(request: HttpRequest, member: Member) -> HttpResponse:
    response = _enter(request, member.user, _FIRST_PAGE)
    request.session["workspace"] = member.workspace_id
    return response


def _enter(request: HttpRequest, user: User, page: str) -> HttpResponse:
    """The page, with a session that is new and the person's language."""
    if request.user != user:
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    response = redirect(page)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _next_page(request: HttpRequest, otherwise: str = _FIRST_PAGE) -> str:
    """The page of ours that was asked for before signing in; never somebody else's."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_ours else otherwise
