"""What a guest does: come in by a link, say something, approve or ask for changes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.guest_links import OVER, demand_password, found_link
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.guests import is_open, link_by_secret
from crosscut.apps.produce.models import GuestLink, GuestMessage
from crosscut.apps.produce.services.share import checked_text
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from crosscut.kernel.phrases import phrase

Decision = GuestMessage.Decision
MOST_AN_HOUR = 60  # messages of one guest
_VISIT = timedelta(minutes=1)  # visits closer together are one


def come_in(secret: str, *, address: str) -> GuestLink:
    """The link of that secret. Raises NotFound for a wrong or ended one, Unavailable for who tries many."""
    link = found_link(lambda: link_by_secret(secret), address=address)
    if not is_open(link):
        raise NotFound(OVER)
    return link


def unlock(link: GuestLink, password: str, *, address: str) -> None:
    """Raises Invalid for a wrong password, and Unavailable, before looking, for who tries many."""
    demand_password(f"guest password {link.pk}", password, kept_hash=link.password_hash, address=address)


def note_visit(link: GuestLink) -> None:
    """Keeps when the guest was here last."""
    now = timezone.now()
    if link.last_visit_at is None or now - link.last_visit_at > _VISIT:
        GuestLink.objects.filter(pk=link.pk).update(last_visit_at=now)


@transaction.atomic
def comment(link: GuestLink, text: str, *, asker: Member | None = None) -> GuestMessage:
    """The guest's words. `asker` is who is signed in at the browser, if anybody is."""
    row = _held(link, asker)
    if not row.may_comment:
        raise NotAllowed(phrase("This link is for looking only."))
    message = GuestMessage.objects.create(link=row, edition=row.edition, is_by_guest=True, text=checked_text(text))
    record("piece.guest_commented", row.piece, by=row.piece.workspace, guest=row.name, note=message.text)
    return message


@transaction.atomic
def decide(link: GuestLink, decision: str, *, digest: str, text: str = "", asker: Member | None = None) -> GuestMessage:
    """The guest's yes or no to exactly what `digest` names: what was on their screen.

    Raises Conflict when they are shown something else by now, Invalid for a no without words, NotAllowed for a link
    without that right and for who made what they would approve.
    """
    row = _held(link, asker)
    if not row.may_approve:
        raise NotAllowed(phrase("This link does not allow approving."))
    if decision not in Decision.values:
        raise Invalid.at(
            "decision", phrase("Nobody knows the word {decision}.", decision=repr(decision)), code="guest.decision"
        )
    if row.edition.digest != digest:
        raise Conflict(phrase("A newer version was put here meanwhile. Look at it, then say what you think of that."))
    _demand_four_eyes(row)
    words = checked_text(text) if decision == Decision.CHANGES or text.strip() else ""
    verb = "piece.guest_approved" if decision == Decision.APPROVED else "piece.guest_wants_changes"
    record(verb, row.piece, by=row.piece.workspace, guest=row.name, digest=digest, note=words)
    return GuestMessage.objects.create(link=row, edition=row.edition, is_by_guest=True, decision=decision, text=words)


def is_of_the_team(link: GuestLink, asker: Member | None) -> bool:
    """Whether whoever is signed in belongs to the team that shared this, and so cannot speak as its guest."""
    return asker is not None and asker.workspace_id == link.piece.workspace_id and asker.pk != link.guest_id


def _demand_four_eyes(link: GuestLink) -> None:
    maker = link.edition.created_by
    if maker and (maker.pk == link.guest_id or maker.user.name.casefold() == link.name.casefold()):
        raise NotAllowed(phrase("Who made a post cannot approve it as its guest."))


def _held(link: GuestLink, asker: Member | None) -> GuestLink:
    """The link, held until the transaction ends, when this browser may speak through it."""
    rows = GuestLink.objects.select_for_update(of=("self",))
    row = rows.select_related("piece__workspace", "edition__created_by__user", "guest").get(pk=link.pk)
    if not is_open(row):
        raise NotFound(OVER)
    if is_of_the_team(row, asker):
        raise NotAllowed(phrase("You are signed in as one of the team: answer on the page of the piece."))
    hour_ago = timezone.now() - timedelta(hours=1)
    if row.messages.filter(is_by_guest=True, at__gt=hour_ago).count() >= MOST_AN_HOUR:
        raise Unavailable(phrase("That was a lot at once. Wait an hour, then go on."), after_s=3600)
    return row
