"""Readers and letters, as far as the asker may see them: seniors and leads, as these are other people's addresses."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.queries import account_for, accounts_for
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import target_for
from crosscut.apps.readers.models import Letter, Mailing, Reader, ReaderTable, ReturnsLook
from crosscut.channels import registry
from crosscut.channels.mailing import CanMail
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def mailing_channels() -> list[str]:
    """The channels whose issues go to readers by mail."""
    return [slug for slug in registry.channels() if registry.mails_readers(slug)]


def mailer(channel: str) -> CanMail:
    """The channel's adapter. Raises NotFound for one that mails nobody."""
    found = registry.adapter(channel) if registry.mails_readers(channel) else None
    if not isinstance(found, CanMail):
        raise NotFound(phrase("This account is no newsletter."))
    return found


def newsletters_for(member: Member) -> QuerySet[Account]:
    """The workspace's newsletters, by name; none for guests."""
    return accounts_for(member).filter(channel__in=mailing_channels())


def newsletter_for(member: Member, account_id: int) -> Account:
    """A newsletter of the workspace's. Raises NotFound, and NotAllowed for who may not see addresses."""
    account = account_for(member, account_id)
    mailer(account.channel)
    demand(member, "readers")
    return account


def public_newsletter(account_id: int) -> Account | None:
    """The newsletter that a sign-up page is for, whoever asks."""
    row = Account.objects.filter(pk=account_id, channel__in=mailing_channels()).first()
    return row if row is not None and row.state != Account.State.DISCONNECTED else None


def reader_of_link(code: str) -> Reader | None:
    """Whose link to leave it is, whoever asks: the link is the proof."""
    return Reader.objects.select_related("account").filter(code=code).first()


def readers_of(account: Account, *, state: str = "", q: str = "") -> QuerySet[Reader]:
    """The newsletter's readers by address; in that state, with that in address or name."""
    rows = Reader.objects.filter(account=account).order_by("address_key")
    if state:
        rows = rows.filter(state=state)
    if wanted := q.strip():
        rows = rows.filter(Q(address_key__contains=wanted.lower()) | Q(name__icontains=wanted))
    return rows


def reader_for(member: Member, reader_id: int) -> Reader:
    """One reader. Raises NotFound."""
    row = Reader.objects.select_related("account__workspace").filter(pk=reader_id).first()
    if row is None or row.account.workspace_id != member.workspace_id or not accounts_for(member).exists():
        raise NotFound(phrase("There is no such reader in this workspace."))
    demand(member, "readers")
    return row


def count_readers(account: Account) -> dict[str, int]:
    """How many readers are in each state."""
    rows = Reader.objects.filter(account=account).values_list("state").annotate(Count("pk"))
    return dict(Counter(dict(rows)))


def returns_problem(account: Account) -> str:
    """Why the mailbox in which letters come back could not be read; empty when it could, or there is none."""
    row = ReturnsLook.objects.filter(account=account).first()
    return row.problem if row else ""


def tables_for(member: Member, account: Account) -> QuerySet[ReaderTable]:
    """The tables that were brought to the newsletter, the newest first."""
    newsletter_for(member, account.pk)
    return ReaderTable.objects.filter(account=account).select_related("by__user")


def table_for(member: Member, table_id: int) -> ReaderTable:
    """One of them. Raises NotFound."""
    row = ReaderTable.objects.select_related("account__workspace").filter(pk=table_id).first()
    if row is None or row.account.workspace_id != member.workspace_id or not accounts_for(member).exists():
        raise NotFound(phrase("There is no such table in this workspace."))
    demand(member, "readers")
    return row


def mailing_of(target: Target) -> Mailing | None:
    """The letters of the issue; None before they began."""
    return Mailing.objects.filter(target=target).first()


def count_letters(mailing: Mailing) -> dict[str, int]:
    """How many letters are in each state."""
    return dict(Letter.objects.filter(mailing=mailing).values_list("state").annotate(Count("pk")))


def letters_for(member: Member, post_id: int, *, state: str = "") -> QuerySet[Letter]:
    """The letters of one issue, each with its reader. Raises NotFound, and NotAllowed for who may not see addresses."""
    target = target_for(member, post_id)
    demand(member, "readers")
    rows = Letter.objects.filter(mailing__target=target).select_related("reader").order_by("pk")
    return rows.filter(state=state) if state else rows


def letter_for(member: Member, letter_id: int) -> Letter:
    """One letter. Raises NotFound."""
    row = Letter.objects.select_related("mailing__target", "reader").filter(pk=letter_id).first()
    if row is None:
        raise NotFound(phrase("There is no such letter in this workspace."))
    target_for(member, row.mailing.target_id)
    demand(member, "readers")
    return row


def issues_to_mail(limit: int = 50) -> list[int]:
    """Ids of issues whose page was seen as approved and whose letters have not begun, the longest waiting first."""
    rows = Target.objects.filter(account__channel__in=mailing_channels(), state=Target.State.PROVEN)
    begun = Mailing.objects.filter(target=OuterRef("pk"))
    return list(rows.exclude(Exists(begun)).order_by("sent_at", "pk").values_list("pk", flat=True)[:limit])


def mailings_to_go_on(now: datetime) -> list[int]:
    """Ids of mailings that have something to do now."""
    rows = Mailing.objects.filter(state=Mailing.State.GOING, next_at__lte=now)
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True))


def doubtful_mailings_for(member: Member) -> QuerySet[Mailing]:
    """Mailings of the workspace with letters that only a person can settle."""
    doubtful = Letter.objects.filter(mailing=OuterRef("pk"), state=Letter.State.UNKNOWN)
    rows = Mailing.objects.filter(Exists(doubtful), target__workspace=member.workspace_id)
    return rows.none() if member.role == "guest" else rows.select_related("target__piece", "target__account")
