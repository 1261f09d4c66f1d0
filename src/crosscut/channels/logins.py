"""Logins that a channel's own page gives: what is asked for, what comes back, and how long it lasts.

OAuth 2.0 (RFC 6749) with PKCE (RFC 7636) where the channel knows it. The words: a person makes a *journey* to the
channel's own page and comes back with a code; the code is turned into the *places* the person may let us publish to,
each with its *tokens*.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TokenModel(StrEnum):
    """What becomes of a login with time."""

    LASTS = "lasts"  # works until somebody takes it back
    EXTENDS = "extends"  # is renewed with itself; asking twice does no harm
    ROTATES = "rotates"  # renewing uses it up: whoever loses the answer has to connect again


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One thing we ask the channel to allow."""

    name: str  # the channel's word: "instagram_business_content_publish"
    words: str  # what it is for, as a person reads it: "publish posts"
    is_needed: bool = True  # without it nothing can be published


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What goes along with the person, and what proves afterwards that the answer is for us."""

    redirect_uri: str  # where the person comes back to
    state: str  # comes back with the person; anything else is a forgery
    verifier: str = field(repr=False)  # a secret of ours, told to the channel only when the code is turned in
    website: str = ""  # the installation's own address, for channels that want to know

    @property
    def challenge(self) -> str:
        """What the channel is told of the verifier beforehand: S256, RFC 7636 section 4.2.

        >>> secret = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        >>> Journey(redirect_uri="", state="", verifier=secret).challenge
        'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
        """
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Where to send the person, and what to keep until they are back."""

    url: str
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)  # credentials the channel gave on the way


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Credentials that a channel gave us."""

    secrets: Mapping[str, str] = field(repr=False)
    expires_at: datetime | None = None  # aware UTC; None: not before somebody takes them back
    scopes: tuple[str, ...] = ()  # what was granted, in the channel's words; empty where it does not say
    ends_at: datetime | None = None  # aware UTC: from then on renewing helps no more; None: nobody says so
    is_renewable: bool = True  # what renews it came along, where the channel's logins can be renewed at all


@dataclass(frozen=True, kw_only=True)
class Place:
    """One account, Page or organisation that the person may let us publish to."""

    remote_id: str  # the channel's own stable name for it; empty where only connecting tells
    name: str  # for a person: "Reef Watch"
    tokens: Tokens
    handle: str = ""
    why_not: str = ""  # why this one cannot be connected, in plain words; empty when it can
