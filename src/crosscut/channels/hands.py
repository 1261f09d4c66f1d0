"""Channels on which a person posts: what they get into their hands, and what they tell afterwards."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from crosscut.channels.protocol import Post, Sent


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to paste, under the name the place itself gives it."""

    label: str  # "Description"
    text: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that a person needs to make one post, in the order they need it."""

    place: str  # "TikTok"
    profile: str  # the public page of the account it belongs to
    composer: str  # where the place lets one write a post, filled in where it takes that from an address
    fields: tuple[Field, ...]  # those of the post that the place has a field for
    left_out: tuple[str, ...]  # parts of the post that the place has no field for: "link"
    steps: tuple[str, ...]
    note: str = ""  # what whoever wrote the post says to whoever posts it
    alt_text: str = ""  # where alt texts go there; empty where it takes none
    why_no_link: str = ""  # why such a post has no lasting link; empty where it has one
    as_of: str = ""  # when the steps were last compared with the place: "2026-11-30"


@runtime_checkable
class ByHand(Protocol):
    """Channels whose record says `is_by_hand`. Their `publish` refuses, and their `find` says that nobody can look."""

    def sheet(self, settings: BaseModel, post: Post) -> Sheet:
        """What to hand to the person. Asks nobody."""
        ...

    def named(self, settings: BaseModel, url: str) -> Sent:
        """The post at an address somebody gave, by its plain form. Asks nobody.

        Raises Invalid for an address that is none of a post there.
        """
        ...
