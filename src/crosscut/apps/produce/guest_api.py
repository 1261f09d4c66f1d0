"""Guests of a piece for programs: making, showing, ending links, and the talk. A guest's link itself opens no API."""

from datetime import datetime

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, StrictBool

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.produce import guests
from crosscut.apps.produce.guests import Talk
from crosscut.apps.produce.models import GuestLink, GuestMessage
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.produce.services import share

router = Router(tags=["guests"])


class _Input(Schema):
    """What a program sends: a misspelt field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class GuestLinkIn(_Input):
    """How a piece is to be shown to a guest."""

    name: str = Field("", max_length=200, description="Who the guest is; not needed for a guest with an account.")
    guest: int | None = Field(None, description="The member's id of a guest with an account.")
    ends_at: AwareDatetime | None = Field(None, description="At most 180 days ahead; null: in two weeks.")
    password: str = Field("", max_length=200, description="At least 8 characters; empty: the link is enough.")
    may_comment: StrictBool = True
    may_approve: StrictBool = Field(False, description="Then nothing goes out without their yes to exactly that.")


class GuestLinkOut(Schema):
    """A piece shown to a guest."""

    id: int
    piece: int
    name: str
    guest: int | None
    digest: str = Field(description="What the guest is shown.")
    may_comment: bool
    may_approve: bool
    has_password: bool
    ends_at: datetime
    created_at: datetime
    revoked_at: datetime | None
    last_visit_at: datetime | None
    is_open: bool
    is_stale: bool = Field(description="The piece is not what the guest is shown any more.")
    is_approved: bool = Field(description="The guest said yes to exactly what the piece is now.")
    wants_changes: bool

    @staticmethod
    def of(talk: Talk) -> "GuestLinkOut":
        """The link and how it stands."""
        link = talk.link
        return GuestLinkOut(
            id=link.pk,
            piece=link.piece_id,
            guest=link.guest_id,
            digest=link.edition.digest,
            has_password=bool(link.password_hash),
            is_open=talk.is_open,
            is_stale=talk.is_stale,
            is_approved=talk.is_approved,
            wants_changes=talk.wants_changes,
            **{name: getattr(link, name) for name in _PLAIN},
        )


_PLAIN = ("name", "may_comment", "may_approve", "ends_at", "created_at", "revoked_at", "last_visit_at")


class GuestLinkMade(Schema):
    """A new link; its address is told this once."""

    url: str
    link: GuestLinkOut


class GuestMessageIn(_Input):
    """An answer to a guest."""

    text: str = Field(max_length=5000)


class GuestMessageOut(Schema):
    """A line of the talk with a guest."""

    id: int
    is_by_guest: bool
    member: int | None
    decision: str = Field(description="approved, changes, or empty for a comment.")
    digest: str
    text: str
    at: datetime

    @staticmethod
    def resolve_member(message: GuestMessage) -> int | None:
        return message.member_id

    @staticmethod
    def resolve_digest(message: GuestMessage) -> str:
        return message.edition.digest


@router.get("/pieces/{int:piece_id}/guest-links", response=list[GuestLinkOut], summary="Whom it is shown to")
def list_guest_links(request: ApiRequest, piece_id: int) -> list[GuestLinkOut]:
    """The last made first, ended ones too."""
    return [GuestLinkOut.of(talk) for talk in guests.talks_of(piece_for(request.auth, piece_id))]


@router.post("/pieces/{int:piece_id}/guest-links", response={201: GuestLinkMade}, summary="Show it to a guest")
def post_guest_link(request: ApiRequest, piece_id: int, payload: GuestLinkIn) -> Status[GuestLinkMade]:
    """As it is now. Specialists and above."""
    link, url = share.share(request.auth, piece_for(request.auth, piece_id), share.Wish(**payload.model_dump()))
    return Status(201, GuestLinkMade(url=url, link=_told(link)))


@router.post("/guest-links/{int:link_id}/show", response=GuestLinkOut, summary="Show the newest version")
def post_guest_link_show(request: ApiRequest, link_id: int) -> GuestLinkOut:
    """What the guest said about an earlier one stays said about that."""
    return _told(share.show_now(request.auth, guests.link_for(request.auth, link_id)))


@router.post("/guest-links/{int:link_id}/revoke", response=GuestLinkOut, summary="End it")
def post_guest_link_revoke(request: ApiRequest, link_id: int) -> GuestLinkOut:
    """The link stops working at once, and posts no longer wait for this guest."""
    return _told(share.end_sharing(request.auth, guests.link_for(request.auth, link_id)))


@router.get("/guest-links/{int:link_id}/messages", response=list[GuestMessageOut], summary="The talk with a guest")
def list_guest_messages(request: ApiRequest, link_id: int) -> list[GuestMessage]:
    """Oldest first."""
    return list(guests.talk_of(guests.link_for(request.auth, link_id)).messages)


@router.post("/guest-links/{int:link_id}/messages", response={201: GuestMessageOut}, summary="Answer a guest")
def post_guest_message(request: ApiRequest, link_id: int, payload: GuestMessageIn) -> Status[GuestMessage]:
    """The guest reads it behind the link."""
    return Status(201, share.answer(request.auth, guests.link_for(request.auth, link_id), payload.text))


def _told(link: GuestLink) -> GuestLinkOut:
    return GuestLinkOut.of(guests.talk_of(link))
