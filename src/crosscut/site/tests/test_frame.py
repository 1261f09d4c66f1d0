"""The frame around every page, and the pages that come when something is wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.publish.models import Hold
from crosscut.site.frame import address


def test_a_page_that_does_not_exist_is_not_in_the_rail(cast: Cast):
    page = signed_in(cast.lead).get("/style/").content.decode()
    assert address("no-such-page") == ""
    for name in ("home", "calendar", "library", "team"):
        assert (f'href="{address(name)}"' in page) is bool(address(name))


def test_a_stranger_sees_no_way_in(db: None):
    page = Client().get("/no-such-page/").content.decode()
    assert 'class="rail"' not in page
    assert "There is nothing here" in page


def test_a_guest_sees_no_rail(cast: Cast):
    assert 'class="rail"' not in signed_in(cast.guest).get("/no-such-page/").content.decode()


def test_the_chosen_colours_are_there_before_any_script(db: None):
    client = Client()
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/style/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/style/").content.decode().split("<head>")[0]


def test_a_hold_says_what_it_stops_and_who_may_lift_it(cast: Cast):
    Hold.objects.create(workspace=cast.workspace, reason="A storm hit the coast", placed_by=cast.senior)
    for member in (cast.senior, cast.junior):
        page = signed_in(member).get("/no-such-page/").content.decode()
        assert "Nothing goes out" in page
        assert "A storm hit the coast" in page
        assert "Placed by Senior Person" in page
    assert "On hold" not in signed_in(cast.stranger).get("/no-such-page/").content.decode()


def test_a_page_needs_nothing_its_security_policy_forbids(cast: Cast):
    for path in ("/style/", "/style/sign-in/", "/style/calendar/"):
        page = signed_in(cast.lead).get(path).content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_an_error_page_stands_without_a_request(name: str):
    page = render_to_string(name)
    for part in ("What happened", "What is safe", "What to do"):
        assert part in page


def test_a_wrong_question_is_answered_in_plain_words(db: None):
    answer = Client().get("/style/calendar/posts/")
    assert answer.status_code == 422
    assert "Say from when to when" in answer.content.decode()


def test_the_made_up_calendar_refuses_one_move(db: None):
    assert Client().post("/style/calendar/posts/1/move/", {"at": "2026-11-24T09:00"}).json()["at"] == "2026-11-24T09:00"
    assert Client().post("/style/calendar/posts/99/move/").status_code == 409


def test_a_script_of_a_page_is_told_the_reason_as_data(db: None):
    answer = Client().post("/style/calendar/posts/99/move/", headers={"Accept": "application/json"})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["problems"][0]["message"] == "It is being sent right now."
