"""What tells a machine how Crosscut is: `/health` for whoever restarts it, `/metrics` for Prometheus.

An app takes part by having a module `health` with `problems() -> Iterable[Problem]`, empty when all is well, and a
module `metrics` with `collect() -> Iterable[Metric]`. What the apps tell is read from the database, so that each
process of the web server answers the same.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from ninja import Router, Schema, Status
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crosscut.kernel.errors import NotAllowed, Problem

router = Router(tags=["health"], auth=None)


class Ailment(Schema):
    """One thing that is wrong with the installation."""

    code: str
    message: str


class Health(Schema):
    """How the installation is."""

    status: str  # "ok", "starting" or "failing"
    problems: list[Ailment]


@router.get("/health", response={200: Health, 503: Health}, summary="How the installation is")
def api_health(request: HttpRequest) -> Status[dict[str, Any]]:
    """Open to everybody: 200 while Crosscut does its work or is starting, 503 with the reasons while it does not."""
    found = problems()
    return Status(_status(found).value, _as_health(found))


def health(request: HttpRequest) -> JsonResponse:
    """The same as `/api/health`, where a load balancer looks for it."""
    found = problems()
    return JsonResponse(_as_health(found), status=_status(found))


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for whoever shows CROSSCUT_METRICS_TOKEN or asks on this machine."""
    if not _may_read(request):
        raise NotAllowed("Ask from this machine, or with the token of CROSSCUT_METRICS_TOKEN.")
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def problems() -> tuple[Problem, ...]:
    """Everything that keeps Crosscut from doing its work; the database first, for without it nothing else is known."""
    try:
        connection.ensure_connection()
        return tuple(problem for ask in _offers("health", "problems") for problem in ask())
    except DatabaseError:
        return (Problem(code="health.database", message="The database does not answer."),)


class _Figures(Collector):
    """What the apps count, asked for at each scrape."""

    def collect(self) -> Iterator[Metric]:
        found = problems()
        yield GaugeMetricFamily("crosscut_healthy", "1 while Crosscut does its work.", value=float(not found))
        if not any(problem.code == "health.database" for problem in found):
            for ask in _offers("metrics", "collect"):
                yield from ask()


@cache
def _registry() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_Figures())
    return registry


@cache
def _offers(module: str, name: str) -> tuple[Callable[[], Iterable[Any]], ...]:
    """The function of that name in every app that has the module."""
    places = [f"{app}.{module}" for app in settings.INSTALLED_APPS if app.startswith("crosscut.apps.")]
    return tuple(getattr(import_module(place), name) for place in places if find_spec(place))


def _may_read(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.METRICS_TOKEN:
        return constant_time_compare(given, settings.METRICS_TOKEN)
    # A proxy on this machine asks for others and says so; then only the token counts.
    is_direct = not {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers)
    return is_direct and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    """Whether the request came from this machine; a local socket has no address at all."""
    return not address or ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _word(found: tuple[Problem, ...]) -> str:
    """A part that says that it is starting has not failed yet: nobody should restart it for that."""
    if not found:
        return "ok"
    return "starting" if all(problem.code.endswith(".starting") for problem in found) else "failing"


def _status(found: tuple[Problem, ...]) -> HTTPStatus:
    return HTTPStatus.SERVICE_UNAVAILABLE if _word(found) == "failing" else HTTPStatus.OK


def _as_health(found: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "status": _word(found),
        "problems": [{"code": problem.code, "message": problem.message} for problem in found],
    }
