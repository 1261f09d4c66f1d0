"""Licences: what may be done with an asset. They are withdrawn, never deleted: what was live once stays explained."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.queries import asset_for, licence_for
from crosscut.apps.library.services import scope
from crosscut.apps.library.services.holdings import note_change
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.specs import rights as specs
from crosscut.specs.licences import preset
from crosscut.specs.rights import from_odrl


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A licence as a person enters it."""

    holder: str  # who owns the rights
    terms: str  # "CC BY 4.0", "Model release and buy-out"
    terms_url: str = ""
    credit_line: str = ""  # what must be printed
    territories: Sequence[str] = ()  # ISO 3166-1; empty: worldwide
    channels: Sequence[str] = ()  # slugs; empty: every channel
    uses: Sequence[str] = ()  # of Licence.Use; empty: every use
    right: str = ""  # of Licence.Right
    edits: str = Licence.Edits.ANY
    starts_on: date | None = None
    ends_on: date | None = None  # the last day it may be live
    note: str = ""
    cost_minor: int | None = None  # what it cost, in cents and the like; None: not entered
    currency: str = ""  # ISO 4217 of the cost; empty: the workspace's
    renewal: str = ""  # of Licence.Renewal
    notice_on: date | None = None  # the last day to renew or to end it


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
    licence.currency = _currency(licence, licence.asset)
    licence.save()
    note_change([licence.asset_id])
    record("licence.changed", licence.asset, by=by, licence=licence.pk, before=before, after=_as_text(licence))
    return licence


@transaction.atomic
def withdraw_licence(by: Member, licence_id: int) -> Licence:
    """Ends a licence as if it had never been given; the record of it stays and `reinstate_licence` undoes it."""
    demand(by, "clear")
    licence = licence_for(by, licence_id)
    licence.withdrawn_at = timezone.now()
    licence.save(update_fields=["withdrawn_at"])
    note_change([licence.asset_id])
    record("licence.withdrawn", licence.asset, by=by, licence=licence.pk, terms=str(licence))
    return licence


@transaction.atomic
def reinstate_licence(by: Member, licence_id: int) -> Licence:
    """Brings a withdrawn licence back."""
    demand(by, "clear")
    rows = Licence.objects.filter(pk=licence_id, asset__workspace=by.workspace_id).exclude(withdrawn_at=None)
    licence = rows.select_related("asset").first()
    if licence is None:
        raise NotFound(phrase("There is no such withdrawn licence in this workspace."))
    licence.withdrawn_at = None
    licence.save(update_fields=["withdrawn_at"])
    note_change([licence.asset_id])
    record("licence.reinstated", licence.asset, by=by, licence=licence.pk, terms=str(licence))
    return licence


@transaction.atomic
def take_over(by: Member, asset_id: int, policy: Mapping[str, Any]) -> list[Licence]:
    """The licences that an ODRL policy grants, entered one by one; all of them or none. Raises Invalid."""
    found = from_odrl(policy)
    return [add_licence(by, asset_id, _terms_of(one)) for one in found]


def from_preset(slug: str, asset: Asset, *, holder: str) -> Terms:
    """A ready-made licence as it would be entered for the asset. Raises NotFound for an unknown one."""
    found = preset(slug)
    return Terms(
        holder=holder,
        terms=found.terms,
        terms_url=found.terms_url,
        credit_line=found.credit_line(title=asset.title, holder=holder),
        uses=found.uses,
        edits=found.edits,
        note=str(found.warning),
    )


def _terms_of(licence: specs.Licence) -> Terms:
    """A record of the solver as a person would enter it."""
    names = ("holder", "terms", "credit_line", "territories", "channels", "uses", "right", "starts_on", "ends_on")
    return Terms(**{name: getattr(licence, name) for name in names}, edits=licence.edits.value)


@transaction.atomic
def set_embargo(by: Member, asset_id: int, until: datetime | None) -> Asset:
    """The asset, which nobody may see before that moment; None lifts the embargo."""
    demand(by, "clear")
    asset = asset_for(by, asset_id)
    asset.embargo_until = until
    asset.save(update_fields=["embargo_until"])
    note_change([asset.pk])
    record("asset.embargo_set" if until else "asset.embargo_lifted", asset, by=by, until=str(until or ""))
    return asset


@transaction.atomic
def set_rights_needed(by: Member, asset_id: int, rights: Sequence[str]) -> Asset:
    """The asset, of which each of these rights needs a licence: for music the composition and the recording."""
    demand(by, "clear")
    asset = asset_for(by, asset_id)
    known = [right for right in Licence.Right.values if right in rights and right]
    if len(known) != len(set(rights)):
        raise Invalid.at("rights_needed", phrase("Choose the composition, the recording, both or none."))
    asset.rights_needed = known
    asset.save(update_fields=["rights_needed"])
    note_change([asset.pk])
    record("asset.rights_needed", asset, by=by, rights=known)
    return asset


def enter(asset: Asset, terms: Terms, *, by: Member | None) -> Licence:
    """The stored licence, without asking who may: for what files say of themselves. Raises Invalid."""
    licence = Licence(asset=asset, created_by=by, **check_terms(terms))
    licence.currency = _currency(licence, asset)
    licence.save()
    note_change([asset.pk])
    return licence


def check_terms(terms: Terms) -> dict[str, object]:
    """The terms as the fields of a licence, tidied. Raises Invalid with every problem."""
    entered: dict[str, object] = {
        "holder": terms.holder.strip(),
        "terms": terms.terms.strip(),
        "terms_url": terms.terms_url.strip(),
        "credit_line": terms.credit_line.strip(),
        "note": terms.note.strip(),
        "right": terms.right,
        "edits": terms.edits,
        "cost_minor": terms.cost_minor,
        "currency": terms.currency.strip().upper(),
        "renewal": terms.renewal,
        "notice_on": terms.notice_on,
        **scope.tidied(terms),
    }
    problems = [*_text_problems(entered), *scope.problems(terms, of="licence"), *_choice_problems(terms)]
    if problems:
        raise Invalid(problems=problems)
    return entered


def _text_problems(fields: dict[str, object]) -> list[Problem]:
    limits = {"holder": 200, "terms": 200, "terms_url": 500, "credit_line": 300, "note": 20_000}
    problems = [
        _problem(name, phrase("Use at most {most} characters.", most=limit))
        for name, limit in limits.items()
        if len(str(fields[name])) > limit
    ]
    problems += [
        _problem(name, phrase("Remove the character with code 0.")) for name in limits if "\0" in str(fields[name])
    ]
    if not fields["holder"]:
        problems.append(_problem("holder", phrase("Say who owns the rights.")))
    if not fields["terms"]:
        problems.append(_problem("terms", phrase("Say what was agreed, such as “CC BY 4.0” or “Own work”.")))
    if fields["terms_url"] and not _is_web_address(str(fields["terms_url"])):
        problems.append(_problem("terms_url", phrase("Give a full address that starts with https:// or http://.")))
    return problems


def _choice_problems(terms: Terms) -> list[Problem]:
    problems = []
    if terms.right not in Licence.Right.values:
        problems.append(_problem("right", phrase("Choose the composition, the recording, or the whole work.")))
    if terms.edits not in Licence.Edits.values:
        problems.append(_problem("edits", phrase("Say whether it may be changed, cropped, or only shown as it is.")))
    return problems + _term_problems(terms)


def _term_problems(terms: Terms) -> list[Problem]:
    """What is wrong with its cost and its renewal."""
    problems = []
    if terms.cost_minor is not None and not 0 <= terms.cost_minor < 10**15:
        problems.append(_problem("cost_minor", phrase("A cost is 0 or more.")))
    if terms.currency.strip() and not re.fullmatch(r"[A-Z]{3}", terms.currency.strip().upper()):
        problems.append(_problem("currency", phrase("Give the currency by its three letters, such as EUR or KES.")))
    if terms.renewal not in Licence.Renewal.values:
        problems.append(
            _problem("renewal", phrase("Say whether it ends by itself, can be renewed, or goes on by itself."))
        )
    if terms.notice_on and terms.ends_on and terms.notice_on > terms.ends_on:
        problems.append(_problem("notice_on", phrase("The last day to renew or end it is not after its end.")))
    return problems


def _currency(licence: Licence, asset: Asset) -> str:
    """Of a cost without one, the workspace's; empty without a cost."""
    if licence.cost_minor is None:
        return ""
    return licence.currency or asset.workspace.currency


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(sign.isspace() for sign in text)


def _problem(where: str, message: str) -> Problem:
    return Problem(code=f"licence.{where}", where=where, message=message)


def _as_text(licence: Licence) -> dict[str, str]:
    return {field.name: str(getattr(licence, field.name) or "") for field in fields(Terms)}
