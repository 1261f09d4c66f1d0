"""Workspaces, members, invitations, tokens."""

from datetime import timedelta
from itertools import chain, count

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from crosscut.apps.accounts.models import ApiToken, Invitation, Member, Role, User, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import hash_of, new_secret
from crosscut.apps.accounts.services.audit import record
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone

INVITATION_LIFE = timedelta(days=14)


@transaction.atomic
def found_workspace(name: str, *, owner: User, time_zone: str = "UTC", is_demo: bool = False) -> Member:
    """A new workspace; the owner becomes its lead."""
    if not name.strip():
        raise Invalid.at("name", phrase("Give the workspace a name."))
    workspace = Workspace.objects.create(
        name=name.strip(), slug=_free_slug(name), time_zone=check_zone(time_zone), is_demo=is_demo
    )
    member = Member.objects.create(workspace=workspace, user=owner, role=Role.LEAD)
    record("workspace.founded", workspace, by=member)
    return member


def register_user(email: str, name: str, password: str, *, time_zone: str = "") -> User:
    """A new person who can sign in. Raises Invalid for a weak password or a known address."""
    problems = [
        Problem(code="user.password", where="password", message=message) for message in _password_problems(password)
    ]
    if not name.strip():
        problems.append(Problem(code="user.name", where="name", message=phrase("Give your name.")))
    if User.objects.filter(email__iexact=email.strip()).exists():
        problems.append(
            Problem(code="user.email_taken", where="email", message=phrase("This address is already in use."))
        )
    if problems:
        raise Invalid(problems=problems)
    return User.objects.create_user(email.strip(), password, name=name.strip(), time_zone=time_zone)


@transaction.atomic
def invite(by: Member, *, role: str, email: str = "") -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is shown once and never stored."""
    demand(by, "members")
    if role not in Role.values:
        raise Invalid.at(
            "role",
            phrase("There is no role called “{role}”. There are: {known}.", role=role, known=", ".join(Role.values)),
        )
    secret = new_secret("ccinv")
    invitation = Invitation.objects.create(
        workspace=by.workspace,
        role=role,
        email=email.strip().lower(),
        secret_hash=hash_of(secret),
        created_by=by,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    record("member.invited", invitation, by=by, role=role)
    return invitation, secret


def invitation_url(secret: str) -> str:
    """The link to hand to whoever is invited."""
    return f"{settings.DESK_URL}/invitation/{secret}/"


def open_invitation(secret: str) -> Invitation:
    """The invitation of a link. Raises NotFound when it was used, revoked or is too old."""
    invitation = (
        Invitation.objects.filter(
            secret_hash=hash_of(secret), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )
        .select_related("workspace")
        .first()
    )
    if invitation is None:
        raise NotFound(phrase("This invitation was already used, was withdrawn, or is too old. Ask for a new one."))
    return invitation


@transaction.atomic
def accept_invitation(secret: str, user: User) -> Member:
    """Makes the user a member. The link works once."""
    invitation = Invitation.objects.select_for_update().get(pk=open_invitation(secret).pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise Conflict(phrase("This invitation was used or withdrawn a moment ago."))
    if invitation.email and invitation.email != user.email.lower():
        raise Invalid.at(
            "email", phrase("This invitation is for {email}. Sign in with that address.", email=invitation.email)
        )
    member, is_new = Member.objects.get_or_create(
        workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
    )
    if not is_new:
        if member.left_at is None:
            raise Conflict(phrase("You belong to this workspace already. The link stays good for somebody else."))
        member.left_at, member.role = None, invitation.role
        member.save(update_fields=["left_at", "role"])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record("member.joined", member, by=member, role=member.role)
    return member


@transaction.atomic
def join_as_new(secret: str, *, name: str, email: str, password: str) -> Member:
    """Makes somebody who was not known here a user and a member. Nobody is made when the link does not work."""
    return accept_invitation(secret, register_user(email, name, password))


@transaction.atomic
def revoke_invitation(by: Member, invitation_id: int) -> None:
    """Makes the link useless."""
    demand(by, "members")
    invitation = Invitation.objects.filter(
        pk=invitation_id, workspace=by.workspace_id, accepted_at=None, revoked_at=None
    ).first()
    if invitation is None:
        raise NotFound(phrase("There is no such open invitation."))
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record("invitation.withdrawn", invitation, by=by)


@transaction.atomic
def change_role(by: Member, member_id: int, role: str) -> Member:
    """Gives a member another role. The last lead stays lead."""
    demand(by, "members")
    member = _other_member(by, member_id)
    if role not in Role.values:
        raise Invalid.at("role", phrase("There is no role called “{role}”.", role=role))
    _keep_a_lead(member, will_be_lead=role == Role.LEAD)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    record("member.role_changed", member, by=by, before=before, after=role)
    return member


@transaction.atomic
def remove_member(by: Member, member_id: int) -> None:
    """Ends a membership and its tokens; what the person made stays."""
    demand(by, "members")
    member = _other_member(by, member_id)
    _keep_a_lead(member, will_be_lead=False)
    now = timezone.now()
    Member.objects.filter(pk=member.pk).update(left_at=now)
    ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=now)
    record("member.removed", member, by=by)


@transaction.atomic
def create_token(member: Member, name: str, *, days: int | None = 365) -> tuple[ApiToken, str]:
    """A token for the member's programs and its secret, which is shown once and never stored."""
    if not name.strip():
        raise Invalid.at("name", phrase("Say what the token is for, so that you know later which one to revoke."))
    if days is not None and not 1 <= days <= 3650:
        raise Invalid.at("days", phrase("A token lives between 1 day and 10 years."))
    secret = new_secret("cc")
    token = ApiToken.objects.create(
        member=member,
        name=name.strip(),
        secret_hash=hash_of(secret),
        hint=secret[:8],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    record("token.created", token, by=member)
    return token, secret


@transaction.atomic
def revoke_token(member: Member, token_id: int) -> None:
    """Ends a token of the member's own."""
    token = ApiToken.objects.filter(pk=token_id, member=member, revoked_at=None).first()
    if token is None:
        raise NotFound(phrase("You have no such token."))
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record("token.revoked", token, by=member)


def _other_member(by: Member, member_id: int) -> Member:
    member = Member.objects.select_for_update().filter(pk=member_id, workspace=by.workspace_id, left_at=None).first()
    if member is None:
        raise NotFound(phrase("There is no such member in this workspace."))
    return member


def _keep_a_lead(member: Member, *, will_be_lead: bool) -> None:
    others = Member.objects.filter(workspace=member.workspace_id, role=Role.LEAD, left_at=None).exclude(pk=member.pk)
    if member.role == Role.LEAD and not will_be_lead and not others.exists():
        raise Conflict(phrase("A workspace needs a lead. Make somebody else lead first."))


def _password_problems(password: str) -> list[str]:
    try:
        validate_password(password)
    except ValidationError as error:
        return list(error.messages)
    return []


def _free_slug(name: str) -> str:
    stem = slugify(name)[:40] or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(slug for slug in chain([stem], numbered) if slug not in taken)
