"""Following a short link: the public's side of it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from crosscut.apps.produce.services import short_links
from crosscut.kernel.visitors import asks_not_to_be_counted


@require_safe
def follow(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
    """Sends the reader on from an address below the public one."""
    workspace_id = short_links.workspace_called(workspace)
    return _sent_on(request, workspace_id, code) if workspace_id else _nothing()


@require_safe
def follow_from(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """Sends the reader on from an address on the workspace's own domain."""
    return _sent_on(request, workspace_id, request.path.strip("/"))


def _sent_on(request: HttpRequest, workspace_id: int, code: str) -> HttpResponse:
    link = short_links.follow(workspace_id, code)
    if link is None:
        return _nothing()
    if short_links.is_over(link):
        return _private(HttpResponse("This link is over.", status=410, content_type="text/plain; charset=utf-8"))
    is_ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")  # fetched in case somebody follows it
    if request.method == "GET" and not is_ahead and not asks_not_to_be_counted(request.headers):
        short_links.count_visit(link)
    # What a member gave, checked when it was kept; nothing of what the reader sends.
    return _private(HttpResponseRedirect(link.leads_to))


def _nothing() -> HttpResponse:
    return HttpResponse("There is nothing at this address.", status=404, content_type="text/plain; charset=utf-8")


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept by nobody: it may lead elsewhere, or be over, the next minute. Search engines show the page behind it."""
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
