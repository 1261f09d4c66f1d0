"""Connecting channel accounts, and reaching the channel with them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from typing import Any

from django.conf import settings as site
from django.db import connection, transaction
from django.utils import timezone
from pydantic import BaseModel

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.credentials import checked_secrets, checked_settings
from crosscut.apps.accounts.services.local_places import with_local_place
from crosscut.apps.accounts.services.own_files import refuse_paths
from crosscut.channels import http, registry
from crosscut.channels.logins import TokenModel, Tokens
from crosscut.channels.protocol import Context, Profile
from crosscut.kernel.errors import ChannelError, Conflict, CrosscutError, Invalid, ReconnectNeeded, RetryLater
from crosscut.kernel.phrases import phrase

_ANSWER_S = 30  # how long a person at the connect page, and a sender, waits for each step of an answer
_EXCHANGE_S = 600  # a whole upload
_RENEWAL_S = 15  # what has to wait for a new login looks again
_OF_LOGIN = ["state", "settings", "sealed_secrets", "token_expires_at", "renew_at"]
RENEW_AT = 0.5  # of a login's life


@dataclass(frozen=True, kw_only=True)
class Login:
    """What a person gives to connect an account."""

    channel: str  # a slug of the registry
    name: str  # what the team calls it
    settings: Mapping[str, Any]  # raw; the channel's model checks them
    secrets: Mapping[str, str]  # credentials by name
    tokens: Tokens | None = None  # credentials the channel gave itself; see `authorizing`


def connect_account(by: Member, login: Login) -> Account:
    """The account, connected: the channel was asked who we are, and its credentials are kept encrypted.

    Raises Invalid naming each field that is wrong, and the channel's own error when it does not let us in; then nothing
    is stored.
    """
    demand(by, "accounts")
    registry.channel(login.channel)
    with one_at_a_time(f"new account {by.workspace_id}"):
        name = _free_name(by, login)
        given = with_local_place(by.workspace, login.channel, login.settings)
        model = checked_settings(login.channel, given)
        granted = login.tokens.secrets if login.tokens else {}
        secrets = checked_secrets(login.channel, {**login.secrets, **granted}, also=granted)
        account = Account(workspace=by.workspace, channel=login.channel, name=name)
        with _served(account, model):
            profile = ask_who_we_are(login.channel, model, secrets)
            _demand_new(by, login.channel, profile)
        with transaction.atomic():
            _keep(account, model, secrets, profile)
            note_tokens(account, login.tokens or Tokens(secrets={}))
            account.connected_at = account.last_exchange_at
            account.save()
            record("account.connected", account, by=by, channel=account.channel, handle=account.handle)
    return account


def reconnect(
    by: Member,
    account_id: int,
    *,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    tokens: Tokens | None = None,
) -> Account:
    """The account with other settings or credentials, asked again who it is. What is not given stays as it was.

    Raises Conflict when the credentials belong to another login: its posts would be looked for in the wrong place.
    """
    demand(by, "accounts")
    account = queries.account_for(by, account_id)
    with one_at_a_time(f"account {account.pk}"):
        account.refresh_from_db()
        model = checked_settings(account.channel, _same_place(account, {**account.settings, **(settings or {})}))
        known, granted = unseal_or_nothing(account), tokens.secrets if tokens else {}
        given = {name: value for name, value in (secrets or {}).items() if value}
        wanted = checked_secrets(account.channel, {**known, **given, **granted}, also={**known, **granted})
        profile = ask_who_we_are(account.channel, model, wanted)
        if account.remote_id and profile.remote_id != account.remote_id:
            raise Conflict(
                phrase(
                    "These credentials belong to {other}. Connect that as an account of its own.",
                    other=profile.handle or profile.name,
                )
            )
        with transaction.atomic():
            _keep(account, model, wanted, profile)
            if tokens:
                note_tokens(account, tokens)
            account.save()
            record("account.reconnected", account, by=by)
    return account


def check_account(by: Member, account_id: int) -> Account:
    """The account after asking the channel now: its state, problem and rights are the answer."""
    demand(by, "schedule")
    account = queries.account_for(by, account_id)
    with one_at_a_time(f"account {account.pk}"):
        account.refresh_from_db()
        try:
            secrets = unseal(account.sealed_secrets)
            model = checked_settings(account.channel, account.settings)
            profile = ask_who_we_are(account.channel, model, secrets)
        except (ChannelError, Invalid) as error:
            return note_exchange(account, False, error)
        with transaction.atomic():
            _keep(account, model, secrets, profile)
            account.save()
    return account


def disconnect(by: Member, account_id: int) -> Account:
    """The account without its credentials: nothing more is sent there. What was published stays."""
    demand(by, "accounts")
    account = queries.account_for(by, account_id)
    with one_at_a_time(f"account {account.pk}"), transaction.atomic():
        account.sealed_secrets, account.state, account.problem = b"", Account.State.DISCONNECTED, ""
        note_tokens(account, Tokens(secrets={}))
        account.save()
        record("account.disconnected", account, by=by)
    return account


@contextmanager
def context_for(account: Account, *, deadline_at: datetime | None = None) -> Iterator[Context]:
    """Everything the channel's adapter needs to act as this account; its connections are closed with the block.

    No request begins after `deadline_at`, and none lasts longer: RetryLater is raised before anything leaves, also
    where the login has run out and is about to be renewed. Raises ReconnectNeeded when the account is disconnected or
    its credentials cannot be opened.
    """
    account.refresh_from_db(fields=_OF_LOGIN)  # a login may have been renewed meanwhile
    with context_of(account, deadline_at=deadline_at) as context:
        yield context


@contextmanager
def context_of(account: Account, *, deadline_at: datetime | None = None) -> Iterator[Context]:
    """The same for an account that was read this very moment: the database is not asked."""
    if account.state == Account.State.DISCONNECTED:
        raise ReconnectNeeded(phrase("{name} was disconnected. Connect it again.", name=account.name))
    if _is_being_renewed(account):
        words = phrase("The login of {name} has run out; it is renewed first.", name=account.name)
        raise RetryLater(words, after_s=_RENEWAL_S)
    started_s = monotonic()  # before the wall clock is read: a process frozen between the two gains no time
    left_s = (deadline_at - timezone.now()).total_seconds() if deadline_at else inf
    try:
        model = checked_settings(account.channel, account.settings)
    except Invalid as error:
        raise ReconnectNeeded(problems=error.problems) from error
    with open_context(model, unseal(account.sealed_secrets), not_after_s=started_s + left_s) as context:
        yield context


def _is_being_renewed(account: Account) -> bool:
    """Whether its login has run out and a new one is on its way; nobody renews one that has to be connected again."""
    is_over = account.token_expires_at is not None and account.token_expires_at <= timezone.now()
    return is_over and account.renew_at is not None and account.state == Account.State.CONNECTED


@transaction.atomic
def note_exchange(account: Account, ok: bool, problem: str | CrosscutError = "") -> Account:  # noqa: FBT001
    """The account after a real exchange with its channel: `ok`, or the problem in the channel's words.

    A ReconnectNeeded given as the problem marks the account as one that must be connected again. An exchange that went
    well takes the mark back, but not where the key to the next login is lost: what still works then, soon ends.
    """
    row = Account.objects.select_for_update().get(pk=account.pk)
    account.state = row.state
    account.last_exchange_at = timezone.now()
    account.problem = "" if ok else str(problem)[:500]
    if ok:
        account.last_success_at = account.last_exchange_at
    if account.state != Account.State.DISCONNECTED:
        stays = account.state == Account.State.RECONNECT and (not ok or _has_lost_its_key(row))
        is_out = isinstance(problem, ReconnectNeeded) or stays
        account.state = Account.State.RECONNECT if is_out else Account.State.CONNECTED
    account.save(update_fields=["last_exchange_at", "last_success_at", "problem", "state"])
    return account


@transaction.atomic
def note_exchanges(accounts: Iterable[Account]) -> None:
    """Real exchanges with the channels of all these accounts went well; as `note_exchange` writes it, in one go."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in={account.pk for account in accounts})
    found = {row.pk: _after_success(row) for row in rows.order_by("pk")}
    now = timezone.now()
    for state in set(found.values()):
        noted = Account.objects.filter(pk__in=[pk for pk, then in found.items() if then == state])
        noted.update(last_exchange_at=now, last_success_at=now, problem="", state=state)


def _after_success(account: Account) -> str:
    is_off = account.state == Account.State.DISCONNECTED
    stays = is_off or (account.state == Account.State.RECONNECT and _has_lost_its_key(account))
    return account.state if stays else Account.State.CONNECTED


def _has_lost_its_key(account: Account) -> bool:
    """Whether its login ends, and the key that works once and renews it was used up without an answer."""
    rotates = registry.channel(account.channel).token_model is TokenModel.ROTATES
    return rotates and account.token_expires_at is not None and account.renew_at is None


def note_tokens(account: Account, tokens: Tokens) -> None:
    """Writes into the row how long a new login lasts and what it allows; does not save, and keeps no secret.

    Logins that can be renewed are, after half of their life.
    """
    now = timezone.now()
    account.scopes, account.token_expires_at = list(tokens.scopes), tokens.expires_at
    account.renew_at, account.renewing_since, account.login_ends_at = None, None, tokens.ends_at
    can_renew = tokens.is_renewable and registry.channel(account.channel).token_model is not TokenModel.LASTS
    if tokens.expires_at and can_renew:
        account.renew_at = now + max((tokens.expires_at - now) * RENEW_AT, timedelta(minutes=1))


def unseal_or_nothing(account: Account) -> dict[str, str]:
    """The kept credentials; none when the installation's key cannot open them, so that new ones can be given."""
    try:
        return unseal(account.sealed_secrets)
    except ReconnectNeeded:
        return {}


def ask_who_we_are(channel: str, model: BaseModel, secrets: Mapping[str, str]) -> Profile:
    """Who we are there, as the channel says now. Raises the channel's error."""
    with open_context(model, secrets) as context:
        return registry.adapter(channel).connect(context)


@contextmanager
def open_context(model: BaseModel, secrets: Mapping[str, str], *, not_after_s: float = inf) -> Iterator[Context]:
    """What an adapter needs, with these settings and credentials."""
    client = http.client(
        allowed_hosts=site.ALLOWED_PRIVATE_HOSTS, timeout_s=_ANSWER_S, total_s=_EXCHANGE_S, not_after_s=not_after_s
    )
    with client:
        yield Context(
            http=client,
            settings=model,
            secrets=dict(secrets),
            now=timezone.now,
            allowed_hosts=tuple(site.ALLOWED_PRIVATE_HOSTS),
            not_after_s=not_after_s,
        )


@contextmanager
def _served(account: Account, model: BaseModel) -> Iterator[None]:
    """Where the account is a folder of ours, its public side while the channel is asked: it may have to answer itself.

    The row is there meanwhile, disconnected, and goes away again when the asking fails.
    """
    if not registry.channel(account.channel).is_local:
        yield
        return
    account.settings, account.state = model.model_dump(mode="json"), Account.State.DISCONNECTED
    account.save()
    try:
        yield
    except BaseException:
        account.delete()
        raise


def _keep(account: Account, model: BaseModel, secrets: Mapping[str, str], profile: Profile) -> None:
    """Writes what connecting told into the row, credentials that the channel changed among it; does not save."""
    now = timezone.now()
    account.settings = model.model_dump(mode="json")
    account.sealed_secrets = seal({**secrets, **profile.secrets})
    account.remote_id, account.handle = profile.remote_id[:300], profile.handle[:200]
    account.url, account.can, account.limits = profile.url[:500], list(profile.can), dict(profile.limits)
    account.state, account.problem = Account.State.CONNECTED, ""
    account.last_exchange_at = account.last_success_at = now


def _same_place(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    """A folder that was published to does not move: its posts would be lost. Nobody names files by their path."""
    refuse_paths(account.channel, given, known=account.settings)
    if registry.channel(account.channel).is_local and "folder" in account.settings:
        given["folder"] = account.settings["folder"]
    return given


def _free_name(by: Member, login: Login) -> str:
    name = login.name.strip()
    if not 0 < len(name) <= 120:
        raise Invalid.at("name", phrase("Give the account a name of at most 120 letters, as your team calls it."))
    if queries.accounts_for(by).filter(channel=login.channel, name=name).exists():
        raise Invalid.at("name", phrase("An account of this channel has that name already. Choose another."))
    return name


def _demand_new(by: Member, channel: str, profile: Profile) -> None:
    twin = queries.accounts_for(by).filter(channel=channel, remote_id=profile.remote_id).exclude(remote_id="").first()
    if twin:
        raise Conflict(phrase("This login is here already, as {name}. Reconnect that account.", name=twin.name))


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Nobody else does this meanwhile. The lock is the database session's: asking a channel may take half a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
