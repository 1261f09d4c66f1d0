"""Which post on the channel it is, where only a person has seen it."""

from datetime import datetime, timedelta

from django.db.models import Q

from crosscut.apps.publish.models import Attempt, Target
from crosscut.channels.protocol import Adapter, CanResolve, Context, Post, Sent
from crosscut.kernel.errors import Invalid, OutcomeUnknown
from crosscut.kernel.phrases import phrase

_BEFORE = timedelta(minutes=5)  # the channel's clock may be behind ours


def made_since(attempt: Attempt) -> datetime:
    """From when on the channel may have the post."""
    return (attempt.sent_at or attempt.prepared_at) - _BEFORE


def which_post(
    place: Adapter, context: Context, target: Target, post: Post, made_by: Attempt | None = None
) -> Sent | None:
    """The post as the channel names it: by its address, else by key, words, files and time. None: it is not there.

    `made_by` is the attempt that made it, where it is a part of a thread. Raises OutcomeUnknown where the channel can
    say neither that it is there nor that it is not, and what reading raises.
    """
    url = made_by.url if made_by else target.url
    is_certain = not url
    if url and isinstance(place, CanResolve):
        try:
            at_address = place.at_address(context, url)
        except Invalid:
            at_address = None
        else:
            is_certain = True
        if at_address:
            return at_address
    attempt = made_by or target.attempts.exclude(state=Attempt.State.REFUSED).last()
    found = place.find(context, post, since=made_since(attempt) if attempt else target.due_at - _BEFORE)
    if found is None and not is_certain:
        message = phrase(
            "{account} does not show it under its own words, and {url} does not lead to it.",
            account=target.account.name,
            url=url,
        )
        raise OutcomeUnknown(message, key=target.key)
    return found


def is_anothers(target: Target, found: Sent) -> bool:
    """Whether what was found is known as another target's post, by its name or by the address a person gave."""
    is_same = Q(remote_id=found.remote_id, remote_id__gt="") | Q(remote_id="", url=found.url, url__gt="")
    return Target.objects.filter(is_same, account=target.account_id).exclude(pk=target.pk).exists()
