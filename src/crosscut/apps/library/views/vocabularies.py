"""A workspace's own fields and the words it has agreed on."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.metadata import CustomFieldForm, VocabularyForm, WordsForm
from crosscut.apps.library.services import custom, vocabularies
from crosscut.kernel.errors import Conflict, Invalid

FILE_LIMIT_BYTES = 10_000_000


@members_only
def fields(request: MemberRequest) -> HttpResponse:
    """The workspace's own fields and vocabularies, with a form for each; takes a new field when it is sent."""
    queries.refuse_guests(request.member)
    form = CustomFieldForm(request.member)
    if request.method == "POST":
        form = CustomFieldForm(request.member, request.POST)
        if _kept(form, lambda: custom.create_field(request.member, form.plan())):
            messages.success(request, _("The field is there: every asset can be asked for it now."))
            return redirect("own-fields")
    return _fields_page(request, field_form=form)


@members_only
def field(request: MemberRequest, field_id: int) -> HttpResponse:
    """One of the workspace's own fields; keeps it, puts it away or brings it back."""
    row = queries.custom_field_for(request.member, field_id)
    form = CustomFieldForm.of(request.member, row)
    action = request.POST.get("action", "")
    if action in ("archive", "restore"):
        (custom.put_away if action == "archive" else custom.bring_back)(request.member, field_id)
        messages.success(request, _("Put away; its values stay.") if action == "archive" else _("It is back."))
        return redirect("own-fields")
    if request.method == "POST":
        form = CustomFieldForm(request.member, request.POST)
        if _kept(form, lambda: custom.change_field(request.member, field_id, form.plan())):
            messages.success(request, _("Saved."))
            return redirect("own-fields")
    context = {
        "row": row,
        "form": form,
        "can_lead": can(request.member, "workspace"),
        "crumbs": [(_("Library"), "/library/"), (_("Fields and words"), "/library/words/"), (row.label, "")],
    }
    return render(request, "library/metadata/own_field.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def create_vocabulary(request: MemberRequest) -> HttpResponse:
    """A new vocabulary."""
    form = VocabularyForm(request.POST)
    if _kept(form, lambda: vocabularies.create_vocabulary(request.member, form.cleaned_data["name"])):
        return redirect("own-fields")
    return _fields_page(request, vocabulary_form=form)


@members_only
def vocabulary(request: MemberRequest, vocabulary_id: int) -> HttpResponse:
    """One vocabulary as a tree, with a form for more words; does what its buttons ask."""
    row, form = queries.vocabulary_for(request.member, vocabulary_id), WordsForm()
    action = request.POST.get("action", "")
    if action == "remove":
        vocabularies.remove_vocabulary(request.member, vocabulary_id)
        messages.success(request, _("%(name)s is gone. What was tagged with its words stays.") % {"name": row.name})
        return redirect("own-fields")
    if action == "tags":
        vocabularies.let_tags_come_from(request.member, vocabulary_id, request.POST.get("is_for_tags"))
        messages.success(request, _("Saved."))
        return redirect("vocabulary", vocabulary_id)
    if request.method == "POST":
        form = WordsForm(request.POST, request.FILES)
        if _kept(form, lambda: _add(request, vocabulary_id, form)):
            return redirect("vocabulary", vocabulary_id)
    context = {
        "vocabulary": row,
        "nodes": vocabularies.tree_of(row),
        "form": form,
        "can_lead": can(request.member, "workspace"),
        "crumbs": [(_("Library"), "/library/"), (_("Fields and words"), "/library/words/"), (row.name, "")],
    }
    return render(request, "library/metadata/vocabulary.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def remove_term(request: MemberRequest, term_id: int) -> HttpResponse:
    """Takes a word out, with all beneath it."""
    row = vocabularies.remove_term(request.member, term_id)
    messages.success(request, _("Taken out. What was tagged with it stays."))
    return redirect("vocabulary", row.pk)


@members_only
@require_GET
def vocabulary_file(request: MemberRequest, vocabulary_id: int, form: str) -> HttpResponse:
    """The vocabulary as a file: CSV, or JSON in the words of SKOS."""
    row = queries.vocabulary_for(request.member, vocabulary_id)
    if form == "json":
        return JsonResponse(vocabularies.as_skos(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response = HttpResponse(vocabularies.as_csv(row).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="vocabulary.csv"'
    return response


def _add(request: MemberRequest, vocabulary_id: int, form: WordsForm) -> None:
    upload = form.cleaned_data["file"]
    if upload and upload.size > FILE_LIMIT_BYTES:
        raise Invalid.at("file", _("The file is larger than 10 MB."))
    try:
        text = upload.read().decode("utf-8-sig") if upload else form.cleaned_data["words"]
    except UnicodeDecodeError as fault:
        raise Invalid.at("file", _("Save the file as UTF-8 and send it again.")) from fault
    count = vocabularies.add_words(request.member, vocabulary_id, vocabularies.words_in(text))
    messages.success(
        request, ngettext("%(n)d word added or changed.", "%(n)d words added or changed.", count) % {"n": count}
    )


def _fields_page(request: MemberRequest, **forms: Form) -> HttpResponse:
    context = {
        "field_form": CustomFieldForm(request.member),
        "vocabulary_form": VocabularyForm(),
        "fields": queries.custom_fields_for(request.member),
        "vocabularies": queries.vocabularies_for(request.member).prefetch_related("terms"),
        "can_lead": can(request.member, "workspace"),
        "crumbs": [(_("Library"), "/library/"), (_("Fields and words"), "")],
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "library/metadata/own_fields.html", context, status=status)


def _kept(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was in order and the service took it; else the form says what was wrong."""
    if not form.is_valid():
        return False
    try:
        act()
    except (Invalid, Conflict) as error:
        say(form, error)
        return False
    return True
