"""What narrows a list of posts, read from the address and shown as chips that change it."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.publish.queries import Wanted, accounts_with_posts, campaigns_with_posts
from crosscut.apps.publish.wording import STATES
from crosscut.channels.icons import name_of

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

    >>> wanted_from(QueryDict("state=sent&account=x&campaign=7", encoding="utf-8"))
    Wanted(state='sent', channel='', account=None, campaign=7, person=None, text='')
    """
    state = query.get("state", "")
    return Wanted(
        state=state if state in STATES else "",
        channel=query.get("channel", "")[:40],
        account=_number(query, "account"),
        campaign=_number(query, "campaign"),
        person=_number(query, "person"),
        text=query.get("q", "").replace("\0", "").strip()[:_LONGEST],
    )


def groups_for(member: Member, query: QueryDict) -> list[Group]:
    """The chips above a list of posts. A filter that would have one value only is left out unless it is on."""
    accounts = accounts_with_posts(member)
    slugs = sorted({account.channel for account in accounts})
    choices = {
        "campaign": (_("Campaign"), [(str(row.pk), row.name) for row in campaigns_with_posts(member)]),
        "channel": (_("Channel"), [(slug, name_of(slug)) for slug in slugs]),
        "account": (_("Account"), [(str(row.pk), row.name) for row in accounts]),
        "state": (_("State"), [(state.value, str(word)) for state, word in STATES.items()]),
        "person": (_("Person"), [(str(row.pk), str(row.user)) for row in members_for(member)]),
    }
    groups = [_group(name, label, values, query) for name, (label, values) in choices.items()]
    return [group for group in groups if group.chosen or len(group.options) > 1]


def is_narrowed(wanted: Wanted) -> bool:
    """Whether anything is filtered out."""
    return wanted != Wanted()


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
    """The same address with that filter set anew, from its first page on."""
    changed = query.copy()
    changed.pop("page", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
