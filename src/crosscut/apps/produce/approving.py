"""The steps of approval that a campaign asks for, and how far a frozen state has come through them.

A yes counts in its step while who said it may still say it there, until the same person wants changes, and until
somebody takes the approval back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from crosscut.apps.accounts.models import AuditEvent, Member
from crosscut.apps.accounts.permissions import can, roles_that_may
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Approval, ApprovalStep, Edition, Piece

Decision = Approval.Decision
_WROTE = ("piece.created", "piece.changed", "piece.state_restored", "piece.translation_returned")
_NAMED: Any = ApprovalStep.people.through
_FOR_AND_AGAINST = (Decision.APPROVED, Decision.CHANGES)
_IS_HERE = Q(member__left_at=None, member__user__is_active=True)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How one frozen state stands in one step."""

    step: ApprovalStep
    yeses: tuple[Approval, ...]  # that count, oldest first
    objections: tuple[Approval, ...]  # who wants changes and has not said yes since

    @property
    def awaited(self) -> tuple[Member, ...]:
        """The people of the step who have not said yes and are still here; nobody where any senior may."""
        said = {word.member_id for word in self.yeses}
        return tuple(one for one in self.step.people.all() if one.pk not in said and is_here(one))

    @property
    def is_done(self) -> bool:
        """Whether the step is behind it."""
        if self.objections or not self.yeses:
            return False
        return not (self.step.needs_all and self.awaited)


def steps_of(campaign: Campaign | None) -> QuerySet[ApprovalStep]:
    """What the campaign asks for, in order, with the people; nothing where the workspace's rule holds."""
    return _in_order({campaign.pk} if campaign else set())


def progress_of(editions: Iterable[Edition]) -> dict[int, tuple[Progress, ...]]:
    """How each edition stands in each step of its campaign, by the edition's id; left out where it has none.

    Each edition comes with its `piece`; three queries for all of them, one where no campaign has steps.
    """
    campaigns = {edition.pk: edition.piece.campaign_id for edition in editions}
    wanted = {campaign for campaign in campaigns.values() if campaign}
    steps: dict[int, list[ApprovalStep]] = defaultdict(list)
    for step in _in_order(wanted):
        steps[step.campaign_id].append(step)
    asked = [pk for pk, campaign in campaigns.items() if campaign in steps]
    if not asked:
        return {}
    said: dict[tuple[int, int | None, str], list[Approval]] = defaultdict(list)
    for word in _in_force(Approval.objects.filter(edition__in=asked)).select_related("member__user").order_by("id"):
        said[word.edition_id, word.step_id, word.decision].append(word)
    return {
        pk: tuple(
            Progress(
                step=step,
                yeses=tuple(said[pk, step.pk, Decision.APPROVED]),
                objections=tuple(said[pk, step.pk, Decision.CHANGES]),
            )
            for step in steps[campaigns[pk] or 0]
        )
        for pk in asked
    }


def next_of(progress: tuple[Progress, ...]) -> Progress | None:
    """The step whose turn it is; None when all are done."""
    return next((one for one in progress if not one.is_done), None)


def is_asked_in(member: Member, progress: Progress, makers: set[int]) -> bool:
    """Whether the member's yes is waited for there. `makers` are the members who wrote the piece."""
    has_said = any(word.member_id == member.pk for word in progress.yeses)
    return not has_said and may_speak(member, progress.step) and not (progress.step.four_eyes and member.pk in makers)


def may_speak(member: Member, step: ApprovalStep) -> bool:
    """Whether the step is one of the member's: named in it, or where nobody is named, senior enough."""
    people = {person.pk for person in step.people.all()}
    return is_here(member) and (member.pk in people if people else can(member, "approve"))


def is_here(member: Member) -> bool:
    """Whether the member still belongs to the team and can sign in."""
    return member.left_at is None and member.user.is_active


def makers_of(pieces: Iterable[Piece]) -> dict[int, set[int]]:
    """Who wrote each piece, as members' ids by the piece's id: its owner, and everybody who ever changed it."""
    rows = list(pieces)
    if not rows:
        return {}
    made: dict[int, set[int]] = {piece.pk: {piece.owner_id} if piece.owner_id else set() for piece in rows}
    subjects = {f"piece:{piece.pk}": piece.pk for piece in rows}
    events = AuditEvent.objects.filter(workspace__in={piece.workspace_id for piece in rows}, subject__in=subjects)
    for subject, member in events.filter(verb__in=_WROTE).exclude(member=None).values_list("subject", "member"):
        made[subjects[subject]].add(member)
    return made


class StepsLeft(Func):
    """Whether an edition has steps of a campaign still to go through: `Progress.is_done`, for lists of pieces.

    Written out: as a query of Django's it took more computing to build than a page of pieces to show.
    """

    output_field = BooleanField()
    template = """EXISTS (
        SELECT FROM (VALUES (%(expressions)s)) AS asked (campaign, edition)
        JOIN produce_approvalstep AS step ON step.campaign_id = asked.campaign
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT word.member_id) FILTER (WHERE word.decision = 'approved') AS yeses,
                count(*) FILTER (WHERE word.decision = 'changes') AS objections
            FROM produce_approval AS word
            JOIN accounts_member AS member ON member.id = word.member_id AND member.left_at IS NULL
            JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
            WHERE word.edition_id = asked.edition AND word.step_id = step.id
                AND CASE WHEN EXISTS (SELECT FROM produce_approvalstep_people AS named
                        WHERE named.approvalstep_id = step.id)
                    THEN EXISTS (SELECT FROM produce_approvalstep_people AS named
                        WHERE named.approvalstep_id = step.id AND named.member_id = word.member_id)
                    ELSE word.role IN (%(seniors)s) AND member.role IN (%(seniors)s) END
                AND NOT EXISTS (SELECT FROM produce_approval AS later
                    WHERE later.edition_id = word.edition_id AND later.id > word.id AND (later.decision = 'withdrawn'
                        OR later.member_id = word.member_id AND later.step_id = step.id
                            AND later.decision IN ('approved', 'changes')))
        ) AS said
        WHERE said.yeses = 0 OR said.objections > 0 OR step.needs_all AND said.yeses < (
            SELECT count(*) FROM produce_approvalstep_people AS named
            JOIN accounts_member AS member ON member.id = named.member_id AND member.left_at IS NULL
            JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
            WHERE named.approvalstep_id = step.id)
    )"""

    def __init__(self, campaign: str, edition: str) -> None:
        """Both are names of fields or annotations of the rows this is asked of."""
        super().__init__(F(campaign), F(edition), seniors=", ".join(f"'{role}'" for role in roles_that_may("approve")))


def _in_order(campaigns: set[int]) -> QuerySet[ApprovalStep]:
    rows = ApprovalStep.objects.filter(campaign__in=campaigns).prefetch_related("people__user")
    return rows.order_by("campaign", "position", "id")


def _in_force(words: QuerySet[Approval]) -> QuerySet[Approval]:
    """The yeses and wishes for changes in steps that count: by who is still asked there, and not taken back since."""
    named = _NAMED.objects.filter(approvalstep=OuterRef("step"))
    seniors = roles_that_may("approve")
    is_asked = Exists(named.filter(member=OuterRef("member"))) | (
        ~Exists(named) & Q(role__in=seniors, member__role__in=seniors)
    )
    words = words.filter(_IS_HERE, is_asked, decision__in=_FOR_AND_AGAINST).exclude(step=None)
    later = Approval.objects.filter(edition=OuterRef("edition"), pk__gt=OuterRef("pk")).filter(
        Q(decision=Decision.WITHDRAWN)
        | Q(member=OuterRef("member"), step=OuterRef("step"), decision__in=_FOR_AND_AGAINST)
    )
    return words.filter(~Exists(later))
