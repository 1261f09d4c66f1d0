"""The one place where errors become HTTP: problem+json (RFC 9457) for programs, a page for people."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from crosscut.kernel.errors import (
    Cancelled,
    ChannelError,
    Conflict,
    CrosscutError,
    Damaged,
    Invalid,
    NotAllowed,
    NotFound,
    Unavailable,
    Unsupported,
)
from crosscut.kernel.records import as_data

_STATUS: tuple[tuple[type[CrosscutError], HTTPStatus], ...] = (
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Unsupported, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Cancelled, HTTPStatus.CONFLICT),
    (Damaged, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ChannelError, HTTPStatus.BAD_GATEWAY),
    (CrosscutError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: CrosscutError) -> HTTPStatus:
    """The HTTP status that says what the caller should do next."""
    return next(status for family, status in _STATUS if isinstance(error, family))


def problem_json(error: CrosscutError) -> JsonResponse:
    """The error as `application/problem+json`."""
    status = status_of(error)
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": error.code,
        "detail": str(error),
        "problems": [as_data(problem) for problem in error.problems],
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if isinstance(error, Unavailable) and error.after_s:
        response["Retry-After"] = str(int(error.after_s))
    return response


def problem_page(request: HttpRequest, error: CrosscutError) -> HttpResponse:
    """The error as a page that says what happened and what to do; a small part of one for htmx."""
    template = "problem_part.html" if request.headers.get("HX-Request") else "problem.html"
    context = {"error": error, "problems": error.problems, "status": status_of(error)}
    return render(request, template, context, status=status_of(error))


def plain_answers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Turns our own errors into plain answers; anything else stays a fault and is logged as one."""
    return _PlainAnswers(get_response)


class _PlainAnswers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CrosscutError):
            return None
        if request.path.startswith("/api/"):
            return problem_json(exception)
        return problem_page(request, exception)
