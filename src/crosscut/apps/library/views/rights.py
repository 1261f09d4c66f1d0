"""What may be done with assets: licences, embargoes, and the people, places and things shown in them."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from django.contrib import messages
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can, demand
from crosscut.apps.library import queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.forms.rights import ConsentForm, EmbargoForm, LicenceForm, SubjectForm
from crosscut.apps.library.incoming import kept_for, uploaded_files
from crosscut.apps.library.rights import consent_sentence
from crosscut.apps.library.services import clear, consents, papers, placements
from crosscut.apps.library.serving import paper_response
from crosscut.apps.library.views.asset import asset_page
from crosscut.kernel.errors import Invalid
from crosscut.specs.licences import preset, presets


@members_only
@require_POST
def add_licence(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Enters a licence; shows the page with the problems when it cannot."""
    form = LicenceForm(request.POST, prefix="licence", currency=request.member.workspace.currency)
    done = _kept(form, lambda: clear.add_licence(request.member, asset_id, form.entered()))
    if not done:
        return asset_page(request, queries.asset_for(request.member, asset_id), "rights", licence_form=form)
    messages.success(request, _("The licence is entered."))
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_GET
def ready_made(request: MemberRequest, asset_id: int) -> HttpResponse:
    """A page with the ready-made licences; with one chosen, its form filled in, to be looked over and entered."""
    row, slug = queries.asset_for(request.member, asset_id), request.GET.get("preset", "")
    demand(request.member, "clear")
    holder = request.GET.get("holder", "").strip()[:200]
    form = LicenceForm.with_terms(row, clear.from_preset(slug, row, holder=holder)) if slug else None
    context = {
        "asset": row,
        "groups": [(group, list(found)) for group, found in groupby(presets().values(), lambda one: str(one.group))],
        "chosen": preset(slug) if slug else None,
        "holder": holder,
        "form": form,
        "crumbs": [(_("Library"), "/library/"), (row.title, reverse("asset", args=[row.pk])), (_("Licence"), "")],
    }
    return render(request, "library/ready_made.html", context)


@members_only
@require_POST
def add_licence_paper(request: MemberRequest, licence_id: int) -> HttpResponse:
    """Keeps a contract as evidence of the licence."""
    licence = queries.licence_for(request.member, licence_id)
    _keep_papers(request, lambda path, name: papers.attach_to_licence(request.member, licence_id, path, filename=name))
    return redirect("asset-section", licence.asset_id, "rights")


@members_only
@require_POST
def add_consent_paper(request: MemberRequest, consent_id: int) -> HttpResponse:
    """Keeps a release as evidence of the consent."""
    consent = queries.consent_for(request.member, consent_id)
    _keep_papers(request, lambda path, name: papers.attach_to_consent(request.member, consent_id, path, filename=name))
    return redirect("subject", consent.subject_id)


@members_only
@require_GET
def paper_file(request: MemberRequest, paper_id: int) -> HttpResponseBase:
    """A contract or release, as a download."""
    return paper_response(request, queries.paper_for(request.member, paper_id))


@members_only
@require_POST
def note_placement(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Notes a place outside where the asset is used."""
    queries.asset_for(request.member, asset_id)
    place, url = request.POST.get("place", ""), request.POST.get("url", "")
    try:
        placements.note_placement(request.member, asset_id, place, url=url)
        messages.success(request, _("Noted. When its rights end, somebody is asked to take it down there."))
    except Invalid as error:
        messages.error(request, " ".join(problem.message for problem in error.problems_in(translation)))
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_POST
def end_placement(request: MemberRequest, placement_id: int) -> HttpResponse:
    """It is not there any more."""
    placement = placements.end_placement(request.member, placement_id)
    messages.success(request, _("Noted: it is not there any more."))
    return redirect("asset-section", placement.asset_id, "rights")


@members_only
def change_licence(request: MemberRequest, licence_id: int) -> HttpResponse:
    """A page with the licence's form; keeps it when it is sent."""
    licence = queries.licence_for(request.member, licence_id)
    form = LicenceForm.of(licence)
    if request.method == "POST":
        currency = licence.currency or request.member.workspace.currency
        form = LicenceForm(request.POST, prefix=f"licence-{licence.pk}", currency=currency)
        if _kept(form, lambda: clear.change_licence(request.member, licence_id, form.entered())):
            messages.success(request, _("The licence is changed. What it said before is in the history."))
            return redirect("asset-section", licence.asset_id, "rights")
    status = 422 if form.errors else 200
    return render(request, "library/licence.html", {"licence": licence, "form": form}, status=status)


@members_only
@require_POST
def withdraw_licence(request: MemberRequest, licence_id: int) -> HttpResponse:
    """The licence no longer counts."""
    licence = clear.withdraw_licence(request.member, licence_id)
    messages.success(request, _("The licence is withdrawn. You can bring it back below."))
    return redirect("asset-section", licence.asset_id, "rights")


@members_only
@require_POST
def reinstate_licence(request: MemberRequest, licence_id: int) -> HttpResponse:
    """It counts again."""
    licence = clear.reinstate_licence(request.member, licence_id)
    messages.success(request, _("The licence counts again."))
    return redirect("asset-section", licence.asset_id, "rights")


@members_only
@require_POST
def set_embargo(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Sets or lifts the embargo."""
    row, form = queries.asset_for(request.member, asset_id), EmbargoForm(request.POST, prefix="embargo")
    if not form.is_valid():
        return asset_page(request, row, "rights", embargo_form=form)
    until = form.moment(row.workspace)
    clear.set_embargo(request.member, asset_id, until)
    messages.success(request, _("The embargo is set.") if until else _("The embargo is lifted."))
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_POST
def set_rights_needed(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Says whether it is music, of which two rights need a licence each."""
    clear.set_rights_needed(request.member, asset_id, request.POST.getlist("right"))
    messages.success(request, _("Saved."))
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_POST
def show_subject(request: MemberRequest, asset_id: int) -> HttpResponse:
    """Somebody or something can be recognised in the asset."""
    form = SubjectForm(request.POST, prefix="subject")
    values = form.data.get
    done = _kept(
        form,
        lambda: consents.show_subject(
            request.member, asset_id, values("subject-name", ""), kind=values("subject-kind", "")
        ),
    )
    if not done:
        return asset_page(request, queries.asset_for(request.member, asset_id), "rights", subject_form=form)
    messages.success(request, _("Noted. Without a consent, nothing with this goes out any more."))
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_POST
def hide_subject(request: MemberRequest, asset_id: int, subject_id: int) -> HttpResponse:
    """They cannot be recognised after all."""
    subject = consents.hide_subject(request.member, asset_id, subject_id)
    messages.success(request, _("%(name)s is no longer noted here.") % {"name": subject.name})
    return redirect("asset-section", asset_id, "rights")


@members_only
@require_GET
def subjects(request: MemberRequest) -> HttpResponse:
    """Everybody and everything that can be recognised, with what they agreed to."""
    queries.refuse_guests(request.member)
    words = request.GET.get("q", "").strip()[:120]
    kept = Count("consents", filter=Q(consents__withdrawn_at=None), distinct=True)
    rows = queries.subjects_for(request.member).annotate(assets_count=Count("assets", distinct=True), kept_count=kept)
    found = rows.filter(name__icontains=words) if words else rows
    return render(request, "library/subjects.html", {"subjects": found[:500], "q": words})


@members_only
def subject(request: MemberRequest, subject_id: int) -> HttpResponse:
    """One of them: the consents, where they can be seen, and a form for another consent."""
    row = queries.subject_for(request.member, subject_id)
    form = ConsentForm()
    if request.method == "POST":
        form = ConsentForm(request.POST)
        if _kept(form, lambda: consents.give_consent(request.member, subject_id, form.entered())):
            messages.success(request, _("The consent is entered."))
            return redirect("subject", subject_id)
    shown = consents.assets_of(request.member, subject_id)
    context = {
        "subject": row,
        "crumbs": [(_("Library"), "/library/"), (_("People and places"), "/library/people/"), (row.name, "")],
        "consents": [(consent, consent_sentence(consent)) for consent in row.consents.all()],
        "has_consent": any(consent.withdrawn_at is None for consent in row.consents.all()),
        "assets": [(asset, queries.uses_of(asset)) for asset in shown],
        "form": form,
        "can_clear": can(request.member, "clear"),
    }
    return render(request, "library/subject.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def withdraw_consent(request: MemberRequest, consent_id: int) -> HttpResponse:
    """The consent no longer counts."""
    consent = consents.withdraw_consent(request.member, consent_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("Withdrawn. What went out with it alone is being taken down."))
    return redirect("subject", consent.subject_id)


@members_only
@require_POST
def reinstate_consent(request: MemberRequest, consent_id: int) -> HttpResponse:
    """It counts again."""
    consent = consents.reinstate_consent(request.member, consent_id)
    messages.success(request, _("The consent counts again. What was taken down stays down."))
    return redirect("subject", consent.subject_id)


@members_only
@require_POST
def withdraw_all(request: MemberRequest, subject_id: int) -> HttpResponse:
    """Nothing they agreed to counts any more."""
    count = consents.withdraw_all(request.member, subject_id, reason=request.POST.get("reason", ""))
    words = ngettext("%(count)d consent is withdrawn.", "%(count)d consents are withdrawn.", count)
    messages.success(request, words % {"count": count})
    return redirect("subject", subject_id)


def _kept(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was in order and the service took it; else the form says what was wrong."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as error:
        say(form, error)
        return False
    return True


def _keep_papers(request: MemberRequest, keep: Callable[[Path, str], object]) -> None:
    """Keeps every file of the request; says what was wrong with one."""
    try:
        for upload in uploaded_files(request):
            with kept_for(upload) as path:
                keep(path, str(upload.name))
        messages.success(request, _("Attached."))
    except Invalid as error:
        messages.error(request, " ".join(problem.message for problem in error.problems_in(translation)))
