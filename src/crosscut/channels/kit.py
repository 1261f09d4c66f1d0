"""The contract kit: what every channel must do, ours and foreign alike, as functions that a test calls.

    @pytest.mark.parametrize("check", RECORD_CHECKS)
    def test_the_record(check): check(channel("mine"))

A channel that can be run brings `tests/harness.py` with one function, `running(folder)`, a context manager that starts
the other side (a real server, or our own strict one), gives a `Running`, and stops it. A harness that lacks what it
needs calls `pytest.skip` with the reason.
"""

import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
from pydantic import BaseModel

from crosscut.channels.hands import ByHand
from crosscut.channels.http import client
from crosscut.channels.logins import Journey, TokenModel
from crosscut.channels.mailing import CanMail
from crosscut.channels.protocol import (
    Adapter,
    CanAuthorize,
    CanCount,
    CanRenew,
    CanResolve,
    CanServe,
    CanStage,
    CanUpdate,
    Channel,
    Context,
    Post,
    Sent,
)
from crosscut.channels.registry import adapter, settings_class
from crosscut.kernel.errors import CrosscutError, Invalid, ReconnectNeeded, Rejected, Unsupported
from crosscut.kernel.records import as_data
from crosscut.specs.metrics import definitions
from crosscut.specs.platforms import platform

_MOST_STEPS = 40  # of staging


@dataclass(frozen=True, kw_only=True)
class Running:
    """The other side of a channel, started for a test."""

    settings: BaseModel  # of the account to use
    post: Post  # one it takes, with the media its post type needs
    secrets: Mapping[str, str] = field(default_factory=dict)  # none for a folder of ours
    allowed_hosts: tuple[str, ...] = ()  # where it runs: "127.0.0.1:4711"
    says_text: bool = True  # the public copy holds the post's words as they were sent
    code: str = ""  # what the channel's login page gives to whoever said yes, good once
    app_secrets: Mapping[str, str] = field(default_factory=dict)  # of the app that the code is for
    by_hand: Callable[[str], None] | None = None  # takes a post down as a person does, where no program may
    public: Callable[[], int] | None = None  # how many posts are there, past the adapter; if `is_unreadable`
    posts: Callable[[Channel, Post], str] | None = None  # posts as a person and tells the address; if `is_by_hand`


class Harness(Protocol):
    """What `tests/harness.py` of a channel is."""

    def running(self, folder: Path) -> AbstractContextManager[Running]:
        """Starts the other side, using the folder for what it keeps."""
        ...


def package_of(channel: Channel) -> str:
    """The folder of the channel as a package name."""
    return channel.adapter.partition(":")[0].rpartition(".")[0]


def harness_of(channel: Channel) -> Harness | None:
    """The channel's harness, or None when it brings none."""
    name = f"{package_of(channel)}.tests.harness"
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return cast(Harness, importlib.import_module(name)) if found else None


def context_of(running: Running, http: httpx.Client) -> Context:
    """What the adapter gets."""
    return Context(
        http=http,
        settings=running.settings,
        secrets=dict(running.secrets),
        now=lambda: datetime.now(UTC),
        allowed_hosts=running.allowed_hosts,
    )


# What can be said without running anything.


def its_record_is_cheap(channel: Channel) -> None:
    """Importing the folder loads neither the adapter nor the settings: the list of channels must be quick."""
    loads = _loads(package_of(channel))
    loaded = {channel.adapter.partition(":")[0], channel.settings.partition(":")[0]} & loads
    _demand(not loaded, f"importing the channel loads {', '.join(sorted(loaded))}")


@cache
def _loads(package: str) -> frozenset[str]:
    """What importing the folder loads, in a Python of its own."""
    code = f"import sys, {package}; print(*sys.modules)"
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60, env=paths
    )
    return frozenset(ran.stdout.split())


def its_record_is_whole(channel: Channel) -> None:
    """The slug is the folder's name, or begins with it, and there is something to show and to publish."""
    folder = package_of(channel).rpartition(".")[2]
    _demand(channel.slug == folder or channel.slug.startswith(f"{folder}_"), "the slug is not the folder's name")
    _demand(bool(channel.name.strip() and channel.post_types), "a name or the post types are missing")


def its_settings_explain_themselves(channel: Channel) -> None:
    """The form is drawn from the settings, so each field has a title and a sentence."""
    settings = settings_class(channel.slug)
    _demand(issubclass(settings, BaseModel), "the settings are no pydantic model")
    for name, info in settings.model_fields.items():
        _demand(bool(info.title and info.description), f"the field {name} lacks a title or a description")
        _demand(
            name not in (*channel.secrets, *channel.optional_secrets),
            f"{name} is a secret and must not be in the settings",
        )


def it_brings_its_icon_and_readme(channel: Channel) -> None:
    """A folder is whole: what it is, in words and as a picture without a script."""
    folder = files(package_of(channel))
    _demand(len(folder.joinpath("README.md").read_text()) > 200, "README.md says too little")
    icon = folder.joinpath("icon.svg").read_text()
    _demand(icon.startswith("<svg") and "viewBox" in icon, "icon.svg is no picture that scales")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(icon).iter()}  # noqa: S314 ours
    _demand(not tags & {"script", "foreignObject", "image", "use"}, "icon.svg holds more than drawing")


def its_post_types_are_specified(channel: Channel) -> None:
    """Preflight can judge everything the channel publishes."""
    known = platform(channel.platform).post_types
    missing = [name for name in channel.post_types if name not in known and f"{channel.platform}/{name}" not in known]
    _demand(not missing, f"the specifications of {channel.platform} know no {', '.join(missing)}")
    told = {*channel.link_below, *channel.comments_below}
    _demand(told <= set(channel.post_types), "a link or a comment goes below a post that is not published")


def its_adapter_keeps_the_protocol(channel: Channel) -> None:
    """Every part of the protocol is there, and the adapter holds no state."""
    found = adapter(channel.slug)
    _demand(isinstance(found, Adapter), "the adapter lacks a part of the protocol")
    _demand(not vars(found), f"the adapter remembers {', '.join(vars(found))}")
    _demand(bool(channel.metrics) == isinstance(found, CanCount), "metrics and `counts` must go together")
    _demand(channel.is_by_hand == isinstance(found, ByHand), "a place where a person posts brings sheets and addresses")
    _demand(isinstance(found, CanServe) or not channel.is_local, "a folder of ours must bring its public side")
    _demand(channel.mails_readers == isinstance(found, CanMail), "a place with readers brings letters and their pages")
    _demand(bool(channel.scopes) == isinstance(found, CanAuthorize), "scopes and a login page must go together")
    is_ending = channel.token_model is not TokenModel.LASTS
    _demand(is_ending == isinstance(found, CanRenew), "logins that end and `renew` must go together")
    _demand(bool(channel.stages_ahead_s) == isinstance(found, CanStage), "staging and its time must go together")
    _demand(
        all(metric.startswith(f"{channel.slug}.") for metric in channel.metrics), "metrics carry the channel's name"
    )


def its_numbers_are_defined(channel: Channel) -> None:
    """What each number means stands in the specifications: one that nobody defined is not stored."""
    missing = sorted(set(channel.metrics) - definitions().keys())
    _demand(not missing, f"nobody has defined {', '.join(missing)}")


RECORD_CHECKS = (
    its_record_is_cheap,
    its_record_is_whole,
    its_settings_explain_themselves,
    it_brings_its_icon_and_readme,
    its_post_types_are_specified,
    its_adapter_keeps_the_protocol,
    its_numbers_are_defined,
)


# What must be seen on a running other side.


def it_tells_one_whole_story(channel: Channel, running: Running) -> None:
    """Connect, find nothing, publish, find, read, take down, find nothing."""
    if channel.is_by_hand or channel.is_unreadable:
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context, found, since = context_of(running, http), adapter(channel.slug), _since()
        profile = found.connect(context)
        _demand(bool(profile.remote_id and profile.name), "connecting does not say who we are")
        kept = replace(context, secrets={**context.secrets, **profile.secrets})
        _demand(found.find(kept, running.post, since=since) is None, "a post is found before it was made")
        post = _staged(found, kept, running.post, since)
        sent = found.publish(kept, post)
        _demand_same(found.find(kept, post, since=since), sent)
        sent = _checked_as_seen(found, kept, running, sent)
        _check_counts(channel, found, kept, sent)
        _check_address(found, kept, sent)
        _check_update(found, kept, running, sent)
        _take_down(found, kept, running, sent)
        found.delete(kept, sent.remote_id)
        if isinstance(found, CanResolve):
            _demand(found.at_address(kept, sent.url) is None, "a post that was taken down is still at its address")
        _demand(found.read(kept, sent.remote_id) is None, "a post that was taken down can still be read")
        _demand(found.find(kept, running.post, since=since) is None, "a post that was taken down is still found")
        _check_silent(running, as_data(profile.limits), as_data(sent), repr(sent), repr(profile.limits))


def it_makes_one_post_of_one_key(channel: Channel, running: Running) -> None:
    """Publishing again what is there makes no second post, where the channel is ours."""
    if not channel.is_local:
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context, found = context_of(running, http), adapter(channel.slug)
        first = found.publish(context, running.post)
        _demand_same(found.publish(context, running.post), first)
        found.delete(context, first.remote_id)
        _demand(found.find(context, running.post, since=_since()) is None, "the key had made a second post")


def it_reads_what_a_person_posted(channel: Channel, running: Running) -> None:
    """A person is told everything, posts, and says where; that is read, and nothing is published or taken down."""
    found = adapter(channel.slug)
    if not isinstance(found, ByHand):
        return
    _demand(running.posts is not None and running.by_hand is not None, "the harness does not say how a person posts")
    if not running.posts or not running.by_hand:
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context = context_of(running, http)
        _demand(bool(found.connect(context).name), "connecting does not say who we are")
        for name in channel.post_types:
            sheet = found.sheet(running.settings, replace(running.post, post_type=name))
            _demand(bool(sheet.steps and sheet.composer), f"nobody is told how to post {name}")
        _check_refusals(found, context, running)
        url = running.posts(channel, running.post)
        sent = found.named(running.settings, f"{url}{'&' if '?' in url else '?'}utm_source=share")
        _demand(sent.remote_id == found.named(running.settings, url).remote_id, "one post has two names")
        seen = found.read(context, sent.remote_id)
        _demand(seen is not None and bool(seen.text or seen.title), "what a person posted cannot be read")
        _demand(seen is None or seen.is_part or bool(seen.media), "what was not read is told as read")
        running.by_hand(sent.remote_id)
        _demand(found.read(context, sent.remote_id) is None, "a post that was taken down can still be read")


def it_claims_no_more_than_it_was_told(channel: Channel, running: Running) -> None:
    """Where no program can look, a post is handed over once, and nobody pretends to have looked."""
    if not channel.is_unreadable:
        return
    found = adapter(channel.slug)
    _demand(running.public is not None, "the harness does not say what is there")
    with client(allowed_hosts=running.allowed_hosts) as http:
        context = context_of(running, http)
        _demand(bool(found.connect(context).remote_id), "connecting does not say who we are")
        sent = found.publish(context, running.post)
        _demand(running.public is None or running.public() == 1, "publishing did not make one post")
        _demand_refused(Unsupported, lambda: found.find(context, running.post, since=_since()))
        _demand_refused(Unsupported, lambda: found.read(context, sent.remote_id))
        _demand_refused(Unsupported, lambda: found.delete(context, sent.remote_id))
        _check_silent(running, as_data(sent))


def _check_refusals(found: ByHand, context: Context, running: Running) -> None:
    """Nothing may be done for the person, and none of it may look done."""
    assert isinstance(found, Adapter)  # noqa: S101 - a check of its own
    elsewhere = "https://elsewhere.example/somebody/else"
    _demand_refused(Rejected, lambda: found.publish(context, running.post))
    _demand_refused(Unsupported, lambda: found.find(context, running.post, since=_since()))
    _demand_refused(Unsupported, lambda: found.delete(context, elsewhere))
    _demand_refused(Invalid, lambda: found.named(running.settings, elsewhere))


def _demand_refused(wanted: type[CrosscutError], act: Callable[[], object]) -> None:
    try:
        act()
    except wanted:
        return
    _demand(False, f"{wanted.__name__} is not raised where only a person can act or look")


def it_keeps_its_secrets(channel: Channel, running: Running) -> None:
    """A wrong credential means that the account must be connected again, and is repeated nowhere."""
    if not running.secrets:
        return
    wrong = replace(running, secrets=dict.fromkeys(running.secrets, "wr0ng-s3cret-7f3a"))
    with client(allowed_hosts=running.allowed_hosts) as http:
        try:
            adapter(channel.slug).connect(context_of(wrong, http))
        except (ReconnectNeeded, Rejected) as error:
            _demand(
                isinstance(error, ReconnectNeeded), f"a wrong credential is told as {type(error).__name__}: {error}"
            )
            _check_silent(wrong, str(error), repr(error), repr(error.problems))
            return
    _demand(False, "connecting works with a wrong credential")


def it_turns_a_code_in_once(channel: Channel, running: Running) -> None:
    """The way to its login page carries our state, and what comes back becomes logins, once, that can be renewed."""
    found = adapter(channel.slug)
    if not running.code or not isinstance(found, CanAuthorize):
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context = replace(context_of(running, http), secrets=dict(running.app_secrets))
        journey = Journey(redirect_uri="https://desk.example/accounts/connected/", state="a-state", verifier="v" * 48)
        leaving = found.departure(context, journey)
        query = parse_qs(urlsplit(leaving.url).query)
        _demand(query.get("state") == ["a-state"], "the way to the login page carries no state")
        _demand(journey.verifier not in leaving.url, "the verifier leaves before the code is turned in")
        _check_silent(replace(running, secrets=running.app_secrets), leaving.url)
        places = found.places(context, journey, code=running.code, kept=leaving.kept)
        _demand(any(not place.why_not for place in places), "the login leads to no place")
        _check_silent(replace(running, secrets=running.app_secrets), repr(places))
        try:
            found.places(context, journey, code=running.code, kept=leaving.kept)
        except (Rejected, ReconnectNeeded):
            pass
        else:
            _demand(False, "a code is turned in twice")
        place = next(place for place in places if not place.why_not)
        kept = replace(context, secrets={**running.app_secrets, **place.tokens.secrets})
        _demand(found.connect(kept).remote_id == place.remote_id, "the login is for another place")
        if isinstance(found, CanRenew):
            _demand(found.renew(kept).expires_at is not None, "a renewed login does not say when it ends")


def it_carries_threads(channel: Channel, running: Running) -> None:
    """Parts with the same words, each an answer to the one before: found apart from each other, and taken down."""
    if channel.thread_limit == 1:
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context, found, since = context_of(running, http), adapter(channel.slug), _since()
        kept = replace(context, secrets={**context.secrets, **found.connect(context).secrets})
        made: list[Sent] = []
        for part in range(1, 4):
            post = _part(running.post, made, part, is_alike=channel.takes_words_twice)
            _demand(found.find(kept, post, since=since) is None, f"part {part} is found before it was made")
            ready = _staged(found, kept, post, since)
            made.append(found.publish(kept, ready))
            again = found.find(kept, ready, since=since)
            _demand_same(again, made[-1])
            made[-1] = again or made[-1]  # what reading tells of a part must do to answer it
        answers = [seen.answers if (seen := found.read(kept, sent.remote_id)) else "gone" for sent in made]
        _demand(answers == ["", *(sent.remote_id for sent in made[:-1])], f"the parts answer {answers}")
        for sent in reversed(made):
            found.delete(kept, sent.remote_id)
            _demand(found.read(kept, sent.remote_id) is None, "a part that was taken down can still be read")


def it_sends_the_link_below_its_words(channel: Channel, running: Running) -> None:
    """Where the record says so, a link that is not among the words is: it is counted with them."""
    if running.post.post_type not in channel.link_below or channel.is_unreadable:
        return
    with client(allowed_hosts=running.allowed_hosts) as http:
        context, found, since = context_of(running, http), adapter(channel.slug), _since()
        kept = replace(context, secrets={**context.secrets, **found.connect(context).secrets})
        post = replace(running.post, key=f"{running.post.key}-link", link="https://reef.example/below")
        sent = found.publish(kept, _staged(found, kept, post, since))
        seen = found.read(kept, sent.remote_id)
        _demand(seen is not None and post.link in (*seen.text.split(), seen.link), "the link is not below the words")
        _take_down(found, kept, running, sent)


def _part(post: Post, before: list[Sent], part: int, *, is_alike: bool) -> Post:
    words = "Read on." if is_alike else f"Read on {part}."
    chain = {"parent": before[-1], "root": before[0]} if before else {}
    plain = replace(post, key=f"{post.key}-{part}", post_type="text", media=(), link="", tags=(), text=words)
    return replace(plain, parent=chain.get("parent"), root=chain.get("root"))


STORY_CHECKS = (
    it_tells_one_whole_story,
    it_carries_threads,
    it_sends_the_link_below_its_words,
    it_makes_one_post_of_one_key,
    it_reads_what_a_person_posted,
    it_claims_no_more_than_it_was_told,
    it_keeps_its_secrets,
    it_turns_a_code_in_once,
)


def _since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


def _staged(found: Adapter, context: Context, post: Post, since: datetime) -> Post:
    """The post with all that the channel takes beforehand, none of which may be seen."""
    if not isinstance(found, CanStage):
        return post
    kept: Mapping[str, Any] = {}
    for _ in range(_MOST_STEPS):
        step = found.stage(context, replace(post, extra={**post.extra, "kept": kept}))
        kept = step.kept
        _demand(found.find(context, post, since=since) is None, "a post that is being staged can be found")
        if step.is_ready:
            return replace(post, extra={**post.extra, "kept": kept})
    raise AssertionError("The contract is broken: staging never ends.")


def _take_down(found: Adapter, context: Context, running: Running, sent: Sent) -> None:
    try:
        found.delete(context, sent.remote_id)
    except Unsupported:
        _demand(
            running.by_hand is not None, "no program may take it down, and the harness does not say how a person does"
        )
        if running.by_hand:
            running.by_hand(sent.remote_id)


def _checked_as_seen(found: Adapter, context: Context, running: Running, sent: Sent) -> Sent:
    """The post by the name it is known by from now on."""
    seen = found.read(context, sent.remote_id)
    if seen is None:
        raise AssertionError("The contract is broken: a post that was made cannot be read.")
    if sent.is_provisional and seen.remote_id != sent.remote_id:
        return _checked_as_seen(found, context, running, Sent(remote_id=seen.remote_id, url=seen.url))
    _demand(seen.remote_id == sent.remote_id, "what was read is another post")
    _demand(not running.says_text or running.post.text in seen.text, f"the public reads {seen.text!r}")
    _demand(len(seen.media) >= len(running.post.media), f"the public sees {len(seen.media)} files")
    for media, public in zip(running.post.media, seen.media, strict=False):
        is_whole = not public.sha256 or public.sha256 == media.sha256 or bool(seen.changes)
        _demand(is_whole, f"the public gets another file than {media.filename}")
    return sent


def _check_counts(channel: Channel, found: Adapter, context: Context, sent: Sent) -> None:
    if isinstance(found, CanCount):
        told = {count.metric for count in found.counts(context, sent.remote_id)}
        _demand(told <= set(channel.metrics), f"the record does not know {', '.join(told - set(channel.metrics))}")


def _check_address(found: Adapter, context: Context, sent: Sent) -> None:
    if not isinstance(found, CanResolve):
        return
    _demand_same(found.at_address(context, sent.url), sent)
    try:
        found.at_address(context, "https://elsewhere.example/somebody/else")
    except Invalid:
        return
    _demand(False, "an address somewhere else is taken for one of ours")


def _check_update(found: Adapter, context: Context, running: Running, sent: Sent) -> None:
    if not isinstance(found, CanUpdate):
        return
    again = found.update(context, sent.remote_id, replace(running.post, text="These words were changed."))
    _demand(again.url == sent.url, "a change moved the post")
    seen = found.read(context, again.remote_id)
    _demand(seen is not None and "These words were changed." in seen.text, "a change does not reach the public")


def _check_silent(running: Running, *said: object) -> None:
    for name, secret in dict(running.secrets).items():
        _demand(secret not in repr(said), f"the secret {name} is repeated")


def _demand_same(found: Sent | None, sent: Sent) -> None:
    _demand(found is not None, "a post that was made is not found")
    _demand(found is None or found.remote_id == sent.remote_id, "what was found is another post")


def _demand(is_kept: bool, broken: str) -> None:  # noqa: FBT001 reads as a sentence
    if not is_kept:
        raise AssertionError(f"The contract is broken: {broken}.")
