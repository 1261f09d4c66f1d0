"""Who may come in: the guards of pages and of the API."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.models import Member, Role
from crosscut.kernel.errors import NotAllowed

Rest = ParamSpec("Rest")


class MemberRequest(HttpRequest):
    """A page request by somebody who belongs to a workspace."""

    member: Member


class ApiRequest(HttpRequest):
    """An API request by somebody who belongs to a workspace."""

    auth: Member


View = Callable[Concatenate[MemberRequest, Rest], HttpResponseBase]


def members_only(view: View[Rest]) -> View[Rest]:
    """Lets the team in, sends strangers to the sign-in page and guests to what was shared with them."""

    @wraps(view)
    @members_and_guests
    def guarded(request: MemberRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if request.member.role != Role.GUEST:
            return view(request, *args, **kwargs)
        if request.method == "GET" and not request.headers.get("HX-Request"):
            return redirect("shared")
        raise NotAllowed(_("Guests see only what was shared with them."))

    return guarded


def members_and_guests(view: View[Rest]) -> View[Rest]:
    """Lets guests in too: only for pages that show a person's own things or what was shared with them."""

    @wraps(view)
    def guarded(request: MemberRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.member is None:
            raise NotAllowed(_("You belong to no workspace. Ask its lead for an invitation link."))
        return view(request, *args, **kwargs)

    return guarded


def address_of(request: HttpRequest) -> str:
    """The network address the request came from; behind our own proxy, what that proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.IS_BEHIND_PROXY else ""
    # The nearest proxy appends to the list, so only its last entry is not the client's own invention.
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


class TokenAuth(HttpBearer):
    """`Authorization: Bearer cc_…`: the member whose token it is."""

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        return queries.member_by_token(token)


class SessionAuth(APIKeyCookie):
    """The signed-in browser session, with the CSRF check that ninja makes for cookies."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Member | None:
        return getattr(request, "member", None) if request.user.is_authenticated else None
