"""What narrows the list of pieces, read from the address and shown as chips that change it."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce.queries import Stage, Wanted
from crosscut.apps.produce.wording import STAGES
from crosscut.channels.registry import channels

_LONGEST = 200  # characters of searched text


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a filter."""

    label: str
    url: str  # where it is chosen
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """One filter: a chip with a menu of its values."""

    name: str  # its name in the address
    label: str
    chosen: str  # the label of what is chosen; empty for everything
    clear_url: str  # where it is taken off
    options: tuple[Option, ...]


def wanted_from(query: QueryDict) -> Wanted:
    """What the address asks for. What makes no sense there is passed over: an old link still opens.

    >>> wanted_from(QueryDict("state=live&campaign=x&owner=7", encoding="utf-8"))
    Wanted(text='', stage='live', campaign=None, owner=7, channel='', is_archived=False)
    """
    stage = query.get("state", "")
    return Wanted(
        text=query.get("q", "").replace("\0", "").strip()[:_LONGEST],
        stage=stage if stage in list(Stage) else "",
        campaign=_number(query, "campaign"),
        owner=_number(query, "owner"),
        channel=query.get("channel", "").replace("\0", "")[:40],
        is_archived=query.get("archived") == "1",
    )


def groups_for(member: Member, query: QueryDict) -> list[Group]:
    """The chips above the list. A filter that would have one value only is left out unless it is on."""
    people = members_for(member).exclude(role=Role.GUEST)
    choices = {
        "state": (_("State"), [(stage.value, str(word)) for stage, word in STAGES.items()]),
        "campaign": (_("Campaign"), [(str(row.pk), row.name) for row in campaigns_for(member)[:100]]),
        "channel": (_("Channel"), [(slug, known.name) for slug, known in channels().items()]),
        "owner": (_("Owner"), [(str(row.pk), str(row.user)) for row in people]),
        "archived": (_("Archive"), [("1", _("Archived pieces"))]),
    }
    groups = [_group(name, label, values, query) for name, (label, values) in choices.items()]
    return [group for group in groups if group.chosen or len(group.options) > 1 or group.name == "archived"]


def _group(name: str, label: str, values: list[tuple[str, str]], query: QueryDict) -> Group:
    now = query.get(name, "")
    return Group(
        name=name,
        label=label,
        chosen=dict(values).get(now, ""),
        clear_url=_address(query, name, ""),
        options=tuple(Option(label=text, url=_address(query, name, key), is_on=key == now) for key, text in values),
    )


def _address(query: QueryDict, name: str, value: str) -> str:
    """The same address with that filter set anew, from its first row on."""
    changed = query.copy()
    changed.pop("after", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
