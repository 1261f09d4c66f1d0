"""Rows of what guests were shown and said: for the team, for one guest, and for the gate before posts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.secrets import hash_of
from crosscut.apps.produce.models import Edition, EditionMedia, GuestLink, GuestMessage, Piece
from crosscut.apps.produce.queries import piece_for, pieces_for
from crosscut.apps.produce.services.freeze import digests_of
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

Decision = GuestMessage.Decision


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How it stands with one guest."""

    link: GuestLink
    messages: tuple[GuestMessage, ...]
    word: GuestMessage | None  # the guest's last yes or no, whatever it was about
    is_stale: bool  # the piece is not what the guest is shown any more

    @property
    def is_open(self) -> bool:
        """Whether the link works."""
        return is_open(self.link)

    @property
    def is_ended(self) -> bool:
        """Whether its time is over, nobody having ended it."""
        return self.link.revoked_at is None and not self.is_open

    @property
    def is_answered(self) -> bool:
        """Whether the guest said yes or no to what they are shown."""
        return self.word is not None and self.word.edition_id == self.link.edition_id

    @property
    def is_approved(self) -> bool:
        """Whether the guest said yes to exactly what stands in the piece now."""
        return self.is_answered and not self.is_stale and self.word is not None and self.word.decision == "approved"

    @property
    def wants_changes(self) -> bool:
        """Whether the guest's last word is that something should change, and no newer version was shown to them."""
        return self.is_answered and self.word is not None and self.word.decision == "changes"

    @property
    def is_waited_for(self) -> bool:
        """Whether the team waits for the guest: they were asked and have not said anything about this."""
        return self.link.may_approve and self.is_open and not self.is_answered


def is_open(link: GuestLink) -> bool:
    """Whether the link works: not ended by anybody, its time not over, and its guest still one."""
    guest = link.guest
    is_still_guest = guest is None or (guest.left_at is None and guest.role == Role.GUEST)
    return link.revoked_at is None and link.ends_at > timezone.now() and is_still_guest


def talks_of(piece: Piece) -> list[Talk]:
    """Every guest of the piece, the last invited first. `piece` comes from `piece_for`."""
    return _talks(GuestLink.objects.filter(piece=piece))


def talks_for(member: Member) -> list[Talk]:
    """Every guest of the team's pieces who is waited for, or wants changes; none for guests."""
    links = GuestLink.objects.filter(piece__in=pieces_for(member).order_by(), revoked_at=None, may_approve=True)
    return [talk for talk in _talks(links) if talk.is_waited_for or talk.wants_changes]


def talks_with(guest: Member) -> list[Talk]:
    """What was shared with a guest who has an account, as far as it is still open."""
    links = GuestLink.objects.filter(guest=guest, piece__workspace=guest.workspace_id, piece__archived_at=None)
    return [talk for talk in _talks(links) if talk.is_open]


def talk_of(link: GuestLink) -> Talk:
    """One of them, from its link."""
    return _talks(GuestLink.objects.filter(pk=link.pk))[0]


def link_for(member: Member, link_id: int) -> GuestLink:
    """One guest's link, for the team. Raises NotFound."""
    link = _links().filter(pk=link_id, piece__workspace=member.workspace_id).first()
    if link is None or member.role == Role.GUEST:
        raise NotFound(phrase("There is no such guest here."))
    piece_for(member, link.piece_id)
    return link


def link_with(guest: Member, link_id: int) -> GuestLink:
    """What was shared with this guest, while it is open. Raises NotFound."""
    link = next((talk.link for talk in talks_with(guest) if talk.link.pk == link_id), None)
    if link is None:
        raise NotFound(phrase("This is not shared with you, or no longer."))
    return link


def link_by_secret(secret: str) -> GuestLink | None:
    """The link with that secret, ended or not; None for a secret there is none of."""
    return _links().filter(secret_hash=hash_of(secret), piece__archived_at=None).first()


def link_by_id(link_id: int) -> GuestLink | None:
    """The link a signed file address names."""
    return _links().filter(pk=link_id, piece__archived_at=None).first()


def media_of_link(link: GuestLink) -> QuerySet[EditionMedia]:
    """The files of what the guest is shown, and no others."""
    return EditionMedia.objects.filter(edition=link.edition_id).select_related("version").order_by("position")


def guests_in_the_way(edition: Edition) -> list[str]:
    """The names of guests whose yes to exactly this edition is asked for and not there."""
    return guests_in_the_way_of([edition]).get(edition.pk, [])


def guests_in_the_way_of(editions: Iterable[Edition]) -> dict[int, list[str]]:
    """The same of several editions, by their ids; those that wait for nobody are left out."""
    wanted = {edition.pk: edition.piece_id for edition in editions}
    links: dict[int, list[GuestLink]] = {}
    for link in _asked(set(wanted.values())):
        links.setdefault(link.piece_id, []).append(link)
    if not links:
        return {}
    words = GuestMessage.objects.filter(link__piece__in=links, edition__in=wanted).exclude(decision="").order_by("id")
    last = {(word.edition_id, word.link_id): word.decision for word in words}
    return {
        pk: names
        for pk, piece in wanted.items()
        if (names := [link.name for link in links.get(piece, ()) if last.get((pk, link.pk)) != Decision.APPROVED])
    }


def guests_awaited(piece: Piece) -> list[str]:
    """The names of guests whose yes to the piece as it is now is asked for and not there."""
    now = piece.editions.filter(digest=digests_of([piece])[piece.pk]).first()
    return guests_in_the_way(now) if now else [link.name for link in _asked({piece.pk})]


def _asked(piece_ids: set[int]) -> QuerySet[GuestLink]:
    return GuestLink.objects.filter(piece__in=piece_ids, may_approve=True, revoked_at=None).order_by("id")


def _links() -> QuerySet[GuestLink]:
    return GuestLink.objects.select_related("piece__workspace", "edition__created_by__user", "guest__user")


def _talks(links: QuerySet[GuestLink]) -> list[Talk]:
    related = ("piece__workspace", "piece__campaign", "edition", "guest__user", "created_by__user")
    rows = list(links.select_related(*related).prefetch_related("messages__member__user", "messages__edition"))
    now = digests_of({row.piece_id: row.piece for row in rows}.values())
    return [_talk(row, now[row.piece_id]) for row in rows]


def _talk(link: GuestLink, digest: str) -> Talk:
    messages = tuple(link.messages.all())
    word = next((message for message in reversed(messages) if message.decision), None)
    return Talk(link=link, messages=messages, word=word, is_stale=link.edition.digest != digest)
