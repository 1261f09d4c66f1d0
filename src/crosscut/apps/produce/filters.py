"""What narrows the list of pieces, read from the address and shown as chips that change it."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.chips import Group, Values, groups_of, number_in, text_in
from crosscut.apps.produce.queries import Stage, Wanted
from crosscut.apps.produce.wording import STAGES
from crosscut.channels.registry import channels


def wanted_from(query: QueryDict) -> Wanted:
    """What the address asks for. What makes no sense there is passed over: an old link still opens.

    >>> wanted_from(QueryDict("state=live&campaign=x&owner=7", encoding="utf-8"))
    Wanted(text='', stage='live', campaign=None, owner=7, channel='', is_archived=False)
    """
    stage = query.get("state", "")
    return Wanted(
        text=text_in(query, "q"),
        stage=stage if stage in list(Stage) else "",
        campaign=number_in(query, "campaign"),
        owner=number_in(query, "owner"),
        channel=text_in(query, "channel", 40),
        is_archived=query.get("archived") == "1",
    )


def groups_for(member: Member, query: QueryDict) -> list[Group]:
    """The chips above the list. A filter that would have one value only is left out unless it is on."""
    people = members_for(member).exclude(role=Role.GUEST)
    choices: dict[str, tuple[str, Values]] = {
        "state": (_("State"), [(stage.value, str(word)) for stage, word in STAGES.items()]),
        "campaign": (_("Campaign"), [(str(row.pk), row.name) for row in campaigns_for(member)[:100]]),
        "channel": (_("Channel"), [(slug, known.name) for slug, known in channels().items()]),
        "owner": (_("Owner"), [(str(row.pk), str(row.user)) for row in people]),
        "archived": (_("Archive"), [("1", _("Archived pieces"))]),
    }
    return groups_of(choices, query, switches=["archived"])
