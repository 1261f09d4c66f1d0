"""Which channels there are: ours by folder, others by the entry-point group `crosscut.channels`."""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import cast

from pydantic import BaseModel

from crosscut.channels import builtin
from crosscut.channels.protocol import Adapter, Channel
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.platforms import platform


@cache
def channels() -> dict[str, Channel]:
    """Every channel by its slug, in alphabetical order."""
    found = [
        one
        for module in pkgutil.iter_modules(builtin.__path__)
        if module.ispkg
        for one in _of_folder(f"{builtin.__name__}.{module.name}")
    ]
    found += [entry.load() for entry in entry_points(group="crosscut.channels")]
    return {channel.slug: channel for channel in sorted(found, key=lambda channel: channel.slug)}


def channel(slug: str) -> Channel:
    """The channel of that name. Raises NotFound naming those there are."""
    try:
        return channels()[slug]
    except KeyError:
        known = ", ".join(channels())
        raise NotFound(
            phrase("There is no channel called {slug}. There are: {known}.", slug=repr(slug), known=known)
        ) from None


@cache
def places() -> dict[str, str]:
    """Every place a post can go to and its name, by its platform's name: what licences are given for.

    >>> places()["tiktok"], places()["instagram"]
    ('TikTok', 'Instagram')
    """
    found = {one.platform: one.name for one in channels().values() if not one.is_by_hand}
    for one in channels().values():
        if one.platform not in found:
            found[one.platform] = platform(one.platform).name.partition(" (")[0]
    return dict(sorted(found.items()))


def is_by_hand(slug: str) -> bool:
    """Whether a person posts there; no for what is not installed.

    >>> is_by_hand("by_hand_tiktok"), is_by_hand("practice"), is_by_hand("no-such-place")
    (True, False, False)
    """
    known = channels().get(slug)
    return known is not None and known.is_by_hand


def is_unreadable(slug: str) -> bool:
    """Whether nobody but a person can see there what became of a post; no for what is not installed."""
    known = channels().get(slug)
    return known is not None and known.is_unreadable


def mails_readers(slug: str) -> bool:
    """Whether its issues go to readers by mail; no for what is not installed."""
    known = channels().get(slug)
    return known is not None and known.mails_readers


@cache
def adapter(slug: str) -> Adapter:
    """The channel's adapter. Adapters hold nothing, so one serves every account."""
    return cast(type[Adapter], _load(channel(slug).adapter))()


@cache
def settings_class(slug: str) -> type[BaseModel]:
    """The pydantic model of the channel's settings."""
    return cast(type[BaseModel], _load(channel(slug).settings))


@cache
def extra_class(slug: str) -> type[BaseModel] | None:
    """The pydantic model of what only this channel's posts have; None when they have nothing of their own.

    >>> sorted(extra_class("podcast").model_fields)
    ['episode', 'episode_type', 'is_explicit', 'persons', 'season']
    >>> extra_class("practice") is None
    True
    """
    path = channel(slug).extra
    return cast(type[BaseModel], _load(path)) if path else None


def _of_folder(name: str) -> tuple[Channel, ...]:
    """A folder's channel; several where what it does is the same for many places."""
    folder = importlib.import_module(name)
    return cast(tuple[Channel, ...], getattr(folder, "CHANNELS", None) or (folder.CHANNEL,))


def _load(path: str) -> object:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
