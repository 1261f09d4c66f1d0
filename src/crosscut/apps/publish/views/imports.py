"""Tables of posts: chosen, read, shown row by row, made when confirmed, undone as a whole; and all posts as one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.library import incoming
from crosscut.apps.publish import columns, queries
from crosscut.apps.publish.filters import wanted_from
from crosscut.apps.publish.models import PostImport, PostImportRow
from crosscut.apps.publish.services import post_export, post_import
from crosscut.kernel.errors import Invalid
from crosscut.kernel.zones import zone_names

PAGE, LISTED = 50, 30


@members_only
def imports(request: MemberRequest) -> HttpResponse:
    """What was brought before, and the form for another table; takes the file when it is sent."""
    problems: tuple[Any, ...] = ()
    if request.method == "POST":
        try:
            row = post_import.begin(request.member, incoming.uploaded_files(request)[0])
            return redirect("post-import", row.pk)
        except Invalid as error:
            problems = error.problems_in(translation)
    context = {
        "imports": queries.post_imports_for(request.member)[:LISTED],
        "problems": problems,
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "publish/imports.html", context, status=422 if problems else 200)


@members_only
@require_safe
def one(request: MemberRequest, import_id: int) -> HttpResponse:
    """One table: what its rows become. It looks again by itself while there is work on it."""
    row, state = queries.post_import_for(request.member, import_id), request.GET.get("state", "")
    rows = row.rows.select_related("piece")
    page = Paginator(rows.filter(state=state) if state else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "import": row,
        "is_busy": row.state in PostImport.BUSY_STATES,
        "page": page,
        "state": state,
        "counts": [(key, label, row.counts[key]) for key, label in PostImportRow.State.choices if row.counts.get(key)],
        "ready": row.counts.get("ready", 0),
        "made": row.counts.get("made", 0),
        "columns": [(column, row.mapping.get(column["name"], "")) for column in row.columns],
        "fields": _fields(),
        "accounts": [account.name for account in accounts_for(request.member)],
        "zone": row.choices.get("zone") or request.member.workspace.time_zone,
        "zones": sorted(zone_names()),
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "publish/import.html", context)


@members_only
@require_POST
def act(request: MemberRequest, import_id: int) -> HttpResponse:
    """Makes it, reads it otherwise, takes it back, or forgets it."""
    action = request.POST.get("action", "")
    if action == "discard":
        post_import.discard(request.member, import_id)
        messages.success(request, _("Forgotten. Nothing was made."))
        return redirect("post-imports")
    if action == "read":
        post_import.read_again(request.member, import_id, _choices(request))
    elif action == "undo":
        post_import.undo(request.member, import_id)
    else:
        post_import.confirm(request.member, import_id)
    return redirect("post-import", import_id)


@members_only
@require_safe
def table(request: MemberRequest) -> StreamingHttpResponse:
    """The posts that the address asks for, as CSV."""
    answer = StreamingHttpResponse(
        post_export.as_csv(request.member, wanted_from(request.GET)), content_type="text/csv"
    )
    answer["Content-Disposition"] = 'attachment; filename="posts.csv"'
    return answer


def _choices(request: MemberRequest) -> post_import.Choices:
    sent = request.POST
    return post_import.Choices(
        mapping={key.removeprefix("map:"): str(value) for key, value in sent.items() if key.startswith("map:")},
        zone=sent.get("zone", ""),
        date_order=sent.get("date_order", ""),
        accounts=tuple(sent.getlist("account")),
        undated=sent.get("undated", "draft"),
    )


def _fields() -> list[tuple[str, str]]:
    words = (
        *(_("Date"), _("Time"), _("Time zone"), _("Account"), _("Kind of post"), _("Title"), _("Text")),
        *(_("Further parts of a thread"), _("Link"), _("Tags"), _("Media"), _("Alt text"), _("Campaign")),
    )
    return [("", _("leave it out")), *zip(columns.FIELDS, words, strict=True)]
