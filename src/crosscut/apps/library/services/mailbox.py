"""Mailboxes: attachments of messages from senders who are allowed are taken in; nothing else is read or kept."""

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.library import incoming
from crosscut.apps.library.models import WayIn, WayItem
from crosscut.apps.library.services import arrive
from crosscut.apps.library.storage import plain_disk_errors
from crosscut.channels import imap
from crosscut.channels.imap import Login
from crosscut.kernel.errors import Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.phrases import phrase

AT_ONCE = 50  # messages of one look
MESSAGE_LIMIT_BYTES = 200_000_000
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+|@[^@\s]+")  # a sender, or "@example.org" for everybody there


def checked(settings: Mapping[str, Any], password: str) -> dict[str, Any]:
    """The settings of a mailbox. Raises Invalid with every problem; there must be senders who are allowed."""
    host, user = str(settings.get("host", "")).strip(), str(settings.get("user", "")).strip()
    folder = str(settings.get("folder", "")).strip() or "INBOX"
    senders = [sender.strip().lower() for sender in settings.get("senders", []) if sender.strip()]
    port = settings.get("port", 993)
    found = []
    if not re.fullmatch(r"[A-Za-z0-9.\-:]{1,253}", host):
        found.append(("host", "Give the name of the IMAP server: imap.example.org"))
    if not isinstance(port, int) or not 0 < port < 65536:
        found.append(("port", "A port is a number from 1 to 65535; IMAP with TLS has 993."))
    if not user:
        found.append(("user", "Give the name you sign in with."))
    if not password:
        found.append(("password", "Give the password, best one for this purpose alone."))
    if not senders or not all(_ADDRESS.fullmatch(sender) for sender in senders):
        found.append(("senders", "Name who may send files: rosa@example.org, or @example.org for everybody there."))
    if any("\n" in text or '"' in text or "\r" in text for text in (user, folder)):
        found.append(("folder", "Quotes and line breaks are no part of a name here."))
    if found:
        raise Invalid(problems=[Problem(code="way_in.mail", where=where, message=words) for where, words in found])
    return {"host": host, "port": port, "user": user, "folder": folder, "senders": senders}


def look(way: WayIn) -> int:
    """How many attachments are taken in by this look. Messages stay as they are on the server.

    Each message is known by its number there (UIDVALIDITY and UID) and is taken once. Raises NotAllowed for a server in
    our own network or a wrong password, Unavailable when it does not answer.
    """
    told = way.settings
    login = Login(host=told["host"], port=told["port"], user=told["user"], password=unseal(way.secrets)["password"])
    known = set(way.items.values_list("name", flat=True))
    taken = 0
    with imap.opened(login, told["folder"], allowed_hosts=site.ALLOWED_PRIVATE_HOSTS) as mailbox:
        news = [number for number in mailbox.numbers() if number not in known][:AT_ONCE]
        for number in news:
            try:
                content = mailbox.message(number, limit_bytes=MESSAGE_LIMIT_BYTES)
            except (NotFound, Unsupported):  # it stays in the mailbox, and does not hold up the others
                content = b""
            taken += _take(way, number, content)
    return taken


def _take(way: WayIn, number: str, content: bytes) -> int:
    """Hands the attachments on and notes that the message was taken, both or neither."""
    message = message_from_bytes(content, policy=default)
    files = list(_attachments(message)) if _is_allowed(message, way.settings["senders"]) else []
    kept: list[arrive.Incoming] = []
    try:
        for name, data in files:
            kept.append(arrive.Incoming(path=_keep(name, data), filename=name))
        with transaction.atomic():
            sender = parseaddr(str(message.get("From", "")))[1][:100]
            WayItem.objects.create(way=way, name=number, mark=sender, noticed_at=timezone.now(), is_taken=bool(kept))
            if kept:
                arrive.receive(way.created_by, kept)
    except BaseException:
        for file in kept:
            incoming.forget(file.path)
        raise
    return len(kept)


def _is_allowed(message: Message, senders: list[str]) -> bool:
    """Whether the sender is allowed. The one address of "From" counts: several, or none, are nobody's word."""
    if len(message.get_all("From", [])) != 1:
        return False
    address = parseaddr(str(message["From"]))[1].lower()
    return address in senders or f"@{address.rpartition('@')[2]}" in senders


def _attachments(message: Message) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():
        name = part.get_filename()
        if not name or part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            yield incoming.safe_name(name), data


def _keep(name: str, data: bytes) -> Path:
    place = incoming.new_place()
    try:
        with plain_disk_errors(phrase("keep {file}", file=name)):
            place.write_bytes(data)
        return incoming.adopt(place, name)
    finally:
        place.unlink(missing_ok=True)
