"""Saying how links are marked: which values may be used, and which are where nobody says otherwise."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.linking import PARTS, marked, nearest, rules_of
from crosscut.apps.produce.models import LinkDefault, LinkRules
from crosscut.channels.registry import channel as known_channel
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase

MOST = 200  # values of a part, and hosts
LONGEST_ADDRESS = 2000  # characters
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_VALUE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_CALLED = {"source": phrase("sources"), "medium": phrase("media"), "campaign": phrase("campaigns")}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The rules somebody wants, all of them."""

    hosts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mediums: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    short_host: str = ""


@transaction.atomic
def set_rules(by: Member, wish: Wish) -> LinkRules:
    """The workspace's rules from now on. What is frozen already goes out as it was. Raises Invalid with every problem.

    A domain for short links is a lead's to give, and one workspace's alone: Conflict when another one has it.
    """
    demand(by, "links")
    Workspace.objects.select_for_update().get(pk=by.workspace_id)
    row = LinkRules.objects.filter(workspace=by.workspace).first() or LinkRules(workspace=by.workspace)
    tidy = {name: _tidy(getattr(wish, name)) for name in ("hosts", "sources", "mediums", "campaigns")}
    host = wish.short_host.strip().lower().rstrip(".")
    if problems := [*_problems(by, tidy), *_host_problems(host)]:
        raise Invalid(problems=problems)
    if host != row.short_host:
        demand(by, "workspace")
        if host and LinkRules.objects.filter(short_host=host).exclude(workspace=by.workspace).exists():
            raise Conflict(phrase("{host} belongs to another workspace here.", host=host))
    for name, values in (*tidy.items(), ("short_host", host)):
        setattr(row, name, values)
    row.save()
    record("link_rules.set", by.workspace, by=by, **{name: len(values) for name, values in tidy.items()}, host=host)
    return row


@transaction.atomic
def set_default(
    by: Member, tags: Mapping[str, str], *, channel: str = "", campaign: Campaign | None = None
) -> LinkDefault:
    """What links on that channel (empty: all) and in that campaign (None: all) are marked with, by part.

    Raises NotFound for an unknown channel and Invalid for a value nobody agreed on, naming the nearest that was.
    """
    demand(by, "links")
    if channel:
        known_channel(channel)
    if campaign is not None and campaign.workspace_id != by.workspace_id:
        raise NotFound(phrase("There is no such campaign in this workspace."))
    given = {part: tags.get(part, "").strip() for part in PARTS}
    demand_agreed(by, given)
    if not any(given.values()):
        raise Invalid.at("source", phrase("Say a source, a medium or a campaign."))
    LinkRules.objects.get_or_create(workspace=by.workspace)
    marks = {f"utm_{part}": value for part, value in given.items()}
    row, _is_new = LinkDefault.objects.update_or_create(
        workspace=by.workspace, channel=channel, campaign=campaign, defaults=marks
    )
    about = campaign.pk if campaign else None
    record("link_default.set", by.workspace, by=by, channel=channel, campaign=about, **marks)
    return row


@transaction.atomic
def drop_default(by: Member, default_id: int) -> None:
    """Marks nothing by it any more. Raises NotFound."""
    demand(by, "links")
    row = LinkDefault.objects.filter(workspace=by.workspace, pk=default_id).first()
    if row is None:
        raise NotFound(phrase("There is no such rule in this workspace."))
    record("link_default.dropped", by.workspace, by=by, channel=row.channel, campaign=row.campaign_id)
    row.delete()


def build_address(by: Member, address: str, tags: Mapping[str, str], *, channel: str = "") -> str:
    """The address with marks: those given, and what the channel's default says of the rest. Nothing is kept.

    Raises Invalid for what is no address, and for a value nobody agreed on.
    """
    demand(by, "draft")
    checked = checked_address(address)
    given = {part: value for part in PARTS if (value := tags.get(part, "").strip())}
    demand_agreed(by, given)
    return marked(checked, {**rules_of(by.workspace).tags_for(channel, None), **given})


def demand_agreed(by: Member, tags: Mapping[str, str]) -> None:
    """Raises Invalid for every value that is none of those agreed on, naming the nearest."""
    allowed = rules_of(by.workspace).allowed
    wrong = {part: value for part, value in tags.items() if value and allowed[part] and value not in allowed[part]}
    odd = {part: value for part, value in tags.items() if value and not allowed[part] and not _VALUE.fullmatch(value)}
    if wrong or odd:
        raise Invalid(
            problems=[
                *(_not_agreed(part, value, allowed[part]) for part, value in wrong.items()),
                *(_odd(part, value) for part, value in odd.items()),
            ]
        )


def not_agreed_words(part: str, value: str, allowed: Iterable[str]) -> tuple[str, str]:
    """What is wrong with a value that nobody agreed on, and the way out."""
    return (
        phrase("“{value}” is none of the {parts} agreed on here.", value=value, parts=_CALLED[part]),
        phrase("The nearest is “{nearest}”.", nearest=nearest(value, allowed)),
    )


def checked_address(address: str, where: str = "address") -> str:
    """The address without spaces around it. Raises Invalid when a browser could not open it, or it holds a password."""
    tidy = address.strip()
    try:
        parts = urlsplit(tidy)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or re.search(r"[\s\x00-\x1f\\]", tidy):
        raise Invalid.at(where, phrase("Give a whole web address: https://www.example.org/page"))
    if len(tidy) > LONGEST_ADDRESS:
        raise Invalid.at(where, phrase("An address has at most {most} characters.", most=LONGEST_ADDRESS))
    if parts.username is not None:
        raise Invalid.at(where, phrase("Leave the name and password out of the address: everybody would read them."))
    return tidy


def _not_agreed(part: str, value: str, allowed: Iterable[str]) -> Problem:
    message, repair = not_agreed_words(part, value, allowed)
    words = phrase("{message} {repair}", message=message, repair=repair)
    return Problem(code="links.not_agreed", where=part, message=words, values={"nearest": nearest(value, allowed)})


def _odd(part: str, value: str) -> Problem:
    message = phrase("“{value}”: write it with small letters, digits, dots, dashes and underscores.", value=value)
    return Problem(code="links.value", where=part, message=message)


def _tidy(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip().rstrip(".") for value in values if value.strip()))


def _problems(by: Member, tidy: Mapping[str, list[str]]) -> list[Problem]:
    found = [
        Problem(code="links.too_many", where=name, message=phrase("At most {most} are taken.", most=MOST))
        for name, values in tidy.items()
        if len(values) > MOST
    ]
    for host in tidy["hosts"]:
        if not _HOST.fullmatch(host):
            message = phrase("“{host}” is no name of a place: write reef.example.", host=host)
            found.append(Problem(code="links.host", where="hosts", message=message))
    for part in PARTS:
        name = f"{part}s"
        odd = [value for value in tidy[name] if not _VALUE.fullmatch(value)]
        found += [Problem(code="links.value", where=name, message=_odd(part, value).message) for value in odd]
        found += _in_use(by, part, tidy[name])
    return found


def _in_use(by: Member, part: str, values: list[str]) -> list[Problem]:
    """A default may not be left with a value that is not agreed on any more."""
    if not values:
        return []
    rows = LinkDefault.objects.filter(workspace=by.workspace).exclude(**{f"utm_{part}__in": ["", *values]})
    return [
        Problem(
            code="links.in_use",
            where=f"{part}s",
            message=phrase("“{value}” is what {rule} is marked with. Change that first.", value=value, rule=str(row)),
        )
        for row in rows.select_related("campaign")
        for value in [getattr(row, f"utm_{part}")]
    ]


def _host_problems(host: str) -> list[Problem]:
    if not host:
        return []
    ours = {urlsplit(settings.DESK_URL).hostname, urlsplit(settings.PUBLIC_URL).hostname}
    if not _HOST.fullmatch(host):
        message = phrase("“{host}” is no name of a place: write go.reef.example.", host=host)
    elif host in ours or host in settings.ALLOWED_HOSTS:
        message = phrase("This installation answers at {host} itself. Take a name of its own.", host=host)
    else:
        return []
    return [Problem(code="links.short_host", where="short_host", message=message)]
