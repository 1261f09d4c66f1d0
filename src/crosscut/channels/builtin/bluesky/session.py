"""Signing in with an app password (https://atproto.com/specs/xrpc#app-passwords).

A session's access token lives two hours and its refresh token two to three months; both are kept as secrets of the
account. Revoking the app password ends refreshing at once and the access token when its two hours are over.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crosscut.channels.builtin.bluesky.settings import Settings
from crosscut.channels.builtin.bluesky.xrpc import Server
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ChannelError, ReconnectNeeded, RetryLater
from crosscut.kernel.phrases import phrase

MARGIN_S = 120  # an access token that ends sooner is not used: an upload may take that long


@dataclass(frozen=True, kw_only=True)
class Session:
    """A login that works now."""

    did: str  # the account's name for ever: "did:plc:…"
    handle: str
    pds_url: str  # the account server itself, which bsky.social only stands in front of
    access_jwt: str = field(repr=False)
    refresh_jwt: str = field(repr=False)

    def server(self, context: Context) -> Server:
        """The account's own server, asked as this account."""
        return Server(http=context.http, url=self.pds_url, token=self.access_jwt)


def stored(context: Context, settings: Settings) -> Session | None:
    """The session kept from the last connecting, while it is good and made with the app password there is now."""
    secrets = context.secrets
    if secrets.get("session_of") != _fingerprint(settings, secrets):
        return None
    session = Session(**{name: secrets.get(name, "") for name in Session.__dataclass_fields__})
    left_s = _ends_at_s(session.access_jwt) - context.now().timestamp()
    return session if session.did and left_s > MARGIN_S else None


def signed_in(context: Context, settings: Settings) -> Session:
    """A new session from the app password. Raises ReconnectNeeded when it is wrong or revoked."""
    body = {"identifier": settings.handle, "password": context.secrets.get("app_password", "")}
    return _session(_door(context, settings).call("com.atproto.server.createSession", body), settings)


def refreshed(context: Context, settings: Settings) -> Session:
    """A new session from the kept refresh token where that works, else from the app password."""
    token = context.secrets.get("refresh_jwt", "")
    if not token or context.secrets.get("session_of") != _fingerprint(settings, context.secrets):
        return signed_in(context, settings)
    try:
        answer = _door(context, settings, token).call("com.atproto.server.refreshSession")
    except RetryLater:
        raise
    except ChannelError:
        return signed_in(context, settings)
    return _session(answer, settings)


def to_keep(session: Session, context: Context, settings: Settings) -> dict[str, str]:
    """The session as secrets of the account."""
    names = Session.__dataclass_fields__
    return {name: getattr(session, name) for name in names} | {"session_of": _fingerprint(settings, context.secrets)}


def _door(context: Context, settings: Settings, token: str = "") -> Server:
    return Server(http=context.http, url=settings.service_url, token=token)


def _session(answer: dict[str, Any], settings: Settings) -> Session:
    if not answer.get("did") or not answer.get("accessJwt"):
        raise ReconnectNeeded(
            phrase(
                "{service_url} is not an account server of Bluesky: check its address.",
                service_url=settings.service_url,
            )
        )
    return Session(
        did=answer["did"],
        handle=answer.get("handle", settings.handle),
        pds_url=_pds_url(answer.get("didDoc") or {}) or settings.service_url,
        access_jwt=answer["accessJwt"],
        refresh_jwt=answer.get("refreshJwt", ""),
    )


def _pds_url(document: Mapping[str, Any]) -> str:
    services = (
        service for service in document.get("service", ()) if str(service.get("id", "")).endswith("#atproto_pds")
    )
    return next((str(service.get("serviceEndpoint", "")).rstrip("/") for service in services), "")


def _fingerprint(settings: Settings, secrets: Mapping[str, str]) -> str:
    """Changes when a person enters another password, handle or server: the kept session then belongs to the past."""
    parts = (settings.service_url, settings.handle, secrets.get("app_password", ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _ends_at_s(token: str) -> float:
    """Seconds since 1970 at which a JSON Web Token ends (RFC 7519 4.1.4); 0 where it does not say."""
    try:
        payload = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
    except (IndexError, KeyError, ValueError, TypeError):
        return 0
