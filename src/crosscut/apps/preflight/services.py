"""Preflight: joins what media measured, what specs demand and what licences allow, for exactly what would go out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import evidence
from crosscut.apps.preflight.branding import brand_findings
from crosscut.apps.preflight.burning import font_findings, words_to_burn
from crosscut.apps.preflight.closing import closing_findings
from crosscut.apps.preflight.drafting import Files, draft_of, files_of
from crosscut.apps.preflight.house import House, houses_of
from crosscut.apps.preflight.links import link_findings
from crosscut.apps.preflight.markets import market_findings
from crosscut.apps.preflight.models import Check, Waiver
from crosscut.apps.preflight.reaching import reaching_findings
from crosscut.apps.preflight.screening import PENDING, unscreened_findings
from crosscut.apps.preflight.threads import PartToCheck, parts_to_check, summed_costs, thread_findings
from crosscut.apps.preflight.translating import translation_findings
from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.markets import Terms, terms_of
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.produce.services.freeze import content_of, media_for
from crosscut.apps.produce.threads import whole_view
from crosscut.channels.icons import name_of
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.findings import Finding, Level, blocking, kept, once_rendered, worst_first
from crosscut.kernel.phrases import phrase
from crosscut.specs.checks import check, check_content, uses
from crosscut.specs.draft import Draft
from crosscut.specs.rights import Answer, Use, check_rights


@dataclass(frozen=True, kw_only=True)
class Question:
    """An edition that would go out on one channel, as one kind of post, at one time."""

    edition: Edition  # with its piece and that one's workspace
    channel: str  # a slug
    post_type: str  # "images"
    at: datetime  # aware

    def parts(self, files: Files) -> "list[_Part]":
        """What would go out, part by part, in order; one where it is no thread."""
        found = parts_to_check(self.edition.content, self.channel, self.post_type)
        return [_Part(part=one, draft=draft_of(one.content, self.channel, files)) for one in found]


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One part of what would go out, read."""

    part: PartToCheck
    draft: Draft


def check_edition(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """Everything the checks say about the edition on one channel at that time, worst first; kept beside the edition.

    What the rights of its files said is kept as evidence.
    """
    return _checked([Question(edition=edition, channel=channel_slug, post_type=post_type, at=at)])[0]


def check_planned(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """The same for a time that somebody plans: also whether anything is meant to go out then."""
    also = closing_findings(edition.piece.workspace, at, edition.content["language"])
    return _checked([Question(edition=edition, channel=channel_slug, post_type=post_type, at=at)], also)[0]


@transaction.atomic
def _checked(asked: Sequence[Question], also: tuple[Finding, ...] = ()) -> list[tuple[Finding, ...]]:
    """What the checks say to each, in order; the database is asked no more for many than for one."""
    houses = houses_of([(one.edition.piece, one.edition.content, one.at) for one in asked])
    parts = [one.parts(house.files) for one, house in zip(asked, houses, strict=True)]
    rights = _rights_of(asked, parts, [house.terms for house in houses])
    found = [
        _with_house(house, one.edition.content, slug=one.channel, found=(*also, *_of_parts(house, read, said)))
        for one, house, read, said in zip(asked, houses, parts, rights, strict=True)
    ]
    _keep(asked, found)
    return found


def _of_parts(house: House, parts: Sequence[_Part], rights: Sequence[tuple[Finding, ...]]) -> Iterator[Finding]:
    """What is found in each part, and what its rights say."""
    for one, said in zip(parts, rights, strict=True):
        yield from one.part.named((*check_content(one.draft, one.part.key), *said, *_of_files(house, one.part)))


def _keep(asked: Sequence[Question], found: Sequence[tuple[Finding, ...]]) -> None:
    now = timezone.now()
    rows = {
        (one.edition.pk, one.channel, one.post_type): Check(
            edition=one.edition,
            post_type=f"{one.channel}/{one.post_type}",
            for_at=one.at,
            findings=kept(findings),
            blocking_count=len(blocking(findings)),
            checked_at=now,
        )
        for one, findings in zip(asked, found, strict=True)
    }
    told = ["for_at", "findings", "blocking_count", "checked_at"]
    Check.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["edition", "post_type"], update_fields=told
    )


def check_piece(piece: Piece, *, at: datetime | None = None) -> dict[str, tuple[Finding, ...]]:
    """What the checks say about the piece as it is now, per channel slug; nothing is frozen or kept.

    A channel that is not installed any more, or has lost that kind of post, is told by a finding.
    """
    content = content_of(piece)
    moment = (at or timezone.now()).astimezone(ZoneInfo(piece.workspace.time_zone))
    house = houses_of([(piece, content, moment)])[0]
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


def blocking_of(asked: Sequence[Question]) -> list[tuple[Finding, ...]]:
    """What stops each from going out at its time, in order. Closed times are for who plans: they stop nothing late."""
    return [blocking(findings) for findings in _checked(asked)]


def rights_findings(edition: Edition, channel_slug: str, post_type: str, *, at: datetime) -> tuple[Finding, ...]:
    """Why the edition may not be, or stay, on that channel at that time: licences, consents, embargoes as they are now.

    What they said is kept as evidence.
    """
    asked = Question(edition=edition, channel=channel_slug, post_type=post_type, at=at)
    parts = asked.parts(files_of([edition.content]))
    terms = terms_of(edition.piece.workspace, edition.content["language"])
    (rights,) = _rights_of([asked], [parts], [terms])
    found = (finding for one, said in zip(parts, rights, strict=True) for finding in one.part.named(said))
    return blocking(tuple(found))


def _rights_of(
    asked: Sequence[Question], parts: Sequence[Sequence[_Part]], terms: Sequence[Terms]
) -> list[list[tuple[Finding, ...]]]:
    """What the rights of each edition's files say at its time, part by part; the answers are kept as evidence."""
    planned = [
        [list(_uses_of(one, part, known)) for part in read]
        for one, read, known in zip(asked, parts, terms, strict=True)
    ]
    wanted = [question for of_parts in planned for questions in of_parts for question in questions]
    answers = iter(evidence.keep_answers(wanted))
    return [
        [_rights_said(part, questions, answers) for part, questions in zip(read, of_parts, strict=True)]
        for read, of_parts in zip(parts, planned, strict=True)
    ]


def _rights_said(one: _Part, questions: Sequence[evidence.Question], answers: Iterator[Answer]) -> tuple[Finding, ...]:
    return tuple(
        finding
        for place, question in enumerate(questions)
        for finding in check_rights(
            question.holdings,
            question.use,
            where=f"media[{place}]",
            post_type=one.part.key,
            answer=next(answers),
        )
    )


def _uses_of(asked: Question, one: _Part, terms: Terms) -> Iterator[evidence.Question]:
    """What is planned with each file of the part on that channel, in order."""
    edition, key = asked.edition, one.part.key
    zone = ZoneInfo(edition.piece.workspace.time_zone)
    planned = Use(channel="", at=asked.at.astimezone(zone), territory=terms.territory)
    entries = media_for(one.part.content, asked.channel)
    for entry, media, use in zip(entries, one.draft.media, uses(one.draft, key, planned), strict=True):
        about = f"edition:{edition.pk} {key}"
        yield evidence.Question(asset=entry["asset"], holdings=media.holdings, use=use, about=about)


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


def _as_it_is(house: House, content: dict[str, Any], *, slug: str, post_type: str, at: datetime) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for part in parts_to_check(content, slug, post_type):
        said = check(draft_of(part.content, slug, house.files), part.key, at=at, territory=house.terms.territory)
        found += part.named((*said, *_of_files(house, part)))
    return _with_house(house, content, slug=slug, found=found)


def _with_house(house: House, content: dict[str, Any], *, slug: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """What was found, with what only this installation knows, after the exceptions somebody signed."""
    whole = whole_view(content, slug)
    ours = (
        *thread_findings(content, slug),
        *brand_findings(house.kit, whole, slug),
        *link_findings(house.links, house.piece, whole, slug),
        *translation_findings(house.origin, content, slug, house.files),
        *market_findings(house.terms, whole, slug),
    )
    return worst_first(_waived(house.waivers, (*once_rendered(summed_costs(found)), *ours)))


def _not_there(channel_slug: str, post_type: str) -> Finding:
    return Finding(
        code="channel.not_installed",
        level=Level.BLOCK,
        message=phrase(
            "{place} takes no posts of the kind “{kind}” here any more.", place=name_of(channel_slug), kind=post_type
        ),
        repair=phrase("Choose another kind of post, take the channel out, or have it installed again."),
    )


def _of_files(house: House, part: PartToCheck) -> tuple[Finding, ...]:
    """What only this installation knows of the files."""
    files = media_for(part.content, part.slug)
    return (
        *reaching_findings(part.slug, part.key, files=len(files)),
        *_font_findings(part, files),
        *unscreened_findings(files, part.key, house.files.versions),
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
