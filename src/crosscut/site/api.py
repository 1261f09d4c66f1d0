"""The API's root: every app's router, who may ask, and what an answer looks like when something is wrong.

Each app describes its own answers; what can go wrong with any request is added here once, so that the description says
the same of every operation: problem+json (RFC 9457) with a status that tells the caller what to do next.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI
from ninja.errors import ConfigError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from crosscut import __version__
from crosscut.apps.accounts.access import SessionAuth, TokenAuth
from crosscut.apps.accounts.api import router as accounts
from crosscut.apps.library.api import router as library
from crosscut.apps.measure.api import router as measure
from crosscut.apps.plan.api import router as plan
from crosscut.apps.preflight.api import router as preflight
from crosscut.apps.produce.api import router as produce
from crosscut.apps.publish.api import router as publish
from crosscut.apps.readers.api import router as readers
from crosscut.apps.report.api import router as report
from crosscut.apps.work.api import router as work
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.phrases import phrase, spoken
from crosscut.site.api_reference import Reference
from crosscut.site.errors import PROBLEM_TYPE, problem_answer, problem_json, problems_of_input
from crosscut.site.monitoring import router as monitoring
from crosscut.site.search import router as search

_DESCRIPTION = """Everything a person can do in the pages, a program can do here, with the same rights.

Send an API token of yours as `Authorization: Bearer cc_…`; the signed-in browser session works too. Lists take `limit`
and `offset` and answer with `items` and `count`. What goes wrong is answered as `application/problem+json`, with each
problem's `code`, `message` and, where a field is to blame, `where`.
"""
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "code", "detail", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "detail": {"type": "string", "description": "For a person."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message", "where", "values", "source"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "where": {"type": "string", "description": "The field, file or time it is about; or empty."},
                    "values": {"type": "object"},
                    "source": {"type": "string", "description": "Where the rule comes from; or empty."},
                },
            },
        },
    },
}
_MEANINGS = {
    HTTPStatus.BAD_REQUEST: phrase("The request cannot be read."),
    HTTPStatus.UNAUTHORIZED: phrase("Nobody is signed in, or the token does not work."),
    HTTPStatus.FORBIDDEN: phrase("The asker's role does not allow it."),
    HTTPStatus.NOT_FOUND: phrase("It is not there, or the asker may not know that it is."),
    HTTPStatus.CONFLICT: phrase("It contradicts what is stored: reload and try again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: phrase("The body is larger than this installation takes."),
    HTTPStatus.UNPROCESSABLE_ENTITY: phrase("The input must be changed; every problem is named."),
    HTTPStatus.BAD_GATEWAY: phrase("A channel outside refused or did not answer."),
    HTTPStatus.SERVICE_UNAVAILABLE: phrase("Something needed is not answering now."),
}


class _Clean(Parser):
    """Reads bodies and queries, and refuses the one character that no text of the database can hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            data = json.loads(request.body)
        except RecursionError:
            raise HttpError(400, "The JSON is nested too deeply.") from None
        _refuse_nul(data)
        return data

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        values = super().parse_querydict(data, list_fields, request)
        _refuse_nul(values)
        return values


class _Description(OpenAPISchema):
    """Ninja's description, refusing two shapes of one name: the later would silently stand for both."""

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        clashes = [name for name, shape in definitions.items() if self.schemas.get(name, shape) != shape]
        if clashes:
            raise ConfigError(f"Two shapes of the API are called {', '.join(clashes)}: rename one.")
        super().add_schema_definitions(definitions)


class CrosscutAPI(NinjaAPI):
    """Ninja's root whose description names what can go wrong, and operations by app and not by module."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        _, _, inside = operation.view_func.__module__.rpartition("apps.")
        return f"{inside.partition('.')[0].removeprefix('crosscut')}_{operation.view_func.__name__}".lstrip("_")

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        schema = _Description(self, prefix)
        schema["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _describe_refusals(method, operation)
        return schema


api = CrosscutAPI(
    title="Crosscut",
    version=__version__,
    description=_DESCRIPTION,
    auth=[TokenAuth(), SessionAuth()],
    parser=_Clean(),
    docs=Reference(),
    urls_namespace="api",
)
for router in (
    accounts,
    work,
    plan,
    library,
    produce,
    preflight,
    publish,
    readers,
    measure,
    report,
    search,
    monitoring,
):
    api.add_router("", router)


@api.exception_handler(CrosscutError)
def _our_own(request: HttpRequest, error: CrosscutError) -> HttpResponse:
    return problem_json(error)


@api.exception_handler(ValidationError)
def _input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = problems_of_input(error.errors)
    detail = "; ".join(str(problem) for problem in problems)
    return problem_answer(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, problems=problems)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = HTTPStatus(error.status_code)
    words = spoken(_MEANINGS[status], translation) if status == HTTPStatus.UNAUTHORIZED else str(error)
    answer = problem_answer(status, f"http.{status.value}", words)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="Crosscut"'
    return answer


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return problem_answer(status, f"http.{status.value}", spoken(_MEANINGS[status], translation))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_answer(HTTPStatus.NOT_FOUND, "not_found", spoken(_MEANINGS[HTTPStatus.NOT_FOUND], translation))


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str) and "\0" in value:
        raise HttpError(400, "The request holds a NUL character, which no text may.")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in inner:
        _refuse_nul(part)


def _describe_refusals(method: str, operation: dict[str, Any]) -> None:
    """Adds the refusals this operation can answer with; of those its app wrote down, what it left out."""
    has_input = bool(operation.get("parameters")) or "requestBody" in operation
    is_change = method != "get"
    wanted = {
        HTTPStatus.BAD_REQUEST: has_input,
        HTTPStatus.UNAUTHORIZED: bool(operation.get("security")),
        HTTPStatus.FORBIDDEN: bool(operation.get("security")),
        HTTPStatus.NOT_FOUND: any(part["in"] == "path" for part in operation.get("parameters", ())) or is_change,
        HTTPStatus.CONFLICT: is_change,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "requestBody" in operation,
        HTTPStatus.UNPROCESSABLE_ENTITY: has_input,
        HTTPStatus.BAD_GATEWAY: is_change,
        HTTPStatus.SERVICE_UNAVAILABLE: is_change,
    }
    responses = operation["responses"]
    for status, is_possible in wanted.items():
        if is_possible or status.value in responses:
            content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
            usual = {"description": _MEANINGS[status], "content": content}
            responses[status.value] = usual | responses.get(status.value, {})
