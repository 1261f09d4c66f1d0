"""An account at a strict server of the fault bench, on a clock that only moves when it is told to."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Strict, serving
from tests.peers import story

from crosscut.channels import http, registry
from crosscut.channels.protocol import Context, Post, Sent
from crosscut.kernel.errors import OutcomeUnknown

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SAYS_NOTHING = ("drop_after", "error_after", "lie", "garbled", "slow_answer")  # what may come after a post was made
_MOST_STEPS = 40


@dataclass
class Place:
    """One account, and what its adapter does for it."""

    slug: str
    server: Any
    context: Context
    clock: Clock

    @property
    def adapter(self) -> Any:
        return registry.adapter(self.slug)

    def ready(self, post: Post) -> Post:
        """The post with all that the channel takes beforehand, kept as the ledger keeps it."""
        kept: Any = dict(post.extra.get("kept") or {})
        for _ in range(_MOST_STEPS):
            step = self.adapter.stage(self.context, replace(post, extra={**post.extra, "kept": kept}))
            kept = json.loads(json.dumps(step.kept))
            if step.is_ready:
                break
        return replace(post, extra={**post.extra, "kept": kept})

    def publish(self, post: Post) -> Sent:
        sent: Sent = self.adapter.publish(self.context, post)
        return sent

    def find(self, post: Post) -> Sent | None:
        found: Sent | None = self.adapter.find(self.context, post, since=self.clock.now() - timedelta(minutes=5))
        return found

    def read(self, sent: Sent) -> Any:
        return self.adapter.read(self.context, sent.remote_id)

    def demand_doubt(self, post: Post, fault: str) -> None:
        """That an answer which says nothing is not taken for a no, and that reading back then tells the truth."""
        self.server.order("make", fault)
        if fault == "slow_answer":
            self.context.http.timeout = httpx.Timeout(0.2)
        with pytest.raises(OutcomeUnknown):
            self.publish(post)
        self.context.http.timeout = httpx.Timeout(2)
        found = self.find(post)
        assert found is not None and [one.remote_id for one in self.server.public()] == [found.remote_id]


@contextmanager
def place_at(slug: str, kind: type[Strict], settings: Mapping[str, Any], **secrets: str) -> Iterator[Place]:
    """The place at a server of that kind. In `settings` {url} stands for its address."""
    clock = Clock(NOW)
    server = kind(clock)
    with serving(server), http.client(allowed_hosts=story.LOOPBACK, timeout_s=2) as client:
        told = {name: value.format(url=server.url) for name, value in settings.items()}
        model = registry.settings_class(slug).model_validate(told)
        context = Context(http=client, settings=model, secrets=secrets, now=clock.now)
        yield Place(slug, server, context, clock)
