"""What is said to Teams: one card a post, to the web address of a workflow. Nothing can be read there.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook (the message and
its limits) and https://adaptivecards.io/explorer/AdaptiveCard.html (the card, version 1.4), as of 2026-11-30. Nothing
here was tried against the live network.
"""

import hashlib
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crosscut.channels import answers
from crosscut.channels.builtin.teams.settings import Settings
from crosscut.channels.protocol import Context, Post, Profile, Seen, Sent
from crosscut.kernel.errors import ReconnectNeeded, Rejected, RetryLater, Unsupported
from crosscut.kernel.phrases import phrase

MAX_BYTES = 28 * 1024  # of a whole message
_HOSTS = re.compile(r"[\w.-]+\.(?:logic\.azure\.com|api\.powerplatform\.com|webhook\.office\.com)", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_\[\]()#+\-!>~])")
_GONE = (401, 403, 404, 410)  # the workflow was deleted or switched off, or its address was made anew
_SHORTEST = 8  # signs of a value that could be a secret
_TRIED_TOO_SOON = (408, 425, 429)


class Teams:
    """One post is one card. That Microsoft took it is all that is ever known."""

    def connect(self, context: Context) -> Profile:
        """Which place it is, as the person says: the address answers only to posts, so it is not tried."""
        address = _address(context)
        parts = urlsplit(address)
        name = hashlib.sha256(f"{parts.hostname}{parts.path}".encode()).hexdigest()[:32]  # it holds no signature
        return Profile(remote_id=name, name=_settings(context).place, can=("publish messages",))

    def publish(self, context: Context, post: Post) -> Sent:
        """The card, in one request. Microsoft says that the workflow took it, and not what became of it."""
        body = json.dumps(_message(post), ensure_ascii=False).encode()
        if len(body) > MAX_BYTES:
            raise Rejected(phrase("Teams takes {most:,} bytes; this has {size:,}.", most=MAX_BYTES, size=len(body)))
        headers = {"Content-Type": "application/json"}
        fine = range(400, 500)
        answer = answers.send(
            context.http, "POST", _address(context), key=post.key, fine=fine, content=body, headers=headers
        )
        if answer.status_code in _TRIED_TOO_SOON:
            raise RetryLater(phrase("Teams asks to wait."), after_s=answers.retry_after_s(answer))
        if answer.status_code in _GONE:
            raise ReconnectNeeded(
                phrase("The workflow does not take it any more: {said}", said=_said(context, answers.words(answer)))
            )
        if not answer.is_success:
            raise Rejected(phrase("Teams refuses: {said}", said=_said(context, answers.words(answer))))
        return Sent(remote_id=post.key, answer={"status": answer.status_code})

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """Never: whoever is in the channel can look."""
        raise _nobody_can_look(context)

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """Never."""
        raise _nobody_can_look(context)

    def delete(self, context: Context, remote_id: str) -> None:
        """Never: a person takes it down in Teams."""
        raise Unsupported(phrase("A person takes it down in {place}.", place=_settings(context).place))


def _settings(context: Context) -> Settings:
    return Settings.model_validate(context.settings, from_attributes=True)


def _address(context: Context) -> str:
    """The workflow's address, which is the permission to write: no message of ours names it."""
    address = context.secrets.get("webhook_url", "").strip()
    parts, origin = urlsplit(address), _settings(context).origin
    is_theirs = parts.scheme == "https" and bool(_HOSTS.fullmatch(parts.hostname or ""))
    if not (is_theirs or (origin and address.startswith(f"{origin}/"))):
        raise ReconnectNeeded(phrase("This is not the address of a Teams workflow: copy it again from the workflow."))
    return address


def _message(post: Post) -> dict[str, Any]:
    """A message with one card. The first block's id is the post's key: a person finds it in the run's record."""
    blocks: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": _plain(text), "wrap": True} for text in post.text.split("\n\n") if text.strip()
    ]
    if post.title:
        title = {"type": "TextBlock", "text": _plain(post.title), "wrap": True, "weight": "Bolder", "size": "Medium"}
        blocks.insert(0, title)
    if not blocks:
        raise Rejected(phrase("A card without words is nothing to read."))
    blocks[0]["id"] = post.key
    action = [{"type": "Action.OpenUrl", "title": _host(post.link), "url": post.link}] if post.link else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
        **({"actions": action} if action else {}),
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _plain(text: str) -> str:
    r"""The text so that a card's Markdown leaves it as it is; a new line needs an empty one in a card.

    >>> _plain("*half* of 2_000")
    '\\*half\\* of 2\\_000'
    """
    return "\n\n".join(_MARKDOWN.sub(r"\\\1", line) for line in text.split("\n"))


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _said(context: Context, words: str) -> str:
    """Microsoft's words without the address or a part of its query, which some of its errors repeat."""
    address = _address(context)
    for secret in (address, *(value for _name, value in parse_qsl(urlsplit(address).query) if len(value) > _SHORTEST)):
        words = words.replace(secret, "…")
    return words


def _nobody_can_look(context: Context) -> Unsupported:
    return Unsupported(phrase("Teams shows no program what is in {place}: look there.", place=_settings(context).place))
