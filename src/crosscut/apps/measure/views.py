"""The counter of our own pages: one number per page and day, and nothing about anybody."""

import contextlib
import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.measure import services
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.visitors import asks_not_to_be_counted

_MAX_BYTES = 2000


@csrf_exempt  # a beacon from a public page: it carries no session, and adds one at most
@require_POST
def count(request: HttpRequest, workspace: str) -> HttpResponse:
    """Takes note that a page was opened. Always answers the same, so that nothing can be learnt here."""
    row = Workspace.objects.filter(slug=workspace).first()
    if row and not asks_not_to_be_counted(request.headers):
        with contextlib.suppress(CrosscutError):
            services.count_visit(row, _path(request), "site.page_views")
    return HttpResponse(status=204)


def _path(request: HttpRequest) -> str:
    try:
        told = json.loads(request.body[:_MAX_BYTES])
    except ValueError:
        return ""
    return str(told.get("path", "")) if isinstance(told, dict) else ""
