from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.library import rights
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.rights import RightsState, rights_at, rights_of, rights_sentence
from crosscut.apps.library.services.clear import (
    Terms,
    add_licence,
    change_licence,
    reinstate_licence,
    withdraw_licence,
)
from crosscut.apps.library.services.consents import Agreement, give_consent, show_subject
from crosscut.apps.library.services.holdings import holdings_of
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound
from crosscut.specs.rights import Consent, Holdings
from crosscut.specs.rights import Licence as Record

TODAY = date(2026, 5, 1)
BY: dict[str, Any] = {"holder": "Rosa Diaz", "terms": "Contract"}

# Licences, and what they allow on TODAY: the state and the sentence.
SENTENCES: tuple[tuple[list[dict[str, Any]], RightsState, str], ...] = (
    ([], RightsState.NONE, "No licence entered. Nobody knows whether it may be published."),
    ([{}], RightsState.VALID, "Every channel, worldwide, without end"),
    (
        [{"ends_on": date(2027, 5, 3), "credit_line": "Photo: Rosa Diaz"}],
        RightsState.VALID,
        "Every channel, worldwide, until 3 May 2027, credit required",
    ),
    (
        [{"channels": ["site", "practice"], "territories": ["DE", "KE"]}],
        RightsState.VALID,
        "Website and Practice network only, in Germany and Kenya, without end",
    ),
    ([{"territories": ["EU"]}], RightsState.VALID, "Every channel, in the European Union, without end"),
    ([{"territories": ["DE", "FR", "IT", "ES", "PL"]}], RightsState.VALID, "Every channel, 5 countries, without end"),
    ([{"ends_on": TODAY}], RightsState.ENDS_SOON, "Every channel, worldwide, until 1 May 2026"),
    ([{"ends_on": date(2026, 4, 30)}], RightsState.EXPIRED, "Ended on 30 April 2026. It may not be published."),
    (
        [{"starts_on": date(2026, 6, 1)}],
        RightsState.NOT_YET,
        "Begins on 1 June 2026. It may not be published before.",
    ),
    (
        [{"ends_on": date(2026, 4, 30)}, {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}],
        RightsState.VALID,
        "Every channel, worldwide, until 1 January 2027",
    ),
    (  # one goes on where the other ends
        [{"ends_on": date(2026, 5, 31)}, {"starts_on": date(2026, 6, 1), "ends_on": date(2027, 1, 1)}],
        RightsState.VALID,
        "Every channel, worldwide, until 1 January 2027",
    ),
    (
        [{"channels": ["site"]}, {"uses": ["organic"], "edits": "none"}],
        RightsState.VALID,
        "Every channel, worldwide, for unpaid posts only, without end, only as it is; "
        "Website only, worldwide, without end",
    ),
)


@pytest.fixture
def asset(cast) -> Asset:
    return Asset.objects.create(workspace=cast.workspace, title="Reef", kind="image")


@pytest.mark.parametrize(("licences", "state", "sentence"), SENTENCES)
def test_it_says_the_rights_as_a_person_would(asset, licences, state, sentence):
    for fields in licences:
        Licence.objects.create(asset=asset, **BY, **fields)
    found = rights_of(asset, TODAY)
    assert (found.state, found.sentence) == (state, sentence)


def test_the_sentence_is_what_all_who_must_agree_share(cast, asset):
    Licence.objects.create(asset=asset, **BY, territories=["EU"], ends_on=date(2027, 5, 3), credit_line="Rosa Diaz")
    amina = show_subject(cast.specialist, asset.pk, "Amina")
    give_consent(cast.specialist, amina.pk, Agreement(agreed="Release", territories=["DE", "US"], channels=["site"]))
    found = rights_of(Asset.objects.get(), TODAY)
    assert found.sentence == "Website only, in Germany, until 3 May 2027, credit required"


def test_a_licence_is_entered_changed_withdrawn_and_brought_back(cast, asset):
    licence = add_licence(cast.specialist, asset.pk, Terms(**BY, territories=["de", "DE"], channels=["site"]))
    assert (licence.territories, licence.channels) == (["DE"], ["site"])
    change_licence(cast.specialist, licence.pk, Terms(**BY, ends_on=date(2026, 4, 30)))
    assert rights_sentence(asset, TODAY).startswith("Ended")
    withdraw_licence(cast.specialist, licence.pk)
    assert rights_sentence(Asset.objects.get(), TODAY).startswith("No licence")
    assert holdings_of(Asset.objects.get()).licences == ()
    reinstate_licence(cast.specialist, licence.pk)
    assert len(holdings_of(Asset.objects.get()).licences) == 1
    verbs = list(AuditEvent.objects.filter(verb__startswith="licence.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["licence.added", "licence.changed", "licence.withdrawn", "licence.reinstated"]
    assert AuditEvent.objects.get(verb="licence.changed").detail["before"]["territories"] == "['DE']"


def test_licences_are_checked_with_all_they_say(cast, asset):
    terms = Terms(
        **BY, territories=["DE"], channels=["site"], credit_line="Rosa", starts_on=TODAY, ends_on=date(2027, 1, 1)
    )
    add_licence(cast.specialist, asset.pk, terms)
    (record,) = holdings_of(asset).licences
    assert (record.holder, record.terms, record.territories, record.channels) == (
        "Rosa Diaz",
        "Contract",
        ("DE",),
        ("site",),
    )
    assert (record.starts_on, record.ends_on, record.credit_line) == (TODAY, date(2027, 1, 1), "Rosa")


# What is refused: the terms and the field that is named.
REFUSED = (
    ({"holder": " "}, "holder"),
    ({"terms": ""}, "terms"),
    ({"holder": "x" * 201}, "holder"),
    ({"terms_url": "javascript:alert(1)"}, "terms_url"),
    ({"terms_url": "https://"}, "terms_url"),
    ({"terms_url": "https://[bad"}, "terms_url"),
    ({"territories": ["Germany"]}, "territories"),
    ({"channels": ["myspace"]}, "channels"),
    ({"starts_on": date(2027, 1, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
    ({"note": "a\0b"}, "note"),
)


@pytest.mark.parametrize(("fields", "where"), REFUSED)
def test_wrong_terms_are_refused_with_the_field(cast, asset, fields, where):
    with pytest.raises(Invalid) as refused:
        add_licence(cast.specialist, asset.pk, Terms(**{**BY, **fields}))
    assert refused.value.problems[0].where == where
    assert not Licence.objects.exists()


def test_all_that_is_wrong_is_said_at_once(cast, asset):
    with pytest.raises(Invalid) as refused:
        add_licence(cast.specialist, asset.pk, Terms(holder="", terms="", territories=["ZZ"]))
    assert {problem.where for problem in refused.value.problems} == {"holder", "terms", "territories"}


def test_only_who_may_clear_rights_does(cast, asset):
    with pytest.raises(NotAllowed, match="specialist"):
        add_licence(cast.junior, asset.pk, Terms(**BY))
    licence = add_licence(cast.specialist, asset.pk, Terms(**BY))
    for act in (withdraw_licence, reinstate_licence, lambda by, pk: change_licence(by, pk, Terms(**BY))):
        with pytest.raises(NotFound):
            act(cast.stranger, licence.pk)
        with pytest.raises(NotAllowed):
            act(cast.guest, licence.pk)


# Zones, and the last day of a licence there: ahead of UTC, behind it, and where the clocks are changed in that night:
# at midnight itself, forwards and backwards, and a minute after it, so that a date is over and comes back.
NIGHTS = (
    ("Pacific/Kiritimati", date(2026, 12, 31)),
    ("Pacific/Pago_Pago", date(2026, 12, 31)),
    ("Europe/Berlin", date(2026, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 24)),
    ("America/Santiago", date(2026, 9, 5)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("America/St_Johns", date(2010, 11, 6)),
)


@pytest.mark.parametrize(("zone", "last_on"), NIGHTS)
def test_what_is_kept_of_the_sentence_changes_at_the_very_second(zone, last_on):
    here = ZoneInfo(zone)
    over = datetime.combine(last_on + timedelta(days=1), datetime.min.time(), here).astimezone(UTC)
    embargo = over - timedelta(hours=1, minutes=30, microseconds=-500_000)
    held = Holdings(
        licences=(
            Record(**BY, ends_on=last_on, channels=("site",), territories=("DE",)),
            Record(**BY, starts_on=last_on + timedelta(days=2), channels=("practice",)),
        ),
        subjects=("Amina",),
        consents=(Consent(subject="Amina", ends_on=last_on + timedelta(days=3)),),
        embargo_until=embargo,
    )
    turns = [embargo, over, *(over + timedelta(days=days) for days in (1, 3)), over - timedelta(days=30)]
    around = [turn + timedelta(seconds=off) for turn in turns for off in (-3600, -60, -1, -0.5, 0, 1, 60, 3600, 7200)]
    moments = [at.astimezone(here) for at in sorted(around)]
    for one in (held, replace(held, embargo_until=None)):
        for order in (moments, moments[::-1]):  # what was asked before is kept, and must not be told where it changed
            assert [rights_at(one, at) for at in order] == [rights._said_of(one, at) for at in order]
    before, at_the_second = (rights_at(held, (over + timedelta(seconds=off)).astimezone(here)).state for off in (-1, 0))
    assert (before, at_the_second) == (RightsState.ENDS_SOON, RightsState.NOT_YET)
    early, open_now = (rights_at(held, (embargo + timedelta(microseconds=off)).astimezone(here)) for off in (-1, 0))
    assert (early.state, open_now.state) == (RightsState.EMBARGO, RightsState.ENDS_SOON)


def test_a_sentence_is_worked_out_once_a_day_and_said_in_each_language(monkeypatch):
    worked_out: list[datetime] = []

    def said_of(_held: Holdings, at: datetime) -> rights.Rights:
        worked_out.append(at)
        return rights.Rights(state=RightsState.VALID, sentence="")

    monkeypatch.setattr(rights, "_said_of", said_of)
    held, morning = Holdings(licences=(Record(holder="Once", terms="A day"),)), datetime(2026, 5, 1, 8, tzinfo=UTC)
    for at in (morning, morning + timedelta(hours=9), morning + timedelta(days=1)):
        rights_at(held, at)
    with translation.override("en-GB"):
        rights_at(held, morning)
    assert worked_out == [morning, morning + timedelta(days=1), morning]
