"""Showing a piece to a guest, and ending that: what the team does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.guest_links import USUAL_DAYS, problems_of
from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.accounts.secrets import hash_of, new_secret
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.models import GuestLink, GuestMessage, Piece
from crosscut.apps.produce.services.freeze import freeze
from crosscut.kernel.errors import Conflict, Invalid, Problem
from crosscut.kernel.phrases import phrase

LONGEST_TEXT = 5000  # characters of one message


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a piece is to be shown to a guest."""

    name: str = ""  # who the guest is; a guest with an account has a name already
    guest: int | None = None  # the member's id of a guest with an account
    ends_at: datetime | None = None  # None: in two weeks
    password: str = ""
    may_comment: bool = True
    may_approve: bool = False


@transaction.atomic
def share(by: Member, piece: Piece, wish: Wish) -> tuple[GuestLink, str]:
    """A link for one guest and its address, which is shown once. The guest sees the piece as it is now.

    Raises Invalid naming every field that does not fit, and Conflict for an archived piece.
    """
    demand(by, "share")
    if piece.archived_at:
        raise Conflict(phrase("This is archived. Bring it back before you show it to anybody."))
    guest = _guest(by, wish)
    name = " ".join((guest.user.name if guest else wish.name).split())
    ends_at = wish.ends_at or timezone.now() + timedelta(days=USUAL_DAYS)
    if problems := _problems(by, name, ends_at, wish, is_member=guest is not None):
        raise Invalid(problems=problems)
    secret = new_secret("ccg")
    link = GuestLink.objects.create(
        piece=piece,
        edition=freeze(piece, by=by),
        name=name,
        guest=guest,
        secret_hash=hash_of(secret),
        password_hash=make_password(wish.password) if wish.password else "",
        may_comment=wish.may_comment or wish.may_approve,
        may_approve=wish.may_approve,
        ends_at=ends_at,
        created_by=by,
    )
    record("piece.shared", piece, by=by, guest=name, link=link.pk, digest=link.edition.digest)
    return link, f"{settings.DESK_URL}/review/{secret}/"


@transaction.atomic
def show_now(by: Member, link: GuestLink) -> GuestLink:
    """Shows the guest the piece as it is now; what they said about an earlier state stays said about that."""
    demand(by, "share")
    row = _open(link)
    row.edition = freeze(Piece.objects.select_for_update().get(pk=row.piece_id), by=by)
    row.save(update_fields=["edition"])
    record("piece.shown", row.piece, by=by, guest=row.name, digest=row.edition.digest)
    return row


@transaction.atomic
def end_sharing(by: Member, link: GuestLink) -> GuestLink:
    """Makes the link useless at once; posts no longer wait for this guest. Ending it again changes nothing."""
    demand(by, "share")
    row = GuestLink.objects.select_for_update(of=("self",)).select_related("piece").get(pk=link.pk)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record("piece.unshared", row.piece, by=by, guest=row.name)
    return row


@transaction.atomic
def answer(by: Member, link: GuestLink, text: str) -> GuestMessage:
    """The team's answer, which the guest reads on their page."""
    demand(by, "draft")
    row = _open(link)
    words = checked_text(text)
    record("piece.guest_answered", row.piece, by=by, guest=row.name)
    return GuestMessage.objects.create(link=row, edition=row.edition, member=by, is_by_guest=False, text=words)


def checked_text(text: str) -> str:
    """The text of a message. Raises Invalid for none, and for one that is too long."""
    words = text.replace("\0", "").strip()
    if not words:
        raise Invalid.at("text", phrase("Write something first."), code="guest.text")
    if len(words) > LONGEST_TEXT:
        raise Invalid.at(
            "text", phrase("A message has at most {most} characters.", most=LONGEST_TEXT), code="guest.text"
        )
    return words


def _guest(by: Member, wish: Wish) -> Member | None:
    if wish.guest is None:
        return None
    row = members_for(by).filter(pk=wish.guest, role=Role.GUEST).first()
    if row is None:
        raise Invalid.at("guest", phrase("There is no such guest in this workspace."), code="guest.guest")
    return row


def _problems(by: Member, name: str, ends_at: datetime, wish: Wish, *, is_member: bool) -> list[Problem]:
    """Four eyes: somebody of the team cannot be named as the guest who looks at the team's work."""
    found = problems_of(name=name, ends_at=ends_at, password=wish.password)
    in_team = {row.user.name.casefold() for row in members_for(by).exclude(role=Role.GUEST)}
    if not is_member and name.casefold() in in_team:
        message = phrase("{name} is in the team. Ask for their approval on the page of the piece instead.", name=name)
        found.append(Problem(code="guest.name", where="name", message=message))
    return found


def _open(link: GuestLink) -> GuestLink:
    """The link, held until the transaction ends. Raises Conflict when it no longer works."""
    row = GuestLink.objects.select_for_update(of=("self",)).select_related("piece", "edition", "guest").get(pk=link.pk)
    if row.revoked_at or row.ends_at <= timezone.now():
        raise Conflict(phrase("This link no longer works. Make a new one."))
    return row
