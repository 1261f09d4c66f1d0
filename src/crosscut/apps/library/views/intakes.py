"""Metadata from elsewhere: chosen, read, shown row by row, applied when confirmed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import incoming, metadata_pages, queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.intakes import IntakeForm
from crosscut.apps.library.models import Intake, IntakeRow
from crosscut.apps.library.services import intake
from crosscut.apps.library.services.fields import FieldSet, field_set
from crosscut.kernel.errors import Invalid

PAGE = 50  # rows on one page
LISTED = 50  # earlier imports


@members_only
def intakes(request: MemberRequest) -> HttpResponse:
    """What was brought in before, and the form for another file; takes the file when it is sent."""
    queries.refuse_guests(request.member)
    form = IntakeForm()
    if request.method == "POST":
        form = IntakeForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return redirect("intake", _begun(request, form).pk)
            except Invalid as error:
                say(form, error)
    context = {
        "form": form,
        "intakes": queries.intakes_for(request.member)[:LISTED],
        "crumbs": [(_("Library"), "/library/"), (_("Metadata from elsewhere"), "")],
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "library/metadata/intakes.html", context, status=422 if form.errors else 200)


@members_only
@require_GET
def one(request: MemberRequest, intake_id: int) -> HttpResponse:
    """One import: what its rows would change, or did. For htmx only the part that changes while it is read."""
    row, known = queries.intake_for(request.member, intake_id), field_set(request.member.workspace_id)
    state = request.GET.get("state", "")
    rows = row.rows.select_related("asset")
    page = Paginator(rows.filter(state=state) if state else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "intake": row,
        "is_busy": row.state in (Intake.State.READING, Intake.State.APPLYING),
        "page": page,
        "rows": [(line, _lines(known, line)) for line in page],
        "counts": [(key, label, row.counts[key]) for key, label in IntakeRow.State.choices if row.counts.get(key)],
        "state": state,
        "changing": row.counts.get("change", 0),
        "conflicts": row.counts.get("conflict", 0),
        "mapping": _mapping(row, known),
        "crumbs": [(_("Library"), "/library/"), (_("Metadata from elsewhere"), "/library/metadata/"), (row.name, "")],
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "library/metadata/intake.html", context)


@members_only
@require_POST
def act(request: MemberRequest, intake_id: int) -> HttpResponse:
    """Applies it, reads it again with other fields, or forgets it."""
    action = request.POST.get("action", "")
    if action == "discard":
        intake.discard(request.member, intake_id)
        messages.success(request, _("Forgotten. Nothing was changed."))
        return redirect("intakes")
    if action == "remap":
        chosen = {key[len("map:") :]: str(value) for key, value in request.POST.items() if key.startswith("map:")}
        intake.remap(request.member, intake_id, chosen)
    else:
        intake.confirm(request.member, intake_id, takes_conflicts=request.POST.get("takes_conflicts"))
    return redirect("intake", intake_id)


@members_only
@require_GET
def changes(request: MemberRequest, change_set_id: int) -> HttpResponse:
    """Everything that was changed together, with one undo."""
    row, known = queries.change_set_for(request.member, change_set_id), field_set(request.member.workspace_id)
    page = Paginator(row.changes.select_related("asset").order_by("pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "change_set": row,
        "page": page,
        "lines": [
            (line.asset, *metadata_pages.change_words(known, line.field, line.before, line.after)) for line in page
        ],
        "count": row.changes.values("asset").distinct().count(),
        "crumbs": [(_("Library"), "/library/"), (_("Changes"), "")],
        "can_undo": can(request.member, "draft") and row.undone_at is None,
    }
    return render(request, "library/metadata/changes.html", context)


def _begun(request: MemberRequest, form: IntakeForm) -> Intake:
    kind = form.cleaned_data["kind"]
    if kind == Intake.Kind.WORDPRESS:
        return intake.begin_wordpress(request.member, form.cleaned_data["address"])
    return intake.begin(request.member, kind, incoming.uploaded_files(request))


def _lines(known: FieldSet, row: IntakeRow) -> list[tuple[str, str, str, bool]]:
    return [
        (*metadata_pages.change_words(known, change["field"], change["before"], change["after"]), change["conflict"])
        for change in row.changes
    ]


def _mapping(row: Intake, known: FieldSet) -> list[dict[str, Any]]:
    """The columns over there, each with the field it becomes."""
    choices = [("", _("Leave it out")), *((key, _(field.label)) for key, field in known.fields.items())]
    return [{**column, "key": row.mapping.get(column["name"], ""), "choices": choices} for column in row.columns]
