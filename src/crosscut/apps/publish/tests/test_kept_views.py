"""Views of the calendar that people keep: own or shared, one to begin with, each with an address that stays."""

import pytest
from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.publish.kept_views import first_view_of
from crosscut.apps.publish.models import CalendarView

JSON = "application/json"


def _keep(client: Client, name: str = "Ours", **more: str) -> CalendarView:
    sent = {
        "name": name,
        "layout": "listWeek",
        "filters": "view=listWeek&state=sent&campaign=x&date=2026-11-30",
        **more,
    }
    assert client.post("/calendar/views/keep/", sent).status_code == 302
    return CalendarView.objects.get(name=name)


def test_what_the_page_shows_is_kept_and_its_address_leads_there_also_after_a_change(cast: Cast):
    client = signed_in(cast.specialist)
    view = _keep(client)
    assert (view.layout, view.filters) == ("listWeek", {"state": "sent"})  # no day, and nothing that makes no sense
    assert client.get(f"/calendar/views/{view.pk}/")["Location"] == "/calendar/?view=listWeek&state=sent"
    again = _keep(client, layout="board", filters="channel=bluesky")
    assert again.pk == view.pk
    assert client.get(f"/calendar/views/{view.pk}/")["Location"] == "/calendar/board/?channel=bluesky"
    page = client.get("/calendar/board/?channel=bluesky").content.decode()
    assert 'aria-current="true"' in page.partition("Kept views")[2].partition("</div>")[0]


def test_the_calendar_begins_with_the_chosen_one_until_somebody_asks_for_another_place(cast: Cast):
    client = signed_in(cast.specialist)
    view = _keep(client, is_first="on", is_shared="on")
    assert client.get("/calendar/")["Location"] == "/calendar/?view=listWeek&state=sent"
    assert client.get("/calendar/?view=dayGridMonth").status_code == 200
    assert signed_in(cast.senior).get("/calendar/").status_code == 200  # each for themselves
    signed_in(cast.senior).post(f"/calendar/views/{view.pk}/act/", {"act": "first"})
    _keep(client)  # shared no more
    assert (first_view_of(cast.senior), first_view_of(cast.specialist)) == (None, view)
    client.post(f"/calendar/views/{view.pk}/act/", {"act": "not-first"})
    assert client.get("/calendar/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"layout": "year"}, "layout"),
        ({"filters": {"colour": "red"}}, "colour"),
    ],
)
def test_what_cannot_be_kept_names_its_field(cast: Cast, sent: dict[str, object], where: str):
    told = {"name": "Ours", "layout": "board", "filters": {}, **sent}
    answer = program(cast.specialist).post("/api/calendar-views", told, content_type=JSON)
    assert answer.status_code == 422 and where in answer.content.decode()
    assert not CalendarView.objects.exists()


def test_programs_do_the_same(cast: Cast):
    client = program(cast.specialist)
    filters = {"channel": "site", "account": 7, "q": None}
    told = {"name": "Ours", "layout": "dayGridMonth", "filters": filters, "is_shared": True}
    made = client.post("/api/calendar-views", told, content_type=JSON).json()
    assert made["url"].endswith("/calendar/?view=dayGridMonth&account=7&channel=site")
    assert client.put("/api/calendar-view", {"view": made["id"]}, content_type=JSON).json()["is_first"]
    assert [one["name"] for one in program(cast.senior).get("/api/calendar-views").json()["items"]] == ["Ours"]
    assert client.delete(f"/api/calendar-views/{made['id']}").status_code == 204


def _asked(member: Member, view: CalendarView) -> list[int]:
    page, api = signed_in(member), program(member)
    answers = [
        page.get(f"/calendar/views/{view.pk}/"),
        page.post(f"/calendar/views/{view.pk}/act/", {"act": "forget"}),
        api.put("/api/calendar-view", {"view": view.pk}, content_type=JSON),
        api.delete(f"/api/calendar-views/{view.pk}"),
    ]
    return [answer.status_code for answer in answers]


def test_own_ones_are_nobody_elses_and_shared_ones_are_forgotten_by_their_owner_or_a_lead(cast: Cast):
    own = _keep(signed_in(cast.specialist))
    assert [set(_asked(member, own)) for member in (cast.senior, cast.stranger)] == [{404}, {404}]
    shared = _keep(signed_in(cast.specialist), "Shared", is_shared="on")
    assert _asked(cast.senior, shared) == [302, 403, 200, 403]
    assert set(_asked(cast.stranger, shared)) == {404}
    assert set(_asked(cast.guest, shared)) <= {302, 403, 404} and CalendarView.objects.count() == 2
    assert signed_in(cast.guest).post("/calendar/views/keep/", {"name": "G", "layout": "board"}).status_code == 403
    assert _asked(cast.lead, shared)[1] == 302 and not CalendarView.objects.filter(pk=shared.pk).exists()
