"""The ledger with one of its promises taken out, to see that the tests notice. Each works on a named seam from outside.

Nothing of this is a switch in the product: a patch, or a table without its key, for the length of one test.
"""

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.utils import timezone

from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import parts, send, settle
from crosscut.apps.publish.timing import timing
from crosscut.channels.graph import containers
from crosscut.channels.protocol import Post

Mutation = Callable[[pytest.MonkeyPatch], None]


def without_reading_back(patch: pytest.MonkeyPatch) -> None:
    """Settling believes that nothing is there and does not look."""
    patch.setattr(settle, "_look", lambda attempt: None)


def without_the_unique_key(patch: pytest.MonkeyPatch) -> None:
    """The database takes a second target of the same piece and account. The test's transaction undoes it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX target_once_per_account")


def without_the_commit_before_the_call(patch: pytest.MonkeyPatch) -> None:
    """That it is sent stands in the worker's memory only, when the first byte leaves."""

    def remembered(posts: Sequence[tuple[Attempt, Post]]) -> list[Attempt]:
        for attempt, _post in posts:
            attempt.deadline_at = timezone.now() + timing().window(0)
        return [attempt for attempt, _post in posts]

    patch.setattr(send, "mark_sent", remembered)


def without_asking_the_container(patch: pytest.MonkeyPatch) -> None:
    """A network that takes a post in steps is not asked whether what it has is public already."""
    patch.setattr(containers, "status_of", lambda graph, box, container: containers.FINISHED)


def without_the_chain(patch: pytest.MonkeyPatch) -> None:
    """Every part of a thread answers the first one."""
    patch.setattr(parts, "chain_of", _all_answer_the_first)


def _all_answer_the_first(target: Target, part: int) -> parts.Chain:
    if part == 1:
        return parts.Chain()
    first = parts.as_sent(parts.out_of(target)[1])
    return parts.Chain(parent=first, root=first)


# What the bench says of a run (`Bench.judge_now`, `judge_the_end`), by the promise that is broken.
MORE_THAN_POSTS = r"posts are out for|a part is there twice|two posts go by one name"  # public posts per target = 1
OUT_OF_PLACE = r"answer \["  # every part answers the one before it


# Each with the invariant that catches it first.
MUTATIONS: tuple[tuple[Mutation, str], ...] = (
    (without_reading_back, MORE_THAN_POSTS),
    (without_the_unique_key, MORE_THAN_POSTS),
    (without_the_commit_before_the_call, MORE_THAN_POSTS),
)
# Where a network publishes a container once, that the commit is missing cannot make two posts: it stands in for it.
MUTATIONS_IN_STEPS: tuple[tuple[Mutation, str], ...] = (
    (without_reading_back, MORE_THAN_POSTS),
    (without_the_unique_key, MORE_THAN_POSTS),
    (without_asking_the_container, MORE_THAN_POSTS),
)
# Of threads: what makes two of one post makes two of one part.
MUTATIONS_OF_THREADS: tuple[tuple[Mutation, str], ...] = (
    (without_reading_back, MORE_THAN_POSTS),
    (without_the_commit_before_the_call, MORE_THAN_POSTS),
    (without_the_chain, OUT_OF_PLACE),
)
