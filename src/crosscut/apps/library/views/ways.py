"""The page of places from which files come by themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.ways import BucketForm, CardForm, FolderForm, MailForm
from crosscut.apps.library.services import cards, ways
from crosscut.kernel.errors import Invalid

_Form = FolderForm | MailForm | BucketForm
_FORMS: dict[str, type[_Form]] = {"folder": FolderForm, "mail": MailForm, "bucket": BucketForm, "card": CardForm}


@members_only
def ways_in(request: MemberRequest) -> HttpResponse:
    """The places there are, and the forms for another; keeps one when it is sent."""
    forms: dict[str, _Form] = {kind: form(prefix=kind) for kind, form in _FORMS.items()}
    kind = request.POST.get("kind", "")
    if request.method == "POST" and kind in _FORMS:
        form = forms[kind] = _FORMS[kind](request.POST, prefix=kind)
        if form.is_valid():
            try:
                ways.add_way(request.member, kind, form.cleaned_data["name"], form.settings(), password=form.password())
                messages.success(request, _("It is looked into from now on."))
                return redirect("ways-in")
            except Invalid as error:
                say(form, error)
    context = {
        "ways": queries.ways_for(request.member),
        "cards": queries.cards_for(request.member),
        "forms": forms,
        "can_change": can(request.member, "workspace"),
        "can_draft": can(request.member, "draft"),
    }
    return render(request, "library/ways.html", context, status=422 if request.method == "POST" else 200)


@members_only
@require_POST
def switch(request: MemberRequest, way_id: int) -> HttpResponse:
    """Pauses a place, or goes on with it."""
    way = ways.switch(request.member, way_id, is_on=request.POST.get("is_on") == "1")
    words = _("%(name)s is looked into again.") if way.is_on else _("%(name)s is paused.")
    messages.success(request, words % {"name": way.name})
    return redirect("ways-in")


@members_only
@require_POST
def remove(request: MemberRequest, way_id: int) -> HttpResponse:
    """Forgets a place."""
    ways.remove_way(request.member, way_id)
    messages.success(request, _("It is forgotten. What came from there stays in the library."))
    return redirect("ways-in")


@members_only
@require_POST
def compare_card(request: MemberRequest, card_id: int) -> HttpResponse:
    """Has a card compared with the library."""
    cards.ask_comparison(request.member, card_id)
    messages.success(request, _("The card is read once more. Leave it inserted until it is said whether all is here."))
    return redirect("ways-in")
