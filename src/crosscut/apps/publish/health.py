"""Whether publishing works: a test post to nowhere went out in time, by the ticker and workers of the real ones."""

import time
from collections.abc import Iterator

from django.utils.translation import gettext as _

from crosscut.apps.publish.services.canary import is_alive
from crosscut.kernel.errors import Problem

_STARTED_S = time.monotonic()
_STARTING_S = 90.0  # a canary hatches every 30 s and may take 60 s: before that, its absence says nothing


def problems() -> Iterator[Problem]:
    """Nothing while the canary sings; shortly after this process began that it is starting; else what is wrong."""
    if is_alive():
        return
    if time.monotonic() - _STARTED_S < _STARTING_S:
        yield Problem(code="publish.starting", message=_("Publishing is starting: no test post has gone out yet."))
    else:
        message = _("No test post went out in time: the ticker or the workers do not run, or cannot keep up.")
        yield Problem(code="publish.canary", message=message)
