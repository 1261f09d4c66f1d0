"""Rows that came from elsewhere, a backup or another installation: what they call waiting may have left since."""

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.publish.models import Target
from crosscut.apps.readers.models import Letter, Mailing, Reader
from crosscut.apps.readers.queries import mailing_channels
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import digest

_ON_ITS_WAY = (*Target.LIVE_STATES, Target.State.SENDING, Target.State.UNKNOWN)
_WHY = phrase("It came with a backup or from another installation, and may have left since.")
_AT_ONCE = 2000


@transaction.atomic
def doubt_what_may_be_out(workspace: Workspace) -> int:
    """Every letter that may have left since these rows were written is unknown: a person says. Returns how many."""
    targets = Target.objects.filter(workspace=workspace, account__channel__in=mailing_channels())
    unmailed = targets.filter(state__in=_ON_ITS_WAY, mailing=None)
    for target in unmailed:
        _mailing_of(target)
    open_letters = Letter.objects.filter(mailing__target__in=targets, state__in=Letter.OPEN_STATES)
    return open_letters.update(state=Letter.State.UNKNOWN, answer=str(_WHY), answered_at=timezone.now())


def _mailing_of(target: Target) -> None:
    """The letters that the other side may have begun, so that they are not begun again here."""
    mailing = Mailing.objects.create(target=target)
    readers = Reader.objects.filter(account=target.account_id, state=Reader.State.READS).values_list("pk", flat=True)
    letters = [Letter(mailing=mailing, reader_id=pk, key=letter_key(target, pk)) for pk in readers]
    Letter.objects.bulk_create(letters, batch_size=_AT_ONCE)


def letter_key(target: Target, reader_id: int) -> str:
    """Names the letter for ever: the same at every try, and guessed by nobody who is not told the post's key."""
    return digest([target.key, reader_id])[:32]
