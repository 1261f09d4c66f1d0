"""The one place where errors become HTTP: problem+json (RFC 9457) for programs, a page for people."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from crosscut.kernel.errors import (
    Cancelled,
    ChannelError,
    Conflict,
    CrosscutError,
    Damaged,
    Invalid,
    NotAllowed,
    NotFound,
    Problem,
    Unavailable,
    Unsupported,
)
from crosscut.kernel.records import as_data

PROBLEM_TYPE = "application/problem+json"
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
    problems, detail = error.problems_in(translation), error.said_in(translation)
    response = problem_answer(status_of(error), error.code, detail, problems=problems)
    if isinstance(error, Unavailable) and error.after_s:
        response["Retry-After"] = str(int(error.after_s))
    return response


def problem_answer(status: HTTPStatus, code: str, detail: str, *, problems: Sequence[Problem] = ()) -> JsonResponse:
    """A problem of the request itself, which no service was asked about, as `application/problem+json`."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        "problems": [as_data(problem) for problem in problems],
    }
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE)


def problems_of_input(details: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """What pydantic says of an API request as our problems: where, and its words, never what was sent.

    >>> problems_of_input([{"type": "missing", "loc": ("body", "payload", "name"), "msg": "Field required"}])[0].where
    'name'
    """
    return tuple(
        Problem(
            code=f"input.{detail['type']}",
            where=_place(detail["loc"]),
            message=str(detail["msg"]).removeprefix("Value error, "),
        )
        for detail in details
    )


def _place(path: Sequence[str | int]) -> str:
    """The field without ninja's names for the part of the request and for the parameter it becomes."""
    parts = path[2:] if path[0] in ("body", "form") and len(path) > 2 else path[1:]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def problem_page(request: HttpRequest, error: CrosscutError) -> HttpResponse:
    """The error as a page that says what happened and what to do; a small part of one for htmx."""
    template = "problem_part.html" if request.headers.get("HX-Request") else "problem.html"
    context = {"error": error, "problems": error.problems_in(translation), "status": status_of(error)}
    return render(request, template, context, status=status_of(error))


def plain_answers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Turns our own errors into plain answers; anything else stays a fault and is logged as one."""
    return _PlainAnswers(get_response)


class _PlainAnswers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").partition(";")[0] not in (PROBLEM_TYPE, "application/json")
        if request.path.startswith("/api/") and response.status_code >= 400 and is_page:
            return _in_words(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CrosscutError):
            return None
        if request.path.startswith("/api/") or _wants_json(request):
            return problem_json(exception)
        return problem_page(request, exception)


def _in_words(response: HttpResponse) -> HttpResponse:
    """Django's own refusal of an API request, for programs."""
    status = HTTPStatus(response.status_code)
    words = {
        HTTPStatus.BAD_REQUEST: _("The request could not be read, or its body is too large."),
        HTTPStatus.NOT_FOUND: _("There is nothing at this address."),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This address does not know that method."),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("Something went wrong inside Crosscut. The log has the details."),
    }
    answer = problem_answer(status, f"http.{status.value}", words.get(status, status.phrase))
    if "Allow" in response:
        answer["Allow"] = response["Allow"]
    return answer


def _wants_json(request: HttpRequest) -> bool:
    """Whether a script of our pages asks, which reads the sentence out of the answer and says it."""
    return request.headers.get("Accept", "").startswith("application/json")
