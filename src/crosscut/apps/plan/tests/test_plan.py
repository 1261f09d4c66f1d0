"""Campaigns, audiences, key results and costs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.plan import queries
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services import audiences, campaigns, figures
from crosscut.apps.plan.services.campaigns import Plan
from crosscut.apps.plan.services.figures import Aim, Expense
from crosscut.apps.plan.timeline import timeline_of
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

DAY = date(2026, 11, 22)


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    """The specialist's campaign."""
    return campaigns.create_campaign(
        cast.specialist,
        Plan(name="Keep the reef", brief="**Bold** <script>x</script>", budget_minor=500_000, currency="EUR"),
    )


def test_it_starts_a_campaign_in_the_workspaces_currency_for_its_creator(cast: Cast):
    row = campaigns.create_campaign(cast.specialist, Plan(name="Keep the reef"))
    again = campaigns.create_campaign(cast.senior, Plan(name="Keep the reef"))
    assert (row.currency, row.owner) == ("EUR", cast.specialist)
    assert (row.slug, again.slug) == ("keep-the-reef", "keep-the-reef-2")
    assert AuditEvent.objects.filter(verb="campaign.created", member=cast.specialist).count() == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": " "}, "name"),
        ({"starts_on": DAY, "ends_on": date(2026, 11, 21)}, "ends_on"),
        ({"starts_on": date(9999, 12, 31)}, "starts_on"),
        ({"budget_minor": -1}, "budget_minor"),
        ({"currency": "euro"}, "currency"),
        ({"audiences": (999,)}, "audiences"),
        ({"owner": 999}, "owner"),
    ],
)
def test_it_names_the_field_that_does_not_fit(cast: Cast, changes: dict[str, Any], where: str):
    with pytest.raises(Invalid) as refused:
        campaigns.create_campaign(cast.specialist, Plan(**{"name": "x", **changes}))
    assert [problem.where for problem in refused.value.problems] == [where]


def test_it_takes_no_audience_and_no_owner_of_another_workspace(cast: Cast):
    theirs = audiences.describe_audience(cast.stranger, "Theirs")
    for changes in ({"audiences": (theirs.pk,)}, {"owner": cast.stranger.pk}, {"owner": cast.guest.pk}):
        with pytest.raises(Invalid):
            campaigns.create_campaign(cast.specialist, Plan(name="x", **changes))


def test_it_lets_planners_change_their_own_and_seniors_all(cast: Cast, campaign: Campaign):
    campaigns.change_campaign(cast.specialist, campaign.pk, Plan(name="Mine"))
    campaigns.change_campaign(cast.senior, campaign.pk, Plan(name="Ours", owner=cast.senior.pk))
    with pytest.raises(NotAllowed):
        campaigns.change_campaign(cast.specialist, campaign.pk, Plan(name="Mine again"))
    with pytest.raises(NotAllowed):
        campaigns.change_campaign(cast.junior, campaign.pk, Plan(name="x"))
    for outsider in (cast.stranger, cast.guest):
        with pytest.raises(NotFound):
            campaigns.change_campaign(outsider, campaign.pk, Plan(name="x"))


def test_it_puts_away_and_brings_back(cast: Cast, campaign: Campaign):
    campaigns.archive_campaign(cast.specialist, campaign.pk)
    assert not queries.campaigns_for(cast.junior).exists()
    assert queries.campaigns_for(cast.junior, is_archived=True).exists()
    with pytest.raises(Conflict):
        campaigns.change_campaign(cast.specialist, campaign.pk, Plan(name="x"))
    campaigns.restore_campaign(cast.specialist, campaign.pk)
    assert queries.campaigns_for(cast.junior).exists()


def test_it_ties_a_key_result_to_a_metric_that_is_defined(cast: Cast, campaign: Campaign):
    row = figures.set_key_result(
        cast.specialist, campaign.pk, Aim(name="Read it", metric="site.page_views", goal=Decimal(2000))
    )
    figures.set_key_result(
        cast.specialist,
        campaign.pk,
        Aim(name="Read", metric="site.page_views", goal=Decimal(3000)),
        key_result_id=row.pk,
    )
    assert [one.goal for one in queries.key_results_of(campaign)] == [3000]
    for aim in (
        Aim(name="x", metric="site.happiness", goal=Decimal(1)),
        Aim(name="x", metric="campaign.cost", goal=Decimal(1)),
        Aim(name="x", metric="site.page_views", goal=Decimal(0)),
        Aim(name="x", metric="site.page_views", goal=Decimal("NaN")),
    ):
        with pytest.raises(Invalid):
            figures.set_key_result(cast.specialist, campaign.pk, aim)
    figures.remove_key_result(cast.specialist, campaign.pk, row.pk)
    assert not queries.key_results_of(campaign).exists()


def test_it_adds_up_money_by_currency_and_hours(cast: Cast, campaign: Campaign):
    for expense in (
        Expense(label="Boat", amount_minor=120_000, spent_on=DAY),
        Expense(label="Editing", amount_minor=30_000, hours=Decimal("7.5"), spent_on=DAY),
        Expense(label="Music", amount_minor=4_900, currency="USD", spent_on=DAY),
    ):
        figures.enter_cost(cast.specialist, campaign.pk, expense)
    spending = queries.spending_of(campaign)
    assert (spending.spent_minor, spending.elsewhere, spending.hours) == (150_000, {"USD": 4_900}, Decimal("7.5"))
    assert spending.share_of(campaign.budget_minor) == 0.3
    figures.remove_cost(cast.specialist, campaign.pk, queries.costs_of(campaign)[0].pk)
    assert queries.spending_of(campaign).spent_minor == 30_000


@pytest.mark.parametrize(
    "expense",
    [
        Expense(label="Nothing", spent_on=DAY),
        Expense(label="", amount_minor=1, spent_on=DAY),
        Expense(label="x", amount_minor=-1, spent_on=DAY),
        Expense(label="x", hours=Decimal("Infinity"), spent_on=DAY),
        Expense(label="x", amount_minor=1, spent_on=date(1, 1, 1)),
    ],
)
def test_it_refuses_costs_that_make_no_sense(cast: Cast, campaign: Campaign, expense: Expense):
    with pytest.raises(Invalid):
        figures.enter_cost(cast.specialist, campaign.pk, expense)


def test_it_keeps_an_audience_that_a_campaign_is_for(cast: Cast):
    row = audiences.describe_audience(cast.specialist, "Young people", "16 to 25")
    with pytest.raises(Invalid):
        audiences.describe_audience(cast.specialist, "Young people")
    made = campaigns.create_campaign(cast.specialist, Plan(name="x", audiences=(row.pk,)))
    with pytest.raises(Conflict):
        audiences.remove_audience(cast.specialist, row.pk)
    campaigns.change_campaign(cast.specialist, made.pk, Plan(name="x"))
    audiences.remove_audience(cast.specialist, row.pk)
    assert not queries.audiences_for(cast.specialist).exists()


@pytest.mark.parametrize(
    ("today", "passed", "today_x", "left", "until"),
    [
        (date(2026, 10, 31), 0, None, 10, 1),  # the day before
        (date(2026, 11, 1), 0, 5, 10, 0),  # the first day
        (date(2026, 11, 10), 90, 95, 1, 0),  # the last day
        (date(2026, 11, 11), 100, None, 0, 0),  # over
    ],
)
def test_it_knows_how_much_time_has_passed(today: date, passed: float, today_x: float | None, left: int, until: int):
    line = timeline_of(Campaign(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 10)), today)
    assert line is not None
    assert (line.passed, line.today_x, line.days_left, line.days_until) == (passed, today_x, left, until)


# --- pages and API


def test_it_shows_a_campaign_with_its_brief_made_safe(cast: Cast, campaign: Campaign):
    page = signed_in(cast.junior).get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "<strong>Bold</strong>" in page
    assert "<script>x" not in page
    assert "edit/" not in page  # a junior may read it


def test_it_plans_a_campaign_by_form(cast: Cast):
    client = signed_in(cast.specialist)
    young = audiences.describe_audience(cast.specialist, "Young people")
    given = {
        "name": "Reef week",
        "objective": "More divers care",
        "currency": "eur",
        "budget_minor": "1 250,50",
        "owner": str(cast.specialist.pk),
        "audiences": [str(young.pk)],
        "starts_on": "2026-11-01",
        "ends_on": "",
    }
    row = Campaign.objects.get(pk=client.post("/campaigns/new/", given)["Location"].split("/")[2])
    assert (row.budget_minor, row.currency, list(row.audiences.all())) == (125_050, "EUR", [young])
    form = client.get(f"/campaigns/{row.pk}/edit/").content.decode()
    assert 'value="1250.50"' in form
    assert client.post(f"/campaigns/{row.pk}/edit/", {**given, "budget_minor": "a lot"}).status_code == 422
    client.post(f"/campaigns/{row.pk}/key-results/", {"name": "Read", "metric": "site.page_views", "goal": "2000"})
    client.post(f"/campaigns/{row.pk}/costs/", {"label": "Boat", "amount_minor": "600", "spent_on": "2026-11-02"})
    page = client.get(f"/campaigns/{row.pk}/").content.decode()
    assert "Page views" in page and "Boat" in page and "Budget" in page
    wrong = client.post(f"/campaigns/{row.pk}/costs/", {"label": "Boat", "spent_on": "2026-11-02"})
    assert (wrong.status_code, b"money, hours, or both" in wrong.content) == (422, True)


@pytest.mark.parametrize("member", ["stranger", "guest", "junior", None])
@pytest.mark.parametrize("path", ["edit/", "archive/", "restore/", "key-results/", "costs/"])
def test_it_refuses_changes_by_whoever_may_not(cast: Cast, campaign: Campaign, member: str | None, path: str):
    client = signed_in(getattr(cast, member)) if member else Client()
    given = {"name": "x", "metric": "site.page_views", "goal": "1"}
    given |= {"label": "x", "amount_minor": "1", "spent_on": "2026-11-22"}
    answer = client.post(f"/campaigns/{campaign.pk}/{path}", given)
    assert answer.status_code == {"stranger": 404, "guest": 403, "junior": 403, None: 302}[member]
    assert not queries.costs_of(campaign).exists()


def test_it_lists_ten_thousand_campaigns_a_window_at_a_time(cast: Cast, django_assert_max_num_queries: Any):
    rows = [Campaign(workspace=cast.workspace, name=f"c{n}", slug=f"c{n}", owner=cast.lead) for n in range(10_000)]
    Campaign.objects.bulk_create(rows, batch_size=2000)
    client = signed_in(cast.junior)
    with django_assert_max_num_queries(12):
        page = client.get("/campaigns/?page=3").content.decode()
    assert page.count("rows-title") == 30


def test_it_does_all_this_for_programs_too(cast: Cast):
    asking = program(cast.specialist)

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return getattr(asking, method)(f"/api{path}", body, content_type="application/json")

    young = send("post", "/audiences", {"name": "Young people"}).json()["id"]
    made = send("post", "/campaigns", {"name": "Reef", "audiences": [young], "budget_minor": 5000})
    assert (made.status_code, made.json()["currency"]) == (201, "EUR")
    path = f"/campaigns/{made.json()['id']}"
    aim = {"name": "Read", "metric": "site.page_views", "goal": "10"}
    result = send("post", f"{path}/key-results", aim).json()
    changed = send("put", f"{path}/key-results/{result['id']}", {**aim, "metric": "site.visits"})
    assert changed.json()["metric"] == "site.visits"
    cost = send("post", f"{path}/costs", {"label": "Boat", "amount_minor": 900, "spent_on": "2026-11-22"}).json()
    assert asking.get(f"/api{path}/spending").json()["spent_minor"] == 900
    assert send("delete", f"{path}/costs/{cost['id']}").status_code == 204
    assert send("put", path, {"name": "Reef 2"}).json()["audiences"] == []
    assert send("post", f"{path}/archive").json()["archived_at"]
    assert send("put", path, {"name": "Reef 3"}).status_code == 409
    assert send("post", f"{path}/restore").json()["archived_at"] is None
    assert send("delete", f"/audiences/{young}").status_code == 204
    assert program(cast.stranger).get(f"/api{path}").status_code == 404
    asking_too_much = program(cast.junior).post("/api/campaigns", {"name": "x"}, content_type="application/json")
    assert asking_too_much.status_code == 403
    assert "site.page_views" in [one["key"] for one in asking.get("/api/metrics/definitions").json()]


def _typed(client: Client, row: Campaign, **changes: str) -> dict[str, str]:
    """What the browser sends when somebody opened the form and changed these fields."""
    return {"name": row.name, "currency": "EUR", "owner": str(row.owner_id), "revision": str(row.revision), **changes}


def test_two_who_edit_at_once_see_both_and_lose_nothing(cast: Cast, campaign: Campaign):
    client = signed_in(cast.senior)
    path, mine = f"/campaigns/{campaign.pk}/edit/", _typed(signed_in(cast.senior), campaign, name="My name for it")
    campaigns.change_campaign(cast.specialist, campaign.pk, Plan(name="Their name for it", brief="Their brief."))
    answer = client.post(path, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="My name for it"' in page  # what was typed is kept
    assert "<dd>Their name for it</dd>" in page and "<dd>Their brief.</dd>" in page
    assert "Somebody else changed this campaign" in page and "Take theirs instead" in page
    assert Campaign.objects.get(pk=campaign.pk).name == "Their name for it"
    saved = client.post(path, {**mine, "revision": "2"})  # as the answer's form sends it
    assert 'name="revision" value="2"' in page
    assert (saved.status_code, Campaign.objects.get(pk=campaign.pk).name) == (302, "My name for it")


def test_the_form_of_a_campaign_knows_the_state_it_was_drawn_from(cast: Cast, campaign: Campaign):
    page = signed_in(cast.senior).get(f"/campaigns/{campaign.pk}/edit/").content.decode()
    assert f'name="revision" value="{campaign.revision}"' in page


def test_a_form_with_a_mistake_keeps_the_state_it_was_drawn_from(cast: Cast, campaign: Campaign):
    client = signed_in(cast.senior)
    campaigns.change_campaign(cast.specialist, campaign.pk, Plan(name="Their name for it"))
    page = client.post(f"/campaigns/{campaign.pk}/edit/", _typed(client, campaign, name="")).content.decode()
    assert 'name="revision" value="1"' in page


def test_a_program_that_says_what_it_saw_overwrites_nothing(cast: Cast, campaign: Campaign):
    asking, path = program(cast.senior), f"/api/campaigns/{campaign.pk}"
    seen = asking.get(path).json()["revision"]
    changes = {"name": "First", "revision": seen}
    assert asking.put(path, changes, content_type="application/json").json()["revision"] == seen + 1
    refused = asking.put(path, {**changes, "name": "Second"}, content_type="application/json")
    assert (refused.status_code, asking.get(path).json()["name"]) == (409, "First")
    assert asking.put(path, {"name": "Third"}, content_type="application/json").status_code == 200
