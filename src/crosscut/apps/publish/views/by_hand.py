"""Posting something by hand: the page for whoever stands there with the phone, its files, and what they tell."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import storage
from crosscut.apps.publish import queries, sheets
from crosscut.apps.publish.cards import cards_of
from crosscut.apps.publish.forms import PostedForm
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import by_hand
from crosscut.apps.publish.wording import by_hand_meaning, state_meaning
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid

State = Target.State


@members_only
@require_safe
def sheet(request: MemberRequest, post_id: int) -> HttpResponse:
    """Everything to copy, save and follow, and who has it."""
    target = queries.target_for(request.member, post_id)
    return render(request, "publish/by_hand.html", _context(request, target, PostedForm()))


@members_only
@require_POST
def take(request: MemberRequest, post_id: int) -> HttpResponse:
    """It is in this person's hands."""
    try:
        by_hand.take(request.member, queries.target_for(request.member, post_id))
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is yours. The others see that you have it."))
    return redirect("by-hand", post_id)


@members_only
@require_POST
def confirm(request: MemberRequest, post_id: int) -> HttpResponse:
    """It is posted, and where."""
    target = queries.target_for(request.member, post_id)
    form = PostedForm(request.POST)
    if form.is_valid():
        try:
            by_hand.confirm(request.member, target, **form.cleaned_data)
        except Invalid as error:
            form.add_error("url", str(error))
        except CrosscutError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted. What the public sees there is read now."))
            return redirect("post", post_id)
    target = queries.target_for(request.member, post_id)
    return render(request, "publish/by_hand.html", _context(request, target, form), status=422)


@members_only
@require_POST
def give_back(request: MemberRequest, post_id: int) -> HttpResponse:
    """It was not posted."""
    target = queries.target_for(request.member, post_id)
    by_hand.give_back(request.member, target, note=request.POST.get("note", "")[:300])
    messages.success(request, _("Noted: it was not posted. It waits for somebody again."))
    return redirect("post", post_id)


@members_only
@require_safe
def file(request: MemberRequest, post_id: int, number: int) -> FileResponse:
    """One file, to be saved."""
    one = sheets.file_of(queries.target_for(request.member, post_id), number)
    stored = storage.open_stored(one.sha256)
    return FileResponse(stored, as_attachment=True, filename=one.name, content_type=one.media_type)


@members_only
@require_safe
def all_files(request: MemberRequest, post_id: int) -> FileResponse:
    """All of them and the words, as one file."""
    target = queries.target_for(request.member, post_id)
    return FileResponse(sheets.zipped(target), as_attachment=True, filename=sheets.zip_name(target))


@members_only
@require_safe
def reminder(request: MemberRequest, post_id: int) -> HttpResponse:
    """For the calendar on the phone."""
    target = queries.target_for(request.member, post_id)
    by_hand.demand_by_hand(target)
    answer = HttpResponse(sheets.reminder(target, timezone.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="post-{target.pk}.ics"'
    return answer


def _context(request: MemberRequest, target: Target, form: PostedForm) -> dict[str, Any]:
    [card] = cards_of(request.member, queries.targets_for(request.member).filter(pk=target.pk))
    holder = queries.holder_of(target)
    is_mine = holder is not None and holder.by_id == request.member.pk
    is_open = target.state in (*Target.WAITING_STATES, State.SENDING, State.UNKNOWN)
    may_tell = is_open and (holder is None or is_mine or can(request.member, "settle"))
    return {
        "post": target,
        "card": card,
        "todo": sheets.todo_of(target),
        "meaning": by_hand_meaning(target, card.holder) or state_meaning(card.state),
        "holder": holder,
        "is_mine": is_mine,
        "can_take": holder is None and card.state == State.HANDED,
        "can_give_back": holder is not None and may_tell,
        "may_tell": may_tell,
        "is_ahead": target.state == State.SCHEDULED,
        "form": form,
    }
