"""How an account stands with publishing: a part of its card on the page of accounts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.queries import account_for
from crosscut.apps.publish.services.allowance import last_proof, left_of


@members_only
@require_safe
def standing(request: MemberRequest, account_id: int) -> HttpResponse:
    """The allowance used, and the last post that was seen by the public as it was sent."""
    account = account_for(request.member, account_id)
    context = {"left": left_of(account), "proof": last_proof(account)}
    return render(request, "publish/standing.html", context)
