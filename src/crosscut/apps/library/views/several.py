"""The same fields of many assets at once: chosen, previewed, done; and their table for a spreadsheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import metadata_pages, queries
from crosscut.apps.library.forms.assets import ids_in, say
from crosscut.apps.library.forms.several import SeveralForm
from crosscut.apps.library.handing import table_response
from crosscut.apps.library.services import several
from crosscut.apps.library.services.fields import FieldSet, field_set
from crosscut.kernel.errors import Invalid


@members_only
@require_http_methods(["GET", "POST"])
def edit_several(request: MemberRequest) -> HttpResponse:
    """The form for the chosen assets; with what it would change once filled in; done when that is confirmed."""
    demand(request.member, "draft")
    asked = request.POST if request.method == "POST" else request.GET
    chosen, step = ids_in(asked.getlist("asset")), request.POST.get("step", "")
    known = field_set(request.member.workspace_id)
    form = SeveralForm(known, request.POST if step else None)
    context: dict[str, Any] = {
        "chosen": chosen,
        "form": form,
        "crumbs": [(_("Library"), "/library/"), (_("Change fields"), "")],
        "titles": queries.assets_for(request.member).filter(pk__in=chosen[:12]).values_list("title", flat=True),
    }
    if not chosen:
        messages.warning(request, _("Choose at least one asset."))
        return redirect("library")
    if step and form.is_valid():
        try:
            if step == "apply":
                return _done(request, chosen, form)
            found = several.preview(request.member, chosen, form.edits())
            context |= {"preview": found, "planned": [_in_words(known, one) for one in found.shown]}
        except Invalid as error:
            say(form, error)
    return render(request, "library/metadata/several.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def export_several(request: MemberRequest) -> HttpResponse:
    """The chosen assets' fields as a table."""
    return table_response(request.member, ids_in(request.POST.getlist("asset")), request.POST.get("format", "xlsx"))


def _done(request: MemberRequest, chosen: list[int], form: SeveralForm) -> HttpResponse:
    made = several.apply(request.member, chosen, form.edits())
    if made is None:
        messages.info(request, _("There was nothing to change: all is so already."))
        return redirect("library")
    count = made.changes.values("asset").distinct().count()
    words = ngettext("%(n)d asset changed.", "%(n)d assets changed.", count) % {"n": count}
    messages.success(request, words)
    return redirect(reverse("changes", args=[made.pk]))


def _in_words(known: FieldSet, planned: several.Planned) -> dict[str, Any]:
    lines = [metadata_pages.change_words(known, key, *pair) for key, pair in planned.changes.items()]
    return {"asset": planned.asset, "lines": lines, "problem": planned.problem}
