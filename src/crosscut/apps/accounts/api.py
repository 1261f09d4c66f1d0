"""People and accounts for programs."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query, Router, Status
from ninja.pagination import paginate

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.accounts.connecting import channel_descriptions
from crosscut.apps.accounts.models import Account, ApiToken, AuditEvent, Invitation, Member, Trip, Workspace
from crosscut.apps.accounts.schemas import (
    AccountOut,
    AwayOut,
    ChannelOut,
    EventFilter,
    EventOut,
    InvitationIn,
    InvitationMade,
    InvitationOut,
    LoginIn,
    MemberOut,
    MeOut,
    PlacesIn,
    ReconnectIn,
    RoleIn,
    TokenIn,
    TokenMade,
    TokenOut,
    TripOut,
    WorkspaceIn,
    WorkspaceOut,
)
from crosscut.apps.accounts.services import authorizing, connections, people
from crosscut.apps.accounts.services.workspaces import WorkspaceSettings, change_workspace

router = Router()


@router.get("/me", response=MeOut, tags=["people"], summary="Who asks")
def get_me(request: ApiRequest) -> Member:
    """The member whose token or session this is."""
    return request.auth


@router.patch("/workspace", response=WorkspaceOut, tags=["people"], summary="Change the workspace")
def patch_workspace(request: ApiRequest, payload: WorkspaceIn) -> Workspace:
    """Leads only."""
    now = request.auth.workspace
    names = WorkspaceSettings.__dataclass_fields__
    wanted = {name: getattr(now, name) for name in names} | payload.model_dump(exclude_none=True)
    return change_workspace(request.auth, WorkspaceSettings(**wanted))


@router.get("/members", response=list[MemberOut], tags=["people"], summary="Who is in the workspace")
@paginate
def list_members(request: ApiRequest) -> QuerySet[Member]:
    """By name. A guest sees only themself."""
    return queries.members_for(request.auth)


@router.patch("/members/{int:member_id}", response=MemberOut, tags=["people"], summary="Give another role")
def patch_member(request: ApiRequest, member_id: int, payload: RoleIn) -> Member:
    """Leads only. The last lead stays lead."""
    return people.change_role(request.auth, member_id, payload.role)


@router.delete("/members/{int:member_id}", response={204: None}, tags=["people"], summary="Remove from the team")
def delete_member(request: ApiRequest, member_id: int) -> Status[None]:
    """Leads only. What the person made stays; their tokens stop working."""
    people.remove_member(request.auth, member_id)
    return Status(204, None)


@router.get("/invitations", response=list[InvitationOut], tags=["people"], summary="Open invitations")
@paginate
def list_invitations(request: ApiRequest) -> QuerySet[Invitation]:
    """Leads see them; for everybody else the list is empty."""
    return queries.invitations_for(request.auth)


@router.post("/invitations", response={201: InvitationMade}, tags=["people"], summary="Invite somebody")
def post_invitation(request: ApiRequest, payload: InvitationIn) -> Status[dict[str, Any]]:
    """Leads only. The link is in this answer and never again."""
    invitation, secret = people.invite(request.auth, role=payload.role, email=payload.email)
    told = InvitationOut.from_orm(invitation).model_dump()
    return Status(201, {**told, "url": people.invitation_url(secret)})


@router.delete("/invitations/{int:invitation_id}", response={204: None}, tags=["people"], summary="Withdraw")
def delete_invitation(request: ApiRequest, invitation_id: int) -> Status[None]:
    """Leads only. The link stops working."""
    people.revoke_invitation(request.auth, invitation_id)
    return Status(204, None)


@router.get("/tokens", response=list[TokenOut], tags=["people"], summary="The asker's own tokens")
@paginate
def list_tokens(request: ApiRequest) -> QuerySet[ApiToken]:
    """Without their secrets."""
    return queries.tokens_for(request.auth)


@router.post("/tokens", response={201: TokenMade}, tags=["people"], summary="Make a token")
def post_token(request: ApiRequest, payload: TokenIn) -> Status[dict[str, Any]]:
    """The secret is in this answer and never again."""
    token, secret = people.create_token(request.auth, payload.name, days=payload.days)
    token.refresh_from_db()
    return Status(201, {**TokenOut.from_orm(token).model_dump(), "secret": secret})


@router.delete("/tokens/{int:token_id}", response={204: None}, tags=["people"], summary="Revoke a token")
def delete_token(request: ApiRequest, token_id: int) -> Status[None]:
    """One of the asker's own. It stops working at once."""
    people.revoke_token(request.auth, token_id)
    return Status(204, None)


@router.get("/activity", response=list[EventOut], tags=["people"], summary="Who did what")
@paginate
def list_activity(request: ApiRequest, wanted: Query[EventFilter]) -> QuerySet[AuditEvent]:
    """Newest first."""
    return queries.activity_for(request.auth, **wanted.model_dump())


@router.get("/channels", response=list[ChannelOut], tags=["accounts"], summary="Where one can publish")
def list_channels(request: ApiRequest) -> list[dict[str, Any]]:
    """Every channel this installation knows, and what connecting an account needs."""
    return channel_descriptions()


@router.get("/accounts", response=list[AccountOut], tags=["accounts"], summary="Connected accounts")
@paginate
def list_accounts(request: ApiRequest) -> QuerySet[Account]:
    """By name."""
    return queries.accounts_for(request.auth)


@router.post("/accounts", response={201: AccountOut}, tags=["accounts"], summary="Connect an account")
def post_account(request: ApiRequest, payload: LoginIn) -> Status[Account]:
    """Leads only. The channel is asked who we are; nothing is stored when it does not let us in."""
    login = connections.Login(**payload.model_dump())
    return Status(201, connections.connect_account(request.auth, login))


@router.post("/accounts/authorize", response={201: AwayOut}, tags=["accounts"], summary="Begin at a login page")
def post_authorization(request: ApiRequest, payload: LoginIn) -> Status[dict[str, Any]]:
    """Leads only. `secrets` are those of the person's own app there. Who says yes comes back to a page here."""
    away = authorizing.depart(request.auth, connections.Login(**payload.model_dump()))
    return Status(201, _away(away))


@router.get("/accounts/authorize/{int:trip_id}", response=TripOut, tags=["accounts"], summary="What became of it")
def get_authorization(request: ApiRequest, trip_id: int) -> Trip:
    """The asker's own; `places` is filled while there is something to choose."""
    return queries.trip_for(request.auth, trip_id)


@router.post(
    "/accounts/authorize/{int:trip_id}/connect", response=list[AccountOut], tags=["accounts"], summary="Choose"
)
def post_authorization_connect(request: ApiRequest, trip_id: int, payload: PlacesIn) -> list[Account]:
    """Leads only. Connects those of the accounts behind the login."""
    return authorizing.choose(request.auth, trip_id, payload.places)


@router.get("/accounts/{int:account_id}", response=AccountOut, tags=["accounts"], summary="One account")
def get_account(request: ApiRequest, account_id: int) -> Account:
    """With what the channel last said."""
    return queries.account_for(request.auth, account_id)


@router.post("/accounts/{int:account_id}/check", response=AccountOut, tags=["accounts"], summary="Ask the channel now")
def post_account_check(request: ApiRequest, account_id: int) -> Account:
    """The account after a real exchange; `problem` says what the channel objects to."""
    return connections.check_account(request.auth, account_id)


@router.post("/accounts/{int:account_id}/reconnect", response=AccountOut, tags=["accounts"], summary="Connect again")
def post_account_reconnect(request: ApiRequest, account_id: int, payload: ReconnectIn) -> Account:
    """Leads only. With other settings or credentials for the same login."""
    return connections.reconnect(request.auth, account_id, settings=payload.settings, secrets=payload.secrets)


@router.post(
    "/accounts/{int:account_id}/authorize", response={201: AwayOut}, tags=["accounts"], summary="Say yes there again"
)
def post_account_authorization(request: ApiRequest, account_id: int, payload: ReconnectIn) -> Status[dict[str, Any]]:
    """Leads only. The account's login page, for the account that is there; what is left out stays."""
    account = queries.account_for(request.auth, account_id)
    login = connections.Login(
        channel=account.channel, name=account.name, settings=payload.settings, secrets=payload.secrets
    )
    return Status(201, _away(authorizing.depart(request.auth, login, account_id=account.pk)))


@router.post("/accounts/{int:account_id}/disconnect", response=AccountOut, tags=["accounts"], summary="Disconnect")
def post_account_disconnect(request: ApiRequest, account_id: int) -> Account:
    """Leads only. The credentials are forgotten; what was published stays."""
    return connections.disconnect(request.auth, account_id)


def _away(away: authorizing.Away) -> dict[str, Any]:
    return {"id": away.trip.pk, "url": away.url, "expires_at": away.trip.expires_at}
