from datetime import date
from typing import Any

import pytest

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.library.models import Asset, Licence
from crosscut.apps.library.rights import RightsState, rights_of, rights_sentence
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
