"""What happens to every request: which origin it came to, who asks, and what the browser may load."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crosscut.apps.accounts import queries

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
    """Serves the public side when the request came to the public address, the desk otherwise."""
    public = urlsplit(settings.PUBLIC_URL).netloc

    def answer(request: HttpRequest) -> HttpResponse:
        if request.META.get("HTTP_HOST") == public:
            request.urlconf = settings.PUBLIC_URLCONF
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
    """Sets `request.member`: who the signed-in user is in the workspace they chose, or None."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.session.get("workspace") if request.user.is_authenticated else None
        request.member = queries.member_of(request.user, chosen) if request.user.is_authenticated else None
        return get_response(request)

    return answer
