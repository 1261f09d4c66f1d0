"""The workspace's certificate, and what files say of their origin."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import origins, queries
from crosscut.apps.library.forms.assets import say
from crosscut.apps.library.models import Version
from crosscut.apps.library.services import signing
from crosscut.kernel.errors import Invalid

LIMIT_BYTES = 100_000


class SignerForm(forms.Form):
    """A certificate and its key, as files."""

    certificates = forms.FileField(
        label=gettext_lazy("Certificate"),
        help_text=gettext_lazy("PEM: the signer's own first, then each that vouches for the one before."),
    )
    key = forms.FileField(
        label=gettext_lazy("Private key"),
        help_text=gettext_lazy("PEM without a password. Stored encrypted, never shown again."),
    )

    def texts(self) -> tuple[str, str]:
        """What is in the two files."""
        return self._text("certificates"), self._text("key")

    def _text(self, name: str) -> str:
        text: str = self.cleaned_data[name].read(LIMIT_BYTES).decode("ascii", "replace")
        return text


@members_only
def signer(request: MemberRequest) -> HttpResponse:
    """What files are signed with; a lead changes it."""
    form = SignerForm(request.POST or None, request.FILES or None) if request.method == "POST" else SignerForm()
    if form.is_valid():
        try:
            signing.set_signer(request.member, *form.texts())
        except Invalid as error:
            say(form, error)
        else:
            messages.success(request, _("Files that are made from now on are signed."))
            return redirect("signing")
    row = signing.signer_of(request.member.workspace)
    context = {
        "form": form,
        "signer": row,
        "is_expired": bool(row and signing.is_expired(row)),
        "can_change": can(request.member, "workspace"),
        "crumbs": [(_("Settings"), "/settings/"), (_("Content credentials"), "")],
    }
    return render(request, "library/signing.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def make(request: MemberRequest) -> HttpResponse:
    """Makes a certificate of the workspace's own."""
    signing.make_signer(request.member)
    messages.success(request, _("Made. Files that are made from now on are signed."))
    return redirect("signing")


@members_only
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    """Takes the certificate away."""
    signing.remove_signer(request.member)
    messages.success(request, _("Removed. Nothing is signed from now on; what was signed stays so."))
    return redirect("signing")


@members_only
@require_GET
def authority(request: MemberRequest) -> HttpResponse:
    """The chain of certificates, for whoever is to trust them. Never the key."""
    row = signing.signer_of(request.member.workspace)
    text = row.certificates if row else ""
    named = {"Content-Disposition": 'attachment; filename="certificates.pem"'}
    return HttpResponse(text, content_type="application/x-pem-file", headers=named, status=200 if row else 404)


@members_only
@require_POST
def verify(request: MemberRequest, version_id: int) -> HttpResponse:
    """Reads again what the stored file says of its origin."""
    version = queries.version_for(request.member, version_id)
    signing.verify(version)
    messages.success(request, _("Read again from the stored file."))
    return redirect("asset-section", version.asset_id, "origin")


@members_only
@require_GET
def made(request: MemberRequest, rendition_id: int) -> HttpResponse:
    """What one made file says of its origin, read now."""
    row = queries.rendition_for_member(request.member, rendition_id)
    context = {"origin": origins.shown(signing.verify_made(row.sha256)), "title": row.purpose}
    return render(request, "library/origin_said.html", context)


def origin_of(version: Version) -> dict[str, Any]:
    """What the asset's page shows of the version's origin."""
    return {"origin": origins.shown(signing.origin_of(version)), "is_origin_known": version.provenance is not None}
