"""Consents, embargoes and the question whether something may be used: at the service, the API and the page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset, Consent, Licence, Subject
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.rights import RightsState, rights_of
from crosscut.apps.library.services.clear import Terms, add_licence, set_embargo, set_rights_needed
from crosscut.apps.library.services.consents import (
    Agreement,
    give_consent,
    reinstate_consent,
    show_subject,
    withdraw_all,
    withdraw_consent,
)
from crosscut.kernel.errors import Invalid, NotAllowed

OWN = Terms(holder="Rosa Diaz", terms="Own work")


@pytest.fixture
def licensed(cast, photo: Asset) -> Asset:
    add_licence(cast.senior, photo.pk, OWN)
    return photo


def standing(asset: Asset) -> RightsState:
    row = Asset.objects.get(pk=asset.pk)
    return rights_of(row, today_in(row.workspace)).state


def test_one_person_is_one_however_often_noted(cast, licensed, film):
    for asset in (licensed, film, film):
        show_subject(cast.senior, asset.pk, "  Amina   Odhiambo ")
    assert Subject.objects.get().name == "Amina Odhiambo"
    assert Subject.objects.get().assets.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\0b"])
def test_a_name_is_a_name(cast, licensed, name):
    with pytest.raises(Invalid, match="name"):
        show_subject(cast.senior, licensed.pk, name)


def test_where_the_rights_stand_follows_the_consent(cast, licensed):
    assert standing(licensed) is RightsState.VALID
    amina = show_subject(cast.senior, licensed.pk, "Amina")
    assert standing(licensed) is RightsState.NO_CONSENT
    consent = give_consent(cast.senior, amina.pk, Agreement(agreed="Release"))
    assert standing(licensed) is RightsState.VALID
    withdraw_consent(cast.senior, consent.pk, reason="She asked.")
    assert standing(licensed) is RightsState.NO_CONSENT
    reinstate_consent(cast.senior, consent.pk)
    assert standing(licensed) is RightsState.VALID
    verbs = AuditEvent.objects.filter(verb__startswith="consent.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["consent.given", "consent.withdrawn", "consent.reinstated"]


def test_everything_is_withdrawn_at_once(cast, licensed):
    amina = show_subject(cast.senior, licensed.pk, "Amina")
    for place in ("site", "practice"):
        give_consent(cast.senior, amina.pk, Agreement(agreed="Release", channels=[place]))
    assert withdraw_all(cast.senior, amina.pk, reason="She asked.") == 2
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_an_embargo_and_missing_music_rights_show(cast, film):
    add_licence(cast.senior, film.pk, Terms(holder="Label", terms="Master licence", right="master"))
    assert standing(film) is RightsState.NONE  # the solver refuses the whole work by the licence of a part
    assert "the recording (master) alone" in rights_of(Asset.objects.get(pk=film.pk), date(2026, 12, 1)).sentence
    set_rights_needed(cast.senior, film.pk, ["master"])
    assert standing(film) is RightsState.VALID
    set_rights_needed(cast.senior, film.pk, ["sync", "master"])
    assert standing(film) is RightsState.NONE
    set_embargo(cast.senior, film.pk, timezone.now() + timedelta(days=1))
    assert standing(film) is RightsState.EMBARGO


def test_what_is_wrong_with_a_consent_is_said_at_once(cast, licensed):
    amina = show_subject(cast.senior, licensed.pk, "Amina")
    wrong = Agreement(agreed="", territories=["ZZ"], channels=["myspace"], uses=["war"], starts_on=date(2027, 1, 1))
    with pytest.raises(Invalid) as refused:
        give_consent(cast.senior, amina.pk, wrong)
    assert {problem.where for problem in refused.value.problems} == {"agreed", "territories", "channels", "uses"}
    assert not Consent.objects.exists()


def test_juniors_note_and_enter_nothing(cast, licensed):
    with pytest.raises(NotAllowed):
        show_subject(cast.junior, licensed.pk, "Amina")
    amina = show_subject(cast.senior, licensed.pk, "Amina")
    for act in (give_consent, withdraw_all):
        with pytest.raises(NotAllowed):
            act(cast.junior, amina.pk, *([Agreement(agreed="x")] if act is give_consent else []))


def test_a_program_asks_whether_it_may(cast, licensed):
    asking = program(cast.specialist)
    address = f"/api/library/assets/{licensed.pk}/may"
    assert asking.get(address, {"channel": "bluesky"}).json()["verdict"] == "yes"
    Licence.objects.update(ends_on=date(2030, 1, 31))
    answer = asking.get(address, {"channel": "bluesky", "at": "2029-06-01T09:00:00Z"}).json()
    assert (answer["verdict"], answer["allowed_until"][:10]) == (
        "yes",
        "2030-01-31",
    )  # midnight of the workspace is before that of UTC
    late = asking.get(address, {"channel": "bluesky", "at": "2031-06-01T09:00:00Z"}).json()
    assert (late["verdict"], late["allowed_from"]) == ("no", None)
    assert "ended on 31 January 2030" in late["reasons"][0]
    paid = asking.get(address, {"channel": "bluesky", "purpose": "paid", "edits": "any"})
    assert paid.status_code == 200
    assert asking.get(address, {"channel": "bluesky", "purpose": "war"}).status_code == 422


def test_a_program_notes_a_person_and_enters_a_consent(cast, licensed):
    asking = program(cast.senior)
    made = asking.post(
        f"/api/library/assets/{licensed.pk}/subjects", {"name": "Amina"}, content_type="application/json"
    )
    assert made.status_code == 201
    consents = f"/api/library/subjects/{made.json()['id']}/consents"
    given = asking.post(consents, {"agreed": "Release", "uses": ["organic"]}, content_type="application/json")
    assert given.status_code == 201
    assert asking.delete(f"/api/library/consents/{given.json()['id']}?reason=asked").status_code == 204
    (row,) = asking.get("/api/library/subjects").json()["items"]
    assert row["consents"][0]["withdrawn_at"]
    assert asking.post(consents, {"agreed": "x", "colour": "red"}, content_type="application/json").status_code == 422


def test_a_person_does_the_same_on_the_pages(cast, licensed):
    client = signed_in(cast.senior)
    page = reverse("asset", args=[licensed.pk])
    client.post(reverse("subject-show", args=[licensed.pk]), {"subject-name": "Amina", "subject-kind": "person"})
    assert "Amina can be recognised and has not agreed" in client.get(page).content.decode()
    amina = reverse("subject", args=[Subject.objects.get().pk])
    assert client.post(amina, {"agreed": ""}).status_code == 422
    client.post(amina, {"agreed": "Release of 3 May", "channels": ["site"]})
    said = client.get(amina).content.decode()
    assert "Release of 3 May" in said
    assert "Website only" in said
    client.post(reverse("consent-withdraw", args=[Consent.objects.get().pk]))
    assert "Withdrawn" in client.get(amina).content.decode()
    client.post(reverse("consent-reinstate", args=[Consent.objects.get().pk]))
    assert "Amina" in client.get(reverse("subjects"), {"q": "ami"}).content.decode()
    assert "Nobody of that name" in client.get(reverse("subjects"), {"q": "zzz"}).content.decode()


def test_an_embargo_is_entered_by_the_workspaces_clocks(cast, licensed):
    client = signed_in(cast.senior)
    licensed.workspace.time_zone = "Africa/Nairobi"
    licensed.workspace.save()
    client.post(reverse("asset-embargo", args=[licensed.pk]), {"embargo-until": "2090-01-02T09:00"})
    assert str(Asset.objects.get(pk=licensed.pk).embargo_until) == "2090-01-02 06:00:00+00:00"
    assert "2 January 2090, 09:00" in client.get(reverse("asset", args=[licensed.pk])).content.decode()
    client.post(reverse("asset-embargo", args=[licensed.pk]), {"embargo-until": ""})
    assert Asset.objects.get(pk=licensed.pk).embargo_until is None


def test_licences_travel_as_odrl(cast, licensed, film):
    asking = program(cast.senior)
    add_licence(cast.senior, licensed.pk, Terms(holder="Ben", terms="Paper", channels=["site"], edits="crop"))
    policy = asking.get(f"/api/library/assets/{licensed.pk}/odrl").json()
    assert policy["permission"][0]["target"].endswith(f"/library/{licensed.pk}/")
    taken = asking.post(f"/api/library/assets/{film.pk}/odrl", policy, content_type="application/json")
    assert taken.status_code == 201
    kept = film.licences.order_by("pk").values_list("holder", "channels", "edits")
    assert list(kept) == [("Rosa Diaz", [], "any"), ("Ben", ["site"], "crop")]


def test_a_policy_with_one_limit_too_many_enters_nothing(cast, film):
    limit = {"leftOperand": "count", "operator": "lteq", "rightOperand": 3}
    fine = {"action": "display", "assigner": "Rosa", "dc:title": "Paper"}
    policy = {"permission": [fine, {**fine, "constraint": [limit]}]}
    address = f"/api/library/assets/{film.pk}/odrl"
    refused = program(cast.senior).post(address, policy, content_type="application/json")
    assert refused.status_code == 422
    assert "count lteq" in refused.content.decode()
    assert not film.licences.exists()
