"""Rows of people and accounts, as far as the asker may see them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import (
    Account,
    ApiToken,
    AuditEvent,
    Invitation,
    Member,
    SignInFailure,
    Trip,
    User,
    Workspace,
)
from crosscut.apps.accounts.secrets import hash_of
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)  # days beyond these overflow in some zone


def member_of(user: User | AnonymousUser, workspace_id: int | None = None) -> Member | None:
    """The user's membership in that workspace, else in the one they joined first, else None."""
    if not isinstance(user, User):
        return None
    rows = list(
        Member.objects.filter(user=user, left_at=None).select_related("workspace", "user").order_by("joined_at", "id")
    )
    return next((row for row in rows if row.workspace_id == workspace_id), rows[0] if rows else None)


def workspaces_for(user: User) -> QuerySet[Workspace]:
    """The workspaces the user belongs to, by name."""
    return Workspace.objects.filter(members__user=user, members__left_at=None).order_by("name")


def members_for(member: Member) -> QuerySet[Member]:
    """Everybody in the asker's workspace; a guest sees only themself."""
    rows = Member.objects.filter(workspace=member.workspace_id, left_at=None).select_related("user")
    return (rows.filter(pk=member.pk) if member.role == "guest" else rows).order_by("user__name", "id")


def invitations_for(member: Member) -> QuerySet[Invitation]:
    """Open invitations; leads only."""
    rows = Invitation.objects.filter(
        workspace=member.workspace_id, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    return rows.order_by("-created_at") if member.role == "lead" else rows.none()


def accounts_for(member: Member) -> QuerySet[Account]:
    """The workspace's channel accounts, by name; none for guests."""
    rows = Account.objects.filter(workspace=member.workspace_id).order_by("name", "id")
    return rows.none() if member.role == "guest" else rows


def account_for(member: Member, account_id: int) -> Account:
    """One of the workspace's accounts. Raises NotFound."""
    row = accounts_for(member).filter(pk=account_id).first()
    if row is None:
        raise NotFound(phrase("There is no such account in this workspace."))
    return row


def trip_for(member: Member, trip_id: int) -> Trip:
    """The asker's own way to a channel's login page. Raises NotFound."""
    row = Trip.objects.select_related("account").filter(member=member, pk=trip_id).first()
    if row is None:
        raise NotFound(phrase("There is no such connection under way."))
    return row


def accounts_to_renew(now: datetime) -> list[int]:
    """Ids of the accounts, of every workspace, whose logins should be renewed now, the most urgent first."""
    rows = Account.objects.filter(state=Account.State.CONNECTED, renew_at__lte=now)
    return list(rows.order_by("renew_at").values_list("pk", flat=True))


def audit_for(member: Member) -> QuerySet[AuditEvent]:
    """What happened in the workspace, newest first; none for guests."""
    rows = AuditEvent.objects.filter(workspace=member.workspace_id).select_related("member__user")
    return rows.none() if member.role == "guest" else rows.order_by("-at", "-id")


def activity_for(
    member: Member, *, person: int | None = None, verb: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[AuditEvent]:
    """What happened, newest first: by that member, with a verb that begins so, between two days of the workspace."""
    rows = audit_for(member)
    zone = ZoneInfo(member.workspace.time_zone)
    if person:
        rows = rows.filter(member=person)
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if since:
        rows = rows.filter(at__gte=datetime.combine(max(since, _FIRST_DAY), time.min, zone))
    if until:
        rows = rows.filter(at__lt=datetime.combine(min(until, _LAST_DAY) + timedelta(days=1), time.min, zone))
    return rows


def verbs_for(member: Member) -> list[str]:
    """Every kind of event the workspace has seen."""
    return sorted(audit_for(member).order_by().values_list("verb", flat=True).distinct())


def account_served_from(folder: str) -> Account | None:
    """Whose public folder this is, whoever asks: what is published there is for everybody."""
    return Account.objects.filter(settings__folder=folder).select_related("workspace").first()


def tokens_for(member: Member) -> QuerySet[ApiToken]:
    """The asker's own API tokens that still work, newest first."""
    return ApiToken.objects.filter(member=member, revoked_at=None).order_by("-created_at")


def member_by_token(secret: str) -> Member | None:
    """Whose token this is, or None when it is unknown, revoked, expired, or its member has left."""
    now = timezone.now()
    token = (
        ApiToken.objects.filter(secret_hash=hash_of(secret), revoked_at=None, member__left_at=None)
        .select_related("member__user", "member__workspace")
        .first()
    )
    if token is None or not token.member.user.is_active or (token.expires_at and token.expires_at <= now):
        return None
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.member


def count_accounts() -> list[tuple[str, str, int]]:
    """Channel, state and number of the whole installation's accounts: numbers for its keeper, not rows."""
    return list(Account.objects.values_list("channel", "state").annotate(Count("pk")).order_by("channel", "state"))


def count_sign_in_failures() -> int:
    """How often somebody failed to sign in during the last hour."""
    return SignInFailure.objects.filter(at__gte=timezone.now() - timedelta(hours=1)).count()
