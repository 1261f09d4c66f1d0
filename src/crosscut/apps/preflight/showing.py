"""Findings as a person reads them: said once for all channels that share them, each with its way out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crosscut.apps.preflight.models import Waiver
from crosscut.apps.preflight.threads import part_and_place
from crosscut.apps.produce.models import Piece, PieceMedia
from crosscut.apps.produce.showing import Place, place_of
from crosscut.apps.produce.threads import thread_limit
from crosscut.apps.produce.translating import part_key
from crosscut.kernel.findings import Finding, Level

_MEDIA = re.compile(r"media\[(\d+)\](.*)")
_SOURCE = re.compile(r"^(?P<title>.*?),? ?(?P<url>https?://\S+?)?(?P<rest> \(as of [^)]*\))?$")


@dataclass(frozen=True, kw_only=True)
class Repair:
    """The button beside a finding."""

    kind: str  # "focus" a field of the editor, "open" another page, "make" the files now, "change" the piece
    label: str
    target: str  # the field's name, the address, what to change, or empty
    field: str = ""  # beside a change: the editor's field for who would rather do it by hand
    other: "Repair | None" = None  # another change that would do as well


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule stands."""

    title: str
    url: str  # empty where it has none
    as_of: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One finding."""

    code: str
    level: str  # "block", "advice" or "waived"
    where: str  # as the check names it
    where_words: str  # "Text", "1. reef.jpg"
    message: str
    repair_words: str  # what to do
    repair: Repair | None
    source: Source | None
    places: list[Place]  # the channels it is true of
    waiver: Waiver | None
    can_waive: bool


def shown_findings(
    piece: Piece,
    found: Mapping[str, Iterable[Finding]],
    uses: list[PieceMedia],
    waivers: Iterable[Waiver],
    *,
    can_waive: bool,
) -> list[Shown]:
    """The findings of every channel, worst first; one that several channels share is said once."""
    by_words: dict[tuple[str, str, str, str], list[tuple[str, Finding]]] = {}
    for slug, findings in found.items():
        for finding in (one.said_in(translation) for one in findings):
            part, place = part_and_place(finding.where)
            name = _where_words(place, _shown_in(uses, slug, part))
            key = (finding.code, name, finding.message, finding.level)
            by_words.setdefault(key, []).append((slug, finding))
    known = {waiver.pk: waiver for waiver in waivers}
    shown = [_shown(piece, name, same, uses, known) for (_code, name, _words, _level), same in by_words.items()]
    ordered = sorted(shown, key=lambda one: ("block", "advice", "waived").index(one.level))
    return ordered if can_waive else [_without_waiving(one) for one in ordered]


def _shown(
    piece: Piece,
    name: str,
    same: list[tuple[str, Finding]],
    uses: list[PieceMedia],
    waivers: Mapping[int, Waiver],
) -> Shown:
    slug, finding = same[0]
    waiver = waivers.get(finding.values.get("waiver", 0))
    return Shown(
        code=finding.code,
        level="waived" if waiver else finding.level.value,
        where=finding.where,
        where_words=name,
        message=finding.message,
        repair_words=finding.repair,
        repair=_changing([one for one, _finding in same], finding)
        or _repair(finding, slug, _shown_in(uses, slug, part_and_place(finding.where)[0]), piece),
        source=source_of(finding.source),
        places=[place_of(one) for one, _finding in same],
        waiver=waiver,
        can_waive=finding.level is Level.BLOCK and not finding.code.startswith("rights."),
    )


def _shown_in(uses: list[PieceMedia], slug: str, part: int) -> list[PieceMedia]:
    """The media of the channel, or of one part of its thread, in order."""
    there = [use for use in uses if not use.channels or slug in use.channels]
    return [use for use in there if use.parts.get(slug, 1) == part] if part else there


def _without_waiving(one: Shown) -> Shown:
    return Shown(**{**vars(one), "can_waive": False})


def source_of(text: str) -> Source | None:
    """A citation taken apart.

    >>> source_of("Accessibility guide, https://a.example/b (as of 2026)")
    Source(title='Accessibility guide', url='https://a.example/b', as_of='as of 2026')
    """
    found = _SOURCE.match(text.strip())
    if not text.strip() or found is None:
        return None
    rest = (found["rest"] or "").strip(" ()")
    return Source(title=found["title"].strip(" ,") or _("Source"), url=found["url"] or "", as_of=rest)


def _where_words(where: str, uses: list[PieceMedia]) -> str:
    medium = _MEDIA.fullmatch(where)
    if medium is None:
        words = {"text": _("Text"), "title": _("Title"), "media": _("Media"), "captions": _("Captions")}
        return words.get(where, where)
    use = _medium(medium, uses)
    rest = medium[2].strip(" .")
    name = use.asset.title if use else _("File %(n)d") % {"n": int(medium[1]) + 1}
    return f"{name} {rest}".strip()


def _medium(found: "re.Match[str] | None", uses: list[PieceMedia]) -> PieceMedia | None:
    at = int(found[1]) if found else -1
    return uses[at] if 0 <= at < len(uses) else None


def _repair(finding: Finding, slug: str, uses: list[PieceMedia], piece: Piece) -> Repair | None:
    part, place = part_and_place(finding.where)
    use = _medium(_MEDIA.fullmatch(place), uses)
    asset_page = reverse("asset", args=[use.asset_id]) if use else ""
    rights_page = reverse("asset-section", args=[use.asset_id, "rights"]) if use else ""
    ways: dict[str, Any] = {
        "render": Repair(kind="make", label=_("Make the file now"), target=""),
        "shorten": Repair(kind="focus", label=_("Go to the words"), target=_field(place, slug, use, part)),
    }
    if use:
        ways |= {
            "add_alt_text": Repair(kind="focus", label=_("Write it"), target=f"media.{use.asset_id}.alt"),
            "add_captions": Repair(kind="open", label=_("Add captions"), target=f"{asset_page}#tracks-title"),
            "add_transcript": Repair(kind="open", label=_("Add a transcript"), target=f"{asset_page}#tracks-title"),
            "extend_licence": Repair(kind="open", label=_("See its rights"), target=rights_page),
        }
    way: Repair | None = ways.get(finding.action)
    if finding.action == "translate":
        return Repair(kind="open", label=_("Translate it"), target=reverse("piece-translate", args=[piece.pk]))
    if way is None and finding.code.startswith("rights.") and use:
        return Repair(kind="open", label=_("See its rights"), target=rights_page)
    if way is None and place in ("text", "title"):
        return Repair(kind="focus", label=_("Go there"), target=_field(place, slug, use, part))
    return way


def _changing(slugs: list[str], finding: Finding) -> Repair | None:
    """What can be done to the text where it stops the post, on every channel that is told of."""
    part, place = part_and_place(finding.where)
    field, there = _field(place, slugs[0], None, part), ",".join(slugs)
    if finding.code in ("text.too_long", "text.too_long_with_link"):
        shorter = Repair(kind="change", label=_("Shorten it there"), target=f"shorten:{there}", field=field)
        if any(thread_limit(slug) < 2 for slug in slugs):
            return shorter
        words, other = (_("Split this part"), None) if part else (_("Split it into a thread"), shorter)
        return Repair(kind="change", label=words, target=f"split:{there}", field=field, other=other)
    if finding.action == "add_legal_line":
        return Repair(kind="change", label=_("Put it in"), target=f"legal-lines:{there}", field=field)
    return None


def _field(where: str, slug: str, use: PieceMedia | None, part: int = 0) -> str:
    """The editor's field: the channel's own where there is one, which the script looks for first."""
    if use:
        return f"media.{use.asset_id}.alt"
    if part > 1:
        return part_key(slug, part)
    name = where if where in ("text", "title") else "text"
    return f"{slug}.{name} {name}"
