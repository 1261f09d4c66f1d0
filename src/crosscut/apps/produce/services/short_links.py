"""Short links: made, led elsewhere, ended, followed and counted.

An address of ours only ever leads where a member said: a code that nobody made leads nowhere.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.linking import addresses_in, rules_of, short_base
from crosscut.apps.produce.models import Edition, EditionLink, LinkRules, ShortLink
from crosscut.apps.produce.services.link_checks import note_addresses
from crosscut.apps.produce.services.link_rules import checked_address
from crosscut.apps.produce.threads import whole_view
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without those that look alike in print
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DRAWN_LENGTH = 6
_TRIES = 5
_PNG_SCALE = 20  # pixels a module: some 600 in all
_QUIET_MODULES = 4  # ISO/IEC 18004: the light edge a reader needs


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A short link somebody wants."""

    leads_to: str
    code: str = ""  # the last part of its address; empty: one is drawn
    name: str = ""
    ends_at: datetime | None = None


@transaction.atomic
def make_link(by: Member, wish: Wish) -> ShortLink:
    """A new short link. Raises Invalid, and Conflict when its code is taken."""
    demand(by, "schedule")
    code = wish.code.strip().lower()
    leads_to = _checked_target(by, wish.leads_to)
    if code and not _CODE.fullmatch(code):
        raise Invalid.at("code", phrase("Write at most 40 letters, digits and dashes."))
    fields: dict[str, Any] = {
        "workspace": by.workspace,
        "leads_to": leads_to,
        "name": _checked_name(wish.name),
        "ends_at": wish.ends_at,
        "created_by": by,
    }
    row = _made(code, fields) if code else _drawn(fields)
    note_addresses(by.workspace_id, [leads_to])
    record("short_link.made", row, by=by, code=row.code, leads_to=leads_to)
    return row


@transaction.atomic
def change_link(by: Member, link: ShortLink, changes: Mapping[str, Any]) -> ShortLink:
    """Leads it elsewhere, renames it or moves its end: `leads_to`, `name`, `ends_at`. What is printed stays right."""
    demand(by, "schedule")
    row = ShortLink.objects.select_for_update().get(pk=link.pk, workspace=by.workspace_id)
    before = row.leads_to
    if "leads_to" in changes:
        row.leads_to = _checked_target(by, changes["leads_to"])
    if "name" in changes:
        row.name = _checked_name(changes["name"])
    if "ends_at" in changes:
        row.ends_at = changes["ends_at"]
    row.save()
    note_addresses(by.workspace_id, [row.leads_to])
    record("short_link.changed", row, by=by, code=row.code, before=before, leads_to=row.leads_to)
    return row


def end_link(by: Member, link: ShortLink) -> ShortLink:
    """It answers that it is over, from now on."""
    return change_link(by, link, {"ends_at": timezone.now()})


def keep_links(edition: Edition, *, by: Member | None) -> None:
    """Makes the short links of a new frozen state, and has the addresses it leads to looked at.

    Raises Conflict when somebody took one of its codes for another address.
    """
    content, piece = edition.content, edition.piece
    for channel, outlet in content["outlets"].items():
        for link in outlet.get("links", ()):
            if link["published"] != link["leads_to"]:
                _keep_short(edition, channel, link, by=by)
    texts = (whole_view(content, slug)["outlets"][slug]["text"] for slug in content["outlets"])
    checks = note_addresses(piece.workspace_id, addresses_in(*texts, link=content["link"]))
    EditionLink.objects.bulk_create(EditionLink(edition=edition, address=check) for check in checks)


def follow(workspace_id: int, code: str) -> ShortLink | None:
    """The workspace's short link of that code, ended or not; None where nobody made one."""
    return ShortLink.objects.filter(workspace=workspace_id, code=code.lower()).first()


def workspace_called(slug: str) -> int | None:
    """The workspace of that short name, by id; None where there is none."""
    return Workspace.objects.filter(slug=slug).values_list("pk", flat=True).first()


def workspace_at(host: str) -> int | None:
    """The workspace whose short links live on that host, by id; None where there is none."""
    rows = LinkRules.objects.filter(short_host=host.lower()) if host else LinkRules.objects.none()
    return rows.values_list("workspace_id", flat=True).first()


def is_over(link: ShortLink) -> bool:
    """Whether it leads nowhere any more."""
    return link.ends_at is not None and link.ends_at <= timezone.now()


def count_visit(link: ShortLink) -> None:
    """Adds one to the link's count of today. Nothing about who followed it is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into produce_shortlinkday (link_id, day, value) values (%s, %s, 1) "
            "on conflict (link_id, day) do update set value = produce_shortlinkday.value + 1",
            [link.pk, timezone.now().date()],
        )


def address_of(link: ShortLink) -> str:
    """The whole short address."""
    rules: LinkRules | None = getattr(link.workspace, "link_rules", None)
    return short_base(link.workspace, rules.short_host if rules else "") + link.code


def qr_code(address: str, kind: str) -> bytes:
    """The address as a QR code, as the bytes of an SVG that fits any size or of a PNG to print (kind: svg, png)."""
    file = BytesIO()
    shape: dict[str, Any] = {"omitsize": True} if kind == "svg" else {"scale": _PNG_SCALE}
    segno.make(address, error="m", micro=False).save(file, kind=kind, border=_QUIET_MODULES, light="white", **shape)
    return file.getvalue()


def _keep_short(edition: Edition, channel: str, link: Mapping[str, str], *, by: Member | None) -> None:
    piece = edition.piece
    row, _is_new = ShortLink.objects.get_or_create(
        workspace_id=piece.workspace_id,
        code=link["published"].rpartition("/")[2],
        defaults={
            "leads_to": link["leads_to"],
            "made_for": link["leads_to"],
            "name": piece.title[:120],
            "piece": piece,
            "channel": channel,
            "created_by": by,
        },
    )
    if (row.piece_id, row.channel, row.made_for) != (piece.pk, channel, link["leads_to"]):
        raise Conflict(
            phrase("The short link {code} is taken. Change the address in the piece a little.", code=row.code)
        )


def _made(code: str, fields: Mapping[str, Any]) -> ShortLink:
    try:
        with transaction.atomic():
            return ShortLink.objects.create(code=code, **fields)
    except IntegrityError:
        raise Conflict(phrase("There is a short link {code} already. Take another word.", code=code)) from None


def _drawn(fields: Mapping[str, Any]) -> ShortLink:
    for _try in range(_TRIES):
        code = "".join(secrets.choice(_LETTERS) for _place in range(_DRAWN_LENGTH))
        if not ShortLink.objects.filter(workspace=fields["workspace"], code=code).exists():
            return _made(code, fields)
    raise Conflict(phrase("No free code was found. Try again, or choose one."))


def _checked_target(by: Member, address: str) -> str:
    tidy = checked_address(address, "leads_to")
    if tidy.lower().startswith(rules_of(by.workspace).short_base.lower()):
        raise Invalid.at("leads_to", phrase("This is a short link itself. Give the address it leads to."))
    return tidy


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    if len(tidy) > 120:
        raise Invalid.at("name", phrase("A name has at most {most} letters.", most=120))
    return tidy
