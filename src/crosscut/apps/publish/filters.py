"""What narrows a list of posts, read from the address and shown as chips that change it."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.produce.chips import Group, Values, groups_of, number_in, text_in
from crosscut.apps.publish.queries import Wanted, accounts_with_posts, campaigns_with_posts
from crosscut.apps.publish.wording import STATES
from crosscut.channels.icons import name_of


def wanted_from(query: QueryDict) -> Wanted:
    """What the address asks for. What makes no sense there is passed over: an old link still opens.

    >>> wanted_from(QueryDict("state=sent&account=x&campaign=7", encoding="utf-8"))
    Wanted(state='sent', channel='', account=None, campaign=7, person=None, text='')
    """
    state = query.get("state", "")
    return Wanted(
        state=state if state in STATES else "",
        channel=text_in(query, "channel", 40),
        account=number_in(query, "account"),
        campaign=number_in(query, "campaign"),
        person=number_in(query, "person"),
        text=text_in(query, "q"),
    )


def groups_for(member: Member, query: QueryDict) -> list[Group]:
    """The chips above a list of posts. A filter that would have one value only is left out unless it is on."""
    accounts = accounts_with_posts(member)
    slugs = sorted({account.channel for account in accounts})
    choices: dict[str, tuple[str, Values]] = {
        "campaign": (_("Campaign"), [(str(row.pk), row.name) for row in campaigns_with_posts(member)]),
        "channel": (_("Channel"), [(slug, name_of(slug)) for slug in slugs]),
        "account": (_("Account"), [(str(row.pk), row.name) for row in accounts]),
        "state": (_("State"), [(state.value, str(word)) for state, word in STATES.items()]),
        "person": (_("Person"), [(str(row.pk), str(row.user)) for row in members_for(member)]),
    }
    return groups_of(choices, query)


def is_narrowed(wanted: Wanted) -> bool:
    """Whether anything is filtered out."""
    return wanted != Wanted()
