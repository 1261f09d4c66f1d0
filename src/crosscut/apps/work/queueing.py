"""The queue of what workers do next, each piece of work in it once."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task


def enqueue(task: "Task | str", *, lock: str = "", **about: int) -> bool:  # type: ignore[type-arg]
    """Whether the queue took it: not where the same work waits already.

    A task by itself, or by its name where it cannot be imported. With a lock, one that holds the same runs at a time.
    """
    name = task if isinstance(task, str) else task.name
    once = ":".join([name, *map(str, about.values())])
    try:
        with transaction.atomic():
            app.configure_task(name, queueing_lock=once, lock=lock or None).defer(**about)
    except AlreadyEnqueued:
        return False
    return True
