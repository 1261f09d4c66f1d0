"""Preflight: joins what media measured, what specs demand and what licences allow, for exactly what would go out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import evidence
from crosscut.apps.preflight.branding import brand_findings
from crosscut.apps.preflight.burning import font_findings, words_to_burn
from crosscut.apps.preflight.closing import closing_findings
from crosscut.apps.preflight.drafting import Files, draft_of, files_of
from crosscut.apps.preflight.links import link_findings
from crosscut.apps.preflight.markets import market_findings
from crosscut.apps.preflight.models import Check, Waiver
from crosscut.apps.preflight.reaching import reaching_findings
from crosscut.apps.preflight.screening import PENDING, unscreened_findings
from crosscut.apps.preflight.threads import PartToCheck, parts_to_check, thread_findings
from crosscut.apps.preflight.translating import Origin, origin_of, translation_findings
from crosscut.apps.produce.branding import brand_of
from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.markets import Terms, terms_of
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.produce.services.freeze import content_of, media_for
from crosscut.apps.produce.threads import whole_view
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.findings import Finding, Level, blocking, once_rendered, worst_first
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data
from crosscut.specs.checks import check, check_content, uses
from crosscut.specs.draft import Draft
from crosscut.specs.rights import Use, check_rights


def check_edition(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """Everything the checks say about the edition on one channel at that time, worst first; kept beside the edition.

    What the rights of its files said is kept as evidence.
    """
    return _checked(edition, channel_slug, post_type, at=at, also=())


def check_planned(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """The same for a time that somebody plans: also whether anything is meant to go out then."""
    also = closing_findings(edition.piece.workspace, at, edition.content["language"])
    return _checked(edition, channel_slug, post_type, at=at, also=also)


@transaction.atomic
def _checked(
    edition: Edition, channel_slug: str, post_type: str, *, at: datetime, also: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    house = _house_of(edition.piece, edition.content, at=at)
    found = [*also]
    for part in parts_to_check(edition.content, channel_slug, post_type):
        draft = draft_of(part.content, channel_slug, house.files)
        rights = _keep_rights(edition, part, at=at, draft=draft, terms=house.terms)
        found += part.named((*check_content(draft, part.key), *rights, *_of_files(part)))
    findings = _with_house(house, edition.content, slug=channel_slug, found=found)
    Check.objects.update_or_create(
        edition=edition,
        post_type=f"{channel_slug}/{post_type}",
        defaults={
            "for_at": at,
            "findings": as_data(findings),
            "blocking_count": len(blocking(findings)),
            "checked_at": timezone.now(),
        },
    )
    return findings


def check_piece(piece: Piece, *, at: datetime | None = None) -> dict[str, tuple[Finding, ...]]:
    """What the checks say about the piece as it is now, per channel slug; nothing is frozen or kept.

    A channel that is not installed any more, or has lost that kind of post, is told by a finding.
    """
    content = content_of(piece)
    moment = (at or timezone.now()).astimezone(ZoneInfo(piece.workspace.time_zone))
    house = _house_of(piece, content, at=moment)
    return {
        slug: _as_it_is(house, content, slug=slug, post_type=outlet["post_type"], at=moment)
        if kind_of(slug, outlet["post_type"])
        else (_not_there(slug, outlet["post_type"]),)
        for slug, outlet in content["outlets"].items()
    }


def demand_no_blocking(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> None:
    """Raises Invalid with every blocking finding of the edition on that channel at that time.

    What goes away by itself is left to the moment of sending, which waits for it.
    """
    found = blocking(check_planned(edition, channel_slug, post_type, at=at))
    stopping = [finding for finding in found if not is_passing(finding)]
    if stopping:
        raise Invalid(problems=[_as_problem(finding) for finding in stopping])


def is_passing(finding: Finding) -> bool:
    """Whether the finding goes away by itself, so that waiting is enough."""
    return finding.code == PENDING


def blocking_now(edition: Edition, channel_slug: str, post_type: str) -> tuple[Finding, ...]:
    """What stops the edition from going out at this moment. Closed times are for who plans: they stop nothing late."""
    return blocking(check_edition(edition, channel_slug, post_type, at=timezone.now()))


def rights_findings(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """Why the edition may not be, or stay, on that channel at that time: licences, consents, embargoes as they are now.

    What they said is kept as evidence.
    """
    return blocking(keep_rights(edition, channel_slug, post_type, at=at))


def keep_rights(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """What the rights of each file say at that time, all of it; the answers are kept as evidence."""
    content = edition.content
    files, terms = files_of(content), terms_of(edition.piece.workspace, content["language"])
    return tuple(
        finding
        for part in parts_to_check(content, channel_slug, post_type)
        for finding in part.named(
            _keep_rights(edition, part, at=at, draft=draft_of(part.content, channel_slug, files), terms=terms)
        )
    )


def _keep_rights(
    edition: Edition, part: PartToCheck, *, at: datetime, draft: Draft, terms: Terms
) -> tuple[Finding, ...]:
    planned = Use(channel="", at=at.astimezone(ZoneInfo(edition.piece.workspace.time_zone)), territory=terms.territory)
    found: list[Finding] = []
    files = zip(media_for(part.content, part.slug), draft.media, uses(draft, part.key, planned), strict=True)
    for place, (entry, media, use) in enumerate(files):
        said = evidence.keep_answer(entry["asset"], media.holdings, use, about=f"edition:{edition.pk} {part.key}")
        found += check_rights(media.holdings, use, where=f"media[{place}]", post_type=part.key, answer=said)
    return tuple(found)


@transaction.atomic
def waive(by: Member, piece: Piece, *, code: str, where: str = "", reason: str, ends_on: date) -> Waiver:
    """A senior's signed exception from a blocking finding, until a date. Rights cannot be waived, only cleared."""
    demand(by, "waive")
    problems = []
    if code.startswith("rights."):
        problems.append(
            Problem(code="waiver.rights", where="code", message=phrase("Rights cannot be waived. Enter a licence."))
        )
    if not code.strip() or len(code) > 60 or len(where) > 120:
        problems.append(
            Problem(code="waiver.code", where="code", message=phrase("Name the finding by its code and place."))
        )
    if not reason.strip():
        problems.append(
            Problem(code="waiver.reason", where="reason", message=phrase("Say why this may go out all the same."))
        )
    if ends_on < today_in(piece.workspace):
        problems.append(Problem(code="waiver.ended", where="ends_on", message=phrase("This date has passed.")))
    if problems:
        raise Invalid(problems=problems)
    waiver = Waiver.objects.create(
        piece=piece, code=code, where=where, reason=reason.strip(), member=by, ends_on=ends_on
    )
    record("finding.waived", piece, by=by, code=code, where=where, reason=reason.strip(), ends_on=str(ends_on))
    return waiver


@transaction.atomic
def end_waiver(by: Member, piece: Piece, waiver_id: int) -> Waiver:
    """The exception, ended yesterday: from now on the finding stops again. Raises NotFound."""
    demand(by, "waive")
    waiver = Waiver.objects.select_for_update().filter(pk=waiver_id, piece=piece).first()
    if waiver is None:
        raise NotFound(phrase("There is no such exception for this piece."))
    waiver.ends_on = today_in(piece.workspace) - timedelta(days=1)
    waiver.save(update_fields=["ends_on"])
    record("finding.unwaived", piece, by=by, code=waiver.code, where=waiver.where)
    return waiver


@dataclass(frozen=True, kw_only=True)
class _House:
    """What only this installation knows of a piece, read once for all its channels."""

    piece: Piece
    files: Files
    kit: BrandKit | None  # that it goes by
    waivers: tuple[Waiver, ...]  # that hold on the day
    origin: Origin | None  # what it was translated from
    terms: Terms  # what posts in its language are held to


def _house_of(piece: Piece, content: dict[str, Any], *, at: datetime) -> _House:
    on = at.astimezone(ZoneInfo(piece.workspace.time_zone)).date()
    waivers = tuple(piece.waivers.filter(ends_on__gte=on).select_related("member__user"))
    return _House(
        piece=piece,
        files=files_of(content),
        kit=brand_of(piece),
        waivers=waivers,
        origin=origin_of(piece),
        terms=terms_of(piece.workspace, content["language"]),
    )


def _as_it_is(
    house: _House, content: dict[str, Any], *, slug: str, post_type: str, at: datetime
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for part in parts_to_check(content, slug, post_type):
        said = check(draft_of(part.content, slug, house.files), part.key, at=at, territory=house.terms.territory)
        found += part.named((*said, *_of_files(part)))
    return _with_house(house, content, slug=slug, found=found)


def _with_house(house: _House, content: dict[str, Any], *, slug: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """What was found, with what only this installation knows, after the exceptions somebody signed."""
    whole = whole_view(content, slug)
    ours = (
        *thread_findings(content, slug),
        *brand_findings(house.kit, whole, slug),
        *link_findings(house.piece, whole, slug),
        *translation_findings(house.origin, content, slug, house.files),
        *market_findings(house.terms, whole, slug),
    )
    return worst_first(_waived(house.waivers, (*once_rendered(tuple(found)), *ours)))


def _not_there(channel_slug: str, post_type: str) -> Finding:
    return Finding(
        code="channel.not_installed",
        level=Level.BLOCK,
        message=phrase(
            "{place} takes no posts of the kind “{kind}” here any more.", place=name_of(channel_slug), kind=post_type
        ),
        repair=phrase("Choose another kind of post, take the channel out, or have it installed again."),
    )


def _of_files(part: PartToCheck) -> tuple[Finding, ...]:
    """What only this installation knows of the files."""
    files = media_for(part.content, part.slug)
    return (
        *reaching_findings(part.slug, part.key, files=len(files)),
        *_font_findings(part, files),
        *unscreened_findings(files, part.key),
    )


def _font_findings(part: PartToCheck, files: list[dict[str, Any]]) -> tuple[Finding, ...]:
    outlet, language = part.content["outlets"][part.slug], part.content["language"]
    burnt = [place for place, entry in enumerate(files) if words_to_burn(outlet, part.key, entry, language)]
    return font_findings(burnt, part.key)


def _waived(waivers: Iterable[Waiver], findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings, those turned into advice for which one of the exceptions holds."""
    for finding in findings:
        waiver = next((row for row in waivers if row.code == finding.code and row.where in ("", finding.where)), None)
        if waiver is None or finding.level is not Level.BLOCK:
            yield finding
        else:
            note = phrase(
                "{who} allowed this until {ends_on}: {reason}",
                who=str(waiver.member.user),
                ends_on=str(waiver.ends_on),
                reason=waiver.reason,
            )
            values = {**finding.values, "waiver": waiver.pk}
            yield replace(finding, level=Level.ADVICE, repair=note, action="", values=values)


def _as_problem(finding: Finding) -> Problem:
    parts = {"message": finding.message, "repair": finding.repair}
    message = phrase("{message} {repair}", **parts) if finding.repair else finding.message
    return Problem(
        code=finding.code, message=message, where=finding.where, values=finding.values, source=finding.source
    )
