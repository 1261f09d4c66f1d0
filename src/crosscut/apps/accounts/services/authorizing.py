"""Connecting by saying yes on the channel's own page (OAuth 2.0, RFC 6749), where a channel can do that.

A channel can when its folder has a module `oauth` with `authorize_url(http, instance_url, *, redirect_uri, website)`,
which answers with a `Journey`, and `exchange(http, instance_url, journey, *, code, state)`, which answers with the
secrets.
"""

import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings as site

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services.connections import Login, connect_account
from crosscut.apps.accounts.services.credentials import checked_settings
from crosscut.channels import http, registry
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data

_ANSWER_S = 30  # how long a person waits for the channel


def can_authorize(channel: str) -> bool:
    """Whether the channel has a page of its own to say yes on."""
    return find_spec(_module(channel)) is not None


def depart(by: Member, login: Login) -> tuple[str, str]:
    """Where to send the person, and what to keep, sealed, until they come back. Nothing is stored yet.

    Raises Invalid for wrong settings and the channel's error when it does not answer.
    """
    demand(by, "accounts")
    checked = checked_settings(login.channel, login.settings).model_dump(mode="json")
    with http.client(allowed_hosts=site.ALLOWED_PRIVATE_HOSTS, timeout_s=_ANSWER_S) as client:
        journey = _oauth(login.channel).authorize_url(
            client, checked["instance_url"], redirect_uri=return_url(), website=site.DESK_URL
        )
    kept = {"channel": login.channel, "name": login.name, "settings": checked}
    trip = {"login": json.dumps(kept), "journey": json.dumps(as_data(journey)), "member": str(by.pk)}
    return journey.url, seal(trip).decode()


def arrive(by: Member, kept: str, *, code: str, state: str) -> Account:
    """The account, connected with what the channel gives for the code. Raises Conflict when nobody is expected."""
    trip = unseal(kept.encode()) if kept else {}
    if trip.get("member") != str(by.pk):
        raise Conflict(phrase("Nobody is on the way back from there. Start connecting again."))
    login, oauth = json.loads(trip["login"]), _oauth(json.loads(trip["login"])["channel"])
    journey = oauth.Journey(**json.loads(trip["journey"]))
    with http.client(allowed_hosts=site.ALLOWED_PRIVATE_HOSTS, timeout_s=_ANSWER_S) as client:
        granted = oauth.exchange(client, login["settings"]["instance_url"], journey, code=code, state=state)
    return connect_account(by, Login(**login, secrets={}, granted=dict(granted)))


def return_url() -> str:
    """Where the channel sends the person back to."""
    return f"{site.DESK_URL}/accounts/connected/"


def _oauth(channel: str) -> Any:
    return import_module(_module(channel))


def _module(channel: str) -> str:
    package = registry.channel(channel).adapter.partition(":")[0].rpartition(".")[0]
    return f"{package}.oauth"
