"""Rights in plain words: where those of an asset stand on a day, as the one solver (`specs.rights`) says."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from crosscut.apps.library.models import Asset, Consent, Licence
from crosscut.apps.library.services.holdings import holdings_of
from crosscut.channels import registry
from crosscut.specs import rights as specs
from crosscut.specs.rights import Grant, Standing, Verdict, standing, turning_points

SOON_DAYS = 30  # how early an ending licence is worth a warning
_CONSENT = "rights.consent_"
_COURSES = 8192  # of what is held, kept: some megabytes
_STRETCHES = 16  # of each: a day in some languages, before and after what changes in it


class RightsState(StrEnum):
    """Where the rights of an asset stand on a day."""

    NONE = "none"  # nobody has entered a licence, or one of its rights has none
    NO_CONSENT = "no_consent"  # somebody shown has not agreed, or no longer
    EMBARGO = "embargo"  # nobody may see it yet
    EXPIRED = "expired"  # what allowed it has ended
    NOT_YET = "not_yet"  # it may be used later, and not now
    ENDS_SOON = "ends_soon"  # may be used now, and no longer within SOON_DAYS
    VALID = "valid"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights of an asset on a day."""

    state: RightsState
    sentence: str  # for a person: "Every channel, worldwide, until 3 May 2027, credit required"
    until: datetime | None = None  # aware: when all that may be done with it ends; None: no end known, or nothing may


def rights_of(asset: Asset, today: date) -> Rights:
    """Where the rights of the asset stand on the day: its embargo, those shown in it, its licences."""
    return rights_by(holdings_of(asset), today, ZoneInfo(asset.workspace.time_zone))


def rights_by(holdings: specs.Holdings, today: date, zone: ZoneInfo) -> Rights:
    """Where rights stand on the day in that zone, by what is held."""
    return rights_at(holdings, datetime.combine(today, timezone.now().astimezone(zone).time(), zone))


def rights_at(holdings: specs.Holdings, at: datetime) -> Rights:
    """Where rights stand at the moment, by what is held; days are those of its zone."""
    return _course_of(holdings, at.tzinfo).at(at)


class _Course:
    """What is said of all that is held alike, in one zone: worked out once for each stretch in which it is the same.

    Of sixty cards in a window most have the same licence, and the next window comes seconds later.
    """

    def __init__(self, holdings: specs.Holdings, zone: tzinfo | None) -> None:
        self._holdings = holdings
        self._turns = turning_points(holdings, zone or UTC)
        self._said: dict[tuple[date, int, str | None], Rights] = {}

    def at(self, moment: datetime) -> Rights:
        """The same as `_said_of`: it may differ after a turning point, on another day, and in another language."""
        stretch = (moment.date(), bisect_right(self._turns, moment.astimezone(UTC)), get_language())
        said = self._said.get(stretch)
        if said is None:
            if len(self._said) >= _STRETCHES:
                self._said.clear()
            said = self._said[stretch] = _said_of(self._holdings, moment)
        return said


@lru_cache(maxsize=_COURSES)
def _course_of(holdings: specs.Holdings, zone: tzinfo | None) -> _Course:
    return _Course(holdings, zone)


def _said_of(holdings: specs.Holdings, at: datetime) -> Rights:
    """Where rights stand at the moment, worked out now."""
    stand, zone = standing(holdings, at, name=_("it")), at.tzinfo
    state = _state(stand, at)
    if state is RightsState.NONE and holdings.licences and not holdings.rights:
        return Rights(state=state, sentence=_of_parts(holdings.licences))
    return Rights(state=state, sentence=_sentence(stand, state, zone), until=stand.until)


def rights_sentence(asset: Asset, today: date) -> str:
    """What may be done with the asset on the day, as a person says it."""
    return rights_of(asset, today).sentence


def _state(stand: Standing, at: datetime) -> RightsState:
    if stand.verdict is Verdict.YES:
        is_ending = stand.until is not None and _last_day(stand.until, at) - at.date() <= timedelta(days=SOON_DAYS)
        return RightsState.ENDS_SOON if is_ending else RightsState.VALID
    codes = [finding.code for finding in stand.reasons]
    if "rights.embargo" in codes:
        return RightsState.EMBARGO
    if any(code.startswith(_CONSENT) for code in codes):
        return RightsState.NO_CONSENT
    if any(code.startswith("rights.none") for code in codes):
        return RightsState.NONE
    return RightsState.NOT_YET if stand.verdict is Verdict.LATER else RightsState.EXPIRED


def _last_day(end: datetime, at: datetime) -> date:
    """The last day before that end, by the clocks of `at`."""
    return (end.astimezone(at.tzinfo) - timedelta(seconds=1)).date()


def _sentence(stand: Standing, state: RightsState, zone: tzinfo | None) -> str:
    if stand.verdict is Verdict.YES:
        return "; ".join(dict.fromkeys(_grant(grant, zone) for grant in stand.grants))
    if state is RightsState.EMBARGO and stand.opens_at:
        until = date_format(stand.opens_at.astimezone(zone), "j F Y, H:i")
        return _("Nobody may see it before %(until)s.") % {"until": until}
    if state is RightsState.NO_CONSENT:
        return _silent([str(one.values["subject"]) for one in stand.reasons if one.code.startswith(_CONSENT)])
    if state is RightsState.NOT_YET and stand.opens_at:
        first = _day(stand.opens_at.astimezone(zone).date())
        return _("Begins on %(date)s. It may not be published before.") % {"date": first}
    if state is RightsState.EXPIRED and stand.ended_at:
        last = _day((stand.ended_at.astimezone(zone) - timedelta(seconds=1)).date())
        return _("Ended on %(date)s. It may not be published.") % {"date": last}
    return " ".join(_of_nothing(stand))


def _of_nothing(stand: Standing) -> list[str]:
    """Why nothing ever allowed it, and what that means."""
    names = [str(one.values["right"]) for one in stand.reasons if one.code == "rights.none_for_right"]
    if names:
        return [_("No licence for %(names)s. It may not be published.") % {"names": _listed(names)}]
    if any(one.code == "rights.none" for one in stand.reasons):
        return [_("No licence entered. Nobody knows whether it may be published.")]
    return [one.message for one in stand.reasons]


def _of_parts(licences: Sequence[specs.Licence]) -> str:
    """Licences for single rights of a work of which nobody has said that it has several."""
    names = _listed(sorted({str(Licence.Right(one.right).label).lower() for one in licences}))
    return _("Licensed is %(names)s alone. Say which rights it has, or enter a licence for the whole work.") % {
        "names": names
    }


def _silent(names: Sequence[str]) -> str:
    words = ngettext(
        "%(names)s can be recognised and has not agreed. It may not be published.",
        "%(names)s can be recognised and have not agreed. It may not be published.",
        len(names),
    )
    return words % {"names": _listed(names)}


def _grant(grant: Grant, zone: tzinfo | None) -> str:
    """What may be done, as a sentence without its full stop."""
    last_on = (grant.until.astimezone(zone) - timedelta(seconds=1)).date() if grant.until else None
    scope = grant.scope
    parts = [_channels(scope.channels), _territories(scope.territories), _uses(scope.uses), _until(last_on)]
    if grant.edits is not specs.Edits.ANY:
        parts.append(str(Licence.Edits(grant.edits.value).label).lower())
    if grant.is_credit_required:
        parts.append(_("credit required"))
    return ", ".join(part for part in parts if part)


def licence_sentence(licence: Licence) -> str:
    """One licence as a sentence without its full stop."""
    parts = [_channels(licence.channels), _territories(licence.territories), _uses(licence.uses), _dates(licence)]
    if licence.edits != Licence.Edits.ANY:
        parts.append(Licence.Edits(licence.edits).label.lower())
    if licence.credit_line:
        parts.append(_("credit required"))
    words = ", ".join(str(part) for part in parts if part)
    return f"{Licence.Right(licence.right).label}: {words}" if licence.right else words


def consent_sentence(consent: Consent) -> str:
    """What was agreed, as a sentence without its full stop."""
    parts = [_channels(consent.channels), _territories(consent.territories), _uses(consent.uses), _dates(consent)]
    return ", ".join(part for part in parts if part)


def _uses(uses: Sequence[str]) -> str:
    if not uses:
        return ""
    return _("for %(uses)s only") % {"uses": _listed([str(Licence.Use(use).label).lower() for use in uses])}


def _channels(slugs: Sequence[str]) -> str:
    if not slugs:
        return _("Every channel")
    names = [_channel_name(slug) for slug in slugs]
    return _("%(names)s only") % {"names": _listed(names)}


def _channel_name(slug: str) -> str:
    return registry.places().get(slug, slug)


def _territories(codes: Sequence[str]) -> str:
    if not codes:
        return _("worldwide")
    names = [territory_names().get(code, code) for code in codes]
    if len(names) > 4:
        return ngettext("%(count)d country", "%(count)d countries", len(names)) % {"count": len(names)}
    return _("in %(names)s") % {"names": _listed(names)}


def _dates(licence: Licence | Consent) -> str:
    if licence.starts_on and licence.ends_on:
        return _("from %(start)s until %(end)s") % {"start": _day(licence.starts_on), "end": _day(licence.ends_on)}
    if licence.starts_on:
        return _("from %(start)s on") % {"start": _day(licence.starts_on)}
    return _until(licence.ends_on)


def _until(last_on: date | None) -> str:
    return _("until %(end)s") % {"end": _day(last_on)} if last_on else _("without end")


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


@cache
def territory_names() -> dict[str, str]:
    """The English short name of every territory by its ISO 3166-1 code, as the IANA time zone database lists them.

    "EU" is among them: `specs.rights` knows which territories it stands for.
    """
    text = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {"EU": "the European Union", **dict(rows)}
