"""Wall-clock times and time zones: what a person means by "Tuesday at nine"."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name known here."""
    return frozenset(available_timezones())


def check_zone(name: str) -> str:
    """The name itself. Raises Invalid when it is no IANA time zone."""
    if name not in zone_names():
        raise Invalid.at(
            "zone",
            phrase("“{name}” is no time zone. Use an IANA name such as Europe/Berlin.", name=name),
            code="zone.unknown",
        )
    return name


def read_anew() -> None:
    """Forgets what was read of the zones, so that rules which were installed meanwhile count."""
    ZoneInfo.clear_cache()
    zone_names.cache_clear()


def moments_of(wall_time: datetime, zone: str) -> tuple[datetime, ...]:
    """Every UTC moment at which clocks in the zone show that wall time, in order: none that they skip, two that they
    show twice. Raises Invalid for what is no zone.

    >>> [one.isoformat() for one in moments_of(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")]
    ['2026-10-25T00:30:00+00:00', '2026-10-25T01:30:00+00:00']
    """
    place, wanted = ZoneInfo(check_zone(zone)), wall_time.replace(fold=0)
    found = {wall_time.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(one for one in found if one.astimezone(place).replace(tzinfo=None, fold=0) == wanted))


def resolve(wall_time: datetime, zone: str) -> datetime:
    """The UTC moment at which clocks in the zone show that wall time.

    Raises Invalid for a time the clocks skip when summer time begins. Of one they show twice, the first
    is meant.

    >>> resolve(datetime(2026, 7, 1, 9, 0), "Europe/Berlin").isoformat()
    '2026-07-01T07:00:00+00:00'
    """
    place = ZoneInfo(check_zone(zone))
    moment = wall_time.replace(tzinfo=place, fold=0).astimezone(UTC)
    shown = moment.astimezone(place).replace(tzinfo=None)
    if shown != wall_time.replace(fold=0):
        raise Invalid.at(
            "at",
            phrase(
                "{wanted:%Y-%m-%d %H:%M} does not exist in {zone}: clocks jump to {shown:%H:%M}. Choose another time.",
                wanted=wall_time,
                zone=zone,
                shown=shown,
            ),
            code="schedule.skipped_hour",
            next=shown.isoformat(),
        )
    return moment
