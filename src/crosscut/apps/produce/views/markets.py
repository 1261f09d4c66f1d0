"""The markets: what posts in each language are held to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.forms import show_problems
from crosscut.apps.accounts.permissions import can
from crosscut.apps.produce.market_forms import MarketForm
from crosscut.apps.produce.markets import markets_for
from crosscut.apps.produce.services.markets import drop_market, set_market
from crosscut.kernel.errors import Invalid


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def markets(request: MemberRequest) -> HttpResponse:
    """Everybody sees them; seniors change them. `?language=` puts one into the form."""
    rows = list(markets_for(request.member))
    chosen = next((row for row in rows if row.language == request.GET.get("language")), None)
    initial = MarketForm.initial_of(chosen) if chosen else {}
    form = MarketForm(request.POST or None, by=request.member, initial=initial)
    if form.is_valid():
        try:
            set_market(request.member, form.wish())
        except Invalid as error:
            show_problems(form, error)
        else:
            messages.success(request, _("Saved. It holds for everything that has not gone out yet."))
            return redirect("markets")
    context = {"rows": rows, "form": form, "chosen": chosen, "can_change": can(request.member, "markets")}
    return render(request, "produce/markets.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def drop(request: MemberRequest, market_id: int) -> HttpResponse:
    """Posts in that language are held to what the workspace says."""
    drop_market(request.member, market_id)
    messages.success(request, _("Removed."))
    return redirect("markets")
