"""Connecting by saying yes on the channel's own page (OAuth 2.0, RFC 6749, with PKCE, RFC 7636).

    depart → the person says yes there → come_back: the state is used up, the code turned in → choose: accounts

What proves an answer: its state, which is known to one member and one browser session, works once and for an hour.
Channels that can do this are `CanAuthorize`; what each asks for stands in its record.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts import queries
from crosscut.apps.accounts.models import Account, Member, Trip
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import hash_of, seal, unseal
from crosscut.apps.accounts.services.connections import (
    Login,
    connect_account,
    open_context,
    reconnect,
    unseal_or_nothing,
)
from crosscut.apps.accounts.services.credentials import checked_app_secrets, checked_settings
from crosscut.channels import registry
from crosscut.channels.logins import Journey, Place, Tokens
from crosscut.channels.protocol import CanAuthorize
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data

_LIFE = timedelta(hours=1)  # for the person to say yes and to choose
_REMEMBERED = timedelta(days=7)  # what became of it can be asked for so long after its end
_LOST = phrase("Nobody is on the way back from there. Start connecting again.")


@dataclass(frozen=True, kw_only=True)
class Away:
    """Somebody who is to go to the channel's own page."""

    trip: Trip
    url: str  # where to go


def can_authorize(channel: str) -> bool:
    """Whether the channel has a page of its own to say yes on."""
    return bool(registry.channel(channel).scopes)


def depart(by: Member, login: Login, *, account_id: int | None = None, session: str = "") -> Away:
    """Where to send the person, and the row that waits for them. `account_id`: an account that is connected again.

    `session` names the browser session, so that nobody else's can bring the answer; empty for a program, whose member
    must bring it. Raises Invalid for wrong settings, and the channel's error when it has to be asked and fails.
    """
    demand(by, "accounts")
    place = _adapter(login.channel)
    account = queries.account_for(by, account_id) if account_id else None
    asked = {**(account.settings if account else {}), **login.settings}
    model = checked_settings(login.channel, asked)
    app = checked_app_secrets(login.channel, {**_known_app_secrets(account), **_filled(login.secrets)})
    state = secrets.token_urlsafe(32)
    journey = Journey(
        redirect_uri=return_url(), state=state, verifier=secrets.token_urlsafe(48), website=str(site.DESK_URL)
    )
    with open_context(model, app) as context:
        leaving = place.departure(context, journey)
    kept = {
        "name": login.name,
        "settings": json.dumps(model.model_dump(mode="json")),
        "app": json.dumps(app),
        "journey": json.dumps(as_data(journey)),
        "kept": json.dumps(dict(leaving.kept)),
    }
    Trip.objects.filter(expires_at__lt=timezone.now() - _REMEMBERED).delete()
    trip = Trip.objects.create(
        member=by,
        channel=login.channel,
        account=account,
        state_hash=hash_of(state),
        session_hash=hash_of(session) if session else "",
        sealed=seal(kept),
        expires_at=timezone.now() + _LIFE,
    )
    return Away(trip=trip, url=leaving.url)


def come_back(by: Member, *, state: str, code: str, session: str = "") -> tuple[Trip, list[Account]]:
    """The trip, and the accounts that are connected by it: none yet where the person has to choose.

    Raises Conflict for a state that is unknown, used, too old, or of somebody else, and the channel's error when it
    gives nothing for the code. The state is used up either way.
    """
    trip = _use_up(by, state, session)
    try:
        places = _places(trip, code)
        return trip, _connect_at_once(by, trip, places)
    except CrosscutError as error:
        Trip.objects.filter(pk=trip.pk).update(ended_at=timezone.now(), problem=str(error)[:500], sealed=b"")
        raise


def give_up(by: Member, *, state: str) -> None:
    """The person said no there: the state is used up."""
    rows = Trip.objects.filter(member=by, state_hash=hash_of(state), back_at=None)
    rows.update(back_at=timezone.now(), ended_at=timezone.now(), problem="The channel gave no permission.", sealed=b"")


def places_of(trip: Trip) -> tuple[Place, ...]:
    """What the person may choose from, without credentials; nothing before they are back or after they chose."""
    if not trip.sealed or trip.ended_at or not trip.back_at or trip.expires_at < timezone.now():
        return ()
    return tuple(_without_tokens(place) for place in _places_left(trip))


def choose(by: Member, trip_id: int, chosen: Iterable[str]) -> list[Account]:
    """The accounts for the places with these remote ids, connected one after the other. The trip ends with it.

    Raises NotFound for somebody else's trip, Invalid when nothing or something unknown is chosen, and what connecting
    raises; those connected before stay.
    """
    demand(by, "accounts")
    trip = queries.trip_for(by, trip_id)
    found = {place.remote_id: place for place in _places_left(trip) if not place.why_not}
    wanted = list(dict.fromkeys(chosen))
    if not wanted or not set(wanted) <= found.keys():
        raise Invalid.at("places", phrase("Choose at least one of those that can be connected."), code="places")
    with transaction.atomic():
        if not Trip.objects.filter(pk=trip.pk, ended_at=None).update(ended_at=timezone.now()):
            raise Conflict(_LOST)
    try:
        return [_connected(by, trip, found[remote_id], is_only=len(wanted) == 1) for remote_id in wanted]
    finally:
        Trip.objects.filter(pk=trip.pk).update(sealed=b"")


def return_url() -> str:
    """Where the channel sends the person back to."""
    return f"{site.DESK_URL}/accounts/connected/"


def _adapter(channel: str) -> CanAuthorize:
    found = registry.adapter(channel)
    if not isinstance(found, CanAuthorize):
        raise Unsupported(phrase("This channel has no login page of its own. Give its credentials instead."))
    return found


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value.strip()}


def _known_app_secrets(account: Account | None) -> dict[str, str]:
    """The app's credentials an account was connected with: they need not be typed again."""
    if account is None:
        return {}
    known = unseal_or_nothing(account)
    return {name: known[name] for name in registry.channel(account.channel).app_secrets if name in known}


@transaction.atomic
def _use_up(by: Member, state: str, session: str) -> Trip:
    now = timezone.now()
    rows = Trip.objects.select_for_update(of=("self",)).select_related("account")
    trip = rows.filter(state_hash=hash_of(state), member=by, back_at=None, expires_at__gt=now).first()
    if trip is None or (trip.session_hash and trip.session_hash != hash_of(session)):
        raise Conflict(_LOST)
    trip.back_at = now
    trip.save(update_fields=["back_at"])
    return trip


def _places(trip: Trip, code: str) -> tuple[Place, ...]:
    """What the channel lets us publish to, kept sealed with the trip before anything else: a code works once."""
    told = unseal(trip.sealed)
    model = checked_settings(trip.channel, json.loads(told["settings"]))
    journey, kept = Journey(**json.loads(told["journey"])), json.loads(told["kept"])
    with open_context(model, json.loads(told["app"])) as context:
        places = _adapter(trip.channel).places(context, journey, code=code, kept=kept)
    if not places:
        raise Conflict(
            phrase("That login has no account Crosscut could publish to. Read what is needed beside the form.")
        )
    told = {**{name: told[name] for name in ("name", "settings", "app")}, "places": json.dumps(as_data(places))}
    trip.sealed = seal(told)
    trip.save(update_fields=["sealed"])
    return places


def _connect_at_once(by: Member, trip: Trip, places: tuple[Place, ...]) -> list[Account]:
    """Where there is nothing to choose: one place, or the very account that is connected again."""
    if trip.account:
        mine = [place for place in places if place.remote_id in ("", trip.account.remote_id)]
        if not mine:
            names = ", ".join(place.handle or place.name for place in places)
            raise Conflict(
                phrase(
                    "That login is for {others}. Sign in there as {name} first.", others=names, name=trip.account.name
                )
            )
        only = mine[0]
    elif len(places) == 1:
        only = places[0]
    else:
        return []
    if only.why_not:
        raise Conflict(only.why_not)
    account = _connected(by, trip, only, is_only=True)
    Trip.objects.filter(pk=trip.pk).update(ended_at=timezone.now(), sealed=b"")
    return [account]


def _connected(by: Member, trip: Trip, place: Place, *, is_only: bool) -> Account:
    told = unseal(trip.sealed)
    settings, app = json.loads(told["settings"]), json.loads(told["app"])
    if trip.account_id:
        return reconnect(by, trip.account_id, settings=settings, secrets=app, tokens=place.tokens)
    name = told["name"] if is_only and told["name"] else _free_name(by, trip.channel, place)
    login = Login(channel=trip.channel, name=name, settings=settings, secrets=app, tokens=place.tokens)
    return connect_account(by, login)


def _free_name(by: Member, channel: str, place: Place) -> str:
    """What to call a place nobody named: as the channel does, with its handle where that name is taken."""
    taken = set(queries.accounts_for(by).filter(channel=channel).values_list("name", flat=True))
    names = (place.name, f"{place.name} {place.handle}".strip(), f"{place.name} {place.remote_id}")
    return next((name[:120] for name in names if name.strip() and name[:120] not in taken), place.remote_id[:120])


def _places_left(trip: Trip) -> list[Place]:
    """The places behind the login; those the workspace has already say so and cannot be chosen again."""
    rows = queries.accounts_for(trip.member).filter(channel=trip.channel).exclude(remote_id="")
    known = dict(rows.values_list("remote_id", "name"))
    return [
        replace(place, why_not=phrase("It is here already, as {name}.", name=known[place.remote_id]))
        if place.remote_id in known
        else place
        for place in _sealed_places(trip)
    ]


def _sealed_places(trip: Trip) -> list[Place]:
    told: dict[str, Any] = unseal(trip.sealed) if trip.sealed else {}
    return [from_data(Place, row) for row in json.loads(told.get("places", "[]"))]


def _without_tokens(place: Place) -> Place:
    return Place(
        remote_id=place.remote_id,
        name=place.name,
        handle=place.handle,
        why_not=place.why_not,
        tokens=Tokens(secrets={}, expires_at=place.tokens.expires_at, scopes=place.tokens.scopes),
    )
