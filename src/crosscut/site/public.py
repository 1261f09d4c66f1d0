"""Shows the public side of every account that is a folder of ours, each under its own first part of the path."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt

from crosscut.apps.accounts.queries import account_served_from
from crosscut.channels import registry
from crosscut.channels.protocol import CanServe
from crosscut.kernel.records import canonical_json
from crosscut.site.downloads import watched
from crosscut.site.lifetimes import kept_until, rights_now
from crosscut.specs.rights import Verdict

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@csrf_exempt  # no session of ours counts here: the channel's own small server decides what it takes
def serve(request: HttpRequest, place: str) -> HttpResponseBase:
    """What the account's own server answers. Parts of files, conditions and bodies pass through untouched."""
    account = account_served_from(str(settings.PUBLIC_FOLDER / place))
    if account is None or not isinstance(registry.adapter(account.channel), CanServe):
        return nothing_here(request)
    assert isinstance(request, WSGIRequest)  # noqa: S101 - Crosscut is served through WSGI alone
    environ = _below(request.environ, place)
    if not environ["PATH_INFO"]:
        return HttpResponsePermanentRedirect(f"/{place}/")
    said = rights_now(account, environ["PATH_INFO"])
    if said is not None and said.verdict is not Verdict.YES:
        return _over()
    begun: dict[str, Any] = {}
    body = _begin(_app(account.channel, canonical_json(account.settings)), environ, begun)
    if said is not None:
        begun["headers"] = kept_until(begun["headers"], said.allowed_until)
    return _answer_of(begun, watched(request, account, environ["PATH_INFO"], begun, body))


def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The public's 404: plain, and the same whether something was never there or is somebody's secret."""
    return HttpResponse("There is nothing at this address.", status=404, content_type="text/plain; charset=utf-8")


def _over() -> HttpResponse:
    """A file whose rights have ended; its post is being taken down. No cache may keep even this answer."""
    answer = HttpResponse("This is no longer shown.", status=410, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@lru_cache(maxsize=256)
def _app(channel: str, settings_json: str) -> App:
    adapter = registry.adapter(channel)
    assert isinstance(adapter, CanServe)  # noqa: S101 - `serve` looked
    app: App = adapter.public_app(registry.settings_class(channel).model_validate_json(settings_json))
    return app


def _below(environ: dict[str, Any], place: str) -> dict[str, Any]:
    """The request as the account's server sees it, at home in its part of the path (PEP 3333)."""
    below = {**environ, "SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}/{place}"}
    below["PATH_INFO"] = environ.get("PATH_INFO", "").removeprefix(f"/{place}")
    return below


def _begin(app: App, environ: dict[str, Any], begun: dict[str, Any]) -> Iterable[bytes]:
    """The WSGI answer's body, still unread; status and headers are put into `begun`."""

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        begun.update(status=status, headers=headers)

    return app(environ, start_response)


def _answer_of(begun: dict[str, Any], body: Iterable[bytes]) -> StreamingHttpResponse:
    """The same as Django's."""
    number, _space, reason = begun["status"].partition(" ")
    response = StreamingHttpResponse(body, status=int(number), reason=reason)  # closes the body in the end
    del response["Content-Type"]
    for name, value in begun["headers"]:
        response[name] = value
    return response
