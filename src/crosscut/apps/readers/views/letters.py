"""The letters of an issue: a part of its post's page, and the list of those that only a person can settle."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.publish.queries import target_for
from crosscut.apps.readers import queries
from crosscut.apps.readers.models import Letter
from crosscut.apps.readers.services import settling
from crosscut.channels.registry import mails_readers

PAGE = 50


@members_only
@require_safe
def part(request: MemberRequest, post_id: int) -> HttpResponse:
    """How many letters are where; nothing for posts that mail nobody."""
    target = target_for(request.member, post_id)
    if not mails_readers(target.account.channel):
        return HttpResponse()
    mailing = queries.mailing_of(target)
    counts = queries.count_letters(mailing) if mailing else {}
    context = {
        "post": target,
        "mailing": mailing,
        "counts": [(key, label, counts[key]) for key, label in Letter.State.choices if counts.get(key)],
        "unknown": counts.get(Letter.State.UNKNOWN, 0),
        "total": sum(counts.values()),
        "left": sum(counts.get(state, 0) for state in Letter.OPEN_STATES),
        "can_see": can(request.member, "readers"),
    }
    return render(request, "readers/part.html", context)


@members_only
@require_safe
def letters(request: MemberRequest, post_id: int) -> HttpResponse:
    """Letter by letter."""
    target, state = target_for(request.member, post_id), request.GET.get("state", "")
    rows = queries.letters_for(request.member, post_id, state=state)
    mailing = queries.mailing_of(target)
    counts = queries.count_letters(mailing) if mailing else {}
    context = {
        "post": target,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "counts": [(key, label, counts[key]) for key, label in Letter.State.choices if counts.get(key)],
        "can_settle": can(request.member, "settle"),
    }
    return render(request, "readers/letters.html", context)


@members_only
@require_POST
def settle(request: MemberRequest, post_id: int) -> HttpResponse:
    """What a person says of letters whose answer was lost."""
    chosen = [int(pk) for pk in request.POST.getlist("letter") if pk.isdecimal()]
    if request.POST.get("action") == "again":
        settling.send_again(request.member, post_id, chosen)
        messages.success(request, _("They go out once more."))
    else:
        settling.say_arrived(request.member, post_id, chosen)
        messages.success(request, _("Noted: they have arrived."))
    return redirect("post-letters-list", post_id)
