"""A post is held against the brand kit it goes by, and the kit is named as the source."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.services import brands
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.plan.services.campaigns import Plan, create_campaign
from crosscut.apps.preflight.services import check_piece, waive
from crosscut.apps.produce.branding import Choice
from crosscut.apps.produce.services.brand import choose_brand
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.kernel.errors import Invalid, NotAllowed
from crosscut.specs.brand import Must, Word

__all__ = ["store"]
CHEAP = Word(word="cheap", instead="affordable", is_forbidden=True)


def found(cast, text: str, *assets, **fields) -> list[tuple[str, str, str]]:
    piece = create_piece(cast.junior, title="Reef", text=text, **fields)
    for asset in assets:
        set_media(cast.junior, piece, asset, alt_text="A reef")
    set_outlet(cast.junior, piece, channel_slug="practice", post_type="images" if assets else "text")
    (findings,) = check_piece(piece).values()
    return [(one.code, one.level.value, one.where) for one in findings if one.code.startswith("brand.")]


def test_a_word_that_the_brand_does_not_use_stops_the_post_or_is_advice(cast):
    kit = brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", words=[CHEAP, Word(word="virgin reef*")]))
    assert found(cast, "Cheap dives!") == [("brand.word", "block", "text")]
    assert found(cast, "The Virgín  reefs of Kenya") == [("brand.word", "advice", "text")]
    assert found(cast, "Cheaper than cheapskates") == []
    brands.archive_kit(cast.senior, kit.pk)
    assert found(cast, "Cheap dives!") == []


def test_the_finding_says_whose_rule_it_is_and_a_senior_can_sign_an_exception(cast):
    brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", words=[CHEAP]))
    piece = create_piece(cast.junior, title="Reef", text="Cheap dives!")
    set_outlet(cast.junior, piece, channel_slug="practice", post_type="text")
    (finding,) = (one for one in check_piece(piece)["practice"] if one.code == "brand.word")
    assert (str(finding.source), str(finding.repair)) == ("Your brand kit “Reef Watch”", "Write “affordable”.")
    assert "“Cheap”" in finding.message
    ends_on = (timezone.now() + timedelta(days=2)).date()
    waive(cast.senior, piece, code="brand.word", reason="A quotation", ends_on=ends_on)
    (finding,) = (one for one in check_piece(piece)["practice"] if one.code == "brand.word")
    assert finding.level.value == "advice"
    panel = signed_in(cast.junior).get(reverse("piece-findings", args=[piece.pk])).content.decode()
    assert "Your brand kit “Reef Watch”" in panel and "A quotation" in panel


def test_what_every_post_has_is_asked_on_its_channels_and_found_among_the_tags(cast):
    musts = [
        Must(words="#ReefWatch", channels=("practice",), is_demanded=True),
        Must(words="@reef", channels=("bluesky",)),
    ]
    brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", musts=musts))
    assert found(cast, "Dive! #ReefWatchers") == [("brand.must", "block", "text")]
    assert found(cast, "Dive! #reefwatch.") == []
    assert found(cast, "Dive!", tags=["ReefWatch"]) == []


def test_a_post_with_pictures_shows_a_logo_where_the_kit_says_so(cast, tmp_path):
    logo, other = (
        making.taken_in(cast.junior, making.jpeg(tmp_path / f"{colour}.jpg", colour=colour))
        for colour in ("navy", "teal")
    )
    kit = brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", logo_kinds=["image"]))
    brands.put_file(cast.senior, kit.pk, logo.pk, "logo")
    assert found(cast, "Look", other) == [("brand.logo", "advice", "media")]
    assert found(cast, "Look", other, logo) == []
    assert found(cast, "Only words") == []


def test_a_campaign_chooses_its_kit_or_none(cast):
    brands.make_kit(cast.senior, brands.Kit(name="House", words=[CHEAP]))
    other = brands.make_kit(cast.senior, brands.Kit(name="Outlet", words=[Word(word="exclusive")]))
    campaign = create_campaign(cast.specialist, Plan(name="Sale"))
    text = "Cheap and exclusive"
    assert len(found(cast, text)) == len(found(cast, text, campaign=campaign)) == 1
    choose_brand(cast.specialist, campaign.pk, Choice.KIT, kit_id=other.pk)
    assert found(cast, text, campaign=campaign) == [("brand.word", "advice", "text")]
    choose_brand(cast.specialist, campaign.pk, Choice.NONE)
    assert found(cast, text, campaign=campaign) == []
    choose_brand(cast.specialist, campaign.pk, Choice.KIT, kit_id=other.pk)
    brands.archive_kit(cast.senior, other.pk)
    assert found(cast, text, campaign=campaign) == [("brand.word", "block", "text")]
    with pytest.raises(Invalid):
        choose_brand(cast.specialist, campaign.pk, Choice.KIT, kit_id=other.pk)
    with pytest.raises(NotAllowed):
        choose_brand(cast.junior, campaign.pk, Choice.NONE)


def test_the_campaigns_page_and_programs_choose_it_and_others_learn_nothing(cast):
    kit = brands.make_kit(cast.senior, brands.Kit(name="House"))
    campaign = create_campaign(cast.specialist, Plan(name="Sale"))
    panel, at = reverse("campaign-brand", args=[campaign.pk]), f"/api/campaigns/{campaign.pk}/brand"
    browser, asking, kind = signed_in(cast.specialist), program(cast.specialist), "application/json"
    assert "House" in browser.get(panel).content.decode()
    assert browser.post(panel, {"brand": "none"}).status_code == 302
    assert asking.get(at).json() == {"choice": "none", "kit_id": None}
    assert asking.put(at, {"choice": "kit", "kit_id": kit.pk}, content_type=kind).json()["kit_id"] == kit.pk
    assert panel in browser.get(reverse("campaign", args=[campaign.pk])).content.decode()
    for who in (cast.stranger, cast.guest):
        assert program(who).get(at).status_code in (403, 404)
        assert program(who).put(at, {"choice": "none"}, content_type=kind).status_code in (403, 404)
        for answer in (
            signed_in(who).get(panel, headers={"HX-Request": "true"}),
            signed_in(who).post(panel, {"brand": "none"}, headers={"HX-Request": "true"}),
        ):
            assert answer.status_code in (403, 404)
    assert asking.get(at).json()["choice"] == "kit"
