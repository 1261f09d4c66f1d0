"""The queue of what workers do next, each piece of work in it once."""

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task


def enqueue(task: Task, **about: int) -> bool:  # type: ignore[type-arg]
    """Whether the queue took it: not where the same work waits already."""
    try:
        with transaction.atomic():
            task.configure(queueing_lock=":".join([task.name, *map(str, about.values())])).defer(**about)
    except AlreadyEnqueued:
        return False
    return True
