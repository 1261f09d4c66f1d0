"""Accounts on networks with a login page of their own, as the pages for connecting show them."""

import json
from datetime import timedelta

from django.utils import timezone

from crosscut.apps.accounts.models import Account, Trip
from crosscut.apps.accounts.secrets import seal
from crosscut.apps.publish.models import Allowance
from crosscut.apps.publish.tests import made
from crosscut.channels.logins import Place, Tokens
from crosscut.kernel.records import as_data
from tests.cast import Cast


def a_network(cast: Cast) -> Account:
    """An account on a network whose logins end and whose posts are counted, with a post that was proven."""
    now = timezone.now()
    account = Account.objects.create(
        workspace=cast.workspace,
        channel="instagram",
        name="Reef Watch",
        handle="@reefwatch",
        url="https://www.instagram.com/reefwatch/",
        scopes=["instagram_business_basic", "instagram_business_content_publish"],
        can=["publish posts"],
        token_expires_at=now + timedelta(days=51),
        renew_at=now + timedelta(days=21),
        last_exchange_at=now,
    )
    Allowance.objects.create(account=account, name="posts", used=12, total=50, window_s=86_400, told_at=now)
    made.a_post(cast.senior, account=account, state="proven", sent_at=now, text="Half of the reef is gone.")
    return account


def the_places(cast: Cast) -> str:
    """What one login leads to, for whoever has to choose."""
    names = ("Reef Watch", "Kelp News", "Sea School")
    found = [
        Place(
            remote_id=str(number),
            name=name,
            handle=f"@{name.lower().replace(' ', '')}",
            tokens=Tokens(secrets={}),
            why_not="You may not create content on this Page: ask for that task in its settings."
            if number == 1
            else "",
        )
        for number, name in enumerate(names)
    ]
    sealed = seal({"places": json.dumps(as_data(tuple(found)))})
    now = timezone.now()
    told = {"state_hash": "x", "sealed": sealed, "back_at": now, "expires_at": now + timedelta(hours=1)}
    trip = Trip.objects.create(member=cast.lead, channel="facebook_page", **told)
    return f"/accounts/connected/{trip.pk}/"
