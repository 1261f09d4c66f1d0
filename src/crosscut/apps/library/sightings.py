"""What a look through a film, or listening to a sound, found: in order of time, with what can be done about each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils import translation
from django.utils.translation import gettext as _

from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.services.derive import facts_of
from crosscut.apps.library.services.hearing import heard_in
from crosscut.apps.library.services.remaking import Calm, CutOut, MendSound
from crosscut.apps.library.services.remaking.records import Operation
from crosscut.apps.library.services.screening import USUAL, screening_of
from crosscut.kernel.facts import Repair, RepairKind, Screening, Seen, Sighting, Span
from crosscut.kernel.phrases import spoken
from crosscut.media.screens import flash_profile
from crosscut.media.screens.repairs import with_repairs
from crosscut.media.screens.words import repair_in_words, what_in_words
from crosscut.specs.wording import seconds_in_words, time_in_words

GRAVE = (Seen.FLASH, Seen.RED_FLASH)  # what stops posts
TO_LOOK_AT = (Seen.NEAR_FLASH, Seen.LONG_FLASH)  # nothing has to be done before a person has looked
LEAST_SILENCE_S = Fraction(2)  # in a sound; as long as a film's


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to mend a finding."""

    words: str  # "cut 00:12.4–00:13.1"
    operation: Operation | None  # what does it here; None where a person has to do it elsewhere


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One finding as the page and the API show it."""

    kind: str  # of kernel Seen
    words: str  # what was found
    is_grave: bool  # it stops posts
    start_s: float
    end_s: float
    code: str  # the time code of its start
    length: str  # how long it lasts, for a person
    ways: tuple[Way, ...]


def found_in(version: Version, profile: str = USUAL) -> tuple[Sighting, ...] | None:
    """Everything found in a film by that rule, or heard in a sound; None while nobody has looked, or without either."""
    if version.asset.kind == Asset.Kind.VIDEO:
        seen = screening_of(version, profile)
        return seen.sightings if seen else None
    return _heard(version) if version.heard else None


def shown(sightings: Iterable[Sighting], profile: str = USUAL) -> list[Shown]:
    """The findings in the reader's language, in order of time."""
    return [
        Shown(
            kind=one.kind.value,
            words=spoken(what_in_words(one), translation),
            is_grave=one.kind in GRAVE,
            start_s=float(one.span.start_s),
            end_s=float(one.span.end_s),
            code=time_in_words(one.span.start_s),
            length=seconds_in_words(one.span.end_s - one.span.start_s),
            ways=tuple(_ways(one, profile)),
        )
        for one in sightings
    ]


def profile_names() -> dict[str, str]:
    """The rules for flashes by name, as people call them."""
    return {USUAL: _("WCAG 2.2"), "iso": _("ISO 9241-391"), "broadcast": _("Broadcast (Ofcom, ITU)")}


def _heard(version: Version) -> tuple[Sighting, ...]:
    """The silences and clippings of a sound, with the same repairs as a film's."""
    heard = heard_in(version)
    if heard is None:
        return ()
    silences = (Span(start_s=span.start_s, end_s=span.end_s) for span in heard.silences)
    seen = Screening(
        checked_s=facts_of(version).duration_s or heard.duration_s,
        silence=tuple(span for span in silences if span.end_s - span.start_s >= LEAST_SILENCE_S),
        clipping=tuple(Span(start_s=span.start_s, end_s=span.end_s) for span in heard.clippings),
    )
    return with_repairs(seen, flash_profile(USUAL))


def _ways(one: Sighting, profile: str) -> Iterator[Way]:
    for repair in one.repairs if one.kind not in TO_LOOK_AT else ():
        words = spoken(repair_in_words(repair), translation)
        yield Way(words=words[:1].upper() + words[1:], operation=_operation(repair, profile))


def _operation(repair: Repair, profile: str) -> Operation | None:
    if repair.kind in (RepairKind.DIM, RepairKind.DESATURATE):
        return Calm(profile=profile)
    if repair.kind is RepairKind.CUT:
        return CutOut(spans=(repair.span,))
    return None if repair.kind is RepairKind.SLOW else MendSound(repair=repair)


def sound_in_words(version: Version) -> list[tuple[str, str]]:
    """How loud the sound is and what is odd about its channels, as pairs of a name and plain words."""
    heard = heard_in(version)
    if heard is None:
        return []
    rows = []
    if heard.loudness:
        figures = {"lufs": heard.loudness.integrated_lufs, "peak": heard.loudness.true_peak_dbtp}
        rows.append((_("Loudness"), _("%(lufs).1f LUFS, true peak %(peak).1f dBTP") % figures))
        rows.append((_("Range"), f"{heard.loudness.range_lu:.1f} LU"))
    rows.append((_("Noise"), f"{heard.noise_floor_dbfs:.0f} dBFS"))
    if heard.stereo and heard.stereo.is_out_of_phase:
        rows.append((_("Channels"), _("One is turned round: on a phone's one speaker the sound vanishes.")))
    elif heard.stereo and heard.stereo.is_mono:
        rows.append((_("Channels"), _("Both carry the same: one would be enough.")))
    if dead := [str(number) for number, channel in enumerate(heard.channels, 1) if channel.is_dead]:
        rows.append((_("Silent channels"), ", ".join(dead)))
    return rows
