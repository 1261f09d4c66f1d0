"""Handing work to the workers, each piece of it once."""

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task


def hand(task: Task, **about: int) -> bool:  # type: ignore[type-arg]
    """Whether the queue took it: not where the same work waits already."""
    try:
        with transaction.atomic():
            task.configure(queueing_lock=":".join([task.name, *map(str, about.values())])).defer(**about)
    except AlreadyEnqueued:
        return False
    return True
