"""What a channel is: a cheap record that describes it, and an adapter that talks to it.

An adapter is stateless. It gets everything it needs in a frozen `Context`, makes the fewest requests that do the job,
and answers with a record or raises one of the `ChannelError` family. It never sleeps, never loops, never
retries, never reads Django settings, and never writes anywhere but to the channel.

What an exception from `publish` promises:

    RetryLater, Rejected, ReconnectNeeded   the post was definitely not made
    OutcomeUnknown, or anything else        it may have been made: the ledger reads the channel back with `find`
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import httpx
from pydantic import BaseModel

from crosscut.channels.logins import Departure, Journey, Place, Scope, TokenModel, Tokens
from crosscut.kernel.facts import Kind


@dataclass(frozen=True, kw_only=True)
class Track:
    """Words that belong to a media file."""

    kind: str  # "captions", "transcript", "chapters"
    language: str  # BCP 47: "en"
    media_type: str  # "text/vtt", "application/json+chapters"
    text: str  # the file's content


COMMENT = "comment"  # the post type of a first comment, where the channel `comments_below` posts


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture that stands for a file of a post, or shows the same picture smaller."""

    path: Path  # a readable local copy for the length of the call
    filename: str  # "reef-480.jpg"
    media_type: str
    size_bytes: int
    sha256: str  # of the file at `path`, hex
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class PostMedia:
    """One file of a post, already in the form the channel takes."""

    path: Path  # a readable local copy for the length of the call
    filename: str  # what a person would call it: "reef.jpg"
    kind: Kind
    media_type: str
    size_bytes: int
    sha256: str  # of the file at `path`, hex
    alt_text: str = ""  # empty only for decorative pictures and for sound
    width_px: int | None = None
    height_px: int | None = None
    duration_s: Fraction | None = None
    tracks: tuple[Track, ...] = ()  # captions, transcript, chapters
    credit: str = ""  # who made it and under which licence, ready to print
    poster: Still | None = None  # of a film: what is shown until it plays, and in previews of the post
    smaller: tuple[Still, ...] = ()  # of a picture: the same at fewer pixels, smallest first; if `takes_smaller`
    public_url: str = ""  # where the channel can fetch it while the post is on its way; if `fetches_media`


@dataclass(frozen=True, kw_only=True)
class Post:
    """One target, ready to send."""

    key: str  # names this target for ever, [a-z0-9-], 13 to 40 characters: the idempotency key and the mark to look for
    post_type: str  # one of the channel's: "text", "images", "article"
    text: str  # the words as the channel will show them
    title: str = ""
    summary: str = ""
    language: str = "en"  # BCP 47
    link: str = ""  # an address the post points to
    tags: tuple[str, ...] = ()  # topics without "#"
    media: tuple[PostMedia, ...] = ()  # in order
    due_at: datetime  # aware UTC: when it was meant to go out
    extra: Mapping[str, Any] = field(default_factory=dict)  # what only this channel has: episode number, visibility
    parent: "Sent | None" = None  # the part of its thread that it answers; None: it answers nothing
    root: "Sent | None" = None  # the first part of its thread; where there is a parent


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything an adapter may use."""

    http: httpx.Client  # guarded, with time-outs and without retries
    settings: BaseModel  # an instance of the channel's settings class
    secrets: Mapping[str, str]  # the account's credentials by name, in the clear for this call only
    now: Callable[[], datetime]  # aware UTC
    allowed_hosts: tuple[str, ...] = ()  # hosts of our own network, for what is reached without HTTP: "127.0.0.1:25"
    not_after_s: float = math.inf  # on the monotonic clock: nothing begins to leave later


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Who we are on the channel, as it says itself."""

    remote_id: str  # the channel's own stable name for the account
    name: str  # for a person: "Reef Watch"
    handle: str = ""  # "@reef.example"
    url: str = ""  # the public page
    can: tuple[str, ...] = ()  # what this login may do, in plain words: "publish posts", "upload media"
    secrets: Mapping[str, str] = field(default_factory=dict)  # new credentials to keep, where connecting gave some
    limits: Mapping[str, Any] = field(default_factory=dict)  # what the channel itself tells of its limits


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the channel answered to a post."""

    remote_id: str
    url: str = ""  # where the public sees it
    is_provisional: bool = False  # the channel names it otherwise once the public sees it: reading tells its own name
    answer: Mapping[str, Any] = field(default_factory=dict)  # the receipt: what of the answer is worth keeping


@dataclass(frozen=True, kw_only=True)
class SeenMedia:
    """One file as the public gets it."""

    url: str
    media_type: str = ""
    size_bytes: int | None = None
    sha256: str = ""  # where the bytes were fetched
    alt_text: str | None = ""  # None: the channel shows none for such a file, or does not tell


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A post as the public sees it, fetched back."""

    remote_id: str  # the one it was asked for by; of a provisional one the channel's own, which is kept from then on
    url: str
    text: str
    title: str = ""
    link: str = ""
    media: tuple[SeenMedia, ...] = ()
    answers: str | None = None  # the channel's name for the post it answers, empty for none; None: it does not tell
    created_at: datetime | None = None
    changes: tuple[str, ...] = ()  # what this channel is known to change, seen here: "re-encodes pictures"
    is_part: bool = False  # the text may be only a part of what is there: what is missing in it proves nothing
    is_certain: bool = True  # False: what was read may be another page, such as one that asks to sign in
    unread: tuple[str, ...] = ()  # parts that it shows to nobody without a login: "media", "text"


@dataclass(frozen=True, kw_only=True)
class Count:
    """One number the channel tells about a post."""

    metric: str  # a definition's name: "bluesky.likes"
    value: int


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What Crosscut knows of a channel without loading its adapter."""

    slug: str  # the folder's name: "bluesky"
    name: str  # "Bluesky"
    platform: str  # its entry in the platform specifications: "bluesky"
    post_types: tuple[str, ...]  # its post types there: "text", "images"
    settings: str  # "package.module:Class", a pydantic model; the form is drawn from it
    adapter: str  # "package.module:Class", an Adapter without arguments
    secrets: tuple[str, ...] = ()  # names of the credentials a person gives: "app_password"
    optional_secrets: tuple[str, ...] = ()  # names of those a person may leave out: a mail server without a password
    app_secrets: tuple[str, ...] = ()  # those of the person's own app there, given before its login page: "app_secret"
    scopes: tuple[Scope, ...] = ()  # what its login page is asked to allow; empty: it has none, or we use none
    token_model: TokenModel = TokenModel.LASTS  # what becomes of a login with time
    extra: str = ""  # "package.module:Class", a pydantic model of what only its posts have; empty: nothing
    is_local: bool = False  # writes a folder of ours; nobody else answers
    is_by_hand: bool = False  # a person posts there; the adapter is a `hands.ByHand`
    is_unreadable: bool = False  # tells no program what is there: what was taken is never proven
    mails_readers: bool = False  # its issues go to readers by mail; the adapter is a `mailing.CanMail`
    is_chat: bool = False  # a place where a team talks: reminders can be sent there
    fetches_media: bool = False  # gets files by fetching them from a public address of ours, not from our hands
    takes_from_hands: tuple[str, ...] = ()  # of a channel that fetches: post types whose files we hand over
    stages_ahead_s: int = 0  # how long before its time a post is brought there, where that is done in steps
    thread_limit: int = 1  # most posts of a thread, each answering the one before; 1: it carries no threads
    link_below: tuple[str, ...] = ()  # post types that send the link below the words, where it is not among them
    comments_below: tuple[str, ...] = ()  # post types with an `extra.first_comment`, made as a post of its own
    takes_words_twice: bool = True  # the same words in two posts of an account; else the second is refused for a while
    takes_smaller: bool = False  # offers browsers each picture in several sizes, which others make themselves
    metrics: tuple[str, ...] = ()  # what `counts` can tell


@runtime_checkable
class Adapter(Protocol):
    """What every channel can do."""

    def connect(self, context: Context) -> Profile:
        """Who we are there, proving that the credentials work. Raises ReconnectNeeded when they do not."""
        ...

    def publish(self, context: Context, post: Post) -> Sent:
        """Make the post, once. See the module for what an exception means.

        Where the channel has a `thread_limit`, a post with a `parent` is made as an answer to it; where it
        `comments_below` posts, one of type COMMENT is made as a comment to its `parent`.
        """
        ...

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The post if the channel has it, else None; read from the channel, never from memory.

        Completes what a killed `publish` left half-done where the channel is a folder of ours. Raises RetryLater or
        ReconnectNeeded when the channel cannot be read: None means that the post is certainly not there. A part of a
        thread is looked for among the answers to its parent alone, a post without one among those that answer nothing.
        """
        ...

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The post as the public sees it, or None when it is gone."""
        ...

    def delete(self, context: Context, remote_id: str) -> None:
        """Take the post down. Fine when it is already gone."""
        ...


@runtime_checkable
class CanCount(Protocol):
    """Channels that tell numbers about a post."""

    def counts(self, context: Context, remote_id: str) -> tuple[Count, ...]:
        """The numbers now. Leaves out what the channel does not tell: missing is not zero."""
        ...


@runtime_checkable
class CanUpdate(Protocol):
    """Channels on which a post can be changed in place."""

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """Replace the post's content, keeping its address."""
        ...


@runtime_checkable
class CanResolve(Protocol):
    """Channels on which the public address of a post leads to the channel's own name for it."""

    def at_address(self, context: Context, url: str) -> Sent | None:
        """Our post at that address, read from the channel; None when nothing is there.

        Raises Invalid for an address that is not one of this account's posts, RetryLater or ReconnectNeeded when the
        channel cannot be read.
        """
        ...


@runtime_checkable
class CanAuthorize(Protocol):
    """Channels with a login page of their own. `context.secrets` holds what the person's own app there needs."""

    def departure(self, context: Context, journey: Journey) -> Departure:
        """Where to send the person. Raises what `answers.ask` raises where the channel must be asked first."""
        ...

    def places(self, context: Context, journey: Journey, *, code: str, kept: Mapping[str, str]) -> tuple[Place, ...]:
        """What the person may let us publish to, for the code they came back with. `kept` is the departure's.

        Raises Rejected when the channel gives nothing for the code.
        """
        ...


@runtime_checkable
class CanRenew(Protocol):
    """Channels whose logins end unless they are renewed."""

    def renew(self, context: Context) -> Tokens:
        """The account's new credentials, with all that `context.secrets` held and the channel did not change.

        RetryLater says that the old ones were certainly not used up, OutcomeUnknown that they may have been;
        ReconnectNeeded that the channel takes them no longer.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Staged:
    """How far the channel is with a post that nobody can see yet."""

    kept: Mapping[str, Any]  # what the channel has by now; comes back in `post.extra["kept"]`
    is_ready: bool  # `publish` can make it public
    after_s: float = 0  # when to go on, where it is not


@runtime_checkable
class CanStage(Protocol):
    """Channels that take a post in steps of which only the last can be seen: upload, wait, publish.

    The ledger calls `stage` until it is ready, each time with what came back before, and `publish` then. Both may be
    called again with what is kept: after a kill, and when `publish` says that nothing was made. `publish` raises
    RetryLater with a problem `STAGED_LOST` where the channel no longer has what is kept.
    """

    def stage(self, context: Context, post: Post) -> Staged:
        """One step further. Makes nothing that the public can see, whatever becomes of it."""
        ...


STAGED_LOST = "channel.staged_lost"  # the code of a problem: begin staging anew


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How much of something an account may do within a rolling time, as the channel itself tells."""

    name: str  # "posts", "replies"
    used: int
    total: int
    window_s: int  # how long one counts: 86,400


@runtime_checkable
class HasQuotas(Protocol):
    """Channels that tell how much of an allowance is left."""

    def quotas(self, context: Context) -> tuple[Quota, ...]:
        """The allowances now: "posts" limits publishing, "replies" answers where they are counted apart."""
        ...


@dataclass(frozen=True, kw_only=True)
class Show:
    """What every episode's sound file says of the show it belongs to."""

    title: str
    author: str = ""
    language: str = ""  # BCP 47
    copyright: str = ""
    cover: Path | None = None  # a square picture on this machine


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """The sound or video file of a live episode."""

    remote_id: str
    size_bytes: int
    duration_s: Fraction | None = None


@runtime_checkable
class CanHoldEpisodes(Protocol):
    """Channels whose sound files are played away from any page: finished with the show's name, chapters and cover.

    Such a file is also how the public takes notice of the post, so its downloads are counted where we serve it.
    """

    def show(self, settings: BaseModel) -> Show:
        """The show that the account is."""
        ...

    def episode_at(self, settings: BaseModel, address: str) -> Enclosure | None:
        """The episode whose file has this address below the public one: "/media/3f2a….mp3"; None for all others."""
        ...


@runtime_checkable
class CanServe(Protocol):
    """Channels that are a folder of ours and bring the small server that shows it to the public."""

    def public_app(self, settings: BaseModel) -> Callable[..., Any]:
        """A WSGI application for the public side of one account."""
        ...
