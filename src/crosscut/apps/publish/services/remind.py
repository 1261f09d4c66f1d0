"""Telling the team's chat that a post waits for somebody: when it is due, and once a day until somebody takes it.

A reminder is no post: it is tried once, and that it was tried is written down before. The chat is the account that the
settings of the post's own account name.
"""

import secrets
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import hold_on
from crosscut.channels.protocol import Post
from crosscut.channels.registry import adapter, channel, channels
from crosscut.kernel.errors import CrosscutError

State = Target.State
_AGAIN = timedelta(days=1)
_AFTER_HOLD = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


def remind(target_id: int) -> None:
    """Reminds of a target that waits for a person, if it is time to."""
    target = _claim(target_id)
    chat = chat_of(target.account) if target else None
    if target is None or chat is None:
        return
    problem = _tell(target, chat)
    verb = "post.not_reminded" if problem else "post.reminded"
    record(verb, target, by=target.workspace, chat=chat.name, problem=problem)


def chat_of(account: Account) -> Account | None:
    """The connected chat in which the team hears of the account's posts; None where there is none of that name."""
    name = str(account.settings.get("remind_in") or "").strip()
    chats = [slug for slug, known in channels().items() if known.is_chat]
    rows = Account.objects.filter(workspace=account.workspace_id, channel__in=chats, state=Account.State.CONNECTED)
    return rows.filter(name__iexact=name).first() if name else None


@transaction.atomic
def _claim(target_id: int) -> Target | None:
    rows = Target.objects.select_for_update(of=("self",), skip_locked=True)
    related = rows.select_related("account", "workspace", "piece", "edition")
    target = related.filter(pk=target_id, state=State.HANDED, next_at__lte=timezone.now()).first()
    if target is None:
        return None
    is_held = hold_on(target) is not None
    target.next_at = timezone.now() + (_AFTER_HOLD if is_held else _AGAIN)
    target.save(update_fields=["next_at"])
    return None if is_held else target


def _tell(target: Target, chat: Account) -> str:
    """Why nobody was told; empty when the chat took it."""
    words = f"“{target.piece.title}” waits for somebody to post it on {target.account.name}."
    link = f"{settings.DESK_URL}{reverse('by-hand', args=[target.pk])}"
    note = Post(
        key=f"remind-{secrets.token_hex(10)}",
        post_type=channel(chat.channel).post_types[0],
        text=f"{words}\n{link}",
        link=link,
        due_at=timezone.now(),
    )
    try:
        with context_for(chat) as context:
            adapter(chat.channel).publish(context, note)
    except CrosscutError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a plug-in's fault: the post waits for its person all the same
        _log.exception("channel_fault", channel=chat.channel, target=target.pk)
        return f"It broke off: {type(error).__name__}."
    return ""
