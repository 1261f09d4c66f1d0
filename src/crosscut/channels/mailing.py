"""Channels that send letters: who gets one, how it is handed over, and the pages on which readers come and go.

A post of such a channel is an issue: `publish` makes it public on its page, once. What goes to the readers are letters,
one for each, which the app that keeps the readers hands over one at a time: its rows know what left and what did not.

What an exception from `PostOffice.hand_over` promises:

    RetryLater, Rejected, ReconnectNeeded   the letter was definitely not taken
    OutcomeUnknown, or anything else        it may be on its way: it is not handed over again by itself
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from crosscut.channels.protocol import Context

FOR_ALL = "smtp.for_all"  # the code of a refusal that every letter of the account would meet


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who gets a letter, and what it must say to them."""

    address: str  # "ada@reef.example"
    key: str  # names this letter for ever, the same at every try, [a-z0-9-]
    leave_url: str  # where this reader leaves with one click
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one reader, ready to be handed over."""

    to: str  # the envelope's address
    message_id: str  # "<…@reef.example>"
    content: bytes  # RFC 5322, lines ended by CRLF


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What another mail server said of a letter after ours had taken it."""

    key: str  # the letter's, as of `Recipient`
    is_final: bool  # it will not arrive; else it was taken and may still be on its way
    status: str  # "5.1.1", RFC 3463; empty where nobody says
    words: str  # the server's


@dataclass(frozen=True, kw_only=True)
class Returns:
    """What came back since the last look."""

    letters: tuple[Returned, ...]
    until: str  # say it at the next look


class PostOffice(Protocol):
    """A mail server we are signed in at."""

    @property
    def is_open(self) -> bool:
        """Whether another letter can be handed over."""
        ...

    def hand_over(self, letter: Letter) -> str:
        """What the server said when it took the letter. See the module for what an exception means."""
        ...


class Scene(StrEnum):
    """A page that readers come to."""

    JOIN = "join"  # asks for an address
    ASKED = "asked"  # says to look into the mailbox; the same whoever asked
    CONFIRM = "confirm"  # asks once more, so that no program confirms by looking
    JOINED = "joined"
    LEAVE = "leave"  # asks once more, for the same reason
    LEFT = "left"
    OVER = "over"  # the link says nothing any more
    WAIT = "wait"  # too many tries


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one of these pages needs."""

    scene: Scene
    root: str  # where its stylesheet and its mark lie: "/letters"
    problem: str = ""  # of what was typed
    address: str = ""  # what was typed; only the person who typed it sees it


@runtime_checkable
class CanMail(Protocol):
    """Channels whose issues go to readers by mail."""

    def post_office(self, context: Context) -> AbstractContextManager[PostOffice]:
        """The account's mail server, signed in, inside the block. Raises what `answers.ask` raises."""
        ...

    def issue(self, context: Context, remote_id: str, to: Recipient) -> Letter:
        """The published issue as a letter to one reader. Raises Rejected when it is public no longer."""
        ...

    def question(self, context: Context, to: Recipient, *, confirm_url: str) -> Letter:
        """The letter that asks whether somebody really wants the others."""
        ...

    def page(self, settings: BaseModel, page: Page) -> bytes:
        """One of the pages on which readers come and go, as HTML that needs no script."""
        ...

    def returns(self, context: Context, *, after: str, most: int) -> Returns:
        """What came back after that look, from at most so many messages. Raises what `answers.ask` raises.

        Nothing, where the account has no mailbox that is read.
        """
        ...

    def pace_per_minute(self, settings: BaseModel) -> int:
        """How many letters the mail server takes in a minute."""
        ...
