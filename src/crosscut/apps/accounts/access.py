"""Who may come in: the guards of pages and of the API."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.models import Member
from crosscut.kernel.errors import NotAllowed

Rest = ParamSpec("Rest")


class MemberRequest(HttpRequest):
    """A request by somebody who belongs to a workspace."""

    member: Member


View = Callable[Concatenate[MemberRequest, Rest], HttpResponseBase]


def members_only(view: View[Rest]) -> View[Rest]:
    """Lets members in, sends strangers to the sign-in page, and tells users without a workspace what to do."""

    @wraps(view)
    def guarded(request: MemberRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.member is None:
            raise NotAllowed("You belong to no workspace. Ask its lead for an invitation link.")
        return view(request, *args, **kwargs)

    return guarded


class TokenAuth(HttpBearer):
    """`Authorization: Bearer cc_…`: the member whose token it is."""

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        return queries.member_by_token(token)


class SessionAuth(APIKeyCookie):
    """The signed-in browser session, with the CSRF check that ninja makes for cookies."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Member | None:
        return getattr(request, "member", None) if request.user.is_authenticated else None
