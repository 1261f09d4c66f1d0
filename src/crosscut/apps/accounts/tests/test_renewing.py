"""Renewing logins: one at a time, verified, and one that rotates never used up twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, AuditEvent
from crosscut.apps.accounts.queries import accounts_to_renew
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services import connections, renewing
from crosscut.apps.accounts.services.connections import note_exchange, note_exchanges, note_tokens
from crosscut.apps.accounts.wording import login_life
from crosscut.channels import registry
from crosscut.channels.logins import TokenModel, Tokens
from crosscut.channels.protocol import Context, Profile
from crosscut.kernel.errors import CrosscutError, OutcomeUnknown, ReconnectNeeded, RetryLater

ROTATES, EXTENDS = TokenModel.ROTATES, TokenModel.EXTENDS


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Family:
    """A channel that ends the whole login when a refresh token is used twice."""

    used: list[str] = field(default_factory=list)
    number: int = 0
    before: CrosscutError | None = None  # raised instead of looking
    after: BaseException | None = None  # raised when the old token is used up
    who: str = "me"

    def connect(self, context: Context) -> Profile:
        return Profile(remote_id=self.who, name="Me")

    def renew(self, context: Context) -> Tokens:
        if self.before:
            raise self.before
        token = context.secrets["refresh_token"]
        assert token not in self.used, "a refresh token was used twice"
        self.used.append(token)
        self.number += 1
        if self.after:
            raise self.after
        expires_at = context.now() + timedelta(hours=2)
        return Tokens(secrets={"refresh_token": f"r{self.number}", "access_token": "a"}, expires_at=expires_at)


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> Family:
    """The channel in place of the practice network."""
    made = Family()
    monkeypatch.setattr(registry, "adapter", lambda slug: made)
    return made


@contextmanager
def _model(monkeypatch: pytest.MonkeyPatch, model: TokenModel) -> Iterator[None]:
    known = replace(registry.channel("practice"), token_model=model)
    monkeypatch.setattr(registry, "channel", lambda slug: known)
    yield


def _account(cast: Cast) -> Account:
    account = Account(workspace=cast.workspace, channel="practice", name="Reef", remote_id="me")
    account.settings = {"service_url": "http://127.0.0.1:9"}
    account.sealed_secrets = seal({"refresh_token": "r0", "access_token": "old", "kept": "as it was"})
    note_tokens(account, Tokens(secrets={}, expires_at=timezone.now() + timedelta(hours=2)))
    account.save()
    return account


def _due(account: Account) -> Account:
    Account.objects.filter(pk=account.pk).update(renew_at=timezone.now() - timedelta(seconds=1))
    return Account.objects.get(pk=account.pk)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "checked_settings", lambda channel, given: None)


def test_a_login_is_renewed_after_half_of_its_life_and_verified(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    with _model(monkeypatch, ROTATES):
        account = _account(cast)
        assert accounts_to_renew(timezone.now()) == []
        assert accounts_to_renew(timezone.now() + timedelta(minutes=61)) == [account.pk]
        assert not renewing.renew(account.pk), "it is not time yet"
        assert renewing.renew(_due(account).pk)
    account.refresh_from_db()
    assert unseal(account.sealed_secrets) == {"refresh_token": "r1", "access_token": "a", "kept": "as it was"}
    assert account.renewing_since is None and account.renew_at and account.renew_at > timezone.now()
    assert account.last_success_at and account.state == "connected"
    assert "r1" not in str(AuditEvent.objects.get(verb="account.renewed").detail)


def test_renewing_does_not_move_the_day_on_which_a_login_ends_for_good(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    ends_at = timezone.now() + timedelta(days=7)
    with _model(monkeypatch, ROTATES):
        account = _account(cast)
        Account.objects.filter(pk=account.pk).update(login_ends_at=ends_at)
        assert renewing.renew(_due(account).pk)
    account.refresh_from_db()
    assert account.login_ends_at == ends_at
    assert login_life(account).startswith("The login is renewed until")


def test_a_process_killed_between_answer_and_commit_says_honestly_that_the_login_is_lost(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    with _model(monkeypatch, ROTATES):
        account = _due(_account(cast))
        family.after = Killed()
        with pytest.raises(Killed):
            renewing.renew(account.pk)
        family.after = None
        assert not renewing.renew(account.pk)
        assert not renewing.renew(account.pk)
    account.refresh_from_db()
    assert family.used == ["r0"], "the old token must not be tried again"
    assert account.state == "reconnect" and "Connect it again" in account.problem


def test_an_answer_that_got_lost_is_a_lost_login_where_logins_rotate(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    family.after = OutcomeUnknown("The line was cut.")
    with _model(monkeypatch, ROTATES):
        account = _due(_account(cast))
        assert not renewing.renew(account.pk)
    account.refresh_from_db()
    assert account.state == "reconnect" and account.renew_at is None


@pytest.mark.parametrize("error", [OutcomeUnknown("The line was cut."), RetryLater("Busy.")])
def test_a_login_that_extends_is_simply_asked_for_again(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch, error: CrosscutError
):
    family.before = error
    with _model(monkeypatch, EXTENDS):
        account = _due(_account(cast))
        assert not renewing.renew(account.pk)
        account.refresh_from_db()
        assert account.state == "connected" and account.problem and account.renew_at
        family.before = None
        assert renewing.renew(_due(account).pk)
    account.refresh_from_db()
    assert account.problem == ""


def test_a_login_that_rotates_is_kept_where_the_channel_was_certainly_not_reached(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    family.before = RetryLater("No connection.")
    with _model(monkeypatch, ROTATES):
        account = _due(_account(cast))
        renewing.renew(account.pk)
        family.before = None
        assert renewing.renew(_due(account).pk)
    assert family.used == ["r0"]


@pytest.mark.parametrize("error", [ReconnectNeeded("Taken back."), None])
def test_a_login_taken_back_or_given_to_somebody_else_is_told(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch, error: CrosscutError | None
):
    family.before, family.who = error, "somebody-else"
    with _model(monkeypatch, EXTENDS):
        account = _due(_account(cast))
        assert not renewing.renew(account.pk)
    account.refresh_from_db()
    assert account.state == "reconnect" and account.problem


def test_a_login_that_nobody_can_renew_is_left_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    with _model(monkeypatch, TokenModel.LASTS):
        account = _account(cast)
    assert account.renew_at is None
    assert accounts_to_renew(timezone.now() + timedelta(days=999)) == []


def test_two_renewals_at_once_are_one(cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch):
    with _model(monkeypatch, ROTATES):
        account = _due(_account(cast))
        assert [renewing.renew(account.pk), renewing.renew(account.pk)] == [True, False]
    assert family.used == ["r0"]


def test_a_login_that_ran_out_is_renewed_before_anything_is_asked_with_it(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connections, "checked_settings", lambda channel, given: None)
    with _model(monkeypatch, ROTATES):
        account = _account(cast)
        Account.objects.filter(pk=account.pk).update(token_expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(RetryLater), connections.context_for(account):
            pass
        account.refresh_from_db()
        assert account.state == "connected", "nothing is lost: the machine was off for two hours"
        assert renewing.renew(_due(account).pk)
        with connections.context_for(account) as context:
            assert context.secrets["refresh_token"] == "r1"


@pytest.mark.parametrize(
    "note", [lambda account: note_exchange(account, True), lambda account: note_exchanges([account])]
)
def test_that_a_login_is_lost_is_not_forgotten_while_the_old_one_still_works(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch, note
):
    family.after = OutcomeUnknown("no answer")
    with _model(monkeypatch, ROTATES):
        account = _due(_account(cast))
        renewing.renew(account.pk)
        note(account)  # by whoever began before, and knows nothing of it
    account.refresh_from_db()
    assert account.state == "reconnect" and account.renew_at is None
