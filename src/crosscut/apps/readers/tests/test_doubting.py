"""After a backup was brought back, or a workspace came from another installation, no letter goes out by itself."""

import pytest

from crosscut.apps.publish.models import Target
from crosscut.apps.readers.models import Mailing
from crosscut.apps.readers.services import mail
from crosscut.apps.readers.services.doubting import doubt_what_may_be_out
from crosscut.apps.readers.tests.made import Desk, states

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [Target.State.SENT, Target.State.PROVEN, Target.State.UNKNOWN])
def test_an_issue_whose_letters_may_have_begun_since_is_not_mailed_again(desk: Desk, state: str):
    desk.sign_up("ada")
    target = desk.issue(state=state)
    assert doubt_what_may_be_out(desk.cast.workspace) == 1
    Target.objects.update(state=Target.State.PROVEN)
    assert mail.begin_due() == 0
    mailing = desk.all_turns(Mailing.objects.get(target=target))
    assert states(mailing) == {"ada": "unknown"} and not desk.mails.taken


def test_letters_that_waited_are_asked_about_and_those_that_were_taken_stay_so(desk: Desk):
    desk.sign_up("ada", "ben")
    desk.mails.order("rcpt", "451 4.7.1 greylisted")
    mailing = desk.begun()
    desk.turn(mailing)
    doubt_what_may_be_out(desk.cast.workspace)
    desk.all_turns(mailing)
    assert states(mailing) == {"ada": "unknown", "ben": "accepted"} and len(desk.mails.taken) == 1


def test_an_issue_that_was_still_to_come_is_mailed_as_ever(desk: Desk):
    desk.sign_up("ada")
    target = desk.issue(state=Target.State.SCHEDULED)
    doubt_what_may_be_out(desk.cast.workspace)
    Target.objects.update(state=Target.State.PROVEN)
    assert mail.begin(target.pk) is not None
