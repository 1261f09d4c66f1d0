"""An outside world that can be told to misbehave: what the ledger is tested against without a network."""

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Workspace
from crosscut.apps.preflight import threads as checking
from crosscut.apps.produce.services import thread as threads
from crosscut.apps.produce.services import words
from crosscut.apps.produce.services.write import create_piece, set_outlet
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import going_on, prove, recall, send, settle
from crosscut.apps.publish.services import post as posts
from crosscut.apps.publish.services.answers import Outcome, write_down
from crosscut.apps.publish.services.claim import claim
from crosscut.apps.publish.services.schedule import schedule
from crosscut.channels.protocol import Context, Post, Profile, Seen, Sent
from crosscut.kernel.errors import Invalid


@dataclass
class World:
    """A channel in memory. `on_publish` runs before a post is stored, `after_publish` after: either may raise."""

    posts: dict[str, Post] = field(default_factory=dict)  # by remote id
    calls: int = 0
    on_publish: Any = None
    after_publish: Any = None
    on_find: Any = None
    spoils_text: bool = False
    knows_keys: bool = True  # else a post is found by its words, as on Mastodon
    made: int = 0

    def connect(self, context: Context) -> Profile:
        return Profile(remote_id="me", name="Me")

    def publish(self, context: Context, post: Post) -> Sent:
        self.calls += 1
        if self.on_publish:
            self.on_publish()
        sent = self.keep(post)
        if self.after_publish:
            self.after_publish()
        return sent

    def keep(self, post: Post) -> Sent:
        """One more post in this world."""
        self.made += 1
        remote_id = f"post-{self.made}"
        self.posts[remote_id] = post
        return self._sent(remote_id)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        if self.on_find:
            self.on_find()
        claimed = post.extra.get("claimed", ())
        same = {
            name
            for name, made in self.posts.items()
            if made.text == post.text and made.parent == post.parent and name not in claimed
        }
        if self.knows_keys:
            same = {name for name, made in self.posts.items() if made.key == post.key}
        return self._sent(max(same)) if same else None

    def at_address(self, context: Context, url: str) -> Sent | None:
        remote_id = url.removeprefix("https://world.example/")
        if not remote_id.startswith("post-"):
            raise Invalid.at("url", f"{url} is not an address here.")
        return self._sent(remote_id) if remote_id in self.posts else None

    def read(self, context: Context, remote_id: str) -> Seen | None:
        post = self.posts.get(remote_id)
        if post is None:
            return None
        text = "something else" if self.spoils_text else post.text
        answers = post.parent.remote_id if post.parent else ""
        return Seen(remote_id=remote_id, url=f"https://world.example/{remote_id}", text=text, answers=answers)

    def delete(self, context: Context, remote_id: str) -> None:
        self.posts.pop(remote_id, None)

    def _sent(self, remote_id: str) -> Sent:
        return Sent(remote_id=remote_id, url=f"https://world.example/{remote_id}", answer={"id": remote_id})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The world in place of every adapter."""
    made = World()
    for module in (send, settle, prove, recall, going_on):
        monkeypatch.setattr(module, "adapter", lambda slug: made)
        name = "context_of" if module is send else "context_for"
        monkeypatch.setattr(module, name, lambda account, **limits: nullcontext())
    monkeypatch.setattr(posts, "requirement", lambda key, kind: None)
    for module in (words, threads, checking):  # whatever channel it stands for, it carries threads
        monkeypatch.setattr(module, "thread_limit", lambda slug: 9)
    return made


def account_of(workspace: Workspace, channel: str = "practice") -> Account:
    """A connected account of the workspace."""
    return Account.objects.create(workspace=workspace, channel=channel, name=channel.title())


def scheduled(
    cast: Cast, *, text: str = "The reef is waking up.", account: Account | None = None, parts: int = 1
) -> Target:
    """A post of the senior's that is due now; of so many parts, the later ones with the same words."""
    place = account or account_of(cast.workspace)
    piece = create_piece(cast.senior, title="Reef", text=text)
    further = ["Read on."] * (parts - 1)
    set_outlet(cast.senior, piece, channel_slug=place.channel, post_type="text", further=further)
    now = timezone.now().replace(tzinfo=None)
    return schedule(cast.senior, piece, place, wall_time=now, zone="UTC")


def most_out(target: Target) -> int:
    """How many of its parts may be out, as the ledger tells it."""
    if target.state in (*Target.WAITING_STATES, *Target.CLOSED_STATES):
        return 0
    is_doubtful = target.state in (Target.State.SENDING, Target.State.UNKNOWN)
    return target.parts_out + 1 if is_doubtful else target.parts_out


def claimed(target: Target) -> Attempt | None:
    """The target as a worker takes it alone; None when it may not leave."""
    return next(iter(claim([target.pk])), None)


def marked(attempt: Attempt, post: Post) -> bool:
    """Whether the attempt is committed as sent now, alone."""
    return bool(send.mark_sent([(attempt, post)]))


def answered(attempt: Attempt, outcome: Outcome) -> None:
    """Writes one channel's answer down."""
    write_down({attempt.pk: outcome})


def due(target: Target) -> Target:
    """The target with nothing left to wait for."""
    Target.objects.filter(pk=target.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    return fresh(target)


def fresh(target: Target) -> Target:
    """The target as the database has it now."""
    return Target.objects.get(pk=target.pk)
