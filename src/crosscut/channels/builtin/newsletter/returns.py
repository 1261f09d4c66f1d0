"""What comes back to the sender's mailbox, told apart by the letters' own names."""

from crosscut.channels import imap
from crosscut.channels.builtin.newsletter.settings import NewsletterSettings
from crosscut.channels.mailing import Returned, Returns
from crosscut.channels.mailreports import report_in
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import NotAllowed, NotFound, ReconnectNeeded, Rejected, RetryLater, Unavailable, Unsupported

_MOST_BYTES = 1_000_000  # a report with the whole letter in it; what is larger is none


def look(settings: NewsletterSettings, context: Context, *, after: str, most: int) -> Returns:
    """Reports among the messages that came after that one, the oldest first. Nothing is marked or moved.

    `after` is the last message that was read; where the mailbox was made anew all of it is read again.
    """
    if not settings.returns_host:
        return Returns(letters=(), until=after)
    login = imap.Login(
        host=settings.returns_host,
        port=settings.returns_port,
        user=settings.returns_user or settings.user,
        password=context.secrets.get("returns_password") or context.secrets.get("password", ""),
    )
    try:
        with imap.opened(login, settings.returns_folder, allowed_hosts=context.allowed_hosts) as mailbox:
            fresh = _fresh(mailbox.numbers(), after)[:most]
            letters = tuple(found for number in fresh if (found := _returned(mailbox, number)))
    except NotAllowed as error:
        raise ReconnectNeeded(str(error)) from error
    except NotFound as error:
        raise Rejected(str(error)) from error
    except Unavailable as error:
        raise RetryLater(str(error), after_s=error.after_s or 60) from error
    return Returns(letters=letters, until=fresh[-1] if fresh else after)


def _fresh(numbers: list[str], after: str) -> list[str]:
    """Those after that one, the oldest first. Numbers of one mailbox only grow: RFC 9051, 2.3.1.1.

    >>> _fresh(["7:10", "7:9", "7:11"], "7:9"), _fresh(["8:1"], "7:9")
    (['7:10', '7:11'], ['8:1'])
    """
    validity, _colon, last = after.partition(":")
    ordered = sorted(numbers, key=lambda number: int(number.rpartition(":")[2]))
    return [one for one in ordered if one.partition(":")[0] != validity or int(one.rpartition(":")[2]) > int(last or 0)]


def _returned(mailbox: imap.Mailbox, number: str) -> Returned | None:
    try:
        report = report_in(mailbox.message(number, limit_bytes=_MOST_BYTES))
    except (NotFound, Unsupported):  # taken away meanwhile, or too large for a report
        return None
    if report is None:
        return None
    key = report.message_id.strip("<>").partition("@")[0]
    return Returned(key=key, is_final=report.action == "failed", status=report.status, words=report.words)
