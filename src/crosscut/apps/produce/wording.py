"""Stages, decisions and history of pieces in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.wording import event_sentence
from crosscut.apps.produce.queries import Stage
from crosscut.channels.icons import name_of

STAGES: dict[Stage, Any] = {
    Stage.DRAFT: gettext_lazy("Draft"),
    Stage.NEEDS_APPROVAL: gettext_lazy("Needs approval"),
    Stage.APPROVED: gettext_lazy("Approved"),
    Stage.SCHEDULED: gettext_lazy("Scheduled"),
    Stage.LIVE: gettext_lazy("Live"),
    Stage.TROUBLE: gettext_lazy("In trouble"),
}
_SENTENCES = {
    "piece.created": gettext_lazy("started this piece"),
    "piece.assigned": gettext_lazy("gave it to somebody"),
    "piece.archived": gettext_lazy("archived it"),
    "piece.restored": gettext_lazy("brought it back from the archive"),
    "piece.state_restored": gettext_lazy("brought an earlier state back"),
    "piece.language_added": gettext_lazy("added a language"),
    "piece.translation_reviewed": gettext_lazy("read the translation and found it right"),
    "piece.translation_returned": gettext_lazy("brought a translated file back"),
    "piece.requested": gettext_lazy("asked for approval"),
    "piece.approved": gettext_lazy("approved it"),
    "piece.changes": gettext_lazy("wants changes"),
    "piece.withdrawn": gettext_lazy("took the approval back"),
    "piece.shared": gettext_lazy("showed it to a guest"),
    "piece.shown": gettext_lazy("showed the guest the newest version"),
    "piece.unshared": gettext_lazy("ended the sharing with a guest"),
    "piece.guest_answered": gettext_lazy("answered a guest"),
    "piece.guest_commented": gettext_lazy("wrote to the team, as a guest"),
    "piece.guest_approved": gettext_lazy("approved it, as a guest"),
    "piece.guest_wants_changes": gettext_lazy("asks for changes, as a guest"),
    "finding.waived": gettext_lazy("allowed an exception"),
    "finding.unwaived": gettext_lazy("ended an exception"),
}
_FIELDS = {
    "title": gettext_lazy("title"),
    "text": gettext_lazy("text"),
    "summary": gettext_lazy("summary"),
    "link": gettext_lazy("link"),
    "tags": gettext_lazy("topics"),
    "language": gettext_lazy("language"),
    "campaign": gettext_lazy("campaign"),
    "media": gettext_lazy("media"),
    "channels": gettext_lazy("channels"),
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of the history: what somebody did, or the saves of one sitting together."""

    who: str
    words: str
    at: datetime  # of the last of them
    note: str  # in their own words
    digest: str  # of the state it is about; empty without one


def history_of(events: Iterable[AuditEvent]) -> list[Happening]:
    """The events, newest first, with the saves that one person made in a row told as one line."""
    lines: list[Happening] = []
    run: list[AuditEvent] = []
    for event in events:
        if run and (event.verb != "piece.changed" or event.member_id != run[0].member_id):
            lines.append(_saves(run))
            run = []
        if event.verb == "piece.changed":
            run.append(event)
        else:
            lines.append(_one(event))
    return [*lines, _saves(run)] if run else lines


def _one(event: AuditEvent) -> Happening:
    words = str(_SENTENCES[event.verb]) if event.verb in _SENTENCES else event_sentence(event)
    note = str(event.detail.get("note") or event.detail.get("reason") or "")
    return Happening(who=_who(event), words=words, at=event.at, note=note, digest=event.detail.get("digest", ""))


def _saves(run: list[AuditEvent]) -> Happening:
    changed = dict.fromkeys(name for event in run for name in event.detail.get("changed", ()))
    fields = ", ".join(_field(name) for name in changed)
    words = ngettext("changed %(fields)s", "changed %(fields)s in %(n)d saves", len(run))
    return Happening(
        who=_who(run[0]), words=words % {"fields": fields, "n": len(run)}, at=run[0].at, note="", digest=""
    )


def _field(name: str) -> str:
    kind, _space, slug = name.partition(" ")
    return name_of(slug) if kind == "channel" and slug else str(_FIELDS.get(name, name))


def _who(event: AuditEvent) -> str:
    return str(event.member.user) if event.member else str(event.detail.get("guest") or _("Crosscut"))
