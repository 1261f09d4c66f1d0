"""Rights in plain words: what the licences of an asset allow on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crosscut.apps.library.models import Asset, Consent, Licence, Subject
from crosscut.channels import registry

SOON_DAYS = 30  # how early an ending licence is worth a warning


class RightsState(StrEnum):
    """Where the rights of an asset stand on a day."""

    NONE = "none"  # nobody has entered a licence
    NO_CONSENT = "no_consent"  # somebody shown has not agreed, or no longer
    EMBARGO = "embargo"  # nobody may see it yet
    EXPIRED = "expired"  # every licence has ended
    NOT_YET = "not_yet"  # one begins later and none is valid now
    ENDS_SOON = "ends_soon"  # valid now, and no longer within SOON_DAYS
    VALID = "valid"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights of an asset on a day."""

    state: RightsState
    sentence: str  # for a person: "Every channel, worldwide, until 3 May 2027, credit required"


def rights_on(licences: Sequence[Licence], today: date) -> Rights:
    """What the licences that were not withdrawn allow on the day."""
    entered = [licence for licence in licences if licence.withdrawn_at is None]
    state = state_on(entered, today)
    if state is RightsState.NONE:
        return Rights(state=state, sentence=_("No licence entered. Nobody knows whether it may be published."))
    if state is RightsState.EXPIRED:
        last_on = max(licence.ends_on for licence in entered if licence.ends_on)
        return Rights(state=state, sentence=_("Ended on %(date)s. It may not be published.") % {"date": _day(last_on)})
    if state is RightsState.NOT_YET:
        first_on = min(licence.starts_on for licence in entered if licence.starts_on and licence.starts_on > today)
        words = _("Begins on %(date)s. It may not be published before.") % {"date": _day(first_on)}
        return Rights(state=state, sentence=words)
    sentences = [licence_sentence(licence) for licence in entered if is_valid_on(licence, today)]
    return Rights(state=state, sentence="; ".join(dict.fromkeys(sentences)))


def rights_of(asset: Asset, today: date) -> Rights:
    """Where the rights of the asset stand on the day: its embargo, those shown in it, its licences."""
    if asset.embargo_until and asset.embargo_until > timezone.now():
        until = asset.embargo_until.astimezone(ZoneInfo(asset.workspace.time_zone))
        words = _("Nobody may see it before %(until)s.") % {"until": date_format(until, "j F Y, H:i")}
        return Rights(state=RightsState.EMBARGO, sentence=words)
    silent = [subject.name for subject in asset.subjects.all() if not _has_agreed(subject, asset, today)]
    if silent:
        words = ngettext(
            "%(names)s can be recognised and has not agreed. It may not be published.",
            "%(names)s can be recognised and have not agreed. It may not be published.",
            len(silent),
        )
        return Rights(state=RightsState.NO_CONSENT, sentence=words % {"names": _listed(silent)})
    covered = {licence.right for licence in asset.licences.all() if licence.withdrawn_at is None}
    missing = [right for right in asset.rights_needed if not covered & {right, ""}]
    if covered and missing:
        names = _listed([str(Licence.Right(right).label) for right in missing])
        words = _("No licence for %(names)s. It may not be published.") % {"names": names}
        return Rights(state=RightsState.NONE, sentence=words)
    return rights_on(list(asset.licences.all()), today)


def _has_agreed(subject: Subject, asset: Asset, today: date) -> bool:
    about = [consent for consent in subject.consents.all() if consent.asset_id in (None, asset.pk)]
    return any(consent.withdrawn_at is None and is_valid_on(consent, today) for consent in about)


def rights_sentence(asset: Asset, today: date) -> str:
    """What may be done with the asset on the day, as a person says it."""
    return rights_of(asset, today).sentence


def state_on(licences: Sequence[Licence], today: date) -> RightsState:
    """Where these licences, none of them withdrawn, stand on the day."""
    if not licences:
        return RightsState.NONE
    valid = [licence for licence in licences if is_valid_on(licence, today)]
    if not valid:
        is_later = any(licence.starts_on and licence.starts_on > today for licence in licences)
        return RightsState.NOT_YET if is_later else RightsState.EXPIRED
    left_days = [(licence.ends_on - today).days if licence.ends_on else SOON_DAYS + 1 for licence in valid]
    return RightsState.ENDS_SOON if max(left_days) <= SOON_DAYS else RightsState.VALID


def is_valid_on(licence: Licence | Consent, today: date) -> bool:
    """Whether the licence or consent has begun and not ended; its last day counts."""
    has_begun = licence.starts_on is None or licence.starts_on <= today
    return has_begun and (licence.ends_on is None or licence.ends_on >= today)


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
    known = registry.channels()
    return known[slug].name if slug in known else slug


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
    if licence.ends_on:
        return _("until %(end)s") % {"end": _day(licence.ends_on)}
    if licence.starts_on:
        return _("from %(start)s on") % {"start": _day(licence.starts_on)}
    return _("without end")


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
