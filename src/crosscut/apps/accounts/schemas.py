"""What the API says and takes about people and accounts. No shape here has room for a secret that is kept."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict

from crosscut.apps.accounts.models import ApprovalRule, Role
from crosscut.apps.accounts.services.authorizing import places_of
from crosscut.apps.accounts.wording import account_health, event_sentence, trip_state


def _written_out(value: Any) -> Any:
    """The value, unless it is a number, which would be taken for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and not value.strip("-").isdecimal()) or value is None:
        return value
    raise ValueError("Write the day as 2026-11-22.")


Day = Annotated[date, BeforeValidator(_written_out)]


class Input(Schema):
    """What a program sends: a misspelt field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class WorkspaceOut(Schema):
    """An organisation's own space."""

    id: int
    name: str
    slug: str
    time_zone: str
    language: str
    territory: str
    currency: str
    approval_rule: ApprovalRule


class WorkspaceIn(Input):
    """What a lead may change; what is left out stays."""

    name: str | None = None
    time_zone: str | None = None
    language: str | None = None
    territory: str | None = None
    currency: str | None = None
    approval_rule: ApprovalRule | None = None


class MemberOut(Schema):
    """A person in the workspace."""

    id: int
    name: str = Field(alias="user.name")
    email: str = Field(alias="user.email")
    role: Role
    joined_at: datetime


class MeOut(MemberOut):
    """Who asks, and where."""

    workspace: WorkspaceOut


class RoleIn(Input):
    """A member's new role."""

    role: Role


class InvitationIn(Input):
    """Whom to invite."""

    role: Role
    email: str = Field("", max_length=254, description="Empty: whoever has the link.")


class InvitationOut(Schema):
    """An open invitation."""

    id: int
    role: Role
    email: str
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationOut):
    """A new invitation with its link, which is shown this once."""

    url: str


class TokenIn(Input):
    """A token to make."""

    name: str = Field(max_length=80)
    days: int | None = Field(365, ge=1, le=3650, description="How long it works; null: until revoked.")


class TokenOut(Schema):
    """One of the asker's own tokens."""

    id: int
    name: str
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenOut):
    """A new token with its secret, which is shown this once."""

    secret: str


class ScopeOut(Schema):
    """One thing a channel is asked to allow."""

    name: str
    words: str


class ChannelOut(Schema):
    """A kind of place to publish to, and what it needs to know."""

    slug: str
    name: str
    post_types: list[str]
    is_local: bool
    settings_schema: dict[str, Any] = Field(description="JSON Schema of the settings.")
    secrets: list[str] = Field(description="Names of the credentials a person gives.")
    optional_secrets: list[str] = Field(description="Those they may leave out.")
    app_secrets: list[str] = Field(description="Those of the person's own app there, needed for its login page.")
    scopes: list[ScopeOut] = Field(description="What its login page is asked to allow; empty: it has none.")
    token_model: str = Field(description="What becomes of a login with time: lasts, extends, rotates.")


class AccountOut(Schema):
    """One login or site on a channel."""

    id: int
    channel: str
    name: str
    handle: str
    url: str
    settings: dict[str, Any]
    limits: dict[str, Any]
    can: list[str]
    scopes: list[str] = Field(description="What was granted, in the channel's words; empty where it does not say.")
    token_expires_at: datetime | None = Field(description="null: not before somebody takes the login back.")
    renew_at: datetime | None = Field(description="When Crosscut renews the login; null: it does not.")
    login_ends_at: datetime | None = Field(
        description="From then on the login must be given again, whatever was renewed; null: the channel names no end."
    )
    state: str
    problem: str
    health: str
    connected_at: datetime | None
    last_exchange_at: datetime | None
    last_success_at: datetime | None

    @staticmethod
    def resolve_health(account: Any) -> str:
        return account_health(account)


class LoginIn(Input):
    """An account to connect."""

    channel: str = Field(max_length=40)
    name: str = Field(max_length=120)
    settings: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict, description="Kept encrypted; never given back.")


class AwayOut(Schema):
    """Somebody on the way to a channel's login page."""

    id: int
    url: str = Field(description="Where the same member must say yes, in a browser in which they are signed in here.")
    expires_at: datetime


class PlaceOut(Schema):
    """One account behind a login."""

    remote_id: str
    name: str
    handle: str
    why_not: str = Field(description="Why it cannot be connected; empty when it can.")


class TripOut(Schema):
    """What became of somebody on the way to a login page."""

    id: int
    channel: str
    state: str = Field(description="waiting, choosing or ended.")
    problem: str
    expires_at: datetime
    places: list[PlaceOut]

    @staticmethod
    def resolve_state(trip: Any) -> str:
        return trip_state(trip)

    @staticmethod
    def resolve_places(trip: Any) -> Any:
        return places_of(trip)


class PlacesIn(Input):
    """Which of the accounts behind a login to connect."""

    places: list[str] = Field(min_length=1, max_length=200, description="Their `remote_id`s.")


class ReconnectIn(Input):
    """What changes; what is left out stays."""

    settings: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)


class EventOut(Schema):
    """Something that happened."""

    id: int
    at: datetime
    who: str
    verb: str
    subject: str
    label: str
    sentence: str

    @staticmethod
    def resolve_who(event: Any) -> str:
        return str(event.member.user) if event.member else ""

    @staticmethod
    def resolve_sentence(event: Any) -> str:
        return event_sentence(event)


class EventFilter(Schema):
    """Which events."""

    person: int | None = Field(None, description="A member's id.")
    verb: str = Field("", max_length=60, description="Begins with this: `piece.` or `member.invited`.")
    since: Day | None = Field(None, ge=date(1970, 1, 1), le=date(2200, 1, 1))
    until: Day | None = Field(
        None, ge=date(1970, 1, 1), le=date(2200, 1, 1), description="The last day, in the workspace's zone."
    )
