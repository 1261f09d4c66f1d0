"""Home and what a campaign brought, as browsers and programs get them."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.placements import note_placement
from crosscut.apps.measure.models import Sample
from crosscut.apps.plan.models import Campaign, Cost, KeyResult
from crosscut.apps.produce.models import Approval, Piece
from crosscut.apps.publish.models import Hold, Target
from crosscut.apps.publish.services import takedowns
from crosscut.apps.publish.tests import made
from crosscut.apps.report.today import today_of

State = Target.State
PARTS = ("results/", "posts/", "report/", "report/curve/", "report.pdf", "report.json")


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    """A campaign with a proven post, numbers on three days, and costs in two currencies."""
    campaign = made.a_campaign(cast.senior)
    post = made.a_story(cast.senior)
    KeyResult.objects.create(campaign=campaign, name="Likes", metric="practice.likes", goal=Decimal(100))
    KeyResult.objects.create(campaign=campaign, name="Views", metric="site.page_views", goal=Decimal(500))
    for ago, value in ((2, 10), (1, 25), (0, 40)):
        at = timezone.now() - timedelta(days=ago)
        Sample.objects.create(target=post, metric="practice.likes", value=value, sampled_at=at)
    for currency, minor in (("EUR", 12_050), ("JPY", 500)):
        Cost.objects.create(
            campaign=campaign,
            label=currency,
            amount_minor=minor,
            currency=currency,
            hours=2,
            spent_on=date(2026, 11, 1),
        )
    Piece.objects.create(workspace=cast.workspace, campaign=campaign, title="Not yet scheduled", owner=cast.junior)
    return campaign


# --- who may come in


def test_it_sends_whoever_is_not_signed_in_to_the_sign_in_page(cast: Cast, campaign: Campaign):
    for path in ("/", *(f"/campaigns/{campaign.pk}/{part}" for part in PARTS), "/posts/1/numbers/"):
        assert Client().get(path)["Location"].startswith("/sign-in/")
        assert signed_in(cast.guest).get(path)["Location"] == "/shared/"


def test_another_workspace_sees_nothing(cast: Cast, campaign: Campaign):
    stranger = signed_in(cast.stranger)
    for part in PARTS:
        assert stranger.get(f"/campaigns/{campaign.pk}/{part}").status_code == 404
    post = Target.objects.get()
    assert stranger.get(f"/posts/{post.pk}/numbers/").status_code == 404
    page = stranger.get("/").content.decode()
    assert "Six things" not in page and "divers-at-dawn" not in page


def test_programs_of_strangers_see_nothing(cast: Cast, campaign: Campaign):
    post = Target.objects.get()
    paths = (f"/api/campaigns/{campaign.pk}/report", f"/api/campaigns/{campaign.pk}/report.pdf")
    for path in (*paths, f"/api/posts/{post.pk}/samples", f"/api/posts/{post.pk}/numbers"):
        clients = (Client(), program(cast.stranger), program(cast.guest))
        assert [client.get(path).status_code for client in clients] == [401, 404, 404], path


# --- home


def test_an_empty_morning_offers_the_next_useful_thing(cast: Cast):
    lead, junior = (signed_in(member).get("/").content.decode() for member in (cast.lead, cast.junior))
    assert "A quiet day" in lead and "Connect the first account" in lead
    assert "Connect the first account" not in junior and "Add the first media" in junior


def test_it_tells_what_is_wrong_first_and_what_needs_a_person_before_that(cast: Cast):
    made.a_post(cast.senior, state=State.REFUSED, text="Refused one")
    made.a_post(cast.senior, state=State.UNKNOWN, text="Doubted one", needs_person=True)
    account = made.an_account(cast.senior, "site", "Website")
    Account.objects.filter(pk=account.pk).update(state=Account.State.RECONNECT, problem="The token was revoked.")
    Hold.objects.create(workspace=cast.workspace, reason="A storm", placed_by=cast.senior)
    page = signed_in(cast.lead).get("/").content.decode().split("<main")[1]
    words = ["Needs attention", "A storm", "The token was revoked.", "Doubted one", "Refused one", "Goes out today"]
    assert [page.index(word) for word in words] == sorted(page.index(word) for word in words)
    assert "Connect again" in page
    assert "Ask a lead" in signed_in(cast.junior).get("/").content.decode()


def test_it_tells_what_should_have_gone_out_by_now(cast: Cast):
    long_ago, just_now = (timezone.now() - timedelta(minutes=minutes) for minutes in (6, 2))
    late = [made.a_post(cast.senior, due_at=long_ago, problem=problem) for problem in ("A film is looked through.", "")]
    made.a_post(cast.senior, due_at=just_now)
    page = signed_in(cast.junior).get("/").content.decode()
    assert "Nothing needs you right now" not in page
    assert "A film is looked through." in page and "should have gone out by now" in page
    assert {card.pk for card in today_of(cast.junior).troubled} == {post.pk for post in late}


def test_it_reminds_of_rights_that_end_and_of_what_must_be_taken_down_by_hand(cast: Cast):
    asset = Asset.objects.create(workspace=cast.workspace, title="Coral at dawn", kind="image")
    today = today_in(cast.workspace)
    add_licence(cast.lead, asset.pk, Terms(holder="Rosa", terms="Contract", ends_on=today + timedelta(days=7)))
    placement = note_placement(cast.junior, asset.pk, "Season brochure")
    takedowns.watch_placements()
    page = signed_in(cast.specialist).get("/").content.decode()
    assert "Coral at dawn" in page and "In 7 days" in page
    assert "Season brochure" in page and "must be gone by" in page
    assert "In 7 days" in signed_in(cast.junior).get("/rights/").content.decode()
    takedowns.close_takedown(cast.specialist, placement.takedowns.get().pk, note="Pulped.")
    assert "Season brochure" not in signed_in(cast.specialist).get("/").content.decode()


def test_it_tells_today_what_will_fail_this_week(cast: Cast):
    account = made.an_account(cast.senior)
    made.a_post(cast.senior, due_at=timezone.now() + timedelta(days=3))
    Account.objects.filter(pk=account.pk).update(state=Account.State.DISCONNECTED)
    assert "Would not go out:" in signed_in(cast.lead).get("/").content.decode()


def test_a_senior_sees_what_waits_for_approval_and_a_junior_what_to_change(cast: Cast):
    asked = made.a_post(cast.junior, state=State.CANCELLED, text="Please approve this").edition
    Approval.objects.create(
        edition=asked, member=cast.junior, role="junior", decision="requested", note="Is this right?"
    )
    wanted = made.a_post(cast.junior, state=State.CANCELLED, text="Please change this").edition
    Approval.objects.create(edition=wanted, member=cast.senior, decision="changes", note="A shorter title.")
    senior, junior = (signed_in(member).get("/").content.decode() for member in (cast.senior, cast.junior))
    assert "Junior Person asks for your approval" in senior and "A shorter title." not in senior
    assert "Senior Person wants changes" in junior and "asks for your approval" not in junior
    Approval.objects.create(edition=wanted, member=cast.junior, decision="requested")
    assert "wants changes" not in signed_in(cast.junior).get("/").content.decode()


def test_it_tells_what_goes_out_today_and_what_went_out_with_its_numbers(cast: Cast, campaign: Campaign):
    soon = timezone.localtime(timezone.now()) + timedelta(minutes=1)
    made.a_post(cast.senior, due_at=soon, text="Goes out soon")
    page = signed_in(cast.senior).get("/").content.decode()
    assert "Goes out soon" in page
    assert "Likes <strong>40</strong>" in page
    assert "divers-at-dawn.jpg" in page


def test_it_says_what_comes_next_when_nothing_is_due_today(cast: Cast):
    made.a_story(cast.senior)
    Target.objects.update(due_at=timezone.now() - timedelta(days=2))
    made.a_post(cast.senior, due_at=timezone.now() + timedelta(days=3), text="In three days")
    page = signed_in(cast.senior).get("/").content.decode()
    assert "Nothing goes out today." in page and "In three days" in page


def test_a_lead_sees_the_teams_load(cast: Cast):
    made.a_post(cast.specialist, due_at=timezone.now() + timedelta(days=2))
    assert "The team this week" in signed_in(cast.lead).get("/").content.decode()
    assert "The team this week" not in signed_in(cast.specialist).get("/").content.decode()


def test_home_asks_few_questions_however_much_there_is(cast: Cast, django_assert_max_num_queries):
    made.many_posts(cast, 300)
    for target in Target.objects.filter(state__in=Target.LIVE_STATES):
        Sample.objects.create(target=target, metric="practice.likes", value=3)
    client = signed_in(cast.lead)
    client.get("/")
    with django_assert_max_num_queries(31):
        assert client.get("/").status_code == 200


# --- a campaign


def test_a_key_result_stands_beside_what_it_is_made_of(cast: Cast, campaign: Campaign):
    page = signed_in(cast.junior).get(f"/campaigns/{campaign.pk}/results/").content.decode()
    assert "40" in page and "1 of 1 posts told it." in page
    assert "Practice members who like the post now." in page
    assert "nothing measured yet" in page  # of the page views nothing is known, which is not zero
    assert "0 of 0 posts told it." in page


def test_a_key_result_may_be_surpassed(cast: Cast, campaign: Campaign):
    KeyResult.objects.update(goal=Decimal("12.5"))
    assert "Reached" in signed_in(cast.junior).get(f"/campaigns/{campaign.pk}/results/").content.decode()


def test_it_tells_the_posts_by_state_and_what_has_no_time_yet(cast: Cast, campaign: Campaign):
    page = signed_in(cast.junior).get(f"/campaigns/{campaign.pk}/posts/").content.decode()
    assert f"?campaign={campaign.pk}&amp;state=proven" in page
    assert "Not yet scheduled" in page


def test_the_campaigns_page_brings_them_in(cast: Cast, campaign: Campaign):
    page = signed_in(cast.lead).get(f"/campaigns/{campaign.pk}/").content.decode()
    for part in ("results/", "posts/", "report/"):
        assert f"/campaigns/{campaign.pk}/{part}" in page


def test_the_report_is_a_page_and_a_file_with_a_name(cast: Cast, campaign: Campaign):
    client = signed_in(cast.junior)
    page = client.get(f"/campaigns/{campaign.pk}/report/").content.decode()
    assert "Proven live" in page and "The public sees what was sent" in page
    paper = client.get(f"/campaigns/{campaign.pk}/report.pdf")
    assert paper.content.startswith(b"%PDF")
    name = f"keep-the-reef-report-{today_in(campaign.workspace):%Y-%m-%d}.pdf"
    assert paper["Content-Disposition"] == f'attachment; filename="{name}"'
    facts = json.loads(client.get(f"/campaigns/{campaign.pk}/report.json").content)
    assert facts["planned"] == 1
    assert client.get(f"/campaigns/{campaign.pk}/report.docx").status_code == 422


def test_money_is_in_its_usual_unit_and_every_hour_counts(cast: Cast, campaign: Campaign):
    cost = program(cast.junior).get(f"/api/campaigns/{campaign.pk}/report").json()["cost"]
    assert (cost["spent"], cost["spent_elsewhere"]) == (120.5, {"JPY": 500.0})
    assert cost["hours"] == 4.0


def test_programs_get_the_report_the_numbers_and_the_samples(cast: Cast, campaign: Campaign):
    client, post = program(cast.junior), Target.objects.get()
    report = client.get(f"/api/campaigns/{campaign.pk}/report").json()
    assert [result["value"] for result in report["key_results"]] == [40, None]
    assert client.get(f"/api/campaigns/{campaign.pk}/report.pdf")["Content-Type"] == "application/pdf"
    [number] = client.get(f"/api/posts/{post.pk}/numbers").json()
    assert (number["metric"], number["value"]) == ("practice.likes", 40)
    samples = client.get(f"/api/posts/{post.pk}/samples", {"metric": "practice.likes"}).json()
    assert [sample["value"] for sample in samples["items"]] == [40, 25, 10]
    assert client.get(f"/api/posts/{post.pk}/samples", {"metric": "x"}).json()["count"] == 0


def test_a_chart_is_drawn_without_script_or_style_and_told_as_a_table(cast: Cast, campaign: Campaign):
    post = Target.objects.get()
    for path in (f"/posts/{post.pk}/numbers/", f"/campaigns/{campaign.pk}/report/curve/"):
        part = signed_in(cast.junior).get(path).content.decode()
        assert "<svg" in part and "<table" in part
        for forbidden in ("<script", " style=", "<style", "<image"):
            assert forbidden not in part


def test_what_nobody_told_is_not_zero(cast: Cast):
    post = made.a_story(cast.senior)
    assert "That is not zero" in signed_in(cast.lead).get(f"/posts/{post.pk}/numbers/").content.decode()


def test_a_large_campaign_is_reported_in_a_few_questions(cast: Cast, django_assert_max_num_queries):
    made.many_posts(cast, 300)
    campaign = made.a_campaign(cast.senior)
    client = signed_in(cast.lead)
    for part, most in (("posts/", 12), ("results/", 14), ("report/", 22)):
        with django_assert_max_num_queries(most):
            assert client.get(f"/campaigns/{campaign.pk}/{part}").status_code == 200
