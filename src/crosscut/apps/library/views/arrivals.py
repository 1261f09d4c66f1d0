"""Adding files, and what became of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries
from crosscut.apps.library.models import Arrival
from crosscut.apps.library.services import arrive, fetch, uploads
from crosscut.apps.library.showing import arrival_state, open_upload, upload_for_script
from crosscut.kernel.errors import Invalid

PAGE = 50  # files on one page of the list
SHOWN = 20  # uploads that were cut off
_ASKED = 100  # uploads that one look may be about


@members_only
@require_GET
def upload(request: MemberRequest) -> HttpResponse:
    """The place to drop files, and the list of what became of earlier ones."""
    open_uploads = [open_upload(upload) for upload in queries.uploads_for(request.member, is_open=True)[:SHOWN]]
    context = {"can_draft": can(request.member, "draft"), "open_uploads": open_uploads}
    context |= _listed(request)
    return render(request, "library/upload.html", context)


@members_only
@require_GET
def arrivals(request: MemberRequest) -> HttpResponse:
    """The list alone, for htmx: it asks again while something is under way."""
    return render(request, "library/arrivals.html", _listed(request))


@members_only
@require_GET
def watch(request: MemberRequest) -> HttpResponse:
    """What became of the files that the uploader sent, for its lines: words, a picture and where to look."""
    rows = queries.with_upload_thumbnails(queries.uploads_for(request.member, keys=_keys(request)))
    return JsonResponse({"uploads": [upload_for_script(upload) for upload in rows]})


@members_only
@require_POST
def fetch_file(request: MemberRequest) -> HttpResponse:
    """Brings a file from an address."""
    try:
        fetch.plan_fetch(request.member, request.POST.get("url", "")[: fetch.URL_LIMIT + 1])
        messages.info(request, _("It is being fetched. It is listed below as soon as it is here."))
    except Invalid as error:
        messages.error(request, error.said_in(translation))
    return redirect("upload")


@members_only
@require_POST
def discard_upload(request: MemberRequest, upload_key: UUID) -> HttpResponse:
    """Forgets a file that was cut off."""
    upload = queries.upload_for(request.member, upload_key)
    uploads.give_up(request.member, upload)
    messages.success(request, _("%(name)s was discarded.") % {"name": upload.filename})
    return redirect("upload")


@members_only
@require_POST
def retry(request: MemberRequest, arrival_id: int) -> HttpResponse:
    """Reads a file again."""
    arrival = arrive.retry(request.member, arrival_id)
    messages.info(request, _("%(name)s is read again.") % {"name": arrival.filename})
    return redirect("upload")


@members_only
@require_POST
def discard(request: MemberRequest, arrival_id: int) -> HttpResponse:
    """Deletes the bytes of a file that was set aside."""
    arrival = arrive.discard(request.member, arrival_id)
    messages.success(request, _("%(name)s was discarded.") % {"name": arrival.filename})
    return redirect("upload")


def _keys(request: MemberRequest) -> list[UUID]:
    """The keys asked about. One that is none is about nothing."""
    keys = []
    for text in request.GET.getlist("key")[:_ASKED]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys or [UUID(int=0)]


def _listed(request: MemberRequest) -> dict[str, Any]:
    rows = queries.with_thumbnails(queries.arrivals_for(request.member))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(arrival, *arrival_state(arrival), arrive.can_retry(arrival)) for arrival in page]
    under_way = queries.arrivals_for(request.member).filter(
        state__in=[Arrival.State.WAITING, Arrival.State.READING], job__ended_at=None
    )
    return {"page": page, "arrivals": shown, "is_busy": under_way.exists()}
