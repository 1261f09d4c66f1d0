"""Licences: what may be done with an asset. They are withdrawn, never deleted: what was live once stays explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.queries import asset_for, licence_for
from crosscut.apps.library.rights import territory_names
from crosscut.channels import registry
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.specs import rights as specs


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A licence as a person enters it."""

    holder: str  # who owns the rights
    terms: str  # "CC BY 4.0", "Model release and buy-out"
    terms_url: str = ""
    credit_line: str = ""  # what must be printed
    territories: Sequence[str] = ()  # ISO 3166-1; empty: worldwide
    channels: Sequence[str] = ()  # slugs; empty: every channel
    starts_on: date | None = None
    ends_on: date | None = None  # the last day it may be live
    note: str = ""


@transaction.atomic
def add_licence(by: Member, asset_id: int, terms: Terms) -> Licence:
    """A new licence on the asset. Raises Invalid with everything that is wrong."""
    demand(by, "clear")
    asset = asset_for(by, asset_id)
    licence = enter(asset, terms, by=by)
    record("licence.added", asset, by=by, licence=licence.pk, terms=str(licence))
    return licence


@transaction.atomic
def change_licence(by: Member, licence_id: int, terms: Terms) -> Licence:
    """The licence with other terms. What it said before is in the history."""
    demand(by, "clear")
    licence = licence_for(by, licence_id)
    before = _as_text(licence)
    for name, value in check_terms(terms).items():
        setattr(licence, name, value)
    licence.save()
    record("licence.changed", licence.asset, by=by, licence=licence.pk, before=before, after=_as_text(licence))
    return licence


@transaction.atomic
def withdraw_licence(by: Member, licence_id: int) -> Licence:
    """Ends a licence as if it had never been given; the record of it stays and `reinstate_licence` undoes it."""
    demand(by, "clear")
    licence = licence_for(by, licence_id)
    licence.withdrawn_at = timezone.now()
    licence.save(update_fields=["withdrawn_at"])
    record("licence.withdrawn", licence.asset, by=by, licence=licence.pk, terms=str(licence))
    return licence


@transaction.atomic
def reinstate_licence(by: Member, licence_id: int) -> Licence:
    """Brings a withdrawn licence back."""
    demand(by, "clear")
    rows = Licence.objects.filter(pk=licence_id, asset__workspace=by.workspace_id).exclude(withdrawn_at=None)
    licence = rows.select_related("asset").first()
    if licence is None:
        raise NotFound("There is no such withdrawn licence in this workspace.")
    licence.withdrawn_at = None
    licence.save(update_fields=["withdrawn_at"])
    record("licence.reinstated", licence.asset, by=by, licence=licence.pk, terms=str(licence))
    return licence


def holdings_of(asset: Asset) -> specs.Holdings:
    """Everything that decides what may be done with the asset, as the record that rights are checked with."""
    return specs.Holdings(
        licences=tuple(as_record(licence) for licence in asset.licences.all() if licence.withdrawn_at is None)
    )


def as_record(licence: Licence) -> specs.Licence:
    """The licence as the record that rights are checked with."""
    return specs.Licence(
        holder=licence.holder,
        terms=licence.terms,
        territories=tuple(licence.territories),
        channels=tuple(licence.channels),
        starts_on=licence.starts_on,
        ends_on=licence.ends_on,
        credit_line=licence.credit_line,
    )


def enter(asset: Asset, terms: Terms, *, by: Member | None) -> Licence:
    """The stored licence, without asking who may: for what files say of themselves. Raises Invalid."""
    return Licence.objects.create(asset=asset, created_by=by, **check_terms(terms))


def check_terms(terms: Terms) -> dict[str, object]:
    """The terms as the fields of a licence, tidied. Raises Invalid with every problem."""
    fields: dict[str, object] = {
        "holder": terms.holder.strip(),
        "terms": terms.terms.strip(),
        "terms_url": terms.terms_url.strip(),
        "credit_line": terms.credit_line.strip(),
        "territories": list(dict.fromkeys(code.strip().upper() for code in terms.territories if code.strip())),
        "channels": list(dict.fromkeys(slug.strip().lower() for slug in terms.channels if slug.strip())),
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "note": terms.note.strip(),
    }
    problems = [*_text_problems(fields), *_scope_problems(fields)]
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        problems.append(_problem("ends_on", "It ends before it begins. Change one of the dates."))
    if problems:
        raise Invalid(problems=problems)
    return fields


def _text_problems(fields: dict[str, object]) -> list[Problem]:
    limits = {"holder": 200, "terms": 200, "terms_url": 500, "credit_line": 300, "note": 20_000}
    problems = [
        _problem(name, f"Use at most {limit} characters.")
        for name, limit in limits.items()
        if len(str(fields[name])) > limit
    ]
    problems += [_problem(name, "Remove the character with code 0.") for name in limits if "\0" in str(fields[name])]
    if not fields["holder"]:
        problems.append(_problem("holder", "Say who owns the rights."))
    if not fields["terms"]:
        problems.append(_problem("terms", "Say what was agreed, such as “CC BY 4.0” or “Own work”."))
    if fields["terms_url"] and not _is_web_address(str(fields["terms_url"])):
        problems.append(_problem("terms_url", "Give a full address that starts with https:// or http://."))
    return problems


def _scope_problems(fields: dict[str, object]) -> list[Problem]:
    problems = []
    territories, channels = fields["territories"], fields["channels"]
    if isinstance(territories, list) and (unknown := [code for code in territories if code not in territory_names()]):
        message = (
            f"{', '.join(unknown)}: use two-letter country codes such as DE or KE, or leave it empty for worldwide."
        )
        problems.append(_problem("territories", message))
    known = registry.channels()
    if isinstance(channels, list) and (unknown := [slug for slug in channels if slug not in known]):
        message = f"There is no channel called {', '.join(unknown)}. There are: {', '.join(known)}."
        problems.append(_problem("channels", message))
    return problems


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(sign.isspace() for sign in text)


def _problem(where: str, message: str) -> Problem:
    return Problem(code=f"licence.{where}", where=where, message=message)


def _as_text(licence: Licence) -> dict[str, str]:
    names = ("holder", "terms", "terms_url", "credit_line", "territories", "channels", "starts_on", "ends_on", "note")
    return {name: str(getattr(licence, name) or "") for name in names}
