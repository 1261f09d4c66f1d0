"""The fields of an asset: shown in groups, edited one group at a time, with their history."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import metadata_pages, queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.metadata import FieldsForm
from crosscut.apps.library.handing import copy_response
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import about, people
from crosscut.apps.library.services.fields import FieldSet, field_set, values_of
from crosscut.apps.library.services.handout import Telling
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase

HISTORY = 300  # changes of fields on one page


@members_only
def group(request: MemberRequest, asset_id: int, group_key: str) -> HttpResponse:
    """One group of an asset's fields as a form; keeps it when it is sent. For htmx only the group itself."""
    row, known = queries.asset_for(request.member, asset_id), field_set(request.member.workspace_id)
    members = metadata_pages.fields_in(known, group_key)
    if not members or group_key not in metadata_pages.group_labels(known):
        raise NotFound(phrase("There is no such group of fields."))
    if request.method == "POST":
        form = FieldsForm(members, known.required, request.POST, initial=values_of(row))
        if form.is_valid() and _kept(request, row, form):
            return _after_keeping(request, asset_id, group_key)
        return _group_form(request, row, known, group_key, form=form, status=422)
    if "read" in request.GET:
        return _group_read(request, row, known, group_key)
    return _group_form(request, row, known, group_key, form=FieldsForm.of(members, known.required, values_of(row)))


@members_only
@require_GET
def history(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Every change of the asset's fields, newest first."""
    row, known = queries.asset_for(request.member, asset_id), field_set(request.member.workspace_id)
    changes = queries.changes_of(request.member, asset_id)[:HISTORY]
    context = {
        "asset": row,
        "crumbs": [(_("Library"), "/library/"), (row.title, f"/library/{row.pk}/"), (_("Changes"), "")],
        "steps": metadata_pages.story_of(changes, known, can_draft=can(request.member, "draft")),
    }
    return render(request, "library/metadata/history.html", context)


@members_only
@require_POST
def undo(request: MemberRequest, change_set_id: int) -> HttpResponse:
    """Sets back what was changed together."""
    undone = about.undo(request.member, change_set_id)
    words = ngettext("%(n)d field is as it was.", "%(n)d fields are as they were.", undone.reverted)
    messages.success(request, words % {"n": undone.reverted})
    if undone.kept:
        kept = ", ".join(undone.kept[:5])
        messages.warning(request, _("Changed again since, and left as it is: %(kept)s") % {"kept": kept})
    found = undone.change_set or queries.change_set_for(request.member, change_set_id)
    touched = list(found.changes.order_by().values_list("asset", flat=True).distinct()[:2])
    return redirect("asset-section", touched[0], "metadata") if len(touched) == 1 else redirect("library")


@members_only
@require_GET
def copy(request: MemberRequest, version_id: int) -> HttpResponseBase:
    """The version's file as a download with what is known written into it."""
    may = request.GET
    telling = Telling(place="place" in may, people="people" in may, own="own" in may)
    return copy_response(request.member, version_id, telling)


@members_only
@require_POST
def name_face(request: MemberRequest, face_id: int) -> HttpResponse:
    """Says who is in a region of a picture."""
    face = people.name_face(request.member, face_id, request.POST.get("name", ""))
    messages.success(request, _("%(name)s is noted as shown here.") % {"name": face.subject})
    return redirect("asset-section", face.asset_id, "metadata")


def _kept(request: MemberRequest, row: Asset, form: FieldsForm) -> bool:
    changes = form.changes(values_of(row))
    try:
        if changes:
            about.change(request.member, {row.pk: changes})
    except Invalid as error:
        say(form, error)
        return False
    return True


def _after_keeping(request: MemberRequest, asset_id: int, group_key: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Saved."))
        return redirect("asset-section", asset_id, "metadata")
    row, known = queries.asset_for(request.member, asset_id), field_set(request.member.workspace_id)
    return _group_read(request, row, known, group_key)


def _group_read(request: MemberRequest, row: Asset, known: FieldSet, group_key: str) -> HttpResponse:
    found = next(one for one in metadata_pages.groups_of(row, known) if one.key == group_key)
    context = {"asset": row, "group": found, "can_draft": can(request.member, "draft"), "is_fresh": True}
    return render(request, "library/metadata/group.html", context)


def _group_form(
    request: MemberRequest, row: Asset, known: FieldSet, group_key: str, *, form: FieldsForm, status: int = 200
) -> HttpResponse:
    label = metadata_pages.group_labels(known)[group_key]
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "asset": row,
        "group_key": group_key,
        "label": label,
        "form": form,
        "is_part": is_part,
        "crumbs": [(_("Library"), "/library/"), (row.title, f"/library/{row.pk}/"), (label, "")],
    }
    template = "library/metadata/group_form.html" if is_part else "library/metadata/group_page.html"
    return render(request, template, context, status=status)
