"""A worker's death at one step of an attempt.

The steps are the named functions the work is made of. A death comes before one, inside one after its work and before
its commit, or after one; what was committed stays, and everything else is gone with the process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from crosscut.apps.accounts.services import renewing
from crosscut.apps.publish.services import prove, recall, send, settle, stage
from crosscut.channels import http

BEFORE, UNCOMMITTED, AFTER = "before", "uncommitted", "after"
# Each step by the module that calls it, and whether it is one transaction.
STEPS: dict[str, tuple[Any, str, bool]] = {
    "send: claim": (send, "claim", True),
    "send: make the files ready": (send, "post_of", False),
    "send: write down that it is sent": (send, "mark_sent", True),
    "send: call the channel": (send, "_call", False),
    "send: write down the answer": (send, "write_down", True),
    "stage: claim": (stage, "_claim", True),
    "stage: take a step": (stage, "_step", False),
    "stage: write down": (stage, "_write_down", True),
    "settle: claim": (settle, "_claim", True),
    "settle: read": (settle, "_look", False),
    "settle: conclude": (settle, "_conclude", True),
    "prove: claim": (prove, "_claim", True),
    "prove: read": (prove, "_read", False),
    "prove: write down": (prove, "_write_down", True),
    "recall: claim": (recall, "_claim", True),
    "recall: delete": (recall, "_delete", False),
    "recall: write down": (recall, "_write_down", True),
    "renew: ask": (renewing, "_asked", False),
    "renew: keep": (renewing, "_keep", True),
    "any: a request": (http._Transport, "handle_request", False),
}
MOMENTS = [
    (step, moment)
    for step, (_owner, _name, is_transaction) in STEPS.items()
    for moment in ((BEFORE, UNCOMMITTED, AFTER) if is_transaction else (BEFORE, AFTER))
]


class Killed(BaseException):
    """The process is gone: nothing catches this, nothing is cleaned up but what the system itself takes back."""


@contextmanager
def death_at(step: str, moment: str, *, skip: int = 0) -> Iterator[list[str]]:
    """The process dies at that step, once, after the step was passed `skip` times. Gives where it died, when it did."""
    owner, name, _is_transaction = STEPS[step]
    original, passed = getattr(owner, name), [0]
    died: list[str] = []

    def doomed(*given: Any, **named: Any) -> Any:
        passed[0] += 1
        if died or passed[0] <= skip:
            return original(*given, **named)
        died.append(f"{moment} {step}")
        return _die(moment, lambda: original(*given, **named))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, doomed)
        yield died


def _die(moment: str, work: Callable[[], Any]) -> None:
    if moment == UNCOMMITTED:
        with transaction.atomic():
            work()
            raise Killed
    if moment == AFTER:
        work()
    raise Killed
