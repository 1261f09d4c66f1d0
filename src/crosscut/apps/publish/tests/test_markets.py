"""What posts in a language are held to: lines, country, clocks, accounts; its languages put on their way together."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight.services import check_edition, check_piece
from crosscut.apps.produce.markets import terms_of
from crosscut.apps.produce.models import Market, Piece
from crosscut.apps.produce.services.approve import approve
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.markets import Wish, add_legal_lines, drop_market, set_market
from crosscut.apps.produce.tests import made, translated
from crosscut.apps.produce.translating import Language
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.doubt import to_be_judged
from crosscut.apps.publish.services.plan_languages import Together, plan_languages
from crosscut.apps.publish.services.plan_posts import When
from crosscut.apps.publish.services.schedule import schedule
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from crosscut.kernel.findings import blocking

NINE = datetime.combine((timezone.now() + timedelta(days=30)).date(), datetime.min.time()).replace(hour=9)


@pytest.fixture
def german(cast: Cast) -> Language:
    """A piece in German, approved, with an Austrian market of its own account."""
    found = translated.german(cast)
    approve(cast.senior, freeze(found.piece))
    account = made.account(cast.lead, "practice", "Auf Deutsch")
    wish = Wish(language="de", territory="AT", time_zone="Europe/Lisbon", accounts=(account.pk,))
    set_market(cast.senior, wish)
    return found


def _is_ticked(page: str, account: str) -> bool:
    return " checked" in page.split(f"<span>{account}")[0].rpartition("<input")[2]


def _codes(piece: Piece, slug: str) -> list[str]:
    return [finding.code for finding in blocking(check_piece(piece)[slug])]


def test_a_market_s_line_has_to_stand_in_every_text_and_can_be_put_in(cast: Cast):
    found = translated.german(cast)
    set_market(cast.senior, Wish(language="DE", legal_lines=("Anzeige", " ")))
    set_market(cast.senior, Wish(legal_lines=("reef.example/imprint",)))
    assert _codes(found.piece, "practice") == _codes(found.piece, "site") == ["market.legal_line"] * 2
    assert _codes(found.source.piece, "site") == ["market.legal_line"]  # only what holds for every language
    page = signed_in(cast.junior).get(f"/pieces/{found.piece.pk}/findings/").content.decode()
    assert "“Anzeige” has to stand in the text." in page and "legal-lines:" in page
    client = signed_in(cast.junior)
    client.post(f"/pieces/{found.piece.pk}/change/", {"action": "legal-lines:practice,site"})
    piece = Piece.objects.get(pk=found.piece.pk)
    assert piece.text.endswith("#riff\n\nreef.example/imprint\n\nAnzeige")
    assert piece.outlets.get(channel="practice").text == "Die Hälfte ist weg.\n\nreef.example/imprint\n\nAnzeige"
    assert _codes(piece, "practice") == _codes(piece, "site") == []
    with pytest.raises(Conflict):
        add_legal_lines(cast.junior, piece, "site")
    with pytest.raises(NotFound):
        add_legal_lines(cast.junior, piece, "bluesky")


def test_rights_are_asked_for_the_market_s_country(cast: Cast, german: Language):
    licence = german.piece.media.get().asset.licences.get()
    licence.territories = ["DE"]
    licence.save()
    cast.workspace.territory = "DE"
    cast.workspace.save()
    source = Piece.objects.get(pk=german.source.piece.pk)
    piece = Piece.objects.get(pk=german.piece.pk)
    assert not [code for code in _codes(source, "practice") if code.startswith("rights")]
    assert [code for code in _codes(piece, "practice") if code.startswith("rights")]
    found = check_edition(freeze(piece), "practice", "images", at=timezone.now())
    assert [one for one in blocking(found) if one.code.startswith("rights")]


def test_a_post_whose_market_lost_its_rights_does_not_slip_through_the_sieve(cast: Cast, german: Language):
    account = made.account(cast.lead, "practice", "Another")
    target = schedule(cast.senior, german.piece, account, wall_time=NINE, zone="UTC")
    assert to_be_judged([target.pk]) == []
    german.piece.media.get().asset.licences.update(territories=["DE"])
    cast.workspace.territory = "DE"
    cast.workspace.save()
    assert to_be_judged([target.pk]) == [target.pk]


def test_its_languages_go_out_at_the_same_hour_or_the_same_moment(cast: Cast, german: Language):
    source, when = german.source.piece, When(wall_time=NINE, zone="Europe/Berlin")
    [outcome] = plan_languages(cast.senior, source, when, Together.HOUR)
    assert outcome.target is not None
    assert (outcome.target.zone, outcome.target.wall_time[11:16]) == ("Europe/Lisbon", "09:00")
    assert outcome.target.piece == german.piece
    assert plan_languages(cast.senior, source, when, Together.HOUR) == []  # it is on its way there
    Target.objects.update(state=Target.State.CANCELLED)
    [outcome] = plan_languages(cast.senior, source, when, Together.MOMENT)
    assert outcome.target is not None and outcome.target.zone == "Europe/Berlin"
    drop_market(cast.senior, Market.objects.get().pk)
    with pytest.raises(Invalid, match="No market names an account"):
        plan_languages(cast.senior, source, when, Together.HOUR)


def test_the_form_ticks_the_accounts_of_the_language_and_plans_by_its_clocks(cast: Cast, german: Language):
    english = made.account(cast.lead, "practice", "In English")
    client = signed_in(cast.senior)
    ours = client.get(f"/pieces/{german.piece.pk}/posts/").content.decode()
    theirs = client.get(f"/pieces/{german.source.piece.pk}/posts/").content.decode()
    ticked = [[_is_ticked(page, name) for name in ("Auf Deutsch", "In English")] for page in (ours, theirs)]
    assert ticked == [[True, False], [False, True]]
    assert 'value="Europe/Lisbon"' in ours and "at the same hour everywhere" in theirs
    sent = {"account": str(english.pk), "at": NINE.isoformat(), "zone": "Europe/Berlin", "languages": "hour"}
    approve(cast.senior, freeze(german.source.piece))
    answer = client.post(f"/pieces/{german.source.piece.pk}/posts/schedule/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert sorted(Target.objects.values_list("account__name", "zone")) == [
        ("Auf Deutsch", "Europe/Lisbon"),
        ("In English", "Europe/Berlin"),
    ]


def test_no_account_is_ticked_for_a_translation_while_nobody_named_one(cast: Cast):
    piece = translated.german(cast).piece
    made.account(cast.lead, "practice")
    page = signed_in(cast.senior).get(f"/pieces/{piece.pk}/posts/").content.decode()
    assert 'name="account"' in page and " checked" not in page


def test_seniors_say_what_a_market_asks_on_the_page_and_by_program(cast: Cast):
    account = made.account(cast.lead)
    said: dict[str, Any] = {"language": "de-at", "territory": "at", "time_zone": "Europe/Vienna"}
    said |= {"legal_lines": "Anzeige\nReef Watch, Wien", "accounts": [str(account.pk)]}
    assert signed_in(cast.junior).post("/markets/", said).status_code == 403
    senior = signed_in(cast.senior)
    assert senior.post("/markets/", said).status_code == 302
    terms = terms_of(cast.workspace, "de-AT")
    assert (terms.territory, terms.time_zone, terms.legal_lines) == (
        "AT",
        "Europe/Vienna",
        ("Anzeige", "Reef Watch, Wien"),
    )
    assert terms_of(cast.workspace, "fr").others == terms.accounts == {account.pk}
    page = senior.get("/markets/?language=de-AT").content.decode()
    assert "Reef Watch, Wien" in page and "Change de-AT" in page
    assert senior.post("/markets/", {"language": "", "territory": "AT"}).status_code == 422
    program_of = program(cast.senior)
    wish = {"language": "fr", "legal_lines": ["Publicité"]}
    put = program_of.put("/api/markets", json.dumps(wish), content_type="application/json").json()
    assert (put["language"], put["territory"], put["legal_lines"]) == ("fr", "", ["Publicité"])
    assert [row["language"] for row in program_of.get("/api/markets").json()["items"]] == ["de-AT", "fr"]
    assert program_of.delete(f"/api/markets/{put['id']}").status_code == 204
    assert senior.post(f"/markets/{Market.objects.get().pk}/drop/").status_code == 302
    for wrong in (
        Wish(language="no language"),
        Wish(language="fr", territory="FRA"),
        Wish(language="fr", time_zone="Mars/Base"),
        Wish(language="fr", legal_lines=("x" * 301,)),
        Wish(language="fr", accounts=(made.account(cast.stranger).pk,)),
    ):
        with pytest.raises(Invalid):
            set_market(cast.senior, wrong)


def test_it_refuses_strangers_guests_and_juniors(cast: Cast, german: Language):
    row = Market.objects.get()
    stranger = program(cast.stranger)
    assert stranger.get("/api/markets").json()["items"] == []
    assert stranger.delete(f"/api/markets/{row.pk}").status_code == 404
    assert program(cast.guest).get("/api/markets").json()["items"] == []
    when = json.dumps({"at": NINE.isoformat(), "together": "hour"})
    path = f"/api/pieces/{german.source.piece.pk}"
    for who, status in ((cast.stranger, 404), (cast.guest, 404)):
        client = program(who)
        asked = client.post(f"{path}/languages/schedule", when, content_type="application/json")
        assert asked.status_code == status
        assert client.post(f"{path}/channels/site/legal-lines").status_code == 404
        assert client.put("/api/markets", "{}", content_type="application/json").status_code in (200, 403)
    assert Market.objects.filter(workspace=cast.workspace).count() == 1
    for who in (cast.guest, cast.junior):
        with pytest.raises(NotAllowed):
            set_market(who, Wish(language="fr"))
        with pytest.raises(NotAllowed):
            drop_market(who, row.pk)
    with pytest.raises(NotFound):
        drop_market(cast.stranger, row.pk)
    assert signed_in(cast.stranger).post(f"/markets/{row.pk}/drop/").status_code == 404
    [told] = program(cast.senior).post(f"{path}/languages/schedule", when, content_type="application/json").json()
    assert told["post"] and told["problems"] == []
