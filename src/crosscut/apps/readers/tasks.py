"""What workers do for readers. The queue decides nothing: every task looks at the rows first."""

from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.readers.queries import mailings_to_go_on
from crosscut.apps.readers.services import joining, mail, returns
from crosscut.apps.work.queueing import enqueue

_AFTER_POSTS = -5  # a thousand letters wait for one post that is due, and never the other way round


@app.task(queue="publish", priority=_AFTER_POSTS, lock="letters")  # one at a time: a worker is left for posts
def mail_letters(mailing_id: int) -> None:
    """Some letters of one issue, and the next turn where more can leave at once."""
    if mail.mail_some(mailing_id) == 0:
        enqueue(mail_letters, mailing_id=mailing_id)


@app.task(name=joining.ASK, queue="publish", priority=_AFTER_POSTS)
def ask_reader(reader_id: int) -> None:
    """The letter that asks whether somebody really wants the newsletter."""
    joining.ask(reader_id)


@app.periodic(cron="* * * * *")
@app.task(queue="publish", queueing_lock="letters_due")
def letters_due(timestamp: int) -> None:
    """Begins and goes on with what is due, doubts what nobody answered for, forgets who never confirmed."""
    mail.begin_due()
    mail.doubt_overdue()
    joining.forget_unconfirmed()
    for mailing_id in mailings_to_go_on(timezone.now()):
        enqueue(mail_letters, mailing_id=mailing_id)


@app.task(queue="publish", priority=_AFTER_POSTS)
def look_for_returns(account_id: int) -> None:
    """Letters that came back."""
    returns.look(account_id)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="publish", queueing_lock="returns_due")
def returns_due(timestamp: int) -> None:
    """Looks where letters went out lately."""
    for account_id in returns.accounts_to_look_at():
        enqueue(look_for_returns, account_id=account_id)
