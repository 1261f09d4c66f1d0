"""Reports of what became of a letter, as mail servers send them back: RFC 3464 in a multipart/report of RFC 6522."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463
_LONGEST_WORDS = 300


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of one letter to one reader."""

    message_id: str  # the letter's: "<…@reef.example>"
    action: str  # "failed", "delayed", "delivered", "relayed", "expanded": RFC 3464, 2.3.3
    status: str  # "5.1.1"; empty where it says none
    words: str  # the other mail server's


def report_in(content: bytes) -> Report | None:
    """The report that the message is; None for all other mail, and for one that does not say about which letter it is.

    Anybody can send such a message: whoever acts on it must know the letter by a name that cannot be guessed.
    """
    message = message_from_bytes(content)  # the old policy: it raises for nothing that it does not understand
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(_parts(message))
    blocks = [block for part in parts if part.get_content_type() == "message/delivery-status" for block in _parts(part)]
    told = next((block for block in blocks if block.get("Action")), None)
    message_id = next((found for part in parts if (found := _original_id(part))), "")
    if told is None or not message_id:
        return None
    status = _STATUS.search(_line(told, "Status"))
    words = _line(told, "Diagnostic-Code").partition(";")[2].strip()
    return Report(
        message_id=message_id,
        action=_line(told, "Action").split(" ")[0].lower(),
        status=status[0] if status else "",
        words=words[:_LONGEST_WORDS],
    )


def _parts(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield part


def _original_id(part: Message) -> str:
    """The name of the letter that came back, whole or only its head."""
    if part.get_content_type() == "message/rfc822":
        return next((_line(original, "Message-ID") for original in _parts(part)), "")
    if part.get_content_type() == "text/rfc822-headers":
        head = part.get_payload(decode=True)
        return _line(message_from_bytes(head), "Message-ID") if isinstance(head, bytes) else ""
    return ""


def _line(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
