"""What stands between a piece and the public, and the signed exceptions."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import evidence
from crosscut.apps.preflight import making
from crosscut.apps.preflight.models import Waiver
from crosscut.apps.preflight.services import check_edition, check_piece, demand_no_blocking, end_waiver, waive
from crosscut.apps.preflight.showing import source_of
from crosscut.apps.produce.models import PieceMedia
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound
from crosscut.kernel.findings import blocking
from crosscut.specs.rights import findings, may

HTMX = {"HX-Request": "true"}


def _codes(piece, slug: str = "practice") -> set[str]:
    return {finding.code for finding in blocking(check_piece(piece)[slug])}


def test_it_finds_nothing_in_the_way_of_a_good_piece(cast: Cast):
    piece = made.photo_piece(cast)
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/findings/").content.decode()
    assert "Nothing stops it" in page and "Must be repaired" not in page


def test_it_stops_what_is_too_long_undescribed_or_not_cleared(cast: Cast):
    piece = made.piece(cast.junior, text="x" * 301)
    set_outlet(cast.junior, piece, channel_slug="practice", post_type="images")
    set_media(cast.junior, piece, made.asset(cast.junior))
    assert {"text.too_long", "alt_text.missing", "rights.none"} <= _codes(piece)


def test_each_file_is_judged_by_its_rights_once(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    piece, asked = made.photo_piece(cast), []

    def counted(holdings, use):
        asked.append(use)
        return may(holdings, use)

    monkeypatch.setattr(evidence, "may", counted)
    monkeypatch.setattr(findings, "may", counted)
    found = check_edition(freeze(piece), "practice", "images", at=timezone.now())
    assert blocking(found) == ()
    assert len(asked) == 1


def test_it_names_the_medium_the_source_and_the_way_out(cast: Cast):
    piece = made.photo_piece(cast)
    use = PieceMedia.objects.get(piece=piece)
    use.asset.licences.all().delete()
    made.expired(use.asset)
    page = signed_in(cast.senior).get(f"/pieces/{piece.pk}/findings/").content.decode()
    assert "leaf.jpg" in page and "Must be repaired" in page
    assert f"/library/{use.asset_id}/view/rights/" in page
    assert page.count("finding-message") == 1  # said once for both channels
    assert "Allow it all the same" not in page  # rights cannot be waived


def test_it_leads_to_the_field_that_is_to_be_filled(cast: Cast):
    piece = made.photo_piece(cast)
    use = PieceMedia.objects.get(piece=piece)
    use.asset.alt_text = ""
    use.asset.save()
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/findings/").content.decode()
    assert f'data-focus-field="media.{use.asset_id}.alt"' in page


@pytest.mark.parametrize(
    ("text", "title", "url", "as_of"),
    [
        ("Guide, https://a.example/b (as of 2026-01)", "Guide", "https://a.example/b", "as of 2026-01"),
        ("Constants, owner/repo@1234 src/a.ts (as of 2026)", "Constants, owner/repo@1234 src/a.ts", "", "as of 2026"),
        ("House rules", "House rules", "", ""),
    ],
)
def test_it_takes_a_citation_apart(text: str, title: str, url: str, as_of: str):
    found = source_of(text)
    assert found and (found.title, found.url, found.as_of) == (title, url, as_of)


def test_it_asks_the_database_no_more_for_many_pictures_than_for_one(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
):
    piece = made.photo_piece(cast)
    client = signed_in(cast.lead)
    with django_assert_max_num_queries(60) as few:
        client.get(f"/pieces/{piece.pk}/findings/")
    for n in range(8):
        set_media(cast.junior, piece, made.asset(cast.junior, f"{n}.jpg"))
    with django_assert_max_num_queries(len(few)):
        client.get(f"/pieces/{piece.pk}/findings/")


def test_it_tells_of_a_channel_that_is_gone_and_goes_on_with_the_others(cast: Cast):
    piece = made.photo_piece(cast)
    piece.outlets.filter(channel="site").update(channel="gone-net")
    client = signed_in(cast.junior)
    page = client.get(f"/pieces/{piece.pk}/findings/").content.decode()
    assert "gone-net takes no posts" in page
    assert b"not installed here any more" in client.get(f"/pieces/{piece.pk}/").content
    assert b"gone-net" in client.get("/pieces/").content
    with pytest.raises(NotFound):
        demand_no_blocking(freeze(piece), "gone-net", "article", at=timezone.now())


# --- exceptions


def _long(cast: Cast):
    return made.piece(cast.junior, text="x" * 301)


def test_a_senior_signs_an_exception_that_holds_until_its_day(cast: Cast):
    piece, today = _long(cast), today_in(cast.workspace)
    waiver = waive(cast.senior, piece, code="text.too_long", reason="It is a poem.", ends_on=today)
    assert "text.too_long" not in _codes(piece)
    page = signed_in(cast.junior).get(f"/pieces/{piece.pk}/findings/").content.decode()
    assert "Waived" in page and "It is a poem." in page
    edition = freeze(piece)
    demand_no_blocking(edition, "practice", "text", at=timezone.now())
    with pytest.raises(Invalid, match="limit is 300"):  # what goes out after its last day is stopped today
        demand_no_blocking(edition, "practice", "text", at=timezone.now() + timedelta(days=2))
    end_waiver(cast.senior, piece, waiver.pk)
    assert "text.too_long" in _codes(piece)
    with pytest.raises(NotFound):
        end_waiver(cast.senior, _long(cast), waiver.pk)


def test_an_exception_holds_for_its_place_only(cast: Cast):
    piece = _long(cast)
    waive(cast.senior, piece, code="text.too_long", where="title", reason="The title", ends_on=today_in(cast.workspace))
    assert "text.too_long" in _codes(piece)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"code": "rights.expired"}, "Rights cannot be waived"),
        ({"reason": " "}, "Say why"),
        ({"ends_on": "2020-01-01"}, "has passed"),
        ({"ends_on": "soon"}, "Give the last day"),
        ({"ends_on": "2031-02-31"}, "Give the last day"),
        ({"code": ""}, "Name the finding"),
    ],
)
def test_it_refuses_exceptions_that_make_no_sense(cast: Cast, given: dict[str, str], says: str):
    piece = _long(cast)
    wanted = {"code": "text.too_long", "where": "text", "reason": "A poem", "ends_on": "2099-01-01", **given}
    answer = signed_in(cast.senior).post(f"/pieces/{piece.pk}/findings/waive/", wanted, headers=HTMX)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Waiver.objects.exists()


def test_only_seniors_sign_and_end_exceptions(cast: Cast):
    piece = _long(cast)
    wanted = {"code": "text.too_long", "where": "text", "reason": "A poem", "ends_on": "2099-01-01"}
    for member in (cast.junior, cast.specialist):
        answer = signed_in(member).post(f"/pieces/{piece.pk}/findings/waive/", wanted, headers=HTMX)
        assert answer.status_code == 403
        with pytest.raises(NotAllowed):
            waive(member, piece, code="text.too_long", reason="A poem", ends_on=today_in(cast.workspace))
    assert signed_in(cast.senior).post(f"/pieces/{piece.pk}/findings/waive/", wanted, headers=HTMX).status_code == 200
    ending = f"/pieces/{piece.pk}/waivers/{Waiver.objects.get().pk}/end/"
    assert signed_in(cast.junior).post(ending, headers=HTMX).status_code == 403
    assert signed_in(cast.senior).post(ending, headers=HTMX).status_code == 200
    assert "text.too_long" in _codes(piece)


# --- making the files


def test_it_plans_one_job_for_the_files_however_often_it_is_asked(cast: Cast):
    piece = made.photo_piece(cast)
    client = signed_in(cast.junior)
    for _ in range(2):
        assert client.post(f"/pieces/{piece.pk}/findings/make/", headers=HTMX).status_code == 200
    job = Job.objects.get()
    assert (job.kind, job.subject) == ("render", f"piece:{piece.pk}")
    assert b"Making the files" in client.get(f"/pieces/{piece.pk}/findings/").content


def test_it_makes_each_file_that_a_post_needs(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    made_for: list[tuple[str, object]] = []
    monkeypatch.setattr(
        making,
        "renditions_for",
        lambda version, wants, **rest: made_for.extend((want.need.post_type, want.focus) for want in wants),
    )
    piece = made.photo_piece(cast)
    PieceMedia.objects.filter(piece=piece).update(focus_x=0.25, focus_y=0.75)
    job = making.ask_to_make(cast.junior, piece)
    assert making.make_files(job.pk, lambda progress: None, lambda: False) == {"files": 2}
    assert [name for name, _focus in made_for] == ["practice/images", "site/article"]
    assert all(focus is not None for _name, focus in made_for)


def test_it_refuses_strangers_everywhere(cast: Cast):
    piece = _long(cast)
    waiver = waive(cast.senior, piece, code="text.long", reason="x", ends_on=today_in(cast.workspace))
    addresses = [
        ("get", f"/pieces/{piece.pk}/findings/"),
        ("post", f"/pieces/{piece.pk}/findings/make/"),
        ("post", f"/pieces/{piece.pk}/findings/waive/"),
        ("post", f"/pieces/{piece.pk}/waivers/{waiver.pk}/end/"),
    ]
    for method, address in addresses:
        assert getattr(signed_in(cast.stranger), method)(address).status_code == 404
        assert getattr(signed_in(cast.guest), method)(address, headers=HTMX).status_code == 403
        assert getattr(Client(), method)(address).status_code == 302
    assert not Job.objects.exists()


def test_it_says_nothing_of_a_piece_without_channels(cast: Cast):
    piece = create_piece(cast.junior, title="Empty")
    assert b"Add a channel" in signed_in(cast.junior).get(f"/pieces/{piece.pk}/findings/").content
