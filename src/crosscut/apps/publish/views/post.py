"""One post: its story as a receipt, and what can be done with it."""

import zlib
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.publish import queries
from crosscut.apps.publish.allowed import allowed_to
from crosscut.apps.publish.cards import Card, cards_of, foretold_of, safe_link
from crosscut.apps.publish.forms import KeepOneForm, MoveForm, SettleForm, TakeDownForm, in_own_zone
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.rule_words import words_of
from crosscut.apps.publish.services import changing_rest, going_on, recall, schedule
from crosscut.apps.publish.services import keep_one as keeping
from crosscut.apps.publish.services.look import look_again
from crosscut.apps.publish.services.parts import awaits_comment
from crosscut.apps.publish.services.settle import settle_by_hand
from crosscut.apps.publish.showing import published_content
from crosscut.apps.publish.story import Step, story_of
from crosscut.apps.publish.wording import by_hand_meaning, parts_meaning, state_meaning
from crosscut.channels.registry import is_by_hand, mails_readers
from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import spoken

State = Target.State
FormT = TypeVar("FormT", bound=Form)
_SOON = timedelta(minutes=2)  # so near its time, a page looks again by itself


@members_only
@require_safe
def post(request: MemberRequest, post_id: int) -> HttpResponse:
    """The whole page."""
    target = queries.target_for(request.member, post_id)
    context = {**_live(request, target, "page"), **published_content(target)}
    context["mails_readers"] = mails_readers(target.account.channel)
    return render(request, "publish/post.html", context)


@members_only
@require_safe
def panel(request: MemberRequest, post_id: int) -> HttpResponse:
    """The same post in little, for the side of another page."""
    target = queries.target_for(request.member, post_id)
    return render(request, "publish/panel.html", {**_live(request, target, "panel"), **published_content(target)})


@members_only
@require_safe
def live(request: MemberRequest, post_id: int) -> HttpResponse:
    """The part of the page that changes while the post is on its way; 204 when it is as the asker has seen it."""
    context = _live(request, queries.target_for(request.member, post_id), _part(request.GET.get("part", "")))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "publish/live.html", context)


@members_only
@require_POST
def move(request: MemberRequest, post_id: int) -> HttpResponse:
    """Another time, given in the workspace's zone."""
    target = queries.target_for(request.member, post_id)
    form = _demand_valid(MoveForm(request.POST))
    wall_time, zone = in_own_zone(target, form.cleaned_data["at"], request.member.workspace.time_zone)
    schedule.reschedule(request.member, target, wall_time=wall_time, zone=zone)
    return _done(request, post_id, _("Moved."))


@members_only
@require_POST
def send_now(request: MemberRequest, post_id: int) -> HttpResponse:
    """This very moment."""
    target = queries.target_for(request.member, post_id)
    now = timezone.now().replace(tzinfo=None, microsecond=0)
    wall_time, zone = in_own_zone(target, now, "UTC")
    schedule.reschedule(request.member, target, wall_time=wall_time, zone=zone)
    return _done(request, post_id, _("It goes out now."))


@members_only
@require_POST
def send_the_rest(request: MemberRequest, post_id: int) -> HttpResponse:
    """The parts of a thread that was stopped, from the next one on."""
    going_on.send_the_rest(request.member, queries.target_for(request.member, post_id))
    return _done(request, post_id, _("It goes on with the next part."))


@members_only
@require_POST
def change_the_rest(request: MemberRequest, post_id: int) -> HttpResponse:
    """What has not gone out of a thread that was stopped, as the piece says it now."""
    done = changing_rest.change_the_rest(request.member, queries.target_for(request.member, post_id))
    is_over = done.state == State.SENT
    return _done(request, post_id, _("It ends there.") if is_over else _("It goes on with what the piece says now."))


@members_only
@require_POST
def leave_out_comment(request: MemberRequest, post_id: int) -> HttpResponse:
    """The post without the first comment that could not be written."""
    going_on.leave_out_comment(request.member, queries.target_for(request.member, post_id))
    return _done(request, post_id, _("It stays without its first comment."))


@members_only
@require_POST
def cancel(request: MemberRequest, post_id: int) -> HttpResponse:
    """Off the calendar."""
    schedule.cancel(request.member, queries.target_for(request.member, post_id))
    return _done(request, post_id, _("Cancelled. The piece is still there and can be scheduled again."))


@members_only
@require_POST
def take_down(request: MemberRequest, post_id: int) -> HttpResponse:
    """Off the public's screens."""
    target = queries.target_for(request.member, post_id)
    form = _demand_valid(TakeDownForm(request.POST))
    recall.ask_recall(request.member, target, reason=form.cleaned_data["reason"])
    return _done(request, post_id, _("It is being taken down."))


@members_only
@require_POST
def settle(request: MemberRequest, post_id: int) -> HttpResponse:
    """A person's word on what became of it."""
    target = queries.target_for(request.member, post_id)
    found = _demand_valid(SettleForm(request.POST)).cleaned_data
    is_there = found["is_there"] == "yes"
    settle_by_hand(request.member, target, is_there=is_there, url=found["url"] if is_there else "", note=found["note"])
    return _done(request, post_id, _("Settled.") if is_there else _("Settled. It goes out again by itself."))


@members_only
@require_POST
def keep_one(request: MemberRequest, post_id: int) -> HttpResponse:
    """A person's word on which of several posts is ours."""
    target = queries.target_for(request.member, post_id)
    form = _demand_valid(KeepOneForm(request.POST, target=target, copies=queries.open_copies(target)))
    told = form.cleaned_data
    kept = keeping.keep_one(request.member, target, keep=form.kept(), others=told["others"], note=told["note"])
    if told["others"] == keeping.Others.TAKE_DOWN and kept.state == State.SCHEDULED:
        return _done(request, post_id, _("Settled. The other one is taken down once this one is out."))
    if told["others"] == keeping.Others.TAKE_DOWN:
        return _done(request, post_id, _("Settled. The other one is being taken down."))
    return _done(request, post_id, _("Settled."))


@members_only
@require_POST
def look(request: MemberRequest, post_id: int) -> HttpResponse:
    """Reads the channel now."""
    look_again(request.member, queries.target_for(request.member, post_id))
    return _done(request, post_id, _("The channel is read again."))


def _live(request: MemberRequest, target: Target, part: str) -> dict[str, Any]:
    """What changes while the post is on its way."""
    zone = request.member.workspace.time_zone
    [card] = cards_of(request.member, queries.targets_for(request.member).filter(pk=target.pk))
    history, hold = queries.history_of(target), queries.hold_on(target) if card.state == "held" else None
    allowed = allowed_to(request.member, target)
    copies = queries.open_copies(target) if allowed.can_keep_one else []
    rest = changing_rest.rest_of(target) if allowed.can_write_rest else None
    steps = story_of(target, history, queries.check_of(target), hold=hold.reason if hold else "")
    return {
        "post": target,
        "card": card,
        "part": part,
        "meaning": by_hand_meaning(target, card.holder) or parts_meaning(target) or state_meaning(card.state),
        "is_by_hand": is_by_hand(target.account.channel),
        "hold": hold,
        "steps": steps,
        "foretold": [one.said_in(translation) for one in foretold_of(target)] if card.can_move else [],
        "allowed": allowed,
        "move_form": MoveForm(initial={"at": target.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)}),
        "take_down_form": TakeDownForm(),
        "settle_form": SettleForm(),
        "rest": rest,
        "rest_problem": spoken(rest.problem, translation) if rest else "",
        "twin_id": queries.decided_at(target),
        "settles_comment": awaits_comment(target),
        "keep_one_form": KeepOneForm(target=target, copies=copies),
        "found": [link for link in map(safe_link, (target.url, *(copy.url for copy in copies))) if link],
        "zone": zone,
        "series_words": words_of(queries.series_of(target)),
        "is_moving": _is_moving(target, card),
        "seen": _fingerprint(card, steps),
    }


def _is_moving(target: Target, card: Card) -> bool:
    """Whether something will happen by itself so soon that the page should look again."""
    if target.state in (State.SENDING, State.RECALLING):
        return not card.holder
    if target.state in (State.UNKNOWN, State.SENT, State.PARTLY):
        return not target.needs_person and not (target.state == State.SENT and target.problem)
    return card.state == State.SCHEDULED and target.due_at < timezone.now() + _SOON


def _fingerprint(card: Card, steps: list[Step]) -> str:
    """Changes when anything the page shows of it changes."""
    return f"{zlib.crc32(repr((card, steps)).encode()):08x}"


def _part(name: str) -> str:
    return "panel" if name == "panel" else "page"


def _demand_valid(form: FormT) -> FormT:
    """The form when it is in order. Raises Invalid with every problem otherwise."""
    if form.is_valid():
        return form
    problems = [
        Problem(code="invalid", where=name, message=str(text)) for name, texts in form.errors.items() for text in texts
    ]
    raise Invalid(problems=problems)


def _done(request: MemberRequest, post_id: int, words: str) -> HttpResponse:
    """Back to the post: for htmx its part as it is now, with the words as a message."""
    if not request.headers.get("HX-Request"):
        messages.success(request, words)
        return redirect("post", post_id)
    target = queries.target_for(request.member, post_id)
    answer = render(request, "publish/live.html", _live(request, target, _part(request.POST.get("part", ""))))
    trigger_client_event(answer, "say", {"words": words, "level": "success"})
    trigger_client_event(answer, "calendar-changed", {})
    return answer
