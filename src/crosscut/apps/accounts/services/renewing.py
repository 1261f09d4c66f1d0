"""Renewing logins before they end: one at a time per account, and a login that rotates is used up once at most.

A login that *extends* may be asked for twice. One that *rotates* is worthless once it was used, and using it a second
time makes some channels end the whole login. So the ledger's rule holds here, too: that it is being used is committed
before the request, and whoever finds that mark later says honestly that the account must be connected again.
"""

from dataclasses import replace
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import (
    ask_who_we_are,
    note_exchange,
    note_tokens,
    one_at_a_time,
    open_context,
)
from crosscut.apps.accounts.services.credentials import checked_settings
from crosscut.channels import registry
from crosscut.channels.logins import TokenModel, Tokens
from crosscut.channels.protocol import CanRenew
from crosscut.kernel.errors import ChannelError, CrosscutError, Invalid, OutcomeUnknown, ReconnectNeeded, RetryLater
from crosscut.kernel.phrases import phrase

_OF_LOGIN = ["sealed_secrets", "scopes", "token_expires_at", "renew_at", "renewing_since", "login_ends_at"]
_AGAIN = timedelta(minutes=15)  # after a renewal that failed and did no harm
_log = structlog.get_logger(__name__)
LOST = phrase(
    "Renewing the login broke off, and the channel may have given a new one that nobody has. Connect it again."
)


def renew(account_id: int) -> bool:
    """Whether the account has a new login now. Does nothing when it is not yet time, or somebody has done it."""
    with one_at_a_time(f"account {account_id}"):
        account = Account.objects.filter(pk=account_id, renew_at__lte=timezone.now()).first()
        if account is None or account.state != Account.State.CONNECTED:
            return False
        if account.renewing_since:  # whoever began this holds no lock any more: it died between question and answer
            _lose(account, LOST)
            return False
        return _renew(account)


def _renew(account: Account) -> bool:
    is_single_use = registry.channel(account.channel).token_model is TokenModel.ROTATES
    if is_single_use:
        Account.objects.filter(pk=account.pk).update(renewing_since=timezone.now())
    try:
        tokens = _asked(account)
    except RetryLater as error:
        _later(account, error)
        return False
    except (ReconnectNeeded, Invalid) as error:
        _lose(account, str(error))
        return False
    except CrosscutError as error:
        return _doubted(account, error, is_single_use=is_single_use)
    except Exception:  # noqa: BLE001 - a plug-in's fault must not let a login be used up twice
        _log.exception("channel_fault", channel=account.channel, account=account.pk)
        return _doubted(account, OutcomeUnknown(phrase("Renewing broke off.")), is_single_use=is_single_use)
    _keep(account, tokens)
    return _verified(account)


def _asked(account: Account) -> Tokens:
    adapter = registry.adapter(account.channel)
    if not isinstance(adapter, CanRenew):
        raise ReconnectNeeded(phrase("This channel's logins end and cannot be renewed. Connect it again."))
    model = checked_settings(account.channel, account.settings)
    with open_context(model, unseal(account.sealed_secrets)) as context:
        return adapter.renew(context)


def _doubted(account: Account, error: CrosscutError, *, is_single_use: bool) -> bool:
    if is_single_use:
        _lose(account, LOST)
    else:
        _later(account, error)
    return False


@transaction.atomic
def _keep(account: Account, tokens: Tokens) -> None:
    """The new login, before anything else is asked: while it is only in memory it can be lost."""
    row = Account.objects.select_for_update().get(pk=account.pk)
    row.sealed_secrets = seal({**unseal(row.sealed_secrets), **tokens.secrets})
    told = replace(tokens, secrets={}, scopes=tokens.scopes or tuple(row.scopes), is_renewable=True)
    note_tokens(row, replace(told, ends_at=tokens.ends_at or row.login_ends_at))
    row.save(update_fields=_OF_LOGIN)
    record("account.renewed", row, by=row.workspace)


def _verified(account: Account) -> bool:
    """Whether the channel knows us by the new login. A channel that does not answer now says nothing against it."""
    account.refresh_from_db()
    try:
        model = checked_settings(account.channel, account.settings)
        profile = ask_who_we_are(account.channel, model, unseal(account.sealed_secrets))
    except (ChannelError, Invalid) as error:
        note_exchange(account, False, error)
        return not isinstance(error, ReconnectNeeded)
    if profile.remote_id != account.remote_id:
        _lose(account, phrase("The renewed login belongs to somebody else. Connect it again."))
        return False
    note_exchange(account, True)
    return True


@transaction.atomic
def _later(account: Account, error: CrosscutError) -> None:
    """Nothing was used up: the old login stays, and is renewed a little later."""
    Account.objects.filter(pk=account.pk).update(renew_at=timezone.now() + _AGAIN, renewing_since=None)
    note_exchange(account, False, phrase("The login could not be renewed yet: {why}", why=str(error)))


@transaction.atomic
def _lose(account: Account, why: str) -> None:
    Account.objects.filter(pk=account.pk).update(renew_at=None, renewing_since=None)
    note_exchange(account, False, ReconnectNeeded(str(why)))
    record("account.login_lost", account, by=account.workspace, why=str(why)[:300])
