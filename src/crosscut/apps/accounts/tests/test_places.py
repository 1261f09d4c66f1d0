"""One login, several Pages: from the way there to the choice, against a strict server of Facebook's login and API."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.cast import Cast
from tests.faults.bench.clock import RealClock
from tests.faults.bench.facebook import Facebook
from tests.faults.bench.strict import serving

from crosscut.apps.accounts.models import Account, Trip
from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.accounts.tests.asking import program, signed_in


@pytest.fixture
def server(settings: Any) -> Iterator[Facebook]:
    """Facebook, with a person who manages three Pages and may publish on two."""
    settings.ALLOWED_PRIVATE_HOSTS = ("127.0.0.1",)
    with serving(Facebook(RealClock())) as made:
        assert isinstance(made, Facebook)
        yield made


def _asked(server: Facebook, **fields: Any) -> dict[str, Any]:
    places = {"graph_url": server.url, "login_url": server.url, "upload_url": server.url}
    settings = {"app_id": "123456789", **places}
    return {
        "channel": "facebook_page",
        "name": "",
        "settings": settings,
        "secrets": {"app_secret": "an-app-secret"},
        **fields,
    }


def _begin(cast: Cast, server: Facebook) -> tuple[int, str]:
    """The trip, and the address at which the person comes back."""
    begun = program(cast.lead).post("/api/accounts/authorize", _asked(server), content_type="application/json")
    assert begun.status_code == 201, begun.content
    query = parse_qs(urlsplit(begun.json()["url"]).query)
    assert query["code_challenge_method"] == ["S256"] and "an-app-secret" not in begun.json()["url"]
    return begun.json()["id"], f"/accounts/connected/?code=c0de&state={query['state'][0]}"


def test_a_person_chooses_which_pages_to_connect(cast: Cast, server: Facebook):
    trip, back = _begin(cast, server)
    client = signed_in(cast.lead)
    assert client.get(back)["Location"] == f"/accounts/connected/{trip}/"
    page = client.get(f"/accounts/connected/{trip}/").content.decode()
    assert "Kelp News" in page and "You may not create content" in page
    assert "a-token" not in page and "another-token" not in page
    assert client.post(f"/accounts/connected/{trip}/", {"place": ["77", "79"]})["Location"] == "/accounts/"
    found = {account.remote_id: account for account in Account.objects.all()}
    assert {account.name for account in found.values()} == {"Reef Watch", "Sea School"}
    assert unseal(found["79"].sealed_secrets)["access_token"] == "another-token"
    assert "pages_manage_posts" in found["77"].scopes
    assert "There is nothing to choose any more" in client.get(f"/accounts/connected/{trip}/").content.decode()
    assert not Trip.objects.get().sealed, "nothing secret is kept of a trip that is over"


def test_a_program_chooses_as_well(cast: Cast, server: Facebook):
    trip, back = _begin(cast, server)
    signed_in(cast.lead).get(back)
    told = program(cast.lead).get(f"/api/accounts/authorize/{trip}")
    assert told.json()["state"] == "choosing" and len(told.json()["places"]) == 3
    assert "token" not in told.content.decode()
    chosen = {"places": ["79"]}
    for who, status in ((cast.stranger, 404), (cast.senior, 403), (cast.lead, 200)):
        url = f"/api/accounts/authorize/{trip}/connect"
        assert program(who).post(url, chosen, content_type="application/json").status_code == status
    again = program(cast.lead).post(f"/api/accounts/authorize/{trip}/connect", chosen, content_type="application/json")
    assert again.status_code == 422


@pytest.mark.parametrize("chosen", [[], ["78"], ["no-such-page"]])
def test_what_cannot_be_connected_is_refused_and_the_choice_stays_open(cast: Cast, server: Facebook, chosen: list[str]):
    trip, back = _begin(cast, server)
    client = signed_in(cast.lead)
    client.get(back)
    assert client.post(f"/accounts/connected/{trip}/", {"place": chosen}).status_code == 422
    assert not Account.objects.exists()
    assert client.post(f"/accounts/connected/{trip}/", {"place": "77"})["Location"] == "/accounts/"


def test_what_is_connected_already_says_so_and_the_others_can_be_chosen_later(cast: Cast, server: Facebook):
    trip, back = _begin(cast, server)
    client = signed_in(cast.lead)
    client.get(back)
    client.post(f"/accounts/connected/{trip}/", {"place": "77"})
    server.codes.add("c0de")
    trip, back = _begin(cast, server)
    client.get(back)
    assert "It is here already, as Reef Watch." in client.get(f"/accounts/connected/{trip}/").content.decode()
    assert client.post(f"/accounts/connected/{trip}/", {"place": ["77", "79"]}).status_code == 422
    assert client.post(f"/accounts/connected/{trip}/", {"place": "79"})["Location"] == "/accounts/"
    assert set(Account.objects.values_list("remote_id", flat=True)) == {"77", "79"}


def test_a_wrong_app_secret_connects_nothing_and_is_said_nowhere(cast: Cast, server: Facebook):
    asked = _asked(server, secrets={"app_secret": "wr0ng-s3cret"})
    begun = program(cast.lead).post("/api/accounts/authorize", asked, content_type="application/json").json()
    state = parse_qs(urlsplit(begun["url"]).query)["state"][0]
    answer = signed_in(cast.lead).get(f"/accounts/connected/?code=c0de&state={state}")
    assert answer.status_code >= 400 and b"wr0ng" not in answer.content
    told = program(cast.lead).get(f"/api/accounts/authorize/{begun['id']}").json()
    assert told["state"] == "ended" and told["problem"] and "wr0ng" not in told["problem"]
