"""The brand on the page of a campaign."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library.queries import brand_kits_for, usual_brand_kit
from crosscut.apps.plan.queries import campaign_for, can_change
from crosscut.apps.produce.branding import Choice, brand_of_campaign
from crosscut.apps.produce.services.brand import choose_brand


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def of_campaign(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """What the campaign's pieces are checked by, with the choice for who may plan it."""
    row = campaign_for(request.member, campaign_id)
    if request.method == "POST":
        wanted = request.POST.get("brand", "")
        kit_id = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
        choice = Choice.KIT if kit_id else Choice.NONE if wanted == Choice.NONE else Choice.USUAL
        choose_brand(request.member, campaign_id, choice, kit_id=kit_id)
        messages.success(request, _("Saved. Its posts are checked by that from now on."))
        return redirect("campaign", campaign_id)
    context = {
        "campaign": row,
        "brand": brand_of_campaign(row),
        "usual": usual_brand_kit(row.workspace_id),
        "kits": brand_kits_for(request.member),
        "can_choose": can(request.member, "plan") and can_change(request.member, row) and not row.archived_at,
    }
    return render(request, "produce/campaign_brand.html", context)
