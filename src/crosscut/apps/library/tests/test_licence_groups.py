"""Licences by holder and terms: counted together, led to their files, and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import bins
from crosscut.apps.library.services.clear import Terms, add_licence, withdraw_licence


@pytest.fixture
def assets(cast) -> list[Asset]:
    """Three pictures: two under one contract, of which one has ended, one of somebody else and one withdrawn."""
    today = today_in(cast.workspace)
    made = [Asset.objects.create(workspace=cast.workspace, title=name, kind="image") for name in ("a", "b", "c")]
    ends = (today - timedelta(days=1), today + timedelta(days=30))
    for asset, ends_on in zip(made, ends, strict=False):
        add_licence(cast.lead, asset.pk, Terms(holder="Rosa Diaz", terms="One year", ends_on=ends_on))
    add_licence(cast.lead, made[2].pk, Terms(holder="Ada & Sons", terms="CC BY 4.0"))
    withdraw_licence(cast.lead, add_licence(cast.lead, made[2].pk, Terms(holder="Gone", terms="Gone")).pk)
    return made


def test_they_are_counted_together_and_lead_to_their_files(cast, assets):
    told = program(cast.junior).get("/api/library/licences").json()
    today = today_in(cast.workspace)
    assert [(group["holder"], group["files"], group["ended"]) for group in told] == [
        ("Rosa Diaz", 2, 1),
        ("Ada & Sons", 1, 0),
    ]
    assert (told[0]["next_end"], told[1]["next_end"]) == (str(today + timedelta(days=30)), None)
    assert len(program(cast.junior).get("/api/library/licences", {"q": "rosa"}).json()) == 1
    page = signed_in(cast.junior)
    assert "holder=Ada%20%26%20Sons&amp;terms=CC%20BY%204.0" in page.get(reverse("licences")).content.decode()
    files = page.get(reverse("licences"), {"holder": "Rosa Diaz", "terms": "One year"}).content.decode()
    assert "2 files" in files
    bins.put_into_bin(cast.lead, [assets[0].pk])
    assert program(cast.junior).get("/api/library/licences").json()[0]["files"] == 1


def test_strangers_see_none_of_them_and_guests_nothing(cast, assets):
    asked = {"holder": "Rosa Diaz", "terms": "One year"}
    assert Client().get("/api/library/licences").status_code == 401
    assert program(cast.stranger).get("/api/library/licences").json() == []
    assert program(cast.guest).get("/api/library/licences").json() == []
    assert "0 files" in signed_in(cast.stranger).get(reverse("licences"), asked).content.decode()
    assert signed_in(cast.guest).get(reverse("licences")).status_code in (302, 403)
