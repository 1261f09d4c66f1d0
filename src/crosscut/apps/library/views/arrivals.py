"""Adding files, and what became of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import incoming, queries
from crosscut.apps.library.models import Arrival
from crosscut.apps.library.services import arrive
from crosscut.apps.library.showing import arrival_state
from crosscut.kernel.errors import CrosscutError, NotAllowed, NotFound, Unavailable

PAGE = 50  # files on one page of the list
_STATUS: dict[type[CrosscutError], int] = {NotAllowed: 403, NotFound: 404, Unavailable: 503}


@members_only
@require_GET
def upload(request: MemberRequest) -> HttpResponse:
    """The place to drop files, and the list of what became of earlier ones."""
    context = _listed(request) | {"can_draft": can(request.member, "draft")}
    return render(request, "library/upload.html", context)


@members_only
@require_GET
def arrivals(request: MemberRequest) -> HttpResponse:
    """The list alone, for htmx: it asks again while something is under way."""
    return render(request, "library/arrivals.html", _listed(request))


@members_only
@require_POST
def receive(request: MemberRequest) -> HttpResponse:
    """Takes one file of the uploader; says where to follow it, or why it was not taken."""
    try:
        asset_id = int(request.GET.get("asset", 0) or 0)
        asset = queries.asset_for(request.member, asset_id) if asset_id else None
        arrive.receive_uploads(request.member, incoming.uploaded_files(request), asset=asset)
    except ValueError:
        return JsonResponse({"problems": [{"message": _("There is no such asset.")}]}, status=404)
    except CrosscutError as error:
        status = _STATUS.get(type(error), 422)
        told = [{"message": problem.message} for problem in error.problems_in(translation)]
        return JsonResponse({"problems": told}, status=status)
    return JsonResponse({"url": reverse("upload"), "words": _("Received. It is being read.")}, status=202)


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


def _listed(request: MemberRequest) -> dict[str, Any]:
    rows = queries.with_thumbnails(queries.arrivals_for(request.member))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(arrival, *arrival_state(arrival), arrive.can_retry(arrival)) for arrival in page]
    under_way = queries.arrivals_for(request.member).filter(
        state__in=[Arrival.State.WAITING, Arrival.State.READING], job__ended_at=None
    )
    return {"page": page, "arrivals": shown, "is_busy": under_way.exists()}
