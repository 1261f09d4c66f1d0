"""Posts as cards: on the calendar, on home and in lists. One query reads a window of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Concat, Left, TruncDate
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.library.models import Licence, Rendition
from crosscut.apps.preflight.models import Check
from crosscut.apps.preflight.services import is_passing
from crosscut.apps.produce.models import EditionMedia
from crosscut.apps.publish.models import Forecast, Hold, Target
from crosscut.apps.publish.queries import LATE_AFTER, LATE_BY_HAND, active_holds, open_by_hand
from crosscut.apps.publish.slots import FreePlace
from crosscut.apps.publish.wording import parts_words, state_word
from crosscut.channels.icons import drawing_of, name_of
from crosscut.channels.markup import shortened
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.findings import Finding, Level, blocking, read_again
from crosscut.kernel.phrases import phrase, spoken
from crosscut.specs.sentences import said_again

State = Target.State
MOVABLE = Target.WAITING_STATES
WORDS_SHOWN = 110  # of the text, on a card
_SHOWN = (  # of a post and what belongs to it: a card has no need of texts, settings and secrets
    *("state", "due_at", "zone", "problem", "needs_person", "url", "post_type", "part_count"),
    *("parts_out", "has_comment"),
    *("piece__title", "piece__campaign__name"),
    *("account__name", "account__channel", "account__state", "account__login_ends_at"),
    *("forecast__due_at", "forecast__findings"),
)
_MARKS = re.compile(r"\]\([^)]*\)|^#+\s*|[*_`>\[\]]+", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One post, as every list of posts shows it."""

    pk: int
    url: str  # its page here
    state: str  # a state of the design system; "held" while a hold stops it
    words: str  # the first words of its text, or its title
    title: str  # the piece's title
    due_at: datetime
    zone: str  # the zone its time was chosen in
    account: str
    channel: str  # a slug
    channel_name: str
    campaign: str  # its name; empty without one
    thumb: str  # address of a small picture, or empty
    problem: str  # what is wrong, or will be when it is due; empty when all is well
    is_at_risk: bool  # nothing is wrong yet, and it would not go out as things are
    warning: str  # it goes out, and somebody should know this of its time or its neighbours; or empty
    needs_person: bool
    can_move: bool
    public_url: str  # where the public sees it; empty while it does not
    is_of_series: bool
    holder: str  # who has it in their hands to post it; empty for all others
    progress: str = ""  # of a thread: how many of its parts are out, while not all are

    @property
    def icon(self) -> SafeString:
        """The channel's drawing."""
        return mark_safe(drawing_of(self.channel))  # noqa: S308 - a plug-in's own file, looked at by the contract kit


def cards_of(member: Member, rows: QuerySet[Target]) -> list[Card]:
    """The targets as cards, in their order: one query for all of them and one for the holds."""
    zone = member.workspace.time_zone
    holds = list(active_holds(member.workspace_id))
    return [_card(target, holds) for target in with_card_parts(rows, zone=zone).only(*_SHOWN)]


def with_card_parts(rows: QuerySet[Target], *, zone: str) -> QuerySet[Target]:
    """The targets with what a card needs beside its own row; `zone` tells on which day rights must last."""
    return (
        rows.select_related("forecast")
        .annotate(
            first_words=Left(_in_content("outlets", F("account__channel"), "text"), 400),
            topics=KeyTransform("tags", "edition__content"),
            thumbnail=_thumbnail(),
            blocking=_blocking(),
            holder=_holder(),
            planner=F("created_by__user__name"),
            series=F("series_date__series"),
            due_on=TruncDate("due_at", tzinfo=ZoneInfo(zone)),
        )
        .annotate(lacks_rights=_lacks_rights())
    )


def first_words(text: str) -> str:
    """The beginning of a text without its marks, on one line.

    >>> first_words("## Six things\\n\\n**Half** the [reef](https://a.example) is gone.")
    'Six things Half the reef is gone.'
    """
    return shortened(" ".join(_MARKS.sub("", text).split()), WORDS_SHOWN)


def hold_over(target: Target, holds: Iterable[Hold]) -> Hold | None:
    """The first of the holds that stops the target. Its topics must be read with `with_card_parts`."""
    return next((hold for hold in holds if _stops(hold, target)), None)


def safe_link(url: str) -> str:
    """The address when a browser may be sent there: what a channel answers is not trusted to be one.

    >>> safe_link("https://reef.example/1"), safe_link("javascript:alert(1)")
    ('https://reef.example/1', '')
    """
    return url if url.startswith(("https://", "http://")) else ""


def _card(target: Target, holds: list[Hold]) -> Card:
    extra: dict[str, Any] = vars(target)
    is_waiting = target.state in (State.SCHEDULED, State.HANDED)
    can_be_held = is_waiting or (target.state == State.PARTLY and not target.needs_person)
    foretold = foretold_of(target) if is_waiting else ()
    risk = risk_of(target, extra["blocking"], lacks_rights=extra["lacks_rights"]) if is_waiting else ""
    risk = risk or next((spoken(one.message, translation) for one in blocking(foretold)), "")
    hold = hold_over(target, holds) if can_be_held else None
    return Card(
        pk=target.pk,
        url=reverse("post", args=[target.pk]),
        state="held" if hold else target.state,
        words=first_words(extra["first_words"] or "") or target.piece.title,
        title=target.piece.title,
        due_at=target.due_at,
        zone=target.zone,
        account=target.account.name,
        channel=target.account.channel,
        channel_name=name_of(target.account.channel),
        campaign=target.piece.campaign.name if target.piece.campaign else "",
        thumb=reverse("rendition-file", args=[extra["thumbnail"]]) if extra["thumbnail"] else "",
        problem=target.problem or risk or _lateness(target),
        is_at_risk=bool(risk),
        warning=next((spoken(one.message, translation) for one in foretold if _is_about_the_plan(one)), ""),
        needs_person=target.needs_person,
        can_move=target.state in MOVABLE,
        public_url=safe_link(target.url) if target.state in (*Target.LIVE_STATES, State.PARTLY) else "",
        is_of_series=extra["series"] is not None,
        holder=extra["holder"] or "",
        progress=parts_words(target),
    )


def foretold_of(target: Target) -> tuple[Finding, ...]:
    """What the forecast says of the post at its planned time, worst first; nothing while nobody judged that."""
    forecast: Forecast | None = getattr(target, "forecast", None)
    if forecast is None or forecast.due_at != target.due_at:
        return ()
    return tuple(said_again(one) for one in read_again(forecast.findings) if not is_passing(one))


def _is_about_the_plan(finding: Finding) -> bool:
    """Whether it is about its time, its account or its neighbours, and not about what it says."""
    return finding.level is Level.ADVICE and finding.code.startswith(("time.", "account.", "text.alike"))


def _lateness(target: Target) -> str:
    """What to say of a post that should have gone out by now and gives no reason; empty for all others."""
    if target.state == State.SCHEDULED and target.due_at < timezone.now() - LATE_AFTER:
        return _("It should have gone out by now and waits for its turn. Look at the state of the system.")
    if target.state == State.HANDED and target.due_at < timezone.now() - LATE_BY_HAND:
        planner = vars(target)["planner"]
        return _("Nobody has posted it yet. %(who)s planned it.") % {"who": planner} if planner else _("Nobody has it.")
    return ""


def risk_of(target: Target, blocking: int | None, *, lacks_rights: bool) -> str:
    """Why this would not go out as things are now; empty when nothing speaks against it."""
    if target.account.state != Account.State.CONNECTED:
        return _("%(account)s must be connected again first.") % {"account": target.account.name}
    ends_at = target.account.login_ends_at
    if ends_at and ends_at < target.due_at:
        return _("The login of %(account)s ends before it goes out: connect it again.") % {
            "account": target.account.name
        }
    if lacks_rights:
        return _("The rights of something in it end before it goes out.")
    if blocking:
        words = ngettext("%(n)d thing must be repaired first.", "%(n)d things must be repaired first.", blocking)
        return words % {"n": blocking}
    return ""


def _stops(hold: Hold, target: Target) -> bool:
    scope = Hold.Scope
    if hold.scope == scope.WORKSPACE:
        return True
    if hold.scope == scope.CAMPAIGN:
        return hold.campaign_id == target.piece.campaign_id
    if hold.scope == scope.CHANNEL:
        return hold.value == target.account.channel
    if hold.scope == scope.TOPIC:
        return hold.value in (vars(target)["topics"] or ())
    raise Unsupported(phrase("Nobody knows what a hold over {scope} stops.", scope=repr(hold.scope)))


def _in_content(*path: str | F) -> Func:
    """A text of the frozen content, found by its path."""
    steps = [step if isinstance(step, F) else Value(step) for step in path]
    return Func(F("edition__content"), *steps, function="jsonb_extract_path_text", output_field=TextField())


def _thumbnail() -> Subquery:
    """The small picture of the first thing in the post that has one."""
    rows = Rendition.objects.filter(purpose="thumbnail", version__edition_uses__edition=OuterRef("edition"))
    return Subquery(rows.order_by("version__edition_uses__position", "-id").values("pk")[:1])


def _holder() -> Subquery:
    """The name of whoever has taken it to post it by hand."""
    return Subquery(open_by_hand().filter(target=OuterRef("pk")).values("by__user__name")[:1])


def _blocking() -> Subquery:
    """How many findings stopped it when it was last checked; null when it never was."""
    name = Concat(OuterRef("account__channel"), Value("/"), OuterRef("post_type"), output_field=CharField())
    return Subquery(Check.objects.filter(edition=OuterRef("edition"), post_type=name).values("blocking_count")[:1])


def _lacks_rights() -> Exists:
    """Whether something in the post has licences, and none that holds on its day."""
    day = OuterRef(OuterRef("due_on"))
    entered = Licence.objects.filter(asset=OuterRef("version__asset"), withdrawn_at=None).order_by()
    lasting = entered.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))
    media = EditionMedia.objects.filter(edition=OuterRef("edition")).order_by()
    return Exists(media.filter(Exists(entered), ~Exists(lasting)))


def as_event(card: Card, zone: str) -> dict[str, Any]:
    """The card as the calendar's script reads it, its time in the calendar's zone."""
    wall = card.due_at.astimezone(ZoneInfo(card.zone))
    return {
        "id": str(card.pk),
        "title": card.words,
        "start": card.due_at.astimezone(ZoneInfo(zone)).isoformat(),
        "state": card.state,
        "state_word": state_word(card.state),
        "url": card.url,
        "thumb": card.thumb,
        "channels": [{"name": f"{card.account} ({card.channel_name})", "icon": card.channel}],
        "problem": card.problem,
        "is_at_risk": card.is_at_risk,
        "warning": card.warning,
        "elsewhere": "" if card.zone == zone else f"{wall:%H:%M} {card.zone}",
        "can_move": card.can_move,
        "is_of_series": card.is_of_series,
    }


def as_free(place: FreePlace, zone: str) -> dict[str, Any]:
    """A free slot as the calendar's script reads it, its time in the calendar's zone."""
    return {
        "start": place.at.astimezone(ZoneInfo(zone)).isoformat(),
        "accounts": [
            {"id": row.pk, "name": f"{row.name} ({name_of(row.channel)})", "icon": row.channel}
            for row in place.accounts
        ],
    }
