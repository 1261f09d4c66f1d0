"""Bringing a file from an address on the internet, with the client that reaches nothing behind our own door."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming
from crosscut.apps.library.services import arrive
from crosscut.apps.library.services.turns import SOON
from crosscut.apps.library.storage import plain_disk_errors
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.channels import http
from crosscut.kernel.errors import Cancelled, Invalid, NotAllowed, Unavailable
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop

FETCH = "library.fetch"  # the task's name; tasks.py holds the task
URL_LIMIT = 2000  # letters
_TOTAL_S = 3600  # a whole file
_FILENAME = re.compile(r"filename\*=(?:utf-8|UTF-8)''([^;]+)|filename=\"?([^\";]+)")  # RFC 6266, 4.1


@transaction.atomic
def plan_fetch(by: Member, url: str) -> Job:
    """A job that brings the file at the address and hands it on. Raises Invalid for what is no web address."""
    demand(by, "draft")
    address = url.strip()
    host = _host(address)
    job = plan_job(by, kind="fetch", label=f"Fetching a file from {host}", subject="library")
    record("library.fetch_asked", job, by=by, host=host)
    app.configure_task(FETCH, queue="media", lock=f"fetch:{job.pk}", priority=SOON).defer(job_id=job.pk, url=address)
    return job


def fetch(job_id: int, url: str, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Brings the file and makes an arrival of it. Run again, it begins anew; the same bytes go in once.

    Raises NotAllowed for an address of our own network, Invalid for a file over the limit or an address without one,
    and Unavailable when nobody answers or the disk is full; then nothing is left.
    """
    member = Job.objects.select_related("member__workspace").get(pk=job_id).member
    if member is None or member.left_at:
        raise NotAllowed(phrase("Who asked for this file is no longer in the team."))
    place = incoming.new_place()
    try:
        filename = _bring(url, place, report, should_stop)
        path = incoming.adopt(place, filename)
    finally:
        place.unlink(missing_ok=True)
    (arrival,) = arrive.receive(member, [arrive.Incoming(path=path, filename=path.name)])
    return {"arrival": arrival.pk}


def _bring(url: str, place: Path, report: Report, should_stop: ShouldStop) -> str:
    """Writes the file to the place and says what it is called."""
    limit_bytes = settings.MAX_UPLOAD_BYTES
    hosts = settings.ALLOWED_PRIVATE_HOSTS
    try:
        with (
            http.client(allowed_hosts=hosts, total_s=_TOTAL_S, max_bytes=limit_bytes) as client,
            client.stream("GET", url) as answer,
            plain_disk_errors(phrase("fetch it")),
        ):
            if not answer.is_success:
                raise Invalid.at(
                    "url",
                    phrase(
                        "{host} answered {status}: there is no such file for everybody.",
                        host=_host(url),
                        status=answer.status_code,
                    ),
                )
            if int(answer.headers.get("Content-Length", 0) or 0) > limit_bytes:
                raise incoming.too_large(_name_of(answer))
            _write(answer, place, report, should_stop)
            return _name_of(answer)
    except http.TooLarge as error:
        raise incoming.too_large(f"What {_host(url)} sends") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise Invalid.at(
            "url", phrase("This address cannot be fetched: {error}", error=str(error)), code="http.bad_address"
        ) from error
    except httpx.RequestError as error:
        raise Unavailable(
            phrase("{host} does not answer: {error}. Try again.", host=_host(url), error=str(error)), after_s=60
        ) from error


def _write(answer: httpx.Response, place: Path, report: Report, should_stop: ShouldStop) -> None:
    total_bytes, here = int(answer.headers.get("Content-Length", 0) or 0), 0
    with place.open("xb") as file:
        for chunk in answer.iter_bytes():
            if should_stop():
                raise Cancelled(phrase("Stopped on request."))
            file.write(chunk)
            here += len(chunk)
            done = Fraction(min(here, total_bytes), total_bytes) if total_bytes else Fraction(0)
            report(Progress(done=done, label="Fetching"))


def _name_of(answer: httpx.Response) -> str:
    """What the server calls the file, else the last part of its address."""
    told = _FILENAME.search(answer.headers.get("Content-Disposition", ""))
    name = unquote(told[1] or told[2]) if told else unquote(answer.url.path.rsplit("/", 1)[-1])
    return name.strip() or "file"


def _host(url: str) -> str:
    """The host alone: the rest of an address may hold a secret. Raises Invalid for what is no web address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or len(url) > URL_LIMIT:
        raise Invalid.at(
            "url", phrase("Give the whole address of a file: https://example.org/reef.jpg"), code="http.bad_address"
        )
    return host
