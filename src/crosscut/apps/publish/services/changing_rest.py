"""A thread that was stopped half-way: what has not gone out may become another than it was.

Whoever wants it so changes the piece, as for any post, and takes the piece over. Parts that are out stay as they are:
the piece has to show them unchanged. What is changed is another edition, so all that holds for one is asked anew:
approvals, guests, checks.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.services import demand_no_blocking
from crosscut.apps.produce.linking import published_words
from crosscut.apps.produce.services.approve import demand_publishable
from crosscut.apps.produce.services.freeze import content_of, freeze, media_for
from crosscut.apps.produce.threads import first_comment, part_count, part_view
from crosscut.apps.publish.models import Copy, Target
from crosscut.apps.publish.services import parts, stage
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import digest

State = Target.State


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What the piece as it is now would make of a stopped thread."""

    is_other: bool  # it says anything else than what is being sent
    problem: str  # why it cannot be taken over; empty where it can
    changed: tuple[int, ...]  # the parts that would become others, be new, or be left out


def rest_of(target: Target) -> Rest | None:
    """What the piece as it is now would change; None where no thread of parts waits for a person."""
    if not _is_stopped(target):
        return None
    content = content_of(target.piece)
    if digest(content) == target.edition.digest:
        return Rest(is_other=False, problem="", changed=())
    return Rest(is_other=True, problem=_why_not(target, content), changed=_changed(target, content))


@transaction.atomic
def change_the_rest(by: Member, target: Target) -> Target:
    """Lets the thread go on with what the piece says now. With no parts left to send, it is out.

    Raises Conflict when it does not wait for that, Invalid for a piece in which a part that is out is another, or with
    every blocking finding, and NotAllowed without a needed approval of what the piece says now.
    """
    rows = Target.objects.select_for_update(of=("self",)).select_related("edition", "piece__workspace", "account")
    held = rows.get(pk=target.pk, workspace=by.workspace_id)
    if not _is_stopped(held):
        raise Conflict(phrase("Nothing waits here: it is {state}.", state=held.get_state_display().lower()))
    if held.copies.filter(state=Copy.State.OPEN).exists():
        raise Conflict(phrase("A part may be out twice. Say first which post is ours."))
    edition = freeze(held.piece, by=by)
    if why := _why_not(held, edition.content):
        raise Invalid.at("text", why)
    demand_publishable(by, edition)
    changed, before = _changed(held, edition.content), held.edition.digest
    held.edition, held.created_by = edition, by
    parts.count(held)
    if held.part_count > held.parts_out:
        demand_no_blocking(edition, held.account.channel, held.post_type, at=timezone.now())
    stage.forget(held)
    held.state = State.PARTLY if held.part_count > held.parts_out else State.SENT
    held.needs_person, held.problem, held.next_at, held.stagings = False, "", timezone.now(), 0
    held.save()
    record("post.rest_changed", held, by=by, before=before, after=edition.digest, parts=list(changed))
    return held


def _is_stopped(target: Target) -> bool:
    return target.state == State.PARTLY and target.needs_person


def _why_not(target: Target, content: dict[str, Any]) -> str:
    """Why the piece cannot be taken over: a part that is out is not in it as it went out."""
    slug = target.account.channel
    if slug not in content["outlets"]:
        return phrase("The piece has nothing for this channel any more. Put it back.")
    out, count = _out(target), part_count(content, slug)
    if count < out:
        return phrase("{out} parts are out, and the piece has {count}. Put them back.", out=out, count=count)
    shown, was = content["outlets"][slug], target.edition.content["outlets"][slug]
    if was.get("is_numbered") and (not shown.get("is_numbered") or count != parts.post_count(target)):
        return phrase("The parts that are out say how many there are: keep {count}.", count=parts.post_count(target))
    for part in range(1, out + 1):
        if _shown(content, slug, part) != _shown(target.edition.content, slug, part):
            return phrase("Part {part} is out and cannot be changed here. Put it back as it was.", part=part)
    return ""


def _changed(target: Target, content: dict[str, Any]) -> tuple[int, ...]:
    """The parts that would be others than in what is being sent; of those that are not out."""
    slug, was = target.account.channel, target.edition.content
    if slug not in content["outlets"]:
        return ()
    most = max(target.part_count, part_count(content, slug) + bool(first_comment(content, slug)))
    later = range(target.parts_out + 1, most + 1)
    return tuple(part for part in later if _at(content, slug, part) != _at(was, slug, part))


def _out(target: Target) -> int:
    """How many parts of the thread itself are out."""
    return min(target.parts_out, parts.post_count(target))


def _at(content: dict[str, Any], slug: str, part: int) -> Any:
    """What that part shows; None where there is none."""
    count = part_count(content, slug)
    is_there = part <= count or (part == count + 1 and first_comment(content, slug))
    return _shown(content, slug, part) if is_there else None


def _shown(content: dict[str, Any], slug: str, part: int) -> Any:
    """All of a part that the public sees, as it goes out."""
    view = part_view(content, slug, part)
    outlet = view["outlets"][slug]
    extra = {name: value for name, value in outlet["extra"].items() if name != "first_comment"}
    files = [(one["version"], one["alt_text"], one.get("focus"), one["tracks"]) for one in media_for(view, slug)]
    first = (view["summary"], view["tags"], outlet["title"], extra) if part == 1 else ()
    return (*published_words(view, slug), outlet["post_type"], files, *first)
