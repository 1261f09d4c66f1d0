"""The pages of people and accounts, as browsers get them."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.cast import PASSWORD, Cast

from crosscut.apps.accounts.models import Account, AuditEvent, Member, Role, SignInFailure, User
from crosscut.apps.accounts.services import people, setup
from crosscut.apps.accounts.tests.asking import signed_in

TEAM_PAGES = (
    *("/profile/", "/profile/tokens/", "/team/", "/settings/", "/activity/", "/accounts/", "/jobs/running/"),
    *("/campaigns/", "/campaigns/audiences/"),
)
LEAD_PAGES = ("/accounts/connect/", "/accounts/connect/site/", "/accounts/connect/mastodon/", "/campaigns/new/")


@pytest.mark.parametrize("page", [*TEAM_PAGES, *LEAD_PAGES])
def test_it_shows_its_pages_to_the_lead_without_inline_code(cast: Cast, page: str):
    answer = signed_in(cast.lead).get(page)
    assert answer.status_code == 200
    assert b"style=" not in answer.content and b"onclick" not in answer.content
    assert b"{%" not in answer.content and b"{{" not in answer.content


@pytest.mark.parametrize("page", [*TEAM_PAGES, *LEAD_PAGES])
def test_it_sends_whoever_is_not_signed_in_to_the_sign_in_page_and_back(cast: Cast, page: str):
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={page}"


@pytest.mark.parametrize("page", [page for page in (*TEAM_PAGES, *LEAD_PAGES) if page != "/profile/"])
def test_it_sends_guests_to_what_was_shared_with_them(cast: Cast, page: str):
    guest = signed_in(cast.guest)
    assert guest.get(page)["Location"] == "/shared/"
    assert guest.post(page).status_code == 403
    assert b"guest" in guest.get("/shared/").content


@pytest.mark.parametrize("page", ["/accounts/connect/", "/accounts/connect/site/"])
def test_it_lets_only_a_lead_connect_accounts(cast: Cast, page: str):
    assert [signed_in(member).get(page).status_code for member in (cast.senior, cast.junior)] == [403, 403]


def test_it_tells_somebody_without_a_workspace_what_to_do(cast: Cast):
    people.remove_member(cast.lead, cast.junior.pk)
    answer = signed_in(cast.junior).get("/team/")
    assert answer.status_code == 403
    assert b"invitation link" in answer.content


def test_it_refuses_forms_that_come_from_elsewhere(cast: Cast):
    client = signed_in(cast.lead, enforce_csrf_checks=True)
    assert client.post(f"/team/{cast.junior.pk}/remove/").status_code == 403
    assert Member.objects.get(pk=cast.junior.pk).left_at is None


# --- coming in


def test_it_signs_in_and_goes_where_one_wanted_to_go(cast: Cast):
    client = Client()
    answer = _sign_in(client, next="/team/")
    assert answer["Location"] == "/team/"
    assert client.get("/team/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_never_leads_to_somebody_elses_page_after_signing_in(cast: Cast, elsewhere: str):
    assert _sign_in(Client(), next=elsewhere)["Location"] == "/"


def test_it_makes_a_new_session_when_signing_in(cast: Cast):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["crosscut"] = session.session_key or ""
    _sign_in(client)
    assert client.session.session_key != session.session_key


def test_it_says_the_same_words_whether_the_address_is_known_or_not(cast: Cast):
    pages = [
        Client().post("/sign-in/", {"email": email, "password": "wrong"})
        for email in ("lead@example.org", "xxxx@example.org")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    texts = [_without_csrf(page.content.decode()).replace("lead@", "xxxx@") for page in pages]
    assert texts[0] == texts[1]


def test_it_asks_for_patience_with_429(cast: Cast):
    SignInFailure.objects.bulk_create([SignInFailure(email="lead@example.org", address=None) for _ in range(5)])
    answer = _sign_in(Client())
    assert answer.status_code == 429
    assert b"Wait 1 min" in answer.content


def test_it_signs_out_only_when_a_form_asks(cast: Cast):
    client = signed_in(cast.lead)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/team/").status_code == 302


def test_it_sets_up_the_first_lead_with_the_printed_link_and_only_once(db):
    client = Client()
    assert client.get("/sign-in/")["Location"] == "/setup/"
    assert b"crosscut up" in client.get("/setup/").content
    link = setup.setup_url().removeprefix("http://127.0.0.1:8000")
    assert client.get("/setup/wrong/").status_code == 403
    wanted = {"workspace": "Reef", "time_zone": "Europe/Berlin", "name": "Ada", "email": "ada@example.org"}
    assert client.post(link, {**wanted, "password": "short"}).status_code == 422
    assert not User.objects.exists()
    assert client.post(link, {**wanted, "password": PASSWORD})["Location"] == "/"
    assert Member.objects.get().role == Role.LEAD
    assert client.get("/team/").status_code == 200
    assert Client().get(link)["Location"] == "/sign-in/"
    assert setup.setup_url() == ""


def test_it_lets_somebody_new_join_by_link_once(cast: Cast):
    _invitation, secret = people.invite(cast.lead, role="specialist")
    client, link = Client(), f"/invitation/{secret}/"
    assert b"Reef Watch" in client.get(link).content
    person = {"name": "New Person", "email": "new@example.org", "password": PASSWORD}
    assert client.post(link, person)["Location"] == "/"
    assert Member.objects.get(user__email="new@example.org").role == "specialist"
    assert client.get("/team/").status_code == 200
    assert Client().get(link).status_code == 404
    assert Client().post(link, {**person, "email": "other@example.org"}).status_code == 404


def test_it_lets_a_known_person_join_and_starts_in_the_new_workspace(cast: Cast):
    _invitation, secret = people.invite(cast.lead, role="junior")
    client = signed_in(cast.stranger)
    client.post(f"/invitation/{secret}/")
    assert b"Reef Watch" in client.get("/team/").content


def test_it_keeps_a_link_meant_for_one_address_from_everybody_else(cast: Cast):
    _invitation, secret = people.invite(cast.lead, role="lead", email="boss@example.org")
    answer = signed_in(cast.stranger).post(f"/invitation/{secret}/")
    assert answer.status_code == 422
    assert not Member.objects.filter(workspace=cast.workspace, user=cast.stranger.user).exists()


# --- one's own things


def test_it_signs_every_other_session_out_when_the_password_changes(cast: Cast):
    here, elsewhere = Client(), Client()
    _sign_in(here)
    _sign_in(elsewhere)
    here.post("/profile/password/", {"current": PASSWORD, "new": "another-long-password"})
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    ("current", "new"),
    [("wrong", "another-long-password"), (PASSWORD, "short"), (PASSWORD, "password1234")],
)
def test_it_changes_the_password_only_for_who_knows_it_and_for_a_good_one(cast: Cast, current: str, new: str):
    answer = signed_in(cast.lead).post("/profile/password/", {"current": current, "new": new})
    assert answer.status_code == 422
    assert User.objects.get(pk=cast.lead.user_id).check_password(PASSWORD)


def test_it_shows_times_in_the_zone_of_the_reader(cast: Cast):
    AuditEvent.objects.update(at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    client = signed_in(cast.lead)
    assert "14:00 (Europe/Berlin)" in client.get("/activity/").content.decode()  # the workspace's
    assert client.post("/profile/", {"name": "Lena", "language": "en", "time_zone": "Asia/Kolkata"}).status_code == 302
    assert "17:30 (Asia/Kolkata)" in client.get("/activity/").content.decode()  # her own


def test_it_switches_only_to_workspaces_of_ones_own(cast: Cast):
    client = signed_in(cast.lead)
    assert client.post("/workspace/", {"workspace": cast.stranger.workspace_id}).status_code == 404
    Member.objects.create(workspace=cast.stranger.workspace, user=cast.lead.user, role="junior")
    client.post("/workspace/", {"workspace": cast.stranger.workspace_id})
    assert b"Other House" in client.get("/team/").content


def test_it_shows_a_token_once(cast: Cast):
    client = signed_in(cast.lead)
    made = client.post("/profile/tokens/", {"name": "script", "days": "30"}).content.decode()
    secret = made.split('data-copy="')[1].split('"')[0]
    assert secret.startswith("cc_")
    assert secret not in client.get("/profile/tokens/").content.decode()
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/me").status_code == 200


# --- the team


def test_it_gives_a_link_to_hand_over(cast: Cast):
    page = signed_in(cast.lead).post("/team/invite/", {"role": "guest", "email": ""}).content.decode()
    link = page.split('data-copy="http://127.0.0.1:8000')[1].split('"')[0]
    assert Client().get(link).status_code == 200


def test_it_keeps_the_last_lead(cast: Cast):
    client = signed_in(cast.lead)
    assert client.post(f"/team/{cast.lead.pk}/role/", {"role": "junior"}).status_code == 409
    assert client.post(f"/team/{cast.lead.pk}/remove/").status_code == 409


@pytest.mark.parametrize("path", ["/team/{}/role/", "/team/{}/remove/"])
def test_it_lets_only_the_lead_of_that_workspace_change_the_team(cast: Cast, path: str):
    address = path.format(cast.junior.pk)
    assert signed_in(cast.senior).post(address, {"role": "lead"}).status_code == 403
    assert signed_in(cast.stranger).post(address, {"role": "lead"}).status_code == 404
    assert Member.objects.get(pk=cast.junior.pk, left_at=None).role == "junior"


def test_it_lets_only_a_lead_change_the_settings(cast: Cast):
    wanted = {
        "name": "Reef Guard",
        "time_zone": "Europe/Vienna",
        "language": "de",
        "territory": "at",
        "currency": "eur",
        "approval_rule": "everyone",
    }
    assert signed_in(cast.senior).post("/settings/", wanted).status_code == 403
    assert signed_in(cast.lead).post("/settings/", wanted).status_code == 302
    cast.workspace.refresh_from_db()
    assert (cast.workspace.name, cast.workspace.territory, cast.workspace.currency) == ("Reef Guard", "AT", "EUR")
    assert signed_in(cast.lead).post("/settings/", {**wanted, "currency": "12"}).status_code == 422


def test_it_tells_in_plain_sentences_what_happened_a_window_at_a_time(cast: Cast):
    people.change_role(cast.lead, cast.junior.pk, "specialist")
    for _ in range(60):
        people.invite(cast.lead, role="guest")
    client = signed_in(cast.senior)
    page = client.get("/activity/").content.decode()
    assert page.count("invited somebody as guest") == 50
    more = "/activity/?" + page.split('hx-get="?')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(more, headers={"HX-Request": "true"})
    assert "from junior to specialist" in rest.content.decode()
    assert "<html" not in rest.content.decode()
    found = client.get("/activity/", {"verb": "member.role_changed", "person": str(cast.lead.pk)}).content.decode()
    assert "from junior to specialist" in found and "invited" not in found.split('id="events"')[1]


def test_it_shows_nothing_of_another_workspace(cast: Cast):
    Account.objects.create(workspace=cast.workspace, channel="mastodon", name="Reef on Mastodon")
    stranger = signed_in(cast.stranger)
    pages = [stranger.get(page).content.decode() for page in TEAM_PAGES]
    assert not [page for page in pages if "Reef" in page or "Lena" in page]


def _sign_in(client: Client, **extra: str):
    return client.post("/sign-in/", {"email": "lead@example.org", "password": PASSWORD, **extra})


def _without_csrf(page: str) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value|data-csrf)="[^"]*"', "", page)


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "before=99999999999999999999", "person=x"])
def test_it_takes_any_filter_of_the_activity_without_a_fault(cast: Cast, query: str):
    assert signed_in(cast.lead).get(f"/activity/?{query}").status_code == 200
