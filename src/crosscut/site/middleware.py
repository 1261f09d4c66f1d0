"""What happens to every request: which origin it came to, who asks, and what the browser may load."""

from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import validate_host
from django.utils import timezone

from crosscut.apps.accounts import queries
from crosscut.apps.produce.services.short_links import workspace_at
from crosscut.apps.produce.views.follow import follow_from

Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def origin(get_response: Answer) -> Answer:
    """Serves the public side when the request came to the public address, the desk otherwise.

    A workspace's own domain for short links knows nothing else. Other names are left to Django, which refuses them.
    """
    public = urlsplit(settings.PUBLIC_URL).netloc

    def answer(request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host == public:
            request.urlconf = settings.PUBLIC_URLCONF
        elif not validate_host(name := host.partition(":")[0], settings.ALLOWED_HOSTS):
            workspace_id = workspace_at(name)
            if workspace_id is not None:
                return follow_from(request, workspace_id)
        return get_response(request)

    return answer


def content_security_policy(get_response: Answer) -> Answer:
    """Lets pages load nothing but our own files."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

    return answer


def membership(get_response: Answer) -> Answer:
    """Sets `request.member`: who the signed-in user is in the workspace they chose, or None. Times are theirs.

    The public side knows nobody: its pages are the same for all and may be kept by any cache.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_public = getattr(request, "urlconf", None) == settings.PUBLIC_URLCONF
        is_known = not is_public and request.user.is_authenticated
        member = queries.member_of(request.user, request.session.get("workspace")) if is_known else None
        request.member = member  # type: ignore[attr-defined]  # MemberRequest and ApiRequest declare it
        zone = (member.user.time_zone or member.workspace.time_zone) if member else settings.TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            return get_response(request)

    return answer
